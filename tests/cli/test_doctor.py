"""`reconciler doctor`: exit codes, formats, the contact sheet; nothing is sent and no token read."""

import json
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from reconciler.cli.options import current_day
from tests.cli.conftest import Cli

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def mugs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of an example, to be spoilt."""
    import shutil

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECONCILER_ENDPOINT", "http://127.0.0.1:9")
    shutil.copytree(EXAMPLES / "expert", tmp_path / "manifests")
    return tmp_path / "manifests"


def soften(path: Path) -> None:
    with Image.open(path) as image:
        image.filter(ImageFilter.GaussianBlur(9)).save(path, quality=92)


@pytest.mark.parametrize("name", ["quickstart", "style", "expert"])
def test_in_the_examples_nothing_is_found_but_the_announced_end_of_their_family(cli: Cli, name: str) -> None:
    ran = cli("doctor", "--root", str(EXAMPLES / name), "--strict", "--format", "json")
    found = [finding["rule"] for dataset in json.loads(ran.out)["datasets"] for finding in dataset["findings"]]
    assert (ran.code, found) == (0, ["legacy-generation"])


def test_a_warning_ends_well_unless_strict(cli: Cli, mugs: Path) -> None:
    soften(mugs / "mugs" / "dots.jpg")
    ran = cli("doctor")
    assert ran.code == 0
    assert "warning: this image is out of focus  [image-blurred]\n    manifests/mugs/dots.jpg  Blur 0." in ran.out
    assert cli("doctor", "--strict").code == 3


def test_a_problem_ends_with_3(cli: Cli, mugs: Path) -> None:
    (mugs / "mugs" / "dots.jpg").write_bytes(b"")
    ran = cli("doctor", "mug-glazes", "--format", "json")
    assert ran.code == 3
    assert json.loads(ran.out)["datasets"][0]["findings"][0]["rule"] == "image-format"


def test_a_waiver_holds_until_its_day(cli: Cli, mugs: Path) -> None:
    soften(mugs / "mugs" / "dots.jpg")
    with (mugs / "dataset.yaml").open("a") as file:
        file.write("  waive:\n    - {rule: image-blurred, images: [dots.jpg], reason: dreamy, until: 2027-01-31}\n")
    assert cli("doctor", "--strict", "--today", "2027-01-31").code == 0
    later = cli("doctor", "--strict", "--today", "2027-02-01")
    assert later.code == 3
    assert "this waiver of image-blurred is over" in later.out


def test_an_unknown_rule_is_a_problem_of_every_command(cli: Cli, mugs: Path) -> None:
    with (mugs / "dataset.yaml").open("a") as file:
        file.write("  waive: [{rule: image-blured, reason: dreamy}]\n")
    ran = cli("validate")
    assert ran.code == 3
    assert 'Did you mean "image-blurred"?' in ran.err + ran.out


def test_the_contact_sheet_is_one_file_with_a_picture_of_each_image(cli: Cli, mugs: Path) -> None:
    ran = cli("doctor", "dataset/mug-glazes", "--contact-sheet", "sheet.html")
    assert ran.code == 0
    assert "The contact sheet is sheet.html." in ran.err
    assert Path("sheet.html").read_text(encoding="utf-8").count('<img src="data:image/webp;base64,') == 8


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("mug-glaze",), "No manifest declares dataset/mug-glaze. Did you mean dataset/mug-glazes?"),
        (("model/mug-expert",), "dataset"),
        (("--today", "tomorrow"), "write a date as 2027-01-31"),
        (("--contact-sheet", "none/sheet.html"), "cannot be written"),
    ],
)
def test_wrong_usage_is_explained(cli: Cli, mugs: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = cli("doctor", *arguments)
    assert ran.code == 64
    assert said in ran.err


def test_no_other_file_is_written_over(cli: Cli, mugs: Path) -> None:
    """A name that was mistyped costs nothing; a sheet and a plan may be made anew."""
    manifest = mugs / "dataset.yaml"
    text = manifest.read_text()
    for command in (("doctor", "--contact-sheet"), ("plan", "--endpoint", "simulator", "--out")):
        ran = cli(*command, str(manifest))
        assert (ran.code, manifest.read_text()) == (64, text)
        assert "it stays as it is. Choose another name." in ran.err
        for _ in range(2):
            assert cli(*command, "result").code == 0
        Path("result").unlink()
        Path("empty").touch()
        assert cli(*command, "empty").code == 0
        Path("empty").unlink()


def test_the_day_is_that_of_the_machine() -> None:
    assert current_day().year >= 2026
