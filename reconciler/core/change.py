"""What differs between desired and observed, object by object. A change is what; an action is how."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from reconciler.core.desired import TrainingParameter
from reconciler.core.guide import Guide
from reconciler.core.kind import Kind
from reconciler.core.ref import Ref
from reconciler.core.uploads import Uploads

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field; before is None where it does not exist yet."""

    path: str
    before: Scalar
    after: Scalar


class ImageEffect(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    REPLACED = "replaced"
    TWIN = "twin"
    """The second live image with one digest: removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageChange:
    """One image that comes or goes. `name` is the file's (added, replaced) or the live label (removed)."""

    effect: ImageEffect
    name: str
    key: str
    id: int | None = None
    """Id of the live image, where the effect is TWIN."""
    size: int = 0
    path: str = ""
    replaces: str = ""
    """Key of the live image of the same label that goes, where the effect is REPLACED."""
    caption: str | None = None
    """The declared caption of an added image, or the live one of a removed image."""
    hand_written: bool = False
    """A removed image whose caption a person wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionChange:
    """One caption that git declares and the live side has not."""

    key: str
    name: str
    before: str | None
    after: str
    rewrites: bool = False
    """The text that goes was written by a person and never by git."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCaption:
    """A caption that a person wrote on the live side and git does not declare: kept, carried over, shown."""

    key: str
    name: str
    text: str
    version: int | None
    """The version it is carried over from; None where it stands in the draft itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WishImage:
    """One image that a dataset version must hold. `path` is below the manifest root, `caption` None if undeclared."""

    key: str
    digest: str
    size: int
    name: str
    path: str
    caption: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetWish:
    """All that a dataset version must be; what `complete` verifies."""

    ref: Ref
    project: Ref
    version: int
    fingerprint: str
    uploads: Uploads
    guide: Guide
    increase_resolution: bool
    completed: bool
    images: tuple[WishImage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectChange:
    """A project to create (id None), to take over, or to update."""

    ref: Ref
    kind: Literal["project"] = "project"
    id: int | None
    takes_over: bool
    reason: str
    fields: tuple[FieldChange, ...]
    body: tuple[tuple[str, str], ...]
    """The fields to send, names of the API: all of them at creation, all mutable ones at an update."""


class Origin(StrEnum):
    """Where a dataset version begins."""

    CREATE = "create"
    CLONE = "clone"
    RESUME = "resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetChange:
    """A dataset version to make, or an open draft to fill."""

    ref: Ref
    kind: Literal["dataset"] = "dataset"
    version: int
    fingerprint: str
    origin: Origin
    origin_id: int | None
    """The dataset to clone, or the draft to resume; None for CREATE."""
    source_id: int | None = None
    """The completed dataset that a clone must be checked against, while it was not."""
    source_version: int | None = None
    base_version: int | None
    """The completed version that is compared with; None for the first."""
    reason: str
    guide: FieldChange | None
    images: tuple[ImageChange, ...]
    captions: tuple[CaptionChange, ...]
    kept: tuple[KeptCaption, ...]
    stale: bool
    """Automatic captions follow another prefix and must be regenerated."""
    regenerated: int
    """Captions that are regenerated, known before the run."""
    declared: int
    """Captions that git declares."""
    live_images: int
    """Images of what is compared with."""
    wish: DatasetWish


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedTraining:
    """A training that is stopped; what it has cost is lost."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChange:
    """A model version to create or to start, or one whose description changes in place."""

    ref: Ref
    kind: Literal["model"] = "model"
    version: int
    fingerprint: str
    dataset: Ref
    dataset_version: int
    dataset_fingerprint: str
    """The fingerprint in the name of the dataset that it trains on."""
    dataset_id: int | None
    """None where the dataset version is made by the same plan."""
    dataset_name: str | None
    name: str
    """The model's name on the live side."""
    id: int | None
    """The live model; None where one is created."""
    base_version: int | None
    creates: bool
    starts: bool
    stops: tuple[StoppedTraining, ...] = ()
    """Trainings of superseded versions that are stopped first."""
    reason: str
    fields: tuple[FieldChange, ...]
    training_mode: str
    training_version: str
    description: str
    parameters: tuple[tuple[str, TrainingParameter], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedObject:
    """A live object that is deleted; `stops` says that its training is stopped first."""

    kind: Kind
    id: int
    name: str
    reason: str
    stops: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalChange:
    """Live objects that go: all versions of an absent manifest, or old versions of a declared one."""

    ref: Ref
    kind: Literal["removal"] = "removal"
    reason: str
    objects: tuple[RemovedObject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenamedObject:
    """A live object that is renamed in place. `description` is a model's, sent along as it is."""

    kind: Kind
    id: int
    before: str
    after: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameChange:
    """Live objects that bear a former name of a manifest."""

    ref: Ref
    kind: Literal["rename"] = "rename"
    reason: str
    objects: tuple[RenamedObject, ...]


Change = ProjectChange | DatasetChange | ModelChange | RemovalChange | RenameChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a plan will not do, and the way on. `ref` is None where it concerns the whole plan."""

    rule: str
    ref: Ref | None
    summary: str
    remedies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A fact that changes nothing and is said aloud: strays, duplicates, held models, leftover drafts."""

    rule: str
    ref: Ref | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasState:
    """One alias of a model and the trained version that answers to it; `problem` says why none does (a clause)."""

    ref: Ref
    alias: str
    target: str
    id: int | None = None
    version: int | None = None
    fingerprint: str | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """An object that is as desired.

    `state` is a word: in sync, training, held, failed, stopped, created, draft, absent, waiting (for a superseded
    training to end), kept (`retrain: never`).
    """

    ref: Ref
    id: int | None
    version: int | None
    fingerprint: str | None
    state: str
    detail: str = ""
