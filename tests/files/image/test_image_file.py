"""H25 to H35: image files by their structure, read once, never decoded."""

import hashlib
import io
import struct
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from reconciler.core.manifest.image import Trait
from reconciler.files.image.byte_source import BLOCK, ByteSource, Cut
from reconciler.files.image.exif import read_exif
from reconciler.files.image.image_file import Inspection, inspect

Draw = Callable[..., bytes]


def look(data: bytes) -> Inspection:
    found = inspect(io.BytesIO(data))
    assert found.is_pointer or found.digest == hashlib.sha256(data).hexdigest()
    assert found.is_pointer or found.size == len(data)
    assert found.is_pointer + (found.facts is not None) + (found.flaw is not None) == 1
    return found


def rule(data: bytes) -> str:
    flaw = look(data).flaw
    assert flaw is not None
    assert flaw.remedy
    return flaw.rule


def traits(data: bytes) -> tuple[Trait, ...]:
    facts = look(data).facts
    assert facts is not None
    return facts.traits


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))


def png(*chunks: bytes, size: tuple[int, int] = (10, 10), depth: int = 8, colour: int = 2, end: bool = True) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IDAT", b"x") + (chunk(b"IEND") if end else b"")


def saved(form: str, mode: str = "RGB", size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    out = io.BytesIO()
    noise = Image.effect_noise(size, 90)
    image = noise.convert(mode)
    if "A" in mode:
        image.putalpha(noise)
    image.save(out, form, **options)
    return out.getvalue()


def exif(*, orientation: int | None = None, gps: bool = False) -> Image.Exif:
    found = Image.Exif()
    if orientation:
        found[0x0112] = orientation
    if gps:
        found.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 0.0), 3: "E", 4: (11.0, 34.0, 0.0)})
    return found


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("size", [(1, 1), (40, 30), (333, 700)])
def test_sound_images_give_their_format_and_size(form: str, size: tuple[int, int]) -> None:
    facts = look(saved(form, size=size)).facts
    assert facts is not None
    assert (facts.format.upper(), facts.width, facts.height, facts.trailing) == (form, *size, 0)


@pytest.mark.parametrize(
    "data",
    [
        saved("JPEG", progressive=True),
        saved("JPEG", quality=100, size=(500, 500)),
        saved("JPEG", restart_marker_blocks=1),
        saved("JPEG", "L"),
        saved("WEBP", lossless=True),
        saved("WEBP", size=(1001, 77)),
        saved("PNG", "P"),
        saved("PNG", interlace=1),
    ],
)
def test_variants_of_the_formats_are_sound(data: bytes) -> None:
    assert look(data).facts is not None


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty", b""),
        ("signature", b"\x89PNG\r\n\x1a\n"),
        ("short signature", b"\x89PN"),
        ("noise", bytes(range(7, 200)) * 20),
        ("jpeg start", b"\xff\xd8\xff"),
        ("webp start", b"RIFF\x10\0\0\0WEBP"),
        ("one byte", b"x"),
    ],
)
def test_h25_what_is_no_image_is_a_flaw(name: str, data: bytes) -> None:
    assert rule(data) in {"image-format", "image-cut", "image-damaged"}


@pytest.mark.parametrize(
    ("word", "data"),
    [
        ("GIF", b"GIF89a..."),
        ("BMP", b"BM......"),
        ("TIFF", b"II*\0...."),
        ("TIFF", b"MM\0*...."),
        ("SVG", b"<svg xmlns=..."),
        ("HEIC", b"\0\0\0\x18ftypheic...."),
        ("AVIF", b"\0\0\0\x18ftypavif...."),
        ("video", b"\0\0\0\x18ftypisom...."),
        ("ZIP", b"PK\x03\x04...."),
        ("PDF", b"%PDF-1.7"),
        ("empty", b""),
    ],
)
def test_h26_other_formats_are_named(word: str, data: bytes) -> None:
    flaw = look(data).flaw
    assert flaw is not None
    assert flaw.rule == "image-format"
    assert word in f"{flaw.summary} {flaw.detail}"


@pytest.mark.parametrize("size", [(60_000, 60_000), (2**31 - 1, 1)])
def test_h27_sizes_are_read_and_nothing_is_allocated_for_them(size: tuple[int, int]) -> None:
    facts = look(png(size=size)).facts
    assert facts is not None
    assert (facts.width, facts.height) == size


def test_h28_compressed_texts_are_passed_over() -> None:
    bomb = zlib.compress(b"x" * 200_000_000, 9)
    data = png(chunk(b"zTXt", b"k\0\0" + bomb), chunk(b"iCCP", b"p\0\0" + bomb))
    del bomb
    tracemalloc.start()
    assert look(data).facts is not None
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_h29_every_cut_is_found(form: str) -> None:
    whole = saved(form, size=(60, 60))
    for length in range(12, len(whole)):
        assert rule(whole[:length]) == "image-cut", length


