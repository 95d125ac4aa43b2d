"""One step of a plan: a verb from a closed alphabet, what it is done to, what it needs and what it costs."""

from collections.abc import Iterable
from dataclasses import field
from enum import StrEnum
from typing import Literal

from reconciler.core.change import FieldChange
from reconciler.core.cost import Cost
from reconciler.core.guide import Guide
from reconciler.core.kind import Kind
from reconciler.core.ref import Ref
from reconciler.core.training import TrainingParameters
from reconciler.core.value import dataclass


class Verb(StrEnum):
    """Everything that a plan can do."""

    CREATE = "create"
    UPDATE = "update"
    CLONE = "clone"
    CLAIM = "claim"
    SET_ASIDE = "set aside"
    CHECK = "check"
    REMOVE = "remove"
    GUIDE = "guide"
    REGENERATE = "regenerate"
    UPLOAD = "upload"
    ARCHIVE = "archive"
    """Send all images in one archive."""
    CAPTION = "caption"
    COMPLETE = "complete"
    TRAIN = "train"
    RENAME = "rename"
    STOP = "stop"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateProject:
    step: Literal["create-project"] = "create-project"
    body: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateProject:
    step: Literal["update-project"] = "update-project"
    id: int
    body: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateDataset:
    """Create a draft; `project_id` is None where the same plan creates the project."""

    step: Literal["create-dataset"] = "create-dataset"
    project_id: int | None
    training_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloneDataset:
    step: Literal["clone-dataset"] = "clone-dataset"
    source_id: int
    source_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDraft:
    """Take an open draft over for this run and this wish."""

    step: Literal["claim-draft"] = "claim-draft"
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckClone:
    """Compare a clone with its source; write again what did not come along."""

    step: Literal["check-clone"] = "check-clone"
    source_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveImage:
    """Remove the live image with this key; with an id, only that one of two twins."""

    step: Literal["remove-image"] = "remove-image"
    key: str
    id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetGuide:
    step: Literal["set-guide"] = "set-guide"
    guide: Guide


