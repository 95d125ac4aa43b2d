"""What is known of an image file without looking at its pixels."""

from collections.abc import Callable
from enum import StrEnum

from reconciler.core.late_sequence import LateSequence
from reconciler.core.name import DIGEST_BYTES
from reconciler.core.value import dataclass

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
"""Suffixes, in lower case, of the formats that the API takes."""

FORMAT_OF = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WebP"}


class Trait(StrEnum):
    """Something about an image that a person should know before it is uploaded."""

    ALPHA = "alpha"
    BILEVEL = "bilevel"
    CMYK = "cmyk"
    DEEP = "deep"
    LOCATED = "located"
    ROTATED = "rotated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the structure of an image file says. `trailing` counts the bytes after the end of the image."""

    format: str
    width: int
    height: int
    traits: tuple[Trait, ...] = ()
    trailing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Why a file cannot be uploaded: the rule, a summary, the detail and what to do."""

    rule: str
    summary: str
    detail: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFile:
    """One file of a dataset that should be an image, as it was found.

    `name` is the path below the image folder in NFC, `path` the path below the manifest root, `digest` the SHA-256.
    A Git LFS pointer has neither facts nor flaw.
    """

    name: str
    path: str
    digest: str
    size: int
    has_content: bool = True
    facts: Facts | None = None
    flaw: Flaw | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSummary:
    """What is true of all image files of a folder together: enough to know that no rule has anything to say about them.

    `facts` are those that occur, each with the suffix of the file names in lower case and the number of such files.
    `distinct` counts different digests; `largest` is the size of the largest file in bytes. `sound` is False if a file is
    a Git LFS pointer or has a flaw. `plain_names` says that all names can be checked out everywhere, side by side; where it is
    False that is not known.
    """

    facts: tuple[tuple[Facts, str, int], ...]
    distinct: int
    largest: int
    sound: bool
    plain_names: bool


class FolderImages(LateSequence[ImageFile]):
    """The image files of a folder in the order of their names. The objects are made when the first one is asked for.

    Trees are large, and a plan that finds nothing to do looks at the digests and the summary only. `digests` holds those of all
    files, sorted, 32 bytes each, one behind the other.
    """

    __slots__ = ("digests", "summary")

    def __init__(self, digests: bytes, summary: FolderSummary, make: Callable[[], tuple[ImageFile, ...]]) -> None:
        super().__init__(make)
        self.digests = digests
        self.summary = summary

    def __len__(self) -> int:
        return len(self.digests) // DIGEST_BYTES
