"""Pixels of an image as a few numbers, measured once and kept in the cache. Only here and for thumbnails are pixels decoded."""

import json
import math
from struct import Struct
from typing import BinaryIO

from PIL import Image, ImageChops, ImageFilter, ImageStat
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from reconciler.doctor.pixels import SIDE, Measured, Pixels, Unreadable
from reconciler.files.cache import CacheFile, CacheTable
from reconciler.files.image.image_file import digest_bytes

PIXEL_LIMIT = 80_000_000
"""Pixels of a picture that is decoded at all, 320 MB of memory at worst; Pillow warns on stderr from 89 million on."""

MEASURED = 512
"""Pixels of a side at which blur is measured; larger squares are scaled down, smaller ones stay."""

REBLUR = 4
"""Radius (pixels) of the box by which a picture is blurred once more."""

RULES = b"2"
"""Counts up whenever measuring finds something else; rows with another number are not found."""

_DRAFT = 1024
_NUMBERS = Struct("<16s3d")
"""Hash, contrast, blur, share of transparent pixels; the colours of the cells follow."""
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
        return None if value is None else _decoded(value)

    def put(self, digest: str, found: Measured) -> None:
        """Keep what was measured."""
        self._file.put(CacheTable.PIXELS, RULES + digest_bytes(digest), _encoded(found))


def measure(file: BinaryIO) -> Measured:
    """The numbers of one image; nothing in it makes this fail."""
    try:
        return _read(file)
    except Exception:  # noqa: BLE001 - decoders raise whatever hostile bytes make them raise
        return Unreadable(reason="Its structure is whole, and its pixels are damaged or of a rare kind.")


def _read(file: BinaryIO) -> Measured:
    head = file.read(4)
    file.seek(0)
    reader = next(reader for start, reader in _READERS if head.startswith(start))
    with reader(file) as image:
        if image.width * image.height > PIXEL_LIMIT:
            return Unreadable(reason=f"It has more than {PIXEL_LIMIT // 1_000_000} million pixels; 1 million is used.")
        image.draft("RGB", (_DRAFT, _DRAFT))
        return _measured(*_flattened(_square(image)))


def _square(image: Image.Image) -> Image.Image:
    """The square in the middle: what is trained on."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def _flattened(image: Image.Image) -> tuple[Image.Image, float]:
    """In RGB with all transparency black, as Bria stores it, and the share that was transparent."""
    if image.mode.startswith("I"):  # 16 bits of grey, which Pillow would cut off at 255
        image = image.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB"), 0.0
    layered = image.convert("RGBA")
    clear = 1 - ImageStat.Stat(layered.getchannel("A")).mean[0] / 255
    black = Image.new("RGBA", layered.size, (0, 0, 0, 255))
    return Image.alpha_composite(black, layered).convert("RGB"), clear


def _measured(square: Image.Image, clear: float) -> Pixels:
    grey = square.convert("L")
    if grey.width > MEASURED:
        grey = grey.resize((MEASURED, MEASURED), Image.Resampling.LANCZOS)
    return Pixels(
        hash=_hash(grey),
        cells=square.resize((SIDE, SIDE), Image.Resampling.BOX).tobytes(),
        contrast=ImageStat.Stat(grey).stddev[0],
        blur=_blur(grey),
        clear=clear,
    )


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
    total = ImageStat.Stat(steps).sum[0]
    return 1 - ImageStat.Stat(ImageChops.subtract(steps, left)).sum[0] / total if total else 0.0


def _steps(image: Image.Image, moved: tuple[int, int, int, int]) -> Image.Image:
    """The differences of neighbours, to the right or below."""
    right, down, width, height = moved
    return ImageChops.difference(image.crop((0, 0, width - right, height - down)), image.crop(moved))


def _encoded(found: Measured) -> bytes:
    if isinstance(found, Unreadable):
        return b"u" + json.dumps(found.reason).encode()
    numbers = _NUMBERS.pack(found.hash.to_bytes(16), found.contrast, found.blur, found.clear)
    return b"".join((b"p", numbers, found.cells))


def _decoded(value: bytes) -> Measured | None:
    """None if the value is none that we write."""
    kind, body = value[:1], value[1:]
    if kind == b"u":
        try:
            reason = json.loads(body)
        except (ValueError, RecursionError):
            return None
        return Unreadable(reason=reason) if isinstance(reason, str) else None
    if kind != b"p" or len(body) != _NUMBERS.size + 3 * SIDE * SIDE:
        return None
    bits, *numbers = _NUMBERS.unpack_from(body)
    if not all(map(math.isfinite, numbers)):
        return None
    contrast, blur, clear = numbers
    return Pixels(hash=int.from_bytes(bits), cells=body[_NUMBERS.size :], contrast=contrast, blur=blur, clear=clear)
