"""`dataclass` for values (frozen), in which nothing is compiled before it is needed.

The standard decorator writes six functions for each class and compiles them while the module is imported. That was a third of the
time in which a command starts, and most of these functions are never called in a run. Here comparison, order, hash and text are shared
functions, and `__init__` is compiled when the first value of a class is built. The fields, the slots and `replace` are the
standard ones, and so is what a value does.
"""

import dataclasses
from collections.abc import Callable, Iterable
from functools import cache
from operator import attrgetter, ge, gt, le, lt
from types import FunctionType
from typing import TYPE_CHECKING, Never, TypeVar

T = TypeVar("T")
Field = dataclasses.Field[object]


def value_class(
    *, frozen: bool = False, slots: bool = False, kw_only: bool = False, order: bool = False, eq: bool = True
) -> Callable[[type[T]], type[T]]:
    """What `dataclasses.dataclass` makes of the same options. Only values gain; the standard decorator makes all others."""
    if not (frozen and eq):
        return dataclasses.dataclass(frozen=frozen, slots=slots, kw_only=kw_only, order=order, eq=eq)

    def decorate(cls: type[T]) -> type[T]:
        written = {name for name, member in vars(cls).items() if member is not None}
        # Where there is no docstring, the standard decorator would compose one of a signature, which takes long.
        docstring, cls.__doc__ = cls.__doc__, cls.__doc__ or "none"
        # Being frozen is said afterwards: the standard decorator would compile two functions for it. Upon a frozen class it insists.
        is_upon = any(dataclasses.is_dataclass(base) for base in cls.__bases__)
        decorator = dataclasses.dataclass(
            init=False, repr=False, eq=False, frozen=is_upon, slots=slots, kw_only=kw_only
        )
        made = decorator(cls)
        made.__doc__ = docstring
        made.__dataclass_params__.frozen = True  # type: ignore[attr-defined]
        methods = _methods(made) | (_STORED if slots else {}) | (_ordering(made) if order else {})
        for name, function in methods.items():
            if name not in written:
                setattr(made, name, function)
        return made

    return decorate


def _methods(cls: type[object]) -> dict[str, object]:
    compared = _content([each.name for each in _fields(cls) if each.compare])

    def __eq__(self: object, other: object) -> bool:  # noqa: N807 - errors tell this name
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: object) -> int:  # noqa: N807
        return hash(compared(self))

    return {
        "__init__": _first_init(cls),
        "__eq__": __eq__,
        "__hash__": __hash__,
        "__repr__": _text,
        "__setattr__": _refuse_setting,
        "__delattr__": _refuse_deleting,
    }


def replace(value: T, **changes: object) -> T:
    """What `dataclasses.replace` makes of a value of ours, in half the time: for what is done for each of thousands of objects."""
    names, content = _parts(type(value))  # type: ignore[arg-type]  # classes can be looked up
    found = dict(zip(names, content(value), strict=True))
    found.update(changes)
    return type(value)(**found)


@cache
def _parts(cls: type[object]) -> tuple[tuple[str, ...], Callable[[object], Iterable[object]]]:
    """The fields that are handed over where a value is made, and what reads all of them at once."""
    names = tuple(each.name for each in _fields(cls) if each.init)
    return names, _content(list(names))


def _ordering(cls: type[object]) -> dict[str, object]:
    """What compares two values of one class by their fields, in order."""
    compared = _content([each.name for each in _fields(cls) if each.compare])

    def method(name: str, compare: Callable[[object, object], object]) -> object:
        def ordered(self: object, other: object) -> object:
            return compare(compared(self), compared(other)) if other.__class__ is self.__class__ else NotImplemented

        ordered.__name__ = name
        return ordered

    return {name: method(name, compare) for name, compare in _COMPARISONS.items()}


def _fields(cls: type[object]) -> tuple[Field, ...]:
    return dataclasses.fields(cls)  # type: ignore[arg-type]  # the decorator made it one


def _first_init(cls: type[object]) -> object:
    """An `__init__` that puts the compiled one in its own place, and calls it."""

    def __init__(self: object, *given: object, **named: object) -> None:  # noqa: N807 - errors tell this name
        real = _compiled_init(cls)
        setattr(cls, "__init__", real)  # noqa: B010 - a type checker refuses to assign to it
        real(self, *given, **named)

    return __init__


def _compiled_init(cls: type[object]) -> FunctionType:
    """Sets the fields in their order, past the guard that refuses to set them, and calls `__post_init__`."""
    known: dict[str, object] = {"_set": object.__setattr__, "_missing": dataclasses.MISSING}
    by_place: list[str] = []
    by_name: list[str] = []
    body: list[str] = []
    for each in _fields(cls):
        if not each.init:
            continue
        parameter = value = each.name
        if each.default is not dataclasses.MISSING:
            known[f"_default_{each.name}"] = each.default
            parameter += f"=_default_{each.name}"
        elif each.default_factory is not dataclasses.MISSING:
            known[f"_new_{each.name}"] = each.default_factory
            parameter += "=_missing"
            value = f"_new_{each.name}() if {each.name} is _missing else {each.name}"
        (by_name if each.kw_only else by_place).append(parameter)
        body.append(f" _set(self, {each.name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    parameters = ", ".join(["self", *by_place, *(["*", *by_name] if by_name else [])])
    exec(f"def __init__({parameters}):\n" + "\n".join(body or [" pass"]), known)  # noqa: S102 - names of fields only
    made = known["__init__"]
    assert isinstance(made, FunctionType)
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _content(names: list[str]) -> Callable[[object], tuple[object, ...]]:
    """The values of these fields as a tuple."""
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


_COMPARISONS: dict[str, Callable[[object, object], object]] = {
    "__lt__": lt, "__le__": le, "__gt__": gt, "__ge__": ge  # type: ignore[dict-item]  # tuples of what the fields hold
}  # fmt: skip
_STORED: dict[str, object] = {"__getstate__": _state, "__setstate__": _restore}
"""How values without a `__dict__` are stored."""

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - a type checker knows this one, and checks by it
else:
    dataclass = value_class
