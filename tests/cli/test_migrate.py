"""`migrate`: a project of the prefix family declared once more in the schema family."""

import json
from pathlib import Path

import pytest

from reconciler.simulator import Simulator
from tests.cli.conftest import Cli, draw, edit

FILES = ("lora-schema.yaml", "lora-poses-schema.yaml", "lora-max-schema.yaml")


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_new_manifests_stand_beside_the_old_ones_and_share_their_images(tree: Path, cli: Cli) -> None:
    """Nothing old differs; texts become JSON captions; it says what it costs, and the tree is sound."""
    modeline = "# yaml-language-server: $schema=s.json\n"
    edit(tree / "manifests/model.yaml", "apiVersion", f"{modeline}apiVersion")
    edit(
        tree / "manifests/model.yaml",
        "  training_version: max\n",
        "  training_version: max\n  aliases: {live: current}\n",
    )
    before = contents(tree)
    ran = cli("migrate", "lora", "--to", "schema")
    assert (ran.code, ran.err) == (0, "")
    after = contents(tree)
    assert {path: after[path] for path in before} == before
    captions = {f"manifests/images/{name}.json" for name in ("jump", "paint", "read", "sit", "wave")}
    assert set(after) - set(before) == {*(f"manifests/{name}" for name in FILES), *captions}
    assert json.loads(after["manifests/images/wave.json"]) == {"short_description": "waving with one hand."}
    assert "model/lora-max: aliases stays with the old model.\n" in ran.out
    assert "it costs 1 training, 5 uploads (" in ran.out
    assert "Nothing of project/lora was changed." in ran.out
    assert after["manifests/lora-max-schema.yaml"].decode() == modeline + (
        "apiVersion: reconciler/v1\nkind: Model\nmetadata:\n  name: lora-max-schema\n"
        "spec:\n  dataset: lora-poses-schema\n  training_mode: fully_automated\n"
    )
    dataset = after["manifests/lora-poses-schema.yaml"].decode()
    assert (
        "  project: lora-schema\n  visual_schema:\n    medium: illustration\n    subject:\n      name: Lora\n"
        in dataset
    )
    assert "  images:\n    path: images/\n  captions:\n    source: sidecar\n" in dataset
    assert "  family: schema\n" in after["manifests/lora-schema.yaml"].decode()
    assert "No problems: 2 projects, 2 datasets (10 images), 2 models." in cli("validate").out


def test_a_diff_shows_all_new_files_and_writes_none(tree: Path, cli: Cli) -> None:
    before = contents(tree)
    shown = cli("migrate", "lora", "--to", "schema", "--diff")
    assert (shown.code, shown.err) == (0, "8 files would be written. Nothing was checked or planned yet.\n")
    assert contents(tree) == before
    assert cli("migrate", "lora", "--to", "schema").code == 0
    new = {path: data for path, data in contents(tree).items() if path not in before}
    assert len(new) == 8
    for path, data in new.items():
        lines = "".join(f"+{line}\n" for line in data.decode().splitlines())
        assert f"--- /dev/null\n+++ {path}\n" in shown.out
        assert lines in shown.out
    taken = cli("migrate", "lora", "--to", "schema", "--diff")
    assert taken.code == 4
    assert "manifests/images/jump.json is there already, and 4 more." in taken.err


def test_captions_may_be_left_to_the_api(tree: Path, cli: Cli) -> None:
    ran = cli("migrate", "lora", "--to", "schema", "--captions", "automatic")
    assert ran.code == 0
    assert "dataset/lora-poses: 5 declared captions stay with the old dataset" in ran.out
    assert not list((tree / "manifests/images").glob("*.json"))
    assert "source: automatic" in (tree / "manifests/lora-poses-schema.yaml").read_text()


