"""Small phrases: sizes, durations, and two texts shown as one with the words that differ marked."""

import re
from difflib import SequenceMatcher
from itertools import pairwise

from reconciler.render.address import unsigned
from reconciler.render.view import Role, Span, Text

_WORD_LIMIT = 400
"""Words of a text that are compared one by one; a longer one is shown as before and after."""
_CONTEXT = 6
"""Unchanged words kept on each side of a change where the text between is long."""
_TEXT_LIMIT = 160


def megabytes(size: int) -> str:
    """`4.1 MB`, `812 kB`, `90 bytes`: decimal units, as a file manager shows them."""
    if size >= 999_950_000:
        return f"{size / 1e9:,.1f} GB"
    if size >= 999_950:
        return f"{size / 1e6:.1f} MB"
    return f"{size / 1e3:.0f} kB" if size >= 1000 else f"{size} bytes"


def duration(seconds: float) -> str:
    """`58 s`, `4 minutes`, `1 h 20 min`: as exact as a person needs."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} minutes"
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} hours"


def abridged(text: str, limit: int = _TEXT_LIMIT) -> str:
    """The text, cut with an ellipsis at `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def quoted_text(text: str, limit: int = _TEXT_LIMIT) -> Text:
    """A foreign text in double quotes, its addresses without query; made safe by whoever prints it."""
    return (Span(f'"{abridged(unsigned(text), limit)}"'),)


def difference(before: str, after: str) -> Text:
    """Both texts as one: `a [-girl-] {+female character+} with purple hair`; addresses are without query."""
    old, new = _split(before), _split(after)
    if max(len(old), len(new)) > _WORD_LIMIT:
        before, after = abridged(unsigned(before)), abridged(unsigned(after))
        return (Span(f"[-{before}-]", Role.GONE), Span(" "), Span(f"{{+{after}+}}", Role.COME))
    if old == new:
        return _only_blanks_differ(before, after)
    spans: list[Span] = []
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for position, (tag, left, right, start, end) in enumerate(codes):
        if tag == "equal":
            words = _shortened(new[start:end], position == 0, position == len(codes) - 1)
            spans.append(Span(unsigned(words)))
            continue
        if left < right:
            spans.append(Span(f"[-{unsigned(' '.join(old[left:right]))}-]", Role.GONE))
        if start < end:
            spans.append(Span(f"{{+{unsigned(' '.join(new[start:end]))}+}}", Role.COME))
    return _spaced(spans)


def _split(text: str) -> list[str]:
    return [word for word in re.split(r"\s+", text) if word]


def _only_blanks_differ(before: str, after: str) -> Text:
    return (*quoted_text(after), Span(f" (only white space differs from {len(before):,} characters before)"))


def _shortened(words: list[str], is_first: bool, is_last: bool) -> str:
    """The words around a change, all of them where they are few."""
    if len(words) <= 3 * _CONTEXT:
        return " ".join(words)
    head = [] if is_first else words[:_CONTEXT]
    tail = [] if is_last else words[-_CONTEXT:]
    return " ".join([*head, "…", *tail])


def _spaced(spans: list[Span]) -> Text:
    result = spans[:1]
    for _, right in pairwise(spans):
        result.extend((Span(" "), right))
    return tuple(result)
