"""A tree that is read from git's objects is, for every reader, what its checkout on the disk would be."""

import random
import zlib
from pathlib import Path

import pytest

from reconciler.core.problem import ProblemsFound
from reconciler.files.git.repository import RevisionRefused
from reconciler.files.git.revision import Limits
from reconciler.files.git.revision_tree import RevisionTree, revision_tree
from reconciler.files.tree import FileRefused, Tree, TreeReader
from reconciler.files.tree_listing import list_tree
from tests.files.git.test_revision import Repo

PARTS = ("a.txt", "b.yaml", "c.png", "d.json", "größe.txt", "\udcff.yaml", ".hidden", "long" * 70)
TARGETS = (
    *("a.txt", "..", "../a.txt", "b.yaml", "./d.json/../a.txt/b.yaml", "/etc/passwd", "../../x", "d.json/", "none"),
    *(".hidden/a", "a.txt//b.yaml"),
)
MODES = ("100644", "100644", "100755", "120000")
TREES = 24


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def entries_of(chance: random.Random) -> dict[str, str]:
    """Paths with their modes; no path is a folder of another one."""
    found: dict[str, str] = {}
    for _ in range(chance.randint(1, 14)):
        path = "/".join(chance.choice(PARTS[:-1]) for _ in range(chance.randint(1, 3)))
        if not any(f"{one}/".startswith(f"{path}/") or f"{path}/".startswith(f"{one}/") for one in found):
            found[path] = chance.choice(MODES)
    return found


def paths_to_try(chance: random.Random) -> list[str]:
    odd = [
        "",
        ".",
        "/etc/passwd",
        "../x",
        "a.txt/../b.yaml",
        "a.txt/./b.yaml",
        "a.txt//b.yaml",
        "b.yaml/",
        "b.yaml/x",
        PARTS[-1],
        "a\0b",
    ]
    return odd + ["/".join(chance.choice(PARTS) for _ in range(chance.randint(1, 4))) for _ in range(60)]


def seen(tree: TreeReader, paths: list[str]) -> tuple[object, ...]:
    """All that readers can learn of a tree, without what places are called."""
    listing = list_tree(tree)
    problems = [
        (one.rule, one.summary, one.detail, one.location.path.removeprefix(tree.shown(""))) for one in listing.problems
    ]
    return listing.folders, listing.entries, problems, [asked(tree, path) for path in paths]


def asked(tree: TreeReader, path: str) -> tuple[object, ...]:
    found: list[object] = [path]
    for question in (
        lambda: tree.look_at(path).kind,
        lambda: tree.read(path, 4),
        lambda: sorted(tree.entries(path, 99).files),
    ):
        try:
            found.append(question())
        except FileRefused as refused:
            found.append((refused.reason, refused.leaves, refused.is_missing))
    return tuple(found)


def test_it_is_read_as_its_checkout_is(repo: Repo) -> None:
    """Folders, links in and out, loops, hidden names, any bytes: the same listing, contents and refusals."""
    chance = random.Random(20261128)
    blobs = {
        mode: [repo.blob(text.encode()) for text in texts]
        for mode, texts in (("file", ("", "x", "xxxxxx")), ("link", TARGETS))
    }
    rows = []
    for number in range(TREES):
        for path, mode in entries_of(chance).items():
            oid = "1" * 40 if mode == "160000" else chance.choice(blobs["link" if mode == "120000" else "file"])
            rows.append(f"{mode} {oid}\tr{number}/{path}".encode(errors="surrogateescape"))
    repo("update-index", "-z", "--index-info", data=b"".join(row + b"\0" for row in rows))
    commit = repo("commit-tree", "-m", "x", repo("write-tree"))
    checkout = repo.folder.parent / "checkout"
    repo("checkout-index", "--all", f"--prefix={checkout}/")
    for number in range(TREES):
        root, paths = repo.folder / f"r{number}", paths_to_try(chance)
        with revision_tree(root, commit) as tree:
            ours = seen(tree, paths)
        (checkout / root.name).mkdir(exist_ok=True)  # where all names are hidden there is nothing to read
        with Tree(checkout / root.name) as laid:
            assert ours == seen(laid, paths)


def test_a_folder_with_hidden_files_alone_is_there(repo: Repo) -> None:
    """`.gitkeep` is how people keep an empty folder; where nothing else is in the root, nothing of it is ever read."""
    (repo.root / "images").mkdir()
    (repo.root / "images/.gitkeep").write_text("")
    repo.commit()
    with revision_tree(repo.root, "HEAD") as tree:
        assert tree.is_empty
        assert tree.entries("", 9).folders == ["images"]
        assert tree.entries("images", 9).files == []


def test_a_name_with_a_slash_is_a_path(repo: Repo) -> None:
    """Git would not write it; it never gets out of the root, nor in place of another file."""
    blob = repo.blob(b"x")
    with revision_tree(
        repo.root, repo.commit_tree(("100644", blob, "a/b.yaml"), ("100644", blob, "../c.yaml"))
    ) as tree:
        assert list(list_tree(tree).folders) == ["", "a"]
        assert tree.read("a/b.yaml", 9) == b"x"
    assert problem_of(repo, repo.commit_tree(("100644", blob, "a"), ("100644", blob, "a/b.yaml"))) == (
        "revision-path",
        "/a",
    )


