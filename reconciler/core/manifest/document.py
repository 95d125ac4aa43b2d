"""One YAML document as plain values, with the place of every key and value in its file."""

from collections.abc import Mapping, Sequence

from reconciler.core.problem import Location
from reconciler.core.strictjson import Value
from reconciler.core.value import dataclass

COLUMNS = 20
"""Bits of a place that hold its column; those above hold its line."""
_MASK = (1 << COLUMNS) - 1


def mark(line: int, column: int) -> int:
    """A place as one number. Line and column count from 0, as parsers give them, and stay below a million."""
    return line + 1 << COLUMNS | column + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A value and the places of its parts.

    `marks` holds one place for each key and one for each value, in the order of the document: a key's place comes
    before that of its value. Places would be most of the memory of a large tree if each were an object, so they are
    kept as numbers and decoded only when a message needs one.
    """

    path: str
    value: Value
    marks: Sequence[int]
    has_null: bool = False
    """Does the document hold a key without a value?"""

    def at(self, *steps: str | int) -> Location:
        """The place of a value; if it is missing, the place of the key of its nearest parent."""
        return self._find(steps, of_key=False)

    def at_key(self, *steps: str | int) -> Location:
        """The place of the key of a value; of the value itself in a list; of the nearest parent if it is missing."""
        return self._find(steps, of_key=True)

    def value_at(self, *steps: str | int) -> Value:
        """The value at a place; None if there is none."""
        value, index = self.value, 0
        for step in steps:
            child = _child(value, index, step)
            if child is None:
                return None
            value, index = child[0], child[2]
        return value

    def places(self, *steps: str) -> Mapping[str, tuple[Location, Location]]:
        """The places of each key of a mapping and of its value; nothing where there is no mapping.

        One pass over the mapping, where a search for each key would take longer the more of them there are.
        """
        value, index = self.value, 0
        for step in steps:
            child = _child(value, index, step)
            if child is None:
                return {}
            value, _, index = child
        found: dict[str, tuple[Location, Location]] = {}
        index += 1
        for key, item in value.items() if isinstance(value, dict) else ():
            found[key] = self._location(index), self._location(index + 1)
            index = _after(item, index + 1)
        return found

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
        return Location(self.path, place >> COLUMNS, place & _MASK)


def _child(value: Value, index: int, step: str | int) -> tuple[Value, int, int] | None:
    """The value that is one step below, the index of its key's mark, and the index of its own."""
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
    """The index that follows all marks of a value."""
    index += 1
    if isinstance(value, dict):
        for item in value.values():
            index = _after(item, index + 1)
    elif isinstance(value, list):
        for item in value:
            index = _after(item, index)
    return index
