"""Images one by one and as a set: transparent, blank, blurred, alike, cropped, unseen, on one colour, held twice."""

from collections.abc import Mapping

import pytest

from reconciler.core.manifest.image import Facts, ImageFile
from reconciler.core.problem import Location
from reconciler.doctor.finding import Finding, breach
from reconciler.doctor.image_rules import (
    judge_image_set,
    judge_images,
    judge_shared_images,
    loss,
    near_duplicates,
    with_measured_transparency,
)
from reconciler.doctor.pixels import Inner, Measured, Pixels, Unreadable
from tests.doctor.build import HERE, far, painted, picture, pixels, pointer, sha


def judged(*images: ImageFile, **measured: Measured) -> list[Finding]:
    """Pixels by the name of the image without suffix."""
    by_digest = {sha(f"{name}.png"): one for name, one in measured.items()}
    return list(judge_images(images, by_digest, lambda image: Location(f"m/{image.path}")))


@pytest.mark.parametrize(
    ("width", "height", "found"),
    [
        pytest.param(1024, 1024, [], id="a square"),
        pytest.param(1366, 1024, ["25 % goes."], id="a hair more than 4 by 3"),
        pytest.param(4000, 3000, [], id="4 by 3"),
        pytest.param(1024, 1536, ["33 % goes."], id="2 by 3"),
        pytest.param(2048, 1024, ["50 % goes."], id="2 by 1"),
        pytest.param(3000, 1024, [], id="narrower is another rule's business"),
    ],
)
def test_what_the_square_costs(width: int, height: int, found: list[str]) -> None:
    assert [one.detail for one in judged(picture("a.png", width, height))] == found


def test_a_picture_without_size_loses_nothing() -> None:
    assert loss(Facts(format="PNG", width=0, height=0)) == 0.0


def test_blank_and_blurred_pictures_are_named_with_the_measure() -> None:
    images = [picture("blank.png"), picture("soft.png"), picture("sharp.png")]
    found = judged(
        *images, blank=pixels(contrast=1.5, blur=0.9), soft=pixels(far(1), blur=0.81), sharp=pixels(far(2), blur=0.3)
    )
    assert [(one.rule, one.detail, one.images) for one in found] == [
        ("image-blank", "Its brightness varies by 1.5 of 255.", ("blank.png",)),
        ("image-blurred", "Blur 0.81; sharp pictures have less than 0.6.", ("soft.png",)),
    ]


def test_pixels_that_cannot_be_read_are_a_warning_with_the_reason() -> None:
    (found,) = judged(picture("a.png"), a=Unreadable(reason="It is odd."))
    assert (found.rule, found.detail) == ("image-unreadable", "It is odd.")


def test_what_is_not_here_is_not_judged() -> None:
    assert judged(pointer("a.png"), pointer("b.png")) == []


def test_the_later_of_two_alike_is_told_which_one_it_is_like() -> None:
    images = [picture(f"{name}.png") for name in "abc"]
    found = judged(*images, a=pixels(far(1)), b=pixels(far(2)), c=pixels(far(1) | 1))
    assert [(one.rule, one.images, one.detail) for one in found] == [
        ("image-alike", ("c.png",), "Compare it with a.png.")
    ]


def test_equal_files_and_unreadable_ones_are_no_near_duplicates() -> None:
    images = [picture("a.png"), picture("b.png", digest=sha("a.png")), picture("c.png")]
    measured: Mapping[str, Measured] = {sha("a.png"): pixels(), sha("c.png"): Unreadable(reason="")}
    assert near_duplicates(images, measured) == {}


@pytest.mark.parametrize(
    ("measured", "details"),
    [
        pytest.param(pixels(clear=0.58), ["58 % of the square."], id="clear parts"),
        pytest.param(pixels(clear=0.002), ["1 % of the square."], id="a small clear part"),
        pytest.param(pixels(clear=0.0), [], id="an alpha channel that is full"),
        pytest.param(Unreadable(reason=""), [""], id="unknown"),
        pytest.param(None, [""], id="not measured"),
    ],
)
def test_transparency_is_told_as_it_is(measured: Measured | None, details: list[str]) -> None:
    possible = breach("image-alpha", Location("m/a.png"), "could have", images=["a.png"])
    known = {} if measured is None else {"a.png": measured}
    assert [one.detail for one in with_measured_transparency([possible], known)] == details


def test_other_findings_pass_unchanged() -> None:
    other = breach("images-alike", Location("m/a.png"), "much")
    nameless = breach("image-alpha", Location("m/a.png"), "could have")
    assert list(with_measured_transparency([other, nameless], {"a.png": pixels()})) == [other, nameless]


NAMES = [f"i{number}.png" for number in range(6)]
IMAGES = [picture(name) for name in NAMES]