def test_a_submodule_is_left_out(repo: Repo) -> None:
    """Its content is another repository's."""
    commit = repo.commit_tree(("100644", repo.blob(b"x"), "a.yaml"), ("160000", "1" * 40, "b"))
    with revision_tree(repo.root, commit) as tree:
        assert tree.entries("", 9).files == ["a.yaml"]
        assert not tree.holds("b")


def problem_of(repo: Repo, commit: str, limits: Limits | None = None) -> tuple[str, str]:
    with pytest.raises(ProblemsFound) as found, revision_tree(repo.root, commit, limits=limits or Limits()):
        pass
    (problem,) = found.value.problems
    return problem.rule, problem.location.path.rpartition(":")[2].removeprefix(str(repo.root))


def test_what_no_disk_can_hold_is_refused_as_a_whole(repo: Repo) -> None:
    """Two entries of one name, a folder and a file or link of one name, a name that is too long, links that no system makes."""
    blob, target = repo.blob(b"evil"), repo.blob(b"/tmp")
    inner = repo.tree(("100644", blob, "x.yaml"))
    for rows, place in (
        ([("120000", target, "d"), ("40000", inner, "d")], "/d"),
        ([("100644", blob, "d"), ("40000", inner, "d")], "/d"),
        ([("100644", blob, "a"), ("100644", target, "a")], "/a"),
        ([("100644", blob, "a"), ("120000", target, "a")], "/a"),
        ([("100644", blob, "n" * 256)], "/" + "n" * 256),
        ([("40000", inner, "n" * 256)], "/" + "n" * 256),
        ([("120000", repo.blob(b""), "a")], "/a"),
        ([("120000", repo.blob(b"a\0b"), "a")], "/a"),
        ([("120000", repo.blob(b"n" * 4096), "a")], "/a"),
    ):
        assert problem_of(repo, repo.commit_tree(*rows)) == ("revision-path", place)


def test_what_is_too_large_is_refused_before_it_is_read(repo: Repo) -> None:
    """One file, all files, their number, a long link; a file whose name says that it is never read may be of any size."""
    large = repo.blob(b"x" * 2000)
    image = repo.commit_tree(("100644", large, "a.png"), ("100644", large, "b.bin"))
    assert problem_of(repo, image, Limits(file=1999)) == ("revision-limit", "/a.png")
    assert problem_of(repo, image, Limits(total=1999)) == ("revision-limit", "")
    assert problem_of(repo, image, Limits(entries=1)) == ("revision-limit", "")
    assert problem_of(repo, repo.commit_tree(("120000", repo.blob(b"x" * 5000), "a"))) == ("revision-limit", "/a")
    with revision_tree(repo.root, image, limits=Limits(file=2000, total=2000)) as tree:
        assert tree.read("b.bin", 10) == b"x" * 11
    with revision_tree(repo.root, image, limits=Limits(file=2000, total=2000)) as tree:
        assert tree.read("a.png", 5000) == b"x" * 2000


def test_an_object_that_is_lost_or_damaged_is_said(repo: Repo) -> None:
    """Also of a file that nobody asks for: nobody could tell what the base was."""
    repo.commit(**{"a.yaml": "one\n" * 1000, "b.yaml": "x"})
    oid = repo("rev-parse", "HEAD:manifests/a.yaml")
    place = repo.folder / ".git/objects" / oid[:2] / oid[2:]
    place.chmod(0o644)
    place.write_bytes(zlib.compress(b"blob 4000\0" + bytes(range(256)) * 10, 0)[:2000])
    with pytest.raises(RevisionRefused, match="is damaged"), revision_tree(repo.root, "HEAD") as tree:
        tree.read("a.yaml", 5000)
    place.unlink()
    with pytest.raises(RevisionRefused, match="must be cloned in full"), revision_tree(repo.root, "HEAD"):
        pass


def test_files_are_read_one_after_the_other(repo: Repo) -> None:
    """A file that is not read to its end leaves nothing for the next one; nothing is laid out on the disk."""
    repo.commit(**{"a.yaml": "a" * 100_000, "b.yaml": "b", "empty.yaml": ""})
    with revision_tree(repo.root, "HEAD") as tree:
        with tree.open_file("a.yaml") as content:
            assert content.read(3) == b"aaa"
        assert tree.read("empty.yaml", 9) == b""
        assert tree.read("b.yaml", 9) == b"b"
        assert tree.read("a.yaml", 2) == b"aaa"
        assert tree.blob_of("b.yaml") == repo("rev-parse", "HEAD:manifests/b.yaml")
        assert tree.tree_of("") == repo("rev-parse", "HEAD:manifests")
        assert tree.tree_of("none") is None


def test_places_are_named_by_the_revision(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a person would type them; bytes that are no UTF-8 are shown as such."""
    repo.commit(**{"a.yaml": "a"})
    monkeypatch.chdir(repo.folder)
    with revision_tree(Path("manifests"), "HEAD") as tree:
        shown = [tree.shown(path) for path in ("", "a.yaml", "d/../a.yaml", "\udcff.yaml")]
    assert shown == ["HEAD:manifests", "HEAD:manifests/a.yaml", "HEAD:manifests/a.yaml", "HEAD:manifests/\ufffd.yaml"]


def test_a_root_that_was_no_folder_then_is_empty(repo: Repo) -> None:
    """A file, a link or a submodule of its name is not followed."""
    top = repo.tree(("120000", repo.blob(b"/etc"), "manifests"))
    with revision_tree(repo.root, repo("commit-tree", "-m", "x", top)) as tree:
        assert tree.is_empty
        assert isinstance(tree, RevisionTree)
