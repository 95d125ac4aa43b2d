"""`gallery run`: let versions of a model draw the cases of a gallery that are not there yet, each once.

Files are the state. A note lies on the disk from before a request is sent until its picture is written, so a case whose request
was lost, or whose run was killed, is never drawn again unasked; a job of the API's second version is taken up by its id.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum

from reconciler.app.chosen_version import chosen_model
from reconciler.app.drawing import Generation, generation_of, live_drawer
from reconciler.app.exceptions import Refused, refused, undeclared
from reconciler.app.galleries import require_cases
from reconciler.app.planning import Planned
from reconciler.app.session import Session
from reconciler.core.desired import Desired
from reconciler.core.diff.election import ModelMember
from reconciler.core.gallery import CaseResult, CaseState, Column, DesiredGallery, GalleryCase
from reconciler.core.generation.rules import misfit, misplaced_checkpoint, wrong_model
from reconciler.core.generation.wrong import as_key
from reconciler.core.limit import Limits
from reconciler.core.order import Drawer, Order
from reconciler.core.planning.limit_check import check_generations
from reconciler.core.refusal import Refusal
from reconciler.core.text import quoted
from reconciler.core.value import dataclass
from reconciler.files.gallery_folder import SUBMITTED, results_in
from reconciler.files.gallery_note import SubmitNote, read_note
from reconciler.files.gallery_writer import GalleryWriter

RULE = "gallery-version"


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryRunRequest:
    """What is to be there afterwards: which versions (none: the one that programs use), cases and checkpoints (none: all)."""

    versions: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    checkpoints: tuple[int, ...] = ()
    again: tuple[str, ...] = ()
    """Cases that may be paid for once more where they are unknown or damaged."""
    refreshes: bool = False
    """Draw again what is stale."""
    hosts: tuple[str, ...] = ()
    patience: float = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryVersion:
    """A version that draws, and the columns that it has in this run."""

    member: ModelMember
    drawer: Drawer
    columns: tuple[Column, ...]

    @property
    def name(self) -> str:
        """`v2 (b11d7dad6aa65)`."""
        return f"v{self.member.name.version} ({self.member.name.fingerprint})"


class Step(StrEnum):
    """How a case gets its picture."""

    DRAW = "draw"
    """By a request that costs."""
    TAKE_UP = "take up"
    """By the id of a job that was begun before: to ask costs nothing."""
    FINISH = "finish"
    """The picture is there, and its record is not yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One case of one column that is not there yet. `note` is the one that an earlier run left."""

    version: GalleryVersion
    column: Column
    case: GalleryCase
    step: Step
    is_over: bool = False
    """Is there a file of an older definition, or a damaged one, in whose place the new one goes?"""
    note: SubmitNote | None = None
    was_unknown: bool = False
    """Does a person pay once more for it? Then the older note comes back where nothing was drawn."""

    @property
    def order(self) -> Order:
        """The case, for the checkpoint of the column."""
        return replace(self.case.order, checkpoint=self.column.checkpoint)

    @property
    def name(self) -> str:
        """`waving of v2`, `waving of v2 at 500`."""
        step = "" if self.column.checkpoint is None else f" at {self.column.checkpoint}"
        return f"{self.case.name} of v{self.version.member.name.version}{step}"

    def generation(self, order: Order | None = None) -> Generation:
        """The request; `order` has the content of its pictures."""
        return generation_of(self.version.member, self.version.drawer, order or self.order)


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryRun:
    """What a run does, and what it leaves as it is: each with the reason."""

    tasks: tuple[Task, ...] = ()
    left: tuple[CaseResult, ...] = ()
    present: int = 0
    notes: tuple[str, ...] = ()

    @property
    def paid(self) -> tuple[Task, ...]:
        """Those that cost."""
        return tuple(task for task in self.tasks if task.step is Step.DRAW)


def require_request(desired: Desired, gallery: DesiredGallery, request: GalleryRunRequest) -> None:
    """Hold what was typed against the manifest, before anything is asked. WrongUsage where it names what is not there."""
    if gallery.model not in desired.models:
        raise undeclared(gallery.model, desired.refs)
    require_cases(gallery, request.cases, "--case")
    require_cases(gallery, request.again, "--again")


async def versions_of(
    opened: Session, planned: Planned, gallery: DesiredGallery, request: GalleryRunRequest
) -> tuple[tuple[GalleryVersion, ...], tuple[str, ...]]:
    """The versions that draw, each once, and what is to be said of them. Refused where one is not there or not trained."""
    found: dict[str, GalleryVersion] = {}
    notes: list[str] = []
    for version in request.versions or ("",):
        member = chosen_model(planned, gallery.model, version, RULE)
        fingerprint = member.name.fingerprint
        if fingerprint in found:
            continue
        drawer = await live_drawer(opened, planned, gallery.model, member)
        columns = tuple(columns_of(gallery, request, drawer, fingerprint, notes, member.name.version))
        found[fingerprint] = GalleryVersion(member=member, drawer=drawer, columns=columns)
    return tuple(found.values()), tuple(notes)


def columns_of(
    gallery: DesiredGallery,
    request: GalleryRunRequest,
    drawer: Drawer,
    fingerprint: str,
    notes: list[str],
    version: int,
) -> Iterator[Column]:
    """Those that were asked for, else the active checkpoint and those of the manifest that this version has."""
    steps = dict.fromkeys(request.checkpoints)
    for column in [Column(fingerprint, step) for step in steps] or gallery.columns_of(fingerprint):
        order = replace(gallery.cases[0].order, checkpoint=column.checkpoint)
        misplaced = next(misplaced_checkpoint(order, drawer), None)
        if misplaced is None:
            yield column
            continue
        words = f"v{version} has no column for checkpoint {column.checkpoint}: {misplaced.words}"
        if steps:
            raise refused("gallery-checkpoint", words, f"`reconciler status` lists the checkpoints of {drawer.ref}.")
        notes.append(words)


def run_of(
    writer: GalleryWriter,
    gallery: DesiredGallery,
    versions: Iterable[GalleryVersion],
    request: GalleryRunRequest,
    limits: Limits,
) -> GalleryRun:
    """What is to be done, from what is there. Refused where a case cannot be drawn, or where more would be paid for than the limit."""
    tasks: list[Task] = []
    left: list[CaseResult] = []
    present = 0
    for version in versions:
        results = results_in(writer.tree, gallery, version.columns)
        for column in version.columns:
            for case in gallery.cases:
                if request.cases and case.name not in request.cases:
                    continue
                result = results.results[column, case.name]
                task = _task(writer, gallery, version, case, result, request)
                if task is not None:
                    tasks.append(task)
                elif result.state is CaseState.PRESENT:
                    present += 1
                else:
                    left.append(result)
    run = GalleryRun(tasks=tuple(tasks), left=tuple(left), present=present)
    refusals = [*_misfits(run.paid), *_pointers(run.paid)]
    over = check_generations(len(run.paid), limits)
    if refusals or over is not None:
        raise Refused([*refusals, *(() if over is None else (over,))])
    return run


def _task(
    writer: GalleryWriter,
    gallery: DesiredGallery,
    version: GalleryVersion,
    case: GalleryCase,
    result: CaseResult,
    request: GalleryRunRequest,
) -> Task | None:
    """What is to be done about a case; None where nothing is, or where a person has to decide."""

    def task(step: Step, note: SubmitNote | None = None, *, is_over: bool = False) -> Task:
        return Task(
            version=version,
            column=result.column,
            case=case,
            step=step,
            note=note,
            is_over=is_over,
            was_unknown=result.state is CaseState.UNKNOWN,
        )

    match result.state:
        case CaseState.PRESENT:
            return None
        case CaseState.MISSING:
            return task(Step.DRAW)
        case CaseState.STALE:
            return task(Step.DRAW, is_over=True) if request.refreshes else None
        case CaseState.DAMAGED:
            return task(Step.DRAW, is_over=True) if case.name in request.again else None
        case CaseState.UNKNOWN:
            has_file = bool(result.file or result.record)
            note = _note(writer, gallery, result)
            if note is not None and writer.holds(result.column, case.name, note):
                return task(Step.FINISH, note, is_over=has_file)
            if case.name in request.again:
                return task(Step.DRAW, note, is_over=has_file)
            if note is not None and note.job and not note.ended:
                return task(Step.TAKE_UP, note, is_over=has_file)
            return None


def _note(writer: GalleryWriter, gallery: DesiredGallery, result: CaseResult) -> SubmitNote | None:
    try:
        return read_note(writer.tree, f"{gallery.folder}/{result.column.folder_name}/{result.case}.{SUBMITTED}")
    except OSError:
        return None


def _misfits(tasks: Collection[Task]) -> Iterator[Refusal]:
    """Cases that a version cannot draw: said of all of them before any is paid for."""
    for task in tasks:
        drawer, order = task.version.drawer, task.order
        reason = wrong_model(order.draws, drawer)
        words = [reason] if reason is not None else [wrong.words for wrong in misfit(order, drawer, as_key)]
        for clause in words:
            yield Refusal(
                rule="gallery-case",
                ref=drawer.ref,
                summary=f"the case {quoted(task.case.name)} cannot be drawn by v{task.version.member.name.version}: {clause}",
                remedies=("Name the cases that this version can draw with --case, or change the case.",),
            )


def _pointers(tasks: Sequence[Task]) -> Iterator[Refusal]:
    """Pictures that would be sent, of which only the Git LFS pointer is here."""
    names = dict.fromkeys(
        picture.label for task in tasks for picture in task.order.pictures if not picture.address and not picture.height
    )
    for name in names:
        yield Refusal(
            rule="gallery-picture",
            ref=None,
            summary=f"only the Git LFS pointer of {quoted(name, 80)} is here, and the picture is to be sent",
            remedies=("Fetch it with `git lfs pull`.",),
        )


def busy(gallery: DesiredGallery) -> Refused:
    """Another run has the folder: what it draws must not be drawn twice."""
    return refused(
        "gallery-busy",
        f"another run of {gallery} is at work in this folder",
        "Wait for it to end; what it draws is there then.",
    )
