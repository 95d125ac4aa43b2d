"""Objects that another root of the repository declares in the same account."""

from collections.abc import Iterator, Mapping

from reconciler.core.desired import Desired, Thing
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note


def other_root(ref: Ref, tree: Desired, elsewhere: Mapping[Thing, str]) -> str:
    """The other root that declares what a tree calls so, in the same project; empty where none does."""
    project = tree.projects.get(tree.project_of(ref))
    if project is None:
        return ""
    name = project.project_name if ref == project.ref else ref.name
    places: list[str | int] = [project.project_name, *([] if project.id is None else [project.id])]
    found = (elsewhere.get((ref.kind, name, place), "") for place in places)
    return next((root for root in found if root), "")


def declared_twice(desired: Desired) -> Iterator[Note]:
    """A word about each object with versions that two roots declare. A project may well be shared."""
    for ref in desired.present if desired.elsewhere else ():
        if ref.kind.has_versions and (root := other_root(ref, desired, desired.elsewhere)):
            text = (
                f"{root} declares it too, in the same project: both roots would make its versions, so keep one manifest"
            )
            yield Note(rule="declared-twice", ref=ref, text=text)
