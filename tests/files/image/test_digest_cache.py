"""F38 and the digest cache: a hint that is never trusted further than the file system's own word."""

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.core.desired import Desired
from reconciler.core.kind import Kind
from reconciler.core.ref import Ref
from reconciler.files.cache import LIMITS, CacheFile, CacheTable
from reconciler.files.image import digest_cache as digest_module
from reconciler.files.image import scan as scan_module
from reconciler.files.image.digest_cache import DigestCache
from reconciler.files.image.digest_table import NO_KEY, packed
from reconciler.files.tree import Tree
from tests.files.conftest import Brand, Draw, cache_rows

POSES = Ref(Kind.DATASET, "lora-poses")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each file of the tree was opened."""
    counts: Counter[str] = Counter()
    real = Tree.open_file

    def counting(tree: Tree, path: str) -> object:
        counts[path] += 1
        return real(tree, path)

    monkeypatch.setattr(Tree, "open_file", counting)
    return counts


def images_of(counts: Counter[str]) -> list[str]:
    return sorted(path for path in counts.elements() if path.endswith(".png"))


def settled(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the files old: as if they had been written long before this run."""
    monkeypatch.setattr(digest_module, "_TICK", -(10**15))
    monkeypatch.setattr(digest_module, "_COARSE_TICK", -(10**15))


def digests(desired: Desired) -> dict[str, str]:
    return {image.name: image.digest for image in desired.datasets[POSES].images}


@pytest.fixture
def warm(brand: Brand, draw: Draw, monkeypatch: pytest.MonkeyPatch, opened: Counter[str]) -> Brand:
    settled(brand, monkeypatch)
    brand.write("images/alpha.png", draw(mode="RGBA", seed=50))
    brand.write("images/deep/d.png", draw(seed=51))
    brand.resolve()
    opened.clear()
    return brand


def test_a_second_run_reads_no_image_and_says_the_same(warm: Brand, opened: Counter[str]) -> None:
    second = warm.resolve()
    assert images_of(opened) == []
    warm.cache.unlink()
    assert warm.resolve() == second
    assert len(images_of(opened)) == 7
    assert [problem.rule for problem in second.warnings] == ["image-alpha"]


def test_findings_that_are_errors_are_cached_too(warm: Brand, opened: Counter[str]) -> None:
    warm.write("images/cut.png", b"\x89PNG\r\n\x1a\n")
    first = warm.errors()
    opened.clear()
    assert warm.errors() == first
    assert images_of(opened) == []


def test_only_what_changed_is_read(warm: Brand, opened: Counter[str], draw: Draw) -> None:
    before = digests(warm.resolve())
    warm.write("images/p0.png", draw(seed=60))
    after = digests(warm.resolve())
    assert images_of(opened) == ["images/p0.png"]
    assert {name for name in after if after[name] != before[name]} == {"p0.png"}


def test_f38_an_edit_with_size_and_mtime_restored_is_seen(warm: Brand) -> None:
    path = warm.root / "images" / "p0.png"
    status, data = path.stat(), bytearray(path.read_bytes())
    before = digests(warm.resolve())
    data[-20] ^= 1
    path.write_bytes(bytes(data))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size
    assert path.stat().st_mtime_ns == status.st_mtime_ns
    problems = warm.errors()
    assert [problem.location.path for problem in problems] == ["manifests/images/p0.png"]
    assert before["p0.png"]


def test_files_too_fresh_to_be_told_from_an_edit_are_not_kept(brand: Brand, opened: Counter[str]) -> None:
    for path in (brand.root / "images").iterdir():
        path.touch()
    brand.resolve()
    brand.resolve()
    assert len(images_of(opened)) == 10


def test_time_stamps_in_whole_seconds_need_more_margin(brand: Brand) -> None:
    cache = DigestCache(CacheFile(brand.cache), brand.root)
    path = brand.root / "images" / "p0.png"
    now = cache.begin()
    os.utime(path, ns=(0, now - now % 10**9 - 10**9))
    assert cache.key(path.stat()) == packed(NO_KEY)


Forge = Callable[[list[Any]], object]


def key_of(brand: Brand) -> bytes:
    """The key of the folder `images`."""
    (key,) = (key for key, _ in cache_rows(brand.cache, "digests") if key.endswith(b"images"))
    return key


def value_of(brand: Brand) -> bytes:
    return dict(cache_rows(brand.cache, "digests"))[key_of(brand)]


def put_value(brand: Brand, value: bytes) -> None:
    """A row whose checksum is right, made by another hand."""
    key = key_of(brand)
    with CacheFile(brand.cache) as file:
        file.put(CacheTable.DIGESTS, key, value)


def forged(good: bytes, forge: Forge) -> bytes:
    """The row of one folder, its head changed by `forge`: tree, form, not_tree, number, facts, counts, totals, flaws."""
    line, _, columns = good.partition(b"\n")
    head = json.loads(line)
    forge(head)
    return json.dumps(head).encode() + b"\n" + columns


