"""Which captions are regenerated, awaited and written, decided on what a draft shows at one read."""

from collections.abc import Container, Iterable, Mapping

from reconciler.core.action import KeyedText
from reconciler.core.content_change import CaptionChange
from reconciler.core.guide import Guide, same_caption
from reconciler.core.live import RemoteDataset, RemoteImage
from reconciler.core.name import parse_image_key
from reconciler.core.run.clone import CaptionWrite
from reconciler.core.value import dataclass
from reconciler.core.wish import DatasetWish, WishImage


@dataclass(frozen=True, slots=True, kw_only=True)
class Regeneration:
    """The images whose captions are regenerated: all at once, or one by one beside texts that people wrote."""

    images: tuple[RemoteImage, ...]
    collective: bool


def regeneration(dataset: RemoteDataset) -> Regeneration:
    """How the automatic captions of a draft are regenerated without touching any other."""
    images = dataset.images or ()
    automatic = tuple(image for image in images if image.is_automatic)
    return Regeneration(images=automatic, collective=len(automatic) > 1 and len(automatic) == len(images))


def captions_by_id(images: Iterable[RemoteImage]) -> dict[int, str | None]:
    """The captions of some images by their ids, to be compared with later."""
    return {image.id: image.caption for image in images}


def has_moved(before: Mapping[int, str | None], dataset: RemoteDataset) -> bool:
    """Did any of these captions change?"""
    return any(image.caption != before.get(image.id, image.caption) for image in dataset.images or ())


def not_regenerated(before: Mapping[int, str | None], dataset: RemoteDataset) -> tuple[RemoteImage, ...]:
    """Images that a collective regeneration passed by: still the text of before, or none at all."""
    return tuple(
        image
        for image in dataset.images or ()
        if image.caption is None or (image.is_automatic and before.get(image.id) == image.caption)
    )


def text_to_inherit(images: Iterable[RemoteImage], key: str) -> CaptionWrite | None:
    """Of images with one digest the first stays: the text that it takes over where only a later one has a person's."""
    alike = sorted((one for one in images if parse_image_key(one.image_name) == key), key=lambda one: one.id)
    texts = [one.caption for one in alike[1:] if one.is_hand_written and one.caption is not None]
    return CaptionWrite(image=alike[0], text=texts[0]) if texts and not alike[0].is_hand_written else None


def awaited(dataset: RemoteDataset) -> tuple[RemoteImage, ...]:
    """Images that have no caption yet."""
    return tuple(image for image in dataset.images or () if image.caption is None)


def missing(dataset: RemoteDataset, wish: DatasetWish) -> tuple[WishImage, ...]:
    """Images of the wish that the draft does not hold."""
    live = dataset.content.keyed
    return tuple(image for image in wish.images if image.key not in live)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionWrites:
    """Texts to write now; images whose text a person changed since the plan; texts that the API did not keep."""

    writes: tuple[CaptionWrite, ...] = ()
    edited: tuple[RemoteImage, ...] = ()
    unkept: tuple[RemoteImage, ...] = ()


def expected_texts(
    texts: Iterable[KeyedText], changes: Iterable[CaptionChange], zipped: Mapping[str, str]
) -> dict[str, str | None]:
    """What the plan knew of each declared caption, by key: the text that was live where it changes, else the text.

    `zipped` are the texts of an archive: an image that came in it has that text, perhaps in a form of the API's own.
    """
    known: dict[str, str | None] = {text.key: text.text for text in texts}
    return known | dict(zipped) | {change.key: change.before for change in changes}


def caption_writes(
    dataset: RemoteDataset,
    texts: Iterable[KeyedText],
    *,
    guide: Guide,
    expected: Mapping[str, str | None],
    written: Container[int],
) -> CaptionWrites:
    """Which texts are written: declared ones that differ, carried ones where nobody has written another.

    `expected` holds what the plan knew by key, `written` the images whose text this run has written before: where one
    of them shows another text than an automatic one, it is not written again.
    """
    live = dataset.content.keyed
    writes, edited, unkept = [], [], []
    for text in texts:
        image = live.get(text.key)
        if image is None or not _is_due(guide, image, text):
            continue
        if image.is_hand_written and image.id in written:
            unkept.append(image)
            continue
        if image.is_hand_written and not _is_expected(guide, image.caption, expected.get(text.key)):
            edited.append(image)
        writes.append(CaptionWrite(image=image, text=text.text))
    return CaptionWrites(writes=tuple(writes), edited=tuple(edited), unkept=tuple(unkept))


def _is_expected(guide: Guide, caption: str | None, known: str | None) -> bool:
    """Is it the text that the plan knew, or that text without the guide, which the API may cut off (V59)?"""
    return same_caption(guide, caption, known) or same_caption(guide, caption, known and guide.own_words(known))


def _is_due(guide: Guide, image: RemoteImage, text: KeyedText) -> bool:
    return not same_caption(guide, image.caption, text.text) if text.declared else not image.is_hand_written
