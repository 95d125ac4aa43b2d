"""Which file a live image is: by its digest, by pixels, by its name, by its caption, or none."""

import pytest

from reconciler.core.adoption import Compared
from reconciler.core.desired import DesiredImage
from reconciler.core.guide import PrefixGuide
from reconciler.core.live import RemoteImage
from reconciler.core.look.likeness import Certainty, Likeness, likenesses
from reconciler.core.name import live_image_name

GUIDE = PrefixGuide(text="A photo of")
CERTAIN, LIKELY, UNKNOWN = Certainty.CERTAIN, Certainty.LIKELY, Certainty.UNKNOWN


def file(name: str, caption: str | None = None) -> DesiredImage:
    """A file whose digest follows from its name."""
    return DesiredImage(digest=name.encode().hex().ljust(64, "0")[:64], size=1, name=name, path=name, caption=caption)


def found(
    live: list[tuple[str, str | None]], files: list[DesiredImage], apart: dict[tuple[int, str], float] | None = None
) -> list[tuple[str | None, Certainty, Compared]]:
    """The name of the file that each live image is taken for, in the order of ids; captions of live images are people's.

    `apart` are distances by id and name of the file; an image that stands in it was seen, and is far from all others.
    """
    images = [
        RemoteImage(id=number, image_name=name, caption=caption, caption_source="manual" if caption else "automatic")
        for number, (name, caption) in enumerate(live, 1)
    ]
    seen = {number for number, _ in apart or {}}

    def distance(image: RemoteImage, one: DesiredImage) -> float | None:
        return (apart or {}).get((image.id, one.name), 50.0) if image.id in seen else None

    results = likenesses(images, files, guide=GUIDE, distance=distance, seen=seen)
    return [_told(one) for one in sorted(results, key=lambda one: one.live.id)]


def _told(one: Likeness) -> tuple[str | None, Certainty, Compared]:
    return None if one.file is None else one.file.name, one.certainty, one.compared


@pytest.mark.parametrize(
    ("live", "name"),
    [
        ("wave.png", "wave.png"),
        ("wave.png", "poses/wave.png"),
        ("poses/wave.png", "wave.png"),
        ("wave", "wave.png"),
        ("7", "7.png"),
        ("Wave (Final).JPG", "wave-final.jpg"),
        ("cafe\u0301.png", "caf\u00e9.png"),
        ("人物.png", "人物.webp"),
    ],
)
def test_a_name_is_known_however_it_was_changed_on_its_way(live: str, name: str) -> None:
    assert found([(live, None)], [file(name), file("other.png")]) == [(name, LIKELY, Compared.NAME)]


@pytest.mark.parametrize(
    ("live", "name"), [("動物.png", "人物.png"), ("", "a.png"), ("...", "a.png"), ("1.png", "10.png")]
)
def test_another_name_is_another_name(live: str, name: str) -> None:
    assert found([(live, None)], [file(name)]) == [(None, UNKNOWN, Compared.NOTHING)]


def test_the_strictest_sense_of_a_name_counts() -> None:
    """`wave.png` is not `Wave.png` where both are there."""
    assert [
        one for one, _, _ in found([("wave.png", None), ("Wave.png", None)], [file("Wave.png"), file("wave.png")])
    ] == [
        "wave.png",
        "Wave.png",
    ]


def test_what_shares_a_name_is_told_apart_by_captions_and_by_what_is_left() -> None:
    files = [file("image.png"), file("1/image.png", "a mug.")]
    assert found([("image.png", None), ("image.png", "a mug.")], files) == [
        ("image.png", LIKELY, Compared.NAME),
        ("1/image.png", LIKELY, Compared.CAPTION),
    ]
    alike = [file("image.png"), file("1/image.png")]
    assert {one for one, _, _ in found([("image.png", None), ("image.png", None)], alike)} == {None}


def test_pixels_decide_whatever_the_name_says() -> None:
    """The same picture under another name is certain; another one under the same name is no such file."""
    files = [file("wave.png"), file("jump.png")]
    assert found([("IMG_1.png", None)], files, {(1, "jump.png"): 0.3}) == [("jump.png", CERTAIN, Compared.PIXELS)]
    assert found([("wave.png", None)], files, {(1, "wave.png"): 30.0}) == [(None, UNKNOWN, Compared.NOTHING)]
    assert found([("wave.png", None)], files, {(1, "wave.png"): 3.0}) == [("wave.png", LIKELY, Compared.PIXELS)]
    assert found([("other.png", None)], files, {(1, "wave.png"): 3.0}) == [(None, UNKNOWN, Compared.NOTHING)]
    swapped = {(1, "jump.png"): 0.1, (2, "wave.png"): 0.1}
    assert [one for one, _, _ in found([("wave.png", None), ("jump.png", None)], files, swapped)] == [
        "jump.png",
        "wave.png",
    ]


def test_one_picture_twice_is_one_file() -> None:
    copies = {(1, "mug.png"): 0.0, (2, "mug.png"): 0.0}
    expected = [("mug.png", CERTAIN, Compared.PIXELS)] * 2
    assert found([("mug.png", None), ("mug copy.png", None)], [file("mug.png")], copies) == expected


def test_two_files_that_look_the_same_leave_a_doubt() -> None:
    """Not where the name chooses one of them."""
    near = {(1, "a.png"): 0.1, (1, "b.png"): 0.2}
    assert found([("x.png", None)], [file("a.png"), file("b.png")], near) == [("a.png", LIKELY, Compared.PIXELS)]
    assert found([("b.png", None)], [file("a.png"), file("b.png")], near) == [("b.png", CERTAIN, Compared.PIXELS)]


def test_a_digest_in_the_name_is_believed() -> None:
    """As in a dataset of ours that somebody copied and renamed."""
    wave = file("wave.png")
    assert found([(live_image_name("old.png", wave.digest), None)], [wave]) == [("wave.png", CERTAIN, Compared.DIGEST)]
