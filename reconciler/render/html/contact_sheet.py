"""Contact sheets: which frames are shown as pictures, which are folded, which are lines of text, within a budget."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from reconciler.core.change import DatasetChange
from reconciler.core.plan import Plan
from reconciler.core.text import count
from reconciler.render.change import rank
from reconciler.render.html.album import Album
from reconciler.render.html.frame import Frame, ImageRename, Mark, frames
from reconciler.render.html.thumbnails import Thumbnails

PICTURES = 200
"""Images of a page that are shown as pictures; the others are lines of text."""
OPEN = 60
"""Pictures of a dataset that are not folded, besides those that go."""
BUDGET = 5_000_000
"""Bytes of all thumbnails of a page."""

_SPENT = "no thumbnail: the page holds no more than 5 MB of them"

_PHRASES = {
    Mark.REMOVED: ("is removed", "are removed"),
    Mark.REWRITTEN: ("loses its hand-written caption", "lose their hand-written captions"),
    Mark.REPLACED: ("is replaced", "are replaced"),
    Mark.ADDED: ("is added", "are added"),
    Mark.RENAMED: ("is renamed", "are renamed"),
    Mark.CAPTION: ("gets another caption", "get other captions"),
    Mark.KEPT: ("keeps a caption that is not in git", "keep captions that are not in git"),
    Mark.REGENERATED: ("gets a new automatic caption", "get new automatic captions"),
}
_LABELS = {
    Mark.REWRITTEN: "caption overwritten",
    Mark.CAPTION: "caption changed",
    Mark.KEPT: "not in git, kept",
    Mark.REGENERATED: "caption regenerated",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One side of a frame; `uri` is empty where `reason` says why."""

    side: str
    uri: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """A frame with its number on the sheet and its pictures."""

    number: int
    frame: Frame
    label: str
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """Frames of one mark that are folded away: the first of them as pictures, the others as lines of text."""

    words: str
    frames: tuple[Exposure, ...]
    lines: tuple[Exposure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is to be seen of one dataset: frames, lines of text for what goes beyond them, and what is folded away."""

    frames: tuple[Exposure, ...] = ()
    lines: tuple[Exposure, ...] = ()
    folds: tuple[Fold, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """The sheets of all changed datasets, in their order, and what their pictures take."""

    sheets: tuple[Sheet, ...]
    pictures: int
    bytes: int
    left_out: int
    """Thumbnails that would have gone over the budget."""


@dataclass(slots=True)
class _Budget:
    thumbnails: Thumbnails
    pictures: int = 0
    bytes: int = 0
    left_out: int = 0

    def picture(self, side: str, key: str) -> Picture:
        uri = self.thumbnails.uri(key)
        if uri is None:
            return Picture(side=side, reason=f"no picture: {self.thumbnails.reason_for(key)}")
        if self.bytes + len(uri) > BUDGET:
            self.left_out += 1
            return Picture(side=side, reason=_SPENT)
        self.pictures += 1
        self.bytes += len(uri)
        return Picture(side=side, uri=uri)


def datasets_of(plan: Plan) -> tuple[DatasetChange, ...]:
    """The changed datasets, in the order in which a page shows them."""
    return tuple(change for change in sorted(plan.changes, key=rank) if isinstance(change, DatasetChange))


def sheets(plan: Plan, album: Album) -> Sheets:
    """A sheet for each dataset. The pictures go to what is lost first, to regenerated captions last."""
    rows = [frames(change, plan, album.renamed, album.by_key) for change in datasets_of(plan)]
    chosen = _chosen(rows)
    budget = _Budget(album.thumbnails)
    exposed = {place: _pictures(rows[place[0]][place[1]], budget) for place in chosen}
    laid = tuple(_sheet(sheet, row, exposed) for sheet, row in enumerate(rows))
    return Sheets(sheets=laid, pictures=budget.pictures, bytes=budget.bytes, left_out=budget.left_out)


def wanted(plan: Plan, renamed: tuple[ImageRename, ...] = ()) -> tuple[str, ...]:
    """Keys of the images of which a page shows pictures, the most important first: no others need a thumbnail."""
    rows = [frames(change, plan, renamed, {}) for change in datasets_of(plan)]
    keys = [key for sheet, place in _chosen(rows) for key in _sides(rows[sheet][place]).values()]
    return tuple(dict.fromkeys(keys))


_Place = tuple[int, int]
"""Which sheet, and which frame on it."""


def _chosen(rows: list[tuple[Frame, ...]]) -> list[_Place]:
    order = {mark: place for place, mark in enumerate(Mark)}
    places = [(order[frame.mark], sheet, number) for sheet, row in enumerate(rows) for number, frame in enumerate(row)]
    return [(sheet, number) for _, sheet, number in sorted(places)[:PICTURES]]


def _sides(frame: Frame) -> dict[str, str]:
    """Which picture stands on which side: before and after only where there are two."""
    if frame.before and frame.after:
        return {"before": frame.before, "after": frame.after}
    return {"": frame.before or frame.after}


def _pictures(frame: Frame, budget: _Budget) -> tuple[Picture, ...]:
    return tuple(budget.picture(side, key) for side, key in _sides(frame).items())


def _sheet(sheet: int, row: tuple[Frame, ...], exposed: Mapping[_Place, tuple[Picture, ...]]) -> Sheet:
    """What is lost is never folded; of the rest the first pictures are open. Regenerated captions are always folded."""
    all_of_it = [_exposure(at, frame, exposed.get((sheet, at))) for at, frame in enumerate(row)]
    quiet = [one for one in all_of_it if not one.frame.is_loud]
    candidates = [one for one in quiet if one.pictures and one.frame.mark is not Mark.REGENERATED]
    left = OPEN - sum(one.frame.is_loud and bool(one.pictures) for one in all_of_it)
    opened = {one.number for one in candidates[: max(left, 0)]}
    folded = [one for one in quiet if one.number not in opened]
    return Sheet(
        frames=tuple(one for one in all_of_it if one.pictures and (one.frame.is_loud or one.number in opened)),
        lines=tuple(one for one in all_of_it if one.frame.is_loud and not one.pictures),
        folds=tuple(_fold(mark, list(alike)) for mark, alike in groupby(folded, key=lambda one: one.frame.mark)),
    )


def _fold(mark: Mark, alike: list[Exposure]) -> Fold:
    one, many = _PHRASES[mark]
    return Fold(
        words=f"{count(len(alike), 'more image')} {one if len(alike) == 1 else many}",
        frames=tuple(exposure for exposure in alike if exposure.pictures),
        lines=tuple(exposure for exposure in alike if not exposure.pictures),
    )


def _exposure(at: int, frame: Frame, pictures: tuple[Picture, ...] | None) -> Exposure:
    label = _LABELS.get(frame.mark, frame.mark.value)
    return Exposure(number=at + 1, frame=frame, label=label, pictures=pictures or ())
