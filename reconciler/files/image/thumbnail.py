"""Small pictures of image files, for reports: what is in a file, at most 192 pixels wide and high, as WebP.

The only place that decodes pixels of a user's files. The structure is walked first: what is cut short, animated or
forged is never given to a decoder.
"""

import contextlib
import io
import re
from pathlib import Path
from typing import BinaryIO, Final

from PIL import ImageOps
from PIL.Image import Image, new
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from reconciler.files.image.image_file import inspect
from reconciler.files.whole_file import replace_path

EDGE: Final = 192
"""Pixels of the longer edge, at most."""

PIXEL_LIMIT: Final = 50_000_000
"""Pixels of a picture that is decoded at all: 200 MB of memory for the worst of them."""

_QUALITY = 60
_BLACK = (0, 0, 0)
_READERS: dict[str, type[ImageFile]] = {"JPEG": JpegImageFile, "PNG": PngImageFile, "WebP": WebPImageFile}
_DIGEST = re.compile("[0-9a-f]{64}")
_LARGEST = 1024 * 1024
"""Bytes that are read of a kept thumbnail."""


def thumbnail(file: BinaryIO) -> bytes | None:
    """The picture as WebP, or None where the file holds none that can be shown; whatever it holds, nothing is raised.

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
    """Thumbnails kept in a folder by the SHA-256 of the image: a hint that may be lost or deleted at any time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, digest: str) -> bytes | None:
        """What was kept; None where nothing was, or where it is no whole WebP file."""
        with contextlib.suppress(OSError):
            with (self._folder / _name(digest)).open("rb") as file:
                kept = file.read(_LARGEST)
            if kept[:4] == b"RIFF" and int.from_bytes(kept[4:8], "little") + 8 == len(kept):
                return kept
        return None

    def put(self, digest: str, picture: bytes) -> None:
        """Keep a thumbnail, written whole or not at all; where that fails, nothing is lost."""
        name = _name(digest)
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_path(self._folder / name, picture, private=True)


def _name(digest: str) -> str:
    if _DIGEST.fullmatch(digest) is None:
        raise ValueError("a digest is 64 hex digits")
    return f"{digest}.{EDGE}.webp"
