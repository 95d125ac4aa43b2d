"""Images of a revision are read from git's objects, and not again where the cache knows the folder by git's id of it."""

import zlib
from pathlib import Path

import pytest

from reconciler.files.cache import CacheFile
from reconciler.files.git.repository import RevisionRefused
from reconciler.files.git.revision_tree import revision_tree
from reconciler.files.image.digest_cache import DigestCache
from reconciler.files.image.digest_table import DigestTable
from reconciler.files.image.image_file import Inspection
from reconciler.files.image.revision_scan import scan_revision
from tests.files.conftest import picture
from tests.files.git.test_revision import Repo

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'f' * 64}\nsize 12345\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def scanned(repo: Repo, names: dict[str, list[str]]) -> dict[str, dict[str, object]]:
    with revision_tree(repo.root, "HEAD") as tree, CacheFile(repo.folder.parent / "cache") as file:
        found = scan_revision(tree, names, DigestCache(file, None))
    return {
        folder: dict(zip(one.names, one.inspections, strict=True)) if isinstance(one, DigestTable) else dict(one)
        for folder, one in found.items()
    }


def spoil(repo: Repo, path: str) -> None:
    """Leave of a blob only what tells its size."""
    oid = repo("rev-parse", f"HEAD:manifests/{path}")
    place = repo.folder / ".git/objects" / oid[:2] / oid[2:]
    place.chmod(0o644)
    data = zlib.decompress(place.read_bytes())
    place.write_bytes(zlib.compress(data[:200], 0)[:100])


def test_what_was_read_once_is_known_by_the_id_of_the_folder(repo: Repo) -> None:
    """In any clone, and for a part of the folder's images as well."""
    (repo.root / "images").mkdir()
    for number in range(3):
        (repo.root / f"images/p{number}.png").write_bytes(picture(seed=number))
    repo.commit()
    every = {"images": ["p0.png", "p1.png", "p2.png"]}
    first = scanned(repo, every)
    assert all(isinstance(one, Inspection) for one in first["images"].values())
    spoil(repo, "images/p1.png")
    assert scanned(repo, every) == first
    assert scanned(repo, {"images": ["p1.png"]}) == {"images": {"p1.png": first["images"]["p1.png"]}}
    (repo.folder.parent / "cache").unlink()
    with pytest.raises(RevisionRefused):
        scanned(repo, every)


def test_pointers_are_kept_as_pointers(repo: Repo) -> None:
    """A pointer of Git LFS has the digest that it stands for; the file itself may lie on the disk of another clone."""
    (repo.root / "images").mkdir()
    (repo.root / "images/p0.png").write_text(POINTER)
    repo.commit()
    first = scanned(repo, {"images": ["p0.png"]})
    found = first["images"]["p0.png"]
    assert isinstance(found, Inspection)
    assert (found.digest, found.size, found.is_pointer) == ("f" * 64, 12345, True)
    spoil(repo, "images/p0.png")
    assert scanned(repo, {"images": ["p0.png"]}) == first


def test_a_folder_of_which_not_every_byte_was_hashed_is_not_kept(repo: Repo) -> None:
    """What git could take for text is hashed by nobody the way git does; a name that leads nowhere is refused."""
    (repo.root / "images").mkdir()
    (repo.root / "images/p0.png").write_text("no image")
    repo.commit()
    assert isinstance(scanned(repo, {"images": ["p0.png"]})["images"]["p0.png"], Inspection)
    assert not (repo.folder.parent / "cache").exists()
    assert str(scanned(repo, {"images": ["none.png"]})["images"]["none.png"]) == "images/none.png does not exist"
