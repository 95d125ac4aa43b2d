"""Image files as they are uploaded: base64 becomes bytes, bytes become a format and a size.

An image address is never fetched; what it would hold is read from the address itself.
"""

import base64
import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from urllib.parse import parse_qs, urlsplit

from reconciler.simulator.archive import ArchiveFolder
from reconciler.simulator.request import Rejection

FORMATS: Final = ("PNG", "JPEG", "WEBP")
SUFFIXES: Final = ("jpg", "jpeg", "png", "webp")
MOST_PIXELS: Final = 80_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFile:
    """An image file that was accepted: its digest, how many bytes it has, its sides in pixels."""

    sha256: str
    size: int
    width: int
    height: int


class ImageReader:
    """Reads image files, and remembers the result by digest, so that the same bytes are decoded once.

    `kept` is where their bytes are kept, by digest, for those who look at the pictures.
    """

    def __init__(self, kept: ArchiveFolder | None = None, most: int = 4096) -> None:
        self._kept = kept
        self._most = most
        self._seen: dict[str, ImageFile | Rejection] = {}

    def read(self, data: bytes, name: str) -> ImageFile:
        """The picture in these bytes; Rejection 415 for another file type, 400 for one that cannot be decoded."""
        digest = hashlib.sha256(data).hexdigest()
        if digest not in self._seen:
            if len(self._seen) >= self._most:
                self._seen.clear()
            self._seen[digest] = _read(data, digest)
        seen = self._seen[digest]
        if isinstance(seen, Rejection):
            raise Rejection(seen.status, seen.message, name=name)
        if self._kept is not None:
            self._kept.file(digest).write_bytes(data)
        return seen


def _read(data: bytes, digest: str) -> ImageFile | Rejection:
    if not _claims_a_known_type(data):
        return Rejection(415, "The file is not a JPEG, PNG or WEBP image")
    from PIL import Image  # noqa: PLC0415 - a world without uploads should not wait for Pillow

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    return Rejection(400, "The image has too many pixels")
                width, height = image.size
                image.draft("L", (1, 1))  # a JPEG is decoded at an eighth of its size: enough to see that it is whole
                image.load()
                return ImageFile(sha256=digest, size=len(data), width=width, height=height)
    except Exception:  # noqa: BLE001 - Pillow raises whatever its decoders raise; all of it means the same here
        return Rejection(400, "The image cannot be decoded")


def is_large_enough(image: ImageFile, least: int, rule: str) -> bool:
    """Whether an image has enough pixels, under a value of `resolution_rule`."""
    shorter = min(image.width, image.height)
    match rule:
        case "shorter_side_exclusive":
            return shorter > least
        case "area":
            return image.width * image.height >= least * least
        case _:
            return shorter >= least


def _claims_a_known_type(data: bytes) -> bool:
    return data.startswith((b"\x89PNG", b"\xff\xd8")) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def decode(text: str, name: str, *, data_uri: bool) -> bytes:
    """The bytes in base64, raw or (where that is switched on) in a data URI; Rejection 400 for anything else."""
    if data_uri and text.startswith("data:") and ";base64," in text:
        text = text.partition(";base64,")[2]
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Rejection(400, f"{name} is not raw base64", name=name) from None
    if not data:
        raise Rejection(400, f"{name} is empty", name=name)
    return data


def image_at(url: str, name: str) -> ImageFile:
    """The picture that an address stands for; nothing is fetched.

    A host under `.invalid`, or `missing` in the path, is an address that cannot be fetched (422). The picture is
    1024 x 1024 unless the query says otherwise (`?width=300&height=200`). Another file type in the suffix gets 415.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        parts, host = None, ""
    if parts is None or parts.scheme not in ("http", "https") or not host:
        raise Rejection(422, f"{name} is not an address", name=name, given=url)
    if host.endswith(".invalid") or "missing" in parts.path:
        raise Rejection(422, f"{name} cannot be fetched", name=name, given=url)
    _, dot, suffix = parts.path.rsplit("/", 1)[-1].rpartition(".")
    if dot and suffix.lower() not in SUFFIXES:
        raise Rejection(415, "The file is not a JPEG, PNG or WEBP image", name=name, given=url)
    query = parse_qs(parts.query)
    width, height = (_side(query.get(side, ["1024"])[0]) for side in ("width", "height"))
    return ImageFile(sha256=hashlib.sha256(url.encode()).hexdigest(), size=0, width=width, height=height)


def _side(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1024


def moderate(label: str, name: str, *, wanted: bool) -> None:
    """Refuse (422) what moderation would refuse: here, anything with `unsafe` in its name or address."""
    if wanted and "unsafe" in label.lower():
        raise Rejection(422, f"Content moderation refused {name}", name=name)
