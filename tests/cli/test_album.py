"""The HTML report of a plan: what the trees know of its images stands beside them."""

import re
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.conftest import Cli, draw
from tests.cli.test_base import edit, git


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
    assert "glass.png warning this image has transparent parts, or could have" in flat(page)
    assert "image-alpha" in page
    shown = cli("show", "plan.json", "--format", "html").out
    assert shown.count("image-alpha") == page.count("image-alpha") == 2


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
    assert "reconciler apply --equivalent-to plan.json" in flat(
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
