"""Where the world is kept between requests: in memory, or in a SQLite file that several processes may share."""

import json
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Final, Protocol

from reconciler.simulator.table import RowChange
from reconciler.simulator.world import ROWS, Row, World

FORMAT: Final = 2


class StoreError(ValueError):
    """The file is not a world of this simulator; the message is fit for a user."""


class Store(Protocol):
    """Keeps a world: one transaction around each request."""

    @property
    def archives(self) -> Path | None:
        """The folder in which fetched zip files are kept; None for a temporary one."""
        ...

    @property
    def pictures(self) -> Path | None:
        """The folder in which uploaded images are kept, if they are; None for a temporary one."""
        ...

    def begin(self, world: World) -> None:
        """Lock the kept world and bring `world` up to it."""
        ...

    def save(self, world: World) -> None:
        """Keep what the undo log says has changed, and unlock."""
        ...

    def abandon(self) -> None:
        """Unlock without keeping anything."""
        ...

    def close(self) -> None:
        """Nothing further will be asked of this store."""
        ...


class MemoryStore:
    """The world is the object itself; there is nothing to keep."""

    archives: Path | None = None
    pictures: Path | None = None

    def begin(self, world: World) -> None:
        """Nothing to do."""

    def save(self, world: World) -> None:
        """Nothing to do."""

    def abandon(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""


class SqliteStore:
    """The world in a file: a row per object, and one for the rest. Written in one transaction per request.

    A process reads the whole file only when another has written since; its own changes it knows. `patience` is how
    many seconds it waits for another process's request to end.
    """

    def __init__(self, path: Path | str, *, patience: float = 30.0) -> None:
        self._path = path
        self.archives: Path | None = Path(f"{path}.archives")
        self.pictures: Path | None = Path(f"{path}.pictures")
        self._revision = 0
        try:
            self._db = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise StoreError(f"cannot open {path} as a simulator's world: {error}") from error
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._db.close()
            raise StoreError(f"cannot open {path} as a simulator's world: {error}") from error

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("CREATE TABLE IF NOT EXISTS world (id INTEGER PRIMARY KEY, revision INTEGER, body TEXT)")
        self._db.execute("CREATE TABLE IF NOT EXISTS object (kind TEXT, id INTEGER, body TEXT, PRIMARY KEY (kind, id))")

    def begin(self, world: World) -> None:
        """BEGIN IMMEDIATE, and read the file again if someone else has written to it.

        IMMEDIATE takes the write lock at once: a second process that only found out at its first write would have
        answered from a world that is no longer there.
        """
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise StoreError(f"{self._path}: {error}") from error
        found = self._db.execute("SELECT revision, body FROM world WHERE id = 1").fetchone()
        if found is not None and found[0] != self._revision:
            self._load(world, found[1])
            self._revision = found[0]

    def save(self, world: World) -> None:
        """Write the changed rows and commit; a request that changed nothing writes nothing."""
        undo_log = world.undo_log
        if undo_log.changes or undo_log.counted:
            for kind, number in {(change.kind, change.number): None for change in undo_log.changes}:
                self._write(kind, number, world.row(kind, number))
            body = json.dumps(_rest(world))
            self._db.execute(
                "INSERT OR REPLACE INTO world (id, revision, body) VALUES (1, ?, ?)", (self._revision + 1, body)
            )
        self._db.execute("COMMIT")
        self._revision += bool(undo_log.changes or undo_log.counted)

    def abandon(self) -> None:
        """Roll back."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _write(self, kind: str, number: int, row: Row | None) -> None:
        if row is None:
            self._db.execute("DELETE FROM object WHERE kind = ? AND id = ?", (kind, number))
        else:
            self._db.execute(
                "INSERT OR REPLACE INTO object (kind, id, body) VALUES (?, ?, ?)",
                (kind, number, json.dumps(asdict(row))),
            )

    def _load(self, world: World, body: str) -> None:
        rest = json.loads(body)
        if rest.get("format") != FORMAT:
            raise StoreError(
                f"the world was written in format {rest.get('format')}, not {FORMAT}: begin with a new file"
            )
        world.undo_log.pause()
        for table in world.tables().values():
            table.clear()
            table.next = rest["next"].get(table.kind, table.first)  # no drawings in a world from before there were any
        for kind, text in self._db.execute("SELECT kind, body FROM object ORDER BY kind, id"):
            world.put(_row(kind, json.loads(text)))
        world.undo_log.resume(0)
        world.time, world.reading = rest["time"], rest["reading"]
        world.tallies, world.calls = rest["tallies"], rest["calls"]
        world.undo_log.recent = [_change(change) for change in rest["recent"]]


def _rest(world: World) -> dict[str, object]:
    """All of a world that is not a row."""
    changes = [*world.undo_log.recent, *(world.undo_log.changes if world.undo_log.memory else ())]
    horizon = world.time - world.undo_log.memory
    return {
        "format": FORMAT,
        "time": world.time,
        "reading": world.reading,
        "next": {kind: table.next for kind, table in world.tables().items()},
        "tallies": world.tallies,
        "calls": world.calls,
        "recent": [asdict(change) for change in changes if change.time > horizon],
    }


def _row(kind: str, document: dict[str, object]) -> Row:
    lists = {name: tuple(value) for name, value in document.items() if isinstance(value, list)}
    make: type = ROWS[kind]
    row: Row = make(**(document | lists))
    return row


def _change(document: dict[str, object]) -> RowChange[Row]:
    kind, before = str(document["kind"]), document["before"]
    return RowChange(
        time=float(str(document["time"])),
        kind=kind,
        number=int(str(document["number"])),
        before=_row(kind, before) if isinstance(before, dict) else None,
    )
