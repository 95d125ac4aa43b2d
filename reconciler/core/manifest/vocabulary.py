"""The words that a kind of document knows: its keys, its closed sets of values, and words that are not taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args, get_origin

from reconciler.core.manifest.spec import Strict


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What one kind of document is called, and its words that are known but not taken."""

    title: str
    rule: str
    model: type[Strict]
    later_keys: frozenset[tuple[str, ...]] = frozenset()
    later_words: frozenset[tuple[str, ...]] = frozenset()
    """Steps and, last, the value."""
    remedies: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    """What to write instead of a key."""
    texts: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    """What to write instead of a number, where the values of a mapping are text; the steps are the mapping's."""


def keys_at(model: type[Strict], steps: Sequence[str | int]) -> tuple[str, ...]:
    """The keys that may stand below these steps; none where anything may."""
    return tuple(_fields(_type_at(model, steps)))


def words_at(model: type[Strict], steps: Sequence[str | int]) -> tuple[str, ...]:
    """The values that may stand at these steps, where they are a closed set of words."""
    return tuple(word for word in get_args(_type_at(model, steps)) if isinstance(word, str))


def _type_at(model: type[Strict], steps: Sequence[str | int]) -> object:
    found: object = model
    for step in steps:
        is_list = get_origin(found) is list
        found = get_args(found)[0] if is_list else _without_none(_fields(found).get(str(step)))
    return found


def _fields(found: object) -> dict[str, object]:
    """The type of each key, as it is written in a document."""
    if not (isinstance(found, type) and issubclass(found, Strict)):
        return {}
    return {info.alias or name: info.annotation for name, info in found.model_fields.items()}


def _without_none(annotation: object) -> object:
    """`Images | None` as `Images`."""
    members = [member for member in get_args(annotation) if member is not type(None)]
    is_optional = type(None) in get_args(annotation)
    return members[0] if is_optional and len(members) == 1 else annotation
