"""The manifest root as it was at a git revision, read from git's objects. Nothing is laid out on the disk, and nothing is run.

Files hold the bytes that git keeps: no filter, no converted line ends, no expanded keywords. A Git LFS pointer stays a pointer,
which is enough: it holds the digest. Links are followed inside the root only, by the rules of `Tree`. Submodules and hidden
files are left out. What could not be a folder on a disk is refused as a whole, so a revision is judged as its checkout would be.
"""

import io
import os
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from reconciler.core.problem import Location, Problem, ProblemsFound
from reconciler.files.git.repository import BlobContent, Blobs, CommitListing, TreeEntry, find_repository
from reconciler.files.git.revision import (
    FILE,
    LIMITS,
    LINK,
    LINK_LIMIT,
    Limits,
    impossible,
    is_visible,
    revision_name,
    suffix_of,
    too_large,
)
from reconciler.files.tree import LINK_HOPS, Entries, FileRefused, Place
from reconciler.files.tree_listing import DATA_SUFFIXES, join

_BLOCK = 1024 * 1024
_NAME_LIMIT = 255
_PATH_LIMIT = 4000
"""Bytes of a path. A disk takes a few more, with those of the folder that holds the root."""

Folder = dict[str, TreeEntry | None]
"""What lies in a folder, by name; None for a folder."""


@contextmanager
def revision_tree(
    root: Path, rev: str, *, is_base: bool = False, is_sized: bool = True, limits: Limits = LIMITS
) -> Iterator["RevisionTree"]:
    """What `root` was at `rev`, as long as the block lasts. If the revision has no such folder it is empty.

    Without `is_sized` nobody may ask for a file before `RevisionTree.measure` was asked for its size.
    `is_base` asks for a history in common with what is checked out. RevisionRefused if the revision cannot be read or is no such
    base; ProblemsFound if it is too large, or holds what no disk can hold.
    """
    repository, below = find_repository(root)
    commit = repository.commit(rev)
    if is_base:
        repository.require_related(commit, rev)
    listing = repository.listing(commit, below, is_sized=is_sized)
    with repository.blobs() as blobs:
        yield RevisionTree(revision_name(root, rev), listing, blobs, limits, repository.sizes)


