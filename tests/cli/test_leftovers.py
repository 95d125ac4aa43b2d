"""What the tool itself left: named with the way that removes it; and a look at an account without manifests."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, account, edit, flat


@pytest.fixture
def renamed(applied: Path, cli: Cli) -> Path:
    """A tree whose dataset and model were given other names, without `moved`, and applied again."""
    edit(applied / "manifests/dataset.yaml", "{name: lora-poses}", "{name: lora-scenes}")
    edit(applied / "manifests/model.yaml", "dataset: lora-poses", "dataset: lora-scenes")
    edit(applied / "manifests/model.yaml", "{name: lora-max}", "{name: scenes-max}")
    accepted = ("--accept", "dataset/lora-scenes", "--accept", "model/scenes-max")
    assert cli("apply", "--yes", "--wait", "training", *accepted).code == 0
    return applied


def test_the_lines_that_status_prints_delete_what_was_left(renamed: Path, cli: Cli) -> None:
    """They can be pasted as they are, from a terminal of any width."""
    listed = cli("status", "--strays").out
    assert "Made by this tool for manifests that are gone:\n  dataset/lora-poses  " in listed
    assert "Live, not in git" not in listed
    lines = re.search(r"and apply:\n(.*?)\n\n", listed, re.DOTALL)
    assert lines is not None
    (renamed / "manifests/gone.yaml").write_text(lines[1] + "\n")
    assert "2 versions are deleted." in cli("plan").out
    assert cli("apply", "--yes").code == 0
    assert "Nothing is live that no manifest declares." in cli("status", "--strays").out


def test_a_destroy_that_is_refused_says_what_is_ours_and_what_is_not(renamed: Path, cli: Cli) -> None:
    with account(renamed / "world.db") as simulator, simulator.transaction() as world:
        dataset = world.datasets.all()[0]
        world.datasets.put(replace(dataset, id=dataset.id + 10, name="by hand"))
    ran = cli("destroy", "--yes")
    assert ran.code == 4
    said = flat(ran.out)
    assert "This tool made dataset/lora-poses and model/lora-max for manifests that are gone." in said
    assert "`reconciler status --strays` prints the lines that declare them as absent; with those they go too." in said
    assert 'Move or delete in the console first what others made: "by hand" (id ' in said


def test_a_destroy_says_at_its_end_what_is_left(renamed: Path, cli: Cli) -> None:
    """Live objects of other manifests, and the journal; also where nothing was live any more."""
    shutil.copytree(renamed / "manifests", renamed / "kept")
    (renamed / "manifests/model.yaml").unlink()
    (renamed / "manifests/dataset.yaml").unlink()
    left = cli("destroy", "--yes").out
    assert left.startswith("Nothing of these manifests is live.\n\nWhat this tool leaves:\n")
    assert "  4 live objects of manifests that are gone: `reconciler status --strays` says" in left
    assert "  The journal on this machine: delete the folder .reconciler.\n" in left
    assert "What this tool leaves" not in cli("destroy", "--yes", "--target", "project/lora").out


def test_status_without_manifests_shows_the_account(applied: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the folder is missing or empty; as JSON too. Nothing is sent but three reads."""
    shutil.rmtree(applied / "manifests")
    ran = cli("status", "-vv")
    assert ran.code == 0
    assert re.fullmatch(
        r'No manifests in "manifests", so this is all that the account holds · simulator\n\n'
        r'project  "Lora" \(id \d+\): defined_character, illustration(, prefix family)?\n'
        r'  dataset  "lora-poses v1 \(a\w+\)" \(id \d+\): completed, 5 images\n'
        r'    model  "lora-max v1 \(a\w+\)" \(id \d+\): trained, fully_automated, max\n\n'
        r"1 project, 1 dataset, 1 model\.\n`reconciler export --out DIR` writes (.|\n)*\n",
        ran.out,
    )
    assert len(re.findall(r": 200 in", ran.err)) == 3
    (applied / "manifests").mkdir()
    (project,) = json.loads(cli("status", "--format", "json").out)["projects"]
    (dataset,) = project["datasets"]
    assert (project["name"], dataset["images"], dataset["models"][0]["status"]) == ("Lora", 5, "completed")
    listed = cli("status", "--strays").out
    assert re.search(r'\n  project/lora  +"Lora" \(id \d+\), which holds nothing else\n', listed)
    (applied / "manifests/gone.yaml").write_text(listed.partition("and apply:\n")[2])
    assert "1 project is deleted, 2 versions are deleted." in cli("plan").out
    (applied / "manifests/gone.yaml").unlink()
    monkeypatch.setenv("RECONCILER_ENDPOINT", "simulator")
    assert "Nothing is live." in cli("status").out


def test_status_in_the_manifest_folder_itself_proposes_it(
    applied: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And does not say that there are no manifests."""
    monkeypatch.setenv("RECONCILER_ENDPOINT", f"simulator:{applied}/world.db")
    monkeypatch.chdir(applied / "manifests")
    ran = cli("status")
    assert (ran.code, ran.out) == (3, "")
    assert "add `--root .`" in ran.err
    assert cli("status", "--root", ".").code == 0


def test_a_manifest_with_a_fault_is_not_taken_for_none(tree: Path, cli: Cli) -> None:
    for path in (tree / "manifests").glob("*.yaml"):
        path.write_text("kind: Dataset\n")
    assert cli("status").code == 3
