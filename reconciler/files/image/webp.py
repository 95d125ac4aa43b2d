"""WebP structure: the RIFF chunks and their sizes; nothing is decoded."""

import struct
from dataclasses import field

from reconciler.core.manifest.image import Facts, Trait
from reconciler.core.value import dataclass
from reconciler.files.image.byte_source import ByteSource, Cut
from reconciler.files.image.exif import read_exif
from reconciler.files.image.png import ANIMATED, Unfit, cut, damaged

CHUNK_LIMIT = 10_000
_KEPT = 64 * 1024


def is_webp(head: bytes) -> bool:
    """Are these the first 12 bytes of a WebP?"""
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


@dataclass(slots=True)
class _Picture:
    """What the chunks said so far."""

    size: tuple[int, int] | None = None
    canvas: tuple[int, int] | None = None
    traits: set[Trait] = field(default_factory=set)


def walk_webp(source: ByteSource, head: bytes) -> Facts:
    """The facts of a WebP whose first 12 bytes were taken; Unfit where it is damaged."""
    end = 8 + int.from_bytes(head[4:8], "little")
    picture = _Picture()
    try:
        for _ in range(CHUNK_LIMIT):
            if source.position + 8 > end:
                break
            kind, start = _chunk(source, end)
            _note(kind, start, picture)
        else:
            raise Unfit(damaged("WebP", f"holds more than {CHUNK_LIMIT:,} chunks"))
        source.skip(end - source.position)
    except Cut:
        raise Unfit(cut("WebP", source, f"of {end:,}")) from None
    if picture.size is None:
        raise Unfit(damaged("WebP", "holds no pixels"))
    width, height = picture.canvas or picture.size
    return Facts(format="WebP", width=width, height=height, traits=tuple(sorted(picture.traits)))


def _chunk(source: ByteSource, end: int) -> tuple[bytes, bytes]:
    """The kind of the next chunk and the beginning of its data; the chunk is passed over."""
    head = source.take(8)
    kind, length = head[:4], int.from_bytes(head[4:], "little")
    if source.position + length > end:
        raise Unfit(damaged("WebP", f"has a chunk that is too long at byte {source.position - 8:,}"))
    start = source.take(min(length, _KEPT if kind == b"EXIF" else 16))
    source.skip(length - len(start))
    if length % 2 and source.position < end:
        source.skip(1)
    return kind, start


def _note(kind: bytes, start: bytes, picture: _Picture) -> None:
    match kind:
        case b"VP8 ":
            picture.size = _lossy(start)
        case b"VP8L":
            picture.size = _lossless(start, picture.traits)
        case b"VP8X":
            picture.canvas = _extended(start, picture.traits)
        case b"ANIM" | b"ANMF":
            raise Unfit(ANIMATED)
        case b"ALPH":
            picture.traits.add(Trait.ALPHA)
        case b"EXIF":
            picture.traits |= read_exif(start.removeprefix(b"Exif\0\0"))
        case _:
            pass


def _lossy(start: bytes) -> tuple[int, int]:
    if len(start) < 10 or start[3:6] != b"\x9d\x01\x2a":
        raise Unfit(damaged("WebP", "has a damaged picture header"))
    width, height = struct.unpack("<HH", start[6:10])
    return width & 0x3FFF, height & 0x3FFF


def _lossless(start: bytes, traits: set[Trait]) -> tuple[int, int]:
    if len(start) < 5 or start[0] != 0x2F:
        raise Unfit(damaged("WebP", "has a damaged picture header"))
    bits = struct.unpack("<I", start[1:5])[0]
    if bits >> 28 & 1:
        traits.add(Trait.ALPHA)
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _extended(start: bytes, traits: set[Trait]) -> tuple[int, int]:
    if len(start) < 10:
        raise Unfit(damaged("WebP", "has a damaged header"))
    if start[0] & 0x02:
        raise Unfit(ANIMATED)
    if start[0] & 0x10:
        traits.add(Trait.ALPHA)
    return int.from_bytes(start[4:7], "little") + 1, int.from_bytes(start[7:10], "little") + 1
