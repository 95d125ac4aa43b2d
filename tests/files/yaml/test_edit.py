"""The one writer of people's YAML: only the changed lines differ, and the file means what it meant, but for the edit."""

import difflib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from reconciler.core.manifest.document import Document
from reconciler.core.strictjson import Value
from reconciler.files.tree import Tree
from reconciler.files.whole_file import FileChanged
from reconciler.files.yaml import edit as edit_module
from reconciler.files.yaml.change import Append, Edit, Insert, Remove, Rename, Replace
from reconciler.files.yaml.edit import EditRefused, edited, rewrite
from reconciler.files.yaml.reading import Reading, read_yaml
from reconciler.files.yaml.rendering import same
from reconciler.files.yaml.yaml_text import NoSuchPlace, Steps, YamlText
from tests.files.yaml.written import files, keys, scalars, texts, values


# ---------------------------------------------------------------- laws
def documents(data: bytes) -> list[Document]:
    reading = read_yaml(data, "f.yaml")
    assert not reading.problems, (data, reading.problems)
    return reading.documents


def within(value: Value, path: Steps = ()) -> Iterator[tuple[Steps, Value]]:
    """Every value of a document with its path."""
    yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from within(item, (*path, key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from within(item, (*path, at))


def size(value: Value) -> int:
    """How many marks a document keeps for a value: one for it, one for each key."""
    if isinstance(value, dict):
        return 1 + sum(1 + size(item) for item in value.values())
    return 1 + sum(map(size, value)) if isinstance(value, list) else 1


def next_line(document: Document, path: Steps) -> int | None:
    """The line on which the next key or value behind a value begins, from 0; None if nothing follows."""
    value, index = document.value, 0
    for step in path:
        if isinstance(value, dict):
            names = list(value)
            index += 2 + sum(1 + size(value[name]) for name in names[: names.index(str(step))])
            value = value[str(step)]
        else:
            assert isinstance(value, list)
            assert isinstance(step, int)
            index += 1 + sum(map(size, value[:step]))
            value = value[step]
    after = index + size(value)
    return (document.marks[after] >> 20) - 1 if after < len(document.marks) else None


@st.composite
def edits_of(draw: st.DrawFn, roots: list[Value]) -> Edit:
    """One edit that has a place in these documents."""
    document = draw(st.integers(0, len(roots) - 1))
    places = list(within(roots[document]))
    lists = [path for path, value in places if isinstance(value, list)]
    mappings = [(path, value) for path, value in places if isinstance(value, dict)]
    kinds = ["replace", "replace", "remove"[: 6 if len(places) > 1 else 0], *(["append"] if lists else [])]
    kind = draw(
        st.sampled_from(
            [
                one
                for one in [
                    *kinds,
                    *(["insert"] * 2 if mappings else []),
                    *(["rename"] if any(m for _, m in mappings) else []),
                ]
                if one
            ]
        )
    )
    if kind == "replace":
        path, value = draw(st.sampled_from(places))
        return Replace(path, draw(near(value) | texts | values), document)
    if kind == "append":
        return Append(draw(st.sampled_from(lists)), draw(texts | values), document)
    if kind == "insert":
        path, mapping = draw(st.sampled_from(mappings))
        key = draw(keys.filter(lambda key: key not in mapping) | st.just("new key"))
        assume(key not in mapping)
        return Insert(path, key, draw(texts | values), draw(st.sampled_from([None, *mapping])), document)
    if kind == "rename":
        path, mapping = draw(st.sampled_from([one for one in mappings if one[1]]))
        key = draw(keys.filter(lambda key: key not in mapping) | st.just("new key"))
        assume(key not in mapping)
        return Rename((*path, draw(st.sampled_from(sorted(mapping)))), key, document)
    return Remove(draw(st.sampled_from(places[1:]))[0], document)


def near(value: Value) -> st.SearchStrategy[Value]:
    """A mapping or list that shares some of its values with another."""
    if isinstance(value, dict):
        kept = st.lists(st.sampled_from(sorted(value)), unique=True) if value else st.just([])
        return st.builds(
            lambda names, more: {name: value[name] for name in names} | more,
            kept,
            st.dictionaries(keys, scalars, max_size=2),
        )
    if isinstance(value, list):
        return st.builds(
            lambda count, more: value[:count] + more, st.integers(0, len(value)), st.lists(scalars, max_size=2)
        )
    return scalars


def unshared(value: Value) -> Value:
    """A copy in which an alias has a value of its own."""
    if isinstance(value, dict):
        return {key: unshared(item) for key, item in value.items()}
    return [unshared(item) for item in value] if isinstance(value, list) else value


def meant(roots: list[Value], edit: Edit) -> list[Value]:
    """What the documents should say after an edit, by the plainest way."""
    roots = [unshared(root) for root in roots]
    holder: dict[str | int, Value] = {"root": roots[edit.document]}
    path: Steps = ("root", *edit.path)
    value: object = holder
    for step in path[:-1]:
        value = value[step]  # type: ignore[index]
    last = path[-1]
    if isinstance(edit, Replace):
        value[last] = edit.value  # type: ignore[index]
    elif isinstance(edit, Insert):
        value[last] = {**(value[last] or {}), edit.key: edit.value}  # type: ignore[index]
    elif isinstance(edit, Append):
        value[last] = [*value[last], edit.value]  # type: ignore[index]
    elif isinstance(edit, Rename):
        items = list(value.items())  # type: ignore[attr-defined]
        value.clear()  # type: ignore[attr-defined]
        value.update((edit.key if key == last else key, item) for key, item in items)  # type: ignore[attr-defined]
    else:
        del value[last]  # type: ignore[attr-defined]
    roots[edit.document] = holder["root"]
    return roots


def split(data: bytes) -> list[str]:
    return re.findall(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z", data.decode("utf-8-sig"))


def ends_in_block_text(data: bytes) -> bool:
    """Without an end of the last line, nothing can follow a block text: the end would become a part of it."""
    return data[-1:] != b"\n" and re.search(rb"[|>][-+]?( +#[^\r\n]*)?\r?\n", data) is not None


LONG = settings(max_examples=400, deadline=None)


@given(st.data())
@LONG
def test_only_the_changed_lines_differ_and_the_meaning_is_the_edit(data: st.DataObject) -> None:
    before = data.draw(files())
    roots = [document.value for document in documents(before)]
    edit = data.draw(edits_of(roots))
    try:
        after = edited(before, [edit], path="f.yaml")
    except EditRefused:
        assert ends_in_block_text(before)
        return
    expected = meant(roots, edit)
    found = [document.value for document in documents(after)]
    assert all(map(same, found, [root for root in expected if root is not None]))
    if all(map(same, expected, roots)):
        assert after == before
        return
    check_line_ends(before, after)
    check_last_line(before, after)
    check_lines(before, after, edit)


def check_line_ends(before: bytes, after: bytes) -> None:
    assert after.startswith(b"\xef\xbb\xbf") == before.startswith(b"\xef\xbb\xbf")
    if b"\r\n" in before:
        assert after.count(b"\n") == after.count(b"\r\n")
    elif b"\n" in before:
        assert b"\r" not in after


def check_last_line(before: bytes, after: bytes) -> None:
    """A last line without an end stays so, unless a block text comes to stand there, which would lose its own."""
    if after.endswith(b"\n") != before.endswith(b"\n"):
        assert after.endswith(b"\n")
        assert ends_in_block_text(after.rstrip(b"\n"))


def first_line(before: bytes, document: int, path: Steps) -> int:
    """The line of the key or dash of a value, from 0."""
    text = YamlText(before.decode("utf-8-sig"))
    place = text.place(document, path)
    return text.source.line(place.node.start if place.entry is None else place.entry.start) - 1


def last_line(before: bytes, document: int, path: Steps) -> int:
    """The line on which a value ends, from 0."""
    text = YamlText(before.decode("utf-8-sig"))
    node = text.place(document, path).node
    return text.source.line(max(node.end - 1, node.start)) - 1


def check_lines(before: bytes, after: bytes, edit: Edit) -> None:
    """All lines before the place, and all from the next value on, are as they were; so is each comment outside of it."""
    document = documents(before)[edit.document]
    old, new = split(before), split(after)
    place = edit.path
    if isinstance(edit, Remove):  # a comma of the item before, or all of `key: {}`, may change as well
        place = edit.path[:-1]
    start, end = first_line(before, edit.document, place), next_line(document, edit.path)
    assert new[:start] == old[:start]
    is_last = isinstance(edit, Remove) and len(at(document.value, edit.path[:-1])) == 1  # type: ignore[arg-type]
    if end is not None:
        # What follows may stand on the last line of the value, or move up behind the dash that the first key stood behind.
        # Without its last item a list becomes `[]`, so its own last line counts.
        whole = edit.path[:-1] if is_last else edit.path
        moves = isinstance(edit, Remove) and old[first_line(before, edit.document, edit.path)].lstrip().startswith("-")
        rest = old[end + 1 :] if moves or end == last_line(before, edit.document, whole) else old[end:]
        assert new[len(new) - len(rest) :] == rest
    removed = old[first_line(before, edit.document, edit.path[:-1] if is_last else edit.path) : end]
    if isinstance(edit, Insert | Append | Rename) or (is_simple(at(document.value, edit.path)) and not is_last):
        removed = removed[:1] if isinstance(edit, Remove) else []
    assert comments(old) - comments(removed) <= comments(new) <= comments(old)


def comments(lines: list[str]) -> set[str]:
    return set(re.findall(r"# c\d+\.|# head", "".join(lines)))


def at(value: Value, path: Steps) -> Value:
    for step in path:
        value = value[step]  # type: ignore[index]
    return value


def is_simple(value: Value) -> bool:
    """Is it no mapping, no list, and no text of several lines?"""
    return not isinstance(value, dict | list) and "\n" not in str(value)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_many_edits_mean_what_they_mean_one_after_another(data: st.DataObject) -> None:
    """Those that do not touch one another are made together."""
    before = data.draw(files())
    edits: list[Edit] = []
    expected = [document.value for document in documents(before)]
    for _ in range(data.draw(st.integers(2, 6))):
        edit = data.draw(edits_of(expected))
        assume(not isinstance(edit, Replace) or edit.path or edit.value is not None)
        edits.append(edit)
        expected = meant(expected, edit)
    try:
        after = edited(before, edits, path="f.yaml")
    except EditRefused:
        assert before[-1:] != b"\n", "only a block text at the end, without an end of its own, is in the way"
        return
    assert all(map(same, [document.value for document in documents(after)], expected))
    check_line_ends(before, after)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_an_alias_never_changes_what_it_says(data: st.DataObject) -> None:
    """With anchors and aliases an edit means just what it says, or is refused."""
    before = data.draw(files(with_aliases=True))
    roots = [document.value for document in documents(before)]
    edit = data.draw(edits_of(roots))
    try:
        after = edited(before, [edit], path="f.yaml")
    except EditRefused as refused:
        assert b": *n" in before or ends_in_block_text(before)
        event(refused.problem.summary.partition('"')[0])
        return
    found = [document.value for document in documents(after)]
    assert all(map(same, found, [root for root in meant(roots, edit) if root is not None]))


# ---------------------------------------------------------------- what it looks like
MANIFEST = """\
# top
apiVersion: reconciler/v1
kind: Dataset
metadata: {name: lora-poses}   # flow
spec:
  project: lora # owner
  # Every caption continues this text.
  caption_prefix: "A drawing of Lora,"
  images:
    path: images/        # 5 to 50
    include:
      - "*.png"
      - '*.jpg'
  captions:
    source: automatic   # or sidecar
    # file is possible too
  waive: [a, "b"]

  # end
---
kind: Model
metadata:
  name: m
"""


def diff(before: str, *edits: Edit) -> list[str]:
    """The lines that differ, as `diff` shows them."""
    after = edited(before.encode(), edits, path="f.yaml").decode()
    lines = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [line.rstrip("\n") for line in lines if line[0] in "+-"]


EXAMPLES: list[tuple[str, list[Edit], list[str]]] = [
    (
        "a text in the quotes, and beside the comment, of the old one",
        [Replace(("spec", "caption_prefix"), 'A "new" one'), Replace(("spec", "project"), "no")],
        [
            "-   project: lora # owner",
            "+   project: no # owner",
            '-   caption_prefix: "A drawing of Lora,"',
            '+   caption_prefix: "A \\"new\\" one"',
        ],
    ),
    (
        "a key in a mapping in braces",
        [Insert(("metadata",), "id", 12)],
        ["- metadata: {name: lora-poses}   # flow", "+ metadata: {name: lora-poses, id: 12}   # flow"],
    ),
    (
        "another guide in place of one",
        [
            Insert(("spec",), "visual_schema", {"pose": ["sitting", {"with": 1}]}, after="caption_prefix"),
            Remove(("spec", "caption_prefix")),
        ],
        [
            '-   caption_prefix: "A drawing of Lora,"',
            "+   visual_schema:",
            "+     pose:",
            '+       - "sitting"',
            "+       - with: 1",
        ],
    ),
    (
        "items of lists of either kind, and another document",
        [
            Append(("spec", "images", "include"), "**/*.webp"),
            Append(("spec", "waive"), "c"),
            Insert(("metadata",), "id", 3, after="name", document=1),
        ],
        ["+       - '**/*.webp'", '-   waive: [a, "b"]', '+   waive: [a, "b", "c"]', "+   id: 3"],
    ),
    (
        "a block with the comment below it that belongs to it",
        [Remove(("spec", "captions"))],
        ["-   captions:", "-     source: automatic   # or sidecar", "-     # file is possible too"],
    ),
    (
        "only what differs in a mapping and a list",
        [Replace(("spec", "captions"), {"source": "file"}), Replace(("spec", "images", "include"), ["*.png", "*.gif"])],
        [
            "-       - '*.jpg'",
            "+       - '*.gif'",
            "-     source: automatic   # or sidecar",
            "+     source: file   # or sidecar",
        ],
    ),
    (
        "a mapping in place of a text, a text in place of a mapping",
        [Replace(("spec", "project"), {"name": "lora"}), Replace(("spec", "images"), "images/")],
        [
            "-   project: lora # owner",
            "+   project: # owner",
            "+     name: lora",
            "-   images:",
            "+   images: images/",
            "-     path: images/        # 5 to 50",
            "-     include:",
            '-       - "*.png"',
            "-       - '*.jpg'",
        ],
    ),
    (
        "the last of a list, the only key of a mapping",
        [Remove(("spec", "waive", 1)), Remove(("spec", "waive", 0)), Remove(("metadata", "name"), 1)],
        ['-   waive: [a, "b"]', "+   waive: []", "- metadata:", "-   name: m", "+ metadata: {}"],
    ),
]


@pytest.mark.parametrize(("edits", "expected"), [(e, d) for _, e, d in EXAMPLES], ids=[name for name, _, _ in EXAMPLES])
def test_an_edit_looks_as_if_a_person_had_made_it(edits: list[Edit], expected: list[str]) -> None:
    assert sorted(diff(MANIFEST, *edits)) == sorted(expected)


@pytest.mark.parametrize(
    ("before", "edit", "after"),
    [
        ("a: 1\r\nb: 2", Insert((), "c", "x"), "a: 1\r\nb: 2\r\nc: x"),
        ("\ufeffa: 1\n", Replace(("a",), {"k": 1}), "\ufeffa:\n  k: 1\n"),
        ("", Insert((), "a.png", "12"), "a.png: '12'\n"),
        ("# only a comment", Insert((), "a", "b"), "# only a comment\na: b\n"),
        ("a:\nb: 1\n", Insert(("a",), "c", "d"), "a:\n  c: d\nb: 1\n"),
        (
            "a:\n    b:\n    - 1\n",
            Insert(("a",), "c", {"d": ["e"]}),
            "a:\n    b:\n    - 1\n    c:\n        d:\n        - e\n",
        ),
        ("- a: 1 # x\n  b: 2\n- c\n", Remove((0, "a")), "- b: 2\n- c\n"),
        ("'a': # x\r\n  # y\r\n  b: 2\r\n", Rename(("a",), "c"), "'c': # x\r\n  # y\r\n  b: 2\r\n"),
        ("{a: 1, ? b : 2}\n", Rename(("b",), "12"), "{a: 1, ? '12' : 2}\n"),
        ("- a: 1\n  # on b\n  b: 2\n", Remove((0, "a")), "-\n  # on b\n  b: 2\n"),
        ("a: |\n  one\n\n  two\n\nb: 1\n", Replace(("a",), "x\ny\n"), "a: |\n  x\n  y\n\nb: 1\n"),
        ("a: | # c\n  one\nb: 1\n", Replace(("a",), "x"), "a: |- # c\n  x\nb: 1\n"),
        ("a: >-\n  one\n  two\n", Insert((), "b", "three"), "a: >-\n  one\n  two\nb: >-\n  three\n"),
        ("a: one\n", Insert((), "b", "x\ny"), "a: one\nb: |-\n  x\n  y\n"),
        ("a: |+\n  one\n\nb: 1\n", Insert((), "c", "x\n\n", after="a"), 'a: |+\n  one\n\nc: "x\\n\\n"\nb: 1\n'),
        ('{\n  "a": 1, # x\n  "b": "c"\n}\n', Insert((), "d", "e"), '{\n  "a": 1, # x\n  "b": "c",\n  "d": "e"\n}\n'),
        ('{\n  "a": 1, # x\n  "b": "c"\n}\n', Remove(("b",)), '{\n  "a": 1 # x\n}\n'),
        ("a: &x 1\nb: *x\n", Replace(("b",), 2), "a: &x 1\nb: 2\n"),
        ("a: &x 1\n", Replace(("a",), 2), "a: 2\n"),
        ("a: 1:30\nb: {at: 1:30}\n", Replace(("a",), "no"), "a: no\nb: {at: 1:30}\n"),
        ("a: [b: c, d]\n", Insert(("a", 0), "e", [{"f": 1}]), "a: [{b: c, e: [{f: 1}]}, d]\n"),
        ("a: x\n# last\n", Insert((), "b", "y"), "a: x\nb: y\n# last\n"),
    ],
)
def test_what_stands_around_an_edit_stays(before: str, edit: Edit, after: str) -> None:
    assert edited(before.encode(), [edit], path="f.yaml").decode() == after


def test_a_value_that_is_there_already_changes_nothing() -> None:
    before = b"a:   'x' # c\nb: [1,2]\n"
    assert edited(before, [Replace(("a",), "x"), Replace(("b",), [1, 2])], path="f.yaml") == before


def test_one_is_neither_true_nor_one_point_nought() -> None:
    for value, text in ((True, "true"), (1.0, "1.0"), ("1", "'1'")):
        assert edited(b"a: 1\n", [Replace(("a",), value)], path="f.yaml").decode() == f"a: {text}\n"


def test_h36_control_characters_are_kept_and_shown_by_the_next_reading() -> None:
    edits: list[Edit] = [
        Replace(("a",), "x\x1b[2Jy\x9b"),
        Insert((), "b", "\0", after="a"),
        Insert((), "c", "\u2028", after="b"),
    ]
    after = edited(b"a: 1\n", edits, path="f.yaml")
    assert after.decode() == 'a: "x\\e[2Jy\\x9B"\nb: "\\0"\nc: "\\L"\n'
    reading = read_yaml(after, "f.yaml")
    assert [(problem.summary, problem.location.line) for problem in reading.problems] == [
        ("this text holds a control character", 1),
        ("this text holds a control character", 2),
    ]


def test_a_hundred_captions_are_written_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []

    def counting(data: bytes, path: str, *, is_lenient: bool) -> Reading:
        counts.append(len(data))
        return read_yaml(data, path, is_lenient=is_lenient)

    monkeypatch.setattr("reconciler.files.yaml.edit.read_yaml", counting)
    before = "".join(f"p{number}.png: old {number} # c\n" for number in range(50)).encode()
    edits = [
        Replace((f"p{number}.png",), "new") if number < 50 else Insert((), f"p{number}.png", "new")
        for number in range(100)
    ]
    after = edited(before, edits, path="f.yaml").decode()
    assert after == "".join(f"p{number}.png: new{' # c' if number < 50 else ''}\n" for number in range(100))
    assert len(counts) == 2, "read once, and read back once"


# ---------------------------------------------------------------- what is refused
REFUSED: list[tuple[str, Edit, str]] = [
    (
        "a: &x 1\nb: *x\n",
        Replace(("a",), 2),
        'f.yaml:1:1: this value is used at another place: "*x" stands for it at line 2',
    ),
    (
        "a: &x {e: 1}\nb: *x\n",
        Insert(("a",), "f", 2),
        'f.yaml:1:1: this value is used at another place: "*x" stands for',
    ),
    ("a: &x {e: 1}\nb: *x\n", Replace(("a", "e"), 2), "f.yaml:1:8: this value is used at another place"),
    ("a: &x {e: 1}\nb: *x\n", Remove(("a",)), "f.yaml:1:1: this value is used at another place"),
    (
        "a: &x {e: 1}\nb: *x\n",
        Replace(("b", "e"), 2),
        'f.yaml:2:4: this value is written at another place: "*x" stands',
    ),
    ("a: &x {e: 1}\nb: *x\n", Insert(("b",), "f", 2), "f.yaml:2:4: this value is written at another place"),
    ("a: &x [1]\nb: *x\n", Append(("b",), 2), "f.yaml:2:4: this value is written at another place"),
    ("a: |\n  x", Insert((), "b", 1), "f.yaml:1:1: this cannot be changed without changing what the rest"),
    ("a: 1\n", Replace(("a",), float("inf")), "f.yaml:1:1: this value cannot be written into a file"),
    ("a: [1\n", Insert((), "b", 1), "f.yaml:1:1: this is not valid YAML"),
    ("a: 1\na: 2\n", Replace(("a",), 3), 'f.yaml:2:1: "a" is given twice'),
    ("a: !x 1\n", Replace(("a",), 3), "f.yaml:1:4: a type written as a tag is not allowed"),
    ("<<: {a: 1}\n", Insert((), "b", 3), "f.yaml:1:1: merging with << is not allowed"),
    ("~\n", Insert((), "b", 3), "f.yaml:1:1: this cannot be changed"),
]


@pytest.mark.parametrize(("before", "edit", "message"), REFUSED)
def test_an_edit_that_would_mean_something_else_is_refused(before: str, edit: Edit, message: str) -> None:
    with pytest.raises(EditRefused) as refused:
        edited(before.encode(), [edit], path="f.yaml")
    assert str(refused.value).startswith(message)
    assert refused.value.problem.remedy


@pytest.mark.parametrize(
    "edit",
    [
        Replace(("b",), 1),
        Replace(("a", "b"), 1),
        Replace(("l", 2), 1),
        Replace(("l", -1), 1),
        Replace(("l", "0"), 1),
        Replace((), 1, document=1),
        Insert(("a",), "b", 1),
        Insert((), "a", 1),
        Insert((), "b", 1, after="c"),
        Append(("a",), 1),
        Remove(("b",)),
        Remove(()),
    ],
)
def test_a_path_that_leads_nowhere_is_a_mistake_of_the_caller(edit: Edit) -> None:
    with pytest.raises(NoSuchPlace):
        edited(b"a: x\nl: [1, 2]\n", [edit], path="f.yaml")


# ---------------------------------------------------------------- on the disk
def test_a_file_is_rewritten_with_its_permissions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lora.yaml").write_bytes(b"a: 1 # c\n")
    (tmp_path / "lora.yaml").chmod(0o664)
    with Tree(tmp_path) as tree:
        rewrite(tree, "lora.yaml", [Replace(("a",), 2)])
        with pytest.raises(EditRefused, match="this file cannot be read"):
            rewrite(tree, "none.yaml", [Replace(("a",), 2)])
    assert (tmp_path / "lora.yaml").read_bytes() == b"a: 2 # c\n"
    assert (tmp_path / "lora.yaml").stat().st_mode & 0o777 == 0o664


def test_what_somebody_writes_while_an_edit_is_made_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "lora.yaml"
    place.write_bytes(b"a: 1\n")
    real = edit_module.edited

    def slow(data: bytes, edits: Iterable[Edit], *, path: str) -> bytes:
        place.write_bytes(b"a: 1\nb: theirs\n")
        return real(data, edits, path=path)

    monkeypatch.setattr(edit_module, "edited", slow)
    with Tree(tmp_path) as tree, pytest.raises(FileChanged):
        rewrite(tree, "lora.yaml", [Replace(("a",), 2)])
    assert place.read_bytes() == b"a: 1\nb: theirs\n"


def test_nothing_is_written_where_nothing_changes(tmp_path: Path) -> None:
    (tmp_path / "lora.yaml").write_bytes(b"a: 1\n")
    before = (tmp_path / "lora.yaml").stat()
    with Tree(tmp_path) as tree:
        rewrite(tree, "lora.yaml", [Replace(("a",), 1)])
    assert (tmp_path / "lora.yaml").stat().st_ino == before.st_ino
