"""H01 to H10: what a YAML file may hold, judged on events, the same with and without the C parser."""

import io
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from reconciler.core.problem import Problem
from reconciler.core.strictjson import Value
from reconciler.files.yaml.reading import FILE_LIMIT, Reading, read_yaml

BOTH = pytest.mark.parametrize("pure", [False, True], ids=["c", "pure"])
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{this}: &{this} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, this in zip("abcdefghi", "bcdefghij", strict=True)
)


def read(text: str | bytes, *, pure: bool = False) -> Reading:
    return read_yaml(text.encode() if isinstance(text, str) else text, "f.yaml", pure=pure)


def only(reading: Reading) -> Problem:
    assert not reading.documents
    (problem,) = reading.problems
    return problem


REFUSED = [
    ("H01-bomb", BOMB, "manifest-alias", "f.yaml:4:36"),
    ("H02-itself", "&a [*a]", "manifest-alias", "f.yaml:1:5"),
    ("H02-inside", "a: &b {c: [1, *b]}", "manifest-alias", "f.yaml:1:15"),
    ("H02-unknown", "a: *nothing", "manifest-alias", "f.yaml:1:4"),
    ("H02-key", "a: &x b\n*x : c", "manifest-alias", "f.yaml:2:1"),
    ("H02-anchored-key", "&x a: b", "manifest-alias", "f.yaml:1:1"),
    ("H03-brackets", "[" * 2000, "manifest-depth", "f.yaml:1:33"),
    ("H03-blocks", "".join(f"{' ' * n}a:\n" for n in range(800)), "manifest-depth", "f.yaml:33:33"),
    ("H04-python", "a: !!python/object/apply:os.system [ls]", "manifest-tag", "f.yaml:1:4"),
    ("H04-str", "a: !!str 1", "manifest-tag", "f.yaml:1:4"),
    ("H04-map", "a: !!map {b: 1}", "manifest-tag", "f.yaml:1:4"),
    ("H04-own", "a: !thing 1", "manifest-tag", "f.yaml:1:4"),
    ("H05-twice", "name: a\nb: 1\nname: c", "manifest-key-duplicate", "f.yaml:3:1"),
    ("H05-quoted", 'name: a\n"name": b', "manifest-key-duplicate", "f.yaml:2:1"),
    ("H05-flow", "a: {b: 1, c: {d: 1}, b: 2}", "manifest-key-duplicate", "f.yaml:1:22"),
    ("H05-merge", "a: {}\nb:\n  <<: {c: 1}", "manifest-merge", "f.yaml:3:3"),
    ("H06-tag-line", "%TAG ! tag:example,2000:\n---\na: 1", "manifest-directive", None),
    ("H06-one", "%YAML 1.1\n---\na: no", "manifest-directive", None),
    ("H07-digits", f"a: {'9' * 5000}", "manifest-number", "f.yaml:1:4"),
    ("H07-hex", f"a: 0x{'f' * 50}", "manifest-number", "f.yaml:1:4"),
    ("H07-nan", "a: .nan", "manifest-number", "f.yaml:1:4"),
    ("H07-inf", "a: -.inf", "manifest-number", "f.yaml:1:4"),
    ("H07-huge", "a: 1e999", "manifest-number", "f.yaml:1:4"),
    ("H08-number", "1: a", "manifest-key-type", "f.yaml:1:1"),
    ("H08-boolean", "true: a", "manifest-key-type", "f.yaml:1:1"),
    ("H08-null", "~: a", "manifest-key-type", "f.yaml:1:1"),
    ("H08-nothing", ": a", None, None),
    ("H08-list", "? [a]\n: b", "manifest-key-type", "f.yaml:1:3"),
    ("H08-map", "? {a: b}\n: c", "manifest-key-type", "f.yaml:1:3"),
    ("H09-utf16", "a: b".encode("utf-16"), "manifest-encoding", "f.yaml:1:1"),
    ("H09-latin1", b"x: 1\na: caf\xe9", "manifest-encoding", "f.yaml:2:1"),
    ("H09-nul", "a: b\0c", "manifest-encoding", "f.yaml:1:5"),
    ("H09-escape", "a: b\x1b[2J", "manifest-encoding", "f.yaml:1:5"),
    ("H09-surrogate", 'a: "\\ud800"', None, None),
    ("H09-escaped-nul", 'a: "b\\0c"', "manifest-encoding", "f.yaml:1:4"),
    ("H09-escaped-return", 'a: "b\\rc"', "manifest-encoding", "f.yaml:1:4"),
    ("H09-bom", "x: 1\na: b\ufeffc", "manifest-encoding", "f.yaml:2:5"),
    ("H09-raw-surrogate", b"a: \xed\xa0\x80", "manifest-encoding", "f.yaml:1:1"),
    ("H10-size", b"# " + b"x" * FILE_LIMIT, "manifest-size", "f.yaml"),
    ("H10-documents", "---\n" * 100_000, "manifest-size", None),
    ("syntax-open", "a: [1", "manifest-yaml", None),
    ("syntax-colon", "a: b: c", "manifest-yaml", "f.yaml:1:5"),
    ("syntax-tab", "a:\n\tb: 1", "manifest-yaml", "f.yaml:2:1"),
    ("syntax-sign", "a: @b", "manifest-yaml", "f.yaml:1:4"),
    ("syntax-quote", "a: 'b", "manifest-yaml", None),
]


