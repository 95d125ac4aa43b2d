"""JPEG structure: segments and scans to the end-of-image marker; nothing is decoded."""

import re
import struct

from reconciler.core.manifest.image import Facts, Flaw, Trait
from reconciler.files.image.byte_source import ByteSource
from reconciler.files.image.exif import read_exif
from reconciler.files.image.png import Unfit, damaged

SIGNATURE = b"\xff\xd8\xff"
SEGMENT_LIMIT = 20_000
"""Segments of one file, scans included."""

MANY_IMAGES = Flaw(
    rule="image-many",
    summary="this file holds several images",
    detail="Some cameras store a second picture, or a depth map, inside a JPEG.",
    remedy="Save the picture you want as a plain JPEG or PNG.",
)

_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
_EOI, _SOS, _APP1, _APP2 = 0xD9, 0xDA, 0xE1, 0xE2
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})


def walk_jpeg(source: ByteSource) -> Facts:
    """The facts of a JPEG of which the first two bytes were taken; Unfit or Cut where it is damaged."""
    size: tuple[int, int] | None = None
    traits: set[Trait] = set()
    has_scan = False
    marker = _marker(source)
    for _ in range(SEGMENT_LIMIT):
        if marker == _EOI:
            if size is None or not has_scan:
                raise Unfit(damaged("JPEG", "holds no pixels"))
            return Facts(format="JPEG", width=size[0], height=size[1], traits=tuple(sorted(traits)))
        if marker in _ALONE:
            marker = _marker(source)
            continue
        data = _segment(source)
        if marker in _FRAMES:
            size = _frame(data, traits)
        elif marker == _APP1 and data.startswith(b"Exif\0\0"):
            traits |= read_exif(data[6:])
        elif marker == _APP2 and data.startswith(b"MPF\0"):
            raise Unfit(MANY_IMAGES)
        if marker == _SOS:
            has_scan = True
            marker = source.seek_past(_MARKER, 2)[1]
        else:
            marker = _marker(source)
    raise Unfit(damaged("JPEG", f"holds more than {SEGMENT_LIMIT:,} segments"))


def _marker(source: ByteSource) -> int:
    """The code of the next marker; fill bytes before it are allowed."""
    if source.take(1) != b"\xff":
        raise Unfit(damaged("JPEG", f"has no marker at byte {source.position - 1:,}"))
    code = source.take(1)[0]
    while code == 0xFF:
        code = source.take(1)[0]
    if code == 0:
        raise Unfit(damaged("JPEG", f"has no marker at byte {source.position - 2:,}"))
    return code


def _segment(source: ByteSource) -> bytes:
    length = struct.unpack(">H", source.take(2))[0]
    if length < 2:
        raise Unfit(damaged("JPEG", f"has a segment without length at byte {source.position - 2:,}"))
    return source.take(length - 2)


def _frame(data: bytes, traits: set[Trait]) -> tuple[int, int]:
    """Width and height from a frame header."""
    if len(data) < 6:
        raise Unfit(damaged("JPEG", "has a damaged frame header"))
    precision, height, width, components = struct.unpack(">BHHB", data[:6])
    if precision > 8:
        traits.add(Trait.DEEP)
    if components == 4:
        traits.add(Trait.CMYK)
    return width, height
