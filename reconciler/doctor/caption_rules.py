"""The doctor's rules about texts of the prefix family: does the prefix name the subject, do captions continue it and say what differs?

Words are compared without knowing the language.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from reconciler.core.manifest.spec import ProjectSpec
from reconciler.core.problem import Location
from reconciler.core.text import count, normal, quoted, shown
from reconciler.doctor.finding import DeclaredCaption, Finding, breach

FEW_WORDS, MANY_WORDS = 3, 60
ENOUGH = 5
"""Captions that are needed before it means something that all say the same."""

NEARLY_ALL = 0.8

DESCRIBED = ("defined_character", "object_variants")
"""Values of `ip_type` for which a description is required. Bria writes it into the prefix."""

PHRASE = 3
"""Words in a row that are no accident when they are repeated."""

Phrase = tuple[str, ...]

_STOPS = (".", "!", "?", "…", "。", "\uff01", "\uff1f", "।")
_QUOTES = "\"'\u201d\u2019\u00bb)"
_OWN_SUBJECT = re.compile(
    r"(?:she|he|it|they|we|you|this|these|there)\b"
    r"|(?:an?|the|this)\s+(?:[\w-]+\s+)?"
    r"(?:photo|photograph|picture|image|illustration|drawing|painting|portrait|render|rendering)\s+(?:of|showing|shows)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_CLAUSE = re.compile(r"[.,;:!?()\n]")
_SHORT = 2
"""Letters of a word that says little by itself, in any language."""

_FUNCTION_WORDS = frozenset(
    [
        "and",
        "are",
        "but",
        "for",
        "from",
        "has",
        "have",
        "her",
        "him",
        "his",
        "into",
        "its",
        "nor",
        "not",
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
        "those",
        "under",
        "was",
        "were",
        "who",
        "with",
        "you",
        "your",
    ]
)
"""English words that say little by themselves. English is the language of the captions that Bria writes."""


def judge_prefix(prefix: str, project: ProjectSpec | None, place: Location) -> Iterator[Finding]:
    """Findings about a prefix and its project; none if there is no prefix."""
    text = normal(prefix)
    if not text:
        return
    if project is not None:
        yield from _judge_subject(text, project, place)
    if text.endswith((".", "!", "?", "。")):
        yield breach("prefix-end", place, "the prefix ends a sentence that captions continue", f"{quoted(text[-40:])}.")


def judge_captions(
    captions: Sequence[DeclaredCaption], prefix: str, name: str | None, place: Location
) -> Iterator[Finding]:
    """Findings about declared captions. `name` is the character's, `place` is where the manifest names their source."""
    start = normal(prefix)
    prefix_phrases = phrases(start)
    said = {caption.text: phrases(caption.text) for caption in captions if caption.text}
    for caption in captions:
        if caption.text and not (start and caption.text.startswith(start)):
            yield from _judge_form(caption, name)
            yield from _judge_repetition(caption, said[caption.text] & prefix_phrases)
    yield from judge_sameness(captions, str.casefold)
    yield from _judge_constancy(said, prefix_phrases, place)


def judge_sameness(captions: Sequence[DeclaredCaption], form: Callable[[str], str]) -> Iterator[Finding]:
    """Findings about captions that another image has too; `form` is the same of captions that say the same."""
    first: dict[str, DeclaredCaption] = {}
    for caption in captions:
        other = first.setdefault(form(caption.text), caption)
        if other is not caption and caption.text:
            detail = f"{quoted(caption.text, 60)}, as for {shown(other.image, 60)}."
            yield breach_in(caption, "caption-same", "another image has this very caption", detail)


def breach_in(caption: DeclaredCaption, rule: str, summary: str, detail: str = "") -> Finding:
    """A finding about one caption, which it quotes where there is nothing else to say."""
    return breach(rule, caption.location, summary, detail or quoted_caption(caption.text), images=[caption.image])


def begins_with_own_subject(text: str, name: str | None) -> bool:
    """Does it begin with a pronoun, the character's name, or "a photo of", instead of continuing the prefix?"""
    if _OWN_SUBJECT.match(text):
        return True
    name_words = words(name or "")
    return bool(name_words) and words(text[: len(name or "") + 40])[: len(name_words)] == name_words


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


def quoted_caption(text: str) -> str:
    """A caption as the detail of a finding."""
    return quoted(text, 80)


def words(text: str) -> list[str]:
    """The words, casefolded. A hyphen separates words."""
    return [found[0].casefold() for found in _WORD.finditer(text)]


def has_letter_case(text: str) -> bool:
    """Is it in a script with capitals, such as Latin or Cyrillic? Those put blanks between words."""
    letters = [char for char in text if char.isalpha()]
    return bool(letters) and sum(char.islower() or char.isupper() for char in letters) > len(letters) / 2


