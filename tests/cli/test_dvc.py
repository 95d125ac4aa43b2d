"""Images that DVC keeps: what each command says while only pointers are here, and that pointers disturb nothing once they are not."""

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, commit_all, edit, flat, git

FOLDER = "outs:\n- md5: d8e8fca2dc0f896fd7cb4cb0031ba249.dir\n  size: 40\n  nfiles: 10\n  hash: md5\n  path: images\n"
FILE = "outs:\n- md5: d8e8fca2dc0f896fd7cb4cb0031ba249\n  size: 20\n  hash: md5\n  path: %s\n"


def keep_folder(root: Path) -> None:
    """As `dvc add images` leaves it."""
    (root / "images.dvc").write_text(FOLDER)
    (root / ".gitignore").write_text("/images\n")


def keep_files(root: Path) -> None:
    """As `dvc add images/*.png` leaves it."""
    names = [path.name for path in sorted((root / "images").glob("*.png"))]
    for name in names:
        (root / f"images/{name}.dvc").write_text(FILE % name)
    (root / "images/.gitignore").write_text("".join(f"/{name}\n" for name in names))


@pytest.fixture(params=[keep_folder, keep_files])
def pulled(request: pytest.FixtureRequest, tree: Path) -> Path:
    """A tree whose content DVC keeps and has pulled, committed with the pointers alone."""
    request.param(tree / "manifests")
    (tree / ".gitignore").write_text("world.db*\n.reconciler/\n")
    commit_all()
    return tree


def test_with_its_content_everything_works_as_without_pointers(pulled: Path, cli: Cli) -> None:
    assert cli("validate").out.startswith("No problems: 1 project, 1 dataset (5 images), 1 model.")
    assert cli("apply", "--yes").code == 0
    assert cli("plan").out.startswith("In sync")


def test_a_comparison_with_pointers_is_refused_in_plain_words(pulled: Path, cli: Cli) -> None:
    """It neither counts all images as new nor tells to pull what no pull can bring."""
    edit(pulled / "manifests/model.yaml", "training_version: max", "training_version: light")
    ran = cli("plan", "--base", "HEAD")
    said = flat(ran.out + ran.err)
    assert ran.code == 3
    assert "HEAD:manifests/dataset.yaml:7:18" in said
    assert "of DVC" in said
    assert "Git holds only the pointer, so nothing tells which images this revision had." in said
    assert (
        "all in the base HEAD: no plan can be made from pointers alone. Plan without --base where there is a token"
        in said
    )
    assert "dvc pull" not in said


def test_a_clone_without_its_content_is_one_problem(pulled: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    git("clone", "--quiet", ".", "fresh")
    monkeypatch.chdir(pulled / "fresh")
    shutil.rmtree(
        pulled / "fresh/manifests/images", ignore_errors=not (pulled / "manifests/images/.gitignore").exists()
    )
    git("checkout", "--quiet", ".")
    for command in (("validate",), ("plan",), ("plan", "--base", "HEAD"), ("apply", "--yes"), ("doctor",)):
        ran = cli(*command)
        said = flat(ran.out + ran.err)
        assert ran.code == 3, command
        assert "Run `dvc pull" in said
        assert said.count("of DVC") == 1, said
