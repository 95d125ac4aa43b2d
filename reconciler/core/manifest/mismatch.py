"""Values that do not fit their types, told as Problems at the right key or value, in words for people.

A vocabulary holds the words that one kind of document knows: its keys, its closed sets of values, and words that are
known but not taken.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import get_args, get_origin

from reconciler.core.manifest.document import Document
from reconciler.core.manifest.strict import Mismatch, Strict
from reconciler.core.manifest.suggestion import did_you_mean, nearest, one_of
from reconciler.core.problem import Location, Problem
from reconciler.core.strictjson import Value
from reconciler.core.text import quoted, shown
from reconciler.core.typed import bare, keys_of
from reconciler.core.value import dataclass

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "too_short": "a list with at least one item",
}
_YES_NO = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What one kind of document is called, and which of its words are known but not taken by this release."""

    title: str
    rule: str
    model: type[Strict]
    later_keys: frozenset[tuple[str, ...]] = frozenset()
    later_words: frozenset[tuple[str, ...]] = frozenset()
    """The steps to a value, and the value itself as the last of them."""
    remedies: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    """What to write instead of a key."""
    texts: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    """What to write instead of a number in a mapping whose values are text, by the last steps to the mapping."""
    examples: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    """How keys with values are written where something else stands."""


def problems_of(document: Document, found: Iterable[Mismatch], words: Vocabulary) -> list[Problem]:
    """All mismatches and all keys without a value, as Problems."""
    found = tuple(found)
    empty = {steps: _no_value(document, steps, words) for steps in _nulls(document.value)}
    misspelt = {_meant(mismatch, words) for mismatch in found if mismatch.kind == "extra_forbidden"}
    return [
        *empty.values(),
        *(
            _problem(document, mismatch, words)
            for mismatch in found
            if mismatch.steps not in empty and not (mismatch.kind == "missing" and mismatch.steps in misspelt)
        ),
    ]


def _meant(found: Mismatch, words: Vocabulary) -> tuple[str | int, ...] | None:
    """The place of the key that was meant by an unknown one. That it is missing there follows from the mistake."""
    key, above = str(found.steps[-1]), found.steps[:-1]
    home = _home(key, words.model)
    if home is not None:
        return home
    guess = nearest(key, keys_at(words.model, above))
    return None if guess is None else (*above, guess)


def _nulls(value: Value, steps: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in _nulls(item, (*steps, key))]
    if isinstance(value, list):
        return [found for index, item in enumerate(value) for found in _nulls(item, (*steps, index))]
    return [steps] if value is None else []


def _no_value(document: Document, steps: Sequence[str | int], words: Vocabulary) -> Problem:
    what = "" if isinstance(steps[-1], str) else "an item of "
    return Problem(
        rule=f"{words.rule}-value-missing",
        location=document.at_key(*steps),
        summary=f"{what}{_name(steps)} has no value",
        remedy='Write a value after the colon, or remove the line; "" is an empty text.',
    )


def _problem(document: Document, found: Mismatch, words: Vocabulary) -> Problem:
    match found.kind:
        case "extra_forbidden":
            return _unknown_key(document, found, words)
        case "missing":
            return _missing_key(document, found, words)
        case "literal_error":
            return _unknown_word(document, found, words)
        case _:
            return _misfit(document, found, words)


def _misfit(document: Document, found: Mismatch, words: Vocabulary) -> Problem:
    value = _value_at(document.value, found.steps)
    expected = _EXPECTED.get(found.kind)
    item = "an item of " if isinstance(found.steps[-1], int) else ""
    return Problem(
        rule=f"{words.rule}-{'type' if found.kind.endswith('_type') or found.kind == 'int_from_float' else 'value'}",
        location=document.at(*found.steps),
        summary=f"{item}{_name(found.steps)} must be {expected or _in_range(found)}",
        detail=f"Found {_described(value)}.",
        remedy=_retype(found, value, words),
    )


def _unknown_key(document: Document, found: Mismatch, words: Vocabulary) -> Problem:
    key, steps = str(found.steps[-1]), tuple(str(step) for step in found.steps)
    location = document.at_key(*found.steps)
    if steps in words.later_keys:
        return later(words.rule, location, f"{quoted(key)} in {words.title}")
    named = tuple(step for step in found.steps if isinstance(step, str))  # without the numbers of items
    remedy = words.remedies.get(named)
    known = keys_at(words.model, steps[:-1])
    return Problem(
        rule=f"{words.rule}-key",
        location=location,
        summary=f"unknown key {quoted(key, 60)} in {_place(words.title, steps[:-1])}",
        remedy=remedy or _better_key(key, known, words.model),
    )


def _better_key(key: str, known: Sequence[str], model: type[Strict]) -> str:
    """The key that was meant: the same key at another place, or one like it at this place."""
    home = _home(key, model)
    if home is not None:
        return f"It belongs to {quoted('.'.join(home[:-1]) or 'the top')}."
    return did_you_mean(key, known)


def _home(key: str, model: type[Strict]) -> tuple[str, ...] | None:
    """The first place where a key of this name may stand; None if it may stand nowhere."""
    return next((steps for steps in all_keys(model) if steps[-1] == key), None)


