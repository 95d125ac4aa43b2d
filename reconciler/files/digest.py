"""The digest cache: what was found in image files, kept by what the file system says of them.

A hint, never an authority: each row carries its own checksum, a row that is not exactly what was written is dropped,
and bytes that are sent are always hashed again. A file counts as unchanged where its size, both its times (ns) and its
inode are those of the row. Folder times tell nothing about files edited in place, so they are not used. Rows are by
folder below the root, so a cache file may be moved.
"""

import contextlib
import functools
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path

from reconciler.core.declare.image import Facts, Flaw, Trait
from reconciler.files.image import Inspection

FORMAT = "reconciler digests 1"
"""First line of the file; another one is not read. Counts up whenever the reading of images finds something else."""

_TICK = 20_000_000
"""Nanoseconds within which two writes may get one time stamp."""

_COARSE_TICK = 2_000_000_000
"""The same on file systems that keep whole seconds."""

_LIMIT = 256 * 1024 * 1024
_JSON = json.JSONDecoder()
_DIGEST = re.compile("[0-9a-f]{64}")
Entry = tuple[tuple[int, int, int, int], Inspection]


def file_key(status: os.stat_result) -> tuple[int, int, int, int]:
    """What must be equal for a file to count as unchanged."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def default_cache(root: Path) -> Path:
    """Where the rows of a root are kept if nothing else was said: in the user's cache folder."""
    import platformdirs  # noqa: PLC0415 - where the cache is named, it is not needed

    mark = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]
    return platformdirs.user_cache_path("reconciler") / f"{mark}.digests"


class DigestCache:
    """Rows of one root. Reading, looking up and saving never fail: without a usable file it is empty."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines = _read_lines(path)
        self._rows: dict[str, dict[str, Entry]] = {}
        self._changed = False
        self._now: int | None = None

    def row(self, folder: str, names: Collection[str]) -> Mapping[str, Entry]:
        """What is known of these files of a folder; the others are forgotten."""
        line = self._lines.pop(folder, None)
        known = {} if line is None else _decoded(line)
        self._rows[folder] = {name: known[name] for name in names if name in known}
        return self._rows[folder]

    def put(self, folder: str, name: str, status: os.stat_result, found: Inspection) -> None:
        """Remember a file; not where a later edit could go unnoticed, because its time stamp is too fresh."""
        key = file_key(status)
        tick = _COARSE_TICK if status.st_mtime_ns % 1_000_000_000 == 0 else _TICK
        if max(status.st_mtime_ns, status.st_ctime_ns) < self.begin() - tick:
            self._rows.setdefault(folder, {})[name] = (key, found)
            self._changed = True

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
        """Write the rows used, where something changed: to a new file that then takes the place of the old."""
        if not self._changed:
            return
        lines = [FORMAT]
        for folder, row in sorted(self._rows.items()):
            if row:
                text = json.dumps([folder, _encoded(row)], separators=(",", ":"))
                lines.append(f"{_checksum(text)} {text}")
        with contextlib.suppress(OSError):
            _replace(self._path, "\n".join(lines) + "\n")


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, encoding="utf-8", errors="surrogateescape", delete=False
    ) as new:
        try:
            new.write(text)
            new.close()
            Path(new.name).replace(path)
        except OSError:
            Path(new.name).unlink(missing_ok=True)
            raise


def _read_lines(path: Path) -> dict[str, str]:
    """Folder to its row, still as text; rows are decoded when they are asked for."""
    try:
        if path.stat().st_size > _LIMIT:
            return {}
        head, *lines = path.read_text(encoding="utf-8", errors="surrogateescape").split("\n")
    except OSError:
        return {}
    if head != FORMAT:
        return {}
    found = {}
    for line in lines:
        checksum, _, text = line.partition(" ")
        if text and checksum == _checksum(text):
            with contextlib.suppress(ValueError):
                found[str(_JSON.raw_decode(text, 1)[0])] = text
    return found


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _encoded(row: Mapping[str, Entry]) -> dict[str, object]:
    return {
        name: [
            *key,
            found.digest,
            found.size,
            found.is_pointer,
            _facts_out(found.facts),
            found.flaw and asdict(found.flaw),
        ]
        for name, (key, found) in sorted(row.items())
    }


def _facts_out(facts: Facts | None) -> list[object] | None:
    return None if facts is None else [facts.format, facts.width, facts.height, list(facts.traits), facts.trailing]


def _decoded(text: str) -> dict[str, Entry]:
    """A row; empty where its checksum is right and its form is not (another hand wrote it)."""
    found: dict[str, Entry] = {}
    try:
        for name, fields in json.loads(text)[1].items():
            size, mtime, ctime, inode, digest, length, is_pointer, facts, flaw = fields
            if _DIGEST.fullmatch(digest) is None:
                return {}
            inspection = Inspection(
                digest=digest,
                size=int(length),
                is_pointer=is_pointer,
                facts=None if facts is None else _facts_in(*facts[:3], tuple(facts[3]), *facts[4:]),
                flaw=None if flaw is None else Flaw(**flaw),
            )
            found[name] = ((size, mtime, ctime, inode), inspection)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return {}
    return found


@functools.cache
def _facts_in(form: str, width: int, height: int, traits: tuple[str, ...], trailing: int) -> Facts:
    """Facts are few even where images are many."""
    return Facts(
        format=form, width=width, height=height, traits=tuple(Trait(trait) for trait in traits), trailing=trailing
    )
