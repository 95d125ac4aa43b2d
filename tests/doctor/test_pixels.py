"""When two pictures are one, and when a picture is blank, blurred or on one colour."""

import pytest

from reconciler.doctor.pixels import BLANK, BLURRED, Pixels, are_alike, are_one_colour, background
from tests.doctor.build import painted, pixels

WHITE, RED, BLUE, BLACK = (255, 255, 255), (200, 30, 30), (30, 30, 200), (0, 0, 0)
ON_WHITE = painted(WHITE, RED)


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        pytest.param(pixels(cells=ON_WHITE), pixels(cells=ON_WHITE), True, id="the same picture"),
        pytest.param(pixels(0, cells=ON_WHITE), pixels(0x3FF, cells=ON_WHITE), True, id="ten bits apart"),
        pytest.param(pixels(0, cells=ON_WHITE), pixels(0x7FF, cells=ON_WHITE), False, id="eleven bits apart"),
        pytest.param(pixels(cells=ON_WHITE), pixels(cells=painted(WHITE, BLUE)), False, id="one shape in two colours"),
        pytest.param(
            pixels(cells=painted(BLACK, RED)), pixels(cells=painted((20, 20, 20), (220, 50, 50))), True, id="lighter"
        ),
        pytest.param(pixels(cells=ON_WHITE, contrast=BLANK - 1), pixels(cells=ON_WHITE), False, id="one is blank"),
        pytest.param(pixels(cells=ON_WHITE), pixels(cells=ON_WHITE, contrast=BLANK - 1), False, id="other is blank"),
        pytest.param(pixels(), pixels(), True, id="nothing but background, and yet not blank"),
        pytest.param(
            pixels(cells=painted(WHITE, RED, 8)),
            pixels(cells=painted(WHITE, RED, 10)),
            False,
            id="grown by a field on each side",
        ),
        pytest.param(
            pixels(cells=painted(WHITE, RED, 14)), pixels(cells=painted(WHITE, RED, 13)), True, id="shrunk a little"
        ),
    ],
)
def test_near_duplicates(first: Pixels, second: Pixels, alike: bool) -> None:
    assert are_alike(first, second) is alike


@pytest.mark.parametrize(
    ("contrast", "blur", "is_blank", "is_blurred"),
    [
        pytest.param(BLANK - 0.1, 1.0, True, False, id="blank, and so neither sharp nor blurred"),
        pytest.param(BLANK, BLURRED, False, True, id="blurred"),
        pytest.param(BLANK, BLURRED - 0.01, False, False, id="sharp enough"),
    ],
)
def test_blank_or_blurred(contrast: float, blur: float, is_blank: bool, is_blurred: bool) -> None:
    found = pixels(contrast=contrast, blur=blur)
    assert (found.is_blank, found.is_blurred) == (is_blank, is_blurred)


def test_the_background_is_the_colour_all_around() -> None:
    assert background(pixels(cells=ON_WHITE)) == tuple(map(float, WHITE))
    halves = b"".join(bytes(WHITE if x < 8 else BLACK) for _ in range(16) for x in range(16))
    assert background(pixels(cells=halves)) is None


def test_colours_are_one_where_none_is_far_from_the_middle() -> None:
    assert are_one_colour([WHITE, (250, 250, 240), WHITE])
    assert not are_one_colour([WHITE, WHITE, RED])
