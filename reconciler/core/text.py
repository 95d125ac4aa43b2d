"""Normal forms in which texts are compared, and the one gate by which foreign text is made safe to show."""

import unicodedata

SHOWN_LIMIT = 120
"""Characters of quoted foreign text in a message."""

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def normal(text: str) -> str:
    """NFC, LF, outer white space trimmed: the form in which captions and prefixes are compared."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def visible(text: str, *, keep_newlines: bool = False) -> str:
    """The text with every control, format and surrogate character spelled out, as `<U+202E>` or `\\n`.

    For output that is no markup: terminal, CI log, error message. It can move no cursor, start no CI
    command line and hide nothing.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_spelled(char, keep_newlines) for char in text)


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


def _spelled(char: str, keep_newlines: bool) -> str:
    if char == "\n" and keep_newlines:
        return char
    if char in _NAMED:
        return _NAMED[char]
    if unicodedata.category(char) in _INVISIBLE or _is_variation(char):
        return f"<U+{ord(char):04X}>"
    return char


def _is_variation(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0e" or "\U000e0100" <= char <= "\U000e01ef"
