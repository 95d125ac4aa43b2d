"""Wall tiles by the hundred, for the example of an archive: `python -m examples.drawing.tiles FOLDER [NUMBER]`.

They are drawn when they are needed and never committed: a repository is no place for thousands of images. Each follows from
its number, so the same tiles come out each time.
"""

import random
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw

NUMBER = 240
SIDE = 1040
"""Pixels of a side; an archive takes images of 1,024 and more."""

CELLS = 8
CELL = SIDE // CELLS
COLOURS = {
    "cream": "#f4ecd8",
    "blue": "#2f5d8a",
    "green": "#4f7f5a",
    "red": "#b5483a",
    "yellow": "#e0b040",
    "grey": "#6b6f76",
}

Pen = ImageDraw.ImageDraw
Shape = Callable[[Pen, int, int, int], None]


def _disc(pen: Pen, left: int, top: int, ink: int) -> None:
    pen.ellipse((left + 12, top + 12, left + CELL - 12, top + CELL - 12), fill=ink)


def _square(pen: Pen, left: int, top: int, ink: int) -> None:
    pen.rectangle((left + 24, top + 24, left + CELL - 24, top + CELL - 24), fill=ink)


def _triangle(pen: Pen, left: int, top: int, ink: int) -> None:
    pen.polygon(((left, top + CELL), (left + CELL, top + CELL), (left + CELL // 2, top)), fill=ink)


def _stripe(pen: Pen, left: int, top: int, ink: int) -> None:
    pen.rectangle((left, top + CELL // 3, left + CELL, top + 2 * CELL // 3), fill=ink)


SHAPES: dict[str, Shape] = {"discs": _disc, "squares": _square, "triangles": _triangle, "stripes": _stripe}


def tile(number: int) -> tuple[Image.Image, str]:
    """A tile and its caption."""
    chance = random.Random(number)  # noqa: S311 - a tile is no secret
    ground, ink = chance.sample(sorted(COLOURS), 2)
    shape = chance.choice(sorted(SHAPES))
    places = [(column, row) for column in range(CELLS) for row in range(CELLS) if chance.random() < 0.6]
    image = Image.new("P", (SIDE, SIDE), 0)
    image.putpalette([int(COLOURS[name][at : at + 2], 16) for name in (ground, ink) for at in (1, 3, 5)])
    pen = ImageDraw.Draw(image)
    for column, row in places:
        SHAPES[shape](pen, column * CELL, row * CELL, 1)
    return image, f"{len(places)} {ink} {shape} on {ground}."


def main(folder: str, number: str = str(NUMBER)) -> None:
    """Draw tiles into a folder, and write their captions beside them."""
    place, captions = Path(folder), []
    place.mkdir(parents=True, exist_ok=True)
    for one in range(1, int(number) + 1):
        image, caption = tile(one)
        image.save(place / f"tile-{one:04}.png", optimize=False, compress_level=6)
        captions.append(f'tile-{one:04}: "{caption}"\n')
    (place / "captions.yaml").write_text("".join(captions), encoding="utf-8")
    print(f"{number} tiles in {place}")


if __name__ == "__main__":
    main(*sys.argv[1:])
