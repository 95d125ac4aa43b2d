"""What the live side shows, in our words: read once, then only looked at."""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from enum import StrEnum
from typing import ClassVar, Protocol

from reconciler.core.bulk_upload import BulkUpload
from reconciler.core.guide import Family, Guide, family_of_version
from reconciler.core.kind import Kind
from reconciler.core.name import parse_image_key, said_name, without_version
from reconciler.core.text import quoted
from reconciler.core.training import TrainingParameters
from reconciler.core.uploads import ONE_BY_ONE, Uploads, uploads_of
from reconciler.core.value import dataclass

WRITTEN_BY_PEOPLE = ("manual", "unknown")
"""Values of `caption_source` that stand for text which nothing may overwrite unasked."""

WRITTEN_BY_BRIA = (None, "automatic", "pending")
"""Values of `caption_source` whose text Bria wrote, or is about to write."""


class ModelStatus(StrEnum):
    """What the API says of one live model: the statuses of the contract, in lower case.

    UNKNOWN is any other word: not settled, never spent on. What a plan makes of it is a `State`.
    """

    CREATED = "created"
    IN_PROGRESS = "inprogress"
    COMPLETED = "completed"
    FAILED = "failed"
    STOPPING = "stopping"
    STOPPED = "stopped"
    DELETED = "deleted"
    SYNCING = "syncing"
    UNKNOWN = "unknown"


class DatasetStatus(StrEnum):
    """The dataset statuses of the contract; UNKNOWN is any other word: not settled, never written to."""

    DRAFT = "draft"
    COMPLETED = "completed"
    UNKNOWN = "unknown"


LiveKey = tuple[Kind, int]
"""What tells one live object from all others: ids of two kinds may be equal."""


