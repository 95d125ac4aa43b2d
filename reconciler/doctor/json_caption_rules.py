"""The doctor's rules about captions that are JSON documents. Those about sentences are in `caption_rules`."""

from collections.abc import Iterator, Sequence

from reconciler.core.guide import canonical_json
from reconciler.core.strictjson import BadJson, Value, loads
from reconciler.doctor.caption_rules import FEW_WORDS, breach_in, has_letter_case, is_mangled, judge_sameness, words
from reconciler.doctor.finding import DeclaredCaption, Finding


def judge_json_captions(captions: Sequence[DeclaredCaption]) -> Iterator[Finding]:
    """Findings about declared captions under a schema. One that is no JSON has a problem of its own."""
    sound = [(caption, texts) for caption in captions if (texts := _texts_of(caption)) is not None]
    for caption, texts in sound:
        if any(is_mangled(text) for text in texts):
            yield breach_in(caption, "caption-mojibake", "letters of this caption were mangled")
        said = " ".join(texts)
        if has_letter_case(said) and len(words(said)) < FEW_WORDS:
            yield breach_in(caption, "caption-brief", "this caption has only one or two words")
    yield from judge_sameness([caption for caption, _ in sound], canonical_json)


def _texts_of(caption: DeclaredCaption) -> list[str] | None:
    try:
        value = loads(caption.text)
    except BadJson:
        return None
    return list(_texts(value)) if isinstance(value, dict) else None


def _texts(value: Value) -> Iterator[str]:
    """Every text that stands as a value; keys are the schema's."""
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _texts(item)
        case dict():
            for item in value.values():
                yield from _texts(item)
        case _:
            return
