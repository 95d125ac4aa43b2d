"""What is known of an image file without looking at its pixels."""

from dataclasses import dataclass
from enum import StrEnum

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
    """What the structure of an image says. `trailing` counts the bytes behind its end."""

    format: str
    width: int
    height: int
    traits: tuple[Trait, ...] = ()
    trailing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Why a file is no image that can be uploaded: the rule, a summary, the detail and what to do."""

    rule: str
    summary: str
    detail: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFile:
    """One file of a dataset that should be an image, as found.

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
