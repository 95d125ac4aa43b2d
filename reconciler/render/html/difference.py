"""Two texts as one, word by word, in full: a reviewer reads every word of a caption."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORD_LIMIT = 400
"""Words of a text that are compared one by one; longer ones are shown one after the other."""
_TEXT_LIMIT = 4000
"""Characters of one text that are shown."""


class Fate(StrEnum):
    """What becomes of some words; also the class of the element that shows them."""

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


def whole(text: str, fate: Fate = Fate.SAME) -> Pieces:
    """A text in one piece, cut where it is far longer than a person reads."""
    return (Piece(text if len(text) <= _TEXT_LIMIT else f"{text[: _TEXT_LIMIT - 1]}…", fate),)


def difference(before: str | None, after: str | None) -> Pieces:
    """What goes and what comes; None is no text at all."""
    if not before or not after:
        gone = whole(before, Fate.GONE) if before else ()
        return gone + (whole(after, Fate.COME) if after else ())
    old, new = _words(before), _words(after)
    if max(len(old), len(new)) > _WORD_LIMIT or max(len(before), len(after)) > _TEXT_LIMIT or old == new:
        return whole(before, Fate.GONE) + whole(after, Fate.COME) if before != after else whole(after)
    found: list[Piece] = []
    for tag, left, right, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece(" ".join(new[start:end])))
            continue
        if left < right:
            found.append(Piece(" ".join(old[left:right]), Fate.GONE))
        if start < end:
            found.append(Piece(" ".join(new[start:end]), Fate.COME))
    return tuple(found)


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"\s+", text) if word]
