"""One YAML document as plain values, with the place of every key and value in its file."""

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.core.problem import Location
from reconciler.core.strictjson import Value

_COLUMNS = 20
_MASK = (1 << _COLUMNS) - 1


def mark(line: int, column: int) -> int:
    """A place as one number; line and column count from 0, as parsers give them, and stay below a million."""
    return line + 1 << _COLUMNS | column + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A value and its places: `marks` holds one for each value and, before its value, one for each key, in order.

    The flat form is decoded only where a message needs a place: places are the bulk of a large tree.
    """

    path: str
    value: Value
    marks: Sequence[int]
    has_null: bool = False
    """Is a key given without a value anywhere?"""

    def at(self, *steps: str | int) -> Location:
        """Where a value stands; where it is missing, the key of its nearest parent."""
        return self._find(steps, of_key=False)

    def at_key(self, *steps: str | int) -> Location:
        """Where the key of a value stands; the value itself in a list; the nearest parent where it is missing."""
        return self._find(steps, of_key=True)

    def _find(self, steps: tuple[str | int, ...], *, of_key: bool) -> Location:
        value, index, found = self.value, 0, 0
        for step in steps:
            child = _child(value, index, step)
            if child is None:
                return self._location(found)
            value, found, index = child
        return self._location(found if of_key else index)

    def _location(self, index: int) -> Location:
        place = self.marks[index]
        return Location(self.path, place >> _COLUMNS, place & _MASK)


def _child(value: Value, index: int, step: str | int) -> tuple[Value, int, int] | None:
    """The value below one step, the index of its key's mark and of its own."""
    index += 1
    if isinstance(value, dict):
        for key, item in value.items():
            if key == step:
                return item, index, index + 1
            index = _after(item, index + 1)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            if position == step:
                return item, index, index
            index = _after(item, index)
    return None


def _after(value: Value, index: int) -> int:
    """The index behind all marks of a value."""
    index += 1
    if isinstance(value, dict):
        for item in value.values():
            index = _after(item, index + 1)
    elif isinstance(value, list):
        for item in value:
            index = _after(item, index)
    return index
