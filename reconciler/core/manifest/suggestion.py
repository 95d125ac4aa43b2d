"""What a person may have meant by a word that is not known."""

from collections.abc import Iterable

from reconciler.core.ref import Ref
from reconciler.core.text import in_words, quoted


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like this one, without regard to case and separators. None if none is like it."""
    import difflib

    folded = {_fold(candidate): candidate for candidate in known}
    found = difflib.get_close_matches(_fold(word[:80]), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A remedy: the nearest word, or all words if they are few, or nothing."""
    words = list(known)
    guess = nearest(word, words)
    if guess is not None:
        return f"Did you mean {quoted(guess)}?"
    return f"Known here: {', '.join(words)}." if words and len(words) <= LISTED else ""


def nearest_ref(ref: Ref, known: Iterable[Ref]) -> Ref | None:
    """The object that was meant: of the same name and another kind, or of the same kind and a name like this one."""
    refs = list(known)
    for other in refs:
        if other.name == ref.name and other.kind is not ref.kind:
            return other
    name = nearest(ref.name, (other.name for other in refs if other.kind is ref.kind))
    return None if name is None else Ref(ref.kind, name)


def one_of(words: Iterable[str]) -> str:
    """`"a", "b" or "c"`."""
    return in_words(map(quoted, words), "or")


LISTED = 12
"""The most known words that a message lists."""


def _fold(word: str) -> str:
    return word.casefold().replace("-", "_").replace(" ", "_")
