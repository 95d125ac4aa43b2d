"""A value class of ours beside the standard one: it takes the same arguments and does the same."""

import copy
import dataclasses
import pickle
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, ClassVar

import pytest

from reconciler.core.change import FieldChange
from reconciler.core.cost import Cost, total
from reconciler.core.desired import Desired
from reconciler.core.value import dataclass, replace, value_class

Decorator = Callable[[type[object]], type[object]]


def standard(cls: type[object]) -> type[object]:
    """What Python makes."""
    return dataclasses.dataclass(frozen=True, slots=True)(cls)


def ours(cls: type[object]) -> type[object]:
    """What we make."""
    return value_class(frozen=True, slots=True)(cls)


def several(decorator: Decorator) -> type[object]:
    """Fields with and without a default, by place and by name, and some that are not shown or not compared."""

    @decorator
    class Several:
        first: int
        second: str = "two"
        third: list[int] = dataclasses.field(default_factory=list)
        fourth: int = dataclasses.field(default=4, repr=False, compare=False)
        _: dataclasses.KW_ONLY
        fifth: Mapping[str, int] = dataclasses.field(default_factory=dict)

    return Several


def one(decorator: Decorator) -> type[object]:
    """A single field, of which the rest is computed."""

    @decorator
    class One:
        """One."""

        name: object
        length: int = dataclasses.field(init=False, compare=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "length", len(str(self.name)))

    return One


def none(decorator: Decorator) -> type[object]:
    """No field, and a text of its own."""

    @decorator
    class Nothing:
        def __repr__(self) -> str:
            return "nothing"

    return Nothing


def parts(decorator: Decorator) -> type[object]:
    """What belongs to the class, defaults that are None, and a comparison of its own, which leaves no hash."""

    @decorator
    class Parts:  # noqa: PLW1641 - what becomes of its hash is asked
        name: str | None = None
        shared: ClassVar[int | None] = None
        plain = None

        def __eq__(self, other: object) -> bool:
            return self.shared is self.plain is None and isinstance(other, type(self))

    return Parts


def copied(value: object) -> object:
    """A copy that is made field by field."""
    return dataclasses.replace(value)  # type: ignore[type-var]


CALLS: list[tuple[tuple[object, ...], dict[str, object]]] = [
    ((), {}),
    ((1,), {}),
    ((1, "a"), {}),
    ((1, "two", []), {"fifth": {}}),
    ((1, "a", [1], 5), {"fifth": {"x": 1}}),
    ((), {"first": 1, "fourth": 9}),
    ((), {"name": 1}),
    ((float("nan"),), {}),
    ((1, 2, 3, 4, 5), {}),
    ((1,), {"first": 1}),
    ((1,), {"sixth": 6}),
]


def outcome(make: Callable[[], object]) -> object:
    """What a call gives, or the error that it raises."""
    try:
        return make()
    except (TypeError, AttributeError) as error:
        return (type(error), str(error))


def told(cls: type[object]) -> list[object]:
    """All that can be seen of the values of a class."""
    values: list[object] = []
    seen: list[object] = []
    for places, names in CALLS:
        made = outcome(lambda places=places, names=names: cls(*places, **names))  # type: ignore[misc]
        seen.append(repr(made))
        if isinstance(made, cls):
            values.append(made)
    for value in values:
        seen += [value == other for other in (*values, 1)]
        seen += [outcome(lambda value=value: hash(value))]  # type: ignore[misc]
        seen += [copy.copy(value) == value, copy.deepcopy(value) == value]
        seen += [repr(dataclasses.replace(value))]  # type: ignore[type-var]
        for field in dataclasses.fields(value)[:1]:  # type: ignore[arg-type]
            seen += [outcome(lambda value=value, name=field.name: setattr(value, name, 2))]  # type: ignore[misc]
            seen += [outcome(lambda value=value, name=field.name: delattr(value, name))]  # type: ignore[misc]
        seen += [hasattr(value, "__dict__"), cls.__match_args__]  # type: ignore[attr-defined]
    return seen


@pytest.mark.parametrize("shape", [several, one, none, parts])
def test_it_is_what_the_standard_decorator_makes(shape: Callable[[Decorator], type[object]]) -> None:
    """Arguments, errors, text, comparison, hash, copies and the guard against changes."""
    cls = shape(ours)
    assert told(cls) == told(cls) == told(shape(standard)), "the first values are made without a compiled function"