FORGERIES: dict[str, Forge] = {
    "fewer files": lambda head: head.__setitem__(3, head[3] - 1),
    "more files": lambda head: head.__setitem__(3, head[3] + 1),
    "a negative number": lambda head: head.__setitem__(3, -1),
    "no number": lambda head: head.__setitem__(3, "6"),
    "facts are missing": lambda head: head[4].clear(),
    "facts are none": lambda head: head.__setitem__(4, [[1]]),
    "facts are of other things": lambda head: head.__setitem__(4, [[1, 2, 3]]),
    "counts of facts that are not there": lambda head: head.__setitem__(5, [[9, ".png", 1]]),
    "counts are none": lambda head: head.__setitem__(5, 3),
    "totals are none": lambda head: head.__setitem__(6, 3),
    "totals are too few": lambda head: head[6].pop(),
    "totals are texts": lambda head: head.__setitem__(6, ["a", "b", True, True]),
    "flaws are none": lambda head: head.__setitem__(7, {"0": {"rule": 3, "x": 4}}),
    "flaws are no texts": lambda head: head.__setitem__(7, {"0": {"rule": "x", "summary": 4}}),
    "flaws are a list": lambda head: head.__setitem__(7, []),
    "no form": lambda head: head.__setitem__(1, "x"),
    "head goes on": lambda head: head.append(3),
    "head ends early": lambda head: head.clear(),
}


def garbage(good: bytes) -> list[bytes]:
    return [
        b"",
        b"\n",
        b"\0\xff" * 500,
        b"[" * 100_000,
        b"null\n",
        good[: len(good) // 2],
        good[:-1],
        good + b"x",
        good.replace(b"[", b"{", 1),
        good.replace(b"\n", b"", 1),
        *(forged(good, forge) for forge in FORGERIES.values()),
    ]


def test_f38_a_row_that_is_not_as_we_write_it_is_made_anew(warm: Brand, opened: Counter[str]) -> None:
    expected = warm.resolve()
    good = value_of(warm)
    assert json.loads(forged(good, lambda _: None).partition(b"\n")[0]) == json.loads(good.partition(b"\n")[0]), (
        "else nothing is proved"
    )
    for value in garbage(good):
        put_value(warm, value)
        assert warm.resolve() == expected
        opened.clear()
        assert warm.resolve() == expected
        assert images_of(opened) == []


def test_rows_by_other_rules_are_not_used(warm: Brand, monkeypatch: pytest.MonkeyPatch, opened: Counter[str]) -> None:
    monkeypatch.setattr(digest_module, "RULES", b"another number")
    warm.resolve()
    assert len(images_of(opened)) == 7


def test_a_cache_may_be_moved_and_holds_no_absolute_path(warm: Brand, opened: Counter[str]) -> None:
    assert str(warm.folder).encode() not in warm.cache.read_bytes()
    assert warm.cache.stat().st_mode & 0o077 == 0
    moved = warm.folder / "moved"
    shutil.move(warm.cache, moved)
    warm.cache = moved
    warm.resolve()
    assert images_of(opened) == []


def test_a_row_says_what_its_folder_holds_now(warm: Brand) -> None:
    (warm.root / "images" / "p0.png").unlink()
    (warm.root / "images" / "p1.png").touch()
    warm.resolve()
    value = value_of(warm)
    assert b"p0.png" not in value
    assert b"p2.png" in value


def test_the_row_of_a_folder_that_is_gone_stays_until_others_need_the_room(
    warm: Brand, monkeypatch: pytest.MonkeyPatch, draw: Draw
) -> None:
    shutil.rmtree(warm.root / "images" / "deep")
    warm.resolve()
    folders = [key for key, _ in cache_rows(warm.cache, "digests")]
    assert [key.endswith(b"images/deep") for key in folders] == [False, True]
    monkeypatch.setitem(LIMITS, CacheTable.DIGESTS, len(value_of(warm)) + 250)
    warm.write("images/p9.png", draw(seed=61))
    warm.resolve()
    assert [key for key, _ in cache_rows(warm.cache, "digests")] == folders[:1]


def test_two_roots_share_the_file_and_not_the_rows(warm: Brand, opened: Counter[str]) -> None:
    (warm.folder / "other").mkdir()
    other = Brand(warm.folder / "other")
    shutil.copytree(warm.root, other.root, dirs_exist_ok=True)
    other.cache = warm.cache
    expected = other.resolve()
    assert len(images_of(opened)) == 7, "the times are those of other files"
    opened.clear()
    assert digests(other.resolve()) == digests(expected) == digests(warm.resolve())
    assert images_of(opened) == []


@pytest.mark.parametrize("obstacle", ["file", "folder", "link"])
def test_f37_a_cache_that_cannot_be_written_harms_nothing(brand: Brand, obstacle: str) -> None:
    if obstacle == "file":
        (brand.folder / "cache").write_text("in the way")
    elif obstacle == "folder":
        brand.cache.mkdir(parents=True)
    else:
        brand.cache.parent.symlink_to("/proc/nothing")
    assert len(brand.resolve().datasets[POSES].images) == 5
    assert not [path for path in brand.folder.rglob("*") if path.name.startswith("tmp")]


def test_links_are_judged_by_what_they_lead_to(warm: Brand, draw: Draw) -> None:
    warm.write("other.png", draw(seed=70))
    (warm.root / "images" / "link.png").symlink_to("../other.png")
    before = digests(warm.resolve())["link.png"]
    warm.write("other.png", draw(seed=71))
    assert digests(warm.resolve())["link.png"] != before


def test_many_bytes_are_hashed_by_several_threads(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = brand.resolve()
    monkeypatch.setattr(scan_module, "_PARALLEL_FROM", 1)
    brand.cache.unlink(missing_ok=True)
    assert brand.resolve() == expected


def test_files_larger_than_any_image_are_not_read(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan_module, "FILE_LIMIT", 1024)
    problems = brand.errors()
    assert {problem.rule for problem in problems} == {"path-refused"}
    assert "larger than 0 MB" in problems[0].detail


def test_a_file_that_breaks_off_while_it_is_read(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(file: object, expected: int | None) -> object:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(scan_module, "inspect", failing)
    assert "cannot be read to its end" in brand.errors()[0].detail
