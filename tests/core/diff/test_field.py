"""Documents are compared part by part, whatever their depth, and as JSON has its values."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diff.field import field_changes
from reconciler.core.strictjson import Value

Told = tuple[str, object, object]


def told(before: dict[str, object], after: dict[str, object]) -> list[Told]:
    """Each change as path, before, after."""
    return [(change.path, change.before, change.after) for change in field_changes(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {}, []),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [("a.b", 1, 2)]),
        ({"a": 1, "b": None}, {"a": None, "b": "x"}, [("a", 1, None), ("b", None, "x")]),
        ({"a": [1, 2, 3]}, {"a": [1, 9, 3]}, [("a[1]", 2, 9)]),
        ({"a": ["x"]}, {"a": ["x", "y"]}, [("a[1]", None, "y")]),
        ({"a": [{"b": [{"c": 1}]}]}, {"a": [{"b": [{"c": 2}]}]}, [("a[0].b[0].c", 1, 2)]),
        ({}, {"a": {"b": [1, None]}}, [("a", None, '{"b":[1,null]}')]),
        ({"a": [1]}, {"a": "x"}, [("a", "[1]", "x")]),
        ({"a": {"b": 1}}, {"a": None}, [("a", '{"b":1}', "null")]),
        ({"a": {}}, {"a": {"b": None}}, [("a.b", None, "null")]),
        ({"a": {"b c": 1, "d.e": 2}}, {"a": {"b c": 2, "d.e": 3}}, [('a["b c"]', 1, 2), ('a["d.e"]', 2, 3)]),
        ({"a": {"é": "x"}}, {"a": {"é": "y"}}, [('a["é"]', "x", "y")]),
    ],
)
def test_the_smallest_parts_that_differ_are_named(
    before: dict[str, object], after: dict[str, object], expected: list[Told]
) -> None:
    """By their path; a part that comes or goes as a whole is given as its JSON."""
    assert told(before, after) == expected


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [(1, 1.0, False), (0.0001, 1e-4, False), (1, True, True), (0, False, True), (1, "1", True), ("", None, True)],
)
def test_values_are_compared_as_json_has_them(one: object, other: object, differ: bool) -> None:
    """`1` and `1.0` are one number in JSON, and neither is `true` or a text."""
    assert told({"a": one}, {"a": other}) == ([("a", one, other)] if differ else [])
    assert told({"a": {"b": [one]}}, {"a": {"b": [other]}}) == ([("a.b[0]", one, other)] if differ else [])


def test_the_order_of_keys_does_not_count_and_that_of_lists_does() -> None:
    """As in JSON."""
    assert told({"a": {"b": 1, "c": 2}}, {"a": {"c": 2, "b": 1}}) == []
    assert told({"a": [1, 2]}, {"a": [2, 1]}) != []


def test_what_is_no_part_of_a_document_is_refused() -> None:
    """Sets and objects have no form in JSON."""
    with pytest.raises(TypeError, match="set is no part"):
        field_changes({"a": {1}}, {"a": 2})


VALUES: st.SearchStrategy[Value] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from([0.5, 1.0, 2.5]) | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=10,
)


@given(VALUES, VALUES)
def test_documents_differ_where_a_change_says_so(one: Value, other: Value) -> None:
    """No change where the JSON means the same, and at least one where it does not; each has its own path."""
    changes = field_changes({"document": one}, {"document": other})
    assert bool(changes) == (_written(one) != _written(other))
    assert len({change.path for change in changes}) == len(changes)
    assert all(change.path.startswith("document") for change in changes)
    back = field_changes({"document": other}, {"document": one})
    assert bool(back) == bool(changes)


def _written(value: Value) -> str:
    """JSON, with numbers in one form."""
    return json.dumps(json.loads(json.dumps(value), parse_float=lambda text: _number(float(text))), sort_keys=True)


def _number(number: float) -> float:
    return int(number) if number.is_integer() else number
