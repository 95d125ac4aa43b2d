"""Findings that say the same of many objects, told once: how many there are, and where the first ones stand.

A person mends the cause once. A line for each of thousands would only hide what else was found. JSON keeps all of them.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from reconciler.core.pattern import pattern
from reconciler.render.view import folded

MOST = 2
"""So many that say the same are told one by one; more are told once."""
PLACES = 3
"""Places that are named where many are told at once."""

_VARIES = pattern(r'"[^"\n]*"|\b(?:project|dataset|model)/[a-z0-9-]+|\b\d[\d,.]*')
_T = TypeVar("_T")


def alike(things: Iterable[_T], key: Callable[[_T], Hashable], most: int = MOST) -> list[tuple[_T, ...]]:
    """Those with an equal key in one group, where they are more than `most`; any other is a group of its own.

    Groups stand where their first member stood.
    """
    found: dict[Hashable, list[_T]] = {}
    for one in things:
        found.setdefault(key(one), []).append(one)
    groups: list[tuple[_T, ...]] = []
    for members in found.values():
        groups += [tuple(members)] if len(members) > most else [(one,) for one in members]
    return groups


def shape(text: str) -> str:
    """A sentence without what differs from object to object: numbers, quoted words, names of objects."""
    return _VARIES.sub("…", text)


def some(places: Sequence[object], most: int = PLACES) -> str:
    """`a.yaml:3:1, b.yaml:3:1, c.yaml:3:1 and 4,997 more`; one alone is never left out."""
    shown, hidden = some_of(places, most)
    return ", ".join(map(str, shown)) + (f" and {hidden:,} more" if hidden else "")


def some_of(places: Sequence[_T], most: int = PLACES) -> tuple[Sequence[_T], int]:
    """The first places, and how many others there are."""
    shown, hidden = folded(len(places), most)
    return places[:shown], hidden


def said_of_all(text: str, objects: Sequence[object]) -> str:
    """A sentence about the first of several objects, and that the same is true of the others; None is no object to name."""
    others = len(objects) - 1
    if others < 1:
        return text
    named = [one for one in objects[1:] if one is not None]
    return f"{text} The same of {others:,} more" + (f": {some(named)}." if named else ".")
