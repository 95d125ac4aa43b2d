"""H46, H54, H66: JSON that means one thing or is refused."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.strictjson import BadJson, Value, dumps, loads


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1, "a": 2}', '"a" is given twice'),
        ('{"\x1b[2J": 1, "\x1b[2J": 2}', "no JSON"),
        ('{"\\u001b": 1, "\\u001b": 2}', "<U+001B>"),
        ('{"a": NaN}', "NaN is no number"),
        ("[Infinity]", "Infinity is no number"),
        ("[-Infinity]", "-Infinity is no number"),
        ("[1e999]", "too large"),
        ("9" * 5000, "5,000 digits"),
        ("-" + "9" * 20, "20 digits"),
        ("[" * 100_000, "nested more than 64"),
        ('{"a":' * 100_000, "nested more than 64"),
        ("[" * 100_000 + "]" * 100_000, "nested more than 64"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "nested more than 64"),
        ("[" * 65 + "]" * 65, "nested more than 64"),
        ('[1, {"a": ' * 33 + "1" + "}]" * 33, "nested more than 64"),
        ("[" * 65, "nested more than 64"),
        ("[" * 64, "no JSON"),
        ('"\\ud800"', "half of a character"),
        ('{"\\udc00": 1}', "half of a character"),
        ('{"a": ["\\ud800"]}', "half of a character"),
        ('["\ud800"]', "half of a character"),
        ("", "no JSON"),
        ("{} {}", "no JSON from character 4"),
        ("{'a': 1}", "no JSON"),
        ("\ufeff{}", "no JSON"),
        ('"a\nb"', "no JSON"),
        (b'{"a": "\xff"}', "not UTF-8 at byte 8"),
        ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
    ],
)
def test_traps_are_refused(text: str | bytes, words: str) -> None:
    with pytest.raises(BadJson) as bad:
        loads(text)
    assert words in str(bad.value)
    assert len(str(bad.value)) < 200


def test_brackets_in_texts_do_not_nest() -> None:
    assert loads(json.dumps(["[" * 500, '"\\"[' * 100])) == ["[" * 500, '"\\"[' * 100]
    assert loads("[" * 64 + "]" * 64)


def test_ids_up_to_63_bits_are_kept() -> None:
    assert loads(str(2**63 - 1)) == 2**63 - 1
    assert loads(f"-{2**63 - 1}") == -(2**63) + 1


def test_the_depth_can_be_chosen() -> None:
    with pytest.raises(BadJson, match="more than 2"):
        loads("[[[]]]", max_depth=2)


@pytest.mark.timeout(20)
def test_doubles_are_found_in_linear_time() -> None:
    keys = [f'"{number}": 0' for number in range(100_000)]
    with pytest.raises(BadJson, match="twice"):
        loads("{" + ", ".join([*keys, keys[-1]]) + "}")


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
)


@given(VALUES, st.booleans())
def test_plain_json_means_what_json_says(value: Value, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert loads(text) == value
    assert loads(text.encode()) == value


@given(st.text('[]{}",:\\ 01eE.-ntf', max_size=20))
def test_any_text_is_a_value_or_bad(text: str) -> None:
    with contextlib.suppress(BadJson):
        loads(text)


def test_h38_what_is_printed_holds_no_command() -> None:
    """A runner looks for `##[` anywhere in a line; the value is the same."""
    value = {"a": "x ##[set-output name=y]z", "b": "##group[a]", "c": "\\##[d]", "d": "## heading", "é": 1}
    text = dumps(value)
    assert "##[" not in text
    assert "##group[" not in text
    assert text.isascii()
    assert loads(text) == value
