"""How the content of a live dataset compares with what a version of it must hold."""

from collections.abc import Iterable

from reconciler.core.change import DatasetWish
from reconciler.core.guide import same_caption, same_guide
from reconciler.core.live import RemoteDataset, RemoteImage
from reconciler.core.name import parse_image_key
from reconciler.core.text import count, quoted


def by_key(images: Iterable[RemoteImage]) -> dict[str, RemoteImage]:
    """Live images by their key, of twins the lowest id; images without a key are left out."""
    found: dict[str, RemoteImage] = {}
    for image in sorted(images, key=lambda image: image.id):
        key = parse_image_key(image.image_name)
        if key is not None:
            found.setdefault(key, image)
    return found


def twins(images: Iterable[RemoteImage]) -> tuple[RemoteImage, ...]:
    """Of live images with one key, all but the lowest id."""
    images = tuple(images)
    kept = {image.id for image in by_key(images).values()}
    return tuple(
        image
        for image in sorted(images, key=lambda image: image.id)
        if image.id not in kept and parse_image_key(image.image_name) is not None
    )


def unkeyed(images: Iterable[RemoteImage]) -> tuple[RemoteImage, ...]:
    """Live images that carry no key: somebody else put them there, or the API renamed them."""
    return tuple(image for image in images if parse_image_key(image.image_name) is None)


def unfit(dataset: RemoteDataset, wish: DatasetWish) -> tuple[str, ...]:
    """Why a dataset that was read in full is not its wish, a sentence each; empty where it fits."""
    images = dataset.images or ()
    live, wanted = by_key(images), {image.key: image for image in wish.images}
    reasons = []
    if not same_guide(dataset.guide, wish.guide):
        reasons.append(f"its {wish.guide.field} is {quoted(dataset.guide.line if dataset.guide else '')}")
    if dataset.is_regenerating:
        reasons.append("its captions are being regenerated")
    if missing := wanted.keys() - live.keys():
        reasons.append(f"{count(len(missing), 'image')} of {len(wanted)} missing")
    extra = len(images) - len(live.keys() & wanted.keys())
    if extra > 0:
        reasons.append(f"{count(extra, 'image')} too many")
    if dataset.images_count is not None and dataset.images_count != len(images):
        reasons.append(f"it lists {len(images)} images and counts {dataset.images_count}")
    reasons.extend(_caption_reasons(images, wish))
    return tuple(reasons)


def _caption_reasons(images: Iterable[RemoteImage], wish: DatasetWish) -> list[str]:
    declared = {image.key: image.caption for image in wish.images}
    empty, different = 0, 0
    for key, image in by_key(images).items():
        text = declared.get(key)
        if image.caption is None:
            empty += 1
        elif text is not None and not same_caption(wish.guide, image.caption, text):
            different += 1
    reasons = []
    if empty:
        reasons.append(f"{count(empty, 'image')} without a caption")
    if different:
        reasons.append(f"{count(different, 'caption')} not as declared")
    return reasons
