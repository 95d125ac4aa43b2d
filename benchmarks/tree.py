"""Manifests, images and a repository to measure on."""

import struct
import subprocess
import zlib
from pathlib import Path

SIDE = 1200
"""Pixels: large enough that nothing is to be said about an image."""

PROJECT = """\
apiVersion: reconciler/v1
kind: Project
metadata: {name: lora}
spec: {ip_name: Lora, ip_description: a girl, ip_medium: illustration, ip_type: defined_character}
"""


def dataset_manifest(number: int, captions: str) -> str:
    """The manifest of a dataset whose images lie in a folder of its name; `captions` is their source."""
    return f"""\
apiVersion: reconciler/v1
kind: Dataset
metadata: {{name: poses-{number}}}
spec:
  project: lora
  caption_prefix: "An illustration of a character named Lora, a girl,"
  images: {{path: poses-{number}/}}
  captions: {{source: {captions}}}
"""


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = _chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 2, 3, 0, 0, 0)) + _chunk(b"PLTE", bytes(12))
_PIXELS = _chunk(b"IDAT", zlib.compress(bytes((SIDE // 4 + 1) * SIDE), 9))
_END = _chunk(b"IEND", b"")


def tiny_image(number: int) -> bytes:
    """A valid PNG of one colour, about 500 bytes; each number gives other bytes."""
    return _SIGNATURE + _HEADER + _chunk(b"tEXt", b"Comment\0" + f"number {number}".encode()) + _PIXELS + _END


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder."""
    who = (
        "-c",
        "user.name=Benchmark",
        "-c",
        "user.email=benchmark@example.org",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "gc.auto=0",
    )
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    """Commit all that lies in a folder; it becomes a repository if it is none."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "x")