@dataclass(frozen=True, slots=True, kw_only=True)
class Regenerate:
    """Regenerate every automatic caption of the draft; those that people wrote stay."""

    step: Literal["regenerate"] = "regenerate"


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadImage:
    step: Literal["upload-image"] = "upload-image"
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDraftAside:
    """Give an open draft that took its one archive a name that says so, so that nothing fills it any more."""

    step: Literal["set-draft-aside"] = "set-draft-aside"
    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadArchive:
    """Send all images in one archive, or wait for the one that was sent before, until the API has taken every image.

    `with_captions`: the archive holds the declared captions too, and the API writes none.
    """

    step: Literal["upload-archive"] = "upload-archive"
    images: int
    with_captions: bool
    is_sent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedText:
    """A caption by its image's key.

    `declared` is False for a hand-written one that is carried over: it is written only where the live caption is not
    hand-written itself, so that a newer edit in the console is never undone.
    """

    key: str
    text: str
    declared: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteCaptions:
    """Wait until every image has a caption, then see that these texts stand."""

    step: Literal["write-captions"] = "write-captions"
    texts: tuple[KeyedText, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteDataset:
    """Verify, give the final name, complete. For `status: draft`: verify only."""

    step: Literal["complete-dataset"] = "complete-dataset"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateModel:
    """Create a model on a completed dataset.

    `dataset_id` is None where the same plan makes that version; else the dataset must still be completed, named
    `dataset_name`, and hold what the plan's wish for it says.
    """

    step: Literal["create-model"] = "create-model"
    dataset: Ref
    dataset_id: int | None
    dataset_name: str | None
    training_mode: str
    training_version: str | None
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateModel:
    step: Literal["update-model"] = "update-model"
    id: int
    name: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTraining:
    """Start the model; `id` is None where the same plan creates it."""

    step: Literal["start-training"] = "start-training"
    id: int | None
    parameters: TrainingParameters


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameObject:
    """Give a live dataset or model another name; a model's `description` is sent along as it is."""

    step: Literal["rename-object"] = "rename-object"
    kind: Kind
    id: int
    before: str
    after: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopTraining:
    """Stop a training and wait until it is stopped; one that has ended meanwhile counts as stopped."""

    step: Literal["stop-training"] = "stop-training"
    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteObject:
    """Delete a live object that still bears this name."""

    step: Literal["delete-object"] = "delete-object"
    kind: Kind
    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteCheckpoint:
    """Delete the checkpoint after `checkpoint` steps of a trained model that still bears this name."""

    step: Literal["delete-checkpoint"] = "delete-checkpoint"
    id: int
    name: str
    checkpoint: int


Step = (
    CreateProject
    | UpdateProject
    | CreateDataset
    | CloneDataset
    | ClaimDraft
    | CheckClone
    | RemoveImage
    | SetGuide
    | Regenerate
    | UploadImage
    | SetDraftAside
    | UploadArchive
    | WriteCaptions
    | CompleteDataset
    | CreateModel
    | UpdateModel
    | StartTraining
    | RenameObject
    | StopTraining
    | DeleteObject
    | DeleteCheckpoint
)

VERBS: dict[type, Verb] = {
    CreateProject: Verb.CREATE,
    UpdateProject: Verb.UPDATE,
    CreateDataset: Verb.CREATE,
    CloneDataset: Verb.CLONE,
    ClaimDraft: Verb.CLAIM,
    CheckClone: Verb.CHECK,
    RemoveImage: Verb.REMOVE,
    SetGuide: Verb.GUIDE,
    Regenerate: Verb.REGENERATE,
    UploadImage: Verb.UPLOAD,
    SetDraftAside: Verb.SET_ASIDE,
    UploadArchive: Verb.ARCHIVE,
    WriteCaptions: Verb.CAPTION,
    CompleteDataset: Verb.COMPLETE,
    CreateModel: Verb.CREATE,
    UpdateModel: Verb.UPDATE,
    StartTraining: Verb.TRAIN,
    RenameObject: Verb.RENAME,
    StopTraining: Verb.STOP,
    DeleteObject: Verb.DELETE,
    DeleteCheckpoint: Verb.DELETE,
}


def counted(step: Step) -> Cost:
    """What a step costs of that which people watch and limits count; calls and bytes are for whoever plans it."""
    match step:
        case UploadImage():
            return Cost(uploads=1)
        case UploadArchive():
            return Cost(uploads=0 if step.is_sent else step.images)
        case RemoveImage():
            return Cost(removals=1)
        case StartTraining():
            return Cost(trainings=1)
        case DeleteObject() | DeleteCheckpoint():
            return Cost(deletions=1)
        case _:
            return Cost()


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One step, ready to be executed.

    `id` is stable and readable (`dataset/lora-poses v3 upload poses/wave.png`). `needs` are ids of actions that must
    have succeeded. `version` and `fingerprint` belong to the dataset or model version that the step works on.
    """

    id: str
    ref: Ref
    step: Step
    needs: tuple[str, ...] = ()
    version: int | None = None
    fingerprint: str | None = None
    label: str = ""
    """The thing inside the object, where there is one: an image's name."""
    fields: tuple[FieldChange, ...] = ()
    cost: Cost = field(default_factory=Cost)

    @property
    def verb(self) -> Verb:
        return VERBS[type(self.step)]


def listed(actions: Iterable[Action]) -> frozenset[Kind]:
    """Kinds whose list is read once a plan is done: it must show what was made, or the next plan would not be in sync."""
    return frozenset(
        action.step.kind if isinstance(action.step, RenameObject) else action.ref.kind
        for action in actions
        if not isinstance(action.step, CreateProject | StopTraining | DeleteObject | DeleteCheckpoint)
    )
