"""Single pictures: transparency, blank, blurred, alike, cropped."""

from collections.abc import Mapping

import pytest

from reconciler.core.manifest.image import Facts, ImageFile
from reconciler.core.problem import Location
from reconciler.doctor.finding import Finding, found
from reconciler.doctor.picture import judge_pictures, loss, near_duplicates, with_clear_parts
from reconciler.doctor.pixels import Measured, Unreadable
from tests.doctor.build import far, picture, pixels, pointer, sha


def judged(*images: ImageFile, **measured: Measured) -> list[Finding]:
    """Pixels by the name of the image without suffix."""
    by_digest = {sha(f"{name}.png"): one for name, one in measured.items()}
    return list(judge_pictures(images, by_digest, lambda image: Location(f"m/{image.path}")))


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
    possible = found("image-alpha", Location("m/a.png"), "could have", images=["a.png"])
    known = {} if measured is None else {"a.png": measured}
    assert [one.detail for one in with_clear_parts([possible], known)] == details


def test_other_findings_pass_unchanged() -> None:
    other = found("images-alike", Location("m/a.png"), "much")
    nameless = found("image-alpha", Location("m/a.png"), "could have")
    assert list(with_clear_parts([other, nameless], {"a.png": pixels()})) == [other, nameless]
