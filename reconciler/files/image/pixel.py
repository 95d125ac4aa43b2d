"""Pixels of an image as a few numbers, measured once and kept in the cache. Only here and for thumbnails are pixels decoded."""

import json
import math
from collections.abc import Iterator
from struct import Struct
from typing import BinaryIO

from PIL import Image, ImageChops, ImageFilter, ImageStat
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from reconciler.core.value import dataclass
from reconciler.doctor.pixels import BLANK, LEAST_AREA, LEAST_MARGIN, SIDE, Inner, Measured, Pixels, Unreadable
from reconciler.files.cache import CacheFile, CacheTable
from reconciler.files.image.image_file import digest_bytes
from reconciler.files.image.thumbnail import DECODED, decode_small, may_be_shown, thumbnail_of

PIXEL_LIMIT = 80_000_000
"""Pixels of a picture that is decoded at all, 320 MB of memory at worst; Pillow warns on stderr from 89 million on."""

MEASURED = DECODED
"""Pixels of a side at which blur is measured; larger squares are scaled down, smaller ones stay."""

REBLUR = 4
"""Radius (pixels) of the box by which a picture is blurred once more."""

RULES = b"5"
"""Counts up whenever measuring finds something else; rows with another number are not found."""

_NUMBERS = Struct("<16s5d")
"""Hash, contrast, blur, shares of transparent and of two-toned pixels, share of the bars; the colours of the cells follow."""

_INNER = Struct("<16s2d")
"""Of what a border surrounds: hash, contrast, share of the border; the colours of the cells follow."""

_OUTER_SIZE = _NUMBERS.size + 3 * SIDE * SIDE
_INNER_SIZE = _INNER.size + 3 * SIDE * SIDE

_FRAMED = 256
"""Pixels of a side at which a border is looked for."""

_BORDER = 16
"""Levels of 255 by which a border may vary, as JPEG makes it."""

_SETS_OFF = [0] * (_BORDER + 1) + [255] * (255 - _BORDER)
_MOST = [0] * 128 + [255] * 128
"""Five of nine white pixels have a mean of 142, four of 113."""

_LINE = 0.6
"""Share of a bar's edge along which the picture sets off from it. The edge of a bar is a straight line; above a thing on a
plain ground hardly any of the line does."""

_TONE = 16
"""Levels of 255 that still count as black, or as white."""

_COLOURED = 8.0
"""Mean difference of the channels from which a picture has colours."""
_READERS: tuple[tuple[bytes, type[ImageFile]], ...] = (
    (b"\xff\xd8", JpegImageFile),
    (b"\x89PNG", PngImageFile),
    (b"RIFF", WebPImageFile),
)


class PixelCache:
    """Measures by digest. Looking up and keeping never fail: without a usable file nothing is known."""

    def __init__(self, file: CacheFile) -> None:
        self._file = file

    def get(self, digest: str) -> Measured | None:
        """What is known of an image with this digest."""
        value = self._file.get(CacheTable.PIXELS, RULES + digest_bytes(digest))
        return None if value is None else measured_from(value)

    def put(self, digest: str, found: Measured) -> None:
        """Keep what was measured."""
        self._file.put(CacheTable.PIXELS, RULES + digest_bytes(digest), measured_bytes(found))


def measure(file: BinaryIO) -> Measured:
    """The numbers of one image; nothing in it makes this fail."""
    return measure_and_draw(file, is_drawn=False)[0]


def measure_and_draw(file: BinaryIO, *, is_drawn: bool = True) -> tuple[Measured, bytes | None]:
    """The numbers of one image and its thumbnail, from one decoding, which takes longer than either. Nothing in it makes this fail.

    The structure of the file must have been found whole; no thumbnail where it cannot be shown, or was not asked for.
    """
    try:
        with _opened(file) as image:
            is_shown = is_drawn and may_be_shown(image)
            measured = _measured_whole(image)
            return measured, thumbnail_of(image) if is_shown and isinstance(measured, Pixels) else None
    except Exception:  # noqa: BLE001 - decoders raise whatever hostile bytes make them raise
        return Unreadable(reason="Its structure is whole, and its pixels are damaged or of a rare kind."), None


def _opened(file: BinaryIO) -> ImageFile:
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    reader = next(reader for start, reader in _READERS if head.startswith(start))
    return reader(file)


def _measured_whole(image: ImageFile) -> Measured:
    if image.width * image.height > PIXEL_LIMIT:
        return Unreadable(reason=f"It has more than {PIXEL_LIMIT // 1_000_000} million pixels; 1 million is used.")
    decode_small(image)
    square = _square(image)
    flat, clear = _flattened(square)
    small = _reduced(flat)
    return _measured(flat, small, clear, _two_toned(small if clear == 0 else _shape(square, small)))


