"""Manifests that move to another root of the same account: each root's plan is right, whichever is applied first."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import CAPTIONS, Cli, Ran, commit_all, edit, flat, plant
from tests.cli.test_guide import of_schema_family

Run = Callable[..., Ran]
BRAND, OTHER = Path("brand/manifests"), Path("other/manifests")
PIN = "account: {name: brand, project: 1001}\n"


@pytest.fixture(params=["prefix", "schema"])
def roots(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli) -> Run:
    """Two roots of one account, everything declared and applied in the first; the second declares the project too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECONCILER_ENDPOINT", "simulator:world.db")
    plant(tmp_path / "brand")
    if request.param == "schema":
        of_schema_family(tmp_path / "brand", "  visual_schema: {style: flat}\n")
        for name in CAPTIONS:
            (BRAND / f"images/{name}.txt").unlink()

    def ran(root: Path, *arguments: str) -> Ran:
        return cli("--root", str(root), *arguments)

    assert ran(BRAND, "apply", "--yes").code == 0
    for root in (BRAND, OTHER):
        root.mkdir(parents=True, exist_ok=True)
        (root / "reconciler.yaml").write_text(PIN)
    (OTHER / "project.yaml").write_text((BRAND / "project.yaml").read_text().replace("name: lora}", "name: house}"))
    Path(".gitignore").write_text("world.db*\n.reconciler/\n")
    commit_all()
    return ran


def move(name: str = "lora-poses") -> None:
    """Dataset and model go to the other root, the dataset perhaps with another name."""
    for file in ("dataset.yaml", "model.yaml", "images"):
        shutil.move(BRAND / file, OTHER / file)
    if name != "lora-poses":
        edit(OTHER / "dataset.yaml", "{name: lora-poses}", f"{{name: {name}, moved: {{from: lora-poses}}}}")
    edit(OTHER / "dataset.yaml", "project: lora\n", "project: house\n")
    edit(OTHER / "model.yaml", "dataset: lora-poses", f"dataset: {name}")


@pytest.mark.parametrize("order", [(BRAND, OTHER), (OTHER, BRAND)])
def test_nothing_is_uploaded_or_trained_in_either_order(roots: Run, order: tuple[Path, Path]) -> None:
    move("lora-stances")
    for arguments in (("plan", "--base", "HEAD"), ("plan",), ("plan", "--base", "HEAD", "--live")):
        plan = flat(roots(OTHER, *arguments).out)
        assert "1 live object is renamed, nothing is destroyed. trainings 0" in plan
        assert "uploads none" in plan
    old = flat(roots(BRAND, "plan", "--base", "HEAD").out)
    assert "dataset/lora-poses is declared in other/manifests now: what is live of it stays" in old
    assert "model/lora-max is declared in other/manifests now: what is live of it stays" in old
    for root in order:
        assert "does not know" not in roots(root, "plan").out
        assert roots(root, "apply", "--yes").code == 0
    for root in order:
        assert roots(root, "plan").out.startswith("In sync")


def test_the_old_root_neither_calls_it_left_nor_deletes_it(roots: Run) -> None:
    move()
    assert roots(OTHER, "plan", "--base", "HEAD").out.startswith("This change does nothing on the live side")
    strays = roots(BRAND, "status", "--strays").out
    assert "ensure: absent" not in strays
    assert "lora-poses" not in strays
    gone = roots(BRAND, "destroy", "--yes")
    assert gone.code == 4
    assert "but it holds 1 dataset and 1 model that another root declares" in flat(gone.out + gone.err)
    assert "dataset/lora-poses is declared in other/manifests. Leave the project to that root" in flat(
        gone.out + gone.err
    )
    assert roots(OTHER, "plan").out.startswith("In sync")


def test_a_whole_project_moves(roots: Run) -> None:
    shutil.rmtree(OTHER)
    commit_all()
    OTHER.mkdir()
    (OTHER / "reconciler.yaml").write_text(PIN)
    move()
    edit(OTHER / "dataset.yaml", "project: house", "project: lora")
    shutil.move(BRAND / "project.yaml", OTHER / "project.yaml")
    assert roots(OTHER, "plan", "--base", "HEAD").out.startswith("This change does nothing on the live side")
    assert roots(OTHER, "plan").out.startswith("In sync")


def test_what_another_root_of_no_known_account_declares_is_left_here(roots: Run) -> None:
    """Without the pin nobody knows whose account the other root is of; in another project the same name is another thing."""
    move()
    (OTHER / "reconciler.yaml").write_text("account: {name: foreign, project: 7}\n")
    assert "take it over" in roots(BRAND, "plan").out
    (OTHER / "reconciler.yaml").write_text(PIN)
    edit(OTHER / "project.yaml", "project_name: Lora", "project_name: Another")
    assert "take it over" in roots(BRAND, "plan").out


def test_what_two_roots_declare_is_said(roots: Run) -> None:
    """Copied instead of moved: each root names the other. The project is shared on purpose."""
    text = (BRAND / "dataset.yaml").read_text()
    move()
    (BRAND / "dataset.yaml").write_text(text)
    shutil.copytree(OTHER / "images", BRAND / "images")
    said = "note: dataset/lora-poses: other/manifests declares it too, in the same project"
    for arguments in (("plan",), ("plan", "--base", "HEAD")):
        found = flat(roots(BRAND, *arguments).out)
        assert said in found
        assert found.count("declares it too") == 1
    assert "brand/manifests declares it too" in flat(roots(OTHER, "plan").out)
