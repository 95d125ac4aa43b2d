"""F38 and the cache of manifests: what is found in it is what reading would find, and a command that acts never asks it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.manifest.reading import read_manifest
from reconciler.core.manifest.resolve import resolve
from reconciler.core.problem import ProblemsFound
from reconciler.files.cache import CacheFile, CacheTable
from reconciler.files.load import load
from reconciler.files.yaml import reading_cache
from reconciler.files.yaml.reading import Reading, read_yaml
from reconciler.files.yaml.reading_cache import ReadingCache, decoded, encoded
from tests.files.conftest import DATASET, MODEL, PROJECT, Brand, cache_rows
from tests.files.yaml.test_reading import REFUSED

SOUND = f"{PROJECT}---\n{DATASET}---\n{MODEL}".encode()
TEXTS = [
    SOUND,
    b"",
    b"\xef\xbb\xbfa: b\n",
    b"a: [1, -0.0, 1e-7, 9223372036854775807, 1.0, true, ~, '', x]\nb:\n",
    "name: Ünïcode \N{PILE OF POO}\n--- a\n--- [b]\n".encode(),
    b"a: &x {b: [c, d]}\ne: *x\n",
    *(case[1].encode() if isinstance(case[1], str) else case[1] for case in REFUSED),
]


def kept(data: bytes) -> bytes:
    value = encoded(read_yaml(data, "before.yaml"))
    assert value is not None
    return value


@pytest.mark.parametrize("data", TEXTS, ids=range(len(TEXTS)))
def test_what_is_found_is_what_reading_finds_at_the_path_of_now(data: bytes) -> None:
    reading = read_yaml(data, "now.yaml")
    value = encoded(read_yaml(data, "before.yaml"))
    if value is not None:
        found = decoded(value, "now.yaml")
        assert found == reading
        assert repr(found) == repr(reading), "1 and 1.0 and True are equal, and not the same"
    else:
        assert "\\ud800" in data.decode(), "only a text that JSON cannot hold is not kept"


def test_nothing_of_a_reading_is_forgotten() -> None:
    """A field more must be kept as well, or what is found says less than what was read."""
    assert {each.name for each in fields(Reading)} == {"documents", "broken", "problems", "lost_names"}


def test_a_manifest_that_is_found_is_judged_as_one_that_is_read() -> None:
    found = decoded(kept(SOUND), "now.yaml")
    assert found is not None
    read = read_yaml(SOUND, "now.yaml")
    assert [*map(read_manifest, found.documents)] == [*map(read_manifest, read.documents)]


# ---------------------------------------------------------------- rows of other hands
def changed(change: Callable[[dict[str, object]], object]) -> bytes:
    """What is kept of a file with a fault, its head changed."""
    value = kept(b"a: 1\n---\nb: 1\nb: 2\n")
    end = value.index(b"\n")
    head = json.loads(value[:end])
    change(head)
    return json.dumps(head).encode() + value[end:]


def nested(levels: int) -> object:
    return [nested(levels - 1)] if levels else 1


HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "no line": b"{}",
    "pickle": b"\x80\x04\x95\x0b\n",
    "half": kept(SOUND)[:-1],
    "a place more": kept(SOUND) + bytes(8),
    "no places": kept(SOUND)[: kept(SOUND).index(b"\n") + 1],
    "a list": b"[]\n",
    "no documents": changed(lambda head: head.pop("documents")),
    "another key": changed(lambda head: head.update(more=1)),
    "a document without a value": changed(lambda head: head.update(documents=[{"has_null": False}])),
    "a document with another field": changed(lambda head: head.update(documents=[{"value": 1, "path": "/etc"}])),
    "a document that is a number": changed(lambda head: head.update(documents=[1])),
    "deep": changed(lambda head: head.update(documents=[{"value": nested(40), "has_null": False}])),
    "deeper": b'{"documents":[{"value":' + b"[" * 100_000 + b"\n",
    "no number": changed(lambda head: head.update(documents=[{"value": float("nan"), "has_null": False}])),
    "names that are numbers": changed(lambda head: head.update(lost_names=[1])),
    "names that are lists": changed(lambda head: head.update(lost_names=[[]])),
    "problems that are none": changed(lambda head: head.update(problems=[{}])),
    "a problem that is no text": changed(lambda head: head["problems"][0].update(summary=1)),  # type: ignore[index]
    "a place that is a text": changed(lambda head: head["problems"][0].update(location=["1", 1])),  # type: ignore[index]
    "an unknown severity": changed(lambda head: head["problems"][0].update(severity="none")),  # type: ignore[index]
    "a field that problems have not": changed(lambda head: head["problems"][0].update(more="x")),  # type: ignore[index]
}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_a_row_that_we_would_not_write_is_not_known(value: bytes) -> None:
    assert decoded(value, "f.yaml") is None


@given(
    st.binary()
    | st.builds(lambda at, byte: kept(SOUND)[:at] + byte + kept(SOUND)[at + 1 :], st.integers(0), st.binary())
)
def test_no_row_at_all_raises(value: bytes) -> None:
    found = decoded(value, "f.yaml")
    for document in () if found is None else found.documents:
        read_manifest(document)


# ---------------------------------------------------------------- who asks
def rows(brand: Brand) -> list[tuple[bytes, bytes]]:
    return cache_rows(brand.cache, "readings")


def poison(brand: Brand) -> None:
    """Put into the cache what a hostile hand would: a sound row that says something else of the bytes of a manifest."""
    with CacheFile(brand.cache) as file:
        for key, value in rows(brand):
            file.put(CacheTable.READINGS, key, value.replace(b"purple", b"orange"))


def described(brand: Brand, *, believes_cache: bool) -> str:
    loaded = load(brand.root, cache=brand.cache, believes_cache=believes_cache)
    return str(loaded.manifests[0].body)


def test_a_command_that_only_shows_takes_what_is_known_and_one_that_acts_never_does(brand: Brand) -> None:
    assert "purple" in described(brand, believes_cache=True)
    poison(brand)
    assert "orange" in described(brand, believes_cache=True), "the cache is asked"
    assert "purple" in described(brand, believes_cache=False)
    assert "purple" in described(brand, believes_cache=True), "a command that acts mends what it finds to be wrong"


def test_nobody_believes_the_cache_without_saying_so(brand: Brand) -> None:
    brand.load()
    poison(brand)
    assert "purple" in str(brand.load().manifests[0].body)


def test_a_run_that_knows_all_writes_nothing(empty: Brand) -> None:
    empty.write("lora.yaml", PROJECT)
    states = []
    for believes_cache in (True, False, True):
        described(empty, believes_cache=believes_cache)
        states.append((empty.cache.read_bytes(), empty.cache.stat().st_mtime_ns))
    assert len(set(states)) == 1


def test_problems_are_found_in_the_cache_as_they_were(brand: Brand) -> None:
    brand.write("wrong.yaml", "a: 1\na: 2\n---\nkind: Model\nmetadata: {name: x}\n---\nname: y\n: [")
    brand.write("binary.yaml", b"name: z\n\xff")
    fresh = load(brand.root, cache=brand.cache, believes_cache=True)
    known = load(brand.root, cache=brand.cache, believes_cache=True)
    assert fresh.problems
    assert known == fresh
    assert len(rows(brand)) == 3


def test_a_moved_file_is_known_and_shown_where_it_lies_now(brand: Brand) -> None:
    described(brand, believes_cache=True)
    before = rows(brand)
    (brand.root / "lora.yaml").rename(brand.root / "other.yaml")
    loaded = load(brand.root, cache=brand.cache, believes_cache=True)
    assert str(loaded.manifests[2].location) == "manifests/other.yaml:20:1"
    assert rows(brand) == before


@pytest.mark.parametrize("name", ["ruamel.yaml", "reconciler.files.yaml.builder"])
def test_other_rules_find_nothing(brand: Brand, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    described(brand, believes_cache=True)
    poison(brand)
    assert name in reading_cache._RULES
    monkeypatch.setattr(reading_cache, "_RULES", [__name__ if one == name else one for one in reading_cache._RULES])
    reading_cache.rules.cache_clear()
    try:
        assert "purple" in described(brand, believes_cache=True)
    finally:
        reading_cache.rules.cache_clear()


def test_a_large_tree_is_written_in_parts(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_cache, "PENDING_LIMIT", 10)
    with CacheFile(brand.cache) as file:
        readings = ReadingCache(file, is_believed=True)
        for number in range(3):
            assert len(list(readings.read([("f.yaml", b"a: %d" % number)]))) == 1
            assert len(rows(brand)) == number + 1


def test_without_a_usable_cache_all_is_read(brand: Brand) -> None:
    brand.cache.parent.mkdir()
    brand.cache.mkdir()
    assert "purple" in described(brand, believes_cache=True)


def test_one_file_twice_is_kept_once(brand: Brand) -> None:
    files: Sequence[tuple[str, bytes]] = [("a.yaml", SOUND), ("b.yaml", SOUND)]
    with CacheFile(brand.cache) as file:
        first, second = ReadingCache(file, is_believed=True).read(files)
    assert len(rows(brand)) == 1
    assert [replace(one, path="a.yaml") for one in second.documents] == first.documents


def test_a_tree_with_errors_is_refused_as_often_as_it_is_asked_about(brand: Brand) -> None:
    brand.write("wrong.yaml", "kind: Datset\n")
    found = []
    for _ in range(2):
        with pytest.raises(ProblemsFound) as raised:
            resolve(load(brand.root, cache=brand.cache, believes_cache=True))
        found.append(raised.value.problems)
    assert found[0] == found[1]
