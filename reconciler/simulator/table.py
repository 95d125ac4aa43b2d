"""A table of rows by id with one index, and the undo log that remembers what each change replaced."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Numbered(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> int:
        """The number it is known by."""
        ...


A = TypeVar("A", bound=Numbered)
R = TypeVar("R", bound=Numbered)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange(Generic[A]):
    """One row replaced, added (`before` is None) or removed, at a moment of simulated time."""

    time: float
    kind: str
    number: int
    before: A | None


class UndoLog(Generic[A]):
    """The changes of the open transaction, and those recent enough for a late list to look behind them."""

    def __init__(self) -> None:
        self.time = 0.0
        self.memory = 0.0
        self.changes: list[RowChange[A]] = []
        self.recent: list[RowChange[A]] = []
        self.counted = False
        self._paused = False

    def record(self, kind: str, number: int, before: A | None) -> None:
        """Remember what a change replaces."""
        if self._paused:
            return
        change = RowChange(time=self.time, kind=kind, number=number, before=before)
        self.changes.append(change)

    def mark(self) -> int:
        """The place to which `undo` can return."""
        return len(self.changes)

    def pause(self) -> None:
        """Changes from here on are not remembered."""
        self._paused = True

    def resume(self, mark: int) -> None:
        """Remember changes again, and forget those after the mark."""
        self._paused = False
        del self.changes[mark:]

    def settle(self) -> None:
        """The transaction is over: keep what a late list may need, forget the rest."""
        if self.memory > 0:
            horizon = self.time - self.memory
            self.recent = [change for change in (*self.recent, *self.changes) if change.time > horizon]
        self.changes.clear()
        self.counted = False


class Table(Generic[R, A]):
    """Rows of one kind, by id and by the id of their owner, in the order of their ids."""

    def __init__(self, kind: str, first: int, undo_log: UndoLog[A], owner: Callable[[R], int]) -> None:
        self.kind = kind
        self.first = first
        self.next = first
        self._rows: dict[int, R] = {}
        self._owned: dict[int, dict[int, None]] = {}
        self._undo_log = undo_log
        self._owner = owner

    def claim(self) -> int:
        """The next id; never given twice."""
        number = self.next
        self.next += 1
        return number

    def get(self, number: int) -> R | None:
        """The row with this id, if there is one."""
        return self._rows.get(number)

    def existed(self, number: int) -> bool:
        """Whether this id was ever given out."""
        return self.first <= number < self.next

    def all(self) -> list[R]:
        """Every row, by id."""
        return [self._rows[number] for number in sorted(self._rows)]

    def of(self, owner: int) -> list[R]:
        """The rows of one owner, by id."""
        return [self._rows[number] for number in sorted(self._owned.get(owner, ()))]

    def count_of(self, owner: int) -> int:
        """How many rows an owner has."""
        return len(self._owned.get(owner, ()))

    def put(self, row: R) -> None:
        """Add a row or replace the one with its id; an equal row changes nothing."""
        before = self._rows.get(row.id)
        if before == row:
            return
        self._record(row.id, before)
        if before is not None:
            self._forget(before)
        self._rows[row.id] = row
        self._owned.setdefault(self._owner(row), {})[row.id] = None
        self.next = max(self.next, row.id + 1)

    def drop(self, number: int) -> None:
        """Remove a row, if it is there."""
        before = self._rows.pop(number, None)
        if before is not None:
            self._record(number, before)
            self._forget(before)

    def clear(self) -> None:
        """Remove every row without a trace, to be filled from a store."""
        self._rows.clear()
        self._owned.clear()

    def _record(self, number: int, before: R | None) -> None:
        self._undo_log.record(self.kind, number, before)  # type: ignore[arg-type]  # R is one of the kinds in A

    def _forget(self, row: R) -> None:
        owner = self._owner(row)
        owned = self._owned[owner]
        del owned[row.id]
        if not owned:
            del self._owned[owner]
