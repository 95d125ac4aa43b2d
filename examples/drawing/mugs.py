"""One ceramic mug in many glazes: the same shape, another decoration each time."""

from collections.abc import Callable
from math import hypot, pi, sin

from PIL import Image

from examples.drawing.canvas import Canvas, Colour, Point, arc, crescent, scattered, smooth, star

TOP, BOTTOM, LEFT, RIGHT = 270.0, 760.0, 250.0, 670.0
MIDDLE = (LEFT + RIGHT) / 2
BODY: list[Point] = [
    *arc((MIDDLE, TOP), (RIGHT - LEFT) / 2, 46, 180, 0),
    *smooth([(RIGHT, TOP), (RIGHT - 4, 520), (RIGHT - 26, 690), (RIGHT - 64, BOTTOM)], closed=False),
    *arc((MIDDLE, BOTTOM), (RIGHT - LEFT) / 2 - 64, 24, 0, 180),
    *smooth([(LEFT + 64, BOTTOM), (LEFT + 26, 690), (LEFT + 4, 520), (LEFT, TOP)], closed=False),
]
Decoration = Callable[[Canvas], None]


def _mug(table: Colour, wall: Colour, glaze: Colour, decorate: Decoration) -> Image.Image:
    canvas = Canvas(1024, 1024, wall)
    canvas.box(-10, 690, 1010, 1010, table)
    canvas.shade([(-10, 686), (1010, 686), (1010, 730), (-10, 730)], "#000000", 0.12, 12)
    canvas.shade(arc((MIDDLE + 70, BOTTOM + 12), 320, 46, 0, 360), "#2a1a10", 0.5, 22)
    _handle(canvas, glaze)
    _body(canvas, glaze, decorate)
    _rim(canvas, glaze)
    return canvas.image()


def _handle(canvas: Canvas, glaze: Colour) -> None:
    path = [(650, 360), (760, 350), (822, 440), (790, 560), (640, 640)]
    canvas.curve(path, 66, "#6b5848")
    canvas.curve(path, 60, glaze)
    canvas.curve([(x + 12, y + 13) for x, y in path], 16, _darker(glaze, 0.82))
    canvas.curve([(680, 340), (752, 338), (800, 392)], 9, _lighter(glaze, 0.55))


def _body(canvas: Canvas, glaze: Colour, decorate: Decoration) -> None:
    """The glaze and its decoration, darker towards the edges, as on a round body."""
    painted = Canvas(1024, 1024, glaze)
    decorate(painted)
    painted.shade([(590, 200), (760, 200), (760, 820), (560, 820)], "#2a1a3a", 0.36, 46)
    painted.shade([(200, 200), (262, 200), (262, 820), (200, 820)], "#2a1a3a", 0.2, 22)
    painted.shade([(250, 740), (680, 740), (680, 820), (250, 820)], "#2a1a3a", 0.22, 24)
    painted.shade([(250, 250), (680, 250), (680, 322), (250, 322)], "#2a1a3a", 0.1, 12)
    painted.shade([(304, 350), (334, 352), (348, 650), (330, 652)], "#ffffff", 0.6, 8)
    canvas.shape(BODY, "#6b5848", ("#6b5848", 6))
    canvas.paste(painted.sheet(), canvas.mask(BODY))


def _rim(canvas: Canvas, glaze: Colour) -> None:
    half = (RIGHT - LEFT) / 2
    canvas.oval((MIDDLE, TOP), half, 46, _lighter(glaze, 0.45), ("#6b5848", 6))
    canvas.oval((MIDDLE, TOP + 3), half - 20, 35, _darker(glaze, 0.55))
    canvas.oval((MIDDLE, TOP + 12), half - 32, 26, "#3b2417")
    canvas.stroke(arc((MIDDLE, TOP + 12), half - 70, 16, 195, 250), 5, "#7a5138")


def _darker(colour: Colour, part: float) -> Colour:
    return "#" + "".join(f"{round(int(colour[at : at + 2], 16) * part):02x}" for at in (1, 3, 5))


def _lighter(colour: Colour, part: float) -> Colour:
    return "#" + "".join(f"{round(255 - (255 - int(colour[at : at + 2], 16)) * (1 - part)):02x}" for at in (1, 3, 5))


def _bow(y: float, depth: float = 40) -> list[Point]:
    """A line around the body, bowed as a circle is when seen from above."""
    return [(x, y + depth * sin(pi * (x - LEFT) / (RIGHT - LEFT))) for x in range(int(LEFT) - 6, int(RIGHT) + 8, 8)]


