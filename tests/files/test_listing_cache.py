"""F38 and the listing: a folder is not opened where its times say that no name in it came or went, and each that did is seen."""

import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.files import tree_listing
from reconciler.files.cache import CacheFile, CacheTable
from reconciler.files.image import digest_cache
from reconciler.files.image.digest_cache import DigestCache
from reconciler.files.listing_cache import ListingCache, decoded, encoded
from reconciler.files.load import load
from reconciler.files.tree import Entries, Tree
from reconciler.files.tree_listing import TreeListing, list_tree
from tests.files.conftest import Brand, cache_rows, picture

NAMES = ("a.png", "b.png", "é.txt")
FOLDERS = [f"f{number}" for number in range(4)]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each folder was listed."""
    counts: Counter[str] = Counter()
    real = Tree.entries

    def counting(tree: Tree, path: str, most: int) -> Entries:
        counts[path] += 1
        return real(tree, path, most)

    monkeypatch.setattr(Tree, "entries", counting)
    return counts


@pytest.fixture
def place(empty: Brand, opened: Counter[str], monkeypatch: pytest.MonkeyPatch) -> Brand:
    """Four folders of files, one of them below another folder, listed once; as if they had been written long before."""
    monkeypatch.setattr(tree_listing, "FOLDERS_FROM", 1)
    monkeypatch.setattr(digest_cache, "_TICK", -(10**15))
    monkeypatch.setattr(digest_cache, "_COARSE_TICK", -(10**15))
    for folder in (*FOLDERS, "f0/below"):
        for name in NAMES:
            empty.write(f"{folder}/{name}", "x")
    empty.write("f1/.hidden", "x")
    listed(empty)
    opened.clear()
    return empty


def listed(brand: Brand) -> TreeListing:
    with Tree(brand.root) as tree, CacheFile(brand.cache) as file:
        known = ListingCache(file, tree, DigestCache(file, tree.root))
        found = list_tree(tree, known)
        known.save()
        return found


def fresh(brand: Brand) -> TreeListing:
    with Tree(brand.root) as tree:
        return list_tree(tree)


def test_folders_of_files_are_not_opened_again(place: Brand, opened: Counter[str]) -> None:
    before = place.cache.read_bytes(), sorted(place.cache.parent.iterdir())
    found = listed(place)
    assert opened == {"": 1, "f0": 1}, "those that hold folders are listed"
    assert (place.cache.read_bytes(), sorted(place.cache.parent.iterdir())) == before, "nothing is written"
    assert found == fresh(place)


def becomes_a_link(folder: Path) -> None:
    folder.rename(folder.with_name("old"))
    folder.symlink_to("old")


def becomes_another(folder: Path) -> None:
    folder.rename(folder.with_name("f9"))
    folder.mkdir()
    (folder / "z.png").write_text("x")


def becomes_a_file(folder: Path) -> None:
    folder.rename(folder.with_name("f9"))
    folder.write_text("x")


def gets_a_pipe_for_a_file(folder: Path) -> None:
    (folder / "a.png").unlink()
    os.mkfifo(folder / "a.png")


def is_emptied(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


CHANGES: dict[str, Callable[[Path], object]] = {
    "a file came": lambda folder: (folder / "c.png").write_text("x"),
    "a file went": lambda folder: (folder / "a.png").unlink(),
    "a file was renamed": lambda folder: (folder / "a.png").rename(folder / "c.png"),
    "a folder came": lambda folder: (folder / "deep").mkdir(),
    "a link came": lambda folder: (folder / "link.png").symlink_to("a.png"),
    "a link that leaves came": lambda folder: (folder / "link.png").symlink_to("../../../etc/passwd"),
    "a pipe came": lambda folder: os.mkfifo(folder / "pipe.png"),
    "a pipe took the place of a file": gets_a_pipe_for_a_file,
    "another folder took its place": becomes_another,
    "a link took its place": becomes_a_link,
    "a file took its place": becomes_a_file,
    "all went": is_emptied,
}


@pytest.mark.parametrize("folder", ["f1", "f0/below"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_of_a_name_is_seen(place: Brand, change: Callable[[Path], object], folder: str) -> None:
    change(place.root / folder)
    expected = fresh(place)
    for _ in range(2):
        assert listed(place) == expected


def test_a_folder_too_fresh_to_be_told_from_a_later_one_is_not_kept(
    empty: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree_listing, "FOLDERS_FROM", 1)
    empty.write("f/a.png", "x")
    listed(empty)
    assert not empty.cache.exists()


def test_another_root_has_its_own(place: Brand, opened: Counter[str]) -> None:
    (place.folder / "other").mkdir()
    other = Brand(place.folder / "other")
    other.cache = place.cache
    other.write("f1/else.png", "x")
    assert listed(other) == fresh(other)
    assert len(cache_rows(place.cache, "listings")) == 2


def test_h18_many_files_end_at_the_limit_known_or_not(place: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_listing, "TREE_LIMIT", 12)
    assert [problem.rule for problem in listed(place).problems] == ["tree-limit"]


def test_h18_deep_folders_end_at_the_limit_known_or_not(place: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_listing, "DEPTH_LIMIT", 2)
    assert [problem.rule for problem in listed(place).problems] == ["tree-limit"]


GOOD = encoded({"f1": (bytes(32), b"a\0b\0"), "f2": (bytes(32), b"")})


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"\n",
        b"[]\n",
        b"[" * 100_000 + b"\n",
        GOOD[:-1],
        GOOD + b"x",
        GOOD.replace(b"[4,0]", b"[-1,5]"),
        GOOD.replace(b"[4,0]", b'["4",0]'),
        GOOD.replace(b"[4,0]", b"[4]"),
        GOOD.replace(b"[4,0]", b"4"),
        GOOD.replace(b'["f1","f2"]', b"[[],{}]"),
    ],
)
def test_a_row_that_is_none_says_nothing(value: bytes) -> None:
    assert decoded(GOOD).keys() == {"f1", "f2"}
    assert decoded(value) == {}


@pytest.mark.parametrize(
    "names", [b"../../secret\0", b"a\0b/c\0", b".git\0", b"a\0.env\0", b"a\0\0b\0", b"\0", b"a", b"a\0b"]
)
def test_a_row_with_a_name_that_leads_out_of_its_folder_says_nothing(names: bytes) -> None:
    for folders in ({"f": names, "g": b"a\0"}, {"g": b"a\0", "h": names}):
        assert decoded(encoded({folder: (bytes(32), each) for folder, each in folders.items()})) == {}


def test_a_command_that_acts_does_not_ask(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row of another hand hides an image. Whoever acts on that would delete it on the live side."""
    monkeypatch.setattr(tree_listing, "FOLDERS_FROM", 1)
    monkeypatch.setattr(digest_cache, "_TICK", -(10**15))
    monkeypatch.setattr(digest_cache, "_COARSE_TICK", -(10**15))
    brand.write("images/p5.png", picture(seed=5))
    load(brand.root, cache=brand.cache, believes_cache=True)
    ((key, value),) = cache_rows(brand.cache, "listings")
    hidden = {path: (one, names.replace(b"p5.png\0", b"")) for path, (one, names) in decoded(value).items()}
    assert json.loads(encoded(hidden).partition(b"\n")[0]) != json.loads(value.partition(b"\n")[0])
    with CacheFile(brand.cache) as file:
        file.put(CacheTable.LISTINGS, key, encoded(hidden))
    numbers = [
        len(load(brand.root, cache=brand.cache, believes_cache=believes).folders[1].images)
        for believes in (True, False)
    ]
    assert numbers == [5, 6]
