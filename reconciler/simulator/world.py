"""The world: what the account holds, as tables of frozen rows, with an undo list and a view into the recent past."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, assert_never

from reconciler.simulator.archive import ArchiveFolder
from reconciler.simulator.generation.row import Drawing
from reconciler.simulator.table import RowChange, Table, UndoLog

TimerKind = Literal[
    "regeneration", "caption", "training", "stopping", "sync", "clone", "bulk_fetch", "bulk_end", "bulk_captions"
]
Family = Literal["prefix", "schema"]
FIBO: Final = "fibo"
NO_DATASET: Final = 0
"""The owner of images that are still on their way into a dataset: late ones of a clone, those of a zip upload."""


def family_of(training_version: str | None) -> Family:
    """The family to which a training version belongs: `fibo` is alone in its own."""
    return "schema" if training_version == FIBO else "prefix"


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project; `created` and `updated` are simulated seconds, here as in every row."""

    id: int
    project_name: str
    project_description: str | None
    ip_name: str | None
    ip_description: str | None
    ip_medium: str
    ip_type: str
    training_version: str | None = None
    created: float
    updated: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A dataset; its training version decides its family, and the family which of the two guides is meant."""

    id: int
    project_id: int
    name: str
    description: str | None = None
    caption_prefix: str
    visual_schema: str | None = None
    status: str = "draft"
    captions_update_status: str = "empty"
    upload_type: str = "basic"
    captions_source: str | None = None
    training_version: str = "max"
    is_clone: bool = False
    created: float
    updated: float

    @property
    def family(self) -> Family:
        """The family of its guide and its models."""
        return family_of(self.training_version)

    @property
    def guide(self) -> str | None:
        """What its captions follow: None where a schema dataset has no schema yet."""
        return self.visual_schema if self.family == "schema" else self.caption_prefix

    def with_guide(self, guide: str | None) -> "Dataset":
        """The dataset with another guide, in the field of its family."""
        if self.family == "schema":
            return replace(self, visual_schema=guide)
        return replace(self, caption_prefix=guide or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image: its bytes are not kept, only their digest, their number and the size in pixels.

    Bytes of zipped images stay on disk, in the zip as it was fetched: `archive` is its file, `archive_entry` the name
    in it. Both are empty for an image that was uploaded alone.
    """

    id: int
    dataset_id: int
    caption: str | None
    caption_source: str | None
    upload_source_url: str | None
    image_name: str | None
    sha256: str
    size: int
    width: int
    height: int
    archive: str = ""
    archive_entry: str = ""
    created: float
    updated: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model; a deleted one keeps its row with the status `Deleted`."""

    id: int
    project_id: int
    dataset_id: int | None
    name: str
    description: str | None
    status: str = "Created"
    training_mode: str
    training_version: str
    generation_prefix: str | None = None
    training_parameters: dict[str, object] = field(default_factory=dict)
    checkpoints: tuple[int, ...] = ()
    active_model_version: str = "default"
    queued: bool = False
    outcome: str = "Completed"
    created: float
    updated: float
    ended: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkUpload:
    """A zip upload: every attempt leaves one, also a failed one.

    `images` are the ids of the rows that the dataset gets at its end, `failures` the documents of `failed_images`, and
    `failed_places` at which place in the zip each of them stands. `read` is when the zip was read, None before.
    """

    id: int
    dataset_id: int
    zip_url: str
    automatic: bool
    moderated: bool
    status: str = "pending"
    found: int = 0
    images: tuple[int, ...] = ()
    failures: tuple[dict[str, object], ...] = ()
    failed_places: tuple[int, ...] = ()
    begun: float
    read: float | None = None
    ended: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """Something that will happen to `target` when the clock reaches `due`; never, when `due` is None."""

    id: int
    kind: TimerKind
    target: int
    due: float | None
    guide: str | None = None
    images: tuple[int, ...] = ()


Row = Project | Dataset | Image | Model | BulkUpload | Timer | Drawing
AnyTable = (
    Table[Project, Row]
    | Table[Dataset, Row]
    | Table[Image, Row]
    | Table[Model, Row]
    | Table[BulkUpload, Row]
    | Table[Timer, Row]
    | Table[Drawing, Row]
)
ROWS: Final[dict[str, type[Row]]] = {
    "project": Project,
    "dataset": Dataset,
    "image": Image,
    "model": Model,
    "bulk": BulkUpload,
    "timer": Timer,
    "drawing": Drawing,
}


CREATION_TICK: Final = 2e-6  # the API gives a new object an `updated_at` two microseconds after its `created_at`


class Tables:
    """The four tables that answers are made from: of now, or of a moment ago."""

    def __init__(self, undo_log: UndoLog[Row]) -> None:
        self.projects: Table[Project, Row] = Table("project", 1001, undo_log, lambda _row: 0)
        self.datasets: Table[Dataset, Row] = Table("dataset", 200001, undo_log, lambda row: row.project_id)
        self.images: Table[Image, Row] = Table("image", 3000001, undo_log, lambda row: row.dataset_id)
        self.models: Table[Model, Row] = Table("model", 40001, undo_log, lambda row: row.project_id)

    def models_of(self, dataset_id: int) -> Iterator[Model]:
        """The models made from a dataset, deleted ones too."""
        return (model for model in self.models.all() if model.dataset_id == dataset_id)


Delivery = Callable[["World"], None]
"""What becomes of the world by work that was done without it."""
Errand = Callable[[Callable[[], bool]], Delivery]
"""Work that takes longer than a request may, and needs nothing of the world. It asks now and then whether to go on."""


class World(Tables):
    """Tables, timers and tallies at one moment of simulated time.

    `set_aside` has somebody who takes errands; None where they are done at once, because time stands still meanwhile.
    """

    def __init__(self) -> None:
        self.set_aside: Callable[[Errand], None] | None = None
        self.undo_log: UndoLog[Row] = UndoLog()
        super().__init__(self.undo_log)
        self.bulk_uploads: Table[BulkUpload, Row] = Table("bulk", 1, self.undo_log, lambda row: row.dataset_id)
        self.timers: Table[Timer, Row] = Table("timer", 1, self.undo_log, lambda row: row.target)
        self.drawings: Table[Drawing, Row] = Table("drawing", 1, self.undo_log, lambda row: row.model_id)
        self.archives = ArchiveFolder()
        self.reading: float | None = None
        self.tallies: dict[str, int] = {}
        self.calls: dict[str, list[float]] = {}

    @property
    def time(self) -> float:
        """Simulated seconds since the world began."""
        return self.undo_log.time

    @time.setter
    def time(self, seconds: float) -> None:
        self.undo_log.time = seconds

    def tables(self) -> Mapping[str, AnyTable]:
        """Every table by the kind of its rows."""
        return {
            "project": self.projects,
            "dataset": self.datasets,
            "image": self.images,
            "model": self.models,
            "bulk": self.bulk_uploads,
            "timer": self.timers,
            "drawing": self.drawings,
        }

    def count(self, name: str) -> int:
        """Count one more of something, and say how many there are now."""
        self.tallies[name] = self.tallies.get(name, 0) + 1
        self.undo_log.counted = True
        return self.tallies[name]

    def put(self, row: Row) -> None:
        """Put a row of any kind into its table."""
        match row:
            case Project():
                self.projects.put(row)
            case Dataset():
                self.datasets.put(row)
            case Image():
                self.images.put(row)
            case Model():
                self.models.put(row)
            case BulkUpload():
                self.bulk_uploads.put(row)
            case Timer():
                self.timers.put(row)
            case Drawing():
                self.drawings.put(row)
            case other:
                assert_never(other)

    def drop(self, kind: str, number: int) -> None:
        """Take a row out of the table of its kind."""
        self.tables()[kind].drop(number)

    def row(self, kind: str, number: int) -> Row | None:
        """A row by kind and id."""
        return self.tables()[kind].get(number)

    def undo(self, mark: int) -> None:
        """Take back every change made since the mark."""
        taken = self.undo_log.changes[mark:]
        self.undo_log.pause()
        for change in reversed(taken):
            self._restore(change)
        self.undo_log.resume(mark)

    def _restore(self, change: RowChange[Row]) -> None:
        if change.before is None:
            self.drop(change.kind, change.number)
        else:
            self.put(change.before)

    def as_of(self, moment: float) -> Tables:
        """The tables as they stood at an earlier moment; reaches back as far as the undo log's memory."""
        known = (*self.undo_log.recent, *self.undo_log.changes)
        later = [change for change in known if change.time > moment and change.kind not in ("bulk", "timer", "drawing")]
        if not later:
            return self
        past = World()
        past.undo_log.pause()
        for table in (self.projects, self.datasets, self.images, self.models):
            for row in table.all():
                past.put(row)
        for change in reversed(later):
            past._restore(change)
        return past

    def set_timer(self, timer: Timer) -> None:
        """Start a timer; its id is given here."""
        self.timers.put(replace(timer, id=self.timers.claim()))

    def timer_of(self, kind: TimerKind, target: int) -> Timer | None:
        """The running timer of a kind for one object."""
        return next((timer for timer in self.timers.of(target) if timer.kind == kind), None)

    def bulk_upload_of(self, dataset_id: int) -> BulkUpload | None:
        """The last zip upload to a dataset."""
        return next(reversed(self.bulk_uploads.of(dataset_id)), None)

    def remove_project(self, number: int) -> None:
        """Take a project away with everything in it."""
        for dataset in self.datasets.of(number):
            self.remove_dataset(dataset.id)
        for model in self.models.of(number):
            self.remove_model(model)
        self.projects.drop(number)

    def remove_dataset(self, number: int) -> None:
        """Take a dataset away with its images; models made from it stay."""
        for image in self.images.of(number):
            self.remove_image(image.id)
        for timer in self.timers.of(number):
            self.timers.drop(timer.id)
            for image_id in timer.images:
                self.remove_image(image_id)
        for upload in self.bulk_uploads.of(number):
            self.bulk_uploads.drop(upload.id)
        self.datasets.drop(number)

    def remove_image(self, number: int) -> None:
        """Take an image away, and with it the caption that may be on its way."""
        for timer in self.timers.of(number):
            self.timers.drop(timer.id)
        self.images.drop(number)

    def remove_model(self, model: Model) -> None:
        """Mark a model as deleted; its training, if any, is over."""
        for timer in self.timers.of(model.id):
            self.timers.drop(timer.id)
        self.models.put(replace(model, status="Deleted", updated=self.time))
