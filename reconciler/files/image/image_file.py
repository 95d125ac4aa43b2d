"""An image file, read once: its SHA-256, and what its structure says. Pixels are never decoded."""

import hashlib
from dataclasses import field, replace

from reconciler.core.manifest.image import Facts, Flaw
from reconciler.core.pattern import pattern
from reconciler.core.value import dataclass
from reconciler.files.image import jpeg, png, webp
from reconciler.files.image.byte_source import ByteSource, Cut, Readable

FILE_LIMIT = 256 * 1024 * 1024
"""Bytes of the largest image file that is read."""

_DIGEST = pattern("[0-9a-f]{64}")
POINTER_LIMIT = 1024
"""Bytes that are looked at to find a Git LFS pointer; one has some 130."""

_POINTER = pattern(
    rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:([0-9a-f]{64})\nsize ([1-9][0-9]{0,14})\n"
)
_POINTER_START = b"version https://git-lfs"
_OTHERS = (
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"%PDF", "PDF"),
    (b"8BPS", "Photoshop"),
    (b"PK\x03\x04", "ZIP"),
    (b"\xff\x0a", "JPEG XL"),
    (b"<", "SVG or HTML"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What was found in a file. A Git LFS pointer has the digest and size that it stands for, and no facts.

    `blob` is git's id of the bytes, if it was asked for and git cannot take the file for text.
    """

    digest: str
    size: int
    is_pointer: bool = False
    facts: Facts | None = None
    flaw: Flaw | None = None
    blob: str | None = field(default=None, compare=False)


def digest_bytes(digest: str) -> bytes:
    """A digest as the cache writes it; ValueError if the text is none."""
    if _DIGEST.fullmatch(digest) is None:
        raise ValueError("a digest is 64 hex digits")
    return bytes.fromhex(digest)


def pointer_bytes(digest: str, size: int) -> bytes:
    """The Git LFS pointer to a file: the only text of these values that counts as one."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {size}\n".encode()


def pointer_blob(digest: str, size: int) -> str:
    """Git's id of the Git LFS pointer to a file."""
    text = pointer_bytes(digest, size)
    return hashlib.sha1(b"blob %d\0" % len(text) + text, usedforsecurity=False).hexdigest()


def inspect(file: Readable, expected: int | None = None) -> Inspection:
    """Read a file to its end. `expected` is its number of bytes, given if git's id of it is wanted."""
    source = ByteSource(file, expected)
    head = source.peek(POINTER_LIMIT)
    if (pointer := _POINTER.fullmatch(head)) is not None and source.is_whole(head):
        digest, size = pointer[1].decode(), int(pointer[2])
        blob = None if expected is None else pointer_blob(digest, size)
        return Inspection(digest=digest, size=size, is_pointer=True, blob=blob)
    facts, flaw = None, None
    try:
        facts = _walk(source, head)
    except png.Unfit as unfit:
        flaw = unfit.flaw
    except Cut:
        flaw = png.cut("file", source, "too early")
    trailing, first = source.rest()
    if facts is not None and trailing:
        facts = replace(facts, trailing=trailing)
        if facts.format == "JPEG" and first.startswith(jpeg.SIGNATURE):
            facts, flaw = None, jpeg.MANY_IMAGES
    return Inspection(digest=source.digest(), size=source.size, facts=facts, flaw=flaw, blob=source.blob())


def _walk(source: ByteSource, head: bytes) -> Facts:
    if head.startswith(jpeg.SIGNATURE):
        source.take(2)
        return jpeg.walk_jpeg(source)
    if head.startswith(png.SIGNATURE):
        source.take(8)
        return png.walk_png(source)
    if webp.is_webp(head):
        return webp.walk_webp(source, source.take(12))
    raise png.Unfit(_other(head))


def _other(head: bytes) -> Flaw:
    """What is wrong with a file that is no PNG, JPEG or WebP, by its first bytes."""
    if not head:
        return Flaw(
            rule="image-format", summary="this file is empty", remedy="Export it again, or restore it from git."
        )
    if head.startswith(_POINTER_START):
        return Flaw(
            rule="image-pointer",
            summary="this looks like a Git LFS pointer, but it is damaged",
            remedy="Restore it with git, then run `git lfs pull`.",
        )
    name = next((name for start, name in _OTHERS if head.startswith(start)), None)
    if head[4:8] == b"ftyp":
        name = (
            "HEIC"
            if head[8:12] in {b"heic", b"heix", b"mif1", b"msf1"}
            else "AVIF"
            if head[8:12] == b"avif"
            else "video"
        )
    return Flaw(
        rule="image-format",
        summary="this is not an image that can be uploaded",
        detail=f"It looks like {name}. PNG, JPEG and WebP can be uploaded."
        if name
        else "PNG, JPEG and WebP can be uploaded.",
        remedy="Export it as PNG, JPEG or WebP; renaming it does not change it.",
    )
