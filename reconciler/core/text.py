"""Normal forms in which texts are compared, and the one gate by which foreign text is made safe to show."""

import unicodedata
from collections.abc import Iterable
from datetime import date

from reconciler.core.pattern import pattern

SHOWN_LIMIT = 120
"""Characters of quoted foreign text in a message."""

COMMAND = pattern(r"##(?=\w*\[)")
"""What a runner of CI takes for the beginning of a command, wherever it stands in a line (H38)."""

_DAY = pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_IGNORED = pattern(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0e\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
"""Characters of other categories that show as nothing: fillers, joiners, selectors, tags. U+FE0F only colours an emoji."""


def normal(text: str) -> str:
    """NFC, LF, outer white space trimmed: the form in which captions and prefixes are compared."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def same_text(one: str | None, other: str | None) -> bool:
    """Are two texts equal in their normal form?"""
    return one == other or (one is not None and other is not None and normal(one) == normal(other))


def visible(text: str, *, keep_newlines: bool = False) -> str:
    """The text with every control, format and surrogate character spelled out, as `<U+202E>` or `\\n`.

    For output that is no markup: terminal, CI log, error message. It can move no cursor, start no CI
    command line and hide nothing.
    """
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_SPELLED_BUT_NEWLINES if keep_newlines else _SPELLED)


def shown(text: str, limit: int = SHOWN_LIMIT) -> str:
    """Foreign text for a message: visible, on one line, cut at `limit` characters with an ellipsis."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return visible(cut)


def quoted(text: str, limit: int = SHOWN_LIMIT) -> str:
    """`shown`, in double quotes."""
    return f'"{shown(text, limit)}"'


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 image`, `2 images`, `2 datasets`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def calendar_day(text: str) -> date | None:
    """The day that is written as 2027-01-31. None if the text is no day, or one in another notation."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def in_words(words: Iterable[str], joint: str) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *first, last = words
    return f"{', '.join(first)} {joint} {last}" if first else last


class _Spelling(dict[int, str]):
    """How each character is shown; a character is judged once, for reports judge millions."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        spelled = _NAMED.get(char, char)
        if spelled == char and (unicodedata.category(char) in _INVISIBLE or _IGNORED.match(char)):
            spelled = f"<U+{code:04X}>"
        self[code] = spelled
        return spelled


_SPELLED = _Spelling()
_SPELLED_BUT_NEWLINES = _Spelling({ord("\n"): "\n"})
