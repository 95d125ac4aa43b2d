"""A tree with a gallery: commands that know nothing of galleries work as before, and `mv` takes the reference along."""

import json
from pathlib import Path

from tests.cli.conftest import Cli, commit_all, edit, flat

GALLERY = """\
apiVersion: reconciler/v1
kind: Gallery
metadata: {name: looks}
spec:
  model: lora-max  # draws
  path: looks
  cases:
    - {name: waving, prompt: waving, seed: 7}
"""
FILE = Path("manifests/gallery.yaml")


def test_a_gallery_is_not_observed_planned_or_counted(applied: Path, cli: Cli) -> None:
    """Neither is its absence: nothing of it is live."""
    before = {command: cli(command) for command in ("plan", "status", "drift", "validate")}
    commit_all()
    FILE.write_text(GALLERY)
    for command, ran in before.items():
        assert (cli(command).out, cli(command).code) == (ran.out, ran.code), command
    ran = cli("plan", "--base", "HEAD")
    assert (ran.code, flat(ran.out).startswith("This change does nothing on the live side")) == (0, True)
    FILE.unlink()
    assert cli("plan").out == before["plan"].out


def test_its_problems_are_found_offline(tree: Path, cli: Cli) -> None:
    """With the place, before anything is asked."""
    FILE.write_text(GALLERY.replace("seed: 7", "seed: 7, kind: structured"))
    for arguments in (("validate",), ("plan",)):
        ran = cli(*arguments)
        assert ran.code != 0
        assert "manifests/gallery.yaml:8:53" in ran.err
        assert "whose models draw image, vector, reimagine and portrait, not structured" in flat(ran.err)


def test_a_renamed_model_takes_its_galleries_along(tree: Path, cli: Cli) -> None:
    """The comment stays, and the tree is sound before and after."""
    FILE.write_text(GALLERY)
    shown = cli("mv", "model/lora-max", "lora-best", "--diff")
    assert "+  model: lora-best  # draws\n" in shown.out
    assert FILE.read_text() == GALLERY
    assert cli("mv", "model/lora-max", "lora-best").code == 0
    assert FILE.read_text() == GALLERY.replace("lora-max", "lora-best")
    assert cli("validate").code == 0


def test_an_older_tree_may_have_other_galleries(tree: Path, cli: Cli) -> None:
    """A comparison with a revision reads its galleries, too."""
    FILE.write_text(GALLERY)
    commit_all()
    edit(FILE, "seed: 7", "seed: 8")
    assert cli("plan", "--base", "HEAD").code == 0


def test_status_tells_what_is_there(tree: Path, cli: Cli) -> None:
    """Without a token and without an account, for people and for programs."""
    assert cli("gallery", "status").out == "No manifest declares a gallery.\n"
    FILE.write_text(GALLERY)
    shown = flat(cli("gallery", "status").out)
    printed = shown.partition(" current 1 missing")[0].split()[-1]
    assert (
        f"gallery/looks: 1 case for model/lora-max, in looks `reconciler gallery run looks --version {printed}` draws "
        "what is missing." in shown
    )
    (tree / "manifests/looks/a0123456789ab").mkdir(parents=True)
    (tree / "manifests/looks/a0123456789ab/waving.png").write_bytes(b"x")
    assert "a0123456789ab 1 damaged" in flat(cli("gallery", "status").out)
    shown = flat(cli("gallery", "status", "looks").out)
    assert "waving damaged: no waving.json is beside it" in shown
    told = json.loads(cli("gallery", "status", "gallery/looks", "--format", "json").out)
    columns = told["galleries"][0]["columns"]
    assert {column["fingerprint"]: column["cases"][0]["state"] for column in columns}["a0123456789ab"] == "damaged"
    assert [column["names"] for column in columns if column["cases"][0]["state"] == "missing"] == [["current"]]
    ran = cli("gallery", "status", "look")
    assert (ran.code, 'No manifest declares a gallery "look". Did you mean looks?' in ran.err) == (64, True)
    assert not (tree / "world.db").exists()
