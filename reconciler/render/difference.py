"""Two texts as one, word by word: which words stay, which go, which come."""

import json
import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property

from reconciler.core.change import FieldChange, Scalar
from reconciler.core.diff.field import field_changes
from reconciler.core.guide import canonical_json
from reconciler.core.strictjson import BadJson, loads
from reconciler.core.value import dataclass

_WORD_LIMIT = 400
"""Words of a text that are compared one by one; the comparison takes the square of their number."""
_TEXT_LIMIT = 4000
"""Characters of one text that are shown; no longer text is compared word by word."""


class Fate(StrEnum):
    """What becomes of some words."""

    SAME = "same"
    GONE = "gone"
    COME = "come"
    UNKNOWN = "unknown"
    """Words of ours, in place of a text that nobody knows yet."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a text."""

    text: str
    fate: Fate = Fate.SAME


Pieces = tuple[Piece, ...]


@dataclass(frozen=True)
class Wording:
    """A text before and after; None is no text at all."""

    before: str | None
    after: str | None

    @cached_property
    def fields(self) -> tuple[FieldChange, ...]:
        """What differs by path, where both texts are JSON objects; empty where they are not."""
        before, after = _document(self.before), _document(self.after)
        return () if before is None or after is None else field_changes(before, after)

    @cached_property
    def pieces(self) -> Pieces:
        """What stays, goes and comes, in reading order. If words do not tell, all of the text before, then all of the one after."""
        if self.fields:
            return field_pieces(self.fields)
        if not self.before or not self.after:
            gone = whole(self.before, Fate.GONE) if self.before else ()
            return gone + (whole(self.after, Fate.COME) if self.after else ())
        if self.before == self.after:
            return whole(self.after)
        if self.is_long or self.differs_in_blanks:
            return whole(self.before, Fate.GONE) + whole(self.after, Fate.COME)
        return tuple(_by_word(words(self.before), words(self.after)))

    @property
    def is_long(self) -> bool:
        """Is a text too long to compare word by word?"""
        texts = [text for text in (self.before, self.after) if text]
        return any(len(text) > _TEXT_LIMIT or len(words(text)) > _WORD_LIMIT for text in texts)

    @property
    def differs_in_blanks(self) -> bool:
        """Are the words the same, so that only white space differs?"""
        return words(self.before or "") == words(self.after or "")


def _document(text: str | None) -> Mapping[str, object] | None:
    """The JSON object in a text, in the form in which documents are compared; None where it is none."""
    if text is None or not text.lstrip().startswith("{"):
        return None
    try:
        document = loads(canonical_json(text))
    except BadJson:
        return None
    return document if isinstance(document, dict) else None


def field_pieces(fields: Iterable[FieldChange]) -> Pieces:
    """Changes by path: each path, then its value before and after in one."""
    found: list[Piece] = []
    for field in fields:
        pair = Wording(_value(field.before), _value(field.after))
        found += [Piece(f"{'· ' if found else ''}{field.path}:"), *pair.pieces]
    return tuple(found)


def _value(value: Scalar) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def whole(text: str, fate: Fate = Fate.SAME) -> Pieces:
    """A text in one piece, cut where it is far longer than a person reads."""
    return (Piece(text if len(text) <= _TEXT_LIMIT else f"{text[: _TEXT_LIMIT - 1]}…", fate),)


def words(text: str) -> list[str]:
    """The words of a text, without the white space between them."""
    return [word for word in re.split(r"\s+", text) if word]


def _by_word(old: list[str], new: list[str]) -> list[Piece]:
    found: list[Piece] = []
    # Without `autojunk=False` words that come up often in a long text would not be matched at all.
    for tag, left, right, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece(" ".join(new[start:end])))
            continue
        if left < right:
            found.append(Piece(" ".join(old[left:right]), Fate.GONE))
        if start < end:
            found.append(Piece(" ".join(new[start:end]), Fate.COME))
    return found
