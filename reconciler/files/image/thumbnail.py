"""Small pictures of image files, for reports: what is in a file, at most 192 pixels wide and high, as WebP.

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
"""Pixels of the longer edge, at most."""

PIXEL_LIMIT: Final = 50_000_000
"""Pixels of a picture that is decoded at all: 200 MB of memory for the worst of them."""

RULES = b"1"
"""Counts up whenever an image is drawn otherwise; rows with another number are not found."""

_QUALITY = 60
_BLACK = (0, 0, 0)
_READERS: dict[str, type[ImageFile]] = {"JPEG": JpegImageFile, "PNG": PngImageFile, "WebP": WebPImageFile}


def thumbnail(file: BinaryIO) -> bytes | None:
    """The picture as WebP; None if the file holds none that can be shown. Whatever it holds, nothing is raised.

    As the API will see it: turned upright, and what is transparent is black. No metadata of the file is kept.
    """
    try:
        return _drawn(file)
    except Exception:  # noqa: BLE001 - decoders raise whatever hostile bytes make them raise
        return None


def _drawn(file: BinaryIO) -> bytes | None:
    file.seek(0)
    facts = inspect(file).facts
    if facts is None:
        return None
    file.seek(0)
    with _READERS[facts.format](file) as image:
        if image.width * image.height > PIXEL_LIMIT:
            return None
        small = _shrunk(image)
    result = io.BytesIO()
    small.save(result, "WEBP", quality=_QUALITY, method=4)
    return result.getvalue()


def _shrunk(image: Image) -> Image:
    """A new picture without the metadata of the old one. A JPEG is decoded no larger than needed (draft mode)."""
    if image.mode.startswith(("I", "F")):
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif image.mode in {"1", "P", "PA"} or "transparency" in image.info:
        image = image.convert("RGBA")
    image.thumbnail((EDGE, EDGE))
    image = ImageOps.exif_transpose(image)
    flat = new("RGB", image.size, _BLACK)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        flat.paste(image, mask=image.getchannel("A"))
    else:
        flat.paste(image.convert("RGB"))
    return flat


class ThumbnailCache:
    """Thumbnails by the digest of the image. Looking up and keeping never fail: without a usable file nothing is known."""

    def __init__(self, file: CacheFile) -> None:
        self._file = file

    def get(self, digest: str) -> bytes | None:
        """What was kept; None if nothing was, or if it is no whole WebP file."""
        kept = self._file.get(CacheTable.THUMBNAILS, RULES + digest_bytes(digest))
        is_whole = kept is not None and kept[:4] == b"RIFF" and int.from_bytes(kept[4:8], "little") + 8 == len(kept)
        return kept if is_whole else None

    def put(self, digest: str, picture: bytes) -> None:
        """Keep a thumbnail."""
        self._file.put(CacheTable.THUMBNAILS, RULES + digest_bytes(digest), picture)
