"""What a report shows beside its plan: pictures, what was found about images, image files that got another name."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import field
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from reconciler.core.pattern import pattern
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass
from reconciler.render.alike import alike, shape

if TYPE_CHECKING:
    from reconciler.gallery.moved import MovedGallery
    from reconciler.render.gallery_picture import ShownResults

_URI = pattern(r"data:image/(?:webp|png|jpeg);base64,[A-Za-z0-9+/]+={0,2}")

Severity = Literal["error", "warning", "advice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFinding:
    """A fact about the image with this key and name, or, where both are empty, about the whole dataset `ref`.

    `rule` found it, `severity` is how grave it is, `text` the clause that says it.
    """

    ref: Ref
    key: str = ""
    name: str = ""
    rule: str
    severity: Severity
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRename:
    """An image file that got another name, bytes unchanged; nothing changes on the live side."""

    ref: Ref
    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnails:
    """What can be shown of each image, and why the others cannot. ValueError where an address is no picture.

    A key stands for the bytes of an image, so a picture found on either side serves for both. `reasons` are clauses by
    key (`Git LFS content missing`); `reason` is that of every other image.
    """

    pictures: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    reason: str = "not in this checkout"

    def __post_init__(self) -> None:
        for uri in self.pictures.values():
            if _URI.fullmatch(uri) is None:
                raise ValueError("a thumbnail is a data URI of a WebP, PNG or JPEG picture in base64")

    def uri(self, key: str) -> str | None:
        """The picture of an image; None if there is none."""
        return self.pictures.get(key)

    def reason_for(self, key: str) -> str:
        """Why there is no picture of it."""
        return self.reasons.get(key, self.reason)


NO_THUMBNAILS = Thumbnails()


@dataclass(frozen=True, kw_only=True)
class Album:
    """`unseen` counts the images of which nobody read the pixels; `renamed` names files whose bytes stay.

    Without thumbnails no contact sheet is laid out.
    """

    thumbnails: Thumbnails | None = None
    findings: tuple[ReportedFinding, ...] = ()
    unseen: int = 0
    renamed: tuple[ImageRename, ...] = ()
    galleries: "tuple[MovedGallery, ...]" = ()
    """Galleries of models whose aliases move."""
    results: "ShownResults | None" = None
    """What their results show; None without pictures."""

    @cached_property
    def by_key(self) -> Mapping[str, tuple[ReportedFinding, ...]]:
        """The findings on each image."""
        ordered = sorted((one for one in self.findings if one.key), key=lambda one: one.key)
        return {key: tuple(group) for key, group in groupby(ordered, key=lambda one: one.key)}

    def of_whole(self, ref: Ref) -> tuple[ReportedFinding, ...]:
        """The findings on a dataset as a whole."""
        return tuple(one for one in self.findings if not one.key and one.ref == ref)


NO_ALBUM = Album()


def findings_told_once(findings: Iterable[ReportedFinding]) -> list[tuple[ReportedFinding, ...]]:
    """Findings for people: a group is one of them, or many that say the same of other images or datasets."""
    return alike(findings, lambda one: (one.rule, one.severity, bool(one.name), shape(one.text)))


def data_uri(webp: bytes) -> str:
    """A WebP picture as a data URI."""
    return f"data:image/webp;base64,{base64.b64encode(webp).decode('ascii')}"
