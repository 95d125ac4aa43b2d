"""`mv`: every file that names an object follows, only the changed lines differ, and what is live is renamed and never made anew."""

from contextlib import closing
from pathlib import Path

import pytest

from reconciler.simulator import Simulator, SqliteStore, console
from tests.by_hand import ByHand, MadeByHand, notebook, tree_of
from tests.cli.conftest import Cli, commit_all, edit, flat

DATASET, MODEL = Path("manifests/dataset.yaml"), Path("manifests/model.yaml")


def test_the_next_plan_renames_and_costs_nothing(applied: Path, cli: Cli) -> None:
    commit_all()
    ran = cli("mv", "dataset/lora-poses", "lora-stances")
    assert ran.code == 0, ran.err
    assert "The next plan renames the live versions of dataset/lora-poses: 0 uploads, 0 trainings." in flat(ran.out)
    assert "metadata: {name: lora-stances, moved: {from: lora-poses}}" in DATASET.read_text()
    assert "dataset: lora-stances" in MODEL.read_text()
    for arguments in (("plan",), ("plan", "--base", "HEAD")):
        plan = flat(cli(*arguments).out)
        assert "1 live object is renamed, nothing is destroyed. trainings 0" in plan
        assert "uploads none" in plan
        assert "does not know" not in plan
    assert cli("apply", "--yes").code == 0
    assert cli("plan").out.startswith("In sync: 1 project, 1 dataset (5 images), 1 model.")


def test_only_the_lines_that_name_it_differ(tree: Path, cli: Cli) -> None:
    """Overlays, `adopted.yaml` and drift rules follow; comments, quotes, anchors and line ends stay. A diff writes nothing."""
    root = tree / "manifests"
    (root / "overlays").mkdir()
    files = {
        root / "model.yaml": b"# m\r\napiVersion: reconciler/v1\r\nkind: Model\r\nmetadata: {name: lora-max}\r\n"
        b"spec:\r\n  description: &d a note\r\n  dataset: 'lora-poses' # its data\r\n  aliases: {}  # *d\r\n",
        root / "overlays/prod.yaml": b'objects:\n  # kept\n  "dataset/lora-poses": # here\n    ensure: present\n',
        root
        / "reconciler.yaml": b"drift:\n  ignore:\n  - object: dataset/lora-poses # this\n    field: '*'\n    reason: x\n",
        root
        / "adopted.yaml": b"adopted:\n  # trusted\n  dataset/lora-poses:\n    account: 1\n    project: 1\n    id: 2\n"
        b"    fingerprint: a0123456789ab\n",
    }
    for path, data in files.items():
        path.write_bytes(data)
    before = {path: path.read_bytes() for path in root.rglob("*.yaml")}
    shown = cli("mv", "dataset/lora-poses", "dataset/lora-stances", "--diff")
    assert shown.code == 0, shown.err
    assert shown.err.startswith("dataset/lora-poses would become dataset/lora-stances.")
    assert '-  "dataset/lora-poses": # here\n+  "dataset/lora-stances": # here\n' in shown.out
    assert {path: path.read_bytes() for path in root.rglob("*.yaml")} == before
    assert cli("mv", "dataset/lora-poses", "dataset/lora-stances").code == 0
    for path, data in files.items():
        assert path.read_bytes() == data.replace(b"lora-poses", b"lora-stances"), path
    assert cli("validate").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("dataset/lora-pose", "x"), 64, "No manifest declares dataset/lora-pose. Did you mean dataset/lora-poses?"),
        (("dataset/lora-poses", "Lora"), 64, "'Lora' is no name: lower-case letters, digits and hyphens, at most 28"),
        (("dataset/lora-poses", "a" * 29), 64, "at most 28"),
        (("dataset/lora-poses", "model/x"), 64, "is a model; a dataset is expected here"),
        (("dataset/lora-poses", "lora-poses"), 64, "dataset/lora-poses has that name already"),
        (("dataset/lora-poses", "lora-two"), 4, "dataset/lora-two is declared already, at manifests/two.yaml:3:18"),
        (("dataset/lora-gone", "x"), 64, "The manifest of dataset/lora-gone says `ensure: absent`."),
    ],
)
def test_what_cannot_be_moved(tree: Path, cli: Cli, arguments: tuple[str, str], code: int, said: str) -> None:
    text = DATASET.read_text()
    Path("manifests/two.yaml").write_text(text.replace("lora-poses", "lora-two"))
    absent = "{name: lora-gone, ensure: absent}"
    Path("manifests/gone.yaml").write_text(text.replace("{name: lora-poses}", absent))
    ran = cli("mv", *arguments)
    assert ran.code == code
    assert said in flat(ran.err)
    assert DATASET.read_text() == text