def test_a_class_that_is_built_upon_it() -> None:
    """The first value of a subclass compiles for the class that has the fields."""
    base = several(ours)

    class Below(base):  # type: ignore[valid-type, misc]
        pass

    @dataclasses.dataclass(frozen=True)
    class Frozen(base):  # type: ignore[valid-type, misc]
        pass

    @value_class(frozen=True, slots=True)
    class Value(base):  # type: ignore[valid-type, misc]
        more: int = 7

    assert repr(Value(1, more=8)).endswith("Value(first=1, second='two', third=[], fifth={}, more=8)")
    assert repr(Frozen(1)) == repr(Below(1)).replace("Below", "Frozen")
    assert repr(Below(1)).endswith("Below(first=1, second='two', third=[], fifth={})")
    assert base(1) == base(1)  # type: ignore[call-arg]
    assert base(1) != Below(1)  # type: ignore[call-arg]


def test_fields_are_those_of_the_class_and_of_those_it_is_built_upon() -> None:
    """Wherever they are asked for first: at a class without fields of its own, or at one that says another type for a field."""

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Base:
        first: int = 1
        second: int = 2

    @dataclass(frozen=True, kw_only=True)
    class Open(Base):
        third: int = dataclasses.field(default=3, compare=False)
        fourth: list[int] = dataclasses.field(default_factory=list)

    class Plain(Open):
        pass

    @dataclass(frozen=True, slots=True, kw_only=True, order=True)
    class Last(Base):
        first: bool = False

    assert [each.name for each in dataclasses.fields(Plain)] == ["first", "second", "third", "fourth"]
    assert [(each.name, each.type) for each in dataclasses.fields(Last)] == [("first", bool), ("second", int)]
    assert Open.third == 3
    assert not hasattr(Open, "fourth")
    assert Plain(third=4) == Plain()
    assert not any(Last.__slots__)
    assert Last() < Last(first=True)
    assert not any(Last.__match_args__)


def test_it_can_be_stored() -> None:
    """Slots of a value that refuses to change are set again."""
    assert pickle.loads(pickle.dumps(Desired())) == Desired()


def test_what_is_no_value_gets_the_standard_methods() -> None:
    """A record that changes."""

    @dataclass(slots=True)
    class Record:
        count: int = 0

    record = Record()
    record.count = 1
    assert record == Record(1)


@pytest.mark.parametrize("decorator", [value_class, dataclasses.dataclass])
def test_an_order_goes_by_the_fields(decorator: Callable[..., Decorator]) -> None:
    """Those that are compared, from the first on, and only among values of one class."""

    @decorator(frozen=True, slots=True, order=True)
    class Ordered:
        rank: int
        name: str = ""
        note: str = dataclasses.field(default="", compare=False)

    made: list[Any] = [Ordered(2), Ordered(1, "b"), Ordered(1, "a", "x")]  # type: ignore[call-arg]
    assert sorted(made) == [made[2], made[1], made[0]]
    assert made[1] <= Ordered(1, "b", "y")  # type: ignore[call-arg]
    assert made[1] >= made[2]
    assert made[0] > made[1]
    with pytest.raises(TypeError, match="'<' not supported between instances of 'Ordered' and 'int'"):
        assert made[0] < 1


@pytest.mark.parametrize("decorator", [value_class, dataclasses.dataclass])
def test_a_value_without_slots_may_keep_what_it_computed(decorator: Callable[..., Decorator]) -> None:
    """And it refuses to change all the same."""

    @decorator(frozen=True)
    class Long:
        text: str

        @cached_property
        def length(self) -> int:
            return len(self.text)

    made: Any = Long("abc")  # type: ignore[call-arg]
    assert made.length == 3
    assert vars(made) == {"text": "abc", "length": 3}
    assert made == copied(made)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.text = "b"


def test_nothing_is_compiled_before_it_is_needed() -> None:
    """An `__init__` is compiled once, where more than a few values are built."""
    made = several(ours)
    before = made.__init__
    assert made(1) == made(1)  # type: ignore[call-arg]
    assert made.__init__ is before
    assert [repr(made(number)).count(str(number)) for number in range(5, 15)] == [1] * 10  # type: ignore[call-arg]
    assert made.__init__ is not before


def test_a_call_that_is_wrong_is_told_by_the_compiled_function() -> None:
    """As the standard one tells it, and with the first value."""
    made = one(ours)
    with pytest.raises(TypeError, match=r"One.__init__\(\) missing 1 required positional argument: 'name'"):
        made()


def test_a_value_is_made_anew_as_the_standard_way_does() -> None:
    change = FieldChange(path="description", before="a", after="b")
    assert replace(change, after=None) == dataclasses.replace(change, after=None) != change
    assert replace(change) == change
    assert replace(change) is not change
    with pytest.raises(TypeError, match="other"):
        replace(change, other=1)


def test_costs_together_are_those_of_each_field() -> None:
    first, second = Cost(calls=1, bytes=20, uploads=3, removals=4), Cost(calls=5, regenerations=6, trainings=7)
    assert total([first, second, first]) == first + second + first
    assert total([]) == Cost()
    every = Cost(**{each.name: number for number, each in enumerate(dataclasses.fields(Cost), 1)})
    assert total([every]) == every