class RevisionTree:
    """A `TreeReader` over the objects of one commit. Contents are read when they are asked for, one at a time."""

    def __init__(
        self,
        name: str,
        listing: CommitListing,
        blobs: Blobs,
        limits: Limits = LIMITS,
        sizes_of: Callable[[Sequence[str]], Sequence[int]] | None = None,
    ) -> None:
        self._name = name
        self._sizes: dict[bytes, int] = {}
        self._ids = listing.folders
        self._blobs = blobs
        self._limits = limits
        self._sizes_of = sizes_of
        self._folders: dict[str, Folder] = {"": {}}
        entries = [entry for entry in listing.entries if is_visible(entry.path)]
        if len(entries) > limits.entries:
            detail = f"It holds {len(entries):,} files; at most {limits.entries:,} are read."
            raise ProblemsFound([too_large(name, detail)])
        self._is_empty = not entries
        files = [entry for entry in entries if entry.mode.startswith(FILE)]
        links = [entry for entry in entries if entry.mode == LINK]
        for path in filter(is_visible, listing.folders):
            self._make_folder(path)
        for entry in (*files, *links):
            self._put(entry)
        if listing.sizes is not None:
            self._sizes.update(listing.sizes)
            self._require_sizes(files, links)
        self._targets = {entry.path: self._target(entry) for entry in links}

    def measure(self, known: Mapping[str, int], folders: Collection[str], most: int) -> None:
        """Learn how large the files are, but for those of which that is `known`, and for those in `folders`, which have `most` bytes in all.

        ProblemsFound as for a revision whose sizes were listed.
        """
        if sum(known.values()) + most > self._limits.total // 2:
            known, folders = {}, ()  # near the limit, each byte counts
        entries = [
            entry
            for folder, here in self._folders.items()
            if folder not in folders
            for name, entry in here.items()
            if entry is not None and join(folder, name) not in known
        ]
        assert self._sizes_of is not None, "a tree without sizes can ask for them"
        sizes = self._sizes_of([entry.oid for entry in entries])
        self._sizes.update(zip((entry.path for entry in entries), sizes, strict=True))
        self._sizes.update((os.fsencode(path), size) for path, size in known.items())
        links = [entry for entry in entries if entry.mode == LINK]
        self._require_sizes([entry for entry in entries if entry.mode != LINK], links)

    @property
    def is_empty(self) -> bool:
        """Did the revision have no such folder, or nothing in it that is ever read?"""
        return self._is_empty

    def shown(self, path: str) -> str:
        """A path as a person reads it: `HEAD~1:manifests/lora.yaml`."""
        text = os.path.normpath(path)
        return self._name if text == "." else os.fsencode(f"{self._name}/{text}").decode("utf-8", "replace")

    def location(self, path: str) -> Location:
        """A whole file as a place."""
        return Location(self.shown(path))

    def holds(self, name: str) -> bool:
        """Is there anything of this name in the root itself, whatever it is?"""
        return name in self._folders[""]

    def read(self, path: str, limit: int) -> bytes:
        """A regular file below the root, at most one byte more than the limit."""
        with self.open_file(path) as content:
            return content.read(limit + 1)

    @contextmanager
    def open_file(self, path: str) -> Iterator[BlobContent]:
        """The content of a regular file below the root, to be read before any other."""
        entry = self._file(path)
        size = self._size(entry)
        if size > self._limits.file:
            raise ProblemsFound([self._over(entry, self._limits.file)])
        content = self._blobs.content(entry.oid, self._blobs.size(entry.oid))
        yield content
        while content.read(io.DEFAULT_BUFFER_SIZE):
            pass

    def lay(self, paths: Iterable[str], folder: Path) -> None:
        """Write these files below a folder that holds nothing else. OSError if that fails."""
        for path in dict.fromkeys(paths):
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            with self.open_file(path) as content, place.open("xb") as file:
                while piece := content.read(_BLOCK):
                    file.write(piece)

    def blob_of(self, path: str) -> str:
        """Git's id of the bytes of a regular file below the root."""
        return self._file(path).oid

    def size_of(self, path: str) -> int:
        """The bytes of a regular file below the root."""
        return self._size(self._file(path))

    def tree_of(self, folder: str) -> str | None:
        """Git's id of a folder with all that it holds; None for what is no folder of the revision itself."""
        return self._ids.get(os.fsencode(folder))

    def look_at(self, path: str) -> Place:
        """What a path leads to."""
        found, entry = self._find(path)
        return Place(kind="folder" if entry is None else "file", identity=found)

    def is_link(self, path: str) -> bool:
        """Is this a link itself, wherever it leads? Not where its folder cannot be reached."""
        parent, _, name = path.rpartition("/")
        try:
            folder, _ = self._find(parent)
        except FileRefused:
            return False
        entry = self._folders.get(folder, {}).get(name)
        return entry is not None and entry.mode == LINK

    def entries(self, path: str, most: int) -> Entries:
        """What lies in a folder, at most so many entries."""
        found, entry = self._find(path)
        if entry is not None:
            raise FileRefused(path, "is not a folder")
        here = self._folders[found]
        is_cut = len(here) > most
        names = () if is_cut else here.items()
        return Entries(
            identity=found,
            files=[name for name, one in names if one is not None and one.mode != LINK],
            folders=[name for name, one in names if one is None],
            linked=[name for name, one in names if one is not None and one.mode == LINK],
            special=[],
            is_cut=is_cut,
        )

    def _size(self, entry: TreeEntry) -> int:
        """The bytes of a file, also of one that `measure` left out: a link may lead to it."""
        if entry.path not in self._sizes and self._sizes_of is not None:
            self._sizes[entry.path] = self._sizes_of([entry.oid])[0]
        return self._sizes[entry.path]

    def _file(self, path: str) -> TreeEntry:
        _, entry = self._find(path)
        if entry is None:
            raise FileRefused(path, "is not a regular file")
        return entry

    def _find(self, path: str) -> tuple[str, TreeEntry | None]:
        """The path that a path leads to, and the file there; None for a folder."""
        parent, _, name = path.rpartition("/")
        entry = self._folders.get(parent, {}).get(name)
        if entry is not None and entry.mode != LINK:  # most paths pass no link
            return path, entry
        if path in self._folders:
            return path, None
        parts = [part for part in path.split("/") if part not in {"", "."}]
        if path.startswith("/") or ".." in parts or "\0" in path:
            raise FileRefused(path, "does not lie below the manifest root", leaves=True)
        return self._walk(path, deque(parts))

    def _walk(self, path: str, pending: deque[str]) -> tuple[str, TreeEntry | None]:
        """Follow a path part by part, as `Tree` does on the disk."""
        stack: list[str] = []
        file: TreeEntry | None = None
        hops = 0
        while pending:
            part = pending.popleft()
            if part in {"", "."}:
                continue
            if part == "..":
                if not stack:
                    raise FileRefused(path, "is or passes a link that leaves the manifest root", leaves=True)
                stack.pop()
                file = None
                continue
            node = self._step(path, "/".join(stack), part, is_below_file=file is not None)
            if node is not None and node.mode == LINK:
                hops += 1
                pending.extendleft(reversed(self._followed(path, node, hops)))
            else:
                stack.append(part)
                file = node
        return "/".join(stack), file

    def _step(self, path: str, folder: str, part: str, *, is_below_file: bool) -> TreeEntry | None:
        """What one part of a path names; None for a folder."""
        if part.startswith("."):
            raise FileRefused(path, "lies in a hidden folder or is a hidden file; those are never read")
        if not is_below_file and len(os.fsencode(part)) > _NAME_LIMIT:
            raise FileRefused(path, "has a name that is too long")
        here = {} if is_below_file else self._folders[folder]
        if part not in here:
            raise FileRefused(path, "does not exist", is_missing=True)
        return here[part]

    def _followed(self, path: str, link: TreeEntry, hops: int) -> list[str]:
        """The parts of a link's target, if it can lie below the root at all."""
        if hops > LINK_HOPS:
            raise FileRefused(path, "is part of a loop of links")
        target = self._targets[link.path]
        if target.startswith("/"):
            raise FileRefused(path, "is or passes a link that leaves the manifest root", leaves=True)
        return target.split("/")

    def _make_folder(self, path: bytes) -> None:
        """Make a folder of the revision, and those that hold it. One that holds hidden files alone is there too, as on the disk."""
        if len(path) > _NAME_LIMIT and (
            len(path) > _PATH_LIMIT or any(len(part) > _NAME_LIMIT for part in path.split(b"/"))
        ):
            raise ProblemsFound([impossible(self._place(path))])
        folder = os.fsdecode(path)
        missing = []
        while folder not in self._folders:
            missing.append(folder)
            folder = folder.rpartition("/")[0]
        for one in reversed(missing):
            above, _, name = one.rpartition("/")
            if name in self._folders[above]:
                raise ProblemsFound([impossible(self._place(path))])
            self._folders[above][name] = None
            self._folders[one] = {}

    def _put(self, entry: TreeEntry) -> None:
        """Put a file or a link into its folder. A tree of git may hold two entries of one name; a folder cannot."""
        parent, _, name = os.fsdecode(entry.path).rpartition("/")
        if parent not in self._folders:  # a name in a tree may hold a slash, which git itself would not write
            self._make_folder(os.fsencode(parent))
        here = self._folders[parent]
        if name in here or (len(entry.path) > _NAME_LIMIT and self._is_too_long(entry.path)):
            raise ProblemsFound([impossible(self._place(entry.path))])
        here[name] = entry

    def _is_too_long(self, path: bytes) -> bool:
        return len(path) > _PATH_LIMIT or len(path.rpartition(b"/")[2]) > _NAME_LIMIT

    def _require_sizes(self, files: Sequence[TreeEntry], links: Sequence[TreeEntry]) -> None:
        """Files whose names say that they are never read may be of any size."""
        sizes = self._sizes.values()
        if not links and max(sizes, default=0) <= self._limits.file and sum(sizes) <= self._limits.total:
            return
        left = self._limits.total
        read = (entry for entry in files if suffix_of(entry.path) in DATA_SUFFIXES)
        for most, entries in ((self._limits.file, read), (LINK_LIMIT, links)):
            for entry in entries:
                size = self._sizes[entry.path]
                left -= size
                if size > most:
                    raise ProblemsFound([self._over(entry, most)])
                if left < 0:
                    detail = f"At most {self._limits.total:,} bytes are read in all."
                    raise ProblemsFound([too_large(self._name, detail)])

    def _target(self, link: TreeEntry) -> str:
        with io.BytesIO() as target:
            self._blobs.copy(link.oid, self._blobs.size(link.oid), target)
            data = target.getvalue()
        if not data or b"\0" in data or len(data) >= LINK_LIMIT:
            raise ProblemsFound([impossible(self._place(link.path))])
        return os.fsdecode(data)

    def _over(self, entry: TreeEntry, most: int) -> Problem:
        return too_large(self._place(entry.path), f"{self._sizes[entry.path]:,} bytes; at most {most:,} are read.")

    def _place(self, path: bytes) -> str:
        return f"{self._name}/{path.decode('utf-8', 'replace')}"
