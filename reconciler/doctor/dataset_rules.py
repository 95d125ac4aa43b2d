"""The doctor's rules about a dataset as a whole: what is missing, alike, plain, or held twice."""

from collections.abc import Iterator, Mapping, Sequence

from reconciler.core.manifest.image import ImageFile
from reconciler.core.problem import Location
from reconciler.core.text import count
from reconciler.doctor.finding import Finding, found
from reconciler.doctor.picture import near_duplicates
from reconciler.doctor.pixels import Measured, Pixels, are_one_colour, background

ENOUGH = 5
"""Images from which a set can be called uniform."""

ALIKE = 1 / 3
ONE_GROUND = 0.9


def judge_whole(
    images: Sequence[ImageFile], measured: Mapping[str, Measured], place: Location, *, are_icons: bool
) -> Iterator[Finding]:
    """What a set says that no single image does; `place` is where the manifest names the folder."""
    unseen = [image.name for image in images if not image.has_content]
    if unseen:
        summary = f"{count(len(unseen), 'image')} could not be looked at"
        yield found("images-unseen", place, summary, "Only their Git LFS pointers are here.", images=unseen)
    twins = near_duplicates(images, measured)
    if len(images) >= ENOUGH and len(twins) >= ALIKE * len(images):
        summary = f"{len(twins)} of {len(images)} images are almost the same as another one"
        yield found("images-alike", place, summary, images=sorted({*twins, *twins.values()}))
    if not are_icons:
        yield from _judge_background(images, measured, place)


def judge_shared(
    images: Sequence[ImageFile], others: Mapping[str, frozenset[str]], place: Location
) -> Iterator[Finding]:
    """Images whose digest another dataset of the project holds; `others` is by the name of the dataset."""
    for name, digests in others.items():
        shared = [image.name for image in images if image.digest in digests]
        if shared:
            yield found("images-shared", place, f"{count(len(shared), 'image')} also in dataset/{name}", images=shared)


def _judge_background(
    images: Sequence[ImageFile], measured: Mapping[str, Measured], place: Location
) -> Iterator[Finding]:
    seen = [pixels for image in images if isinstance(pixels := measured.get(image.digest), Pixels)]
    colours = [colour for pixels in seen if (colour := background(pixels)) is not None]
    if len(seen) >= ENOUGH and len(colours) >= ONE_GROUND * len(seen) and are_one_colour(colours):
        red, green, blue = (round(sum(channel) / len(colours)) for channel in zip(*colours, strict=True))
        summary = f"{len(colours)} of {len(seen)} images have one and the same plain background"
        yield found("images-background", place, summary, f"Its colour is about #{red:02x}{green:02x}{blue:02x}.")
