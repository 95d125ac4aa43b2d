"""The main line of a repository: what a branch itself was at, and nothing of what was merged into it on the way."""

import subprocess
from pathlib import Path

import pytest

from reconciler.files.git import mainline as module
from reconciler.files.git.ignored import ignored
from reconciler.files.git.mainline import mainline
from reconciler.files.git.repository import RevisionRefused
from tests.files.git.test_revision import Repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def told(root: Path, rev: str = "HEAD") -> tuple[list[str], bool]:
    """What `a.yaml` said at each commit, and whether all of them could be read."""
    with mainline(root, rev) as line:
        texts = [tree.read("a.yaml", 100).decode() if tree.holds("a.yaml") else "" for _, tree in line]
    return texts, line.is_whole


def test_a_merge_counts_and_not_what_was_merged(repo: Repo) -> None:
    """The commits of the branch are none of main; a commit of another folder is no step."""
    first = repo.commit(**{"a.yaml": "1"})
    repo("checkout", "--quiet", "-b", "branch")
    repo.commit(**{"a.yaml": "2"})
    repo.commit(**{"a.yaml": "3"})
    repo("checkout", "--quiet", "main")
    (repo.folder / "README").write_text("x")
    repo.commit()
    repo("merge", "--quiet", "--no-ff", "branch", "-m", "merged")
    repo.commit(**{"a.yaml": "4"})
    assert told(repo.root) == (["4", "3", "1"], True)
    assert told(repo.root, "HEAD~1") == (["3", "1"], True)
    assert told(repo.root, first) == (["1"], True)
    assert told(repo.root, "branch") == (["3", "2", "1"], True)
    with mainline(repo.root, "HEAD") as line:
        commits = [commit for commit, _ in line]
    assert commits[-1] == first


def test_a_root_that_came_later_has_no_history(repo: Repo) -> None:
    (repo.folder / "README").write_text("x")
    repo.commit()
    assert told(repo.folder / "other") == ([], True)


def test_a_part_of_a_history_says_so(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shallow clone, more commits than are read, and a tree that cannot be read."""
    for text in "123":
        repo.commit(**{"a.yaml": text})
    shallow = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth=2", f"file://{repo.folder}", str(shallow)], check=True)
    assert told(shallow / "manifests") == (["3", "2"], False)
    monkeypatch.setattr(module, "COMMITS", 2)
    assert told(repo.root) == (["3", "2"], False)
    monkeypatch.setattr(module, "COMMITS", 3)
    assert told(repo.root) == (["3", "2", "1"], True)
    (repo.root / ("x" * 200)).mkdir()
    repo.commit(**{"a.yaml": "4"})
    tree = repo("rev-parse", "HEAD~1:manifests/a.yaml")
    (repo.folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    assert told(repo.root)[1] is False


def test_what_is_no_revision_is_refused(repo: Repo, tmp_path: Path) -> None:
    repo.commit(**{"a.yaml": "1"})
    for root, rev in ((repo.root, "none"), (repo.root, "-x"), (tmp_path, "HEAD")):
        with pytest.raises(RevisionRefused), mainline(root, rev):
            pass


def test_what_git_ignores_is_told(repo: Repo, tmp_path: Path) -> None:
    """By rules of the repository, at any place of it; what is tracked all the same is in every clone."""
    (repo.folder / ".gitignore").write_text("*.png\n")
    (repo.root / "looks").mkdir()
    paths = ("looks/a.png", "looks/b.json", "looks/größe.png", ":(top)x.png")
    for path in paths:
        (repo.root / path).write_text("x")
    repo("add", "--force", "manifests/looks/a.png")
    assert ignored(repo.root, paths) == ("looks/größe.png", ":(top)x.png")
    assert ignored(repo.root, ()) == ()
    assert ignored(tmp_path, paths) == ()
