"""What a plan's report shows where an alias moves: the pictures of both versions, case by case, and which are missing."""

from collections.abc import Iterator, Sequence

from reconciler.core.ref import Ref
from reconciler.core.text import in_words
from reconciler.core.value import dataclass
from reconciler.gallery.moved import MovedGallery
from reconciler.render.album import Album
from reconciler.render.gallery_picture import NO_RESULTS
from reconciler.render.gallery_report import GalleryReport, gallery_report


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedGalleryReport:
    """One gallery for one move. `anchor` names its section."""

    anchor: str
    ref: Ref
    aliases: tuple[str, ...]
    gallery: GalleryReport

    def shows(self, ref: Ref | None, alias: str) -> bool:
        """Is it about the move of this alias?"""
        return ref == self.ref and alias in self.aliases

    @property
    def moved(self) -> str:
        """What moves, in words: `candidate and production of model/lora-max`."""
        return f"{in_words(self.aliases, 'and')} of {self.ref}"

    @property
    def name(self) -> str:
        """`gallery/lora-looks`."""
        return f"gallery/{self.gallery.name}"

    @property
    def states(self) -> tuple[str, ...]:
        """What is there of each column: `before, v2 (a51be07): 6 present`, `after, v3 (af43611): 5 present, 1 missing`."""
        return tuple(f"{one.label}: {one.standing}" for one in self.gallery.columns) or (
            "nothing is drawn of the versions that are named",
        )

    @property
    def command(self) -> str:
        """What shows them by hand."""
        versions = ",".join(dict.fromkeys(one.fingerprint for one in self.gallery.columns))
        more = f" --versions {versions}" if versions else ""
        return f"reconciler gallery report {self.gallery.name}{more}"


def moved_gallery_reports(album: Album) -> tuple[MovedGalleryReport, ...]:
    """The galleries of an album, in the order of the moves."""
    return tuple(_reports(album.galleries, album))


def _reports(found: Sequence[MovedGallery], album: Album) -> Iterator[MovedGalleryReport]:
    for number, one in enumerate(found, 1):
        yield MovedGalleryReport(
            anchor=f"gallery-{number}",
            ref=one.ref,
            aliases=one.aliases,
            gallery=gallery_report(one.comparison, album.results or NO_RESULTS, prefix=f"gallery-{number}-"),
        )
