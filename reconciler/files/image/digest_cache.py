"""The digest cache: what was found in image files, kept by what git says of their folder, or else the file system of them.

A hint, never an authority: each block carries its own checksum, a block that is not exactly what was written is dropped,
and bytes that are sent are always hashed again. A folder counts as unchanged where git vouches for it and it is the tree
that it was; a file, where its size, both its times (ns) and its inode are those that it had. Folder times tell nothing
about files edited in place, so they are not used. Tables are by folder below the root, so a cache file may be moved.

The file is a line that names the format, a line with a checksum and an index in JSON, and the blocks that the index names:
they are looked at folder by folder, when one is asked for.
"""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.files.image.digest_table import NO_KEY, Damaged, DigestTable, checksum, file_key, gist_of, packed

FORMAT = "reconciler digests 2"
"""First line of the file; another one is not read. Counts up whenever the reading of images finds something else."""

_TICK = 20_000_000
"""Nanoseconds within which two writes may get one time stamp."""

_COARSE_TICK = 2_000_000_000
"""The same on file systems that keep whole seconds."""

_LIMIT = 256 * 1024 * 1024


def default_cache(root: Path) -> Path:
    """Where the tables of a root are kept if nothing else was said: in the user's cache folder."""
    import platformdirs  # noqa: PLC0415 - where the cache is named, it is not needed

    mark = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]
    return platformdirs.user_cache_path("reconciler") / f"{mark}.digests"


class DigestCache:
    """Tables of one root. Reading, looking up and saving never fail: without a usable file it is empty."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept = _read(path)
        self._used: dict[str, DigestTable] = {}
        self._changed = False
        self._now: int | None = None

    def table(self, folder: str) -> DigestTable | None:
        """What is known of a folder, to be forgotten unless it is kept; None where nothing is, or it is damaged."""
        kept = self._kept.get(folder)
        if kept is None:
            return None
        try:
            return kept.table()
        except (Damaged, ValueError, TypeError):
            return None

    def keep(self, folder: str, table: DigestTable) -> None:
        """Have a folder's table in the next file."""
        self._used[folder] = table

    def change(self, folder: str, table: DigestTable) -> None:
        """The same, where it is not the table that was there."""
        self.keep(folder, table)
        self._changed = True

    def key(self, status: os.stat_result) -> bytes:
        """The key of a file that was read; none where a later edit could go unnoticed, its time stamp being too fresh."""
        tick = _COARSE_TICK if status.st_mtime_ns % 1_000_000_000 == 0 else _TICK
        is_old = max(status.st_mtime_ns, status.st_ctime_ns) < self.begin() - tick
        return packed(file_key(status) if is_old else NO_KEY)

    def begin(self) -> int:
        """The file system's own time (ns) before the first file is read; 0 where nothing can be written."""
        if self._now is None:
            self._now = 0
            with contextlib.suppress(OSError):
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with tempfile.NamedTemporaryFile(dir=self._path.parent) as probe:
                    probe.write(b"x")
                    probe.flush()
                    self._now = os.fstat(probe.fileno()).st_mtime_ns
        return self._now

    def save(self) -> None:
        """Write the tables used, where something changed: to a new file that then takes the place of the old."""
        if not self._changed and len(self._used) == len(self._kept):
            return
        index: dict[str, object] = {}
        blocks: list[bytes] = []
        at = 0
        for folder, table in sorted(self._used.items()):
            index[folder] = [table.tree, table.sketch, at, [[len(block), checksum(block)] for block in table.blocks]]
            blocks += table.blocks
            at += sum(map(len, table.blocks))
        head = json.dumps(index, separators=(",", ":")).encode()
        with contextlib.suppress(OSError):
            _replace(self._path, [f"{FORMAT}\n{checksum(head)} ".encode(), head, b"\n", *blocks])


def _replace(path: Path, pieces: Sequence[bytes]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as new:
        try:
            new.writelines(pieces)
            new.close()
            Path(new.name).replace(path)
        except OSError:
            Path(new.name).unlink(missing_ok=True)
            raise


@dataclass(frozen=True, slots=True)
class _Kept:
    """A table in the file: what the index says of it, not judged yet, and the bytes of all blocks."""

    entry: Any
    blocks: bytes

    def table(self) -> DigestTable:
        """Damaged, ValueError or TypeError where any of it is not what was written."""
        tree, sketch, at, sizes = self.entry
        own = []
        for size, mark in sizes:
            block = self.blocks[at : at + size]
            if checksum(block) != mark:
                raise Damaged
            own.append(block)
            at += size
        return DigestTable(None if tree is None else str(tree), gist_of(sketch), own)


def _read(path: Path) -> dict[str, _Kept]:
    try:
        if path.stat().st_size > _LIMIT:
            return {}
        with path.open("rb") as file:
            head, index, blocks = file.readline(len(FORMAT) + 2), file.readline(_LIMIT), file.read()
    except OSError:
        return {}
    mark, _, text = index.rstrip(b"\n").partition(b" ")
    if head != f"{FORMAT}\n".encode() or mark != checksum(text).encode():
        return {}
    try:
        return {folder: _Kept(entry, blocks) for folder, entry in json.loads(text).items()}
    except (ValueError, AttributeError, RecursionError):
        return {}
