"""What a model's state allows: to be started, to be taken as started, to keep its number."""

from collections.abc import Iterable
from enum import StrEnum

from reconciler.core.diff.content_match import unfit
from reconciler.core.diff.election import ModelMember
from reconciler.core.live import ModelStatus, RemoteDataset, RemoteModel, called
from reconciler.core.name import FinalName
from reconciler.core.text import quoted, shown
from reconciler.core.wish import DatasetWish


class Phase(StrEnum):
    """Where a model stands between its creation and the end of its training."""

    READY = "ready"
    TRAINING = "training"
    TRAINED = "trained"
    FAILED = "failed"
    STOPPED = "stopped"
    GONE = "gone"
    UNSETTLED = "unsettled"


_PHASES = {
    ModelStatus.CREATED: Phase.READY,
    ModelStatus.IN_PROGRESS: Phase.TRAINING,
    ModelStatus.COMPLETED: Phase.TRAINED,
    ModelStatus.FAILED: Phase.FAILED,
    ModelStatus.STOPPING: Phase.STOPPED,
    ModelStatus.STOPPED: Phase.STOPPED,
    ModelStatus.DELETED: Phase.GONE,
    ModelStatus.SYNCING: Phase.UNSETTLED,
    ModelStatus.UNKNOWN: Phase.UNSETTLED,
}


def phase(model: RemoteModel | None) -> Phase:
    """The phase of a model that was read; one that is not found is gone."""
    return Phase.GONE if model is None else _PHASES[model.status]


def made_as_another(model: RemoteModel, asked: str | None) -> str | None:
    """Why a model is not what was asked for (V90), so that nothing may be spent on it; None where it is, or does not say."""
    told = model.training_version
    if told is None or told == asked or (asked is None and model.family == "schema"):
        return None
    wanted = "of the schema family" if asked is None else f"with training_version {asked}"
    return f"the API made {called(model)} with training_version {shown(told)} and not {wanted}; it was not started"


def was_started(found: Phase) -> bool:
    """Has the training of a model begun, whatever became of it?"""
    return found in {Phase.TRAINING, Phase.TRAINED, Phase.FAILED, Phase.STOPPED}


def number_is_taken(versions: Iterable[ModelMember], own: int, name: FinalName) -> bool:
    """Does a model bear this version with another fingerprint? One in training keeps its number, else the lowest id."""
    return any(
        member.name.version == name.version
        and member.name.fingerprint != name.fingerprint
        and (member.model.id < own or was_started(phase(member.model)))
        for member in versions
    )


def unfit_for_training(
    dataset: RemoteDataset | None,
    *,
    live_id: int,
    name: str | None,
    wish: DatasetWish | None,
) -> str | None:
    """Why nothing may be spent on a dataset that was read after its completion; None where it is as it must be.

    `name` is the live name that it must bear, None where any will do.
    """
    if dataset is None:
        return f"dataset {live_id} is gone: it was deleted since the plan was made; plan again"
    if not dataset.is_completed:
        return f"dataset {quoted(dataset.name)} (id {live_id}) is not completed"
    if name is not None and dataset.name != name:
        return f"dataset {live_id} is named {quoted(dataset.name)} and not {quoted(name)}; plan again"
    if wish is not None and (reasons := unfit(dataset, wish)):
        return (
            f"dataset {quoted(dataset.name)} (id {live_id}) differs after the freeze: {'; '.join(reasons)}; plan again"
        )
    return None


def undeletable(model: RemoteModel, checkpoint: int) -> str:
    """Why a checkpoint of a live model must not be deleted, as a clause; empty where it may be, or is gone already."""
    if model.status is not ModelStatus.COMPLETED:
        return f"the model is {shown(model.word)} now"
    if model.checkpoints is None:
        return "the API does not show the checkpoints of the model"
    if is_deleted(model, checkpoint):
        return ""
    if model.active_checkpoint is None:
        return "the API does not say which checkpoint is active"
    return "it is the active one now" if model.active_checkpoint == checkpoint else ""


def is_deleted(model: RemoteModel, checkpoint: int) -> bool:
    """Does a live model show its checkpoints, and not this one?"""
    return model.checkpoints is not None and checkpoint not in model.checkpoints
