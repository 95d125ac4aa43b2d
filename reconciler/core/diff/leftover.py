"""Live objects that this tool made for manifests that are gone, and the manifests by which it deletes them."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.kind import Kind
from reconciler.core.live import Live, LiveKey, RemoteModel
from reconciler.core.ref import NAME_LIMIT, Ref, is_name
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """All live versions of one manifest that is not declared any more; or a project that holds nothing but such.

    `parent` is the manifest that it is declared in or on; empty where nothing tells.
    """

    ref: Ref
    objects: tuple[Live, ...]
    parent: str = ""

    @property
    def manifest(self) -> str:
        """A manifest on one line that deletes it, to be put into any file; empty where its parent is not known."""
        kind = self.ref.kind
        if kind.parent is None:
            found, spec = f"id: {self.objects[0].id}, ", "{}"
        elif self.parent:
            found, spec = "", f"{{{kind.parent.value}: {self.parent}}}"
        else:
            return ""
        metadata = f"{{name: {self.ref.name}, {found}ensure: absent}}"
        return f"{{apiVersion: reconciler/v1, kind: {kind.title}, metadata: {metadata}, spec: {spec}}}"


def leftovers(
    strays: Iterable[Live], index: AccountIndex, projects: Mapping[int, str], *, taken: Collection[str] = ()
) -> tuple[Leftover, ...]:
    """What this tool made among live objects that no manifest declares, by manifest.

    `projects` gives the manifest of each declared project by its live id, `taken` the names of all of them. A project
    among the strays goes as a whole, where all that it holds is ours.
    """
    strays = tuple(strays)
    found: dict[Ref, list[Live]] = defaultdict(list)
    for live in strays:
        name = live.kind.parse_name(live.name)
        if name is not None:
            found[Ref(live.kind, name.base)].append(live)
    made = {(live.kind, live.id) for objects in found.values() for live in objects}
    candidates = (live for live in strays if live.kind.parent is None)
    whole = _whole_projects(candidates, made, index, {*taken, *projects.values()})
    parents = {**projects, **{id_: one.ref.name for id_, one in whole.items()}}
    versions = (
        Leftover(ref=ref, objects=tuple(objects), parent=_parent(objects[0], index, parents))
        for ref, objects in found.items()
    )
    return tuple(sorted((*whole.values(), *versions), key=lambda one: one.ref))


def _whole_projects(
    candidates: Iterable[Live], made: Collection[LiveKey], index: AccountIndex, taken: set[str]
) -> dict[int, Leftover]:
    """Of these projects, those that hold nothing but what this tool left, by their ids. Names in `taken` are not given again."""
    whole: dict[int, Leftover] = {}
    for project in sorted(candidates, key=lambda live: live.id):
        inside = index.inside(project.id)
        if not inside or not all((live.kind, live.id) in made for live in inside):
            continue
        plain = re.sub("[^a-z0-9]+", "-", project.name.lower()).strip("-")
        name = plain if is_name(plain) and plain not in taken else f"project-{project.id}"[:NAME_LIMIT]
        taken.add(name)
        whole[project.id] = Leftover(ref=Ref(Kind.PROJECT, name), objects=(project,))
    return whole


def _parent(live: Live, index: AccountIndex, projects: Mapping[int, str]) -> str:
    """The name of the manifest that an object is declared in or on, where a manifest for its project is known."""
    project = projects.get(index.project_of(live) or 0, "")
    if not project or not isinstance(live, RemoteModel):
        return project
    dataset = index.observed.datasets.get(live.dataset_id or 0)
    name = None if dataset is None else Kind.DATASET.parse_name(dataset.name)
    return "" if name is None else name.base
