"""Small pictures of image files, for reports: what is in a file, made as small as a page wants it, as WebP.

The structure of a file is walked first. A file that is cut short, animated or forged is never given to a decoder: the
decoders are the part of an image library where the security holes are.
"""

import io
from typing import BinaryIO, Final

from PIL import ImageOps
from PIL.Image import Image, new
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from reconciler.files.cache import CacheFile, CacheTable
from reconciler.files.image.image_file import digest_bytes, inspect

EDGE: Final = 192
"""Pixels of the longer edge, at most, where a page only has to tell pictures apart."""

PIXEL_LIMIT: Final = 50_000_000
"""Pixels of a picture that is decoded at all: 200 MB of memory for the worst of them."""

DECODED: Final = 512
"""Pixels of a side to which a JPEG is decoded at least: decoding to half the size costs a third."""

RULES = b"3"
"""Counts up whenever an image is drawn otherwise; rows with another number are not found."""

_QUALITY = 60
_CLOSE_QUALITY = 78
"""Of pictures that a person is to judge by."""
_BLACK = (0, 0, 0)
_READERS: dict[str, type[ImageFile]] = {"JPEG": JpegImageFile, "PNG": PngImageFile, "WebP": WebPImageFile}


def thumbnail(file: BinaryIO, edge: int = EDGE, *, digest: str = "") -> bytes | None:
    """The picture as WebP; None if the file holds none that can be shown. Whatever it holds, nothing is raised.

    As the API will see it: turned upright, and what is transparent is black. No metadata of the file is kept. A picture is never
    made larger than it is. With a `digest`, None if the file is another one by now.
    """
    try:
        return _drawn(file, edge, digest)
    except Exception:  # noqa: BLE001 - decoders raise whatever hostile bytes make them raise
        return None


def _drawn(file: BinaryIO, edge: int, digest: str) -> bytes | None:
    file.seek(0)
    found = inspect(file)
    facts = found.facts
    if facts is None or (digest and found.digest != digest):
        return None
    file.seek(0)
    with _READERS[facts.format](file) as image:
        if not may_be_shown(image):
            return None
        if edge <= EDGE:
            decode_small(image)  # no smaller, so that it is the same picture where the image was measured, too
        return thumbnail_of(image, edge)


def may_be_shown(image: ImageFile) -> bool:
    """Has an image no more pixels than are decoded for a picture? Asked before it is decoded."""
    return image.width * image.height <= PIXEL_LIMIT


def decode_small(image: ImageFile) -> None:
    """Decode an image, a JPEG no larger than needed (draft mode): to be measured, and for a thumbnail."""
    image.draft("RGB", (DECODED, DECODED))
    image.load()


def thumbnail_of(image: ImageFile, edge: int = EDGE) -> bytes:
    """The picture of an opened image, which is of no use afterwards."""
    small = _shrunk(image, edge)
    result = io.BytesIO()
    if edge <= EDGE:
        small.save(result, "WEBP", quality=_QUALITY, method=4)
    else:  # half the time of method 4, for 3 % more bytes
        small.save(result, "WEBP", quality=_CLOSE_QUALITY, method=2)
    return result.getvalue()


def _shrunk(image: Image, edge: int) -> Image:
    """A new picture without the metadata of the old one. A JPEG is decoded no larger than needed (draft mode)."""
    if image.mode.startswith(("I", "F")):
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif image.mode in {"1", "P", "PA"} or "transparency" in image.info:
        image = image.convert("RGBA")
    # 1.0 takes half the time of 2.0, and in a small picture no eye sees the difference.
    image.thumbnail((edge, edge), reducing_gap=1.0 if edge <= EDGE else 2.0)
    image = ImageOps.exif_transpose(image)
    flat = new("RGB", image.size, _BLACK)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        flat.paste(image, mask=image.getchannel("A"))
    else:
        flat.paste(image.convert("RGB"))
    return flat


class ThumbnailCache:
    """Pictures of one `edge` by the digest of the image.

    Looking up and keeping never fail: without a usable file nothing is known.
    """

    def __init__(self, file: CacheFile, edge: int = EDGE) -> None:
        self._file = file
        self._head = RULES if edge == EDGE else RULES + edge.to_bytes(2)

    def get(self, digest: str) -> bytes | None:
        """What was kept; None if nothing was, or if it is no whole WebP file."""
        kept = self._file.get(CacheTable.THUMBNAILS, self._head + digest_bytes(digest))
        is_whole = kept is not None and kept[:4] == b"RIFF" and int.from_bytes(kept[4:8], "little") + 8 == len(kept)
        return kept if is_whole else None

    def put(self, digest: str, picture: bytes) -> None:
        """Keep a picture."""
        self._file.put(CacheTable.THUMBNAILS, self._head + digest_bytes(digest), picture)
