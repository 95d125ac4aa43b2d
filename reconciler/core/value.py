"""`dataclass` for values (frozen), in which nothing is worked out before it is needed.

The standard decorator looks at each field of a class, writes six functions for it, and compiles them while the module is imported. That was
half of the time in which a command starts, and of most classes a run makes no value. Here a class gets its slots at once. What its
fields are is found when somebody asks, `__init__` is compiled where more than a few values are built, and comparison, order, hash and
text are shared functions. The fields and `replace` are the standard ones, and so is what a value does.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from operator import attrgetter, ge, gt, le, lt
from types import FunctionType
from typing import TYPE_CHECKING, ClassVar, Never, TypeVar

T = TypeVar("T")
Field = dataclasses.Field[object]


def value_class(
    *, frozen: bool = False, slots: bool = False, kw_only: bool = False, order: bool = False, eq: bool = True
) -> Callable[[type[T]], type[T]]:
    """What `dataclasses.dataclass` makes of the same options. Only values gain; the standard decorator makes all others."""
    if not (frozen and eq):
        return dataclasses.dataclass(frozen=frozen, slots=slots, kw_only=kw_only, order=order, eq=eq)

    def decorate(cls: type[T]) -> type[T]:
        given = dict(vars(cls))
        annotations = given.get("__annotations__", {})
        own = [name for name, of in annotations.items() if not _is_no_field(of)]
        home = _Home()
        members = _members(home, slots=slots, order=order)
        members |= {name: member for name, member in given.items() if member is not None or name not in members}
        defaults = {name: members.pop(name) for name in own if name in members}
        members["__dataclass_fields__"] = fields = _Fields(home, annotations, defaults, kw_only=kw_only)
        made = _with_slots(cls, members, own) if slots else _without_slots(cls, given, members, defaults)
        home.cls = made
        _FIELDS[made] = fields
        return made

    return decorate


def replace(value: T, **changes: object) -> T:
    """What `dataclasses.replace` makes of a value of ours, in half the time: for what is done for each of thousands of objects."""
    names, content = _handed_over(type(value))  # type: ignore[arg-type]  # classes can be looked up
    found = dict(zip(names, content(value), strict=True))
    found.update(changes)
    return type(value)(**found)


@cache
def _handed_over(cls: type[object]) -> tuple[tuple[str, ...], Callable[[object], Iterable[object]]]:
    """The fields that are given where a value is made, and what reads all of them at once."""
    names = tuple(name for name, (each, *_) in _parts(cls).items() if each.init)
    return names, content_of(names)


class _Home:
    """Where something belongs: a class that is not made yet."""

    cls: type[object]


def _is_no_field(annotation: object) -> bool:
    return (
        annotation is dataclasses.KW_ONLY
        or annotation is ClassVar
        or getattr(annotation, "__origin__", None) is ClassVar
    )


def _with_slots(cls: type[T], members: dict[str, object], own: list[str]) -> type[T]:
    """A class cannot get slots once it is there, so it is made anew."""
    held = {name for base in cls.__mro__[1:] for name in vars(base).get("__slots__", ())}
    members.pop("__dict__", None)
    members.pop("__weakref__", None)
    members["__slots__"] = tuple(name for name in own if name not in held)
    members["__qualname__"] = cls.__qualname__
    made: type[T] = type(cls)(cls.__name__, cls.__bases__, members)  # type: ignore[misc]
    return made


def _without_slots(
    cls: type[T], given: Mapping[str, object], members: Mapping[str, object], defaults: Mapping[str, object]
) -> type[T]:
    """The same class. A default is one of its attributes, as it is with the standard decorator."""
    for name, member in members.items():
        if given.get(name) is not member:
            setattr(cls, name, member)
    for name, default in defaults.items():
        if isinstance(default, dataclasses.Field):
            delattr(cls, name)
            if default.default is not dataclasses.MISSING:
                setattr(cls, name, default.default)
    return cls


class _Fields:
    """What `dataclasses` knows of the fields of a class, found when it is asked for."""

    def __init__(
        self, home: _Home, annotations: Mapping[str, object], defaults: Mapping[str, object], *, kw_only: bool
    ) -> None:
        self._home = home
        self._annotations = annotations
        self._defaults = defaults
        self._kw_only = kw_only

    @property
    def parts(self) -> Mapping[str, "_Part"]:
        """What `__init__` and comparison ask for, which is found in a tenth of the time."""
        found: dict[str, _Part] = {}
        by_name = self._kw_only
        for name, annotation in self._annotations.items():
            by_name = by_name or annotation is dataclasses.KW_ONLY
            if not _is_no_field(annotation):
                given = self._defaults.get(name, dataclasses.MISSING)
                field: object = given if isinstance(given, dataclasses.Field) else dataclasses.field(default=given)
                assert isinstance(field, dataclasses.Field)
                is_by_name = by_name if field.kw_only is dataclasses.MISSING else bool(field.kw_only)
                found[name] = field, is_by_name, annotation
        return found

    def __get__(self, _value: object, _owner: type[object]) -> Mapping[str, Field]:
        cls = self._home.cls
        found: dict[str, Field] = {}
        for base in reversed(cls.__mro__[1:]):
            found |= getattr(base, "__dataclass_fields__", {})
        # Where there is no docstring, the standard decorator would compose one of a signature, which takes long.
        like = {"__annotations__": self._annotations, "__module__": cls.__module__, "__doc__": "none", **self._defaults}
        decorator = dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=self._kw_only)
        found |= decorator(type(cls.__name__, (), like)).__dataclass_fields__  # type: ignore[attr-defined]
        setattr(cls, "__dataclass_fields__", found)  # noqa: B010 - a type checker refuses to assign to it
        return found


_Part = tuple[Field, bool, object]
"""A field, whether it is given by name, and its annotation."""
_FIELDS: dict[type[object], _Fields] = {}
"""Of each value class."""


def fields_of(cls: type[object]) -> list[tuple[str, object, object]]:
    """The name, the annotation and the default of each field (MISSING if it has none), without all else that a field has."""
    return [(name, annotation, each.default) for name, (each, _, annotation) in _parts(cls).items()]


def _parts(cls: type[object]) -> Mapping[str, _Part]:
    """The fields of a class by name, as `dataclasses.fields` has them in the end."""
    found: dict[str, _Part] = {}
    for base in reversed(cls.__mro__):
        if base in _FIELDS:
            found |= _FIELDS[base].parts
        elif "__dataclass_fields__" in vars(base):  # made by the standard decorator
            found |= {each.name: (each, bool(each.kw_only), each.type) for each in _fields(base)}
    return found


class _Places:
    """The fields that a pattern may give by place."""

    def __get__(self, _value: object, owner: type[object]) -> tuple[str, ...]:
        return tuple(each.name for each in _fields(owner) if each.init and not each.kw_only)


def _members(home: _Home, *, slots: bool, order: bool) -> dict[str, object]:
    """What a value class gets beside its fields. What the class says itself counts more."""
    members = dict(_SHARED)
    members["__init__"] = _first_init(home)
    for name, make in _MADE.items():
        members[name] = _on_first_call(home, name, make)
    for name in _COMPARISONS if order else ():
        members[name] = _on_first_call(home, name, partial(_ordered, name))
    return members | _STORED if slots else members


def _on_first_call(home: _Home, name: str, make: Callable[[type[object]], FunctionType]) -> object:
    """A method that is made when it is called for the first time, and puts what was made in its own place."""

    def first(self: object, *given: object, **named: object) -> object:
        real = make(home.cls)
        setattr(home.cls, name, real)
        return real(self, *given, **named)

    return first


def _first_init(home: _Home) -> object:
    """An `__init__` for the first values of a class. Then the compiled one takes its place: to compile takes as long as many values."""
    parts: list[tuple[str, Field, bool]] = []
    left = _BEFORE_COMPILED

    def first(self: object, *given: object, **named: object) -> None:
        nonlocal left
        if not parts:
            parts.extend((name, each, by_name) for name, (each, by_name, _) in _parts(home.cls).items() if each.init)
        left -= 1
        if left >= 0 and (values := _arguments(parts, given, named)) is not None:
            for name, value in values.items():
                object.__setattr__(self, name, value)
            if hasattr(home.cls, "__post_init__"):
                self.__post_init__()  # type: ignore[attr-defined]  # it has one
            return
        real = _compiled_init(home.cls)
        setattr(home.cls, "__init__", real)  # noqa: B010 - a type checker refuses to assign to it
        real(self, *given, **named)

    return first


_BEFORE_COMPILED = 8
"""Values of a class that are made without a compiled `__init__`. Of most classes, a small run makes no more."""


def _arguments(
    parts: list[tuple[str, Field, bool]], given: tuple[object, ...], named: dict[str, object]
) -> dict[str, object] | None:
    """The values of all fields. None where an argument is missing or too many: the compiled `__init__` says what is wrong."""
    by_place = [name for name, _, is_by_name in parts if not is_by_name]
    told = dict(zip(by_place, given, strict=False)) | named
    if len(given) > len(by_place) or len(told) < len(given) + len(named):
        return None
    values: dict[str, object] = {}
    for name, each, _ in parts:
        if name in told:
            values[name] = told[name]
        elif each.default is not dataclasses.MISSING:
            values[name] = each.default
        elif each.default_factory is not dataclasses.MISSING:
            values[name] = each.default_factory()
        else:
            return None
    return values if told.keys() <= values.keys() else None


def _fields(cls: type[object]) -> tuple[Field, ...]:
    return dataclasses.fields(cls)  # type: ignore[arg-type]  # the decorator made it one


def _compared(cls: type[object]) -> Callable[[object], object]:
    """What of a value is compared."""
    return content_of([name for name, (each, *_) in _parts(cls).items() if each.compare])


def _equality(cls: type[object]) -> FunctionType:
    compared = _compared(cls)

    def __eq__(self: object, other: object) -> bool:  # noqa: N807 - errors tell this name
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    assert isinstance(__eq__, FunctionType)
    return __eq__


def _hash(cls: type[object]) -> FunctionType:
    compared = _compared(cls)

    def __hash__(self: object) -> int:  # noqa: N807
        return hash(compared(self))

    assert isinstance(__hash__, FunctionType)
    return __hash__


def _ordered(name: str, cls: type[object]) -> FunctionType:
    """What compares two values of one class by their fields, in order."""
    compared, compare = _compared(cls), _COMPARISONS[name]

    def ordered(self: object, other: object) -> object:
        return compare(compared(self), compared(other)) if other.__class__ is self.__class__ else NotImplemented

    ordered.__name__ = name
    assert isinstance(ordered, FunctionType)
    return ordered


def _compiled_init(cls: type[object]) -> FunctionType:
    """Sets the fields in their order, past the guard that refuses to set them, and calls `__post_init__`."""
    known: dict[str, object] = {"_set": object.__setattr__, "_missing": dataclasses.MISSING}
    by_place: list[str] = []
    by_name: list[str] = []
    body: list[str] = []
    for name, (each, is_by_name, _) in _parts(cls).items():
        if not each.init:
            continue
        parameter = value = name
        if each.default is not dataclasses.MISSING:
            known[f"_default_{name}"] = each.default
            parameter += f"=_default_{name}"
        elif each.default_factory is not dataclasses.MISSING:
            known[f"_new_{name}"] = each.default_factory
            parameter += "=_missing"
            value = f"_new_{name}() if {name} is _missing else {name}"
        (by_name if is_by_name else by_place).append(parameter)
        body.append(f" _set(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    parameters = ", ".join(["self", *by_place, *(["*", *by_name] if by_name else [])])
    exec(f"def __init__({parameters}):\n" + "\n".join(body or [" pass"]), known)  # noqa: S102 - names of fields only
    made = known["__init__"]
    assert isinstance(made, FunctionType)
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def content_of(names: Sequence[str]) -> Callable[[object], tuple[object, ...]]:
    """What reads the values of these fields all at once."""
    if not names:
        return lambda _: ()
    read = attrgetter(*names)
    return read if len(names) > 1 else lambda self: (read(self),)


def _text(self: object) -> str:
    shown = (f"{each.name}={getattr(self, each.name)!r}" for each in _fields(type(self)) if each.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse_setting(_self: object, name: str, _value: object) -> Never:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deleting(_self: object, name: str) -> Never:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: object) -> list[object]:
    return [getattr(self, each.name) for each in _fields(type(self))]


def _restore(self: object, state: list[object]) -> None:
    for each, value in zip(_fields(type(self)), state, strict=True):
        object.__setattr__(self, each.name, value)


def _params() -> object:
    """What tells the standard decorator that a class is frozen. Said by itself, it would compile two functions for it."""

    @dataclasses.dataclass(init=False, repr=False, eq=False)
    class Like:
        """None."""

    params: object = vars(Like)["__dataclass_params__"]
    setattr(params, "frozen", True)  # noqa: B010 - a type checker knows no such attribute
    return params


_COMPARISONS: dict[str, Callable[[object, object], object]] = {
    "__lt__": lt, "__le__": le, "__gt__": gt, "__ge__": ge  # type: ignore[dict-item]  # tuples of what the fields hold
}  # fmt: skip
_MADE: dict[str, Callable[[type[object]], FunctionType]] = {
    "__eq__": _equality, "__hash__": _hash
}  # fmt: skip
_SHARED: dict[str, object] = {
    "__repr__": _text,
    "__setattr__": _refuse_setting,
    "__delattr__": _refuse_deleting,
    "__match_args__": _Places(),
    "__dataclass_params__": _params(),
}
_STORED: dict[str, object] = {"__getstate__": _state, "__setstate__": _restore}
"""How values without a `__dict__` are stored."""

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - a type checker knows this one, and checks by it
else:
    dataclass = value_class
