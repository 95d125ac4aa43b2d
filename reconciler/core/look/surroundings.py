"""What a plan does not tell of the account: live objects that git does not know, and the checkpoints of trainings."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import field

from reconciler.core.desired import Desired
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.leftover import Leftover, leftovers
from reconciler.core.kind import Kind
from reconciler.core.live import LiveKey, Observed
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """A live object that no manifest declares; `project_id` is None for a project."""

    kind: Kind
    id: int
    name: str
    project_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptArchive:
    """An archive that lies in a store. Nothing there is ever deleted by this tool. `size` is in bytes."""

    store: str
    digest: str
    size: int
    stored_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The strays, the archives, and the steps after which each training left a checkpoint, by its model.

    `leftovers` are those of the strays that this tool made.
    """

    strays: tuple[Stray, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
    archives: tuple[KeptArchive, ...] = ()
    checkpoints: Mapping[LiveKey, tuple[str, ...]]
    active: Mapping[LiveKey, int] = field(default_factory=dict)
    """Of those models, the step of the checkpoint that is active, where the API says it (U60)."""


NOTHING_AROUND = Surroundings(checkpoints={})


def surroundings(desired: Desired, observed: Observed, project_ids: Mapping[Ref, int]) -> Surroundings:
    """What the look at the account shows beside the plan. `project_ids` are the live projects of declared ones."""
    models, index = observed.models.values(), AccountIndex(observed)
    strays = tuple(_strays(desired, observed, index, project_ids.values()))
    declared = {id_: ref.name for ref, id_ in project_ids.items()}
    return Surroundings(
        strays=strays,
        leftovers=leftovers(
            (observed.live[stray.kind, stray.id] for stray in strays),
            index,
            declared,
            taken=[ref.name for ref in desired.refs if ref.kind.parent is None],
        ),
        checkpoints={(model.kind, model.id): model.checkpoint_steps for model in models if model.checkpoint_steps},
        active={(model.kind, model.id): step for model in models if (step := model.active_checkpoint) is not None},
    )


def _strays(desired: Desired, observed: Observed, index: AccountIndex, project_ids: Collection[int]) -> Iterator[Stray]:
    """Projects that no manifest names, then what no manifest declares in any project."""
    ours = frozenset(project_ids)
    named = {project.project_name for project in desired.projects.values()}
    for project in observed.projects.values():
        if project.id not in ours and project.project_name not in named:
            yield Stray(kind=project.kind, id=project.id, name=project.name)
    for project_id in sorted(observed.projects):
        for live in index.strays(project_id, desired):
            yield Stray(kind=live.kind, id=live.id, name=live.name, project_id=project_id)
