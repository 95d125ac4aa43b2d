"""`reconciler init`."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal

import click

from reconciler.cli.options import diff_option
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.app.first_tree import FirstTree, Written
    from reconciler.app.init import CiFiles
    from reconciler.cli.console import Console
    from reconciler.core.guide import Family

_TYPES = (
    "defined_character",
    "stylized_scene",
    "object_variants",
    "multi_object_set",
    "icons",
    "character_variants",
    "other",
)
_MEDIUMS = ("illustration", "photography")
_EXAMPLE = """\
reconciler init
reconciler init --name Mira --description "a girl with green boots" --from drawings
reconciler init --root shoes --name Shoes --type other --medium photography --from photos
"""


@declare("init", example=_EXAMPLE)
@click.option("--name", metavar="NAME", help="What it is called: the character, the style, the product. [Lora]")
@click.option("--description", metavar="TEXT", help="What it looks like, in up to six words.")
@click.option(
    "--type",
    "kind",
    metavar="TYPE",
    type=click.Choice(_TYPES),
    default=_TYPES[0],
    show_default=True,
    help=f"What kind of thing it is: {', '.join(_TYPES)}.",
)
@click.option(
    "--medium", type=click.Choice(_MEDIUMS), default=_MEDIUMS[0], show_default=True, help="What the images are."
)
@click.option(
    "--from",
    "folder",
    metavar="FOLDER",
    help="Images to begin with, and the captions beside them: copied below the root, unless they lie there.",
)
@click.option("--ci", type=click.Choice(("github", "gitlab")), help="Write the files by which CI runs it, too.")
@click.option(
    "--family",
    type=click.Choice(("prefix", "schema")),
    help="How the account guides captions: caption_prefix, or visual_schema (accounts of 2026-08 and later). "
    "Asked for on a terminal. [prefix]",
)
@diff_option("Show the files that would be written, and write nothing.")
@pass_invocation
def command(
    invocation: Invocation,
    /,
    *,
    folder: str | None,
    ci: "Literal['github', 'gitlab'] | None",
    family: "Family | None",
    shows_diff: bool,
    **words: str | None,
) -> int:
    """Write a first set of manifests: a project, a dataset and a model, ready to be edited, and a simulated account.

    Captions are looked for where tools put them: text files beside the images, captions.yaml, or the metadata file of a
    data set for Hugging Face. A file that exists is never touched. A root that holds manifests gets more of them only where
    something is said about a brand.
    """
    from pathlib import Path

    from reconciler.app.first_tree import FirstWish, first_tree, is_wanted, write_first_tree
    from reconciler.app.init import declared_family, names_simulator, write_ci_files
    from reconciler.app.settings import root_of
    from reconciler.cli.context import open_console
    from reconciler.render.view import Line, say, screen

    console = open_console(invocation)
    root = root_of(invocation.given, invocation.environ)
    wish = FirstWish(folder=None if folder is None else Path(folder), **words)  # type: ignore[arg-type]
    if not is_wanted(root, wish):
        return _without_manifests(console, root, ci, shows_diff=shows_diff)
    chosen = family or declared_family(root) or _asked(console)  # before anything is written
    tree = first_tree(root, wish, chosen)
    if shows_diff:
        return _show_tree(console, tree, ci)
    pipeline = None if ci is None else write_ci_files(root, ci)
    written = write_first_tree(tree, simulated=ci is None)
    told = [*_told(tree, written), *(_told_of_ci(root, pipeline) if pipeline is not None else ())]
    is_simulated = names_simulator(root)
    ways = _ways_on(tree, is_simulated=is_simulated)
    console.result(screen([Line(text=say(line)) for line in told], [Line(text=say(line)) for line in ways]))
    return 0


def _without_manifests(
    console: "Console", root: "Path", ci: "Literal['github', 'gitlab'] | None", *, shows_diff: bool
) -> int:
    """Write the files of CI alone, if they are asked for. The exit code."""
    from reconciler.app.init import new_ci_files, write_ci_files

    if ci is None:
        console.say_line(
            f"{root} holds manifests already, so nothing was written: `--name NAME` adds those of a brand."
        )
    elif shows_diff:
        _show(console, new_ci_files(root, ci))
    else:
        console.result_text("".join(f"{line}\n" for line in _told_of_ci(root, write_ci_files(root, ci))))
    return 0


def _show_tree(console: "Console", tree: "FirstTree", ci: "Literal['github', 'gitlab'] | None") -> int:
    """Print all that would be written. The exit code."""
    from reconciler.app.first_tree import new_copies, new_files
    from reconciler.app.init import new_ci_files
    from reconciler.core.text import count

    new = {**({} if ci is None else new_ci_files(tree.root, ci)), **new_files(tree, simulated=ci is None)}
    copies = new_copies(tree)
    _show(console, new, f", and {count(copies, 'file')} copied to {tree.images}" if copies else "")
    return 0


def _show(console: "Console", new: "Mapping[Path, bytes]", copied: str = "") -> None:
    """Print files that would be written, and how many there are."""
    from reconciler.core.text import count
    from reconciler.render.file_diff import diff_text

    console.result_text("".join(diff_text(str(path), None, data) for path, data in new.items()))
    console.say_line(f"{count(len(new), 'file')} would be written{copied}. What is there already stays as it is.")


def _told(tree: "FirstTree", made: "Written") -> Iterator[str]:
    """What was written and copied."""
    from reconciler.core.text import count

    yield from (f"Wrote {name}" for name in made.scaffold.written)
    yield from (f"Left as it is: {name}" for name in made.scaffold.kept)
    if made.copied:
        more = len(tree.found.names) - made.copied
        kept = f"; {count(more, 'file')} of that name stayed as {'it is' if more == 1 else 'they are'}" if more else ""
        yield f"Copied {count(made.copied, 'file')} to {tree.images}{kept}"


def _told_of_ci(root: "Path", made: "CiFiles") -> Iterator[str]:
    from reconciler.app.init import names_simulator
    from reconciler.files.pipeline import entry

    yield from (f"Wrote {name}" for name in made.written)
    yield from (f"Left as it is: {name}" for name in made.kept)
    yield from (f"{made.kept[0]} does not name {entry(one)}: add it as docs/ci.md shows." for one in made.unnamed)
    for idle in (*([str(root)] if names_simulator(root) else []), *made.simulated):
        yield f"Remove the line `endpoint:` from {idle}/reconciler.yaml: with it, CI changes nothing at Bria."


def _ways_on(tree: "FirstTree", *, is_simulated: bool) -> Iterator[str]:
    """What to do next, in the order in which a person does it."""
    from reconciler.core.text import count

    if tree.lacks_description:
        yield f"Say what {tree.brand.name} looks like: `ip_description`, in {tree.root}/{tree.brand.slug}.yaml."
    if not tree.found.images:
        yield f"Put images into {tree.images}, edit the manifests, then run `reconciler validate`."
        return
    source = {"sidecar": "captions beside them", "file": f"captions in {', '.join(tree.found.files)}"}
    captions = source.get(tree.brand.source, "no captions: Bria writes them")
    yield f"{count(len(tree.found.images), 'image')} in {tree.images}, {captions}."
    where = ": it is simulated until you remove the line `endpoint:` from reconciler.yaml" if is_simulated else ""
    yield f"Next: `reconciler plan`, then `reconciler apply`{where}."


def _asked(console: "Console") -> "Family":
    """The family that a person names; prefix where nobody can be asked, or nothing is answered."""
    from reconciler.app.exceptions import WrongUsage
    from reconciler.core.text import quoted

    if not console.is_interactive:
        return "prefix"
    answer = console.ask(_QUESTION) or "prefix"
    match answer:
        case "prefix" | "schema":
            return answer
        case _:
            raise WrongUsage(f"{quoted(answer, 40)} is no family; the families are prefix and schema.")


_QUESTION = """\
How does your account guide captions? `prefix`: each continues a text, caption_prefix (accounts from before 2026-08).
`schema`: each follows a JSON document, visual_schema (accounts since then).
prefix or schema [prefix]: """
