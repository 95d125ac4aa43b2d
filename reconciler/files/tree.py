"""The folder of manifests, opened so that nothing in it can lead a reader to a place outside."""

import errno
import itertools
import os
import stat
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal, NamedTuple, Protocol, Self

from reconciler.core.problem import Location
from reconciler.core.value import dataclass
from reconciler.files.whole_file import replace_file

LINK_HOPS = 40
"""Links followed on the way to one file; more is a loop."""

_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_MISSING = frozenset({errno.ENOENT, errno.ENOTDIR})
_REASONS = {
    errno.ENOENT: "does not exist",
    errno.EACCES: "may not be read by this user",
    errno.EPERM: "may not be read by this user",
    errno.ENAMETOOLONG: "has a name that is too long",
    errno.ENOTDIR: "does not exist",
    errno.ENXIO: "is not a regular file",
}


class FileRefused(OSError):
    """A file that is not opened. `reason` completes "NAME ..." and says nothing about a place outside the root."""

    def __init__(self, path: str, reason: str, *, leaves: bool = False, is_missing: bool = False) -> None:
        super().__init__(f"{path} {reason}")
        self.path = path
        self.reason = reason
        self.leaves = leaves
        """Would opening it have meant to leave the root?"""
        self.is_missing = is_missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a path leads to, links inside the root followed. Two paths to one folder have one `identity`."""

    kind: Literal["file", "folder", "other"]
    identity: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Names in one folder, hidden ones left out: regular files, folders, links, and whatever else there is.

    `is_cut` says that the folder holds more than were asked for; then no name is listed.
    """

    identity: object
    files: list[str]
    folders: list[str]
    linked: list[str]
    special: list[str]
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class _Near:
    """The folder that a file was read in last, held open; a negative handle is none."""

    folder: str
    handle: int


class _Handle(NamedTuple):
    """An open file, and its bytes when it was opened."""

    number: int
    size: int


class Content(Protocol):
    """The bytes of a file, read piece by piece."""

    def read(self, size: int, /) -> bytes: ...


class TreeReader(Protocol):
    """A tree that is read: a folder on the disk (`Tree`), or what a folder was at a revision of git (`RevisionTree`).

    Paths count from the root. Hidden files are never read, and a link that leaves the root is refused. FileRefused says why
    something cannot be read.
    """

    def shown(self, path: str) -> str: ...
    def location(self, path: str) -> Location: ...
    def holds(self, name: str) -> bool: ...
    def read(self, path: str, limit: int) -> bytes: ...
    def open_file(self, path: str) -> AbstractContextManager[Content]: ...
    def look_at(self, path: str) -> Place: ...
    def is_link(self, path: str) -> bool: ...
    def entries(self, path: str, most: int) -> Entries: ...


