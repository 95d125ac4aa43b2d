"""A dataset as a whole: unseen, alike, on one colour, held twice."""

import pytest

from reconciler.doctor.dataset_rules import judge_shared, judge_whole
from reconciler.doctor.pixels import Measured, Unreadable
from tests.doctor.build import HERE, far, painted, picture, pixels, pointer, sha

NAMES = [f"i{number}.png" for number in range(6)]
IMAGES = [picture(name) for name in NAMES]


def judged(
    measured: dict[str, Measured], *, are_icons: bool = False, among: list[str] = NAMES
) -> list[tuple[str, str]]:
    images = [picture(name) for name in among]
    found = judge_whole(images, {sha(name): one for name, one in measured.items()}, HERE, are_icons=are_icons)
    return [(one.rule, one.summary) for one in found]


def varied(*bits: int) -> dict[str, Measured]:
    cells = bytes(i * 7 % 256 for i in range(768))
    return {name: pixels(bit, cells=cells) for name, bit in zip(NAMES, bits, strict=False)}


def test_pointers_are_counted_and_named() -> None:
    (found,) = judge_whole([pointer("a.png"), pointer("b.png"), picture("c.png")], {}, HERE, are_icons=False)
    assert (found.rule, found.summary) == ("images-unseen", "2 images could not be looked at")
    assert found.images == ("a.png", "b.png")


@pytest.mark.parametrize(
    ("bits", "found"),
    [
        pytest.param([far(n) for n in range(6)], [], id="all differ"),
        pytest.param([far(0), far(0) | 1, *(far(n) for n in range(2, 6))], [], id="one in six"),
        pytest.param([far(0), far(0) | 1, far(0) | 3, *(far(n) for n in range(3, 6))], ["2 of 6"], id="two in six"),
    ],
)
def test_a_third_of_the_same_is_much(bits: list[int], found: list[str]) -> None:
    said = [f"{start} images are almost the same as another one" for start in found]
    assert [summary for _, summary in judged(varied(*bits))] == said


def test_of_four_images_nothing_is_said() -> None:
    assert judged(varied(0, 0, 0, 0), among=NAMES[:4]) == []


def plain(*colours: tuple[int, int, int]) -> dict[str, Measured]:
    pairs = zip(NAMES, colours, strict=False)
    return {name: pixels(far(n), cells=painted(ground, (9, 9, 9))) for n, (name, ground) in enumerate(pairs)}


def test_one_background_is_told_with_its_colour() -> None:
    measured = judge_whole(
        IMAGES, {sha(name): one for name, one in plain(*[(250, 240, 10)] * 6).items()}, HERE, are_icons=False
    )
    (found,) = measured
    assert found.rule == "images-background"
    assert found.summary == "6 of 6 images have one and the same plain background"
    assert found.detail == "Its colour is about #faf00a."


@pytest.mark.parametrize(
    ("measured", "are_icons"),
    [
        pytest.param(plain(*[(250, 240, 10)] * 6), True, id="icons are meant so"),
        pytest.param(plain(*[(250, 240, 10)] * 4), False, id="four are too few"),
        pytest.param(plain(*[(250, 240, 10)] * 5, (10, 10, 250)), False, id="another colour among them"),
        pytest.param(varied(*(far(n) for n in range(6))), False, id="no plain colour"),
        pytest.param(dict.fromkeys(NAMES, Unreadable(reason="")), False, id="nothing known"),
    ],
)
def test_backgrounds_that_nobody_minds(measured: dict[str, Measured], are_icons: bool) -> None:
    assert judged(measured, are_icons=are_icons) == []


def test_images_of_a_sibling_are_named_by_dataset() -> None:
    others = {"archive": frozenset({sha("i0.png"), sha("i1.png")}), "other": frozenset({sha("zzz")})}
    (found,) = judge_shared(IMAGES, others, HERE)
    assert (found.rule, found.summary, found.images) == (
        "images-shared",
        "2 images also in dataset/archive",
        ("i0.png", "i1.png"),
    )