def test_the_api_proposes_the_schemas(tree: Path, cli: Cli, current: Simulator) -> None:
    ran = cli("migrate", "lora", "--to", "schema", "--ask")
    assert ran.code == 0
    assert "dataset/lora-poses: proposed from 5 images: jump.png, paint.png, read.png, sit.png, wave.png.\n" in ran.err
    assert "lighting:" in (tree / "manifests/lora-poses-schema.yaml").read_text()


def test_an_account_without_the_helper_leaves_nothing_behind(tree: Path, cli: Cli, legacy: Simulator) -> None:
    """Exit 4, with the way that needs nobody."""
    before = contents(tree / "manifests")
    ran = cli("migrate", "lora", "--to", "schema", "--ask")
    assert (ran.code, ran.out) == (4, "")
    assert "This account does not offer generate-visual-schema (404)." in ran.err
    assert "Leave --ask out" in ran.err
    assert contents(tree / "manifests") == before


def test_names_are_cut_and_made_unique(tree: Path, cli: Cli) -> None:
    """Two long names that are one when they are cut; and several models, which are above the limit of trainings."""
    model = (tree / "manifests/model.yaml").read_text()
    for letter in "ab":
        name = f"lora-with-a-very-long-name-{letter}"
        (tree / f"manifests/{letter}.yaml").write_text(model.replace("lora-max", name))
    ran = cli("migrate", "lora", "--to", "schema")
    assert ran.code == 0
    names = {path.stem for path in (tree / "manifests").glob("*-schema*.yaml")}
    assert {"lora-with-a-very-long-schema", "lora-with-a-very-lo-schema-2"} <= names
    assert max(map(len, names)) <= 28
    assert "it costs 3 trainings, 5 uploads" in ran.out
    assert "the limit is 1\n  Allow it once with `--allow trainings=3`" in ran.out
    assert cli("validate").code == 0


def test_two_kinds_of_one_name_get_files_of_their_own(tree: Path, cli: Cli) -> None:
    edit(tree / "manifests/dataset.yaml", "name: lora-poses", "name: lora")
    edit(tree / "manifests/model.yaml", "dataset: lora-poses", "dataset: lora")
    assert cli("migrate", "lora", "--to", "schema").code == 0
    assert (tree / "manifests/lora-schema-dataset.yaml").exists()


@pytest.mark.parametrize("place", [*FILES, "images/wave.json"])
def test_nothing_is_written_over(tree: Path, cli: Cli, place: str) -> None:
    """Whatever is there, it stays, and then nothing is written at all."""
    (tree / "manifests" / place).write_text("# mine\n" if place.endswith(".yaml") else "{}")
    before = contents(tree / "manifests")
    ran = cli("migrate", "lora", "--to", "schema")
    assert (ran.code, ran.out) == (4, "")
    assert f"manifests/{place} is there already" in ran.err
    assert contents(tree / "manifests") == before


def test_what_cannot_be_migrated_is_said(tree: Path, cli: Cli) -> None:
    """No such project, no family, too few images, and a project that is of the family already."""
    before = contents(tree / "manifests")
    assert cli("migrate", "nope", "--to", "schema").code == 64
    assert cli("migrate", "dataset/lora-poses", "--to", "schema").code == 64
    assert cli("migrate", "lora").code == 64
    assert cli("migrate", "lora", "--to", "prefix").code == 64
    (tree / "manifests/images/jump.png").unlink()
    (tree / "manifests/images/jump.txt").unlink()
    ran = cli("migrate", "lora", "--to", "schema")
    assert ran.code == 3
    assert "4 images are too few for the schema family" in ran.err
    assert set(contents(tree / "manifests")) < set(before)
    draw(tree / "manifests/images/jump.png", (0, 90, 200))
    (tree / "manifests/images/jump.txt").write_text("jumping over a puddle.\n")
    assert cli("migrate", "lora", "--to", "schema").code == 0
    ran = cli("migrate", "lora-schema", "--to", "schema")
    assert ran.code == 4
    assert "project/lora-schema is of the schema family already." in ran.err
