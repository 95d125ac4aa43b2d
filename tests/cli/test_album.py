"""The HTML report of a plan: what the trees know of its images stands beside them."""

import json
import re
import shutil
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.conftest import Cli, draw, edit, git

DRAWINGS = Path(__file__).parents[2] / "examples" / "quickstart" / "images"


@pytest.fixture
def committed(tree: Path) -> Path:
    """The tree as `main`; then an image with an alpha channel is new, and another file has another name."""
    git("init", "--quiet", "--initial-branch=main")
    git("add", "manifests")
    git("commit", "--quiet", "-m", "x")
    images = tree / "manifests/images"
    Image.new("RGBA", (1024, 1024), (1, 2, 3, 100)).save(images / "glass.png")
    (images / "glass.txt").write_text("behind glass.\n")
    for suffix in ("png", "txt"):
        (images / f"wave.{suffix}").rename(images / f"greet.{suffix}")
    return tree


def flat(html: str) -> str:
    """The text of a page."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_a_finding_stands_at_its_image(committed: Path, cli: Cli) -> None:
    """By the image's name, with the rule; the same page from a plan that was saved."""
    page = cli("plan", "--base", "main", "--format", "html", "--out", "plan.json").out
    assert "glass.png warning transparent parts of this image become black: " in flat(page)
    shown = cli("show", "plan.json", "--format", "html").out
    assert shown.count("image-alpha") == page.count("image-alpha") == 2
    comment = cli("plan", "--base", "main", "--format", "markdown").out
    assert "- `glass.png` **warning** transparent parts of this image become black: " in comment
    report = json.loads(cli("show", "plan.json", "--format", "report").out)
    assert ("glass.png", "image-alpha") in [(one["name"], one["rule"]) for one in report["findings"]]


def test_of_two_images_that_are_alike_the_new_one_is_told_of(committed: Path, cli: Cli) -> None:
    """Whatever their names are; and of those that stay as they are nothing is told."""
    images = committed / "manifests/images"
    for name, drawing in (("mandrill", "tea"), ("zebra", "umbrella")):
        shutil.copy(DRAWINGS / f"{drawing}.png", images / f"{name}.png")
        (images / f"{name}.txt").write_text(f"{name}.\n")
    git("add", "manifests")
    git("commit", "--quiet", "-m", "y")
    with Image.open(images / "mandrill.png") as image:
        image.resize((900, 900)).save(images / "aardvark.png")
    (images / "aardvark.txt").write_text("digging.\n")
    page = flat(cli("plan", "--base", "main~0", "--format", "html").out)
    assert "aardvark.png warning this image is almost the same as another one: Compare it with mandrill.png" in page
    assert "zebra" not in page


def test_what_concerns_the_whole_dataset_stands_under_its_name(committed: Path, cli: Cli) -> None:
    """Once at the dataset and once in the list, with the images of this change that it names."""
    with Image.open(committed / "manifests/images/glass.png") as image:
        image.resize((600, 600)).save(committed / "manifests/images/glass.png")
    page = cli("plan", "--base", "main", "--format", "html").out
    assert page.count("images-scaled") == 2
    assert "dataset/lora-poses warning 1 image will be scaled up" in flat(page)
    assert "(&#34;glass.png&#34;) images-scaled" in flat(page)
    line = "- `dataset/lora-poses` **warning** 1 image will be scaled up: "
    assert line in cli("plan", "--base", "main", "--format", "markdown").out


def test_what_a_manifest_waives_is_told_by_no_command(committed: Path, cli: Cli) -> None:
    """Until its last day; an error cannot be waived."""
    waiver = "  waive: [{rule: image-alpha, images: [glass.png], reason: glass is like that, until: 2999-01-31}]\n"
    manifest = committed / "manifests/dataset.yaml"
    text = manifest.read_text()
    assert "image has transparent parts" in cli("validate").err
    manifest.write_text(text + waiver)
    for command in (("validate",), ("plan", "--base", "main"), ("plan",)):
        ran = cli(*command)
        assert (ran.code, ran.err) == (0, ""), command
    assert "image-alpha" not in cli("validate", "--format", "sarif").out
    assert "image-alpha" not in cli("plan", "--base", "main", "--format", "html").out
    manifest.write_text(text + waiver.replace("2999", "2020"))
    assert "image has transparent parts" in cli("validate").err
    manifest.write_text(text.replace("caption_prefix", "caption_prefx") + waiver)
    broken = cli("validate")
    assert "transparent parts" not in broken.err
    assert 'unknown key "caption_prefx"' in broken.err


def test_of_more_images_than_one_report_reads_it_says_how_many(
    committed: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New ones are read first."""
    monkeypatch.setattr("reconciler.app.findings.LOOKED_AT", 1)
    page = flat(cli("plan", "--base", "main", "--format", "html").out)
    assert "The pixels of 5 further images were not looked at; reconciler doctor does." in page
    assert "transparent parts of this image become black" in page


@pytest.mark.parametrize("source", ["sidecar", "file"])
def test_a_finding_about_a_caption_stands_at_its_image(committed: Path, cli: Cli, source: str) -> None:
    """Wherever the caption is written."""
    images, prefix = committed / "manifests/images", "An illustration of a character named Lora,"
    repeated = f"{prefix} a female character with purple hair, behind glass."
    if source == "sidecar":
        (images / "glass.txt").write_text(repeated)
    else:
        for sidecar in images.glob("*.txt"):
            sidecar.unlink()
        (images / "captions.yaml").write_text(f"read.png: reading.\nglass: {repeated}\n")
        edit(committed / "manifests/dataset.yaml", "source: sidecar", "source: file")
    page = cli("plan", "--base", "main", "--format", "html").out
    assert "glass.png warning this caption repeats the prefix" in flat(page)


def test_an_image_that_got_another_name_is_told(committed: Path, cli: Cli) -> None:
    """Against a base, where both names are known; the bytes are the same."""
    page = flat(cli("plan", "--base", "main", "--format", "html").out)
    assert "greet.png" in page
    assert "was wave.png; the same bytes, nothing is sent" in page


def test_the_way_on_is_told(committed: Path, cli: Cli) -> None:
    """As on the screen."""
    assert "reconciler apply --within plan.json" in flat(
        cli("plan", "--base", "main", "--format", "html", "--out", "plan.json").out
    )


def test_findings_about_other_datasets_are_not_the_plans(committed: Path, cli: Cli) -> None:
    """An image that was there before, in a dataset that stays as it is."""
    git("add", "manifests")
    git("commit", "--quiet", "-m", "y")
    assert "image-alpha" not in cli("plan", "--base", "main", "--format", "html").out


def test_a_tree_that_is_gone_leaves_a_poorer_page(committed: Path, cli: Cli) -> None:
    """No pictures, no findings, no fault."""
    cli("plan", "--base", "main", "--out", "plan.json")
    (committed / "manifests").rename(committed / "elsewhere")
    ran = cli("show", "plan.json", "--format", "html")
    assert ran.code == 0
    assert "image-alpha" not in ran.out


def test_no_name_is_told_of_without_a_base(applied: Path, cli: Cli) -> None:
    """The live side does not know what a file is called in git."""
    images = applied / "manifests/images"
    draw(images / "run.png", (1, 2, 3))
    (images / "run.txt").write_text("running.\n")
    page = flat(cli("plan", "--format", "html").out)
    assert "run.png" in page
    assert "the same bytes" not in page
