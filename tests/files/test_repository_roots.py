"""Roots of a repository: the same ones on the disk and at a revision that holds the same files."""

from pathlib import Path

import pytest

from reconciler.files.repository_roots import find_roots, roots_beside
from tests.cli.conftest import commit_all

ROOTS = ("brand", "deep/other", "own")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three roots, a file inside a root, and one in a hidden folder."""
    for folder in (*ROOTS, "brand/inner", "own/inner", ".hidden/root"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "reconciler.yaml").write_text("")
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain/notes.txt").write_text("x")
    monkeypatch.chdir(tmp_path)
    commit_all()
    return tmp_path


@pytest.mark.parametrize("rev", ["", "HEAD"])
def test_other_roots_are_those_outside(repository: Path, rev: str) -> None:
    """What lies in a root is a part of it, with or without a file of its own."""
    assert roots_beside(Path("own"), rev) == {name: repository / name for name in ("brand", "deep/other")}
    assert roots_beside(Path("own/inner"), rev).keys() == set(ROOTS)
    assert roots_beside(Path("plain"), rev).keys() == set(ROOTS)
    assert roots_beside(Path(), rev) == {}


def test_none_are_known_without_a_repository_or_a_revision(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Nothing is refused for that: whoever asks goes on without them."""
    alone = tmp_path_factory.mktemp("alone")
    assert roots_beside(alone) == {}
    assert roots_beside(Path("own"), "no-such-revision") == {}
    assert find_roots(repository, "plain") == (*ROOTS[:2], "own", "plain")
