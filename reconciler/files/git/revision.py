"""What every revision of a root has in common: what it is called, what of it is seen, and how much is read."""

import os
from pathlib import Path

from reconciler.core.problem import Location, Problem
from reconciler.core.value import dataclass
from reconciler.files.image.image_file import FILE_LIMIT

LINK = "120000"
FILE = "100"
"""How the modes of regular files begin."""

LINK_LIMIT = 4096
"""Bytes of a link that is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is read: entries, bytes of one file, bytes of all."""

    entries: int = 200_000
    file: int = FILE_LIMIT
    total: int = 8 * 1024 * 1024 * 1024


LIMITS = Limits()


def revision_name(root: Path, rev: str) -> str:
    """The root at a revision as a person reads it: `HEAD~1:manifests`, relative to the working folder."""
    here = Path.cwd()
    absolute = here / root
    return f"{short_revision(rev)}:{absolute.relative_to(here) if absolute.is_relative_to(here) else root}"


def short_revision(rev: str) -> str:
    """A revision as it was given; a full commit id is cut to 12 digits."""
    return rev[:12] if len(rev) >= 40 and all(digit in "0123456789abcdef" for digit in rev) else rev


def is_visible(path: bytes) -> bool:
    """Hidden files are never read. `.` and `..` are hidden too, and no part may be empty: no path can leave."""
    return not (path.startswith((b".", b"/")) or path.endswith(b"/") or b"/." in path or b"//" in path or not path)


def suffix_of(path: bytes) -> str:
    """The suffix of a file's name, in lower case."""
    return os.path.splitext(os.fsdecode(path))[1].lower()  # noqa: PTH122 - a name, not a path


def too_large(place: str, detail: str) -> Problem:
    """More than is read of a revision."""
    return Problem(
        rule="revision-limit",
        location=Location(place),
        summary="this revision is too large to be read",
        detail=detail,
        remedy="Name the folder that holds the manifests with --root, or keep large files in Git LFS.",
    )


def impossible(place: str) -> Problem:
    """A path that no disk can hold."""
    return Problem(
        rule="revision-path",
        location=Location(place),
        summary="this path cannot be written out",
        detail="Two paths of the revision exclude each other, the disk is full, or no file can have this name.",
        remedy="Check the revision out by hand to see which.",
    )
