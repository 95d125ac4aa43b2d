"""A sheet to draw on: filled and outlined shapes, smooth edges, and the same pixels on every run.

Units: a sheet is 1000 high, whatever its size in pixels; angles are in degrees, clockwise.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from math import cos, hypot, pi, radians, sin

from PIL import Image, ImageDraw, ImageFilter

Point = tuple[float, float]
Colour = str
Outline = tuple[Colour, float]
"""Colour and width in units."""

_OVERSAMPLING = 2
_STEPS = 14
"""Points between two corners of a smooth shape."""

_PAIR = 2


class Canvas:
    """One image in the making."""

    def __init__(self, width: int, height: int, paper: Colour) -> None:
        self._size = (width, height)
        self._pixel = height * _OVERSAMPLING / 1000
        self._sheet = Image.new("RGB", (width * _OVERSAMPLING, height * _OVERSAMPLING), paper)
        self._pen = ImageDraw.Draw(self._sheet)
        self._matrix = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)

    @property
    def width(self) -> float:
        """The width of the sheet in units."""
        return 1000 * self._size[0] / self._size[1]

    def image(self) -> Image.Image:
        """The finished picture."""
        return self._sheet.resize(self._size, Image.Resampling.LANCZOS)

    def sheet(self) -> Image.Image:
        """The picture as it is drawn, before it is made smaller."""
        return self._sheet

    @contextmanager
    def placed(self, x: float, y: float, scale: float = 1, turn: float = 0) -> Iterator[None]:
        """Inside the block, (0, 0) is at (x, y), and everything is scaled and turned about it."""
        before = self._matrix
        c, s = scale * cos(radians(turn)), scale * sin(radians(turn))
        a, b, u, d, e, v = before
        self._matrix = (
            a * c + b * s,
            b * c - a * s,
            a * x + b * y + u,
            d * c + e * s,
            e * c - d * s,
            d * x + e * y + v,
        )
        yield
        self._matrix = before

    def shape(self, points: Sequence[Point], fill: Colour, outline: Outline | None = None) -> None:
        """A closed polygon."""
        corners = self._to_pixels(points)
        self._pen.polygon(corners, fill)
        if outline:
            self._trace([*corners, corners[0]], outline[0], outline[1])

    def blob(self, points: Sequence[Point], fill: Colour, outline: Outline | None = None) -> None:
        """A closed, smooth shape through the points."""
        self.shape(smooth(points), fill, outline)

    def oval(self, centre: Point, rx: float, ry: float, fill: Colour, outline: Outline | None = None) -> None:
        """An ellipse."""
        self.shape(arc(centre, rx, ry, 0, 360), fill, outline)

    def box(self, left: float, top: float, right: float, bottom: float, fill: Colour) -> None:
        """A rectangle along the axes."""
        self.shape([(left, top), (right, top), (right, bottom), (left, bottom)], fill)

    def stroke(self, points: Sequence[Point], width: float, fill: Colour, outline: Outline | None = None) -> None:
        """A line with round ends."""
        path = self._to_pixels(points)
        if outline:
            self._trace(path, outline[0], width + 2 * outline[1])
        self._trace(path, fill, width)

    def curve(self, points: Sequence[Point], width: float, fill: Colour, outline: Outline | None = None) -> None:
        """A smooth open line with round ends."""
        self.stroke(smooth(points, closed=False), width, fill, outline)

    def paste(self, layer: Image.Image, mask: Image.Image) -> None:
        """Put a full-size layer down where the mask is white."""
        self._sheet.paste(layer, (0, 0), mask)

    def mask(self, points: Sequence[Point], blur: float = 0) -> Image.Image:
        """A full-size mask: white inside the polygon, with a soft edge of `blur` units."""
        mask = Image.new("L", self._sheet.size, 0)
        ImageDraw.Draw(mask).polygon(self._to_pixels(points), 255)
        return mask.filter(ImageFilter.GaussianBlur(blur * self._pixel)) if blur else mask

    def shade(self, points: Sequence[Point], colour: Colour, strength: float, blur: float) -> None:
        """A soft shadow, or a glow; `strength` from 0 to 1."""
        mask = self.mask(points, blur).point([round(value * strength) for value in range(256)])
        self.paste(self.plain(colour), mask)

    def plain(self, colour: Colour) -> Image.Image:
        """A full-size layer of one colour."""
        return Image.new("RGB", self._sheet.size, colour)

    def gradient(self, first: Colour, last: Colour, *, across: bool = False) -> Image.Image:
        """A full-size layer that goes from one colour at the top (or left) to another."""
        ramp = Image.linear_gradient("L")
        ramp = ramp.rotate(90) if across else ramp
        return Image.composite(self.plain(last), self.plain(first), ramp.resize(self._sheet.size))

    def _to_pixels(self, points: Sequence[Point]) -> list[Point]:
        a, b, u, d, e, v = self._matrix
        return [((a * x + b * y + u) * self._pixel, (d * x + e * y + v) * self._pixel) for x, y in points]

    def _trace(self, path: Sequence[Point], fill: Colour, width: float) -> None:
        pixels = width * self._pixel * hypot(self._matrix[0], self._matrix[3])
        radius = pixels / 2
        for (x0, y0), (x1, y1) in pairwise(path):
            length = hypot(x1 - x0, y1 - y0)
            if length:
                nx, ny = (y1 - y0) / length * radius, (x0 - x1) / length * radius
                quad = [(x0 + nx, y0 + ny), (x1 + nx, y1 + ny), (x1 - nx, y1 - ny), (x0 - nx, y0 - ny)]
                self._pen.polygon(quad, fill)
        for x, y in path:
            self._pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill)


def arc(centre: Point, rx: float, ry: float, start: float, end: float) -> list[Point]:
    """Points along an ellipse from one angle to another; 0 is to the right, 90 below."""
    steps = max(8, int(abs(end - start) / 4))
    angles = [(start + (end - start) * step / steps) * pi / 180 for step in range(steps + 1)]
    return [(centre[0] + rx * cos(angle), centre[1] + ry * sin(angle)) for angle in angles]


def smooth(points: Sequence[Point], *, closed: bool = True) -> list[Point]:
    """A curve through all points (Catmull and Rom)."""
    ring = [points[-1], *points, points[0], points[1]] if closed else [points[0], *points, points[-1]]
    found: list[Point] = []
    for index in range(len(ring) - 3):
        before, start, end, after = ring[index : index + 4]
        for step in range(_STEPS):
            t = step / _STEPS
            x = _between(before[0], start[0], end[0], after[0], t)
            y = _between(before[1], start[1], end[1], after[1], t)
            found.append((x, y))
    return found if closed else [*found, points[-1]]


def scattered(index: int, width: float, height: float) -> Point:
    """The index-th of any number of points that are spread evenly, yet in no visible order."""
    return (width * (0.5 + index * 0.7548776662) % width, height * (0.5 + index * 0.5698402910) % height)


def star(centre: Point, outer: float, inner: float, points: int = 5, turn: float = -90) -> list[Point]:
    """The corners of a star."""
    corners = []
    for index in range(points * _PAIR):
        radius = inner if index % _PAIR else outer
        angle = radians(turn + 180 * index / points)
        corners.append((centre[0] + radius * cos(angle), centre[1] + radius * sin(angle)))
    return corners


def crescent(centre: Point, radius: float) -> list[Point]:
    """A waning moon."""
    hollow = (centre[0] + 0.9 * radius, centre[1])
    return [*arc(centre, radius, radius, 60, 300), *arc(hollow, 0.954 * radius, 0.954 * radius, 245.2, 114.8)]


def _between(before: float, start: float, end: float, after: float, t: float) -> float:
    return 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * start - before - 3 * end + after) * t**3
    )
