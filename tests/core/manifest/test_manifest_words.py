"""Small rules beside the manifests: keys, places, portable names, paths, sizes of names."""

import pytest

from reconciler.core.kind import Kind
from reconciler.core.manifest.document import Document
from reconciler.core.manifest.kinds import RULES
from reconciler.core.manifest.mismatch import keys_at, words_at
from reconciler.core.manifest.portable import Outside, below, clashes, unportable
from reconciler.core.manifest.suggestion import did_you_mean, nearest, one_of
from reconciler.files.yaml.reading import read_yaml

DATASET = RULES[Kind.DATASET].body


def test_keys_and_words_end_where_anything_may_stand() -> None:
    assert keys_at(DATASET, ("spec", "captions")) == ("source",)
    assert words_at(DATASET, ("spec", "captions", "source")) == ("automatic", "sidecar", "file")
    assert keys_at(RULES[Kind.MODEL].body, ("spec", "aliases", "production")) == ()
    assert keys_at(DATASET, ("spec", "nothing", "further")) == ()
    assert words_at(DATASET, ("spec", "project")) == ()


def test_places_beyond_the_end_of_a_list() -> None:
    (document,) = read_yaml(b"a: [1, [2, 3], 4]", "f.yaml").documents
    assert str(document.at("a", 9)) == "f.yaml:1:1"
    assert str(document.at("a", 2)) == "f.yaml:1:16"
    assert str(Document(path="f", value=3, marks=document.marks).at("a")) == "f:1:1"


def test_names_that_other_systems_cannot_hold() -> None:
    assert unportable("wave-1.png") is None
    assert unportable("Übung.png") is None
    assert unportable("a\udce9") == "its name is not UTF-8"
    assert unportable("é" * 130) == "its name is longer than 255 bytes"
    assert unportable('a"b.png') == "its name holds a double quote"
    assert unportable("a\\b.png") == "its name holds a backslash"
    assert unportable("a:b.png") == 'its name holds ":"'
    assert unportable("LPT1") == "its name is reserved on Windows"
    assert unportable("x.") == "its name begins with a space, or ends with a space or a dot"


def test_clashes_name_each_later_file_once() -> None:
    assert clashes(["a.png", "b.png"]) == []
    assert clashes(["a.png", "A.png", "b.png", "a.PNG"]) == [("A.png", "a.PNG"), ("A.png", "a.png")]


@pytest.mark.parametrize(
    ("folder", "path", "expected"), [("", "a", "a"), ("a/b", "../c", "a/c"), ("a", "..", ""), ("a", "./x//y/", "a/x/y")]
)
def test_paths_below_the_root(folder: str, path: str, expected: str) -> None:
    assert below(folder, path) == expected


@pytest.mark.parametrize("path", ["..", "a/../..", "/a", "~", "a\\b", "c:/a", "a://b", ".a", "a/.b/c", "a\u200b"])
def test_paths_that_leave_it(path: str) -> None:
    with pytest.raises(Outside, match="it "):
        below("", path)


def test_guesses() -> None:
    assert nearest("Caption-Prefix", ["caption_prefix", "captions"]) == "caption_prefix"
    assert nearest("zzz", ["a"]) is None
    assert did_you_mean("zzz", []) == ""
    assert did_you_mean("zzz", [str(number) for number in range(20)]) == ""
    assert did_you_mean("zzz", ["b", "a"]) == "Known here: b, a."
    assert one_of(["a"]) == '"a"'
