"""Words of captions and prefixes, as far as they can be judged without knowing the language."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

PHRASE = 3
"""Words from which a repetition is no accident."""

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_CLAUSE = re.compile(r"[.,;:!?()\n]")
_SHORT = 2
"""Letters of a word that says little by itself, in any language."""

_SMALL = frozenset(
    {
        *("and", "are", "but", "for", "from", "has", "have", "her", "him", "his", "into", "its", "nor", "not"),
        *(
            "off",
            "onto",
            "our",
            "out",
            "over",
            "that",
            "the",
            "their",
            "them",
            "then",
            "there",
            "these",
            "they",
            "this",
        ),
        *("those", "under", "was", "were", "who", "with", "you", "your"),
    }
)
"""The same in English, the language of captions that Bria writes."""


def words(text: str) -> list[str]:
    """The words, folded; hyphens part them."""
    return [found[0].casefold() for found in _WORD.finditer(text)]


def is_latin(text: str) -> bool:
    """Is it written in a script in which blanks part the words, and most letters have a case?"""
    letters = [char for char in text if char.isalpha()]
    return bool(letters) and sum(char.islower() or char.isupper() for char in letters) > len(letters) / 2


def missing(wanted: str, text: str) -> list[str]:
    """Words of some weight in `wanted` that `text` does not hold, in order."""
    present = set(words(text))
    return [word for word in dict.fromkeys(words(wanted)) if is_weighty(word) and word not in present]


def is_weighty(word: str) -> bool:
    """Does a word say something by itself? Words of other scripts always do."""
    return not word.isascii() or (len(word) > _SHORT and word not in _SMALL)


def phrases(text: str) -> set[tuple[str, ...]]:
    """All runs of three words within one clause, of which two or more say something."""
    found = set()
    for clause in _CLAUSE.split(text):
        run = words(clause)
        for start in range(len(run) - PHRASE + 1):
            phrase = tuple(run[start : start + PHRASE])
            if sum(map(is_weighty, phrase)) >= 2:
                found.add(phrase)
    return found


def joined(run: Iterable[tuple[str, ...]], text: str) -> list[str]:
    """Phrases that overlap in `text`, as the longest runs of words that they cover."""
    wanted = set(run)
    said = []
    for clause in _CLAUSE.split(text):
        said += _runs(words(clause), wanted)
    return said


def _runs(clause: Sequence[str], wanted: set[tuple[str, ...]]) -> list[str]:
    starts = [i for i in range(len(clause) - PHRASE + 1) if tuple(clause[i : i + PHRASE]) in wanted]
    if not starts:
        return []
    cuts = [0, *(i + 1 for i, (before, after) in enumerate(pairwise(starts)) if after >= before + PHRASE), len(starts)]
    return [" ".join(clause[starts[low] : starts[high - 1] + PHRASE]) for low, high in pairwise(cuts)]
