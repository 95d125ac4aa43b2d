"""Live objects that this tool made for manifests that are gone, and the manifests by which it deletes them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.kind import Kind
from reconciler.core.live import Live, RemoteModel
from reconciler.core.ref import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """All live versions of one manifest that is not declared any more.

    `parent` is the manifest that it is declared in or on; empty where nothing tells.
    """

    ref: Ref
    objects: tuple[Live, ...]
    parent: str = ""

    @property
    def manifest(self) -> str:
        """A manifest on one line that deletes it, to be put into any file; empty where its parent is not known."""
        kind = self.ref.kind
        if not self.parent or kind.parent is None:
            return ""
        spec = f"{{{kind.parent.value}: {self.parent}}}"
        metadata = f"{{name: {self.ref.name}, ensure: absent}}"
        return f"{{apiVersion: reconciler/v1, kind: {kind.title}, metadata: {metadata}, spec: {spec}}}"


def leftovers(strays: Iterable[Live], index: AccountIndex, projects: Mapping[int, str]) -> tuple[Leftover, ...]:
    """What this tool made among live objects that no manifest declares, by manifest.

    `projects` gives the manifest of each declared project by its live id.
    """
    found: dict[Ref, list[Live]] = defaultdict(list)
    for live in strays:
        name = live.kind.parse_name(live.name)
        if name is not None:
            found[Ref(live.kind, name.base)].append(live)
    return tuple(
        Leftover(ref=ref, objects=tuple(found[ref]), parent=_parent(found[ref][0], index, projects))
        for ref in sorted(found)
    )


def _parent(live: Live, index: AccountIndex, projects: Mapping[int, str]) -> str:
    """The name of the manifest that an object is declared in or on, where a project of it is declared."""
    project = projects.get(index.project_of(live) or 0, "")
    if not project or not isinstance(live, RemoteModel):
        return project
    dataset = index.observed.datasets.get(live.dataset_id or 0)
    name = None if dataset is None else Kind.DATASET.parse_name(dataset.name)
    return "" if name is None else name.base
