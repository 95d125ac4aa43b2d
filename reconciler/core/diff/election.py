"""Which of several live objects is the one that counts; planning and executing ask the same functions.

Names are not unique on the live side, and there is no lock. So several objects may claim to be one version, and every
run must choose the same one from the same lists: by status and number first, then by the lowest id, which nobody can
change afterwards.
"""

from collections.abc import Iterable

from reconciler.core.live import ModelStatus, RemoteDataset, RemoteModel
from reconciler.core.name import DraftName, FinalName, LiveName, parse_dataset_name, parse_model_name
from reconciler.core.uploads import Uploads
from reconciler.core.value import dataclass

ALIVE = (ModelStatus.COMPLETED, ModelStatus.IN_PROGRESS, ModelStatus.CREATED)
"""Model statuses that count as a version, the preferred first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A live dataset whose name says that it is a version of a manifest."""

    dataset: RemoteDataset
    name: LiveName

    @property
    def is_marked(self) -> bool:
        return isinstance(self.name, DraftName) and self.name.is_marked

    @property
    def is_spent(self) -> bool:
        """Is it a draft that was set aside?"""
        return isinstance(self.name, DraftName) and self.name.spent


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelMember:
    """A live model whose name says that it is a version of a manifest."""

    model: RemoteModel
    name: FinalName


def members(datasets: Iterable[RemoteDataset], base: str, project_id: int) -> tuple[Member, ...]:
    """All datasets of a project that are named as versions of a manifest, by id."""
    found = []
    for dataset in datasets:
        if dataset.project_id == project_id and dataset.name.startswith(base):
            name = parse_dataset_name(dataset.name)
            if name is not None and name.base == base:
                found.append(Member(dataset=dataset, name=name))
    return tuple(sorted(found, key=lambda member: member.dataset.id))


def newest_completed(versions: Iterable[Member]) -> Member | None:
    """The base of comparisons: the highest completed version, of equals the lowest id.

    A dataset that a person completed under a draft name counts, unless the name is marked.
    """
    completed = [member for member in versions if member.dataset.is_completed and not member.is_marked]
    return min(completed, key=lambda member: (-member.name.version, member.dataset.id), default=None)


def open_drafts(versions: Iterable[Member], uploads: Uploads | None = None) -> tuple[Member, ...]:
    """Open drafts numbered above the newest completed version, by id: the first is elected, the rest are duplicates.

    With `uploads`, those that images get into that way: the API never changes a dataset's upload type.
    """
    # Whatever its fingerprint: a draft of another wish is the same manifest's, and is filled for the new one.
    drafts = (member for member in _drafts_on_top(versions) if not member.is_spent)
    return tuple(member for member in drafts if uploads is None or member.dataset.is_filled_by(uploads))


def spent_drafts(versions: Iterable[Member]) -> tuple[Member, ...]:
    """Drafts numbered above the newest completed version that were set aside, by id."""
    return tuple(member for member in _drafts_on_top(versions) if member.is_spent)


def _drafts_on_top(versions: Iterable[Member]) -> list[Member]:
    versions = tuple(versions)
    drafts = [member for member in versions if member.dataset.is_draft]
    if not drafts:  # most datasets have none, and this is asked several times of each
        return drafts
    top = max((member.name.version for member in versions if member.dataset.is_completed), default=0)
    return sorted((one for one in drafts if one.name.version > top), key=lambda member: member.dataset.id)


def next_version(versions: Iterable[Member | ModelMember], others: Iterable[int] = ()) -> int:
    """One more than every number seen in a name, or in `others`."""
    return max([member.name.version for member in versions] + list(others), default=0) + 1


def newest_model(versions: Iterable[ModelMember]) -> ModelMember | None:
    """The highest version, of equals the lowest id."""
    return min(versions, key=lambda member: (-member.name.version, member.model.id), default=None)


def newest_numbers(limit: int | None, versions: Iterable[int]) -> frozenset[int] | None:
    """The version numbers that a limit keeps; None keeps all."""
    return None if limit is None else frozenset(sorted(set(versions), reverse=True)[:limit])


def model_members(models: Iterable[RemoteModel], base: str, project_id: int | None = None) -> tuple[ModelMember, ...]:
    """All models named as versions of a manifest, Deleted ones too, by id; of one project where it is known."""
    found = []
    for model in models:
        name = parse_model_name(model.name) if model.name.startswith(base) else None
        is_here = project_id is None or model.project_id in {None, project_id}
        if is_here and name is not None and name.base == base:
            found.append(ModelMember(model=model, name=name))
    return tuple(sorted(found, key=lambda member: member.model.id))


def elect_model(versions: Iterable[ModelMember], fingerprint: str) -> tuple[ModelMember, ...]:
    """The living models of a fingerprint: Completed, then InProgress, then Created, then the lowest id; first counts."""
    alive = [member for member in versions if member.name.fingerprint == fingerprint and member.model.status in ALIVE]
    if len(alive) < 2:
        return tuple(alive)
    return tuple(sorted(alive, key=lambda member: (ALIVE.index(member.model.status), member.model.id)))