class Tree:
    """A root folder on the disk, held open. Everything below is opened relative to handles of folders, one part of a path at a time.

    The system never follows a link: between a check of a path and its use somebody could put a link into it. Links are read
    and followed here, and one that leaves the root is refused before its target is touched. The root itself may be a link.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            self._handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            reason = "is not a folder" if error.errno == errno.ENOTDIR else _reason(error)
            raise FileRefused(str(root), reason) from None
        self._shown_root = _relative_to_here(root)
        start = os.path.normpath(self._shown_root)
        self._shown_start = "" if start == "." else f"{start.rstrip('/')}/"
        self._shown_top = os.fsencode(os.path.normpath(self._shown_root)).decode("utf-8", "replace")
        self._near = _Near("", -1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the root; closing twice does nothing."""
        self._leave()
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def shown(self, path: str) -> str:
        """A path below the root as a person sees it from the working folder."""
        if not path:
            return self._shown_top
        text = self._shown_start + path
        if path[0] not in "./" and path[-1] != "/" and "/." not in path and "//" not in path and text.isascii():
            return text  # most paths are plain, and there are many
        text = os.path.normpath(os.path.join(self._shown_root, path))  # noqa: PTH118 - text, not a place
        return os.fsencode(text).decode("utf-8", "replace")

    def location(self, path: str) -> Location:
        """A whole file as a place."""
        return Location(self.shown(path))

    def holds(self, name: str) -> bool:
        """Is there anything of this name in the root itself, whatever it is?"""
        try:
            os.stat(name, dir_fd=self._handle, follow_symlinks=False)
        except OSError:
            return False
        return True

    def open_file(self, path: str) -> BinaryIO:
        """A regular file below the root, for reading; FileRefused says why not."""
        handle = self._open(path)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise FileRefused(path, "is not a regular file")
        return os.fdopen(handle, "rb")

    def read(self, path: str, limit: int) -> bytes:
        """A regular file below the root, at most one byte more than the limit. OSError if reading it ends in the middle."""
        handle = self._file_near(path)
        if handle is None:
            with self.open_file(path) as file:
                return _content(file.fileno(), os.fstat(file.fileno()).st_size, limit)
        try:
            return _content(handle.number, handle.size, limit)
        finally:
            os.close(handle.number)

    def _file_near(self, path: str) -> "_Handle | None":
        """A regular file, opened from the folder that holds it: thousands are read one after the other. None where that is no short way."""
        parent, _, name = path.rpartition("/")
        if not name or name[0] == "." or path[0] == "/" or "\0" in path:
            return None
        try:
            if self._near.folder != parent or self._near.handle < 0:
                self._leave()
                self._near = _Near(parent, self._open(parent))
            handle = os.open(name, _FLAGS, dir_fd=self._near.handle)
        except OSError:  # a link, or what cannot be read: the long way says why
            return None
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            os.close(handle)
            return None
        return _Handle(handle, status.st_size)

    def _leave(self) -> None:
        if self._near.handle >= 0:
            os.close(self._near.handle)
            self._near = _Near("", -1)

    def look_at(self, path: str) -> Place:
        """What a path leads to."""
        status = self.status(path)
        kind: Literal["file", "folder", "other"] = "other"
        if stat.S_ISREG(status.st_mode):
            kind = "file"
        elif stat.S_ISDIR(status.st_mode):
            kind = "folder"
        return Place(kind=kind, identity=_identity(status))

    def is_link(self, path: str) -> bool:
        """Is this a link itself, wherever it leads? Not where its folder cannot be reached."""
        parent, _, name = path.rpartition("/")
        try:
            with self.folder(parent) as handle:
                return stat.S_ISLNK(os.stat(name, dir_fd=handle, follow_symlinks=False).st_mode)
        except (FileRefused, FileNotFoundError):
            return False

    def entries(self, path: str, most: int) -> Entries:
        """What lies in a folder, at most so many entries."""
        with self.folder(path) as handle, os.scandir(handle) as entries:
            identity = _identity(os.fstat(handle))
            listed = list(itertools.islice(entries, most + 1))
            if len(listed) > most:
                return Entries(identity=identity, files=[], folders=[], linked=[], special=[], is_cut=True)
            files = [entry.name for entry in listed if entry.is_file(follow_symlinks=False)]
            others = [] if len(files) == len(listed) else listed  # most folders hold nothing else, and they are large
            folders: list[str] = []
            linked: list[str] = []
            special: list[str] = []
            for entry in others:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                elif not entry.is_file(follow_symlinks=False):
                    (linked if entry.is_symlink() else special).append(entry.name)
        return Entries(
            identity=identity,
            files=_seen(files),
            folders=_seen(folders),
            linked=_seen(linked),
            special=_seen(special),
        )

    @contextmanager
    def folder(self, path: str) -> Iterator[int]:
        """The handle of a folder below the root ("" is the root itself)."""
        handle = self._open(path)
        try:
            if not stat.S_ISDIR(os.fstat(handle).st_mode):
                raise FileRefused(path, "is not a folder")
            yield handle
        finally:
            os.close(handle)

    def replace_file(self, path: str, data: bytes, *, over: bytes | None = None) -> None:
        """Write a file below the root, whole or not at all; its folder must exist. A link is replaced, never written through.

        `over` is what the file held when it was read; FileChanged if it holds something else by now.
        """
        parent, _, name = path.rpartition("/")
        with self.folder(parent) as handle:
            replace_file(handle, name, data, over=over)

    def status(self, path: str) -> os.stat_result:
        """What a path leads to, links inside the root followed by our own rules."""
        handle = self._open(path)
        try:
            return os.fstat(handle)
        finally:
            os.close(handle)

    def _open(self, path: str) -> int:
        parts = [part for part in path.split("/") if part not in {"", "."}]
        if path.startswith("/") or ".." in parts or "\0" in path:
            raise FileRefused(path, "does not lie below the manifest root", leaves=True)
        stack = [os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self._handle)]
        try:
            self._walk(path, deque(parts), stack)
            return stack.pop()
        finally:
            for handle in stack:
                os.close(handle)

    def _walk(self, path: str, pending: deque[str], stack: list[int]) -> None:
        """Open part by part; `stack` holds the handles from the root down to what was reached."""
        hops = 0
        while pending:
            part = pending.popleft()
            if part in {"", "."}:
                continue
            if part == "..":
                if len(stack) == 1:
                    raise FileRefused(path, "is or passes a link that leaves the manifest root", leaves=True)
                os.close(stack.pop())
                continue
            if part.startswith("."):
                raise FileRefused(path, "lies in a hidden folder or is a hidden file; those are never read")
            try:
                stack.append(os.open(part, _FLAGS, dir_fd=stack[-1]))
            except OSError as error:
                if error.errno != errno.ELOOP:
                    raise FileRefused(path, _reason(error), is_missing=error.errno in _MISSING) from None
                hops += 1
                pending.extendleft(reversed(_target(path, part, stack[-1], hops)))


def _target(path: str, part: str, folder: int, hops: int) -> list[str]:
    """The parts of a link's target, if it can lie below the root at all."""
    if hops > LINK_HOPS:
        raise FileRefused(path, "is part of a loop of links")
    try:
        target = os.readlink(part, dir_fd=folder)
    except OSError as error:  # swapped between the two calls
        raise FileRefused(path, _reason(error), is_missing=error.errno in _MISSING) from None
    if target.startswith("/"):
        raise FileRefused(path, "is or passes a link that leaves the manifest root", leaves=True)
    return target.split("/")


def _content(handle: int, size: int, limit: int) -> bytes:
    """The bytes of an open file, at most one more than the limit. A file object would take twice as long for a small one."""
    most = min(size, limit) + 1
    data = os.read(handle, most)
    while len(data) < most and (more := os.read(handle, most - len(data))):
        data += more
    return data


def _seen(names: list[str]) -> list[str]:
    return [name for name in names if not name.startswith(".")]


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _reason(error: OSError) -> str:
    return _REASONS.get(error.errno or 0, "cannot be opened")


def _relative_to_here(root: Path) -> str:
    """The root as seen from the working folder, where it lies below it; else as it was given."""
    here = Path.cwd()
    absolute = os.path.normpath(here / root)
    return os.path.relpath(absolute, here) if Path(absolute).is_relative_to(here) else str(root)
