"""No way leads around the limit on images that go: refused before the first write, whatever the manifest says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, account, draw, edit, flat

EIGHT = ("jump", "paint", "read", "sit", "wave", "climb", "dance", "nap")


@pytest.fixture
def eight(tree: Path, cli: Cli) -> Path:
    """A tree of eight images, applied once."""
    for number, name in enumerate(EIGHT[5:]):
        draw(tree / "manifests" / "images" / f"{name}.png", (30, number * 70, 120))
    assert cli("apply", "--yes", "--wait", "training").code == 0
    return tree


def remove(tree: Path, *names: str) -> None:
    """Take images out of the tree, with their captions."""
    for name in names:
        for path in (tree / "manifests" / "images").glob(f"{name}.*"):
            path.unlink()


def five_go(tree: Path) -> None:
    remove(tree, *EIGHT[1:6])


def all_are_replaced(tree: Path) -> None:
    for number, name in enumerate(EIGHT[1:]):
        draw(tree / "manifests" / "images" / f"{name}.png", (number * 20, 200, 10))


def others_are_declared(tree: Path) -> None:
    remove(tree, *EIGHT)
    for number in range(5):
        draw(tree / "manifests" / "images" / f"new-{number}.png", (number * 20, 20, 110))
    (tree / "manifests" / "images" / "new-0.txt").write_text("something new.\n")


def all_is_uploaded_afresh(tree: Path) -> None:
    remove(tree, *EIGHT[2:])
    edit(tree / "manifests" / "dataset.yaml", "spec:\n", "spec:\n  clone: never\n")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (five_go, "5 of 8 images (63 %)"),
        (all_are_replaced, "7 of 8 images (88 %)"),
        (others_are_declared, "8 of 8 images (100 %)"),
        (all_is_uploaded_afresh, "6 of 8 images (75 %)"),
    ],
)
def test_images_that_go_are_counted_whatever_takes_them_away(
    eight: Path, cli: Cli, change: Callable[[Path], None], words: str
) -> None:
    """Gone, replaced under their names, exchanged for others, left out of a fresh upload: shown, counted, refused."""
    change(eight)
    ran = cli("apply", "--yes")
    assert ran.code == 4
    assert f"dataset/lora-poses would lose {words}; the limit is 30 %" in flat(ran.out + ran.err)
    with account(eight / "world.db") as simulator, simulator.transaction() as world:
        (dataset,) = world.datasets.all()
        assert dataset.name.startswith("lora-poses v1 (")
    percent = words.partition("(")[2].partition(" ")[0]
    assert cli("apply", "--yes", "--allow", f"image_removals_percent={percent}").code == 0


def test_a_plan_names_every_image_that_goes(eight: Path, cli: Cli) -> None:
    """Also where no step removes them, because the version is uploaded afresh."""
    all_is_uploaded_afresh(eight)
    ran = cli("plan")
    for name in EIGHT[2:]:
        assert f"- {name}" in ran.out
    assert "removals 6 images (limit 30 % of a dataset)" in flat(ran.out)
