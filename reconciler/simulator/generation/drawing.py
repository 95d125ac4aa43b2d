"""Pictures of a few lines of code: the colours are the model's, the pattern comes of the prompt, the seed and the rest."""

import hashlib
import io
import math
import struct
import zipfile
import zlib
from typing import Final

_CELLS: Final = 8
_COLOURS: Final = 4
_AREA: Final = 1024 * 1024
_STEP: Final = 8

TYPES: Final = {"png": "image/png", "svg": "image/svg+xml", "zip": "application/zip", "mp4": "video/mp4"}


def sides(ratio: float) -> tuple[int, int]:
    """Width and height of about a megapixel."""
    width = round(math.sqrt(_AREA * ratio) / _STEP) * _STEP
    return width, round(_AREA / width / _STEP) * _STEP


def draw(form: str, palette: str, pattern: str, width: int, height: int) -> bytes:
    """A file of a form; `palette` and `pattern` are digests, and the same ones give the same bytes."""
    match form:
        case "svg":
            return _svg(palette, pattern, width, height)
        case "zip":
            return _zip(_svg(palette, pattern, width, height))
        case "mp4":
            return _mp4(pattern)
        case _:
            return _png(palette, pattern, width, height)


def _colours(palette: str) -> list[bytes]:
    raw = hashlib.sha256(palette.encode()).digest()
    return [raw[3 * place : 3 * place + 3] for place in range(_COLOURS)]


def _grid(pattern: str) -> list[list[int]]:
    """Numbers of colours, row by row, the right half a mirror of the left one."""
    raw = hashlib.sha256(pattern.encode()).digest()
    half = _CELLS // 2
    rows = [[raw[half * row + column] % _COLOURS for column in range(half)] for row in range(_CELLS)]
    return [row + row[::-1] for row in rows]


def _bands(length: int) -> list[int]:
    """The pixels of each cell along a side."""
    return [length * (place + 1) // _CELLS - length * place // _CELLS for place in range(_CELLS)]


def _png(palette: str, pattern: str, width: int, height: int) -> bytes:
    """A PNG with a palette: one byte a pixel, and whole rows at a time."""
    lines = bytearray()
    for row, deep in zip(_grid(pattern), _bands(height), strict=True):
        line = b"\0" + b"".join(bytes([cell]) * wide for cell, wide in zip(row, _bands(width), strict=True))
        lines += line * deep
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = (
        (b"IHDR", head),
        (b"PLTE", b"".join(_colours(palette))),
        (b"IDAT", zlib.compress(lines, 1)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _svg(palette: str, pattern: str, width: int, height: int) -> bytes:
    colours = [f"#{colour.hex()}" for colour in _colours(palette)]
    cells = "".join(
        f'<rect x="{column}" y="{row}" width="1" height="1" fill="{colours[cell]}"/>'
        for row, line in enumerate(_grid(pattern))
        for column, cell in enumerate(line)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {_CELLS} {_CELLS}" preserveAspectRatio="none">{cells}</svg>'
    ).encode()


def _zip(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr(zipfile.ZipInfo("result.svg"), content)
    return buffer.getvalue()


def _mp4(pattern: str) -> bytes:
    """The boxes with which an MP4 begins, and no film: nobody looks at it."""
    kind, free = b"ftypisom\0\0\2\0isomiso2mp41", b"free" + hashlib.sha256(pattern.encode()).digest()
    return b"".join(struct.pack(">I", len(box) + 4) + box for box in (kind, free))
