"""A manifest that moves to another root of the same account: what is live goes on, in a review and in a plan."""

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, commit_all, edit, flat

PIN = "account: {name: brand, project: %d}\n"


@pytest.fixture
def roots(applied: Path) -> Path:
    """The tree that was applied, as a root of two: the other one declares the same project and nothing else."""
    (applied / "other").mkdir()
    for root in ("manifests", "other"):
        (applied / root / "reconciler.yaml").write_text("")
    shutil.copy(applied / "manifests/project.yaml", applied / "other")
    (applied / ".gitignore").write_text("world.db*\n.reconciler\n")
    commit_all()
    return applied


def move(roots: Path, *names: str) -> None:
    for name in names:
        shutil.move(roots / "manifests" / name, roots / "other" / name)


def plans(cli: Cli, *arguments: str) -> str:
    ran = cli("plan", "--root", "other", *arguments)
    assert ran.code == 0, ran.out + ran.err
    return flat(ran.out)


def test_under_another_name(roots: Path, cli: Cli) -> None:
    """`moved` names what it was called in the other root: a rename, no upload and no training."""
    move(roots, "dataset.yaml", "model.yaml", "images")
    edit(roots / "other/dataset.yaml", "{name: lora-poses}", "{name: hero-poses, moved: {from: lora-poses}}")
    edit(roots / "other/model.yaml", "{name: lora-max}", "{name: hero-max, moved: {from: lora-max}}")
    edit(roots / "other/model.yaml", "dataset: lora-poses", "dataset: hero-poses")
    note = "dataset/hero-poses and model/hero-max stood in manifests at HEAD: what is live goes on."
    for way in (("--base", "HEAD"), ("--base", "HEAD", "--live"), ()):
        said = plans(cli, *way)
        assert "2 live objects are renamed, nothing is destroyed." in said
        assert "trainings 0 (limit 1)" in said
        assert (note in said) == bool(way)
    assert cli("apply", "--yes", "--root", "other").code == 0
    assert "In sync" in plans(cli)


def test_as_a_whole_under_the_same_names(roots: Path, cli: Cli) -> None:
    """Into a root that was not there before; only what is new costs anything."""
    shutil.rmtree(roots / "other")
    commit_all()
    (roots / "manifests").rename(roots / "other")
    assert "In sync" in plans(cli)
    assert "stood in manifests at HEAD" in plans(cli, "--base", "HEAD")
    edit(roots / "other/model.yaml", "training_version: max", "training_version: light")
    said = plans(cli, "--base", "HEAD")
    assert "1 model is trained, nothing is destroyed." in said
    assert "uploads none" in said


def test_a_root_of_another_account_gives_nothing(roots: Path, cli: Cli) -> None:
    """Nor does one that cannot be read, which its own checks tell of."""
    (roots / "manifests/reconciler.yaml").write_text(PIN % 9)
    commit_all()
    move(roots, "dataset.yaml", "model.yaml", "images")
    assert "1 dataset is created, 1 model is trained" in plans(cli, "--base", "HEAD")
    for name in ("reconciler.yaml", "project.yaml"):
        (roots / "manifests" / name).write_text("a: [\n")
    shutil.move(roots / "other/dataset.yaml", roots / "manifests")
    commit_all()
    shutil.move(roots / "manifests/dataset.yaml", roots / "other")
    assert "1 dataset is created, 1 model is trained" in plans(cli, "--base", "HEAD~1")


def test_a_dataset_that_stays_behind_keeps_its_model(roots: Path, cli: Cli) -> None:
    """A model is taken over with what it was trained on, and never alone."""
    shutil.copytree(roots / "manifests/images", roots / "other/images")
    shutil.copy(roots / "manifests/dataset.yaml", roots / "other")
    edit(roots / "other/dataset.yaml", "{name: lora-poses}", "{name: lora-scenes}")
    move(roots, "model.yaml")
    edit(roots / "other/model.yaml", "dataset: lora-poses", "dataset: lora-scenes")
    assert "1 dataset is created, 1 model is trained" in plans(cli, "--base", "HEAD")
