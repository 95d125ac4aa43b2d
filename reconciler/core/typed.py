"""Values made of plain JSON by their types: what a person or the API wrote becomes a value, or the first misfit is told.

A type is a value class upon `Typed`. The annotation of a field says what may stand there: text, a number, a truth value, a closed set
of words, a list or a mapping of these, another such type, or None; a `Key` beside it has the bounds. Nothing is converted, but for a whole
number where a fraction may stand.

This runs in every start and for every manifest and live object. So no library is needed for it, and how a type is read is worked out
when its first value is made.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, field, replace
from operator import ge, gt, le, lt
from types import NoneType, UnionType
from typing import Annotated, ClassVar, Literal, TypeVar, Union, get_args, get_origin

from reconciler.core.strictjson import Value
from reconciler.core.value import dataclass, fields_of

Reader = Callable[[object], object]
"""Makes of a plain value what its type says; Misfit if it is something else."""

Schema = Mapping[str, Value]

_T = TypeVar("_T", bound="Typed")
_R = TypeVar("_R")


class Misfit(ValueError):
    """The first value that does not fit, in a few words that quote nothing of it, and the steps to it."""

    def __init__(self, what: str, *steps: str | int) -> None:
        """Say what is wrong, and where."""
        super().__init__(what)
        self.what = what
        self.steps = steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What is said of a field beside its type: for readers of the JSON Schema, and its bounds."""

    description: str = ""
    name: str = ""
    """How the key is written, where that is no name of a field."""
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    is_finite: bool = False
    min_length: int | None = None
    max_length: int | None = None
    """Of a list."""
    before: Reader | None = None
    """Sees the value before its type does. Its ValueError says in a few words what is wrong."""
    reader: Reader | None = None
    """Reads the value in place of its type: what it gives is of the type, or it raises Misfit."""
    schema: Schema | Callable[[dict[str, Value]], None] | None = None
    """What the JSON Schema says more; for editors, the types do not ask for it."""
    whole_schema: Schema | None = None
    """What the JSON Schema says instead."""

    @property
    def limits(self) -> bool:
        """Does it ask more of a value than its type?"""
        limits = (self.ge, self.gt, self.le, self.lt, self.min_length, self.max_length, self.before, self.reader)
        return self.is_finite or any(limit is not None for limit in limits)

    __eq__ = object.__eq__
    __hash__ = object.__hash__


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What is made of a mapping: its keys are the fields of the type."""

    ignores_others: ClassVar[bool] = False
    """May the mapping hold other keys?"""

    written: frozenset[str] = field(default=frozenset(), repr=False)
    """The fields that the mapping held; all others have their defaults."""


def by_type(function: Callable[[type[_T]], _R]) -> Callable[[type[_T]], _R]:
    """A function of a type that is called once for each."""
    known: dict[type[_T], _R] = {}

    def remembered(model: type[_T]) -> _R:
        if model not in known:
            known[model] = function(model)
        return known[model]

    return remembered


def read(model: type[_T], value: object) -> _T:
    """A plain value as this type; Misfit says what does not fit first."""
    made: _T = _record(model)(value)  # type: ignore[assignment]  # it makes values of this type
    return made


def changed(value: _T, **changes: object) -> _T:
    """A value with other fields, as if they had been written so."""
    return replace(value, written=value.written | changes.keys(), **changes)


@by_type
def keys_of(model: type[Typed]) -> Mapping[str, tuple[str, object]]:
    """The keys of a type as they are written: the name of the field of each, and what may stand there."""
    own = ((name, annotation) for name, annotation, _ in fields_of(model) if name != "written")
    return {key_of(annotation).name or name: (name, annotation) for name, annotation in own}


def names_of(model: type[Typed]) -> frozenset[str]:
    """The fields of a type that can be written."""
    return frozenset(name for name, _ in keys_of(model).values())


def key_of(annotation: object) -> Key:
    """What is said of a field beside its type."""
    found = (one for one in get_args(annotation)[1:] if isinstance(one, Key))
    return next(found, _PLAIN) if get_origin(annotation) is Annotated else _PLAIN


def bare(annotation: object) -> object:
    """What may stand in a field, without what is said beside it."""
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def is_union(annotation: object) -> bool:
    """Is it one type or another?"""
    return get_origin(annotation) in {Union, UnionType}


_PLAIN = Key()
_SHAPES = 1_000
"""Shapes of one type that are remembered: sets of keys in their order. People and the API write few."""


@by_type
def _record(model: type[Typed]) -> Reader:
    """Makes values of a type from mappings.

    Which keys a mapping has is looked at as a whole: nearly all objects of a tree, or of an answer, have the same.
    """
    shapes: dict[tuple[object, ...], _Shape] = {}
    new, put = object.__new__, object.__setattr__

    def record(value: object) -> object:
        if type(value) is not dict:
            raise Misfit("is no object")
        keys = tuple(value)
        shape = shapes.get(keys)
        if shape is None:
            shape = _shape(model, keys)
            if len(shapes) < _SHAPES:
                shapes[keys] = shape
        made = new(model)
        key = ""
        try:
            for key, name, is_plain, reader in shape.given:
                item = value[key]
                put(made, name, item if type(item) in is_plain else reader(item))
        except Misfit as misfit:
            misfit.steps = (key, *misfit.steps)
            raise
        for name, default in shape.others:
            put(made, name, default)
        return made

    return record


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """Which keys a mapping has: what each of them becomes, and what the other fields are."""

    given: tuple[tuple[str, str, frozenset[type], Reader], ...]
    """The key, the field, types of values that fit as they are, and what reads all others."""
    others: tuple[tuple[str, object], ...]


def _shape(model: type[Typed], keys: tuple[object, ...]) -> _Shape:
    """Misfit if a key is unknown or missing."""
    readers, defaults = _readers(model), _defaults(model)
    unknown = next((key for key in keys if key not in readers), None)
    if unknown is not None and not model.ignores_others:
        raise Misfit("is unknown", str(unknown))
    given = tuple((key, *reader) for key, reader in readers.items() if key in keys)
    written = frozenset(name for _, name, _, _ in given)
    missing = next((key for key, (name, _, _) in readers.items() if name not in written | defaults.keys()), None)
    if missing is not None:
        raise Misfit("is missing", missing)
    others = [(name, default) for name, default in defaults.items() if name not in written]
    return _Shape(given=given, others=(*others, ("written", _WRITTEN.setdefault(written, written))))


_WRITTEN: dict[frozenset[str], frozenset[str]] = {}
"""Each set of written fields, once."""


@by_type
def _readers(model: type[Typed]) -> Mapping[str, tuple[str, frozenset[type], Reader]]:
    return {key: (name, _plain_types(kind), reader_of(kind)) for key, (name, kind) in keys_of(model).items()}


def _plain_types(annotation: object) -> frozenset[type]:
    """The types of values that are sound by their type alone."""
    if isinstance(annotation, type):
        return frozenset({annotation} & _PLAINS.keys() - {object})
    if get_origin(annotation) is Annotated and not any(
        isinstance(one, Key) and one.limits for one in get_args(annotation)
    ):
        return _plain_types(get_args(annotation)[0])
    if annotation != Value and is_union(annotation):
        return frozenset({NoneType}).union(*map(_plain_types, get_args(annotation)))
    return frozenset()


@by_type
def _defaults(model: type[Typed]) -> Mapping[str, object]:
    told = ((name, default) for name, _, default in fields_of(model) if name != "written")
    return {name: default for name, default in told if default is not MISSING}


def reader_of(annotation: object) -> Reader:
    """How what stands in a field is read."""
    plain = _PLAINS.get(annotation) if isinstance(annotation, type) else None
    if plain is not None:
        return plain
    if annotation == Value:
        return _json
    if isinstance(annotation, type) and issubclass(annotation, Typed):
        return _later(annotation)
    below = get_args(annotation)
    match get_origin(annotation):
        case _Names.ANNOTATED:
            return _bounded(reader_of(below[0]), below[1:])
        case _Names.LITERAL:
            return _word(frozenset(below))
        case _Names.LIST:
            return _list(reader_of(below[0]))
        case _Names.DICT if below[0] is str:
            return _mapping(reader_of(below[1]))
    members = [member for member in below if member is not NoneType]
    if not is_union(annotation) or len(members) != 1 or len(below) != 2:
        raise TypeError(f"{annotation} cannot be read")
    return _optional(reader_of(members[0]))


class _Names:
    """Origins of annotations, as patterns need them."""

    ANNOTATED: ClassVar[object] = Annotated
    LITERAL: ClassVar[object] = Literal
    LIST: ClassVar[object] = list
    DICT: ClassVar[object] = dict


def _later(model: type[Typed]) -> Reader:
    """Reads a type below another one; how, is worked out when the first is there."""

    def nested(value: object) -> object:
        return _record(model)(value)

    return nested


def _text(value: object) -> object:
    if type(value) is not str:
        raise Misfit("is no text")
    return value


def _whole(value: object) -> object:
    if type(value) is not int:
        raise Misfit("is no whole number")
    return value


def _number(value: object) -> object:
    if type(value) is int:
        try:
            return float(value)
        except OverflowError:
            raise Misfit("is too large") from None
    if type(value) is not float:
        raise Misfit("is no number")
    return value


def _truth(value: object) -> object:
    if type(value) is not bool:
        raise Misfit("is not true or false")
    return value


def _any(value: object) -> object:
    return value


_PLAINS: Mapping[type, Reader] = {str: _text, int: _whole, float: _number, bool: _truth, object: _any}


def _json(value: object) -> object:
    """Whatever JSON can hold."""
    if type(value) is dict:
        for key, item in value.items():
            _text(key)
            _json(item)
    elif type(value) is list:
        for item in value:
            _json(item)
    elif value is not None and type(value) not in _PLAINS:
        raise Misfit("is nothing that JSON can hold")
    return value


def _word(words: frozenset[object]) -> Reader:
    def word(value: object) -> object:
        if type(value) is not str or value not in words:
            raise Misfit("is another word")
        return value

    return word


def _optional(reader: Reader) -> Reader:
    def optional(value: object) -> object:
        return None if value is None else reader(value)

    return optional


def _list(reader: Reader) -> Reader:
    def items(value: object) -> object:
        if type(value) is not list:
            raise Misfit("is no list")
        made: list[object] = []
        try:
            for item in value:
                made.append(reader(item))  # noqa: PERF401 - a misfit is told with its place
        except Misfit as misfit:
            misfit.steps = (len(made), *misfit.steps)
            raise
        return made

    return items


def _mapping(reader: Reader) -> Reader:
    def mapping(value: object) -> object:
        if type(value) is not dict:
            raise Misfit("is no object")
        made: dict[object, object] = {}
        key: object = ""
        try:
            for key, item in value.items():
                made[_text(key)] = reader(item)
        except Misfit as misfit:
            misfit.steps = (str(key), *misfit.steps)
            raise
        return made

    return mapping


def _bounded(reader: Reader, said: tuple[object, ...]) -> Reader:
    """The same within the bounds of its keys, the last of which is the outermost."""
    for key in said:
        if not isinstance(key, Key):
            continue
        bounds = [(compare, getattr(key, name)) for name, compare in _COMPARED.items()]
        bounds = [(compare, bound) for compare, bound in bounds if bound is not None]
        if bounds or key.is_finite:
            reader = _number_within(reader, bounds, is_finite=key.is_finite)
        if key.min_length is not None or key.max_length is not None:
            reader = _lengths(reader, key.min_length or 0, key.max_length or math.inf)
        if key.reader is not None:
            reader = key.reader
        if key.before is not None:
            reader = _first(key.before, reader)
    return reader


_COMPARED: Mapping[str, Callable[[float, float], bool]] = {"ge": ge, "gt": gt, "le": le, "lt": lt}


def _number_within(
    reader: Reader, bounds: Sequence[tuple[Callable[[float, float], bool], float]], *, is_finite: bool
) -> Reader:
    def number(value: object) -> object:
        found = reader(value)
        if found is None:
            return None
        assert isinstance(found, int | float)
        if is_finite and not math.isfinite(found):
            raise Misfit("is no finite number")
        for compare, bound in bounds:
            if not compare(found, bound):
                raise Misfit("is out of range")
        return found

    return number


def _lengths(reader: Reader, low: int, high: float) -> Reader:
    def items(value: object) -> object:
        found = reader(value)
        if isinstance(found, list) and not low <= len(found) <= high:
            raise Misfit("has another number of items")
        return found

    return items


def _first(before: Reader, reader: Reader) -> Reader:
    def first(value: object) -> object:
        try:
            seen = before(value)
        except ValueError as error:
            raise Misfit(str(error)) from None
        return reader(seen)

    return first
