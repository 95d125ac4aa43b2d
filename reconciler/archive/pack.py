"""The bytes of an archive: the same images and captions give the same zip, on every machine and at every time.

The API's documents say nothing about folders, hidden files, letter case or two files of one stem inside a zip (V53 to
V55), so an archive is as plain as it can be: flat, sorted by name, unique ASCII stems, stored without compression (images
are compressed already), no time, no owner. Each member's checksum stands before its bytes, so that a reader which never
looks at the end of the file can use it too.

Memory stays at a few blocks whatever the size: an archive is never held, it is made each time it is read.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import BinaryIO, Final

from reconciler.core.value import dataclass

BLOCK: Final = 256 * 1024
_EPOCH: Final = datetime(1980, 1, 1, tzinfo=UTC)
"""The earliest time that a zip can tell."""
_MODE: Final = 0o100644
_HEADER: Final = 1024
"""More than the header of a member takes: the form of a member is chosen before its offset is known."""
_LIMIT_32: Final = 0xFFFF_FFFF
"""Bytes up to which sizes and offsets fit the short form; readers of the long form (zip64) are rarer."""


Watch = Callable[[int], None]
"""Called with the bytes of each block that was read or made, to tell how far it is; what it raises ends the work."""


def unwatched(_: int) -> None:
    """Nobody wants to know."""


class MemberMoved(Exception):
    """A file is not what it was when its digest was taken; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of an archive: its name inside, its size in bytes and SHA-256, and the way to its bytes."""

    name: str
    size: int
    digest: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An archive that can be read any number of times. `digest` is the SHA-256 of the zip, `size` its bytes."""

    members: tuple[Member, ...]
    digest: str
    size: int
    _checksums: tuple[int, ...]

    def blocks(self, watch: Watch = unwatched) -> Iterator[bytes]:
        """The zip from front to back; MemberMoved where a file changed since `pack`."""
        for block in _zip(self.members, self._checksums):
            watch(len(block))
            yield block


def pack(members: Iterable[Member], watch: Watch = unwatched) -> Archive:
    """An archive of these files; each is read twice, once for its checksum and once for the digest of the whole.

    MemberMoved names a file whose bytes are not those of its digest; ValueError two members of one stem.
    """
    ordered = tuple(sorted(members, key=lambda member: member.name))
    _require_distinct(ordered)
    checksums = tuple(_checksum(member, watch) for member in ordered)
    whole, size = hashlib.sha256(), 0
    for block in _zip(ordered, checksums):
        watch(len(block))
        whole.update(block)
        size += len(block)
    return Archive(members=ordered, digest=whole.hexdigest(), size=size, _checksums=checksums)


def _require_distinct(members: tuple[Member, ...]) -> None:
    """No two names may be one to a reader that ignores letter case (V55)."""
    seen: set[str] = set()
    for member in members:
        if member.name.casefold() in seen:
            raise ValueError(f"two files are called {member.name}")
        seen.add(member.name.casefold())


def _checksum(member: Member, watch: Watch) -> int:
    crc, digest, size = 0, hashlib.sha256(), 0
    for block in _read(member):
        watch(len(block))
        crc = zlib.crc32(block, crc)
        digest.update(block)
        size += len(block)
    if digest.hexdigest() != member.digest or size != member.size:
        raise MemberMoved(member.name)
    return crc


def _read(member: Member) -> Iterator[bytes]:
    with member.open() as file:
        while block := file.read(BLOCK):
            yield block


def _read_again(member: Member, checksum: int) -> Iterator[bytes]:
    """The same bytes once more; MemberMoved before the last block is followed by another member's."""
    crc, size = 0, 0
    for block in _read(member):
        crc = zlib.crc32(block, crc)
        size += len(block)
        if size > member.size:
            break
        yield block
    if crc != checksum or size != member.size:
        raise MemberMoved(member.name)


def _zip(members: tuple[Member, ...], checksums: tuple[int, ...]) -> Iterator[bytes]:
    """Headers, bytes and directory, by the library; it is imported only where an archive is made."""
    from stream_zip import NO_COMPRESSION_32, NO_COMPRESSION_64, MemberFile, stream_zip

    def rows() -> Iterator[MemberFile]:
        end = 0
        for member, checksum in zip(members, checksums, strict=True):
            end += member.size + _HEADER
            form = NO_COMPRESSION_32 if end < _LIMIT_32 else NO_COMPRESSION_64
            yield member.name, _EPOCH, _MODE, form(member.size, checksum), _read_again(member, checksum)

    yield from stream_zip(rows(), chunk_size=BLOCK, extended_timestamps=False)
