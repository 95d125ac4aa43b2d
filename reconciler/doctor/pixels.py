"""The pixels of an image as a few numbers, and when two images are alike. `files.image.pixel` measures, this judges."""

from collections.abc import Iterable
from statistics import median

from reconciler.core.value import dataclass

SIDE = 16
"""Cells on each side of the coarse picture."""

BLANK = 4.0
"""Standard deviation of brightness. Below it, a picture is nearly one colour.

The faintest of 28 drawn examples has 33, of 28 photographs and scans 10; a white page with dust has 2.
"""

BLURRED = 0.72
"""From this blur on, a picture is out of focus.

Of the 28 examples the softest has 0.53, of 28 photographs and scans 0.56 (a colour chart of pure gradients: 0.76).
The same pictures, softened by 8 of 1024 pixels, have 0.63 to 0.88; by 4, 0.46 to 0.75.
"""

NEAR = 10
"""Bits of 128 in which the hashes of two near-duplicates may differ."""

CHANGED = 0.25
"""Of the cells that are not background, the share that may differ between two near-duplicates.

The hash alone is not enough: one mug in two glazes has hashes 9 bits apart and differs in 66 % of its cells. The same
picture saved again, at half the size, or a tenth brighter, differs in 0 to 6 %.
"""

LEAST_MARGIN = 0.03
"""Share of a side that a border takes on each of two opposite sides, at least."""

MORE_MARGIN = 0.05
"""Share of a picture by which the borders of two copies differ, at least."""

LEAST_AREA = 0.04
"""Share of the fields of a mask that are wholly black, and share of those that are wholly white, at least.

A drawing in thin lines has no wholly black field.
"""

TWO_TONED = 0.9
"""Share of a picture's pixels that are black or white, from which on it is a mask."""

_STEP = 24
"""Levels of 255. Beyond it, two cells differ."""

_PLAIN = 12
"""Levels of 255 by which a cell of a plain border may differ from the border's colour."""

_PLAIN_SHARE = 0.9
Colour = tuple[float, float, float]
_BORDER = tuple(i for i in range(SIDE * SIDE) if i // SIDE in {0, SIDE - 1} or i % SIDE in {0, SIDE - 1})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a picture looks like.

    `hash` has 128 bits: is each cell of a 9 by 9 picture darker than its neighbour? `cells` are the colours of 16 by 16
    cells, three bytes each. `contrast` is the standard deviation of brightness (0 to 127).
    """

    hash: int
    cells: bytes
    contrast: float

    @property
    def is_blank(self) -> bool:
        return self.contrast < BLANK


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner(Look):
    """What a border of one colour surrounds, measured as a picture of its own. `margin` is the share that the border takes."""

    margin: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels(Look):
    """The square in the middle of one image: the part that is trained on.

    `blur` goes from 0 (sharp) to 1, `clear` the share of the square that is transparent. `two_toned` is the share that is black or white, 0 where
    there are colours or no areas of both; `bars` the share of two bars of one colour on opposite sides.
    """

    blur: float
    clear: float = 0.0
    two_toned: float = 0.0
    bars: float = 0.0
    inner: Inner | None = None

    @property
    def is_blurred(self) -> bool:
        """A blank picture has no edges, so nothing can be said about its focus."""
        return not self.is_blank and self.blur >= BLURRED

    @property
    def is_mask(self) -> bool:
        """Black and white areas, no colours and hardly a grey: what tells a program where something is."""
        return self.two_toned >= TWO_TONED


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Why the pixels of an image are not known."""

    reason: str


Measured = Pixels | Unreadable


def are_alike(first: Look, second: Look) -> bool:
    """Is it the same picture, apart from compression, size, brightness or a small crop? Blank pictures never are."""
    if first.is_blank or second.is_blank or (first.hash ^ second.hash).bit_count() > NEAR:
        return False
    return _changed(first.cells, second.cells) <= CHANGED


def is_padded_copy(padded: Pixels, other: Pixels) -> bool:
    """Is the first picture the second one with more of a border around it?"""
    inner = padded.inner
    if inner is None:
        return False
    has_more = other.inner is None or inner.margin >= other.inner.margin + MORE_MARGIN
    return has_more and (are_alike(inner, other) or (other.inner is not None and are_alike(inner, other.inner)))


def apart(first: Pixels, second: Pixels) -> float:
    """How far two pictures are apart: the mean difference of all colours of all cells, in percent."""
    total = sum(abs(one - other) for one, other in zip(first.cells, second.cells, strict=True))
    return 100 * total / (255 * len(first.cells))


def background(pixels: Pixels) -> Colour | None:
    """The colour of the border around the picture; None if the border is not of one colour."""
    middle = _border_colour(pixels.cells)
    plain = sum(_distance(_cell(pixels.cells, index), middle) <= _PLAIN for index in _BORDER)
    return middle if plain >= _PLAIN_SHARE * len(_BORDER) else None


def are_one_colour(colours: Iterable[Colour]) -> bool:
    """Are these so close that a person would call them one?"""
    listed = list(colours)
    middle = _middle(listed)
    return all(_distance(colour, middle) <= _STEP for colour in listed)


def _changed(first: bytes, second: bytes) -> float:
    """The share of cells that differ, of those that are not background in both pictures.

    The whole may be brighter or darker: the median difference of each channel is taken off first.
    """
    differences = [[after - before for before, after in zip(first[i::3], second[i::3], strict=True)] for i in range(3)]
    shift = tuple(float(median(channel)) for channel in differences)
    grounds = _border_colour(first), _border_colour(second)
    changed = content = 0
    for index in range(SIDE * SIDE):
        before, after = _cell(first, index), _cell(second, index)
        moved = _distance((before[0] + shift[0], before[1] + shift[1], before[2] + shift[2]), after) > _STEP
        changed += moved
        content += moved or _distance(before, grounds[0]) > _STEP or _distance(after, grounds[1]) > _STEP
    return changed / content if content else 0.0


def _border_colour(cells: bytes) -> Colour:
    return _middle([_cell(cells, index) for index in _BORDER])


def _middle(colours: list[Colour]) -> Colour:
    red, green, blue = (float(median(channel)) for channel in zip(*colours, strict=True))
    return red, green, blue


def _cell(cells: bytes, index: int) -> Colour:
    return cells[3 * index], cells[3 * index + 1], cells[3 * index + 2]


def _distance(first: Colour, second: Colour) -> float:
    return max(abs(a - b) for a, b in zip(first, second, strict=True))
