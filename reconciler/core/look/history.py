"""All live versions of one manifest, the newest first, and which one is in force."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from reconciler.core.change import FieldChange
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.content_match import guide_changes
from reconciler.core.diff.election import Member, ModelMember, elect_model, open_drafts
from reconciler.core.guide import Guide
from reconciler.core.live import DatasetStatus, ModelStatus
from reconciler.core.name import DraftName, LiveName, parse_dataset_name
from reconciler.core.ref import Ref
from reconciler.core.state import AliasState
from reconciler.core.training import TrainingParameters
from reconciler.core.value import dataclass


class Mark(StrEnum):
    """What a version is beside the others. NONE is a version that was in force before, or could be."""

    NONE = ""
    IN_FORCE = "in force"
    DRAFT = "draft"
    LEFTOVER = "leftover draft"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetEntry:
    """One live dataset. `clone_of` and `is_stale` are what the name of a draft says; `models` are refs with versions.

    `guide_changes` is how its guide differs, by path, from that of `guide_since`, the version before it; None is none.
    """

    version: int
    id: int
    name: str
    fingerprint: str
    status: DatasetStatus
    mark: Mark
    images: int | None
    guide: Guide | None
    guide_since: int | None = None
    guide_changes: tuple[FieldChange, ...] = ()
    clone_of: int | None = None
    is_stale: bool = False
    models: tuple[str, ...] = ()
    is_adopted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """One live model. `dataset` is `lora-poses v2`, or the live name that a person gave it; None if it is gone."""

    version: int
    id: int
    name: str
    fingerprint: str
    status: ModelStatus
    word: str
    mark: Mark
    dataset: str | None
    dataset_id: int | None
    training_mode: str | None
    training_version: str | None
    parameters: TrainingParameters
    description: str
    created_at: str | None
    aliases: tuple[str, ...] = ()
    is_adopted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The versions of a manifest; `is_declared` says whether the tree still declares it."""

    ref: Ref
    entries: tuple[DatasetEntry, ...] | tuple[ModelEntry, ...]
    is_declared: bool

    @property
    def has_one_in_force(self) -> bool:
        return any(entry.mark is Mark.IN_FORCE for entry in self.entries)


def dataset_entries(versions: Iterable[Member], index: AccountIndex, in_force: int | None) -> tuple[DatasetEntry, ...]:
    """The live versions of a dataset, the newest first. `in_force` is the id of the one that is as git declares, if any is."""
    versions = tuple(versions)
    drafts = [member.dataset.id for member in open_drafts(versions)]
    doubles = _doubles(versions)
    entries = [_dataset(member, _dataset_mark(member, drafts, doubles, in_force), index) for member in versions]
    entries.sort(key=lambda entry: (-entry.version, entry.id))
    return tuple(_compared(entry, entries[place + 1 :]) for place, entry in enumerate(entries))


def _compared(entry: DatasetEntry, older: Iterable[DatasetEntry]) -> DatasetEntry:
    """The same, with what differs in its guide from the guide of the next older version whose guide is known."""
    before = next((one for one in older if one.version < entry.version and one.guide is not None), None)
    if before is None or entry.guide is None:
        return entry
    return replace(entry, guide_since=before.version, guide_changes=guide_changes(before.guide, entry.guide))


def model_entries(
    versions: Iterable[ModelMember], index: AccountIndex, in_force: int | None, aliases: Iterable[AliasState]
) -> tuple[ModelEntry, ...]:
    """The live versions of a model, the newest first; Deleted ones if the API shows them."""
    versions = tuple(versions)
    answering: defaultdict[int | None, list[str]] = defaultdict(list)
    for alias in aliases:
        answering[alias.id].append(alias.alias)
    entries = [
        _model(member, _model_mark(member, versions, in_force), index, tuple(answering[member.model.id]))
        for member in versions
    ]
    return tuple(sorted(entries, key=lambda entry: (-entry.version, entry.id)))


def version_title(name: str) -> str:
    """`lora-poses v2` for a name of ours, the name itself for one that a person gave."""
    return _title(parse_dataset_name(name)) or name


def _title(name: LiveName | None) -> str:
    return "" if name is None else f"{name.base} v{name.version}"


def _doubles(versions: Iterable[Member]) -> set[int]:
    """Of completed, unmarked datasets with one version number, all but the lowest id."""
    kept: dict[int, int] = {}
    doubles = set()
    for member in versions:
        if member.dataset.is_completed and not member.is_marked:
            first = kept.setdefault(member.name.version, member.dataset.id)
            doubles |= {member.dataset.id} - {first}
    return doubles


def _dataset_mark(member: Member, drafts: list[int], doubles: set[int], in_force: int | None) -> Mark:
    if member.dataset.is_draft:
        if member.dataset.id not in drafts:
            return Mark.LEFTOVER
        return Mark.DRAFT if member.dataset.id == drafts[0] else Mark.DUPLICATE
    if member.dataset.id == in_force:
        return Mark.IN_FORCE
    return Mark.DUPLICATE if member.dataset.id in doubles else Mark.NONE


def _model_mark(member: ModelMember, versions: tuple[ModelMember, ...], in_force: int | None) -> Mark:
    if member.model.id == in_force:
        return Mark.IN_FORCE
    return Mark.DUPLICATE if member in elect_model(versions, member.name.fingerprint)[1:] else Mark.NONE


def _dataset(member: Member, mark: Mark, index: AccountIndex) -> DatasetEntry:
    dataset, name = member.dataset, member.name
    draft = name if isinstance(name, DraftName) else None
    return DatasetEntry(
        version=name.version,
        id=dataset.id,
        name=dataset.name,
        fingerprint=name.fingerprint,
        status=dataset.status,
        mark=mark,
        images=dataset.images_count,
        guide=dataset.guide,
        clone_of=None if draft is None else draft.of,
        is_stale=draft is not None and draft.stale,
        models=tuple(_title(user.name) for user in index.models_on(dataset.id)),
        is_adopted=dataset.adopted_from is not None,
    )


def _model(member: ModelMember, mark: Mark, index: AccountIndex, aliases: tuple[str, ...]) -> ModelEntry:
    model = member.model
    dataset = None if model.dataset_id is None else index.observed.datasets.get(model.dataset_id)
    return ModelEntry(
        version=member.name.version,
        id=model.id,
        name=model.name,
        fingerprint=member.name.fingerprint,
        status=model.status,
        word=model.word,
        mark=mark,
        dataset=None if dataset is None else version_title(dataset.name),
        dataset_id=model.dataset_id,
        training_mode=model.training_mode,
        training_version=model.training_version,
        parameters=model.parameters,
        description=model.description or "",
        created_at=model.created_at,
        aliases=aliases,
        is_adopted=model.adopted_from is not None,
    )
