"""JSON without its traps: no double keys, no NaN, no endless nesting or numbers, no half characters, no command."""

import json
import math
import re

from reconciler.core.pattern import pattern
from reconciler.core.text import COMMAND, quoted

Value = None | bool | int | float | str | list["Value"] | dict[str, "Value"]
"""What a JSON or YAML document is made of."""

DEPTH_LIMIT = 64
"""Objects and lists inside each other."""

DIGIT_LIMIT = 19
"""Digits of an integer: ids stay below 2**63."""

_STRING = pattern(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
"""A string, or one without an end; possessive, so that hostile quotes cost linear time."""
_BRACKET = pattern(r"[\[\]{}]")
_SURROGATE = pattern("[\ud800-\udfff]")
_MAY_BE_HALF = pattern(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
"""In a JSON text: half of a character pair, or an escape that may make one. Where there is none, no text of thousands holds one."""


class BadJson(ValueError):
    """Text that is refused; says why, in a few words, and at which line and column where that is known."""

    def __init__(self, why: str, place: tuple[int, int] | None = None) -> None:
        super().__init__(why)
        self.place = place


class NoJson(BadJson):
    """Text that is not even the beginning of a JSON document, or is cut off."""


def dumps(value: object, *, indent: int = 2) -> str:
    """A JSON text in ASCII, with a line end, that can be printed into the log of any CI system."""
    return harmless(json.dumps(value, ensure_ascii=True, indent=indent, allow_nan=False)) + "\n"


def harmless(text: str) -> str:
    """The same JSON, in which no runner finds a command."""
    return COMMAND.sub(r"#\\u0023", text)


def loads(data: str | bytes, *, max_depth: int = DEPTH_LIMIT) -> Value:
    """The value of a JSON text (bytes are UTF-8); BadJson where it is anything but plain, unambiguous JSON."""
    text = data if isinstance(data, str) else _decoded(data)
    try:
        value: Value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_float
        )
    except json.JSONDecodeError as error:
        if _is_deep(text, max_depth):
            raise _too_deep(max_depth) from None
        raise NoJson(f"it is no JSON from character {error.pos + 1:,} on", (error.lineno, error.colno)) from None
    except RecursionError:
        raise _too_deep(max_depth) from None
    _check_depth(value, max_depth)
    if ("\\" in text or not text.isascii()) and _MAY_BE_HALF.search(text):
        _check_text(value)
    return value


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise NoJson(f"it is not UTF-8 at byte {error.start + 1:,}") from None


def _check_depth(value: Value, limit: int) -> None:
    """Level by level: an answer has many values, and few of them hold others."""
    depth, level = 0, [value] if isinstance(value, dict | list) else []
    while level:
        depth += 1
        if depth > limit:
            raise _too_deep(limit)
        level = [
            item
            for holder in level
            for item in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(item, dict | list)
        ]


def _is_deep(text: str, limit: int) -> bool:
    """The same of a text that is no JSON."""
    level = 0
    for bracket in _BRACKET.finditer(_STRING.sub("", text)):
        level += 1 if bracket[0] in "[{" else -1
        if level > limit:
            return True
    return False


def _too_deep(limit: int) -> BadJson:
    return BadJson(f"values are nested more than {limit} deep")


def _object(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    found = dict(pairs)
    if len(found) < len(pairs):
        last = {key: index for index, (key, _) in enumerate(pairs)}
        double = next(key for index, (key, _) in enumerate(pairs) if last[key] != index)
        raise BadJson(f"{quoted(double, 40)} is given twice")
    return found


def _constant(word: str) -> Value:
    raise BadJson(f"{word} is no number")


def _integer(digits: str) -> int:
    if len(digits) > DIGIT_LIMIT and (count := len(digits.lstrip("-"))) > DIGIT_LIMIT:
        raise BadJson(f"a number has {count:,} digits")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise BadJson("a number is too large")
    return number


def _check_text(value: Value) -> None:
    """Half of a character pair cannot be written out again."""
    if isinstance(value, str):
        if _SURROGATE.search(value):
            raise BadJson("a text holds half of a character")
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            _check_text(item)
    elif isinstance(value, list):
        for item in value:
            _check_text(item)
