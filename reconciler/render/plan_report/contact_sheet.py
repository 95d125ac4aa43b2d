"""Contact sheets: which images are shown as pictures, which are folded, which are lines of text, within a budget."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from reconciler.core.text import count
from reconciler.core.value import dataclass
from reconciler.render.album import ReportedFinding, Thumbnails
from reconciler.render.plan_report.sheet_image import MARK_ORDER, ImageMark, SheetImage

PICTURES = 200
"""Images of a page that are shown as pictures; the others are lines of text."""
OPEN = 60
"""Pictures of a dataset that are not folded, besides those that go."""
BUDGET = 5_000_000
"""Bytes of all thumbnails of a page."""

_SPENT = "no thumbnail: the page holds no more than 5 MB of them"

_PHRASES = {
    ImageMark.REMOVED: ("is removed", "are removed"),
    ImageMark.REWRITTEN: ("loses its hand-written caption", "lose their hand-written captions"),
    ImageMark.REPLACED: ("is replaced", "are replaced"),
    ImageMark.ADDED: ("is added", "are added"),
    ImageMark.RENAMED: ("is renamed", "are renamed"),
    ImageMark.CAPTION: ("gets another caption", "get other captions"),
    ImageMark.KEPT: ("keeps a caption that is not in git", "keep captions that are not in git"),
    ImageMark.REGENERATED: ("gets a new automatic caption", "get new automatic captions"),
}
_LABELS = {
    ImageMark.REWRITTEN: "caption overwritten",
    ImageMark.CAPTION: "caption changed",
    ImageMark.KEPT: "not in git, kept",
    ImageMark.REGENERATED: "caption regenerated",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPicture:
    """The picture of one side of an image; `uri` is empty where `reason` says why there is none."""

    side: str
    uri: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownImage:
    """An image with its number on the sheet, its pictures, and what was found about it."""

    number: int
    image: SheetImage
    label: str
    pictures: tuple[SheetPicture, ...]
    findings: tuple[ReportedFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedImages:
    """Images of one mark that are folded away: the first of them as pictures, the others as lines of text."""

    words: str
    pictured: tuple[ShownImage, ...]
    lines: tuple[ShownImage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactSheet:
    """What is to be seen of one dataset: pictures, lines of text for what goes beyond them, and what is folded away."""

    pictured: tuple[ShownImage, ...] = ()
    lines: tuple[ShownImage, ...] = ()
    folds: tuple[FoldedImages, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSums:
    """What the pictures of all sheets take; `left_out` are those that would have gone over the budget."""

    pictures: int = 0
    bytes: int = 0
    left_out: int = 0


@dataclass(slots=True)
class _Budget:
    thumbnails: Thumbnails
    pictures: int = 0
    bytes: int = 0
    left_out: int = 0

    def take(self, image: SheetImage) -> tuple[SheetPicture, ...]:
        """The pictures of an image, as long as there is room."""
        return tuple(self._picture(side, key) for side, key in _sides(image).items())

    def _picture(self, side: str, key: str) -> SheetPicture:
        uri = self.thumbnails.uri(key)
        if uri is None:
            return SheetPicture(side=side, reason=f"no picture: {self.thumbnails.reason_for(key)}")
        if self.bytes + len(uri) > BUDGET:
            self.left_out += 1
            return SheetPicture(side=side, reason=_SPENT)
        self.pictures += 1
        self.bytes += len(uri)
        return SheetPicture(side=side, uri=uri)


_Rows = Sequence[tuple[SheetImage, ...]]
"""The images of each dataset, in the order of the datasets."""
_Pictures = Mapping[int, tuple[SheetPicture, ...]]
"""Pictures by the place of their image in its row."""
_Findings = Mapping[str, tuple[ReportedFinding, ...]]
"""What was found about each image, by its key."""


def contact_sheets(
    rows: _Rows, thumbnails: Thumbnails, findings: _Findings
) -> tuple[tuple[ContactSheet, ...], PictureSums]:
    """A sheet for each row, and what their pictures take. Pictures go to what is lost first, wherever it is."""
    budget = _Budget(thumbnails)
    pictures: list[dict[int, tuple[SheetPicture, ...]]] = [{} for _ in rows]
    # The budget is spent in the order of importance over all sheets, and not sheet by sheet: else the first dataset would
    # take all of it for its additions, and what the last one loses would have no picture.
    for row, at in _chosen(rows):
        pictures[row][at] = budget.take(rows[row][at])
    sheets = tuple(_sheet(row, taken, findings) for row, taken in zip(rows, pictures, strict=True))
    return sheets, PictureSums(pictures=budget.pictures, bytes=budget.bytes, left_out=budget.left_out)


def pictured_keys(rows: _Rows) -> tuple[str, ...]:
    """Keys of the images of which a page shows pictures, the most important first: no others need a thumbnail."""
    return tuple(dict.fromkeys(key for row, at in _chosen(rows) for key in _sides(rows[row][at]).values()))


def _chosen(rows: _Rows) -> list[tuple[int, int]]:
    """The row and the place in it of each image that is shown as a picture, the most important first."""
    places = [(MARK_ORDER[image.mark], row, at) for row, images in enumerate(rows) for at, image in enumerate(images)]
    return [(row, at) for _, row, at in sorted(places)[:PICTURES]]


def _sides(image: SheetImage) -> dict[str, str]:
    """Which picture stands on which side: before and after only where there are two."""
    if image.before and image.after:
        return {"before": image.before, "after": image.after}
    return {"": image.before or image.after}


def _sheet(row: tuple[SheetImage, ...], pictures: _Pictures, findings: _Findings) -> ContactSheet:
    """What is lost is never folded; of the rest the first pictures are open. Regenerated captions are always folded."""
    shown = [_shown(at, image, pictures.get(at, ()), findings.get(image.key, ())) for at, image in enumerate(row)]
    loud = [one for one in shown if one.image.is_loud]
    quiet = [one for one in shown if not one.image.is_loud]
    candidates = [one.number for one in quiet if one.pictures and one.image.mark is not ImageMark.REGENERATED]
    left = OPEN - sum(bool(one.pictures) for one in loud)
    opened = frozenset(candidates[: max(left, 0)])
    folded = [one for one in quiet if one.number not in opened]
    return ContactSheet(
        pictured=tuple(one for one in shown if one.pictures and (one.image.is_loud or one.number in opened)),
        lines=tuple(one for one in loud if not one.pictures),
        folds=tuple(_fold(mark, list(alike)) for mark, alike in groupby(folded, key=lambda one: one.image.mark)),
    )


def _fold(mark: ImageMark, alike: list[ShownImage]) -> FoldedImages:
    one, many = _PHRASES[mark]
    return FoldedImages(
        words=f"{count(len(alike), 'more image')} {one if len(alike) == 1 else many}",
        pictured=tuple(shown for shown in alike if shown.pictures),
        lines=tuple(shown for shown in alike if not shown.pictures),
    )


def _shown(
    at: int, image: SheetImage, pictures: tuple[SheetPicture, ...], findings: tuple[ReportedFinding, ...]
) -> ShownImage:
    return ShownImage(
        number=at + 1,
        image=image,
        label=_LABELS.get(image.mark, image.mark.value),
        pictures=pictures,
        findings=findings,
    )
