"""What a plan's report shows beside the plan: pictures, findings about images, files that got another name.

All of it comes from trees on the disk and in git, and no plan depends on it: what cannot be read is left out.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from reconciler.app.pictures import Side, pictures_of
from reconciler.core.change import DatasetChange
from reconciler.core.declare.loaded import ImageFolder, Loaded
from reconciler.core.declare.resolve import problems_in
from reconciler.core.name import image_key
from reconciler.core.plan import Plan
from reconciler.core.problem import Location, Problem, ProblemsFound
from reconciler.core.ref import Ref
from reconciler.files.git import RevisionRefused
from reconciler.files.load import load
from reconciler.files.revision import revision
from reconciler.render.html.finding import Finding
from reconciler.render.html.frame import ImageRename
from reconciler.render.html.page import wanted_pictures
from reconciler.render.html.thumbnails import Thumbnails


@dataclass(frozen=True, slots=True, kw_only=True)
class Album:
    """As `render_html` takes it."""

    thumbnails: Thumbnails
    findings: tuple[Finding, ...] = ()
    renamed: tuple[ImageRename, ...] = ()


def album_of(plan: Plan, root: Path, base: str | None) -> Album:
    """The album of a plan, from the tree at `root` and, where one is given and can be read, that of a revision.

    Findings are those of `validate`: of structure and names, no pixel is decoded for them.
    """
    changed = frozenset(change.ref for change in plan.changes if isinstance(change, DatasetChange))
    with ExitStack() as stack:
        after = Side(root=root, loaded=load(root))
        before = _side_at(stack, root, base) if base is not None and changed else None
        renamed = () if before is None else tuple(_renamed(before.loaded, after.loaded, changed))
        wanted = frozenset(wanted_pictures(plan, renamed))
        return Album(
            thumbnails=pictures_of(wanted, after, before),
            findings=tuple(dict.fromkeys(_findings(plan, after.loaded))),
            renamed=renamed,
        )


def _side_at(stack: ExitStack, root: Path, base: str) -> Side | None:
    """The tree of a revision until the stack ends; None where it cannot be read: a poorer report is better than none."""
    try:
        folder = stack.enter_context(revision(root, base))
    except (RevisionRefused, ProblemsFound):
        return None
    return Side(root=folder, loaded=load(folder, cache=folder.parent / "digests"))


def _renamed(before: Loaded, after: Loaded, refs: frozenset[Ref]) -> Iterator[ImageRename]:
    """Images of these datasets with the same bytes under another name."""
    earlier = _names(before)
    for (ref, digest), name in sorted(_names(after).items(), key=lambda item: (item[0][0], item[1])):
        former = earlier.get((ref, digest), name)
        if ref in refs and former != name:
            yield ImageRename(ref=ref, key=image_key(digest), before=former, after=name)


def _names(loaded: Loaded) -> dict[tuple[Ref, str], str]:
    """What each image of each dataset is called, by its digest."""
    return {
        (loaded.manifests[position].ref, image.digest): image.name
        for position, folder in loaded.folders.items()
        for image in folder.images
    }


def _findings(plan: Plan, loaded: Loaded) -> Iterator[Finding]:
    """What is to be said about the images that the plan's datasets shall hold."""
    wishes = [*plan.wishes, *(change.wish for change in plan.changes if isinstance(change, DatasetChange))]
    wished = {image.key for wish in wishes for image in wish.images}
    keys = {place: key for folder in loaded.folders.values() for place, key in _places(folder)}
    for problem in problems_in(loaded):
        key = keys.get(problem.location)
        if key in wished and key is not None:
            yield Finding(key=key, rule=problem.rule, severity=problem.severity.value, text=_said(problem))


def _places(folder: ImageFolder) -> Iterator[tuple[Location, str]]:
    """Where each image lies and where its caption is written, with its key."""
    captions = {entry.key: entry.location for entry in folder.captions or ()}
    for image in folder.images:
        key = image_key(image.digest)
        yield folder.place(image), key
        for name in (image.name, image.name.rpartition(".")[0]):
            if name in captions:
                yield captions[name], key


def _said(problem: Problem) -> str:
    """A clause, with what was found behind it."""
    return f"{problem.summary}: {problem.detail}".rstrip(".: ")
