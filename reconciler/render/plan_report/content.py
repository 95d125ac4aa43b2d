"""What changes inside a dataset: images and captions in one order, those that are never folded first, and their sums."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from reconciler.core.change import DatasetChange, FieldChange, Origin
from reconciler.core.content_change import CaptionChange, ImageChange, ImageEffect, KeptCaption, LostCaption
from reconciler.core.guide import Guide
from reconciler.core.value import dataclass
from reconciler.render.album import ReportedFinding
from reconciler.render.difference import Wording
from reconciler.render.plan_report.contact_sheet import ContactSheet
from reconciler.render.view import folded

FOLD_IMAGES = 6
"""Added or replaced images of one dataset that a screen lists."""
FOLD_CAPTIONS = 6
"""Captions of one dataset that a screen lists."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries(Generic[_T]):
    """Rows of one sort in one order. The `loud` ones are never folded away; of the `quiet` ones a screen lists `shown`."""

    loud: tuple[_T, ...] = ()
    quiet: tuple[_T, ...] = ()
    shown: int = 0

    def __iter__(self) -> Iterator[_T]:
        yield from self.loud
        yield from self.quiet

    def __len__(self) -> int:
        return len(self.loud) + len(self.quiet)

    @property
    def listed(self) -> tuple[_T, ...]:
        """What a screen lists."""
        return self.loud + self.quiet[: self.shown]

    @property
    def hidden(self) -> tuple[_T, ...]:
        """What a screen only counts."""
        return self.quiet[self.shown :]


