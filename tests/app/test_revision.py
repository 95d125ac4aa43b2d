"""The tree of a revision, resolved without the working tree."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.app.exceptions import WrongUsage
from reconciler.app.revision import desired_at, each_desired
from reconciler.core.kind import Kind
from reconciler.core.look.offline import edited
from reconciler.core.problem import ProblemsFound
from reconciler.core.ref import Ref
from reconciler.files.git.past_trees import past_trees
from tests.files.conftest import DATASET, MODEL, PROJECT, picture

POSES = Ref(Kind.DATASET, "lora-poses")


def git(*arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A committed tree with a Git LFS pointer among its images; its working tree is broken."""
    monkeypatch.chdir(tmp_path)
    manifests = tmp_path / "manifests"
    (manifests / "images").mkdir(parents=True)
    (manifests / "lora.yaml").write_text(f"{PROJECT}---\n{DATASET}---\n{MODEL}")
    (manifests / "images/p0.png").write_bytes(picture(size=(512, 512)))
    for number in range(1, 4):
        (manifests / f"images/p{number}.png").write_bytes(picture(seed=number))
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'f' * 64}\nsize 12345\n"
    (manifests / "images/p4.png").write_text(pointer)
    git("init", "--quiet", "--initial-branch=main")
    git("add", "--all")
    git("commit", "--quiet", "-m", "x")
    (manifests / "lora.yaml").write_text("broken: [")
    return Path("manifests")


def test_the_digest_of_a_pointer_is_known_offline(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same as with the content; warnings stand at the revision, also where the cache knows what the manifests hold."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    desired_at(root, "HEAD")
    desired = desired_at(root, "main")
    images = desired.datasets[POSES].images
    assert [image.has_content for image in images if image.digest == "f" * 64] == [False]
    assert len(images) == 5
    assert desired.warnings
    assert all(str(problem.location).startswith("main:manifests/") for problem in desired.warnings)
    assert (tmp_path / "cache/reconciler/cache.sqlite3").exists()


def test_a_revision_that_cannot_be_read_is_wrong_usage(root: Path) -> None:
    """Not a fault of the manifests."""
    with pytest.raises(WrongUsage, match="is not in this repository"):
        desired_at(root, "nope")


def test_a_history_says_of_each_commit_what_the_commit_says_alone(root: Path) -> None:
    """Although what two of them have in common is read and judged once: edits, images, a broken commit, and the way back."""
    place = root / "lora.yaml"
    steps: list[Callable[[], object]] = [
        lambda: place.write_text(f"{PROJECT}---\n{DATASET}---\n{MODEL}"),
        lambda: place.write_text(f"{PROJECT}---\n{DATASET.replace('Lora,', 'Lora, a girl,')}---\n{MODEL}"),
        lambda: (root / "images/p1.png").write_bytes(picture(seed=9)),
        lambda: (root / "other.yaml").write_text(MODEL.replace("lora-max", "lora-light")),
        lambda: place.write_text("broken: ["),
        lambda: place.write_text(f"{PROJECT}---\n{DATASET}---\n{MODEL}"),
    ]
    for step in steps:
        step()
        git("add", "--all")
        git("commit", "--quiet", "--allow-empty", "-m", "x")
    with past_trees(root) as trees:
        told = [(trees.commit, one) for one in each_desired(trees)]
    assert len(told) == len(steps)
    for commit, one in told:
        if one is None:
            with pytest.raises(ProblemsFound):
                desired_at(root, commit)
        else:
            assert not edited(one, desired_at(root, commit))
    assert [one is None for _, one in told] == [False, True, False, False, False, False]
