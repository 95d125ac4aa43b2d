"""Paper kites, for the example of the schema family: `python -m examples.drawing.kites FOLDER`.

They are drawn when they are needed and never committed. The same kites come out each time.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from examples.drawing.canvas import Canvas, Outline, Point, star

SIDE = 1040
INK: Outline = ("#33415c", 10)
SKY, CLOUD = "#cfe6f5", "#eef6fb"


@dataclass(frozen=True, kw_only=True)
class Kite:
    """An outline around (0, 0), a part of it in a second colour, and the colour of the bows on its tail."""

    outline: list[Point]
    inlay: list[Point]
    colours: tuple[str, str]
    bows: str
    number: int
    turn: float = 0


KITES = {
    "delta": Kite(
        outline=[(0, -230), (330, 190), (0, 90), (-330, 190)],
        inlay=[(0, -120), (150, 90), (0, 45), (-150, 90)],
        colours=("#3f7fbf", "#f7f0dc"),
        bows="#e0574a",
        number=2,
        turn=8,
    ),
    "diamond": Kite(
        outline=[(0, -300), (210, -60), (0, 300), (-210, -60)],
        inlay=[(0, -300), (210, -60), (0, -60)],
        colours=("#e0574a", "#f7f0dc"),
        bows="#3f7fbf",
        number=3,
        turn=-14,
    ),
    "fish": Kite(
        outline=[(-280, 0), (-90, -170), (140, -110), (290, -200), (240, 0), (290, 200), (140, 110), (-90, 170)],
        inlay=[(-90, -170), (20, -140), (20, 140), (-90, 170)],
        colours=("#f0a23c", "#fbe3b5"),
        bows="#4c9a76",
        number=2,
    ),
    "hexagon": Kite(
        outline=[(0, -260), (225, -130), (225, 130), (0, 260), (-225, 130), (-225, -130)],
        inlay=[(0, 0), (225, -130), (225, 130)],
        colours=("#4c9a76", "#f7f0dc"),
        bows="#f0a23c",
        number=4,
        turn=10,
    ),
    "sled": Kite(
        outline=[(-170, -260), (170, -260), (250, 0), (120, 260), (-120, 260), (-250, 0)],
        inlay=[(-60, -260), (60, -260), (60, 260), (-60, 260)],
        colours=("#8561a8", "#f2d7e6"),
        bows="#f0a23c",
        number=3,
        turn=-6,
    ),
    "star": Kite(
        outline=star((0, 0), 290, 130),
        inlay=star((0, 0), 130, 60),
        colours=("#f4c542", "#e0574a"),
        bows="#3f7fbf",
        number=3,
        turn=12,
    ),
}


def _sky() -> Canvas:
    canvas = Canvas(SIDE, SIDE, SKY)
    for x, y, scale in ((190, 230, 0.8), (810, 700, 1.0)):
        with canvas.placed(x, y, scale):
            for left, up, size in ((-80, 20, 60), (0, -15, 80), (90, 15, 65)):
                canvas.oval((left, up), size, size * 0.8, CLOUD)
    return canvas


def draw(kite: Kite) -> Image.Image:
    """A kite in a pale blue sky, with its tail below it."""
    canvas = _sky()
    tail: list[Point] = [(500, 430), (560, 710), (475, 790), (540, 870), (480, 945), (500, 1010)]
    canvas.curve(tail, 8, INK[0])
    for x, y in tail[1 : 1 + kite.number]:
        canvas.shape([(x, y), (x - 50, y - 30), (x - 50, y + 30)], kite.bows, INK)
        canvas.shape([(x, y), (x + 50, y - 30), (x + 50, y + 30)], kite.bows, INK)
    with canvas.placed(500, 400, 1, kite.turn):
        canvas.shape(kite.outline, kite.colours[0], INK)
        canvas.shape(kite.inlay, kite.colours[1], INK)
    return canvas.image()


def main(folder: str) -> None:
    """Draw all kites into a folder."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    for name, kite in KITES.items():
        draw(kite).save(place / f"{name}.png")
    print(f"{len(KITES)} kites in {place}")


if __name__ == "__main__":
    main(*sys.argv[1:])
