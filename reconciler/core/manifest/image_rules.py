"""The API's rules for image files, and what a person should know before uploading them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

from reconciler.core.guide import Guide
from reconciler.core.manifest.image import FORMAT_OF, Facts, FolderImages, FolderSummary, ImageFile, Trait
from reconciler.core.manifest.portable import clashes, unportable
from reconciler.core.problem import Location, Problem, Severity
from reconciler.core.text import count, quoted, shown
from reconciler.core.uploads import Uploads

PIXEL_LIMIT = 120_000_000
SIDE_LIMIT = 65_535
BYTES_ADVISED = 12 * 1024 * 1024
"""Bytes above which other operations of the API answer 413; for training images no limit is documented."""

SMALL, FULL = 256, 1024
"""Pixels of a side: from SMALL on an image can be scaled up; FULL is what is trained on."""

CROP_ADVISED = 2
"""The long side divided by the short side, above which much is cut off: images are cropped to a square."""

_TRAITS = {
    Trait.ALPHA: ("has transparent parts, or could have", "Transparency becomes black."),
    Trait.BILEVEL: ("is black and white only", "Each pixel is either black or white."),
    Trait.CMYK: ("is in CMYK colours, made for print", "Colours may change; export it as RGB (sRGB)."),
    Trait.DEEP: ("has more than 8 bits a colour", "It is reduced to 8 bits."),
    Trait.LOCATED: ("says where it was taken", "The location will be uploaded; export it without metadata."),
    Trait.ROTATED: ("is turned by a note in its metadata", "It may be trained lying on its side; export it upright."),
}


def judge_images(
    images: Sequence[ImageFile],
    place_of: Callable[[ImageFile], Location],
    *,
    scales_up: bool,
    can_scale_up: bool = True,
) -> Iterator[Problem]:
    """All problems with the files of one dataset. `place_of` gives the place of a file.

    `scales_up`: small images are scaled up. `can_scale_up`: they could be, with another key in the manifest.
    """
    floor = SMALL if scales_up else FULL
    if isinstance(images, FolderImages) and _are_plain(images, floor):
        return
    yield from _judge_names(images, place_of)
    yield from _judge_doubles(images, place_of)
    for image in images:
        if image.flaw is not None:
            flaw, place = image.flaw, place_of(image)
            yield Problem(rule=flaw.rule, location=place, summary=flaw.summary, detail=flaw.detail, remedy=flaw.remedy)
        elif image.facts is not None and not _is_plain(image.facts, image.size, _suffix(image.name), floor):
            yield from _judge_facts(image, image.facts, place_of(image), floor, can_scale_up=can_scale_up)


def _are_plain(images: FolderImages, floor: int) -> bool:
    """Is it certain, without looking at each image, that no rule has anything to say about any of them?"""
    summary: FolderSummary = images.summary
    return (
        summary.sound
        and summary.distinct == len(images)
        and all(_is_plain(facts, summary.largest, suffix, floor) for facts, suffix, _ in summary.facts)
        and summary.plain_names
    )


def _is_plain(facts: Facts, size: int, suffix: str, floor: int) -> bool:
    """Is it certain that no rule has anything to say about such an image? Most are like that, and trees are large."""
    return (
        floor < facts.width <= CROP_ADVISED * facts.height
        and floor < facts.height <= CROP_ADVISED * facts.width
        and facts.width * facts.height <= PIXEL_LIMIT
        and facts.width <= SIDE_LIMIT
        and facts.height <= SIDE_LIMIT
        and not facts.traits
        and not facts.trailing
        and size <= BYTES_ADVISED
        and FORMAT_OF.get(suffix) == facts.format
    )


def _suffix(name: str) -> str:
    return name[name.rfind(".") :].lower()


def _judge_facts(
    image: ImageFile, facts: Facts, place: Location, floor: int, *, can_scale_up: bool
) -> Iterator[Problem]:
    width, height = facts.width, facts.height
    if not width or not height or width * height > PIXEL_LIMIT or max(width, height) > SIDE_LIMIT:
        yield Problem(
            rule="image-pixels",
            location=place,
            summary="this image is too large" if width and height else "this image has no size",
            detail=f"{width:,} by {height:,} pixels; at most {PIXEL_LIMIT // 1_000_000} million are taken.",
            remedy="Export it smaller; training uses 1024 by 1024.",
        )
        return
    yield from _judge_size(facts, place, floor, can_scale_up=can_scale_up)
    if max(width, height) > CROP_ADVISED * min(width, height):
        yield _note(
            "image-crop", place, "is long and narrow", f"{width:,} by {height:,} pixels; only a square is kept."
        )
    for trait in facts.traits:
        what, detail = _TRAITS[trait]
        yield _note(f"image-{trait.value}", place, what, detail)
    if facts.trailing:
        more = count(facts.trailing, "byte")
        yield _note(
            "image-trailing", place, "goes on behind its end", f"{more} follow that are no part of the picture."
        )
    if image.size > BYTES_ADVISED:
        yield _note(
            "image-bytes", place, "is larger than 12 MB", f"{image.size / 1024 / 1024:,.1f} MB; Bria may refuse it."
        )
    suffix = "." + image.name.rpartition(".")[2].lower()
    if FORMAT_OF.get(suffix) != facts.format:
        yield _note(
            "image-suffix", place, "has the suffix of another format", f"It is a {facts.format}, named {suffix}."
        )


def _judge_size(facts: Facts, place: Location, floor: int, *, can_scale_up: bool) -> Iterator[Problem]:
    """An error only if both readings of the rule agree, that the short side counts or that the area counts (U32)."""
    short, area = min(facts.width, facts.height), facts.width * facts.height
    size = f"{facts.width:,} by {facts.height:,} pixels"
    if short < floor and area < floor * floor:
        remedy = "Use a larger picture."
        if floor == FULL and can_scale_up and area >= SMALL * SMALL:
            remedy += " Or write increase_resolution: true, so that Bria scales it up."
        yield Problem(
            rule="image-small",
            location=place,
            summary="this image is too small",
            detail=f"{size}; each side needs {floor:,}.",
            remedy=remedy,
        )
    elif short <= floor and (can_scale_up or short < floor):
        yield _note(
            "image-edge", place, "is just at the smallest size", f"{size}; Bria may refuse it below {floor + 1:,}."
        )


def edge_images(images: Iterable[ImageFile]) -> int:
    """How many are exactly as large as an archive takes them: thousands may be, for that is what is trained on."""
    if isinstance(images, FolderImages):
        return sum(number for facts, _, number in images.summary.facts if min(facts.width, facts.height) == FULL)
    return sum(1 for image in images if image.facts and min(image.facts.width, image.facts.height) == FULL)


def small_images(images: Iterable[ImageFile]) -> int:
    """How many images will be scaled up."""
    if isinstance(images, FolderImages):
        return sum(number for facts, _, number in images.summary.facts if min(facts.width, facts.height) < FULL)
    return sum(1 for image in images if image.facts and min(image.facts.width, image.facts.height) < FULL)


def _judge_names(images: Sequence[ImageFile], place_of: Callable[[ImageFile], Location]) -> Iterator[Problem]:
    for image in images:
        why = next(filter(None, map(unportable, image.name.split("/"))), None)
        if why is not None:
            yield Problem(
                rule="name-portable",
                location=place_of(image),
                summary="this file cannot be checked out on every machine",
                detail=f"{shown(image.name, 60)}: {why}.",
                remedy="Rename it, with letters, digits, hyphens and underscores.",
            )
    by_path = {image.path: image for image in images}
    for first, second in clashes(by_path):
        yield Problem(
            rule="name-clash",
            location=place_of(by_path[second]),
            summary="two files have one name on some machines",
            detail=f"{quoted(first, 60)} and {quoted(second, 60)}.",
            remedy="Rename one of them.",
        )


def _judge_doubles(images: Sequence[ImageFile], place_of: Callable[[ImageFile], Location]) -> Iterator[Problem]:
    if len({image.digest for image in images}) == len(images):
        return
    first: dict[str, ImageFile] = {}
    for image in images:
        other = first.setdefault(image.digest, image)
        if other is not image:
            yield Problem(
                rule="image-double",
                location=place_of(image),
                summary="two files hold the same image",
                detail=f"{quoted(other.path, 60)} and {quoted(image.path, 60)} are equal, byte for byte.",
                remedy="Remove one of them.",
            )


def judge_count(
    number: int,
    status: Literal["draft", "completed"],
    guide: Guide,
    uploads: Uploads,
    place: Callable[[], Location],
    *,
    left_out: Sequence[str] = (),
) -> Iterator[Problem]:
    """How many images a dataset may have, and must have to be completed. `left_out` are those that no pattern takes."""
    if number > uploads.most_images:
        yield Problem(
            rule="dataset-count",
            location=place(),
            summary=f"more than {uploads.most_images:,} images",
            detail=f"{number:,} images; {uploads.what} takes {uploads.most_images:,}.",
            remedy=f"Leave some out with `include`, or {uploads.more}.",
        )
    if number == 0:
        yield Problem(
            rule="dataset-count",
            location=place(),
            summary="this dataset has no image",
            detail=f"{count(len(left_out), 'image')} in the folder, such as {quoted(left_out[0], 60)}, and no pattern takes one."
            if left_out
            else "Images are files that end in .png, .jpg, .jpeg or .webp.",
            remedy="Correct `include`, or leave it out to take all of them."
            if left_out
            else "Put images into the folder, or correct `path` and `include`.",
            severity=Severity.ERROR if status == "completed" else Severity.WARNING,
        )
    elif number < guide.least_images and status == "completed":
        yield Problem(
            rule="dataset-count",
            location=place(),
            summary=f"fewer than {guide.least_images} images",
            detail=f"{count(number, 'image')}; a dataset with a {guide.field} is completed with {guide.least_images}.",
            remedy="Add images, or write `status: draft`.",
        )


def judge_bytes(images: Sequence[ImageFile], uploads: Uploads, place: Callable[[], Location]) -> Iterator[Problem]:
    """How many bytes all images of a dataset may have together."""
    most = uploads.most_bytes
    if most is not None and (size := sum(image.size + uploads.entry_bytes for image in images)) > most:
        yield Problem(
            rule="dataset-bytes",
            location=place(),
            summary=f"more than {most // 1_000_000_000} GB",
            detail=f"{size / 1e9:,.2f} GB in {count(len(images), 'image')}; one archive takes {most // 1_000_000_000} GB.",
            remedy="Leave some out with `include`, make two datasets, or save images as JPEG or WebP.",
        )


def _note(rule: str, place: Location, what: str, detail: str) -> Problem:
    return Problem(rule=rule, location=place, summary=f"this image {what}", detail=detail, severity=Severity.WARNING)