def test_h29_the_place_of_a_cut_is_said() -> None:
    flaw = look(saved("PNG", size=(300, 300))[:8192]).flaw
    assert flaw is not None
    assert flaw.summary == "cut short: the PNG ends at byte 8,192 inside a chunk"


def test_h29_a_wrong_checksum_is_found() -> None:
    data = bytearray(saved("PNG"))
    data[data.index(b"IDAT") + 9] ^= 1
    assert rule(bytes(data)) == "image-damaged"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_h29_bytes_behind_the_end_are_counted(form: str) -> None:
    facts = look(saved(form) + b"<html>" * 100_000).facts
    assert facts is not None
    assert facts.trailing == 600_000


def test_h30_animated_images_are_refused_without_walking_their_frames() -> None:
    assert rule(png(chunk(b"acTL", struct.pack(">II", 2**31, 0)))) == "image-animated"
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    for form in ("WEBP", "PNG"):
        out = io.BytesIO()
        frames[0].save(out, form, save_all=True, append_images=frames[1:])
        assert rule(out.getvalue()) == "image-animated"


def test_h30_an_animated_webp_without_its_flag_is_refused_too() -> None:
    body = b"WEBP" + b"ANIM" + struct.pack("<I", 6) + b"\0" * 6
    assert rule(b"RIFF" + struct.pack("<I", len(body)) + body) == "image-animated"


def test_h31_several_images_in_one_jpeg_are_refused() -> None:
    out = io.BytesIO()
    first, second = Image.new("RGB", (20, 20), "red"), Image.new("RGB", (20, 20), "blue")
    first.save(out, "MPO", save_all=True, append_images=[second])
    assert rule(out.getvalue()) == "image-many"
    assert rule(saved("JPEG") + saved("JPEG")) == "image-many"


@pytest.mark.parametrize("tail", [b"PK\x03\x04" + b"x" * 50, b"<html><script>"])
def test_h31_a_polyglot_is_an_image_with_something_behind_it(tail: bytes) -> None:
    for form in ("PNG", "JPEG"):
        facts = look(saved(form) + tail).facts
        assert facts is not None
        assert facts.trailing == len(tail)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (saved("JPEG", "CMYK"), (Trait.CMYK,)),
        (saved("PNG", "I;16"), (Trait.DEEP,)),
        (saved("PNG", "1"), (Trait.BILEVEL,)),
        (saved("PNG", "P", bits=1), ()),
        (saved("PNG", "RGBA"), (Trait.ALPHA,)),
        (saved("PNG", "LA"), (Trait.ALPHA,)),
        (saved("PNG", "P", transparency=0), (Trait.ALPHA,)),
        (saved("WEBP", "RGBA"), (Trait.ALPHA,)),
        (saved("WEBP", "RGBA", lossless=True), (Trait.ALPHA,)),
        (saved("JPEG", exif=exif(orientation=6)), (Trait.ROTATED,)),
        (saved("JPEG", exif=exif(orientation=1)), ()),
        (saved("JPEG", exif=exif(gps=True)), (Trait.LOCATED,)),
        (saved("PNG", exif=exif(orientation=3, gps=True)), (Trait.LOCATED, Trait.ROTATED)),
        (saved("WEBP", exif=exif(orientation=8, gps=True)), (Trait.LOCATED, Trait.ROTATED)),
        (saved("JPEG", "L"), ()),
    ],
)
def test_h32_traits_are_found_in_headers_alone(data: bytes, expected: tuple[Trait, ...]) -> None:
    assert traits(data) == expected


def test_h32_twelve_bits_a_colour() -> None:
    data = (
        saved("JPEG")
        .replace(b"\xff\xc0\x00\x11\x08", b"\xff\xc1\x00\x11\x0c")
        .replace(b"\xff\xc0\x00\x0b\x08", b"\xff\xc1\x00\x0b\x0c")
    )
    assert traits(data) == (Trait.DEEP,)


def test_h32_a_place_without_coordinates_is_none() -> None:
    found = Image.Exif()
    found.get_ifd(0x8825).update({1: "N", 29: "2024:01:01"})
    assert traits(saved("JPEG", exif=found)) == ()


@given(st.binary(max_size=200))
def test_h32_any_exif_block_is_read_without_error(data: bytes) -> None:
    for order in (b"II*\0", b"MM\0*"):
        read_exif(order + data)
        read_exif(order + struct.pack("<I" if order[:1] == b"I" else ">I", 8) + data)


DIGEST = "0123456789abcdef" * 4


