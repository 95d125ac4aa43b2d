"""The images of the examples: drawn by the committed script, and as the API wants them."""

import hashlib
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from examples.draw import DRAWINGS, save
from tests.test_packaging import tracked

ROOT = Path(__file__).parent.parent
LARGEST = 60_000
SHORTEST_SIDE = 1024


def test_every_committed_image_has_its_drawing() -> None:
    suffixes = {".png", ".jpg", ".webp"}
    committed = {str(path.relative_to(ROOT)) for path in tracked("examples", "manifests") if path.suffix in suffixes}
    assert committed == set(DRAWINGS)


@pytest.mark.parametrize("name", DRAWINGS, ids=lambda name: Path(name).stem)
def test_an_image_is_small_in_bytes_and_large_in_pixels(name: str) -> None:
    path = ROOT / name
    assert path.stat().st_size < LARGEST
    with Image.open(path) as picture:
        assert min(picture.size) >= SHORTEST_SIDE
        assert not picture.has_transparency_data


def test_no_two_images_hold_the_same_bytes() -> None:
    digests = {hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in DRAWINGS}
    assert len(digests) == len(DRAWINGS)


@pytest.mark.parametrize("name", ["examples/quickstart/images/wave.png", "examples/expert/mugs/dots.jpg"])
def test_drawing_again_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    first, second = tmp_path / ("1" + Path(name).suffix), tmp_path / ("2" + Path(name).suffix)
    save(DRAWINGS[name](), first)
    save(DRAWINGS[name](), second)
    assert first.read_bytes() == second.read_bytes()
    # Encoders differ from machine to machine, so what is committed is held against the pixels.
    with Image.open(first) as drawn, Image.open(ROOT / name) as committed:
        difference = ImageChops.difference(drawn.convert("RGB"), committed.convert("RGB"))
    assert max(ImageStat.Stat(difference).mean) < 1
