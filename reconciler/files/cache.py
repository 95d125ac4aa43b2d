"""The one cache on the disk: what was found in files, kept so that it need not be found again.

It is a hint and decides nothing. Without a usable file every answer is "not known", and no fault of the file ever reaches
the caller: a file that is missing, locked, read-only, damaged, of another version or not ours costs time and nothing else.
Each row carries a checksum of all that it says, key included, because SQLite has none: a row that is not exactly what was
written counts as not there.

A key begins with the number of the rules by which its value was found (each kind of row has its own). So a newer tool does
not believe what an older one found, and both may use the same file.
"""

import contextlib
import hashlib
import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

from reconciler.core.value import dataclass


class CacheTable(StrEnum):
    """What is kept, a table each."""

    LISTINGS = "listings"
    """The names in the folders of one root."""
    GROUPS = "groups"
    """What was judged in one root."""
    READINGS = "readings"
    """What was read in one YAML file."""
    DIGESTS = "digests"
    """Digests and sizes of the images of one folder."""
    PIXELS = "pixels"
    """Numbers that were measured in the pixels of one image."""
    THUMBNAILS = "thumbnails"
    """The small picture of one image."""


LIMITS: Final = {
    CacheTable.LISTINGS: 64 * 1024 * 1024,
    CacheTable.GROUPS: 32 * 1024 * 1024,
    CacheTable.READINGS: 128 * 1024 * 1024,
    CacheTable.DIGESTS: 256 * 1024 * 1024,
    CacheTable.PIXELS: 32 * 1024 * 1024,
    CacheTable.THUMBNAILS: 128 * 1024 * 1024,
}
"""Bytes that each table may hold. Above that the rows go that were not used for the longest time."""

PATIENCE = 2.0
"""Seconds to wait for another process that holds the file; then this run goes on without the cache."""

_LAG = 20
"""Saves after which a row that is only read is noted as used again. So a run that finds all it needs seldom writes."""

_GROUP = 200
"""Rows that are asked for at once."""

_FILE_LIMIT = 2 * sum(LIMITS.values())
"""Bytes of a file that is opened at all; ours holds free pages and indexes besides the rows."""

_PAGE = 8192
_SCHEMA = tuple(
    statement
    for name in CacheTable
    for statement in (
        f"CREATE TABLE {name} (key BLOB PRIMARY KEY, second_key BLOB, used INTEGER, size INTEGER, checksum BLOB, value BLOB)",
        f"CREATE INDEX {name}_second_key ON {name} (second_key)",
        f"CREATE INDEX {name}_used ON {name} (used, size)",
    )
)
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_FORMAT})
"""Errors that say that the file is not what we wrote; after any other it may be whole, and is left alone."""


def default_cache() -> Path:
    """The file that is used if nothing else was said: one for all trees, in the user's cache folder."""
    import platformdirs  # noqa: PLC0415 - where the cache is named, it is not needed

    return platformdirs.user_cache_path("reconciler") / "cache.sqlite3"


class _NotOurs(Exception):
    """The file is not what this version would have written."""


@dataclass(frozen=True, slots=True)
class _New:
    second_key: bytes
    value: bytes