def stripes() -> Image.Image:
    def decorate(canvas: Canvas) -> None:
        for y in (372, 452, 532, 612, 692):
            canvas.stroke(_bow(y), 34, "#2f8088")

    return _mug("#c99a6a", "#f5e6d3", "#f4efe4", decorate)


def dots() -> Image.Image:
    def decorate(canvas: Canvas) -> None:
        for row in range(6):
            for column in range(7):
                x = 262 + 70 * column + 35 * (row % 2)
                y = 372 + 66 * row + 40 * sin(pi * (x - LEFT) / (RIGHT - LEFT))
                canvas.oval((x, y), 19, 19, "#fff6e0")

    return _mug("#a9744f", "#dfe9e2", "#e0a52f", decorate)


def waves() -> Image.Image:
    def decorate(canvas: Canvas) -> None:
        for band, colour in enumerate(("#5f97c4", "#3f74a8", "#28517f")):
            top = [
                (x, 440 + 108 * band + 22 * sin(x / 34 + band) + 0.25 * 40 * sin(pi * (x - LEFT) / 420))
                for x in range(230, 700, 6)
            ]
            canvas.shape([*top, (700, 900), (230, 900)], colour)
        canvas.stroke([(x, 430 + 22 * sin(x / 34)) for x in range(230, 700, 6)], 7, "#f2f7fb")

    return _mug("#8d7b6c", "#e6eef5", "#cfe2f0", decorate)


def speckles() -> Image.Image:
    def decorate(canvas: Canvas) -> None:
        for index in range(150):
            x, y = scattered(index, 430, 480)
            canvas.oval((LEFT + x, 300 + y), 3 + index % 4, 3 + index % 3, "#7d6a58" if index % 3 else "#3f342b")

    return _mug("#6f8f7a", "#f1ece2", "#ece3d2", decorate)


def drip() -> Image.Image:
    def decorate(canvas: Canvas) -> None:
        edge = [
            (236, 470),
            (278, 560),
            (318, 470),
            (356, 430),
            (394, 600),
            (436, 480),
            (476, 452),
            (514, 640),
            (554, 500),
            (592, 468),
            (630, 570),
            (690, 450),
        ]
        canvas.shape([(236, 200), *smooth(edge, closed=False), (690, 200)], "#7a3b2e")
        canvas.curve([(388, 420), (396, 520), (394, 574)], 8, "#a85c48")
        canvas.curve([(508, 440), (516, 560), (514, 612)], 8, "#a85c48")

    return _mug("#4f4a45", "#e9dccb", "#d9b48a", decorate)


def stars() -> Image.Image:
    def decorate(canvas: Canvas) -> None:
        for index in range(26):
            x, y = scattered(index, 430, 440)
            size = 20 if index % 4 == 0 else 9
            if hypot(LEFT + x - 430, y - 150) > 90:  # room for the moon
                canvas.shape(star((LEFT + x, 320 + y), size, size * 0.45, turn=-90 + 13 * index), "#ffe08a")
        with canvas.placed(430, 470, turn=-24):
            canvas.shape(crescent((0, 0), 62), "#ffe9ad")

    return _mug("#9c7b5d", "#d9d5ea", "#2b3263", decorate)


def leaves() -> Image.Image:
    def decorate(canvas: Canvas) -> None:
        for x0, lean in ((330, -14), (452, 6), (570, 16)):
            canvas.curve([(x0, 740), (x0 + lean, 580), (x0 + 2 * lean, 390)], 8, "#4b6b3c")
            for step in range(5):
                y = 420 + 62 * step
                for side in (-1, 1):
                    with canvas.placed(x0 + lean * (2 - step * 0.4), y, turn=side * 38):
                        canvas.blob(
                            [(0, 0), (side * 26, -18), (side * 58, 0), (side * 26, 16)],
                            "#6f9a55" if side < 0 else "#5b8547",
                        )

    return _mug("#d8b98f", "#f6efe0", "#f8f3e6", decorate)


def sunrise() -> Image.Image:
    def decorate(canvas: Canvas) -> None:
        for radius, colour in ((300, "#f4b183"), (220, "#f7c873"), (140, "#fbe29a")):
            canvas.oval((452, 640), radius, radius, colour)
        hills = [(230, 640), (330, 580), (430, 640), (520, 600), (620, 560), (700, 620)]
        canvas.shape([*smooth(hills, closed=False), (700, 900), (230, 900)], "#8c4a5e")
        near = [(230, 720), (340, 690), (470, 720), (590, 680), (700, 710)]
        canvas.shape([*smooth(near, closed=False), (700, 900), (230, 900)], "#63324a")

    return _mug("#b58463", "#fbe6e0", "#e98d80", decorate)
