"""Plain scalars by the core schema of YAML 1.2: `no` and dates are text, `012` is twelve."""

import math
import re

DIGIT_LIMIT = 19
"""Digits of an integer; no field of a manifest needs more."""

STARTS = frozenset("0123456789+-.~nNtTfF")
"""First characters of all that is not text."""

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("null", "Null", "NULL", "~", "")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


class BadNumber(ValueError):
    """A number that nothing can be done with; says which kind."""


def resolve(text: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar; text, unless it begins with one of STARTS or is empty."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        if len(text) > DIGIT_LIMIT + 1:
            raise BadNumber(f"a number of {len(text.lstrip('+-')):,} digits")
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            raise BadNumber("a number too large to be kept")
        return number
    if _BASED.fullmatch(text):
        if len(text) > DIGIT_LIMIT:
            raise BadNumber(f"a number of {len(text) - 2:,} digits")
        return int(text, 0)
    if _NO_NUMBER.fullmatch(text):
        raise BadNumber("infinity or not a number")
    return text
