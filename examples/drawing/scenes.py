"""Paper-cut landscapes: layers of coloured paper, each with a soft shadow on the one behind it."""

from math import sin

from PIL import Image

from examples.drawing.canvas import Canvas, Colour, Point, crescent, scattered, star

WIDE = 1280.0
"""Units of width of a sheet of 1310 × 1024 pixels."""


def _sheet(top: Colour, bottom: Colour) -> Canvas:
    canvas = Canvas(1310, 1024, top)
    canvas.paste(canvas.gradient(top, bottom), canvas.mask([(-9, -9), (1400, -9), (1400, 1009), (-9, 1009)]))
    return canvas


def _layer(canvas: Canvas, points: list[Point], colour: Colour) -> None:
    canvas.shade([(x + 4, y - 12) for x, y in points], "#160d1e", 0.42, 9)
    canvas.shape(points, colour)


def _ridge(base: float, height: float, pace: float, phase: float) -> list[Point]:
    """A rolling edge from left to right, closed along the bottom."""
    xs = range(-20, int(WIDE) + 40, 8)
    line = [
        (float(x), base - height * (0.6 * sin(x / pace + phase) + 0.4 * sin(x / pace * 2.3 + phase * 1.7))) for x in xs
    ]
    return [*line, (WIDE + 40, 1030), (-20, 1030)]


def _peaks(tops: list[Point]) -> list[Point]:
    return [(-20, 1030), *tops, (WIDE + 40, 1030)]


def _disc(canvas: Canvas, centre: Point, radius: float, colour: Colour, halo: Colour) -> None:
    for step, strength in ((2.0, 0.28), (1.5, 0.4)):
        ring = star(centre, radius * step, radius * step, points=40)
        canvas.shade(ring, halo, strength, 14)
    canvas.shape(star(centre, radius, radius, points=60), colour)


def _fir(canvas: Canvas, x: float, foot: float, height: float, colour: Colour) -> None:
    points: list[Point] = [(x, foot - height)]
    for side in (1, -1):
        levels = [(tier, foot - height * (0.78 - 0.2 * tier)) for tier in range(4)]
        tiers = [(side * height * 0.09 * (tier + 1.4), y) for tier, y in levels]
        inner = [(side * height * 0.07 * (tier + 1), y - 4) for tier, y in levels]
        edge = [(x + dx, y) for pair in zip(tiers, inner, strict=True) for dx, y in pair]
        points = [*points, *edge] if side > 0 else [*points, *reversed(edge)]
    canvas.shade([(px + 4, py - 4) for px, py in points], "#160d1e", 0.3, 6)
    canvas.shape(points, colour)
    canvas.box(x - height * 0.03, foot - height * 0.2, x + height * 0.03, foot + 6, "#4a3328")