class CacheFile:
    """The rows of one file. Use it as a context: what was put in is written at the end. For one thread only.

    Neither asking nor saving ever fails.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._is_opened = False
        self._is_damaged = False
        self._is_given_up = False
        self._new: dict[tuple[CacheTable, bytes], _New] = {}
        self._read: dict[tuple[CacheTable, bytes], int] = {}
        """The rows that were read, and the save in which each was last noted as used."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.save()
        self._close()

    def get(self, table: CacheTable, key: bytes) -> bytes | None:
        """The value of a row; None if it is not known."""
        return self.get_many(table, [key]).get(key)

    def get_many(self, table: CacheTable, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The values of those rows that are known, by their keys.

        Rows are asked for in groups, because each statement locks the file and looks whether another process changed it.
        """
        found: dict[bytes, bytes] = {}
        for start in range(0, len(keys), _GROUP):
            group = keys[start : start + _GROUP]
            rows = self._select(table, f"key IN ({', '.join('?' * len(group))})", group)
            found.update((key, value) for key, _, value in rows)
        return found

    def find(self, table: CacheTable, second_key: bytes) -> bytes | None:
        """The value of the largest row with this second key, which several rows may have; None if there is none."""
        return self.find_many(table, [second_key]).get(second_key)

    def find_many(self, table: CacheTable, second_keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The same for many second keys, by these."""
        found: dict[bytes, bytes] = {}
        for start in range(0, len(second_keys), _GROUP):
            group = second_keys[start : start + _GROUP]
            rows = self._select(table, f"second_key IN ({', '.join('?' * len(group))}) ORDER BY size", group)
            found.update((second_key, value) for _, second_key, value in rows)
        return found

    def put(self, table: CacheTable, key: bytes, value: bytes, second_key: bytes = b"") -> None:
        """Keep a value, in place of the one before. `second_key` finds the row as well."""
        self._new[table, key] = _New(second_key, value)

    def save(self) -> None:
        """Write what is new, in one transaction. If that cannot be done, nothing is kept and nothing is lost."""
        if self._is_given_up or not (self._new or self._has_aged()):
            return
        for _ in range(2):  # once more, into a new file, if writing shows that this one is damaged
            try:
                self._write()
            except sqlite3.Error as error:
                self._fail(error)
            except OSError:
                self._is_given_up = True
            if not self._is_damaged:
                break
        self._new.clear()
        self._read.clear()

    def _select(self, table: CacheTable, where: str, values: Sequence[bytes]) -> list[tuple[bytes, bytes, bytes]]:
        """Both keys and the value of the sound rows; none if the file cannot be used."""
        connection = self._opened()
        if connection is None:
            return []
        try:
            statement = f"SELECT key, second_key, used, checksum, value FROM {table} WHERE {where}"
            rows = connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            self._fail(error)
            return []
        return [(row[0], row[1], row[4]) for row in rows if self._is_sound(table, *row)]

    def _is_sound(
        self, table: CacheTable, key: object, second_key: object, used: object, checksum: object, value: object
    ) -> bool:
        """Is a row exactly what we wrote? It counts as used then."""
        if not (isinstance(key, bytes) and isinstance(second_key, bytes) and isinstance(value, bytes)):
            return False
        if not isinstance(used, int) or checksum != _checksum(table, key, second_key, value):
            return False
        self._read[table, key] = used
        return True

    def _opened(self) -> sqlite3.Connection | None:
        """The connection, opened by the first question; None if the file cannot be used."""
        if not self._is_opened:
            self._is_opened = True
            try:
                self._connection = _connect(self.path)
            except _NotOurs:
                self._is_damaged = True
            except sqlite3.Error as error:
                self._fail(error)
            except OSError:
                self._is_given_up = True
        return self._connection

    def _fail(self, error: sqlite3.Error) -> None:
        """Ask no more: a lock that was waited for once would be waited for at each of a thousand rows."""
        code: int = getattr(error, "sqlite_errorcode", 0)  # the module's own errors have none
        if code & 0xFF in _DAMAGED:
            self._is_damaged = True
        else:
            self._is_given_up = True
        self._close()

    def _close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _has_aged(self) -> bool:
        """Was a row read whose last use was noted too many saves ago?"""
        oldest: dict[CacheTable, int] = {}
        for (table, _), used in self._read.items():
            oldest[table] = min(used, oldest.get(table, used))
        try:
            return any(used + _LAG < self._newest(table) for table, used in oldest.items())
        except sqlite3.Error as error:
            self._fail(error)
            return False

    def _newest(self, table: CacheTable) -> int:
        """The number of the last save that changed a table."""
        if self._connection is None:
            return 0
        (newest,) = self._connection.execute(f"SELECT max(used) FROM {table}").fetchone()
        return newest if isinstance(newest, int) else 0

    def _write(self) -> None:
        connection = self._opened()
        if self._is_given_up:
            return
        if connection is None:
            connection = self._connection = _create(self.path, is_damaged=self._is_damaged)
            self._is_damaged = False
        connection.execute("BEGIN IMMEDIATE")
        for name in CacheTable:
            now = self._newest(name) + 1
            used = [(now, key) for table, key in self._read if table is name]
            new = [_row(name, key, one, now) for (table, key), one in self._new.items() if table is name]
            if used or new:
                connection.executemany(f"UPDATE {name} SET used = ? WHERE key = ?", used)
                connection.executemany(f"INSERT OR REPLACE INTO {name} VALUES (?, ?, ?, ?, ?, ?)", new)
                _evict(connection, name)
        connection.execute("COMMIT")


def _connect(path: Path) -> sqlite3.Connection | None:
    """The file for reading and writing; None if there is none, _NotOurs if it is not exactly as we make it."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise OSError("not a regular file")
    if status.st_size == 0:  # another process is about to make the tables
        return None
    if status.st_size > _FILE_LIMIT:
        raise _NotOurs
    connection = sqlite3.connect(f"file:{quote(os.fsencode(path))}?mode=rw", PATIENCE, isolation_level=None, uri=True)
    try:
        _set_up(connection)
        _require_schema(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _require_schema(connection: sqlite3.Connection) -> None:
    """_NotOurs if there is anything but our tables, word for word: columns of another version, a view or trigger."""
    found = connection.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    if sorted(found) != sorted((statement.encode(),) for statement in _SCHEMA):
        raise _NotOurs


def _set_up(connection: sqlite3.Connection) -> None:
    connection.text_factory = bytes  # a damaged text need not be UTF-8
    # The file may come from elsewhere: nothing in it may call functions, and cells are checked before they are used.
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    # Waiting for the disk would only protect a hint. What a power loss damages is found by the checksums.
    connection.execute("PRAGMA synchronous = OFF")


def _create(path: Path, *, is_damaged: bool) -> sqlite3.Connection:
    """A new file, for its owner alone, in place of a damaged one; sqlite3.Error or OSError if it cannot be made.

    Another process may be making the same file: whoever gets the lock first makes the tables.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if is_damaged:
        path.unlink(missing_ok=True)
        path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
    # SQLite would let others read a new file; its journal takes over the permissions of the file.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(path, PATIENCE, isolation_level=None)
    try:
        _set_up(connection)
        connection.execute(f"PRAGMA page_size = {_PAGE}")
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,):
            for statement in _SCHEMA:
                connection.execute(statement)
        connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _row(table: CacheTable, key: bytes, new: _New, now: int) -> tuple[bytes, bytes, int, int, bytes, bytes]:
    size = len(key) + len(new.second_key) + len(new.value)
    return key, new.second_key, now, size, _checksum(table, key, new.second_key, new.value), new.value


def _evict(connection: sqlite3.Connection, table: CacheTable) -> None:
    """Remove the rows that were not used for the longest time, until the rest is within the limit."""
    (total,) = connection.execute(f"SELECT coalesce(sum(size), 0) FROM {table}").fetchone()
    excess = total - LIMITS[table]
    if excess > 0:
        oldest = connection.execute(f"SELECT rowid, size FROM {table} ORDER BY used, rowid")
        connection.executemany(f"DELETE FROM {table} WHERE rowid = ?", list(_until(oldest, excess)))


def _until(rows: Iterator[tuple[int, int]], excess: int) -> Iterator[tuple[int]]:
    """The first rows whose sizes make up the excess."""
    for row, size in rows:
        if excess <= 0:
            return
        excess -= size
        yield (row,)


def _checksum(table: CacheTable, key: bytes, second_key: bytes, value: bytes) -> bytes:
    """Tells a row that we wrote from one that was changed by accident. Lengths keep one part from passing for another."""
    head = f"{table} {len(key)} {len(second_key)} {len(value)} ".encode()
    found = hashlib.sha256(head + key + second_key)
    found.update(value)
    return found.digest()[:16]
