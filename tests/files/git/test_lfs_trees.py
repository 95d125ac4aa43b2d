"""Trees whose images Git LFS keeps: the pointers in git's objects hold the digests, on the disk lie files or pointers."""

import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.core.desired import DesiredImage
from reconciler.core.manifest.resolve import resolve
from reconciler.files import load as load_module
from reconciler.files.git.git_tree_ids import ask_git
from reconciler.files.load import load
from reconciler.files.tree import Tree
from tests.files.conftest import Brand, Draw
from tests.files.git.test_git_tree_ids import HOME, POSES, cloned, git

FILTER = """\
import hashlib, pathlib, sys
way, store = sys.argv[1], pathlib.Path(sys.argv[2])
data = sys.stdin.buffer.read()
if way == "clean" and not data.startswith(b"version https://git-lfs"):
    oid = hashlib.sha256(data).hexdigest()
    (store / oid).write_bytes(data)
    data = f"version https://git-lfs.github.com/spec/v1\\noid sha256:{oid}\\nsize {len(data)}\\n".encode()
elif way == "smudge":
    data = (store / data.split(b"sha256:")[1][:64].decode()).read_bytes()
sys.stdout.buffer.write(data)
"""
Lfs = Callable[..., str]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often an image was opened."""
    counts: Counter[str] = Counter()
    real = Tree.open_file

    def counting(tree: Tree, path: str) -> object:
        counts["images"] += path.endswith(".png")
        return real(tree, path)

    monkeypatch.setattr(Tree, "open_file", counting)
    return counts


@pytest.fixture
def lfs(tmp_path: Path) -> Lfs:
    """Git with a filter that does what Git LFS does."""
    store, script = tmp_path / "store", tmp_path / "filter.py"
    store.mkdir()
    script.write_text(FILTER)

    def run(folder: Path, *arguments: str) -> str:
        ways = (f"filter.lfs.{way}={sys.executable} -I -S {script} {way} {store}" for way in ("clean", "smudge"))
        return git(folder, *(word for way in ways for word in ("-c", way)), *arguments)

    return run


@pytest.fixture
def kept(brand: Brand, draw: Draw, lfs: Lfs, monkeypatch: pytest.MonkeyPatch, opened: Counter[str]) -> Brand:
    """A brand whose images Git LFS keeps, files on the disk; read once, with warnings about one image."""
    monkeypatch.setattr(load_module, "ASK_GIT_FROM", 0)
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    brand.write("images/alpha.png", draw(mode="RGBA", seed=50))
    (brand.folder / ".gitattributes").write_text("*.png filter=lfs diff=lfs merge=lfs -text\n")
    (brand.folder / ".gitignore").write_text("cache/\nstore/\nfilter.py\n")
    git(brand.folder, "init", "--quiet")
    lfs(brand.folder, "add", "--all")
    git(brand.folder, "commit", "--quiet", "-m", "x")
    settle(brand, lfs)
    assert "oid sha256:" in git(brand.folder, "show", "HEAD:manifests/images/alpha.png")
    brand.resolve()
    opened.clear()
    return brand


def images(brand: Brand) -> list[DesiredImage]:
    return list(brand.resolve().datasets[POSES].images)


def without_cache(brand: Brand) -> object:
    return resolve(load(brand.root, cache=brand.folder / "cache" / "no such file"))


def settle(brand: Brand, lfs: Lfs) -> None:
    """Make files old: those as fresh as the index are compared by git byte for byte, and they are not what the tree holds."""
    for path in (brand.root / "images").iterdir():
        os.utime(path, ns=(10**18, 10**18))
    lfs(brand.folder, "update-index", "--refresh")


def fill(clone: Brand, lfs: Lfs, *names: str) -> None:
    """What `git lfs pull` does: put the files in place of their pointers, and tell git."""
    for name in names:
        (clone.root / "images" / name).unlink()
    lfs(clone.folder, "checkout", "--", "manifests/images")
    settle(clone, lfs)


def test_files_that_are_there_are_not_read_again(kept: Brand, opened: Counter[str]) -> None:
    vouching = ask_git(kept.root, HOME)
    assert vouching is not None
    assert "images" in vouching.trees()
    assert all(image.has_content for image in images(kept))
    assert opened["images"] == 0
    assert {problem.rule for problem in kept.problems()} == {"image-alpha"}


def test_a_fresh_clone_with_the_files_reads_none(kept: Brand, opened: Counter[str], lfs: Lfs) -> None:
    clone = cloned(kept)
    fill(clone, lfs, *(path.name for path in (clone.root / "images").iterdir()))
    assert clone.resolve() == without_cache(clone)
    opened.clear()
    assert all(image.has_content for image in images(clone))
    assert opened["images"] == 0


def test_a_fresh_clone_without_the_files_is_judged_by_its_pointers(kept: Brand, opened: Counter[str]) -> None:
    clone = cloned(kept)
    expected = without_cache(clone)
    assert not any(image.has_content for image in images(clone))
    assert clone.resolve() == expected, "what the cache knows of the files is not told of pointers"
    opened.clear()
    other = cloned(clone, "again")
    assert {image.digest for image in images(other)} == {image.digest for image in images(kept)}
    assert opened["images"] == 0, "pointers are known in every clone, too"


def test_files_that_arrive_are_read(kept: Brand, opened: Counter[str], lfs: Lfs) -> None:
    clone = cloned(kept)
    shutil.rmtree(clone.cache.parent)
    assert not any(image.has_content for image in images(clone))
    fill(clone, lfs, "alpha.png", "p0.png")
    assert sorted(image.name for image in images(clone) if image.has_content) == ["alpha.png", "p0.png"]
    assert clone.resolve() == without_cache(clone)
    fill(clone, lfs, *(f"p{number}.png" for number in range(1, 5)))
    assert all(image.has_content for image in images(clone))
    opened.clear()
    images(clone)
    assert opened["images"] == 0


def test_a_filter_that_the_repository_names_is_not_run(kept: Brand, tmp_path: Path, opened: Counter[str]) -> None:
    """`git lfs install --local`, as checkouts of CI do it, names programs there."""
    canary = tmp_path / "ran"
    for way in ("clean", "smudge", "process"):
        git(kept.folder, "config", f"filter.lfs.{way}", f"touch {canary}")
    git(kept.folder, "config", "filter.lfs.required", "true")
    assert all(image.has_content for image in images(kept))
    assert opened["images"] == 0
    (kept.root / "images" / "p0.png").touch()
    assert all(image.has_content for image in images(kept))
    assert not canary.exists()


def test_what_is_filed_under_a_tree_was_proved(kept: Brand, draw: Draw, lfs: Lfs, opened: Counter[str]) -> None:
    """A filter of another kind wrote other bytes, which git takes for clean: nothing of them is told of the tree."""
    clone = cloned(kept)
    shutil.rmtree(clone.cache.parent)
    fill(clone, lfs, *(path.name for path in (clone.root / "images").iterdir()))
    other = draw(seed=99)
    (clone.root / "images" / "p0.png").write_bytes(other)
    os.utime(clone.root / "images" / "p0.png", ns=(10**18, 10**18))
    git(clone.folder, "-c", "filter.lfs.clean=git cat-file blob HEAD:%f", "add", "manifests/images/p0.png")
    assert not git(clone.folder, "status", "--porcelain")
    first = {image.digest for image in images(clone)}
    assert first != {image.digest for image in images(kept)}
    again = cloned(kept, "again")
    shutil.copytree(clone.cache.parent, again.cache.parent, dirs_exist_ok=True)
    fill(again, lfs, *(path.name for path in (again.root / "images").iterdir()))
    assert {image.digest for image in images(again)} == {image.digest for image in images(kept)}
