"""The doctor's rules about images, one by one and as a set: transparent, blank, blurred, alike, cropped, held twice."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from reconciler.core.manifest.image import Facts, ImageFile
from reconciler.core.manifest.image_rules import CROP_ADVISED
from reconciler.core.problem import Location
from reconciler.core.text import count, shown
from reconciler.doctor.finding import Finding, breach
from reconciler.doctor.pixels import (
    NEAR,
    Measured,
    Pixels,
    Unreadable,
    are_alike,
    are_one_colour,
    background,
    is_padded_copy,
)

LOSS = 0.25
"""Share of a picture that the square in the middle may cost without a finding: that of 4:3, the commonest photograph."""

CLEAR = 0.001
"""Share of the square that may be transparent without a finding: the soft edges of a picture that fills the square."""

ENOUGH = 5
"""Images from which a set can be called uniform."""

ALIKE = 1 / 3
ONE_BACKGROUND = 0.9

_MASK_WORD = re.compile(r"[-_. ]*(?:mask|matte|alpha|seg|segmentation)[0-9]*$", re.IGNORECASE)
"""What exports put behind the name of the picture that a mask belongs to."""

PlaceOf = Callable[[ImageFile], Location]


def judge_images(images: Sequence[ImageFile], measured: Mapping[str, Measured], place_of: PlaceOf) -> Iterator[Finding]:
    """Findings about the pixels and the shape of each image. `measured` is by digest."""
    for image in images:
        if image.facts is not None:
            yield from _judge_shape(image, image.facts, place_of(image))
        pixels = measured.get(image.digest)
        if isinstance(pixels, Unreadable):
            place = place_of(image)
            yield breach("image-unreadable", place, "its pixels cannot be read", pixels.reason, images=[image.name])
        elif pixels is not None:
            yield from _judge_pixels(image, pixels, place_of(image))
    twins = near_duplicates(images, measured)
    yield from _judge_twins(images, twins, place_of)
    yield from _judge_padding(images, measured, twins, place_of)
    yield from _judge_masks(images, measured, place_of)


def judge_image_set(
    images: Sequence[ImageFile], measured: Mapping[str, Measured], place: Location, *, are_icons: bool
) -> Iterator[Finding]:
    """Findings that no single image shows. `place` is where the manifest names the folder."""
    unseen = [image.name for image in images if not image.has_content]
    if unseen:
        summary = f"{count(len(unseen), 'image')} could not be looked at"
        yield breach("images-unseen", place, summary, "Only their Git LFS pointers are here.", images=unseen)
    twins = near_duplicates(images, measured)
    if len(images) >= ENOUGH and len(twins) >= ALIKE * len(images):
        summary = f"{len(twins)} of {len(images)} images are almost the same as another one"
        yield breach("images-alike", place, summary, images=sorted({*twins, *twins.values()}))
    if not are_icons:
        yield from _judge_background(images, measured, place)


def judge_shared_images(
    images: Sequence[ImageFile], others: Mapping[str, frozenset[str]], place: Location
) -> Iterator[Finding]:
    """Images that another dataset of the project holds too. `others` are digests by the name of the dataset."""
    for name, digests in others.items():
        shared = [image.name for image in images if image.digest in digests]
        if shared:
            yield breach("images-shared", place, f"{count(len(shared), 'image')} also in dataset/{name}", images=shared)


def with_measured_transparency(findings: Iterable[Finding], measured: Mapping[str, Measured]) -> Iterator[Finding]:
    """The same findings, but those that say "could be transparent" say how much is, and are dropped if nothing is.

    `validate` knows only that the format of a file allows transparency. `measured` is by the name of the image.
    """
    for finding in findings:
        pixels = measured.get(finding.images[0]) if finding.rule == "image-alpha" and finding.images else None
        if not isinstance(pixels, Pixels):
            yield finding
        elif pixels.clear > CLEAR:
            share = percent(max(pixels.clear, 0.01))
            summary = "transparent parts of this image become black"
            yield breach("image-alpha", finding.location, summary, f"{share} of the square.", images=finding.images)


def loss(facts: Facts) -> float:
    """The share of a picture that is outside the square in its middle."""
    long, short = max(facts.width, facts.height), min(facts.width, facts.height)
    return 1 - short / long if long else 0.0


def near_duplicates(images: Sequence[ImageFile], measured: Mapping[str, Measured]) -> dict[str, str]:
    """Each image that looks like an earlier one, by name, with that one. Equal files are left to the rule about them."""
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
    # Beyond CROP_ADVISED the image has the warning image-crop already.
    is_narrow = max(facts.width, facts.height) > CROP_ADVISED * min(facts.width, facts.height)
    if not is_narrow and loss(facts) > LOSS:
        summary = "more than a quarter of this image is lost to the square"
        yield breach("image-cropped", place, summary, f"{percent(loss(facts))} goes.", images=[image.name])


def _judge_pixels(image: ImageFile, pixels: Pixels, place: Location) -> Iterator[Finding]:
    if pixels.is_blank:
        detail = f"Its brightness varies by {pixels.contrast:.1f} of 255."
        yield breach("image-blank", place, "this image is nearly one colour", detail, images=[image.name])
    if pixels.is_blurred:
        detail = f"Blur {pixels.blur:.2f}; sharp pictures have less than 0.6."
        yield breach("image-blurred", place, "this image is out of focus", detail, images=[image.name])


def _judge_twins(images: Sequence[ImageFile], twins: Mapping[str, str], place_of: PlaceOf) -> Iterator[Finding]:
    for image in images:
        if image.name in twins:
            summary = "this image is almost the same as another one"
            detail = f"Compare it with {shown(twins[image.name], 60)}."
            yield breach("image-alike", place_of(image), summary, detail, images=[image.name])


def _judge_padding(
    images: Sequence[ImageFile], measured: Mapping[str, Measured], twins: Mapping[str, str], place_of: PlaceOf
) -> Iterator[Finding]:
    """Images with bars, and those that are another one with a border. Near-duplicates are left to the rule about them."""
    seen = [(image, pixels) for image in images if isinstance(pixels := measured.get(image.digest), Pixels)]
    for image, pixels in seen:
        if image.name in twins:
            continue
        other = next((one.name for one, theirs in _like(pixels, seen) if is_padded_copy(pixels, theirs)), None)
        if other is not None:
            summary = "this image is another one with a border around it"
            detail = f"Compare it with {shown(other, 60)}."
            yield breach("image-padded", place_of(image), summary, detail, images=[image.name])
        elif pixels.bars:
            detail = f"They take {percent(pixels.bars)} of the square."
            yield breach(
                "image-padded", place_of(image), "this image has bars of one colour", detail, images=[image.name]
            )


def _like(pixels: Pixels, seen: Sequence[tuple[ImageFile, Pixels]]) -> Iterator[tuple[ImageFile, Pixels]]:
    """Images that may be what a border surrounds, by their hashes alone: of thousands, few are."""
    if pixels.inner is not None:
        own = pixels.inner.hash
        for one, theirs in seen:
            if (own ^ theirs.hash).bit_count() <= NEAR or (
                theirs.inner is not None and (own ^ theirs.inner.hash).bit_count() <= NEAR
            ):
                yield one, theirs


def _judge_masks(images: Sequence[ImageFile], measured: Mapping[str, Measured], place_of: PlaceOf) -> Iterator[Finding]:
    """Masks among pictures. Where most images are black and white, that is the style, unless a name tells of another image."""
    seen = [(image, pixels) for image in images if isinstance(pixels := measured.get(image.digest), Pixels)]
    masks = [(image, pixels) for image, pixels in seen if pixels.is_mask]
    by_stem = {_stem(image.name): image.name for image, pixels in seen if not pixels.is_mask}
    is_style = 2 * len(masks) > len(seen)
    for image, pixels in masks:
        owner = by_stem.get(_MASK_WORD.sub("", _stem(image.name)))
        if owner is None and is_style:
            continue
        whose = "" if owner is None else f" It seems to belong to {shown(owner, 60)}."
        detail = f"{percent(pixels.two_toned)} of it is black or white, in areas.{whose}"
        yield breach("image-mask", place_of(image), "this image seems to be a mask", detail, images=[image.name])


def _stem(name: str) -> str:
    return name[: name.rindex(".")]


def percent(share: float) -> str:
    """`12 %`."""
    return f"{share:.0%}".replace("%", " %")


def _judge_background(
    images: Sequence[ImageFile], measured: Mapping[str, Measured], place: Location
) -> Iterator[Finding]:
    seen = [pixels for image in images if isinstance(pixels := measured.get(image.digest), Pixels)]
    colours = [colour for pixels in seen if (colour := background(pixels)) is not None]
    if len(seen) >= ENOUGH and len(colours) >= ONE_BACKGROUND * len(seen) and are_one_colour(colours):
        red, green, blue = (round(sum(channel) / len(colours)) for channel in zip(*colours, strict=True))
        summary = f"{len(colours)} of {len(seen)} images have one and the same plain background"
        yield breach("images-background", place, summary, f"Its colour is about #{red:02x}{green:02x}{blue:02x}.")