def missing_words(wanted: str, text: str) -> list[str]:
    """The words in `wanted` that say something and that `text` does not hold, in order."""
    present = set(words(text))
    return [word for word in dict.fromkeys(words(wanted)) if says_something(word) and word not in present]


def says_something(word: str) -> bool:
    """Does a word say something by itself? A word of another script always does."""
    return not word.isascii() or (len(word) > _SHORT and word not in _FUNCTION_WORDS)


def phrases(text: str) -> set[Phrase]:
    """All runs of three words within one clause in which two or more words say something."""
    found = set()
    for clause in _CLAUSE.split(text):
        run = words(clause)
        for start in range(len(run) - PHRASE + 1):
            phrase = tuple(run[start : start + PHRASE])
            if sum(map(says_something, phrase)) >= 2:
                found.add(phrase)
    return found


def longest_runs(wanted: Iterable[Phrase], text: str) -> list[str]:
    """The longest runs of words in `text` that consist of the wanted phrases. Phrases that overlap make one run."""
    phrases_wanted = set(wanted)
    found = []
    for clause in _CLAUSE.split(text):
        found += _runs(words(clause), phrases_wanted)
    return found


def _judge_subject(text: str, project: ProjectSpec, place: Location) -> Iterator[Finding]:
    name = normal(project.ip_name or "")
    if project.ip_type == "defined_character" and not set(words(name)) <= set(words(text)):
        detail = f"{quoted(name)} (ip_name) is not in it."
        yield breach("prefix-name", place, "the prefix does not hold the character's name", detail)
    missing = missing_words(project.ip_description or "", text) if project.ip_type in DESCRIBED else []
    if missing:
        listed = ", ".join(quoted(word, 40) for word in missing)
        summary = f"the prefix lacks {count(len(missing), 'word')} of ip_description"
        yield breach("prefix-description", place, summary, f"{listed}.")


def _judge_form(caption: DeclaredCaption, name: str | None) -> Iterator[Finding]:
    text = caption.text
    if is_mangled(text):
        yield breach_in(caption, "caption-mojibake", "letters of this caption were mangled")
    if has_letter_case(text):
        number = len(words(text))
        if number < FEW_WORDS:
            yield breach_in(caption, "caption-brief", "this caption has only one or two words")
        if number > MANY_WORDS:
            summary = f"this caption has more than {MANY_WORDS} words"
            yield breach_in(caption, "caption-wordy", summary, f"{number} words.")
    if begins_with_own_subject(text, name):
        yield breach_in(caption, "caption-subject", "this caption begins anew instead of continuing the prefix")
    elif begins_with_capital(text, name):
        yield breach_in(caption, "caption-start", "this caption begins with a capital")
    if not text.rstrip(_QUOTES).endswith(_STOPS):
        yield breach_in(caption, "caption-end", "this caption does not end with a full stop")


def _judge_repetition(caption: DeclaredCaption, shared: set[Phrase]) -> Iterator[Finding]:
    if shared and (repeated := longest_runs(shared, caption.text)):
        detail = f"The prefix says {quoted(repeated[0], 60)} already."
        yield breach_in(caption, "caption-repeats", "this caption says again what the prefix says", detail)


def _judge_constancy(
    said: Mapping[str, set[Phrase]], prefix_phrases: set[Phrase], place: Location
) -> Iterator[Finding]:
    """`said` holds the phrases of each caption.

    Equal captions count once: they have a finding of their own, and would make any of their words look constant.
    """
    if len(said) < ENOUGH:
        return
    uses = Counter(phrase for own in said.values() for phrase in own)
    constant = {phrase for phrase, number in uses.items() if number >= NEARLY_ALL * len(said)} - prefix_phrases
    if constant:
        example = next(text for text in sorted(said) if said[text] & constant)
        runs = " … ".join(longest_runs(constant, example))
        number = sum(bool(own & constant) for own in said.values())
        detail = f"{quoted(runs)} stands in {number} of {len(said)}."
        yield breach("caption-constant", place, "nearly every caption says the same", detail)


def _runs(clause: Sequence[str], wanted: set[Phrase]) -> list[str]:
    """The runs of words in one clause that consist of wanted phrases, where neighbours overlap or touch."""
    starts = [i for i in range(len(clause) - PHRASE + 1) if tuple(clause[i : i + PHRASE]) in wanted]
    if not starts:
        return []
    cuts = [0, *(i + 1 for i, (before, after) in enumerate(pairwise(starts)) if after >= before + PHRASE), len(starts)]
    return [" ".join(clause[starts[low] : starts[high - 1] + PHRASE]) for low, high in pairwise(cuts)]