@BOTH
@pytest.mark.timeout(20)
@pytest.mark.parametrize(("text", "rule", "place"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_hostile_yaml_is_one_problem_at_its_place(
    text: str | bytes, rule: str | None, place: str | None, pure: bool
) -> None:
    problem = only(read(text, pure=pure))
    assert rule is None or problem.rule == rule
    assert place is None or str(problem.location) == place
    assert problem.is_error
    assert len(problem.detail) < 400


@BOTH
def test_h10_the_values_of_a_file_are_counted(pure: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.files.yaml.builder.NODE_LIMIT", 1_000)
    for text in ("[" + "1," * 2_000 + "]", "- [a]\n" * 600, "a: &x [1, 2, 3]\nb: [" + "*x, " * 300 + "]"):
        assert only(read(text, pure=pure)).summary == "more than 1,000 values in one file"


def test_h01_the_limit_is_named() -> None:
    assert "more than 10,000 values" in only(read(BOMB)).summary


def test_h05_both_places_are_named() -> None:
    problem = only(read("x:\n  name: a\n  b: {c: [1, 2]}\n  name: c"))
    assert str(problem.location) == "f.yaml:4:3"
    assert problem.detail == "It stands at line 2, column 3 already."


def test_all_faults_that_allow_to_go_on_are_reported_at_once() -> None:
    reading = read("a: 1\na: 2\n1: 3\nb: !x 4\n<<: {}\n---\nc: .nan\n---\nd: 1\n")
    assert [problem.rule for problem in reading.problems] == [
        "manifest-key-duplicate",
        "manifest-key-type",
        "manifest-tag",
        "manifest-merge",
        "manifest-number",
    ]
    assert [document.value for document in reading.documents] == [{"d": 1}]
    assert len(reading.broken) == 2


HINTS = [
    ("a: b: c", "double quotes"),
    ("a:\n\tb: 1", "spaces"),
    ("a: @b", "begins with a sign"),
    ('a: "b\nc: d', "quotation mark"),
    ("a: [1, 2\nb: 3\n", "indentation and the punctuation"),
    ("- a\nb: c", "indentation and the punctuation"),
]


@BOTH
@pytest.mark.parametrize(("text", "words"), HINTS)
def test_a_syntax_error_comes_with_the_usual_cause(text: str, words: str, pure: bool) -> None:
    assert words in only(read(text, pure=pure)).remedy


SCALARS: list[tuple[str, Value]] = [
    ("no", "no"),
    ("yes", "yes"),
    ("off", "off"),
    ("012", 12),
    ("0o17", 15),
    ("0x1F", 31),
    ("-7", -7),
    ("1:30", "1:30"),
    ("2024-99-99", "2024-99-99"),
    ("2024-05-26T12:00:00Z", "2024-05-26T12:00:00Z"),
    ("1e-4", 0.0001),
    (".5", 0.5),
    ("1.", 1.0),
    ("1_000", "1_000"),
    ("true", True),
    ("False", False),
    ("tRUE", "tRUE"),
    ("~", None),
    ("null", None),
    ("Null", None),
    ("nUll", "nUll"),
    ("", None),
    ("+", "+"),
    (".", "."),
    ('"1"', "1"),
    ("'true'", "true"),
    ('""', ""),
    ("ferns", "ferns"),
    ("9223372036854775807", 2**63 - 1),
]


@BOTH
@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_h06_h07_scalars_follow_yaml_1_2(text: str, value: Value, pure: bool) -> None:
    (document,) = read(f"a: {text}\n", pure=pure).documents
    assert isinstance(document.value, dict)
    assert document.value["a"] == value
    assert type(document.value["a"]) is type(value)


@BOTH
def test_h09_a_leading_bom_is_accepted(pure: bool) -> None:
    (document,) = read(b"\xef\xbb\xbfa: b", pure=pure).documents
    assert document.value == {"a": "b"}
    assert str(document.at("a")) == "f.yaml:1:4"


@BOTH
def test_flow_style_follows_yaml_1_2_too(pure: bool) -> None:
    (document,) = read("{at: 1:30, url: http://a/b, c: [:d]}", pure=pure).documents
    assert document.value == {"at": "1:30", "url": "http://a/b", "c": [":d"]}


@BOTH
def test_yaml_1_2_may_be_named(pure: bool) -> None:
    (document,) = read("%YAML 1.2\n---\na: no", pure=pure).documents
    assert document.value == {"a": "no"}


@BOTH
def test_small_aliases_expand_with_the_places_of_their_anchors(pure: bool) -> None:
    (document,) = read("a: &x {p: 1, q: [2]}\nb: *x\nc: &y 3\nd: *y\n", pure=pure).documents
    assert document.value == {"a": {"p": 1, "q": [2]}, "b": {"p": 1, "q": [2]}, "c": 3, "d": 3}
    assert str(document.at("b", "q", 0)) == "f.yaml:1:18"
    assert str(document.at_key("d")) == "f.yaml:4:1"


@BOTH
def test_empty_files_and_documents_hold_nothing(pure: bool) -> None:
    for text in ("", "# only a comment\n", "---\n---\n...\n", "\n\n"):
        assert read(text, pure=pure) == Reading()


@BOTH
def test_places_are_those_of_keys_and_values_in_characters(pure: bool) -> None:
    (document,) = read('é: "ü"\nlist:\n  - x: 1\n    y: {z: "🙂", last: 2}\n  - |\n    text\n', pure=pure).documents
    assert str(document.at()) == "f.yaml:1:1"
    assert str(document.at("é")) == "f.yaml:1:4"
    assert str(document.at("list", 0, "y", "last")) == "f.yaml:4:23"
    assert str(document.at_key("list", 0, "y", "last")) == "f.yaml:4:17"
    assert str(document.at("list", 1)) == "f.yaml:5:5"
    assert str(document.at_key("list", 1)) == "f.yaml:5:5"


def test_what_is_missing_is_placed_at_its_nearest_parent() -> None:
    (document,) = read("a:\n  b: {c: 1}\n").documents
    assert str(document.at("a", "b", "nothing", "further")) == "f.yaml:2:3"
    assert str(document.at_key("a", "nothing")) == "f.yaml:1:1"
    assert str(document.at("nothing")) == "f.yaml:1:1"
    assert str(document.at("a", "b", "c", 0)) == "f.yaml:2:7"


TEXTS = st.text(string.ascii_letters + string.digits + " .,:#-é🙂'\"\n", max_size=12).filter(
    lambda text: not text.startswith(":")
)
KEYS = st.text(string.ascii_letters + " .-é🙂", min_size=1, max_size=12)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4), min_size=1, max_size=3), st.booleans())
def test_sound_documents_are_read_as_ruamel_reads_them(documents: list[dict[str, Value]], flow: bool) -> None:
    writer = YAML(typ="safe", pure=True)
    writer.width = 4096
    writer.explicit_start = True
    writer.default_flow_style = flow
    writer.allow_unicode = True
    out = io.StringIO()
    writer.dump_all(documents, out)
    text = out.getvalue()
    fast, slow = read(text), read(text, pure=True)
    assert fast == slow, text
    assert not fast.problems, text
    assert [document.value for document in fast.documents] == list(YAML(typ="safe", pure=True).load_all(text))


@settings(max_examples=200, deadline=None)
@given(st.text("ab:-[]{}&*!|>'\"#%@,? \n\t1.~<", max_size=30))
def test_any_text_is_documents_or_problems_never_a_traceback(text: str) -> None:
    for pure in (False, True):
        reading = read(text, pure=pure)
        assert all(problem.location.path == "f.yaml" for problem in reading.problems)


def test_a_file_is_read_alike_whatever_its_line_endings() -> None:
    text = Path(__file__).parents[1].joinpath("conftest.py").read_text().split('"""\\\n')[1].split('"""')[0]
    assert read(text) == read(text.replace("\n", "\r\n"))