def pointer(oid: str = DIGEST, size: str = "12345", *, extra: str = "", end: str = "\n") -> bytes:
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\n{extra}size {size}\n"
    return text.replace("\n", end).encode()


def test_h35_a_pointer_stands_for_its_content() -> None:
    assert look(pointer()) == Inspection(digest=DIGEST, size=12345, is_pointer=True)


@pytest.mark.parametrize(
    "data",
    [
        pointer(DIGEST[:-1]),
        pointer(DIGEST.upper()),
        pointer(extra=f"oid sha256:{DIGEST}\n"),
        pointer(extra="ext-0-foo sha256:abc\n"),
        pointer(size="-1"),
        pointer(size="0"),
        pointer(size="01"),
        pointer(size="1" * 16),
        pointer(end="\r\n"),
        pointer() + b"\n",
        pointer() + b"x" * 2_000_000,
        pointer()[:-1],
        b" " + pointer(),
        pointer().replace(b"spec/v1", b"spec/v2"),
        pointer().replace(b"https", b"http"),
    ],
)
def test_h34_only_the_exact_form_is_a_pointer(data: bytes) -> None:
    assert rule(data) in {"image-pointer", "image-format"}


DAMAGED = [
    ("no header", b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", b"x") + chunk(b"IEND")),
    ("short header", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"x") + chunk(b"IEND")),
    ("no pixels", png().replace(chunk(b"IDAT", b"x"), b"")),
    ("no chunk", png(b"\0\0\0\0\1\2\3\4____")),
    ("long chunk", png(struct.pack(">I", 2**31) + b"IDAT")),
    ("many chunks", png(chunk(b"tEXt") * 200_001)),
    ("jpeg: no marker", b"\xff\xd8\xff\xe0\x00\x02nothing"),
    ("jpeg: zero marker", b"\xff\xd8\xff\xff\xff\x00"),
    ("jpeg: short segment", b"\xff\xd8\xff\xe0\x00\x01"),
    ("jpeg: no pixels", b"\xff\xd8\xff\xff\x01\xff\xe0\x00\x02\xff\xd9"),
    ("jpeg: short frame", b"\xff\xd8\xff\xc0\x00\x03x\xff\xd9"),
    ("jpeg: many segments", b"\xff\xd8" + b"\xff\x01" * 20_001),
    ("webp: no pixels", b"RIFF\x0c\0\0\0WEBPabcd\0\0\0\0"),
    ("webp: long chunk", b"RIFF\x0c\0\0\0WEBPVP8 \xff\0\0\0"),
    ("webp: many chunks", b"RIFF" + struct.pack("<I", 4 + 8 * 10_001) + b"WEBP" + b"abcd\0\0\0\0" * 10_001),
    ("webp: lossy header", b"RIFF\x0e\0\0\0WEBPVP8 \x02\0\0\0ab"),
    ("webp: lossless header", b"RIFF\x0e\0\0\0WEBPVP8L\x02\0\0\0ab"),
    ("webp: extended header", b"RIFF\x0e\0\0\0WEBPVP8X\x02\0\0\0ab"),
]


@pytest.mark.parametrize("data", [row[1] for row in DAMAGED], ids=[row[0] for row in DAMAGED])
def test_damaged_structure_is_a_flaw(data: bytes) -> None:
    assert rule(data) == "image-damaged"


def test_large_and_unusual_parts_are_passed_over() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("comment", "x" * 400_000)
    assert look(saved("PNG", pnginfo=text)).facts is not None
    assert traits(png(chunk(b"eXIf", b"II*\0" + b"\0" * 70_000))) == ()
    alpha = saved("WEBP", "RGBA", size=(31, 31))
    assert b"ALPH" in alpha
    assert traits(alpha) == (Trait.ALPHA,)


@given(st.binary(max_size=300), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\xff\0\0\0WEBP"]))
def test_any_bytes_are_facts_a_flaw_or_a_pointer(data: bytes, start: bytes) -> None:
    look(start + data)


class Trickle(io.BytesIO):
    """A file that gives a few bytes at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, 7))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_where_blocks_end_does_not_matter(form: str) -> None:
    data = saved(form, exif=exif(orientation=6))
    slow, fast = inspect(Trickle(data)), inspect(io.BytesIO(data))
    assert slow == fast


def test_a_source_gives_bytes_in_order_and_says_when_there_are_no_more() -> None:
    source = ByteSource(io.BytesIO(b"a" * BLOCK + b"bcd"))
    assert source.take(2) == b"aa"
    source.skip(BLOCK - 3)
    assert source.take(3) == b"abc"
    assert source.position == BLOCK + 2
    with pytest.raises(Cut):
        source.take(2)
    assert source.rest() == (0, b"")