def set_judged(
    measured: dict[str, Measured], *, are_icons: bool = False, among: list[str] = NAMES
) -> list[tuple[str, str]]:
    images = [picture(name) for name in among]
    found = judge_image_set(images, {sha(name): one for name, one in measured.items()}, HERE, are_icons=are_icons)
    return [(one.rule, one.summary) for one in found]


def varied(*bits: int) -> dict[str, Measured]:
    cells = bytes(i * 7 % 256 for i in range(768))
    return {name: pixels(bit, cells=cells) for name, bit in zip(NAMES, bits, strict=False)}


def test_pointers_are_counted_and_named() -> None:
    (found,) = judge_image_set([pointer("a.png"), pointer("b.png"), picture("c.png")], {}, HERE, are_icons=False)
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
    assert [summary for _, summary in set_judged(varied(*bits))] == said


def test_of_four_images_nothing_is_said() -> None:
    assert set_judged(varied(0, 0, 0, 0), among=NAMES[:4]) == []


def plain(*colours: tuple[int, int, int]) -> dict[str, Measured]:
    pairs = zip(NAMES, colours, strict=False)
    return {name: pixels(far(n), cells=painted(ground, (9, 9, 9))) for n, (name, ground) in enumerate(pairs)}


def test_one_background_is_told_with_its_colour() -> None:
    measured = judge_image_set(
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
    assert set_judged(measured, are_icons=are_icons) == []


def test_images_of_a_sibling_are_named_by_dataset() -> None:
    others = {"archive": frozenset({sha("i0.png"), sha("i1.png")}), "other": frozenset({sha("zzz")})}
    (found,) = judge_shared_images(IMAGES, others, HERE)
    assert (found.rule, found.summary, found.images) == (
        "images-shared",
        "2 images also in dataset/archive",
        ("i0.png", "i1.png"),
    )


def bordered(bits: int, margin: float, number: int = 5, **fields: object) -> Pixels:
    """A picture that looks like itself, and inside its border like another one."""
    inner = Inner(hash=bits, cells=painted((250, 250, 250), (9, 9, 9)), contrast=50.0, margin=margin)
    return pixels(far(number), cells=painted((0, 0, 0), (9, 90, 9)), inner=inner, **fields)


def test_a_copy_with_a_border_is_told_once_with_its_original() -> None:
    """And not as an image with bars besides."""
    original = pixels(far(0), cells=painted((250, 250, 250), (9, 9, 9)))
    (found,) = judged(picture("a.png"), picture("b.png"), a=bordered(far(0), 0.2, bars=0.2), b=original)
    assert (found.rule, found.images, found.detail) == ("image-padded", ("a.png",), "Compare it with b.png.")


def test_of_two_things_on_one_ground_the_one_with_more_ground_is_the_copy() -> None:
    """Where the borders are about as wide these are two pictures, whatever is inside."""
    more, less = bordered(far(0), 0.6, 5), bordered(far(0), 0.5, 6)
    (found,) = judged(picture("a.png"), picture("b.png"), a=less, b=more)
    assert (found.rule, found.images) == ("image-padded", ("b.png",))
    assert judged(picture("a.png"), picture("b.png"), a=bordered(far(0), 0.54, 5), b=less) == []


def test_bars_are_told_with_their_share() -> None:
    (found,) = judged(picture("a.png"), a=bordered(far(0), 0.188, bars=0.188))
    assert (found.rule, found.summary) == ("image-padded", "this image has bars of one colour")
    assert found.detail == "They take 19 % of the square."


def test_a_mask_that_is_named_after_a_picture_is_told_with_it() -> None:
    """However many masks there are."""
    wave, mask, other = pixels(far(0)), pixels(far(1), two_toned=0.99), pixels(far(2), two_toned=0.99)
    names = ("wave.png", "wave_Mask.png", "black.png")
    measured = {sha(name): one for name, one in zip(names, (wave, mask, other), strict=True)}
    (found,) = judge_images([picture(name) for name in names], measured, lambda image: Location(image.path))
    assert found.images == ("wave_Mask.png",)
    assert found.detail == "99 % of it is black or white, in areas. It seems to belong to wave.png."


def test_masks_are_told_where_they_are_the_exception() -> None:
    """A set of black and white pictures is a style."""
    mask, other = pixels(far(0), two_toned=0.99), pixels(far(1))
    third = pixels(far(2), two_toned=0.95)
    (found,) = judged(picture("a.png"), picture("b.png"), a=mask, b=other)
    assert (found.rule, found.images, found.detail) == (
        "image-mask",
        ("a.png",),
        "99 % of it is black or white, in areas.",
    )
    assert judged(picture("a.png"), picture("b.png"), picture("c.png"), a=mask, b=other, c=third) == []
