"""`gallery approve`: what it records, what it refuses, and what it says."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, edit, flat, git
from tests.cli.looks import GALLERY, ROOT, draw_looks

PRINT = "a51be07aa9c13"
FILE = ROOT / "looks" / f"{PRINT}.approved.json"
CASE = "    - {name: sitting, prompt: sitting, seed: 7}\n"


@pytest.fixture
def looks(tree: Path) -> Path:
    """A gallery that is complete for one version."""
    (ROOT / "gallery.yaml").write_text(GALLERY)
    draw_looks(PRINT)
    return tree


def test_an_approval_holds_the_digests_of_what_was_seen(looks: Path, cli: Cli) -> None:
    """Definition and picture of each case, and nothing else; the same bytes again change nothing."""
    ran = cli("gallery", "approve", "looks", PRINT)
    assert ran.code == 0
    assert ran.out == ""
    assert f"Wrote {FILE}." in ran.err
    assert f"Commit {FILE} and manifests/looks/{PRINT}/." in ran.err
    assert "ignores" not in ran.err
    written = FILE.read_bytes()
    value = json.loads(written)
    assert [*value] == ["gallery", "model", "fingerprint", "cases"]
    records = {name: json.loads((ROOT / "looks" / PRINT / f"{name}.json").read_text()) for name in value["cases"]}
    assert value["cases"] == {
        name: {"definition": record["definition"], "picture": record["file"]["sha256"]}
        for name, record in records.items()
    }
    again = cli("gallery", "approve", "looks", PRINT)
    assert (again.code, FILE.read_bytes()) == (0, written)
    assert f"{FILE} says this already: nothing to change." in again.err


def test_diff_writes_nothing(looks: Path, cli: Cli) -> None:
    ran = cli("gallery", "approve", "looks", PRINT, "--diff")
    assert ran.code == 0
    assert not FILE.exists()
    assert f'+  "fingerprint": "{PRINT}",' in ran.out
    assert "Commit" not in ran.err


@pytest.mark.parametrize("name", ["production", PRINT[:7], "gallery/"])
def test_a_version_may_be_named_as_elsewhere(looks: Path, cli: Cli, name: str) -> None:
    """By an alias or by first digits; the gallery with or without its kind."""
    model = ROOT / "model.yaml"
    model.write_text(model.read_text() + f"  aliases: {{production: {PRINT[:7]}}}\n")
    gallery, version = ("gallery/looks", PRINT) if name == "gallery/" else ("looks", name)
    assert cli("gallery", "approve", gallery, version).code == 0
    assert json.loads(FILE.read_text())["fingerprint"] == PRINT


def test_what_the_manifest_describes_may_be_approved(looks: Path, cli: Cli) -> None:
    """As `current`, once it is drawn."""
    ran = cli("gallery", "approve", "looks", "current")
    assert ran.code == 4
    assert "(missing: reading, waving)" in ran.err
    fingerprint = ran.err.split("--version ")[1].split("`")[0]
    draw_looks(fingerprint)
    assert cli("gallery", "approve", "looks", "current").code == 0
    assert (ROOT / "looks" / f"{fingerprint}.approved.json").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("lucks", PRINT), 'No manifest declares a gallery "lucks". Did you mean looks?'),
        (("looks", "b000000"), '"b000000" is no alias of the model'),
        (("looks", "v7"), '"v7" is no alias of the model'),
        (("looks", "all"), "One version is approved at a time"),
        (("looks", "../../x"), '"../../x" is no alias of the model'),
    ],
)
def test_what_nothing_knows_is_wrong_usage(looks: Path, cli: Cli, arguments: tuple[str, str], said: str) -> None:
    ran = cli("gallery", "approve", *arguments)
    assert ran.code == 64
    assert said in flat(ran.err)


def test_pictures_that_are_not_here_are_said(looks: Path, cli: Cli) -> None:
    """A pointer of Git LFS says which picture it is, so it may be approved; but nobody saw it."""
    picture = ROOT / "looks" / PRINT / "waving.png"
    digest = sha256(picture.read_bytes()).hexdigest()
    picture.write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 70\n")
    ran = cli("gallery", "approve", "looks", PRINT)
    assert ran.code == 0
    assert "Nobody can have looked at waving here: the pictures lie in Git LFS, and `git lfs pull`" in flat(ran.err)
    assert json.loads(FILE.read_text())["cases"]["waving"]["picture"] == digest


def test_digits_that_fit_two_versions_are_refused(looks: Path, cli: Cli) -> None:
    draw_looks(PRINT[:7] + "000000")
    ran = cli("gallery", "approve", "looks", PRINT[:7])
    assert ran.code == 64
    assert f'"{PRINT[:7]}" fits {PRINT[:7]}000000 and {PRINT}' in flat(ran.err)


def test_an_incomplete_gallery_is_refused_by_the_names_of_its_cases(looks: Path, cli: Cli) -> None:
    """Each in its state, with the commands that mend it in order."""
    gallery = ROOT / "gallery.yaml"
    gallery.write_text(GALLERY + CASE + CASE.replace("sitting", "jumping"))
    draw_looks(PRINT, "jumping")
    edit(gallery, "prompt: waving", "prompt: waving twice")
    (ROOT / "looks" / PRINT / "reading.submitted.json").write_text("{}")
    (ROOT / "looks" / PRINT / "reading.png").unlink()
    (ROOT / "looks" / PRINT / "jumping.png").write_bytes(b"torn")
    ran = cli("gallery", "approve", "looks", PRINT)
    assert ran.code == 4
    assert f"gallery/looks is not complete for {PRINT} " in flat(ran.err)
    assert "stale: waving; missing: sitting; unknown: reading; damaged: jumping" in flat(ran.err)
    ways = (
        f"If git holds the files of jumping in manifests/looks/{PRINT}/ undamaged, restore them",
        f"Draw it: `reconciler gallery run looks --version {PRINT} --refresh`. What is lost after that",
        "too, is paid for once more with `--again reading --again jumping`.",
    )
    places = [flat(ran.err).index(way) for way in ways]
    assert places == sorted(places)
    assert not FILE.exists()


def test_a_void_approval_is_replaced_and_says_what_differs(looks: Path, cli: Cli) -> None:
    """Another picture, another definition, a new case; then a file that holds anything else."""
    assert cli("gallery", "approve", "looks", PRINT).code == 0
    before = json.loads(FILE.read_text())
    gallery = ROOT / "gallery.yaml"
    gallery.write_text(GALLERY.replace("prompt: waving", "prompt: waving twice") + CASE)
    draw_looks(PRINT, colour=9)
    ran = cli("gallery", "approve", "looks", PRINT)
    assert ran.code == 0
    assert (
        "It replaces an approval that is void: reading has another picture, waving is defined otherwise, "
        "sitting is not in it." in flat(ran.err)
    )
    after = json.loads(FILE.read_text())
    assert set(after["cases"]) == {"reading", "waving", "sitting"}
    assert before["cases"]["reading"] != after["cases"]["reading"]
    FILE.write_text('{"approved": true}')
    ran = cli("gallery", "approve", "looks", PRINT)
    assert 'no approval of this version: it has the unknown key "approved".' in flat(ran.err)
    assert json.loads(FILE.read_text()) == after


def test_only_what_the_guard_asks_for_has_to_be_there(looks: Path, cli: Cli) -> None:
    """What else is there is approved as well; what is not is told."""
    (ROOT / "gallery.yaml").write_text(GALLERY + CASE)
    model = ROOT / "model.yaml"
    model.write_text(model.read_text() + "  promotion: {aliases: [production], gallery: looks, cases: [waving]}\n")
    ran = cli("gallery", "approve", "looks", PRINT)
    assert ran.code == 0
    assert "Sitting is not there, and no guard asks for it." in ran.err or "sitting is not there" in ran.err
    assert set(json.loads(FILE.read_text())["cases"]) == {"reading", "waving"}


def test_what_git_ignores_is_said(looks: Path, cli: Cli) -> None:
    """In CI only what is committed is there."""
    git("init", "--quiet")
    (looks / ".gitignore").write_text("*.png\n")
    ran = cli("gallery", "approve", "looks", PRINT)
    assert ran.code == 0
    assert (
        f"Git ignores manifests/looks/{PRINT}/reading.png, manifests/looks/{PRINT}/waving.png: elsewhere nothing of it is there."
        in flat(ran.err)
    )
    git("add", "--force", "manifests")
    assert "ignores" not in cli("gallery", "approve", "looks", PRINT).err


def test_a_pointer_of_git_lfs_is_enough(looks: Path, cli: Cli) -> None:
    """It holds the digest of the picture."""
    assert cli("gallery", "approve", "looks", PRINT).code == 0
    written = FILE.read_bytes()
    record = json.loads((ROOT / "looks" / PRINT / "waving.json").read_text())["file"]
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{record['sha256']}\nsize {record['size']}\n"
    (ROOT / "looks" / PRINT / "waving.png").write_text(pointer)
    assert cli("gallery", "approve", "looks", PRINT).code == 0
    assert FILE.read_bytes() == written


def test_nothing_is_written_through_a_link(looks: Path, cli: Cli) -> None:
    """Neither out of the root, nor inside of it."""
    (looks / "secret").write_text("kept")
    FILE.symlink_to(looks / "secret")
    ran = cli("gallery", "approve", "looks", PRINT)
    assert ran.code == 3
    assert "leaves the manifest root" in flat(ran.err)
    assert (looks / "secret").read_text() == "kept"
    FILE.unlink()
    FILE.symlink_to("../model.yaml")
    model = (ROOT / "model.yaml").read_text()
    cli("gallery", "approve", "looks", PRINT)
    assert (ROOT / "model.yaml").read_text() == model


def test_what_is_no_file_of_a_sane_size_is_not_written_over(looks: Path, cli: Cli) -> None:
    """A folder, and a file that nobody could have meant."""
    FILE.write_text("x" * 1_000_001)
    ran = cli("gallery", "approve", "looks", PRINT)
    assert (ran.code, "is too large to be an approval" in flat(ran.err)) == (4, True)
    FILE.unlink()
    FILE.mkdir()
    ran = cli("gallery", "approve", "looks", PRINT)
    assert (ran.code, f"{FILE} is not a regular file. Remove it." in flat(ran.err)) == (4, True)


def test_a_model_that_goes_has_nothing_to_approve(looks: Path, cli: Cli) -> None:
    edit(ROOT / "model.yaml", "name: lora-max", "name: lora-max, ensure: absent")
    ran = cli("gallery", "approve", "looks", PRINT)
    assert ran.code == 64
    assert "whose manifest says `ensure: absent`" in flat(ran.err)


def test_status_says_which_versions_are_approved(looks: Path, cli: Cli) -> None:
    """Where a guard asks for that, or a file claims it."""
    assert "approved" not in cli("gallery", "status").out
    assert cli("gallery", "approve", "looks", PRINT).code == 0
    assert "2 present, approved" in flat(cli("gallery", "status").out)
    model = ROOT / "model.yaml"
    model.write_text(model.read_text() + "  promotion: {aliases: [production], gallery: looks}\n")
    assert "current 2 missing, not approved" in flat(cli("gallery", "status").out)
    draw_looks(PRINT, "waving", colour=9)
    assert "2 present, approval void: waving has another picture" in flat(cli("gallery", "status").out)
    (told,) = json.loads(cli("gallery", "status", "--format", "json").out)["galleries"]
    assert {one["fingerprint"]: one["approved"] for one in told["columns"]}[PRINT] == "void"
    edit(model, "name: lora-max", "name: lora-max, ensure: absent")
    assert "2 present, approval void" in flat(cli("gallery", "status").out)
