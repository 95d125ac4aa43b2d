"""Patterns of file names (*, ?, **, [a-z]). Matching takes time in proportion to pattern and name, whatever they are."""

from collections.abc import Sequence

from reconciler.core.pattern import pattern
from reconciler.core.value import dataclass

PATTERN_LIMIT = 200
"""Characters of one pattern."""

_SUFFIX = pattern(r"\.(?:[A-Za-z0-9]|\[[A-Za-z0-9]+\])+\Z")
"""A suffix at the end of a pattern, such as `.png` or `.[jp]pg`."""


class BadPattern(ValueError):
    """A pattern that cannot be used; says why."""


@dataclass(frozen=True, slots=True)
class _Any:
    """`*`: any number of characters of one name."""


@dataclass(frozen=True, slots=True)
class _One:
    """`?`, `[a-z]` or a letter: one character. `ranges` is None if any character fits."""

    ranges: tuple[tuple[str, str], ...] | None
    negated: bool = False

    def takes(self, char: str) -> bool:
        return self.ranges is None or any(low <= char <= high for low, high in self.ranges) is not self.negated


_Part = tuple[_Any | _One, ...]
_DEEP: _Part = ()
"""`**`: any number of folders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A compiled pattern for paths with / between folders, which count from the image folder.

    With `folds_suffix` large and small letters are alike in the suffix: cameras write `.JPG`, and editors `.jpg`.
    """

    text: str
    parts: tuple[_Part, ...]
    folds_suffix: bool = False

    def matches(self, path: str) -> bool:
        """Does the whole path fit?"""
        names = (_with_small_suffix(path) if self.folds_suffix else path).split("/")
        reached = _through_deep(self.parts, {0})
        for name in names:
            moved = set()
            for position in reached:
                if position == len(self.parts):
                    continue
                part = self.parts[position]
                if part is _DEEP:
                    moved.add(position)
                elif _fits(part, name):
                    moved.add(position + 1)
            reached = _through_deep(self.parts, moved)
            if not reached:
                return False
        return len(self.parts) in reached


def compile_pattern(text: str) -> Pattern:
    """Read a pattern. Raises BadPattern if it cannot be used."""
    if not text or len(text) > PATTERN_LIMIT:
        raise BadPattern(f"a pattern has 1 to {PATTERN_LIMIT} characters")
    if "\\" in text:
        raise BadPattern("use / between folders, not a backslash")
    if "{" in text or "}" in text:
        raise BadPattern("braces are not known here; list the patterns one by one")
    names = text.removeprefix("./").split("/")
    if text.startswith(("/", "~")) or ".." in names or ":" in text:
        raise BadPattern("a pattern stays below the image folder")
    if "" in names or "." in names:
        raise BadPattern("a pattern has a name between two slashes and at its end")
    folds = _SUFFIX.search(names[-1]) is not None
    if folds:
        names[-1] = _with_small_suffix(names[-1])
    parts = tuple(_DEEP if name == "**" else _part(name) for name in names)
    return Pattern(text=text, parts=parts, folds_suffix=folds)


def _with_small_suffix(path: str) -> str:
    head, dot, suffix = path.rpartition(".")
    return f"{head}{dot}{suffix.lower()}" if dot and "/" not in suffix else path


def _through_deep(parts: Sequence[_Part], positions: set[int]) -> set[int]:
    """The positions, and the one behind each `**` that stands at one of them."""
    reached = set(positions)
    for position in sorted(positions):
        after = position
        while after < len(parts) and parts[after] is _DEEP:
            after += 1
            reached.add(after)
    return reached


def _fits(part: _Part, name: str) -> bool:
    """Does one part of the pattern fit one name?

    The last star takes as little as it can and takes more when the rest does not fit. Going back to an earlier star is
    never needed: whatever it could take, the last star can take too.
    """
    at, item, star, mark = 0, 0, -1, 0
    while at < len(name):
        current = part[item] if item < len(part) else None
        if isinstance(current, _Any):
            star, mark = item, at
            item += 1
        elif isinstance(current, _One) and current.takes(name[at]):
            at, item = at + 1, item + 1
        elif star >= 0:
            mark += 1
            at, item = mark, star + 1
        else:
            return False
    return all(isinstance(rest, _Any) for rest in part[item:])


def _part(name: str) -> _Part:
    if "**" in name:
        raise BadPattern("** stands alone between two slashes")
    items: list[_Any | _One] = []
    at = 0
    while at < len(name):
        char = name[at]
        at += 1
        if char == "*":
            items.append(_Any())
        elif char == "?":
            items.append(_One(None))
        elif char == "[":
            at = _set(name, at, items)
        else:
            items.append(_One(((char, char),)))
    return tuple(items)


def _set(name: str, at: int, items: list[_Any | _One]) -> int:
    """Read `a-z]` or `!a-z]` from `at` on, add it to the items, and return the position that follows it."""
    negated = name[at : at + 1] in {"!", "^"}
    at += negated
    end = name.find("]", at + 1)
    if end < 0:
        raise BadPattern("[ has no closing ]")
    ranges = []
    while at < end:
        if at + 2 < end and name[at + 1] == "-":
            low, high = name[at], name[at + 2]
            if low > high:
                raise BadPattern(f"{low}-{high} is no range")
            ranges.append((low, high))
            at += 3
        else:
            ranges.append((name[at], name[at]))
            at += 1
    items.append(_One(tuple(ranges), negated))
    return end + 1
