"""What differs between desired and observed, object by object. A change is what; an action is how."""

from enum import StrEnum
from typing import Literal

from reconciler.core.content_change import CaptionChange, ImageChange, ImageEffect, KeptCaption, LostCaption, LostImage
from reconciler.core.cost import Cost
from reconciler.core.kind import Kind
from reconciler.core.loss import NOTHING_LOST, Losses, RemovedCheckpoints, RemovedObject, StoppedTraining
from reconciler.core.reason import Reason
from reconciler.core.ref import Ref
from reconciler.core.training import TrainingParameters
from reconciler.core.value import dataclass
from reconciler.core.wish import DatasetWish

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field; before is None where it does not exist yet."""

    path: str
    before: Scalar
    after: Scalar


class Effect(StrEnum):
    """What a change does to its object, in one word: the answer to "what happens?", and to nothing else."""

    CREATE = "create"
    TAKE_OVER = "take over"
    """A live project becomes ours."""
    UPDATE = "update"
    """Fields change in place."""
    NEXT_VERSION = "next version"
    """A dataset version that starts as a clone of the one before."""
    FRESH_VERSION = "fresh version"
    """A dataset version for which everything is uploaded again."""
    FILL_DRAFT = "fill draft"
    TRAIN = "train"
    """A model version is created and its training started."""
    START = "start"
    """The training of a model that exists is started."""
    RENAME = "rename"
    DELETE = "delete"
    DELETE_CHECKPOINTS = "delete checkpoints"
    """Versions of a model stay, and some of their checkpoints go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectChange:
    """A project to create (id None), to take over, or to update."""

    ref: Ref
    kind: Literal["project"] = "project"
    id: int | None
    takes_over: bool
    reason: Reason
    fields: tuple[FieldChange, ...]
    body: tuple[tuple[str, str], ...]
    """The fields to send, names of the API: all of them at creation, all mutable ones at an update."""

    @property
    def effect(self) -> Effect:
        if self.id is None:
            return Effect.CREATE
        return Effect.TAKE_OVER if self.takes_over else Effect.UPDATE

    @property
    def losses(self) -> Losses:
        return NOTHING_LOST

    @property
    def cost(self) -> Cost:
        return Cost()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """An open draft that took its one archive and cannot become what is wanted. It is renamed, and nothing fills it."""

    id: int
    name: str


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
    aside: SetAside | None = None
    """The open draft in whose place this version is made."""
    awaits_archive: bool = False
    """The images that come are in an archive that was sent before: it is waited for, and nothing is uploaded."""
    again: tuple[str, ...] = ()
    """Keys of images that come although the base holds them: a version that is made afresh needs all of them."""
    recaptioned: tuple[CaptionChange, ...] = ()
    """Captions of those images that git words otherwise than the base."""
    reason: Reason
    training_version: str | None = None
    """What asks for the family of a new dataset, where the account knows both; None is not sent."""
    guide: tuple[FieldChange, ...]
    """What changes of the guide, by path; a guide that is the first is one field without a value before."""
    images: tuple[ImageChange, ...]
    captions: tuple[CaptionChange, ...]
    kept: tuple[KeptCaption, ...]
    stale: bool
    """Automatic captions follow another guide and must be regenerated."""
    regenerated: int
    """Captions that are regenerated, known before the run."""
    declared: int
    """Captions that git declares."""
    written_again: int = 0
    """Captions that people wrote on the source of a clone: where it calls them automatic, each is written again (U74)."""
    base_images: int
    """Images that the base holds, each counted once."""
    live_images: int
    """Images that the base and the open draft hold together, each counted once."""
    lost_images: tuple[LostImage, ...] = ()
    """Of those, the ones that this version does not hold, however it is made."""
    lost_captions: tuple[LostCaption, ...] = ()
    """Captions of people that git's replace, in the base or in the open draft."""
    wish: DatasetWish

    @property
    def effect(self) -> Effect:
        if self.origin is Origin.RESUME:
            return Effect.FILL_DRAFT
        if self.base_version is None:
            return Effect.CREATE
        return Effect.NEXT_VERSION if self.origin is Origin.CLONE else Effect.FRESH_VERSION

    @property
    def losses(self) -> Losses:
        return Losses(images=self.lost_images, captions=self.lost_captions)

    @property
    def fields(self) -> tuple[FieldChange, ...]:
        return self.guide

    @property
    def sets_first_guide(self) -> bool:
        """Is there no guide yet where this version begins?"""
        return any(field.path == self.wish.guide.field and field.before is None for field in self.guide)

    @property
    def coming(self) -> tuple[ImageChange, ...]:
        """Images that are uploaded."""
        return tuple(image for image in self.images if image.effect in {ImageEffect.ADDED, ImageEffect.REPLACED})

    @property
    def captioned_by_archive(self) -> frozenset[str]:
        """Keys of the images that come with their declared caption in an archive."""
        return self.wish.captioned_by_archive & {image.key for image in self.coming} if self.coming else frozenset()

    @property
    def captions_after_archive(self) -> int:
        """Declared captions of images that come in an archive without them: each is written by a call of its own."""
        if not self.wish.uploads.is_once:
            return 0
        captioned = self.captioned_by_archive
        return sum(image.caption is not None and image.key not in captioned for image in self.coming)

    @property
    def going(self) -> tuple[ImageChange, ...]:
        """Images that go and that nothing replaces: those a step removes, then those that are only not taken along."""
        removed = tuple(image for image in self.images if image.effect in {ImageEffect.REMOVED, ImageEffect.TWIN})
        told = {image.key for image in removed} | {image.replaces for image in self.images if image.replaces}
        return removed + tuple(
            ImageChange(
                effect=ImageEffect.REMOVED,
                name=lost.name,
                key=lost.key,
                caption=lost.caption,
                hand_written=lost.caption is not None,
            )
            for lost in self.lost_images
            if lost.key not in told
        )

    @property
    def cost(self) -> Cost:
        uploaded = () if self.awaits_archive else self.coming
        return Cost(
            bytes=sum(image.size for image in uploaded),
            uploads=len(uploaded),
            removals=sum(image.effect is not ImageEffect.ADDED for image in self.images),
            regenerations=0 if self.origin is Origin.CREATE else self.regenerated,
            rewrites=len(self.lost_captions),
        )


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
    reason: Reason
    fields: tuple[FieldChange, ...]
    training_mode: str
    training_version: str | None
    description: str
    parameters: TrainingParameters

    @property
    def definition(self) -> str:
        """Mode and version in words: `fully_automated max`."""
        return " ".join(part for part in (self.training_mode, self.training_version) if part is not None)

    @property
    def effect(self) -> Effect:
        if self.starts:
            return Effect.TRAIN if self.creates else Effect.START
        return Effect.CREATE if self.creates else Effect.UPDATE

    @property
    def losses(self) -> Losses:
        return Losses(trainings=self.stops)

    @property
    def cost(self) -> Cost:
        return Cost(trainings=int(self.starts))


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalChange:
    """Live objects that go: all versions of an absent manifest, or old versions of a declared one."""

    ref: Ref
    kind: Literal["removal"] = "removal"
    reason: Reason
    objects: tuple[RemovedObject, ...]

    @property
    def effect(self) -> Effect:
        return Effect.DELETE

    @property
    def losses(self) -> Losses:
        stopped = (StoppedTraining(id=one.id, name=one.name) for one in self.objects if one.stops)
        return Losses(objects=self.objects, trainings=tuple(stopped))

    @property
    def fields(self) -> tuple[FieldChange, ...]:
        return ()

    @property
    def cost(self) -> Cost:
        return Cost(deletions=len(self.objects))


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointChange:
    """Checkpoints that go of the trained versions of a model, because its manifest keeps others."""

    ref: Ref
    kind: Literal["checkpoints"] = "checkpoints"
    reason: Reason
    versions: tuple[RemovedCheckpoints, ...]

    @property
    def effect(self) -> Effect:
        return Effect.DELETE_CHECKPOINTS

    @property
    def losses(self) -> Losses:
        return Losses(checkpoints=self.versions)

    @property
    def fields(self) -> tuple[FieldChange, ...]:
        return ()

    @property
    def cost(self) -> Cost:
        return Cost(deletions=self.losses.checkpoint_count)


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
    reason: Reason
    objects: tuple[RenamedObject, ...]

    @property
    def effect(self) -> Effect:
        return Effect.RENAME

    @property
    def losses(self) -> Losses:
        return NOTHING_LOST

    @property
    def fields(self) -> tuple[FieldChange, ...]:
        return tuple(FieldChange(path="name", before=one.before, after=one.after) for one in self.objects)

    @property
    def cost(self) -> Cost:
        return Cost()


Change = ProjectChange | DatasetChange | ModelChange | RemovalChange | CheckpointChange | RenameChange
"""Every change answers four questions by itself.

`effect` says what happens, `losses` what goes, `fields` which values differ, `cost` what is spent. API calls are left
out of a change's cost: steps make them, and a change has no steps yet.
"""