def _cloud(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    puffs = ((-1.5, 0.2, 0.6), (-0.7, -0.15, 0.8), (0.2, -0.35, 1.0), (1.1, -0.05, 0.75), (1.8, 0.25, 0.5))
    for dx, dy, part in puffs:
        canvas.oval((x + dx * size, y + dy * size), part * size, part * size * 0.8, colour)
    canvas.box(x - 2 * size, y + 0.25 * size, x + 2.2 * size, y + 0.66 * size, colour)


def valley() -> Image.Image:
    canvas = _sheet("#f7c8a0", "#fdeccb")
    _disc(canvas, (880, 330), 92, "#fff4d6", "#ffe3a8")
    _layer(canvas, _ridge(520, 90, 190, 0.4), "#e9a58a")
    _layer(canvas, _ridge(620, 80, 150, 2.0), "#cf7f78")
    _layer(canvas, _ridge(730, 70, 170, 4.1), "#9c5c6e")
    for index in range(9):
        _fir(canvas, 90 + 142 * index, 806 - 34 * sin(index * 1.7), 120 + 30 * (index % 3), "#5f4463")
    _layer(canvas, _ridge(850, 50, 210, 1.0), "#4b3557")
    return canvas.image()


def lake() -> Image.Image:
    canvas = _sheet("#9fd0e6", "#e3f3f1")
    _cloud(canvas, 300, 190, 62, "#ffffff")
    _cloud(canvas, 980, 140, 46, "#f4fbfd")
    _layer(
        canvas,
        _peaks([(-20, 520), (160, 330), (330, 500), (520, 260), (760, 520), (960, 360), (1140, 500), (1320, 400)]),
        "#7fa8b8",
    )
    canvas.shape([(520, 260), (450, 356), (500, 336), (540, 366), (582, 328)], "#f4fbfd")
    canvas.shape([(160, 330), (112, 380), (160, 366), (206, 378)], "#f4fbfd")
    _layer(canvas, _ridge(600, 46, 130, 3.0), "#4f8a7d")
    _layer(canvas, _peaks([(-20, 640), (1320, 640)]), "#5fb0c4")
    for index in range(16):
        x, y = scattered(index, WIDE, 240)
        canvas.stroke([(x, 670 + y), (x + 90, 670 + y)], 7, "#a9dbe4")
    for index in range(5):
        _fir(canvas, 60 + 84 * index, 900 - 16 * index, 230 - 30 * (index % 2), "#2f6657")
    _layer(canvas, _ridge(960, 30, 240, 0.2), "#25534a")
    return canvas.image()


def forest() -> Image.Image:
    canvas = _sheet("#d9e4dc", "#f3f1e2")
    shades = ("#b5cbbd", "#8fb09c", "#64907a", "#3f6f5b", "#28503f")
    for depth, colour in enumerate(shades):
        foot = 560 + 100 * depth
        for index in range(9 - depth):
            x = (index + 0.3 + 0.37 * depth) * WIDE / (8 - depth)
            _fir(canvas, x, foot, 250 + 70 * depth + 26 * ((index + depth) % 3), colour)
        _layer(canvas, _ridge(foot, 18, 150 + 30 * depth, depth * 1.3), colour)
    canvas.shade([(-20, 560), (1320, 600), (1320, 660), (-20, 640)], "#ffffff", 0.5, 26)
    return canvas.image()


def mountains() -> Image.Image:
    canvas = _sheet("#1d2150", "#5b4a8a")
    for index in range(60):
        x, y = scattered(index, WIDE, 520)
        canvas.oval((x, y), 2 + index % 3, 2 + index % 3, "#f7f0ff")
    canvas.shade(star((300, 230), 130, 130, points=40), "#b7a8e0", 0.4, 34)
    with canvas.placed(300, 230, turn=-24):
        canvas.shape(crescent((0, 0), 88), "#fdf6e0")
    _layer(
        canvas,
        _peaks([(-20, 640), (200, 430), (400, 610), (640, 320), (900, 620), (1080, 450), (1320, 640)]),
        "#4a4383",
    )
    canvas.shape([(640, 320), (566, 410), (616, 392), (650, 424), (712, 406)], "#e6e0fa")
    canvas.shape([(1080, 450), (1034, 494), (1078, 486), (1124, 494)], "#e6e0fa")
    _layer(
        canvas,
        _peaks([(-20, 720), (140, 640), (340, 760), (560, 600), (820, 770), (1000, 650), (1320, 780)]),
        "#363069",
    )
    _layer(canvas, _ridge(830, 40, 160, 0.9), "#27234f")
    for index in range(7):
        _fir(canvas, 120 + 178 * index, 936, 150 + 36 * (index % 3), "#191638")
    _layer(canvas, _ridge(940, 26, 220, 2.2), "#191638")
    return canvas.image()


def cliff() -> Image.Image:
    canvas = _sheet("#ef7f5e", "#fbd58f")
    _disc(canvas, (520, 560), 128, "#fff0c2", "#fdd27a")
    _cloud(canvas, 880, 180, 44, "#f8b07d")
    _cloud(canvas, 300, 140, 34, "#f8b07d")
    _layer(canvas, _peaks([(-20, 630), (1320, 630)]), "#b95a6a")
    for index in range(18):
        x, y = scattered(index, 700, 300)
        canvas.stroke([(180 + x, 650 + y), (180 + x + 60, 650 + y)], 7, "#f0a274")
    _layer(
        canvas,
        [(1320, 420), (1120, 430), (1050, 470), (1000, 620), (940, 700), (960, 850), (880, 1030), (1320, 1030)],
        "#6e3a52",
    )
    canvas.shape([(1130, 432), (1180, 432), (1172, 250), (1138, 250)], "#fff3e0")
    canvas.box(1134, 300, 1176, 340, "#c84f48")
    canvas.box(1128, 236, 1182, 252, "#4f2940")
    canvas.shape([(1136, 236), (1174, 236), (1168, 204), (1142, 204)], "#ffe08a")
    canvas.shape([(1130, 204), (1180, 204), (1155, 172)], "#c84f48")
    _layer(canvas, [(-20, 760), (120, 780), (240, 850), (300, 1030), (-20, 1030)], "#4f2940")
    canvas.shape([(380, 700), (470, 700), (450, 728), (400, 728)], "#4f2940")
    canvas.shape([(424, 694), (424, 612), (470, 690)], "#fff3e0")
    canvas.shape([(416, 694), (416, 630), (388, 690)], "#fbe2c4")
    return canvas.image()


def snow() -> Image.Image:
    canvas = _sheet("#8fa6cf", "#f1e3ea")
    _layer(canvas, _ridge(520, 70, 180, 5.0), "#b9c6e3")
    _layer(canvas, _ridge(640, 56, 150, 1.2), "#d7dff0")
    for x, y, colour in ((420.0, 700.0, "#a9564f"), (600.0, 716.0, "#5f6f9c"), (790.0, 700.0, "#c08a52")):
        canvas.shade([(x, y - 90), (x + 130, y - 90), (x + 130, y + 10), (x, y + 10)], "#160d1e", 0.3, 8)
        canvas.box(x, y - 84, x + 120, y + 20, colour)
        canvas.shape([(x - 22, y - 78), (x + 60, y - 158), (x + 142, y - 78)], "#f8fafd")
        for window in (22, 72):
            canvas.box(x + window, y - 56, x + window + 28, y - 22, "#ffe08a")
        canvas.box(x + 92, y - 168, x + 110, y - 118, "#6b4a44")
    _layer(canvas, _ridge(760, 34, 210, 2.8), "#eef2f9")
    for x, foot, height in ((130, 850, 240), (250, 880, 180), (1030, 860, 260), (1160, 890, 200)):
        _fir(canvas, x, foot, height, "#4f7a78")
    _layer(canvas, _ridge(890, 30, 260, 0.6), "#ffffff")
    for index in range(70):
        x, y = scattered(index, WIDE, 1000)
        canvas.oval((x, y), 4 + index % 3, 4 + index % 3, "#ffffff")
    return canvas.image()
