"""A history is read commit by commit, and is exactly what each commit held."""

import subprocess
from pathlib import Path

import pytest

from reconciler.files.git import past_trees as module
from reconciler.files.git.past_trees import past_trees
from reconciler.files.git.repository import RevisionRefused
from reconciler.files.git.revision import Limits
from reconciler.files.git.revision_tree import RevisionTree
from reconciler.files.tree_listing import join
from tests.files.git.test_revision import Repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def held(tree: RevisionTree, folder: str = "") -> dict[str, str]:
    """Every file below a folder with what is in it, and every link."""
    here = tree.entries(folder, 99)
    found = {join(folder, name): tree.read(join(folder, name), 99).decode() for name in here.files}
    for name in here.folders:
        found |= held(tree, join(folder, name))
    return found | {join(folder, name): "a link" for name in here.linked}


def taken(repo: Repo, **limits: int) -> tuple[list[dict[str, str]], bool]:
    with past_trees(repo.root, limits=Limits(**limits)) as past:
        return [held(tree) for tree in past], past.is_whole


def test_each_commit_is_what_it_was_the_newest_first(repo: Repo) -> None:
    """Files that stay, change, go, and a file where a folder was; a commit that touches other folders is no step."""
    (repo.root / "a").mkdir()
    (repo.root / "a" / "x.txt").write_text("1")
    repo.commit(**{"kept.yaml": "k"})
    (repo.root / "a" / "x.txt").unlink()
    (repo.root / "a").rmdir()
    repo.commit(a="a file")
    (repo.folder / "README").write_text("x")
    repo.commit()
    repo.commit(**{"kept.yaml": "l"})
    trees, is_whole = taken(repo)
    assert [sorted(tree) for tree in trees] == [["a", "kept.yaml"], ["a", "kept.yaml"], ["a/x.txt", "kept.yaml"]]
    assert [tree["kept.yaml"] for tree in trees] == ["l", "k", "k"]
    assert is_whole


def test_a_link_of_one_commit_is_a_folder_in_another(repo: Repo, tmp_path: Path) -> None:
    """What the link names is neither read nor written."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (repo.root / "a").mkdir()
    (repo.root / "a" / "x.yaml").write_text("inside")
    repo.commit()
    (repo.root / "a" / "x.yaml").unlink()
    (repo.root / "a").rmdir()
    (repo.root / "a").symlink_to(outside)
    repo.commit()
    trees, _ = taken(repo)
    assert trees == [{"a": "a link"}, {"a/x.yaml": "inside"}]
    assert list(outside.iterdir()) == []


def test_a_part_of_a_history_is_not_whole(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shallow clone, more commits than are read, and a file that is too large to be read."""
    for number in range(3):
        repo.commit(**{"a.yaml": "x" * (number + 1)})
    assert len(taken(repo)[0]) == 3
    assert taken(repo, file=2) == ([], False)
    assert taken(repo, entries=0) == ([], False)
    monkeypatch.setattr(module, "COMMITS", 2)
    trees, is_whole = taken(repo)
    assert (len(trees), is_whole) == (2, False)
    subprocess.run(
        ["git", "clone", "--quiet", "--depth=1", f"file://{repo.folder}", str(tmp_path / "clone")], check=True
    )
    with past_trees(tmp_path / "clone" / "manifests") as past:
        assert len(list(past)) == 1
    assert not past.is_whole


def test_where_there_is_no_repository_there_is_no_history(tmp_path: Path) -> None:
    with pytest.raises(RevisionRefused), past_trees(tmp_path):
        pass
