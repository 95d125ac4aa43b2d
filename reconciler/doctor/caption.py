"""The doctor's rules about captions: whether they continue the prefix and tell what differs."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from reconciler.core.problem import Location
from reconciler.core.text import normal, quoted, shown
from reconciler.doctor.finding import Caption, Finding, found
from reconciler.doctor.words import is_latin, joined, phrases, words

FEW_WORDS, MANY_WORDS = 3, 60
ENOUGH = 5
"""Captions from which it means something that all say the same."""

NEARLY_ALL = 0.8

_STOPS = (".", "!", "?", "…", "。", "\uff01", "\uff1f", "।")
_QUOTES = "\"'\u201d\u2019\u00bb)"
_SUBJECT = re.compile(
    r"(?:she|he|it|they|we|you|this|these|there)\b"
    r"|(?:an?|the|this)\s+(?:[\w-]+\s+)?"
    r"(?:photo|photograph|picture|image|illustration|drawing|painting|portrait|render|rendering)\s+(?:of|showing|shows)\b",
    re.IGNORECASE,
)


def judge_captions(captions: Sequence[Caption], prefix: str, name: str | None, place: Location) -> Iterator[Finding]:
    """What declared captions say; `name` is what the character is called, `place` where the manifest names the source."""
    start = normal(prefix)
    told = phrases(start)
    for caption in captions:
        if caption.text and not (start and caption.text.startswith(start)):
            yield from _judge_form(caption, name)
            yield from _judge_repetition(caption, told)
    yield from _judge_sameness(captions)
    yield from _judge_constancy(captions, told, place)


def _judge_form(caption: Caption, name: str | None) -> Iterator[Finding]:
    text = caption.text
    if is_mangled(text):
        yield _about(caption, "caption-mojibake", "letters of this caption were mangled")
    if is_latin(text):
        number = len(words(text))
        if number < FEW_WORDS:
            yield _about(caption, "caption-brief", "this caption has only one or two words")
        if number > MANY_WORDS:
            yield _about(caption, "caption-wordy", f"this caption has more than {MANY_WORDS} words", f"{number} words.")
    if begins_anew(text, name):
        yield _about(caption, "caption-subject", "this caption begins anew instead of continuing the prefix")
    elif begins_with_capital(text, name):
        yield _about(caption, "caption-start", "this caption begins with a capital")
    if not text.rstrip(_QUOTES).endswith(_STOPS):
        yield _about(caption, "caption-end", "this caption does not end with a full stop")


def begins_anew(text: str, name: str | None) -> bool:
    """Does it begin with a subject of its own: a pronoun, the character's name, or "a photo of"?"""
    if _SUBJECT.match(text):
        return True
    folded = words(name or "")
    return bool(folded) and words(text[: len(name or "") + 40])[: len(folded)] == folded


def begins_with_capital(text: str, name: str | None) -> bool:
    """Does it begin like a sentence? Abbreviations (LED) and the words of the name are capitals anyway."""
    first = text.split(maxsplit=1)[0]
    letters = "".join(char for char in first if char.isalpha())
    if not letters[:1].isupper() or (len(letters) > 1 and letters.isupper()):
        return False
    return letters != "I" and letters.casefold() not in words(name or "")


def is_mangled(text: str) -> bool:
    """Is it UTF-8 that was read as another encoding, or does it hold the mark of a lost letter?"""
    if "\ufffd" in text:
        return True
    if text.isascii():
        return False
    try:
        return text.encode("cp1252").decode("utf-8") != text
    except UnicodeError:
        return False


def _judge_repetition(caption: Caption, told: set[tuple[str, ...]]) -> Iterator[Finding]:
    if again := joined(phrases(caption.text) & told, caption.text):
        detail = f"The prefix says {quoted(again[0], 60)} already."
        yield _about(caption, "caption-repeats", "this caption says again what the prefix says", detail)


def _judge_sameness(captions: Sequence[Caption]) -> Iterator[Finding]:
    first: dict[str, Caption] = {}
    for caption in captions:
        other = first.setdefault(caption.text.casefold(), caption)
        if other is not caption and caption.text:
            detail = f"{quoted(caption.text, 60)}, as for {shown(other.image, 60)}."
            yield _about(caption, "caption-same", "another image has this very caption", detail)


def _judge_constancy(captions: Sequence[Caption], told: set[tuple[str, ...]], place: Location) -> Iterator[Finding]:
    texts = {caption.text for caption in captions if caption.text}
    if len(texts) < ENOUGH:
        return
    uses = Counter(phrase for text in texts for phrase in phrases(text))
    constant = {phrase for phrase, number in uses.items() if number >= NEARLY_ALL * len(texts)} - told
    if constant:
        model = next(text for text in sorted(texts) if phrases(text) & constant)
        said = " … ".join(joined(constant, model))
        number = sum(bool(phrases(text) & constant) for text in texts)
        detail = f"{quoted(said)} stands in {number} of {len(texts)}."
        yield found("caption-constant", place, "nearly every caption says the same", detail)


def _about(caption: Caption, rule: str, summary: str, detail: str = "") -> Finding:
    return found(rule, caption.location, summary, detail or quoted_caption(caption.text), images=[caption.image])


def quoted_caption(text: str) -> str:
    """A caption as the detail of a finding."""
    return quoted(text, 80)
