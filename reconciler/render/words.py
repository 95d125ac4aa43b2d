"""Small phrases: sizes, durations, versions, and two texts shown as one with the words that differ marked."""

from reconciler.core.guide import Guide
from reconciler.core.pattern import pattern
from reconciler.core.ref import Ref
from reconciler.core.strictjson import BadJson, loads
from reconciler.core.text import count
from reconciler.render.address import unsigned
from reconciler.render.difference import Fate, Piece, Wording, words
from reconciler.render.view import Role, Span, Text, joined, say

_CONTEXT = 6
"""Unchanged words kept on each side of a change where the text between is long."""
_TEXT_LIMIT = 160
SIMULATED = " (simulated)"
"""Behind a duration that a simulated clock measured: a person waits for none of it."""

FINGERPRINT_SHOWN = 7
"""Characters of a fingerprint that people see and copy, as git shows a commit."""


def megabytes(size: int) -> str:
    """`4.1 MB`, `812 kB`, `90 bytes`: decimal units, as a file manager shows them."""
    if size >= 999_950_000:
        return f"{size / 1e9:,.1f} GB"
    if size >= 999_950:
        return f"{size / 1e6:.1f} MB"
    return f"{size / 1e3:.0f} kB" if size >= 1000 else f"{size} bytes"


def duration(seconds: float, *, is_simulated: bool = False) -> str:
    """`58 s`, `4 minutes`, `1 h 20 min`: as exact as a person needs; `58 s (simulated)` where the clock is simulated."""
    if is_simulated:
        return f"{duration(seconds)}{SIMULATED}"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} minutes"
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} hours"


def declared(*, projects: int, datasets: int, images: int, models: int) -> str:
    """`1 project, 1 dataset (24 images), 1 model`; what there is none of is left out."""
    parts = [
        count(projects, "project") if projects else "",
        f"{count(datasets, 'dataset')} ({count(images, 'image')})" if datasets else "",
        count(models, "model") if models else "",
    ]
    return ", ".join(filter(None, parts)) or "nothing is declared"


def short(fingerprint: str) -> str:
    """`a51be07`."""
    return fingerprint[:FINGERPRINT_SHOWN]


def abridged(text: str, limit: int = _TEXT_LIMIT) -> str:
    """The text, cut with an ellipsis at `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def quoted_text(text: str, limit: int = _TEXT_LIMIT) -> Text:
    """A foreign text in double quotes, its addresses without query. The printer makes it safe.

    A JSON document stands by itself: it has its own brackets, and quotes around its quotes would be hard to read.
    """
    shown = abridged(unsigned(text), limit)
    return (Span(shown if _is_document(text) else f'"{shown}"'),)


def _is_document(text: str) -> bool:
    """Is a text a JSON object or list?"""
    if not text.startswith(("{", "[")):
        return False
    try:
        loads(text)
    except BadJson:
        return False
    return True


def guide_text(guide: Guide) -> Text:
    """What guides captions: a prefix in quotes, a schema as the JSON that it is."""
    if guide.family == "prefix":
        return quoted_text(guide.line)
    return say(abridged(unsigned(guide.line)))


_FIRST_WORD = pattern(r"[a-z]+(?=[ ,:]|$)")


def capitalised(text: str) -> str:
    """A sentence with a capital letter, unless it begins with a name or a key: `dataset/x`, `ip_name`."""
    return text if _FIRST_WORD.match(text) is None else text[0].upper() + text[1:]


def sentence(ref: Ref | None, text: str) -> str:
    """A fact as a sentence that names its object."""
    subject = "" if ref is None or str(ref) in text else f"{ref}: "
    return f"{subject}{text}" + ("" if text.endswith((".", "?", ":")) else ".")


def digest_words(digest: str) -> str:
    """The first eight characters of a digest, as people compare them: `5f2c 91aa`."""
    bare = digest.rpartition(":")[2]
    return f"{bare[:4]} {bare[4:8]}"


def difference(wording: Wording) -> Text:
    """Both texts as one: `a [-girl-] {+female character+} with purple hair`; addresses are without query."""
    before, after = wording.before or "", wording.after or ""
    if wording.is_long and not wording.fields:
        gone, come = abridged(unsigned(before)), abridged(unsigned(after))
        return (Span(f"[-{gone}-]", Role.GONE), Span(" "), Span(f"{{+{come}+}}", Role.COME))
    if wording.differs_in_blanks:
        return (*quoted_text(after), Span(f" (only white space differs from {len(before):,} characters before)"))
    last = len(wording.pieces) - 1
    return joined(
        (_piece(piece, is_first=place == 0, is_last=place == last) for place, piece in enumerate(wording.pieces)), " "
    )


def _piece(piece: Piece, *, is_first: bool, is_last: bool) -> Text:
    text = unsigned(" ".join(words(piece.text)))
    match piece.fate:
        case Fate.GONE:
            return say(f"[-{text}-]", Role.GONE)
        case Fate.COME:
            return say(f"{{+{text}+}}", Role.COME)
        case _:
            return say(unsigned(_shortened(words(piece.text), is_first=is_first, is_last=is_last)))


def _shortened(same: list[str], *, is_first: bool, is_last: bool) -> str:
    """The words around a change, all of them where they are few."""
    if len(same) <= 3 * _CONTEXT:
        return " ".join(same)
    head = [] if is_first else same[:_CONTEXT]
    tail = [] if is_last else same[-_CONTEXT:]
    return " ".join([*head, "…", *tail])
