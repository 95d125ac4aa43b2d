"""Which old versions of declared manifests may go: never what is in force, in training, aliased, or used."""

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.core.change import RemovedObject
from reconciler.core.diff.election import Member, ModelMember
from reconciler.core.kind import Kind
from reconciler.core.live import ModelStatus, RemoteModel

_AT_WORK = (ModelStatus.IN_PROGRESS, ModelStatus.STOPPING, ModelStatus.SYNCING, ModelStatus.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelHistory:
    """The live versions of a model manifest; `kept` are ids that must stay whatever their age."""

    family: tuple[ModelMember, ...]
    limit: int | None
    kept: frozenset[int]
    fingerprint: str
    """The desired one: its failures are counted, so they stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetHistory:
    """The live versions of a dataset manifest; `kept` are ids that must stay whatever their age."""

    family: tuple[Member, ...]
    limit: int | None
    kept: frozenset[int]


def old_models(history: ModelHistory) -> tuple[RemovedObject, ...]:
    """Models beyond the limit, and duplicates that were never trained; the oldest first."""
    family = [member for member in history.family if not member.model.is_gone]
    numbers = _newest(history.limit, (member.name.version for member in family))
    found = []
    for member in sorted(family, key=lambda member: (member.name.version, member.model.id)):
        stays = member.model.id in history.kept or member.model.status in _AT_WORK
        if stays or (member.name.fingerprint == history.fingerprint and not _is_duplicate(member, history)):
            continue
        if _is_duplicate(member, history):
            found.append(_model(member.model, "a duplicate that was never trained"))
        elif numbers is not None and member.name.version not in numbers:
            found.append(_model(member.model, f"older than the newest {history.limit}"))
    return tuple(found)


def old_datasets(history: DatasetHistory, used: frozenset[int]) -> tuple[RemovedObject, ...]:
    """Datasets beyond the limit and duplicate drafts that no remaining model uses; the oldest first."""
    numbers = _newest(history.limit, (m.name.version for m in history.family if m.dataset.is_completed))
    found = []
    for member in sorted(history.family, key=lambda member: (member.name.version, member.dataset.id)):
        live = member.dataset
        if live.id in history.kept or live.id in used:
            continue
        if live.is_draft:
            found.append(_dataset(member, "a duplicate draft that nobody fills"))
        elif live.is_completed and numbers is not None and member.name.version not in numbers:
            found.append(_dataset(member, f"older than the newest {history.limit}"))
    return tuple(found)


def _is_duplicate(member: ModelMember, history: ModelHistory) -> bool:
    """Created and never started, beside one of the same definition that is kept."""
    twin = any(
        other.model.id in history.kept and other.name.fingerprint == member.name.fingerprint
        for other in history.family
        if other is not member
    )
    return twin and member.model.is_startable


def _newest(limit: int | None, versions: Iterable[int]) -> frozenset[int] | None:
    """The version numbers that a limit keeps; None keeps all."""
    return None if limit is None else frozenset(sorted(set(versions), reverse=True)[:limit])


def _model(model: RemoteModel, reason: str) -> RemovedObject:
    return RemovedObject(kind=Kind.MODEL, id=model.id, name=model.name, reason=reason)


def _dataset(member: Member, reason: str) -> RemovedObject:
    return RemovedObject(kind=Kind.DATASET, id=member.dataset.id, name=member.dataset.name, reason=reason)
