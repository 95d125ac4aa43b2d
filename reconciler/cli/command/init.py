"""`reconciler init`."""

from typing import TYPE_CHECKING, Literal

import click

from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from reconciler.cli.console import Console
    from reconciler.core.guide import Family


@declare("init", example="reconciler init\nreconciler init --root brand/manifests --images ../photos")
@click.option("--images", metavar="DIR", help="A folder with images that is there already, relative to the root.")
@click.option("--ci", type=click.Choice(("github", "gitlab")), help="Write the files by which CI runs it, too.")
@click.option(
    "--family",
    type=click.Choice(("prefix", "schema")),
    help="How the account guides captions: caption_prefix, or visual_schema (accounts of 2026-08 and later). "
    "Asked for on a terminal. [prefix]",
)
@pass_invocation
def command(
    invocation: Invocation, images: str | None, ci: "Literal['github', 'gitlab'] | None", family: "Family | None"
) -> int:
    """Write a first set of manifests: a project, a dataset and a model, ready to be edited.

    A file that exists is never touched.
    """
    from reconciler.app.init import declared_family, names_simulator, write_ci_files, write_first_manifests
    from reconciler.app.settings import root_of
    from reconciler.cli.context import open_console
    from reconciler.files.pipeline import entry
    from reconciler.render.view import Line, say, screen

    console = open_console(invocation)
    root = root_of(invocation.given, invocation.environ)
    chosen = family or declared_family(root) or _asked(console)  # before anything is written
    pipeline = None if ci is None else write_ci_files(root, ci)
    made = write_first_manifests(root, images, simulated=ci is None, family=chosen)
    lines = [Line(text=say(f"wrote {root / name}")) for name in made.written]
    lines += [Line(text=say(f"left as it is: {root / name}")) for name in made.kept]
    if pipeline is not None:
        lines += [Line(text=say(f"wrote {name}")) for name in pipeline.written]
        lines += [Line(text=say(f"left as it is: {name}")) for name in pipeline.kept]
        missing = (
            f"{pipeline.kept[0]} does not name {entry(one)}: add it as docs/ci.md shows." for one in pipeline.unnamed
        )
        lines += [Line(text=say(sentence)) for sentence in missing]
    if pipeline is not None and names_simulator(root):
        place = root / "reconciler.yaml"
        lines.append(Line(text=say(f"Remove `endpoint: simulator` from {place}: with it, CI changes nothing at Bria.")))
    way = "Put images into the folder that the dataset names, edit the manifests, then run `reconciler validate`."
    console.result(screen(lines, [Line(text=say(way))]))
    return 0


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
