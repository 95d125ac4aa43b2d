"""Pixels as numbers: what blurring, transparency and hostile bytes do to them, and how they are remembered."""

import io
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps, ImageStat

from reconciler.doctor.pixels import Inner, Pixels, Unreadable, are_alike, is_padded_copy
from reconciler.files.cache import CacheFile, CacheTable
from reconciler.files.image import pixel
from reconciler.files.image.pixel import PixelCache, measure, measure_and_draw
from reconciler.files.image.thumbnail import thumbnail

EXAMPLES = sorted(
    path
    for folder in ("examples", "manifests")
    for path in (Path(__file__).parents[3] / folder).rglob("*")
    if path.suffix in {".png", ".jpg", ".webp"}
)
DIGEST = "ab" * 32


def scene(size: tuple[int, int] = (1024, 1024), mode: str = "RGB") -> Image.Image:
    """A house on a meadow: edges, and no symmetry."""
    image = Image.new("RGB", size, (150, 200, 240))
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.rectangle((0, height * 2 // 3, width, height), fill=(60, 140, 60))
    draw.rectangle((width // 4, height // 3, width // 2, height * 3 // 4), fill=(180, 60, 40))
    draw.polygon(
        ((width // 5, height // 3), (width * 11 // 20, height // 3), (width * 3 // 8, height // 8)), fill=(70, 40, 30)
    )
    draw.ellipse((width * 3 // 4, height // 12, width * 7 // 8, height // 5), fill=(250, 220, 90))
    return image.convert(mode)


def saved(image: Image.Image, form: str = "PNG", **options: object) -> io.BytesIO:
    out = io.BytesIO()
    image.save(out, form, **options)
    out.seek(0)
    return out


def measured(image: Image.Image, form: str = "PNG", **options: object) -> Pixels:
    found = measure(saved(image, form, **options))
    assert isinstance(found, Pixels)
    return found


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_nothing_is_told_of_an_example_and_all_are_blurred_once_softened(path: Path) -> None:
    with path.open("rb") as file:
        sharp = measure(file)
    assert isinstance(sharp, Pixels)
    assert (sharp.is_blank, sharp.is_mask, sharp.bars) == (False, False, 0.0)
    assert sharp.blur < 0.6
    with Image.open(path) as image:
        soft = measured(image.convert("RGB").filter(ImageFilter.GaussianBlur(8)))
    assert soft.is_blurred


def test_no_two_examples_are_alike() -> None:
    found = []
    for path in EXAMPLES:
        with path.open("rb") as file:
            found.append((path.name, measure(file)))
    pairs = [
        (first, second)
        for place, (first, one) in enumerate(found)
        for second, two in found[:place]
        if isinstance(one, Pixels) and isinstance(two, Pixels)
        if are_alike(one, two) or is_padded_copy(one, two) or is_padded_copy(two, one)
    ]
    assert pairs == []


@pytest.mark.parametrize(
    ("form", "options", "size"),
    [
        pytest.param("JPEG", {"quality": 50}, (1024, 1024), id="saved as a poor JPEG"),
        pytest.param("WEBP", {"quality": 60}, (1024, 1024), id="saved as WebP"),
        pytest.param("PNG", {}, (512, 512), id="at half the size"),
        pytest.param("PNG", {}, (400, 400), id="smaller than what is measured"),
        pytest.param("JPEG", {"quality": 90}, (3000, 3000), id="so large that a draft is decoded"),
    ],
)
def test_the_same_picture_saved_otherwise_is_alike(
    form: str, options: dict[str, object], size: tuple[int, int]
) -> None:
    assert are_alike(measured(scene()), measured(scene().resize(size), form, **options))


def test_another_picture_is_not_alike() -> None:
    assert not are_alike(measured(scene()), measured(scene().transpose(Image.Transpose.FLIP_LEFT_RIGHT)))


def test_only_the_square_in_the_middle_is_looked_at() -> None:
    wide = Image.new("RGB", (2048, 1024))
    wide.paste(scene(), (512, 0))
    assert are_alike(measured(wide), measured(scene()))


@pytest.mark.parametrize(
    ("image", "clear"),
    [
        pytest.param(scene(), 0.0, id="no alpha"),
        pytest.param(scene(mode="RGBA"), 0.0, id="an alpha channel that is full"),
        pytest.param(Image.new("RGBA", (300, 300), (9, 9, 9, 0)), 1.0, id="all clear"),
        pytest.param(Image.new("LA", (300, 300), (9, 51)), 0.8, id="grey and clear"),
    ],
)
def test_how_much_is_transparent(image: Image.Image, clear: float) -> None:
    assert measured(image).clear == pytest.approx(clear, abs=0.001)


def test_transparency_counts_as_black() -> None:
    assert measured(Image.new("RGBA", (300, 300), (255, 255, 255, 0))).cells == bytes(768)


@pytest.mark.parametrize("mode", ["L", "CMYK", "P", "1", "I;16"])
def test_every_mode_is_read(mode: str) -> None:
    deep = scene(mode="I").point(lambda level: level * 256)
    image = deep.convert("I;16") if mode == "I;16" else scene(mode=mode)
    found = measured(image, "JPEG" if mode == "CMYK" else "PNG")
    assert found.contrast == pytest.approx(ImageStat.Stat(scene(mode="L")).stddev[0], rel=0.4)


def test_one_colour_is_blank_and_of_no_sharpness() -> None:
    found = measured(Image.new("RGB", (600, 600), (250, 250, 250)))
    assert found.is_blank
    assert found.blur == 0.0


def corrupt() -> bytes:
    """A PNG of which only the pixels are damaged."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 300, 300, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"no pixels at all") + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x89PNG\r\n\x1a\n", id="a signature"),
        pytest.param(saved(scene(), "GIF").getvalue(), id="another format"),
        pytest.param(saved(scene()).getvalue()[:2000], id="half a file"),
        pytest.param(corrupt(), id="damaged pixels"),
    ],
)
def test_what_cannot_be_decoded_is_unreadable(data: bytes) -> None:
    assert isinstance(measure(io.BytesIO(data)), Unreadable)


@pytest.mark.parametrize("size", [(1024, 1024), (3000, 1200), (600, 500), (90, 120)])
@pytest.mark.parametrize(
    ("form", "mode"), [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "P"), ("WEBP", "RGB")]
)
def test_what_is_measured_is_drawn_just_as_it_is_drawn_alone(form: str, mode: str, size: tuple[int, int]) -> None:
    file = saved(scene(size, mode), form)
    found, picture = measure_and_draw(file)
    assert picture is not None
    assert (found, picture) == (measure(file), thumbnail(file))


def test_what_is_too_large_for_a_picture_is_measured_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.files.image.thumbnail.PIXEL_LIMIT", 1_000_000)
    file = saved(scene(), "JPEG")
    assert measure_and_draw(file) == (measure(file), None)
    assert thumbnail(file) is None


def test_too_many_pixels_are_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pixel, "PIXEL_LIMIT", 1_000_000)
    found = measure(saved(Image.new("1", (1001, 1000))))
    assert found == Unreadable(reason="It has more than 1 million pixels; 1 million is used.")


WIDE = scene((700, 512))


@pytest.mark.parametrize(("form", "colour"), [("PNG", (0, 0, 0)), ("JPEG", (255, 255, 255)), ("WEBP", (90, 20, 120))])
@pytest.mark.parametrize(
    ("size", "border", "has_bars"),
    [
        pytest.param((700, 512), (0, 60, 0, 60), True, id="bars"),
        pytest.param((512, 700), (150, 0, 150, 0), True, id="upright bars"),
        pytest.param((512, 512), (60, 60, 60, 60), False, id="a frame, as a thing on a ground has one"),
    ],
)
def test_a_border_is_seen_and_what_it_surrounds_is_known(
    size: tuple[int, int], border: tuple[int, int, int, int], has_bars: bool, colour: tuple[int, int, int], form: str
) -> None:
    """Whatever its colour is; the picture is found again inside, also after lossy compression."""
    found = measured(ImageOps.expand(scene(size), border, colour), form)
    assert (found.bars > 0) is has_bars
    original = measured(scene(size))
    assert is_padded_copy(found, original)
    assert not is_padded_copy(original, found)
    assert not are_alike(found, original)


@pytest.mark.parametrize(
    "image",
    [
        pytest.param(WIDE, id="a picture to its edges"),
        pytest.param(ImageOps.expand(WIDE, (0, 8, 0, 8), (0, 0, 0)), id="bars of less than 3 %"),
        pytest.param(ImageOps.expand(WIDE, (0, 80, 0, 0), (0, 0, 0)), id="one bar"),
        pytest.param(Image.new("RGB", (512, 512), (9, 9, 9)), id="one colour"),
    ],
)
def test_no_border(image: Image.Image) -> None:
    assert (measured(image).bars, measured(image).inner) == (0.0, None)


def test_a_thing_on_a_ground_has_no_bars_though_it_touches_both_sides() -> None:
    """The upper edge of a hill is no straight line."""
    hill = Image.new("RGB", (512, 512), (255, 255, 255))
    ImageDraw.Draw(hill).ellipse((-40, 150, 552, 400), fill=(60, 140, 60))
    found = measured(hill)
    assert found.inner is not None
    assert found.bars == 0


def silhouette(feather: int = 0) -> Image.Image:
    """White on black, as programs note where a person is."""
    image = Image.new("L", (512, 512), 0)
    draw = ImageDraw.Draw(image)
    draw.ellipse((210, 75, 300, 175), fill=255)
    draw.rounded_rectangle((165, 170, 350, 512), 30, fill=255)
    return image.filter(ImageFilter.GaussianBlur(feather)) if feather else image


def cut_out(colour: int) -> Image.Image:
    """One colour, whose shape is in the transparency alone."""
    image = Image.new("RGBA", (512, 512), (colour, colour, colour, 0))
    image.putalpha(silhouette())
    return image


def lines() -> Image.Image:
    image = Image.new("RGB", (512, 512), (255, 255, 255))
    draw = ImageDraw.Draw(image)
    for step in range(6):
        draw.ellipse((50 + 20 * step, 75 + 30 * step, 350 + 20 * step, 300 + 30 * step), outline=0, width=6)
    return image


@pytest.mark.parametrize(
    ("image", "form", "is_mask"),
    [
        pytest.param(silhouette(), "PNG", True, id="a mask"),
        pytest.param(silhouette(), "JPEG", True, id="saved with losses"),
        pytest.param(silhouette(4), "PNG", True, id="with soft edges"),
        pytest.param(ImageOps.invert(silhouette()), "PNG", True, id="the other way round"),
        pytest.param(silhouette().convert("1"), "PNG", True, id="one bit a pixel"),
        pytest.param(cut_out(0), "PNG", True, id="only in the transparency, black"),
        pytest.param(cut_out(200), "PNG", True, id="only in the transparency, grey"),
        pytest.param(silhouette(30), "PNG", False, id="so soft that it is a picture"),
        pytest.param(lines(), "PNG", False, id="a drawing in thin lines"),
        pytest.param(WIDE.convert("L"), "PNG", False, id="a picture in grey"),
        pytest.param(ImageOps.colorize(silhouette(), (0, 0, 90), (255, 250, 90)), "PNG", False, id="two colours"),
        pytest.param(Image.new("L", (512, 512), 255), "PNG", False, id="white alone"),
    ],
)
def test_a_mask_is_black_and_white_in_areas(image: Image.Image, form: str, is_mask: bool) -> None:
    assert measured(image, form).is_mask is is_mask


def some(**fields: object) -> Pixels:
    found = Pixels(hash=2**127 + 5, cells=bytes(range(256)) * 3, contrast=40.125, blur=0.25, clear=0.5)
    return replace(found, **fields)  # type: ignore[arg-type]


INNER = Inner(hash=7, cells=bytes(768), contrast=30.5, margin=0.25)


def test_measures_are_remembered_by_digest(tmp_path: Path) -> None:
    place = tmp_path / "cache" / "file"
    with CacheFile(place) as file:
        cache = PixelCache(file)
        cache.put(DIGEST, some())
        cache.put("cd" * 32, Unreadable(reason="odd é"))
        cache.put("aa" * 32, some(two_toned=0.99, bars=0.25, inner=INNER))
    with CacheFile(place) as file:
        again = PixelCache(file)
        assert again.get(DIGEST) == some()
        assert again.get("cd" * 32) == Unreadable(reason="odd é")
        assert again.get("aa" * 32) == some(two_toned=0.99, bars=0.25, inner=INNER)
        assert again.get("ef" * 32) is None


def test_measures_by_other_rules_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with CacheFile(tmp_path / "cache") as file:
        PixelCache(file).put(DIGEST, some())
    monkeypatch.setattr(pixel, "RULES", b"another number")
    with CacheFile(tmp_path / "cache") as file:
        assert PixelCache(file).get(DIGEST) is None


def pixels(contrast: float = 1.0) -> bytes:
    return b"p" + struct.pack("<16s5d", b"\0" * 16, contrast, 0.1, 0.2, 0.0, 0.0) + bytes(768)


def inner(margin: float = 0.5) -> bytes:
    return struct.pack("<16s2d", b"\0" * 16, 1.0, margin) + bytes(768)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"x", id="of no kind"),
        pytest.param(b"u", id="no reason"),
        pytest.param(b"u[]", id="no text"),
        pytest.param(b"u\xff", id="not UTF-8"),
        pytest.param(b"u" + b"[" * 100_000, id="deep"),
        pytest.param(pixels()[:-1], id="too few cells"),
        pytest.param(pixels() + b"x", id="too many cells"),
        pytest.param(pixels(float("nan")), id="no number"),
        pytest.param(pixels() + inner()[:-1], id="too few cells inside a border"),
        pytest.param(pixels() + inner(float("inf")), id="no number of a border"),
    ],
)
def test_a_row_by_another_hand_is_not_known(tmp_path: Path, value: bytes) -> None:
    with CacheFile(tmp_path / "cache") as file:
        file.put(CacheTable.PIXELS, pixel.RULES + bytes.fromhex(DIGEST), pixels())
    with CacheFile(tmp_path / "cache") as file:
        assert isinstance(PixelCache(file).get(DIGEST), Pixels), "else nothing is proved below"
        file.put(CacheTable.PIXELS, pixel.RULES + bytes.fromhex(DIGEST), value)
    with CacheFile(tmp_path / "cache") as file:
        assert PixelCache(file).get(DIGEST) is None
