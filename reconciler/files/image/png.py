"""PNG structure: chunks with their checks, to the end; nothing is inflated."""

import struct
import zlib

from reconciler.core.manifest.image import Facts, Flaw, Trait
from reconciler.files.image.byte_source import ByteSource, Cut
from reconciler.files.image.exif import read_exif

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHUNK_LIMIT = 200_000
"""Chunks of one file; editors write a few hundred."""

_KEPT = 64 * 1024
_GREY = 0
_ALPHA_TYPES = (4, 6)
ANIMATED = Flaw(
    rule="image-animated", summary="animated images cannot be used", remedy="Save the frame you want as a still image."
)


class Unfit(Exception):
    """The file is no image of its kind; carries the flaw."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.summary)
        self.flaw = flaw


def walk_png(source: ByteSource) -> Facts:
    """The facts of a PNG whose signature was taken; Unfit or Cut where it is damaged."""
    kind, data = _chunk(source, keep=True)
    if kind != b"IHDR" or len(data) != 13:
        raise Unfit(damaged("PNG", "does not begin with its header"))
    width, height, depth, colour = struct.unpack(">IIBB", data[:10])
    traits = _header_traits(depth, colour)
    has_pixels = False
    for _ in range(CHUNK_LIMIT):
        kind, data = _chunk(source)
        match kind:
            case b"IEND":
                if not has_pixels:
                    raise Unfit(damaged("PNG", "holds no pixels"))
                return Facts(format="PNG", width=width, height=height, traits=tuple(sorted(traits)))
            case b"IDAT":
                has_pixels = True
            case b"acTL":
                raise Unfit(ANIMATED)
            case b"tRNS":
                traits.add(Trait.ALPHA)
            case b"eXIf":
                traits |= read_exif(data)
            case _:
                pass
    raise Unfit(damaged("PNG", f"holds more than {CHUNK_LIMIT:,} chunks"))


def damaged(form: str, how: str) -> Flaw:
    """The flaw of a file that no program should trust."""
    return Flaw(
        rule="image-damaged",
        summary=f"damaged: the {form} {how}",
        remedy="Export it again, or restore it from git.",
    )


def _header_traits(depth: int, colour: int) -> set[Trait]:
    found = set()
    if depth == 16:
        found.add(Trait.DEEP)
    # A palette of two colours takes one bit too, and may hold any two.
    if depth == 1 and colour == _GREY:
        found.add(Trait.BILEVEL)
    if colour in _ALPHA_TYPES:
        found.add(Trait.ALPHA)
    return found


def _chunk(source: ByteSource, *, keep: bool = False) -> tuple[bytes, bytes]:
    """The kind of the next chunk, and its data where that is small and wanted."""
    length, kind = struct.unpack(">I4s", source.take(8))
    if length > 2**31 - 1 or not kind.isalpha():
        raise Unfit(damaged("PNG", f"has no valid chunk at byte {source.position - 8:,}"))
    data = b""
    try:
        if (keep or kind == b"eXIf") and length <= _KEPT:
            data = source.take(length)
            crc = zlib.crc32(data, zlib.crc32(kind))
        else:
            crc = source.skip(length, zlib.crc32(kind))
        stored = struct.unpack(">I", source.take(4))[0]
    except Cut:
        raise Unfit(cut("PNG", source, "inside a chunk")) from None
    if stored != crc:
        raise Unfit(damaged("PNG", f"has a wrong checksum in its part {kind.decode()}"))
    return kind, data


def cut(form: str, source: ByteSource, where: str) -> Flaw:
    """The flaw of a file that ends too early."""
    return Flaw(
        rule="image-cut",
        summary=f"cut short: the {form} ends at byte {source.size:,} {where}",
        remedy="Export it again, or restore it from git.",
    )