def entries(loud: Iterable[_T], quiet: Iterable[_T], limit: int) -> Entries[_T]:
    """Rows of which a screen lists about `limit`, besides the loud ones."""
    light = tuple(quiet)
    return Entries(loud=tuple(loud), quiet=light, shown=folded(len(light), limit)[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionReport:
    """A caption that git declares and the live side has not; it `overwrites` what a person wrote there."""

    key: str
    name: str
    wording: Wording
    overwrites: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionSums:
    """What happens to captions, in numbers."""

    regenerated: int = 0
    written: int = 0
    """Those that git declares and that are sent by a call each."""
    zipped: int = 0
    """Those that git declares and that travel in an archive."""
    kept: int = 0
    overwritten: int = 0

    def __add__(self, other: "CaptionSums") -> "CaptionSums":
        return CaptionSums(
            regenerated=self.regenerated + other.regenerated,
            written=self.written + other.written,
            zipped=self.zipped + other.zipped,
            kept=self.kept + other.kept,
            overwritten=self.overwritten + other.overwritten,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentReport:
    """What changes inside a dataset version. `sums` says it in numbers, a clause each."""

    guide: Guide
    """The guide as it will be."""
    guide_changes: tuple[FieldChange, ...]
    """Empty where the guide stays, and where it is the first."""
    stays_draft: bool
    images: Entries[ImageChange]
    captions: Entries[CaptionReport]
    """Those that git declares for images that come are not among them: they stand beside their image."""
    kept: Entries[KeptCaption]
    counted: CaptionSums
    unlisted: str
    """What happens to captions that no row is about: regenerated ones, and those from git that stay."""
    sums: tuple[str, ...]
    findings: tuple[ReportedFinding, ...] = ()
    sheet: ContactSheet | None = None
    """The images as pictures; None in a report without an album."""


def content_report(change: DatasetChange) -> ContentReport:
    """The content of a dataset, without what an album adds to it."""
    return ContentReport(
        guide=change.wish.guide,
        guide_changes=() if change.sets_first_guide else change.guide,
        stays_draft=not change.wish.completed,
        images=_images(change),
        captions=_captions(change),
        kept=entries((), change.kept, FOLD_CAPTIONS),
        counted=_counted(change),
        unlisted=_unlisted(change),
        sums=tuple(_sums(change)),
    )


def _images(change: DatasetChange) -> Entries[ImageChange]:
    """Those that go, or that a person's caption goes with, by name; then those that are replaced, then those that come."""
    destroyed = {lost.key for lost in change.losses.destroyed_images}

    def is_lossy(image: ImageChange) -> bool:
        return image.hand_written or image.replaces in destroyed

    loud = (*change.going, *filter(is_lossy, change.coming))
    quiet = (image for image in change.coming if not is_lossy(image))
    again = frozenset(change.again)

    def last(image: ImageChange) -> tuple[bool, bool, str]:
        """Those that come stand after those that go, and those that are only sent again after them."""
        return image.effect is ImageEffect.ADDED, image.key in again, image.name

    return entries(sorted(loud, key=last), sorted(quiet, key=last), FOLD_IMAGES)


def _captions(change: DatasetChange) -> Entries[CaptionReport]:
    """Overwritten ones of people first, then the others, each by name."""
    told = {image.key for image in change.images if image.effect is ImageEffect.ADDED} - frozenset(change.again)
    told |= {caption.key for caption in change.losses.captions}
    written = sorted((*change.captions, *change.recaptioned), key=lambda caption: caption.name)
    return entries(
        [_caption(one, overwrites=True) for one in change.losses.captions],
        [_caption(one, overwrites=False) for one in written if one.key not in told],
        FOLD_CAPTIONS,
    )


def _caption(one: CaptionChange | LostCaption, *, overwrites: bool) -> CaptionReport:
    return CaptionReport(key=one.key, name=one.name, wording=Wording(one.before, one.after), overwrites=overwrites)


def _counted(change: DatasetChange) -> CaptionSums:
    """The captions of a dataset in numbers."""
    zipped = len(change.captioned_by_archive)
    return CaptionSums(
        regenerated=change.regenerated,
        written=_written(change) - zipped,
        zipped=zipped,
        kept=len(change.kept),
        overwritten=len(change.losses.captions),
    )


def _written(change: DatasetChange) -> int:
    """Declared captions that are sent: all of them after a regeneration, else those that differ or come with images."""
    if change.stale:
        # The step after a regeneration sees that every declared caption stands, whether it stood before or not.
        return change.declared
    keys = {caption.key for caption in change.captions}
    keys |= {image.key for image in change.coming if image.caption is not None}
    return len(keys - {caption.key for caption in change.losses.captions})


def _unlisted(change: DatasetChange) -> str:
    """`21 automatic ones are regenerated after the prefix, 2 from git stay`."""
    parts = []
    if change.regenerated:
        verb = "one is" if change.regenerated == 1 else "ones are"
        after = f" after the {change.wish.guide.noun}" if change.guide else ""
        parts.append(f"{change.regenerated:,} automatic {verb} regenerated{after}")
    zipped = len(change.captioned_by_archive)
    if zipped:
        parts.append(f"{zipped:,} from git {'travels' if zipped == 1 else 'travel'} in the archive")
    if (written := change.declared - zipped) and change.origin is Origin.CREATE:
        after = " one by one after the archive" if change.captions_after_archive else ""
        parts.append(f"{written:,} from git {'is' if written == 1 else 'are'} written{after}")
    elif change.guide and (staying := _staying(change)):
        parts.append(f"{staying:,} from git {'stays' if staying == 1 else 'stay'}")
    return ", ".join(parts)


def _staying(change: DatasetChange) -> int:
    """Captions from git that are live already: not of an image that comes, not changed."""
    coming = sum(bool(image.caption) for image in change.coming)
    return change.declared - coming - len(change.captions)


def _sums(change: DatasetChange) -> Iterator[str]:
    """What happens to a dataset's content in numbers, a clause each, what goes first."""
    replaced = sum(image.effect is ImageEffect.REPLACED for image in change.coming)
    again = len(change.again)
    added = len(change.coming) - replaced - again
    images = ((len(change.going), "removed"), (replaced, "replaced"), (added, "added"), (again, "sent again"))
    if told := [f"{number:,} {word}" for number, word in images if number]:
        yield f"images: {', '.join(told)}"
    if change.guide and not change.sets_first_guide:
        yield f"{change.wish.guide.field} changes"
    lost = {caption.key for caption in change.losses.captions}
    words = (
        (len(lost), "hand-written overwritten"),
        (sum(caption.key not in lost for caption in (*change.captions, *change.recaptioned)), "changed in git"),
        (change.regenerated, "regenerated"),
        (len(change.kept), "hand-written kept (not in git)"),
    )
    if told := [f"{number:,} {word}" for number, word in words if number]:
        yield f"captions: {', '.join(told)}"
