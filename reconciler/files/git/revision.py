"""The manifest root as it was at a git revision, written into a temporary folder. Nothing of the tree is run.

Files get the bytes that git keeps: no filter, no converted line ends, no expanded keywords. A Git LFS pointer stays a pointer,
which is enough: it holds the digest. Links become links, and `Tree` judges them later. Submodules and hidden files are
left out. Files that are never read are empty: only their names count.
"""

import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.core.problem import Location, Problem, ProblemsFound
from reconciler.core.value import dataclass
from reconciler.files.git.repository import Blobs, TreeEntry, find_repository
from reconciler.files.image.image_file import FILE_LIMIT
from reconciler.files.tree_listing import DATA_SUFFIXES, TEXT_SUFFIXES

LINK = "120000"
FILE = "100"
"""How the modes of regular files begin."""

LINK_LIMIT = 4096
"""Bytes of a link that is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is written: entries, bytes of one file, bytes of all."""

    entries: int = 200_000
    file: int = FILE_LIMIT
    total: int = 8 * 1024 * 1024 * 1024


LIMITS = Limits()


@contextmanager
def revision(
    root: Path, rev: str, *, is_base: bool = False, limits: Limits = LIMITS, with_images: bool = True
) -> Iterator[Path]:
    """What `root` was at `rev`, as a folder that is removed when the block ends, with its parent, which holds nothing else.

    If the revision has no such folder it is empty. Without `with_images` only texts have their content. `is_base` asks for a history in common with what is checked out.
    RevisionRefused if the revision cannot be read or is no such base, ProblemsFound if something in it is too large or has a
    name that no file can have.
    """
    repository, below = find_repository(root)
    commit = repository.commit(rev)
    if is_base:
        repository.require_related(commit, rev)
    entries = [entry for entry in repository.entries(commit, below) if is_visible(entry.path)]
    name = revision_name(root, rev)
    if len(entries) > limits.entries:
        raise ProblemsFound([too_large(name, f"It holds {len(entries):,} files; at most {limits.entries:,} are read.")])
    temporary = tempfile.mkdtemp(prefix="reconciler-")
    try:
        folder = Path(os.path.realpath(temporary)) / "tree"
        folder.mkdir()
        with repository.blobs() as blobs:
            suffixes = DATA_SUFFIXES if with_images else TEXT_SUFFIXES
            Layout(folder=folder, name=name, blobs=blobs, limits=limits, suffixes=suffixes).lay(entries)
        yield folder
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


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
    return all(part and not part.startswith(b".") for part in path.split(b"/"))


def suffix_of(path: bytes) -> str:
    """The suffix of a file's name, in lower case."""
    return os.path.splitext(os.fsdecode(path))[1].lower()  # noqa: PTH122 - a name, not a path


class Layout:
    """Writes folders first, then files, then links. So no file can be written through a link of the tree.

    Files whose suffix is not among `suffixes` are empty.
    """

    def __init__(
        self, *, folder: Path, name: str, blobs: Blobs, limits: Limits, suffixes: frozenset[str] = DATA_SUFFIXES
    ) -> None:
        self._suffixes = suffixes
        self._folder = os.fsencode(folder)
        self._name = name
        self._blobs = blobs
        self._limits = limits
        self._left = limits.total

    def lay(self, entries: list[TreeEntry]) -> None:
        """Write everything; ProblemsFound at the first entry that cannot be written."""
        files = [entry for entry in entries if entry.mode.startswith(FILE)]
        links = [entry for entry in entries if entry.mode == LINK]
        for entry in (*files, *links):
            self._try(self._make_folder, entry)
        for entry in files:
            self._try(self._write, entry)
        for entry in links:
            self._try(self._link, entry)

    def _try(self, step: Callable[[TreeEntry], None], entry: TreeEntry) -> None:
        try:
            step(entry)
        except (OSError, ValueError):
            raise ProblemsFound([impossible(self._place(entry))]) from None

    def _make_folder(self, entry: TreeEntry) -> None:
        os.makedirs(os.path.dirname(self._path(entry)), exist_ok=True)  # noqa: PTH103, PTH120 - bytes are no Path

    def _write(self, entry: TreeEntry) -> None:
        handle = os.open(self._path(entry), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            if suffix_of(entry.path) in self._suffixes:
                self._blobs.copy(entry.oid, self._size(entry, self._limits.file), file)

    def _link(self, entry: TreeEntry) -> None:
        target = io.BytesIO()
        self._blobs.copy(entry.oid, self._size(entry, LINK_LIMIT), target)
        os.symlink(target.getvalue(), self._path(entry))  # noqa: PTH211 - bytes are no Path

    def _size(self, entry: TreeEntry, limit: int) -> int:
        """Ask for a blob; its size, where it may be as large."""
        size = self._blobs.size(entry.oid)
        self._left -= size
        if size > limit:
            raise ProblemsFound([too_large(self._place(entry), f"{size:,} bytes; at most {limit:,} are read.")])
        if self._left < 0:
            raise ProblemsFound([too_large(self._name, f"At most {self._limits.total:,} bytes are read in all.")])
        return size

    def _path(self, entry: TreeEntry) -> bytes:
        return self._folder + b"/" + entry.path

    def _place(self, entry: TreeEntry) -> str:
        return f"{self._name}/{entry.path.decode('utf-8', 'replace')}"


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