def test_a_move_that_is_not_applied_yet_is_not_lost(tree: Path, cli: Cli) -> None:
    """Nobody can say offline whether the live versions bear the first name or the second."""
    assert cli("mv", "dataset/lora-poses", "lora-two").code == 0
    ran = cli("mv", "dataset/lora-poses", "lora-three")
    assert ran.code == 64
    ran = cli("mv", "dataset/lora-two", "lora-three")
    assert ran.code == 4
    assert "dataset/lora-two was moved before, at manifests/dataset.yaml:3:28" in flat(ran.err)


def test_a_value_that_an_alias_uses_is_refused_and_no_file_changes(tree: Path, cli: Cli) -> None:
    edit(MODEL, "  dataset: lora-poses\n", "  dataset: &x lora-poses\n  description: *x\n")
    before = DATASET.read_text()
    ran = cli("mv", "dataset/lora-poses", "lora-two")
    assert ran.code == 3
    assert 'this value is used at another place: "*x" stands for it' in flat(ran.out + ran.err)
    assert DATASET.read_text() == before


def test_a_project_that_has_a_live_name_of_its_own_keeps_it(applied: Path, cli: Cli) -> None:
    """With `project_name` nothing live is renamed; without it the project is."""
    ran = cli("mv", "project/lora", "lora-house")
    assert "Nothing live bears the name lora, so the next plan renames nothing" in flat(ran.out)
    assert cli("plan").out.startswith("In sync")
    edit(Path("manifests/project.yaml"), "  project_name: Lora\n", "")
    edit(Path("manifests/project.yaml"), "{name: lora-house}", "{name: lora-house, moved: {from: Lora}}")
    assert cli("apply", "--yes").code == 0
    edit(Path("manifests/project.yaml"), ", moved: {from: Lora}", "")
    assert "renames the project of project/lora-house: 0 uploads" in flat(cli("mv", "project/lora-house", "hq").out)
    plan = flat(cli("plan").out)
    assert "[-lora-house-]" in plan
    assert "{+hq+}" in plan
    assert "trainings 0" in plan
    assert cli("apply", "--yes").code == 0
    assert cli("plan").out.startswith("In sync")


def test_an_overlay_that_says_absent_is_named(tree: Path, cli: Cli) -> None:
    Path("manifests/overlays").mkdir()
    Path("manifests/overlays/prod.yaml").write_text("objects: {model/lora-max: {ensure: absent}}\n")
    ran = cli("mv", "model/lora-max", "lora-final")
    assert "In overlays/prod.yaml it is absent. Versions that are still live there as lora-max are not found" in flat(
        ran.out
    )
    assert Path("manifests/overlays/prod.yaml").read_text() == "objects: {model/lora-final: {ensure: absent}}\n"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli) -> MadeByHand:
    """Both families, made by hand, adopted, and applied, so that each object bears a name of ours."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECONCILER_ENDPOINT", "simulator:world.db")
    with closing(Simulator(store=SqliteStore("world.db"), switches={"era": "mixed"})) as simulator:
        made = notebook(ByHand(simulator))
        with simulator.transaction() as rows:
            copy = next(image.id for image in rows.images.all() if image.image_name == "mug copy.png")
        console.delete_image(simulator, copy)
    tree_of(tmp_path, made)
    for ref, live_id in made.adopted():
        assert cli("adopt", ref, str(live_id)).code == 0, ref
    assert cli("apply", "--yes").code == 0
    return made


def test_both_families_move_with_what_was_adopted_and_what_came_after(world: MadeByHand, cli: Cli) -> None:
    """The entries follow. A version that was adopted and one that was made later are both renamed; nothing is made anew."""
    for image in ("elephants/1.png", "kites/kite-a.png"):
        Path("manifests", image).unlink()
    assert cli("apply", "--yes", "--allow", "trainings=2", "--wait", "training").code == 0
    for ref, name in (
        ("dataset/elephants", "beasts"),
        ("model/elephant-max", "beast-max"),
        ("dataset/kites", "flyers"),
        ("model/kites-auto", "flyers-auto"),
    ):
        ran = cli("mv", ref, name)
        assert ran.code == 0, ran.err
        assert "0 uploads, 0 trainings" in flat(ran.out)
    plan = flat(cli("plan").out)
    assert "8 live objects are renamed, nothing is destroyed. trainings 0" in plan
    assert "uploads none" in plan
    applied = cli("apply", "--yes")
    assert applied.code == 0, applied.out + applied.err
    assert cli("plan", "--refresh", "full").out.startswith("In sync")