def all_keys(model: type[Strict], steps: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The steps to every key that such a document may have, apart from those that a person names."""
    found = []
    for key in keys_at(model, steps):
        found += [(*steps, key), *all_keys(model, (*steps, key))]
    return found


def _missing_key(document: Document, found: Mismatch, words: Vocabulary) -> Problem:
    steps = tuple(str(step) for step in found.steps)
    choices = words_at(words.model, steps)
    return Problem(
        rule=f"{words.rule}-key-missing",
        location=document.at_key(*found.steps[:-1]),
        summary=f"{quoted(steps[-1])} is missing in {_place(words.title, steps[:-1])}",
        remedy=f"Add it: {one_of(choices)}." if choices else "Add it.",
    )


def _unknown_word(document: Document, found: Mismatch, words: Vocabulary) -> Problem:
    value = _value_at(document.value, found.steps)
    steps = tuple(str(step) for step in found.steps)
    location = document.at(*found.steps)
    if (*steps, str(value)) in words.later_words:
        return later(words.rule, location, f"{_name(found.steps)} {quoted(str(value))}")
    choices = words_at(words.model, steps)
    guess = nearest(value if isinstance(value, str) else str(value), choices)
    return Problem(
        rule=f"{words.rule}-value",
        location=location,
        summary=f"{_name(found.steps)} cannot be {_described(value)}",
        detail=f"It is {one_of(choices)}.",
        remedy=f"Did you mean {quoted(guess)}?" if guess else "",
    )


def later(rule: str, location: Location, what: str) -> Problem:
    """A key or value of a later release."""
    return Problem(
        rule=f"{rule}-later",
        location=location,
        summary=f"{what} is not known to this release yet",
        remedy="Remove it, or use a later release of reconciler.",
    )


def _in_range(found: Mismatch) -> str:
    """The types' own words for a value out of range: `greater than or equal to 1`."""
    if found.kind == "too_long":
        return f"a list with {found.message.partition(' should have ')[2].partition(' after ')[0]}"
    return shown(found.message.partition(" should ")[2].removeprefix("be ").removeprefix("have ") or "another value")


def _retype(found: Mismatch, value: Value, words: Vocabulary) -> str:
    kind = found.kind
    if kind in {"model_type", "dict_type"}:
        return words.examples.get(tuple(str(step) for step in found.steps), "")
    if kind == "string_type" and isinstance(value, bool | int | float):
        home = tuple(str(step) for step in found.steps[:-1])
        texts = (text for steps, text in words.texts.items() if home[-len(steps) :] == steps)
        return next(texts, "Put it into quotes.")
    if kind == "bool_type" and isinstance(value, str) and value.casefold() in _YES_NO:
        return "Write true or false, without quotes."
    if kind in {"int_type", "float_type"} and isinstance(value, str):
        return "Write the number without quotes."
    if kind == "list_type" and isinstance(value, str):
        return f"Write it as a list: [{quoted(value, 40)}]."
    return ""


def _described(value: Value) -> str:
    """A value in a message."""
    match value:
        case dict():
            return "keys with values"
        case list():
            return "a list" if value else "an empty list"
        case str():
            return f"the text {quoted(value, 60)}"
        case bool():
            return str(value).lower()
        case _:
            return f"the number {value}"


def _value_at(value: Value, steps: Sequence[str | int]) -> Value:
    for step in steps:
        value = value[step] if isinstance(value, dict | list) else None  # type: ignore[index]
    return value


def _name(steps: Sequence[str | int]) -> str:
    named = [str(step) for step in steps if isinstance(step, str)]
    return quoted(named[-1], 60) if named else "this"


def _place(title: str, steps: Sequence[str]) -> str:
    """`Dataset`, or `images of Dataset` further down."""
    below = ".".join(step for step in steps if step != "spec" and not step.isdigit())
    return f"{below} of {title}" if below else title


def keys_at(model: type[Strict], steps: Sequence[str | int]) -> tuple[str, ...]:
    """The keys that may stand below these steps; empty if any key may."""
    return tuple(_fields(_type_at(model, steps)))


def words_at(model: type[Strict], steps: Sequence[str | int]) -> tuple[str, ...]:
    """The values that may stand at these steps, if they are a closed set of words."""
    return tuple(word for word in get_args(_type_at(model, steps)) if isinstance(word, str))


def _type_at(model: type[Strict], steps: Sequence[str | int]) -> object:
    found: object = model
    for step in steps:
        holds_alike = get_origin(found) in (list, dict)
        found = get_args(found)[-1] if holds_alike else _fields(found).get(str(step))
        found = _without_none(bare(found))
    return found


def _fields(found: object) -> dict[str, object]:
    """The type of each key, as it is written in a document."""
    if not (isinstance(found, type) and issubclass(found, Strict)):
        return {}
    return {key: annotation for key, (_, annotation) in keys_of(found).items()}


def _without_none(annotation: object) -> object:
    """`Images | None` as `Images`."""
    members = [member for member in get_args(annotation) if member is not type(None)]
    is_optional = type(None) in get_args(annotation)
    return bare(members[0]) if is_optional and len(members) == 1 else annotation
