"""The doctor's rules about single pictures: transparency, blank, blurred, alike, cropped."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from reconciler.core.manifest.image import Facts, ImageFile
from reconciler.core.manifest.image_rule import CROP_ADVISED
from reconciler.core.problem import Location
from reconciler.core.text import shown
from reconciler.doctor.finding import Finding, found
from reconciler.doctor.pixels import Measured, Pixels, Unreadable, are_alike

LOSS = 0.25
"""Share of a picture that the square in the middle may cost: that of 4:3, the commonest shape of photographs."""

CLEAR = 0.001
"""Share of the square that may be transparent without a word: soft edges of a picture that fills it."""

Place = Callable[[ImageFile], Location]


def judge_pictures(images: Sequence[ImageFile], measured: Mapping[str, Measured], place_of: Place) -> Iterator[Finding]:
    """What the pixels and the shape of each image say; `measured` is by digest."""
    for image in images:
        if image.facts is not None:
            yield from _judge_shape(image, image.facts, place_of(image))
        seen = measured.get(image.digest)
        if isinstance(seen, Unreadable):
            place = place_of(image)
            yield found("image-unreadable", place, "its pixels cannot be read", seen.reason, images=[image.name])
        elif seen is not None:
            yield from _judge_pixels(image, seen, place_of(image))
    yield from _judge_twins(images, measured, place_of)


def loss(facts: Facts) -> float:
    """The share of a picture that is outside the square in its middle."""
    long, short = max(facts.width, facts.height), min(facts.width, facts.height)
    return 1 - short / long if long else 0.0


def with_clear_parts(findings: Iterable[Finding], measured: Mapping[str, Measured]) -> Iterator[Finding]:
    """The same findings, where transparency was only possible the measured share instead; none where there is none.

    `measured` is by the name of the image.
    """
    for finding in findings:
        pixels = measured.get(finding.images[0]) if finding.rule == "image-alpha" and finding.images else None
        if not isinstance(pixels, Pixels):
            yield finding
        elif pixels.clear > CLEAR:
            share = f"{max(pixels.clear, 0.01):.0%}".replace("%", " %")
            summary = "transparent parts of this image become black"
            yield found("image-alpha", finding.location, summary, f"{share} of the square.", images=finding.images)


def near_duplicates(images: Sequence[ImageFile], measured: Mapping[str, Measured]) -> dict[str, str]:
    """Each image that looks like an earlier one, by name; files that are equal are another rule's business."""
    earlier: list[tuple[ImageFile, Pixels]] = []
    twins: dict[str, str] = {}
    digests: set[str] = set()
    for image in images:
        pixels = measured.get(image.digest)
        if not isinstance(pixels, Pixels) or image.digest in digests:
            continue
        digests.add(image.digest)
        twin = next((other.name for other, seen in earlier if are_alike(seen, pixels)), None)
        if twin is not None:
            twins[image.name] = twin
        earlier.append((image, pixels))
    return twins


def _judge_shape(image: ImageFile, facts: Facts, place: Location) -> Iterator[Finding]:
    is_narrow = max(facts.width, facts.height) > CROP_ADVISED * min(facts.width, facts.height)
    if not is_narrow and loss(facts) > LOSS:
        lost = f"{loss(facts):.0%}".replace("%", " %")
        summary = "more than a quarter of this image is lost to the square"
        yield found("image-cropped", place, summary, f"{lost} goes.", images=[image.name])


def _judge_pixels(image: ImageFile, pixels: Pixels, place: Location) -> Iterator[Finding]:
    if pixels.is_blank:
        detail = f"Its brightness varies by {pixels.contrast:.1f} of 255."
        yield found("image-blank", place, "this image is nearly one colour", detail, images=[image.name])
    if pixels.is_blurred:
        detail = f"Blur {pixels.blur:.2f}; sharp pictures have less than 0.6."
        yield found("image-blurred", place, "this image is out of focus", detail, images=[image.name])


def _judge_twins(images: Sequence[ImageFile], measured: Mapping[str, Measured], place_of: Place) -> Iterator[Finding]:
    twins = near_duplicates(images, measured)
    for image in images:
        if image.name in twins:
            detail = f"Compare it with {shown(twins[image.name], 60)}."
            yield found(
                "image-alike",
                place_of(image),
                "this image is almost the same as another one",
                detail,
                images=[image.name],
            )
