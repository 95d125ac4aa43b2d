"""What texts that people write into manifests and captions may hold."""

import re
from collections.abc import Iterator
from functools import cache

from reconciler.core.pattern import pattern
from reconciler.core.problem import Location, Problem, Severity
from reconciler.core.text import normal, quoted, visible

CAPTION_LIMIT = 5_000
"""The most characters that a caption or prefix may have."""

NAME_LIMIT = 200
"""The most characters that a name on the live side may have; longer ones are refused here."""

NAME_ADVISED = 64
"""Characters up to which a live name is known to be safe (U76)."""

_CONTROL = pattern("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@cache
def _hidden() -> re.Pattern[str]:
    """Letters that nobody sees; all are beyond ASCII. A pattern of so many takes as long to compile as a module to import."""
    return re.compile(
        "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufff0-\ufff8\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0e\ufeff\U000e0000-\U000e0fff]"
        "|(?<![\u2190-\U000e0000])\u200d"
    )


def is_plain(text: str) -> bool:
    """Is it certain that nothing is wrong with a text? Then nobody needs to know where it stands."""
    return text.isascii() and len(text) <= CAPTION_LIMIT and _CONTROL.search(text) is None


def judge_text(text: str, location: Location, what: str, rule: str) -> Iterator[Problem]:
    """What is wrong with a caption or prefix, apart from what it says."""
    text = text.replace("\r\n", "\n")
    if (found := _CONTROL.search(text)) is not None:
        yield Problem(
            rule=f"{rule}-control",
            location=location,
            summary=f"{what} holds a control character",
            detail=f"{visible(found[0])} at character {found.start() + 1:,}.",
            remedy="Remove it; it cannot be seen, and would reach the model.",
        )
    if not text.isascii() and (found := _hidden().search(text)) is not None:
        yield Problem(
            rule=f"{rule}-hidden",
            location=location,
            summary=f"{what} holds an invisible character",
            detail=f"{visible(found[0])} at character {found.start() + 1:,}.",
            remedy="Remove it, unless the language needs it.",
            severity=Severity.WARNING,
        )
    if len(text) > CAPTION_LIMIT:
        yield Problem(
            rule=f"{rule}-long",
            location=location,
            summary=f"{what} is too long",
            detail=f"{len(text):,} characters; at most {CAPTION_LIMIT:,} are taken.",
            remedy="Shorten it to a sentence or two.",
        )


def judge_name(text: str, location: Location, key: str) -> Iterator[Problem]:
    """What is wrong with a name that is shown on one line."""
    bad = next((char for char in text if visible(char) != char or char in "[]"), None)
    if bad is not None:
        yield Problem(
            rule="text-name",
            location=location,
            summary=f"{quoted(key)} holds a character that a name may not hold",
            detail=f"Found {visible(bad)} in {quoted(text, 60)}.",
            remedy="Remove it.",
        )
    if not normal(text):
        yield Problem(rule="text-empty", location=location, summary=f"{quoted(key)} is empty", remedy="Write a name.")
    if len(text) > NAME_LIMIT:
        yield Problem(
            rule="text-long",
            location=location,
            summary=f"{quoted(key)} is too long",
            detail=f"{len(text):,} characters; at most {NAME_LIMIT} are taken.",
            remedy="Shorten it.",
        )


def judge_words(text: str | None, location: Location, key: str, advised: int) -> Iterator[Problem]:
    """A warning if a text has more words than documented. It is no error, since Bria's own examples have more."""
    words = len((text or "").split())
    if words > advised:
        yield Problem(
            rule="text-words",
            location=location,
            summary=f"{quoted(key)} is longer than Bria advises",
            detail=f"{words} words; the documentation asks for at most {advised}.",
            remedy="Shorten it if you can.",
            severity=Severity.WARNING,
        )