def _square(image: Image.Image) -> Image.Image:
    """The square in the middle: what is trained on."""
    side = min(image.size)
    if image.size == (side, side):
        return image
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def _flattened(image: Image.Image) -> tuple[Image.Image, float]:
    """In RGB with all transparency black, as Bria stores it, and the share that was transparent."""
    if image.mode.startswith("I"):  # 16 bits of grey, which Pillow would cut off at 255
        image = image.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    if not image.has_transparency_data:
        return image if image.mode == "RGB" else image.convert("RGB"), 0.0
    layered = image.convert("RGBA")
    clear = 1 - ImageStat.Stat(layered.getchannel("A")).mean[0] / 255
    black = Image.new("RGBA", layered.size, (0, 0, 0, 255))
    return Image.alpha_composite(black, layered).convert("RGB"), clear


def _reduced(image: Image.Image) -> Image.Image:
    """The square at `_FRAMED` pixels a side. Whole factors first: that costs a fifth."""
    image = image.reduce(max(1, image.width // _FRAMED))
    return image.resize((_FRAMED, _FRAMED), Image.Resampling.BOX) if image.width != _FRAMED else image


def _measured(square: Image.Image, small: Image.Image, clear: float, two_toned: float) -> Pixels:
    grey = square.convert("L")
    if grey.width > MEASURED:
        grey = grey.resize((MEASURED, MEASURED), Image.Resampling.LANCZOS)
    frame = _frame(small)
    return Pixels(
        hash=_hash(grey),
        cells=_cells(square),
        contrast=ImageStat.Stat(grey).stddev[0],
        blur=_blur(grey),
        clear=clear,
        two_toned=two_toned,
        bars=0.0 if frame is None else frame.bars,
        inner=None if frame is None else _inner(square, frame),
    )


def _cells(square: Image.Image) -> bytes:
    return square.resize((SIDE, SIDE), Image.Resampling.BOX).tobytes()


def _inner(square: Image.Image, frame: "_Frame") -> Inner:
    """What a border of one colour surrounds, as an image of its own would be measured."""
    left, top, right, bottom = frame.box
    # One field less on each side: a trace of the border at the edge would change the hash of a flat picture.
    scale = square.width / _FRAMED
    inside = _square(square.crop(((left + 1) * scale, (top + 1) * scale, (right - 1) * scale, (bottom - 1) * scale)))
    grey = inside.convert("L")
    return Inner(hash=_hash(grey), cells=_cells(inside), contrast=ImageStat.Stat(grey).stddev[0], margin=frame.margin)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """Where the border of one colour around a picture ends, in pixels of `_FRAMED`.

    `margin` is the share of the square that it takes. `bars` is the same where it is two bars on opposite sides with
    straight edges, else 0.
    """

    box: tuple[int, int, int, int]
    margin: float
    bars: float


def _frame(small: Image.Image) -> _Frame | None:
    """The border of one colour; None if there is none on two opposite sides, or nothing else."""
    corner = small.resize((1, 1), Image.Resampling.BOX, box=(0, 0, 4, 4)).getpixel((0, 0))
    apart = ImageChops.difference(small, Image.new("RGB", small.size, corner))
    red, green, blue = apart.split()
    content = _majority(ImageChops.lighter(ImageChops.lighter(red, green), blue).point(_SETS_OFF))
    box = content.getbbox()
    if box is None:
        return None
    left, top, right, bottom = box
    sides = (min(left, _FRAMED - right), min(top, _FRAMED - bottom))
    if max(sides) < LEAST_MARGIN * _FRAMED or min(right - left, bottom - top) < SIDE:
        return None
    margin = 1 - (right - left) * (bottom - top) / _FRAMED**2
    is_upright = sides[0] > sides[1]
    are_bars = min(sides) == 0 and all(_sets_off(content, edge) >= _LINE for edge in _edges(box, is_upright))
    return _Frame(box=box, margin=margin, bars=margin if are_bars else 0.0)


def _majority(mask: Image.Image) -> Image.Image:
    """Of 3 by 3 pixels that are black or white, what most are: the median, by a filter that costs a tenth of the one for it."""
    return mask.filter(ImageFilter.BoxBlur(1)).point(_MOST)


def _edges(box: tuple[int, int, int, int], is_upright: bool) -> Iterator[tuple[int, int, int, int]]:
    """The lines of pixels just inside two opposite bars: left and right if these stand upright, else above and below."""
    left, top, right, bottom = box
    if is_upright:
        yield (left + 1, top, left + 2, bottom)
        yield (right - 2, top, right - 1, bottom)
    else:
        yield (left, top + 1, right, top + 2)
        yield (left, bottom - 2, right, bottom - 1)


def _sets_off(content: Image.Image, line: tuple[int, int, int, int]) -> float:
    return ImageStat.Stat(content.crop(line)).mean[0] / 255


def _two_toned(small: Image.Image) -> float:
    """The share of pixels that are black or white; 0 if there are colours, or no areas of both."""
    grey = small.convert("L")
    fields = grey.resize((SIDE, SIDE), Image.Resampling.BOX).histogram()
    if min(sum(fields[:_TONE]), sum(fields[-_TONE:])) < LEAST_AREA * SIDE * SIDE or _has_colours(small):
        return 0.0
    levels = grey.histogram()
    return (sum(levels[:_TONE]) + sum(levels[-_TONE:])) / sum(levels)


def _has_colours(small: Image.Image) -> bool:
    if small.mode == "L":
        return False
    red, green, blue = small.split()
    high = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    low = ImageChops.darker(ImageChops.darker(red, green), blue)
    return ImageStat.Stat(ImageChops.difference(high, low)).mean[0] >= _COLOURED


def _shape(square: Image.Image, small: Image.Image) -> Image.Image:
    """The transparency of a picture that is of one colour where it can be seen: its shape is there. Else the picture."""
    layered = _reduced(square.convert("RGBA"))
    alpha = layered.getchannel("A")
    return alpha if max(_spread(layered.convert("RGB"), alpha)) < BLANK else small


def _spread(colours: Image.Image, alpha: Image.Image) -> list[float]:
    """How much the colours vary where they can be seen."""
    seen = alpha.point([0] * 128 + [255] * 128)
    return ImageStat.Stat(colours, seen).stddev if seen.getbbox() else [255.0]


def _hash(grey: Image.Image) -> int:
    """128 bits (dHash): for 8 by 8 fields, whether the next one to the right, and the next one below, is lighter."""
    fields = grey.resize((9, 9), Image.Resampling.LANCZOS).tobytes()
    bits = 0
    for step in (1, 9):
        for row in range(8):
            for column in range(8):
                index = 9 * row + column
                bits = bits << 1 | (fields[index] < fields[index + step])
    return bits


def _blur(grey: Image.Image) -> float:
    """0 (sharp) to 1: how little of the steps from pixel to pixel goes if the picture is blurred once more.

    After F. Crété-Roffet et al., The Blur Effect (2007). Unlike the variance of the Laplacian it asks how steep edges
    are and not how many there are: a sharp flat drawing has less of them than a blurred photograph of grass.
    """
    again = grey.filter(ImageFilter.BoxBlur(REBLUR))
    width, height = grey.size
    return max(_kept(grey, again, (1, 0, width, height)), _kept(grey, again, (0, 1, width, height)))


def _kept(grey: Image.Image, again: Image.Image, moved: tuple[int, int, int, int]) -> float:
    steps, left = _steps(grey, moved), _steps(again, moved)
    total = _mean(steps)
    return 1 - _mean(ImageChops.subtract(steps, left)) / total if total else 0.0


def _mean(image: Image.Image) -> float:
    """The mean of one channel. Counting the levels would take four times as long where nearly all pixels have one level."""
    mean = image.convert("F").reduce(image.size).getpixel((0, 0))
    assert isinstance(mean, float)
    return mean


def _steps(image: Image.Image, moved: tuple[int, int, int, int]) -> Image.Image:
    """The differences of neighbours, to the right or below."""
    right, down, width, height = moved
    return ImageChops.difference(image.crop((0, 0, width - right, height - down)), image.crop(moved))


def measured_bytes(found: Measured) -> bytes:
    """What was measured in a few bytes, to keep or to hand over."""
    if isinstance(found, Unreadable):
        return b"u" + json.dumps(found.reason).encode()
    numbers = (found.contrast, found.blur, found.clear, found.two_toned, found.bars)
    parts = [b"p", _NUMBERS.pack(found.hash.to_bytes(16), *numbers), found.cells]
    if (inner := found.inner) is not None:
        parts += [_INNER.pack(inner.hash.to_bytes(16), inner.contrast, inner.margin), inner.cells]
    return b"".join(parts)


def measured_from(value: bytes) -> Measured | None:
    """None if the value is none that we write."""
    kind, body = value[:1], value[1:]
    if kind == b"u":
        try:
            reason = json.loads(body)
        except (ValueError, RecursionError):
            return None
        return Unreadable(reason=reason) if isinstance(reason, str) else None
    if kind != b"p" or len(body) not in {_OUTER_SIZE, _OUTER_SIZE + _INNER_SIZE}:
        return None
    bits, *numbers = _NUMBERS.unpack_from(body)
    inner = _decoded_inner(body[_OUTER_SIZE:]) if len(body) > _OUTER_SIZE else None
    if not all(map(math.isfinite, (*numbers, *(() if inner is None else (inner.contrast, inner.margin))))):
        return None
    contrast, blur, clear, two_toned, bars = numbers
    return Pixels(
        hash=int.from_bytes(bits),
        cells=body[_NUMBERS.size : _OUTER_SIZE],
        contrast=contrast,
        blur=blur,
        clear=clear,
        two_toned=two_toned,
        bars=bars,
        inner=inner,
    )


def _decoded_inner(body: bytes) -> Inner:
    bits, contrast, margin = _INNER.unpack_from(body)
    return Inner(hash=int.from_bytes(bits), cells=body[_INNER.size :], contrast=contrast, margin=margin)
