"""Weather icons: one medium, two or three colours, one line width."""

from math import cos, radians, sin

from PIL import Image

from examples.drawing.canvas import Canvas, Outline, Point, arc, star

LINE: Outline = ("#22304a", 16)
SUN, CLOUD, RAIN, BOLT = "#ffc94d", "#e9f1fb", "#4f9be0", "#ffb02e"


def _sheet() -> Canvas:
    canvas = Canvas(1024, 1024, "#ffffff")
    canvas.shape(star((500, 500), 440, 440, points=60), "#f3f6fa")
    return canvas


def _cloud(canvas: Canvas, x: float, y: float, scale: float = 1) -> None:
    with canvas.placed(x, y, scale):
        outline: list[Point] = [
            *arc((-150, 40), 100, 100, 90, 250),
            *arc((-30, -50), 140, 140, 200, 320),
            *arc((140, 20), 120, 120, 290, 450),
        ]
        canvas.shape(outline, CLOUD, LINE)


def _sun(canvas: Canvas, x: float, y: float, radius: float) -> None:
    for angle in range(0, 360, 45):
        c, s = cos(radians(angle)), sin(radians(angle))
        canvas.stroke(
            [(x + c * radius * 1.4, y + s * radius * 1.4), (x + c * radius * 1.75, y + s * radius * 1.75)], 26, LINE[0]
        )
    canvas.oval((x, y), radius, radius, SUN, LINE)


def sun() -> Image.Image:
    canvas = _sheet()
    _sun(canvas, 500, 500, 170)
    return canvas.image()


def cloud() -> Image.Image:
    canvas = _sheet()
    _sun(canvas, 640, 390, 110)
    _cloud(canvas, 470, 560)
    return canvas.image()


def rain() -> Image.Image:
    canvas = _sheet()
    for x in (360, 490, 620):
        canvas.stroke([(x, 620), (x - 40, 760)], 34, RAIN)
    _cloud(canvas, 500, 450)
    return canvas.image()


def storm() -> Image.Image:
    canvas = _sheet()
    canvas.shape([(520, 540), (420, 700), (500, 700), (450, 830), (610, 650), (520, 650), (580, 540)], BOLT, LINE)
    _cloud(canvas, 500, 440)
    return canvas.image()


def snow() -> Image.Image:
    canvas = _sheet()
    for angle in range(0, 360, 60):
        with canvas.placed(500, 500, turn=angle):
            canvas.stroke([(0, 0), (0, -300)], 34, RAIN)
            for y in (-150, -230):
                canvas.stroke([(-70, y - 62), (0, y), (70, y - 62)], 30, RAIN)
    return canvas.image()
