"""H17: patterns of file names, in linear time."""

import fnmatch
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.manifest.glob import BadPattern, compile_pattern


def matches(pattern: str, path: str) -> bool:
    return compile_pattern(pattern).matches(path)


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*.png", "a.png", True),
        ("*.png", "sub/a.png", False),
        ("*.png", "a.PNG", True),
        ("*.JPG", "a.jpg", True),
        ("**/*.[jp]pg", "deep/a.JPG", True),
        ("A*.png", "a.png", False),
        ("a.B/*.png", "a.b/x.png", False),
        ("*.Final*", "a.Final.png", True),
        ("*.Final*", "a.final.png", False),
        ("wave", "WAVE", False),
        ("./*.png", "a.png", True),
        ("**/*.png", "a.png", True),
        ("**/*.png", "a/b/c.png", True),
        ("a/**/c.png", "a/c.png", True),
        ("a/**/c.png", "a/b/b/c.png", True),
        ("a/**/c.png", "b/c.png", False),
        ("a/**", "a/b/c.png", True),
        ("**", "a/b.png", True),
        ("**/b/**/*.png", "a/b/c/d.png", True),
        ("**/b/**/*.png", "a/c/d.png", False),
        ("*", "a.png", True),
        ("a*b*c", "aXbYbZc", True),
        ("a*b*c", "aXbYbZ", False),
        ("p?.png", "p1.png", True),
        ("p?.png", "p.png", False),
        ("p?.png", "p12.png", False),
        ("?", "/", False),
        ("p[0-9].png", "p7.png", True),
        ("p[0-9].png", "px.png", False),
        ("p[!0-9].png", "px.png", True),
        ("p[^0-9].png", "p7.png", False),
        ("p[abc-].png", "p-.png", True),
        ("p[]x].png", "p].png", True),
        ("p[a-cx-z].png", "py.png", True),
        ("[?]", "?", True),
        ("é*", "éa", True),
        ("a.png", "a.png", True),
        ("a.png", "aXpng", False),
        ("a", "a/b", False),
        ("a/b", "a", False),
    ],
)
def test_patterns(pattern: str, path: str, expected: bool) -> None:
    assert matches(pattern, path) is expected


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "[",
        "a[b",
        "[]",
        "p[z-a]",
        "{a,b}.png",
        "a\\b",
        "/a.png",
        "../a.png",
        "a/../b",
        "a//b",
        "a/",
        "~/x",
        "a**",
        "**b",
        "C:x",
        "a/./b",
        "x" * 201,
    ],
)
def test_h17_bad_patterns_say_why(pattern: str) -> None:
    with pytest.raises(BadPattern, match=r"\w{3}"):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("**/**/**/**/*a*a*a*a*b", "/".join(["a" * 200] * 40)),
        ("*a*a*a*a*a*a*a*a*a*a*a*b", "a" * 5000),
        ("/".join(["**", "*"] * 30), "/".join("a" * 300)),
        ("*" * 1 + "?*" * 90, "a" * 3000),
    ],
)
@pytest.mark.timeout(5)
def test_h17_nothing_explodes(pattern: str, path: str) -> None:
    assert matches(pattern, path) in {True, False}


LETTERS = st.text("ab.", min_size=1, max_size=8)


@given(
    st.text("ab.*?", min_size=1, max_size=7).filter(lambda text: "**" not in text and text not in {".", ".."}),
    LETTERS,
)
def test_simple_patterns_agree_with_fnmatch(pattern: str, name: str) -> None:
    assert matches(pattern, name) is fnmatch.fnmatchcase(name, pattern)


@given(
    st.lists(st.sampled_from(["**", "*", "a", "a*", "?b"]), min_size=1, max_size=4),
    st.lists(LETTERS, min_size=1, max_size=4),
)
def test_paths_agree_with_a_regular_expression(parts: list[str], names: list[str]) -> None:
    expression = ""
    for position, part in enumerate(parts):
        last = position == len(parts) - 1
        if part == "**":
            expression += "(?:[^/]+(?:/[^/]+)*)?" if last else "(?:[^/]+/)*"
        else:
            expression += part.replace("*", "[^/]*").replace("?", "[^/]") + ("" if last else "/")
    # a/** matches a itself here as a path of no further name, which no file path is
    path = "/".join(names)
    expected = re.fullmatch(expression, path) or (parts[-1] == "**" and re.fullmatch(expression, path + "/"))
    assert matches("/".join(parts), path) is bool(expected)
