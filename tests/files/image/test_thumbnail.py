"""Small pictures: of any image that can be uploaded, of nothing else, and never an exception."""

import hashlib
import io
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from reconciler.files.cache import CacheFile
from reconciler.files.image import thumbnail as room
from reconciler.files.image.thumbnail import ThumbnailCache, thumbnail
from tests.files.conftest import cache_rows

DIGEST = hashlib.sha256(b"an image").hexdigest()


def file_of(image: Image.Image, form: str, **options: object) -> io.BytesIO:
    file = io.BytesIO()
    image.save(file, form, **options)
    file.seek(0)
    return file


def drawn(file: io.BytesIO) -> Image.Image:
    """The thumbnail, decoded."""
    picture = thumbnail(file)
    assert picture is not None
    with Image.open(io.BytesIO(picture), formats=("WEBP",)) as image:
        return image.convert("RGB")


def near(found: object, expected: tuple[int, int, int]) -> bool:
    return isinstance(found, tuple) and all(abs(a - b) <= 6 for a, b in zip(found, expected, strict=True))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize(("size", "small"), [((600, 300), (192, 96)), ((300, 600), (96, 192)), ((20, 10), (20, 10))])
def test_each_format_keeps_its_shape(form: str, size: tuple[int, int], small: tuple[int, int]) -> None:
    """192 pixels at most, never larger than the image itself."""
    image = drawn(file_of(Image.new("RGB", size, (200, 100, 50)), form, quality=95))
    assert image.size == small
    assert near(image.getpixel((5, 5)), (200, 100, 50))


@pytest.mark.parametrize(
    ("mode", "colour", "form", "shown"),
    [
        ("1", 1, "PNG", (255, 255, 255)),
        ("L", 90, "PNG", (90, 90, 90)),
        ("I;16", 40_000, "PNG", (156, 156, 156)),
        ("LA", (90, 255), "PNG", (90, 90, 90)),
        ("LA", (90, 0), "PNG", (0, 0, 0)),
        ("RGBA", (200, 100, 50, 255), "WEBP", (200, 100, 50)),
        ("RGBA", (200, 100, 50, 0), "PNG", (0, 0, 0)),
        ("P", 0, "PNG", (0, 0, 0)),
        ("CMYK", (0, 255, 255, 0), "JPEG", (255, 0, 0)),
        ("L", 90, "JPEG", (90, 90, 90)),
    ],
)
def test_each_mode_is_shown_as_the_api_sees_it(
    mode: str, colour: object, form: str, shown: tuple[int, int, int]
) -> None:
    """Deep, grey, printed colours; what is transparent is black."""
    image = Image.new(mode, (300, 200), colour)  # type: ignore[arg-type]
    assert near(drawn(file_of(image, form)).getpixel((50, 50)), shown)


def test_a_palette_with_a_transparent_colour() -> None:
    """The colour that stands for nothing is black, the others are themselves."""
    image = Image.new("RGB", (64, 64), (10, 200, 10))
    image.paste((200, 10, 10), (0, 0, 32, 64))
    palette = image.quantize(2)
    file = file_of(palette, "PNG", transparency=palette.getpixel((2, 2)))
    assert near(drawn(file).getpixel((8, 32)), (0, 0, 0))
    assert near(drawn(file).getpixel((56, 32)), (10, 200, 10))