class Live(Protocol):
    """What every kind of live object tells.

    `is_gone` is True for the record that stays of a deleted object. `project_id` and `parent_id` are what the API tells
    of where it belongs: the project, and the object that its kind stands on. `is_assumed` says that nobody was asked:
    the object stands for what applying a tree leaves behind, and its id and version are made up. `adopted_from` is the
    name that the API shows, where git adopted the object and `name` is what git knows it by; None where it did not.
    """

    kind: ClassVar[Kind]

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def is_gone(self) -> bool: ...
    @property
    def project_id(self) -> int | None: ...
    @property
    def parent_id(self) -> int | None: ...
    @property
    def is_assumed(self) -> bool: ...
    @property
    def adopted_from(self) -> str | None: ...
    def renamed(self, name: str) -> "Live": ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteProject:
    """A live project; None stands for a field that the answer did not carry."""

    kind: ClassVar[Kind] = Kind.PROJECT
    is_gone: ClassVar[bool] = False
    parent_id: ClassVar[None] = None
    adopted_from: ClassVar[None] = None

    id: int
    project_name: str
    project_description: str | None = None
    ip_name: str | None = None
    ip_description: str | None = None
    ip_medium: str | None = None
    ip_type: str | None = None
    training_version: str | None = None
    """What binds it to a family, where the API says it; None where it is not bound yet, or the API does not say."""
    knows: frozenset[Family] = frozenset()
    """Families that its account knows: both where the answer has that field at all."""
    is_assumed: bool = False

    @property
    def name(self) -> str:
        """What it is called, in the word that all kinds share."""
        return self.project_name

    @property
    def family(self) -> Family | None:
        """The family that it is bound to, where the API says it."""
        return family_of_version(self.training_version)

    @property
    def project_id(self) -> int:
        """A project belongs to itself."""
        return self.id

    def renamed(self, name: str) -> "RemoteProject":
        """The same project under another name."""
        return replace(self, project_name=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteImage:
    """A live image. `caption` is as the API gave it; `caption_source` in lower case, None where null or absent."""

    id: int
    image_name: str
    caption: str | None = None
    caption_source: str | None = None
    thumbnail_url: str | None = field(default=None, compare=False, repr=False)
    """Where the API shows the image. It may be signed and change with each read: never compared, printed or written."""
    image_url: str | None = field(default=None, compare=False, repr=False)
    """The same of the image in the size in which the API keeps it."""
    adopted_from: str | None = None
    """The name that the API shows, where git adopted the image; `image_name` then is the one that we had given it."""

    @property
    def is_hand_written(self) -> bool:
        """Did a person, or a declared caption, give this text?"""
        return self.caption is not None and self.caption_source in WRITTEN_BY_PEOPLE

    @property
    def is_automatic(self) -> bool:
        """May this caption be regenerated? A word that this release does not know is taken for a person's text."""
        return self.caption is None or self.caption_source in WRITTEN_BY_BRIA


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveContent:
    """What a dataset holds on the live side: all that its fingerprint is made of."""

    guide: Guide | None
    uploads: Uploads
    images: tuple[RemoteImage, ...]

    @property
    def keyed(self) -> dict[str, RemoteImage]:
        """Images by their key, in the order of their ids; of twins the lowest id; those without a key are left out."""
        found: dict[str, RemoteImage] = {}
        for image in sorted(self.images, key=lambda image: image.id):
            key = parse_image_key(image.image_name)
            if key is not None:
                found.setdefault(key, image)
        return found

    @property
    def twins(self) -> tuple[RemoteImage, ...]:
        """Of images with one key, all but the lowest id."""
        kept = {image.id for image in self.keyed.values()}
        twins = [
            image for image in self.images if image.id not in kept and parse_image_key(image.image_name) is not None
        ]
        return tuple(sorted(twins, key=lambda image: image.id))

    @property
    def unkeyed(self) -> tuple[RemoteImage, ...]:
        """Images that carry no key: somebody else put them there, or the API renamed them."""
        return tuple(image for image in self.images if parse_image_key(image.image_name) is None)


NOTHING_LIVE = LiveContent(guide=None, uploads=ONE_BY_ONE, images=())
"""What a dataset holds that is not made yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteDataset:
    """A live dataset. `images` is None unless it was read in full; `images_count` None where the list lacks it."""

    kind: ClassVar[Kind] = Kind.DATASET
    is_gone: ClassVar[bool] = False

    id: int
    name: str
    status: DatasetStatus
    project_id: int | None = None
    family: Family | None = None
    """None where no field of the answer tells."""
    knows: frozenset[Family] = frozenset()
    """Families that its account knows, by the fields that the answer has, whatever stands in them."""
    guide: Guide | None = None
    """None where it is not set yet, or where the answer did not carry it."""
    captions_update_status: str | None = None
    upload_type: str | None = None
    images_count: int | None = None
    images: tuple[RemoteImage, ...] | None = None
    bulk_upload: BulkUpload | None = None
    """What became of its archive; None where nobody asked."""
    is_assumed: bool = False
    adopted_from: str | None = None
    copies: int = 0
    """Images that are left out here because they show a picture that it holds already, where git adopted it."""

    @property
    def parent_id(self) -> int | None:
        """A dataset lives in its project."""
        return self.project_id

    def renamed(self, name: str) -> "RemoteDataset":
        """The same dataset under another name."""
        return replace(self, name=name)

    @property
    def content(self) -> LiveContent:
        """What it holds, as far as it was read: no images where only a list showed it."""
        return LiveContent(guide=self.guide, uploads=uploads_of(self.upload_type), images=self.images or ())

    def is_filled_by(self, uploads: Uploads) -> bool:
        """Do images get into it this way? One whose answer does not tell is taken for one of these."""
        return self.upload_type is None or self.content.uploads == uploads

    @property
    def is_regenerating(self) -> bool:
        return self.captions_update_status == "in_progress"

    @property
    def is_draft(self) -> bool:
        return self.status is DatasetStatus.DRAFT

    @property
    def is_completed(self) -> bool:
        return self.status is DatasetStatus.COMPLETED


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteModel:
    """A live model; `word` is its status as the API wrote it, `status` what we make of it."""

    kind: ClassVar[Kind] = Kind.MODEL

    id: int
    name: str
    status: ModelStatus
    word: str = ""
    description: str | None = None
    training_mode: str | None = None
    training_version: str | None = None
    dataset_id: int | None = None
    project_id: int | None = None
    parameters: TrainingParameters = ()
    checkpoint_steps: tuple[str, ...] | None = None
    """The steps after which an expert training left a checkpoint; None where the answer does not show them."""
    active_version: str | None = None
    """What it draws with if nobody says otherwise: the step of a checkpoint, or `default`; None where it is not told."""
    created_at: str | None = None
    updated_at: str | None = None
    is_assumed: bool = False
    adopted_from: str | None = None

    @property
    def parent_id(self) -> int | None:
        """A model stands on the dataset that it was trained on."""
        return self.dataset_id

    def renamed(self, name: str) -> "RemoteModel":
        """The same model under another name."""
        return replace(self, name=name)

    @property
    def is_gone(self) -> bool:
        return self.status is ModelStatus.DELETED

    @property
    def family(self) -> Family | None:
        """The family that its version stands for, where the API says it."""
        return family_of_version(self.training_version)

    @property
    def checkpoints(self) -> tuple[int, ...] | None:
        """The steps of its checkpoints, sorted; None where the answer does not show them as numbers."""
        steps = self.checkpoint_steps
        if steps is None or not all(map(_is_number, steps)):
            return None
        return tuple(sorted({int(step) for step in steps}))

    @property
    def active_checkpoint(self) -> int | None:
        """The step of the checkpoint that is active; None where the answer does not say one that it lists (U60)."""
        active = self.active_version
        step = int(active) if active is not None and _is_number(active) else None
        return step if step in (self.checkpoints or ()) else None

    @property
    def is_startable(self) -> bool:
        """Created and never started: starting it spends a training."""
        return self.status is ModelStatus.CREATED


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def shown_name(live: Live) -> str:
    """The name that the API shows: of an object that git adopted the one that people gave it."""
    return live.name if live.adopted_from is None else live.adopted_from


def live_name(live: Live) -> str:
    """The name of a live object for a message, in quotes; without its version where that is made up."""
    return quoted(said_name(without_version(live.name)) if live.is_assumed else shown_name(live))


def id_words(live: Live) -> str:
    """` (id 12)`; nothing where the id is made up."""
    return "" if live.is_assumed else f" (id {live.id})"


def called(live: Live) -> str:
    """How messages call a live object: `"poses v2 (a9f3c1a2b7d40)" (id 12)`."""
    return live_name(live) + id_words(live)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One look at the account: every live object by its kind and id. Deleted models are kept, for their version numbers."""

    live: Mapping[LiveKey, Live] = field(default_factory=dict)
    calls: int = 0
    projects: Mapping[int, RemoteProject] = field(init=False, repr=False, compare=False)
    datasets: Mapping[int, RemoteDataset] = field(init=False, repr=False, compare=False)
    models: Mapping[int, RemoteModel] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the objects by type once."""
        things = self.live.values()
        object.__setattr__(self, "projects", {one.id: one for one in things if isinstance(one, RemoteProject)})
        object.__setattr__(self, "datasets", {one.id: one for one in things if isinstance(one, RemoteDataset)})
        object.__setattr__(self, "models", {one.id: one for one in things if isinstance(one, RemoteModel)})

    def updated(self, *things: Live) -> "Observed":
        """The same account with these objects, each in place of the one that has its kind and id."""
        return replace(self, live={**self.live, **by_identity(things)})


def by_identity(things: Iterable[Live]) -> dict[LiveKey, Live]:
    """Live objects by what tells them apart."""
    return {(one.kind, one.id): one for one in things}