def test_an_image_is_turned_upright_and_its_metadata_stays_behind() -> None:
    """EXIF may hold a place or a name; nothing of it goes into a report."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = "Jane Canary"
    file = file_of(
        Image.new("RGB", (400, 200)), "JPEG", exif=exif, icc_profile=b"canary profile", comment=b"canary comment"
    )
    picture = thumbnail(file)
    assert picture is not None
    assert b"anary" not in picture
    with Image.open(io.BytesIO(picture)) as image:
        assert image.size == (96, 192)
        assert not image.getexif()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def forged(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG that says it is so large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 12\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + b"\0" * 60,
        forged(60_000, 60_000),
        forged(12_000, 12_000),
        forged(100, 100),
        forged(100, 100, b"\0" * 7),
        file_of(Image.new("RGB", (300, 300)), "PNG").getvalue()[:-20],
        file_of(Image.effect_noise((300, 300), 90), "JPEG").getvalue()[:4000],
        file_of(Image.new("RGB", (9, 9)), "BMP").getvalue(),
        file_of(Image.new("RGB", (9, 9)), "TIFF").getvalue(),
        file_of(
            Image.new("RGB", (9, 9)), "WEBP", save_all=True, append_images=[Image.new("RGB", (9, 9), "red")]
        ).getvalue(),
    ],
)
def test_what_is_no_image_has_no_thumbnail(data: bytes) -> None:
    """Empty, a pointer, another format, a forged size, cut short, animated: None, and quickly."""
    assert thumbnail(io.BytesIO(data)) is None


def test_a_size_above_our_own_limit_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    file = file_of(Image.new("RGB", (100, 101)), "PNG")
    monkeypatch.setattr(room, "PIXEL_LIMIT", 10_000)
    assert thumbnail(file) is None


def test_a_file_that_cannot_be_read_has_no_thumbnail(tmp_path: Path) -> None:
    """Closed, or not open for reading."""
    file = file_of(Image.new("RGB", (9, 9)), "PNG")
    file.close()
    assert thumbnail(file) is None
    with (tmp_path / "x").open("wb") as unreadable:
        assert thumbnail(unreadable) is None


SEEDS = [
    file_of(Image.effect_noise((40, 30), 60), form).getvalue() for form in ("PNG", "JPEG", "WEBP")
]  # fmt: skip


@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=6), st.booleans())
@settings(max_examples=150)
def test_damaged_images_raise_nothing(seed: bytes, damage: list[tuple[float, int]], is_cut: bool) -> None:
    """Whatever bytes are changed or missing."""
    data = bytearray(seed)
    for place, value in damage:
        data[int(place * len(data))] = value
    picture = thumbnail(io.BytesIO(bytes(data[: -len(data) // 3] if is_cut else data)))
    assert picture is None or picture.startswith(b"RIFF")


def webp() -> bytes:
    picture = thumbnail(file_of(Image.new("RGB", (300, 300), "teal"), "PNG"))
    assert picture is not None
    return picture


def test_a_thumbnail_is_kept(tmp_path: Path) -> None:
    """By the digest of its image, in a file that is made when it is needed."""
    place = tmp_path / "a" / "b"
    with CacheFile(place) as file:
        cache = ThumbnailCache(file)
        assert cache.get(DIGEST) is None
        cache.put(DIGEST, webp())
    with CacheFile(place) as file:
        assert ThumbnailCache(file).get(DIGEST) == webp()
    assert [value for _, value in cache_rows(place, "thumbnails")] == [webp()]


@pytest.mark.parametrize("kept", [b"", b"RIFF", webp()[:-1], webp() + b"x", b"<script>"])
def test_what_is_no_picture_in_the_cache_is_drawn_anew(tmp_path: Path, kept: bytes) -> None:
    with CacheFile(tmp_path / "cache") as file:
        ThumbnailCache(file).put(DIGEST, kept)
    with CacheFile(tmp_path / "cache") as file:
        assert ThumbnailCache(file).get(DIGEST) is None


def test_a_thumbnail_that_was_drawn_by_other_rules_is_drawn_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with CacheFile(tmp_path / "cache") as file:
        ThumbnailCache(file).put(DIGEST, webp())
    monkeypatch.setattr(room, "RULES", b"another number")
    with CacheFile(tmp_path / "cache") as file:
        assert ThumbnailCache(file).get(DIGEST) is None


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").write_bytes(b"")
    for _ in range(2):
        with CacheFile(tmp_path / "file" / "below") as file:
            cache = ThumbnailCache(file)
            assert cache.get(DIGEST) is None
            cache.put(DIGEST, webp())


@pytest.mark.parametrize("digest", ["../../etc/passwd", "", "a" * 63, "A" * 64, DIGEST + "\n"])
def test_only_a_digest_is_a_key(tmp_path: Path, digest: str) -> None:
    with CacheFile(tmp_path / "cache") as file, pytest.raises(ValueError, match="64 hex digits"):
        ThumbnailCache(file).put(digest, webp())
