"""What differs in the content of two versions of a dataset: the guide, images, captions and who wrote them; a value."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from reconciler.core.change import FieldChange, ImageChange, ImageEffect
from reconciler.core.diff.authorship import declared_by_git
from reconciler.core.diff.content_match import by_key, unkeyed
from reconciler.core.guide import same_guide
from reconciler.core.live import RemoteDataset, RemoteImage
from reconciler.core.name import parse_dataset_name, parse_image_label
from reconciler.core.ref import Ref
from reconciler.core.text import same_text


class Writer(StrEnum):
    """Who wrote a caption; PERSON also where nothing tells that git did."""

    GIT = "git"
    PERSON = "person"
    AUTOMATIC = "automatic"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two versions: what it is called (`v2`, a revision), and its id, None where it is not live."""

    label: str
    id: int | None = None
    fingerprint: str | None = None
    images: int | None = None
    """How many images a dataset holds; None for a model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetVersion:
    """A dataset to compare, read in full. `title` is what a model that was trained on it calls it: `lora-poses v2`."""

    label: str
    title: str
    dataset: RemoteDataset
    is_live: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionDifference:
    """The caption of one image before and after; a text is None where it is not known or not there.

    `name` is the label of the image, `key` that of the image after.
    """

    key: str
    name: str
    before: str | None
    after: str | None
    before_by: Writer
    after_by: Writer

    @property
    def concerns_people(self) -> bool:
        """Did a person write the text that went or the one that came?"""
        return Writer.PERSON in (self.before_by, self.after_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetDifference:
    """What differs between two datasets; `ref` is the manifest of the later one, None where a person named it."""

    ref: Ref | None
    before: Side
    after: Side
    fields: tuple[FieldChange, ...]
    images: tuple[ImageChange, ...]
    captions: tuple[CaptionDifference, ...]

    @property
    def is_none(self) -> bool:
        return not (self.fields or self.images or self.captions)


def compare_datasets(ref: Ref | None, before: DatasetVersion, after: DatasetVersion) -> DatasetDifference:
    """Images by key, captions by image, and the fields of the dataset."""
    old, new = _identified(before.dataset), _identified(after.dataset)
    pairs = _pairs(old, new)
    return DatasetDifference(
        ref=ref,
        before=_dataset_side(before),
        after=_dataset_side(after),
        fields=tuple(_dataset_fields(before.dataset, after.dataset)),
        images=tuple(_images(old, new, pairs)),
        captions=tuple(_captions(before.dataset, after.dataset, old, new, pairs)),
    )


def _identified(dataset: RemoteDataset) -> dict[str, RemoteImage]:
    """Live images by key; by name those of somebody else, which carry none."""
    images = dataset.images or ()
    return by_key(images) | {image.image_name: image for image in unkeyed(images)}


def _pairs(old: dict[str, RemoteImage], new: dict[str, RemoteImage]) -> dict[str, str]:
    """For each image that comes under the label of one that goes: its key to the key of that one."""
    going: dict[str, list[str]] = {}
    for key in sorted(old.keys() - new.keys()):
        going.setdefault(_label(old[key]), []).append(key)
    coming = sorted(new.keys() - old.keys())
    return {key: going[label].pop(0) for key in coming if going.get(label := _label(new[key]))}


def _images(old: dict[str, RemoteImage], new: dict[str, RemoteImage], pairs: dict[str, str]) -> Iterator[ImageChange]:
    """Those that go, those that come, and those with other bytes, by label."""
    found = [_image(ImageEffect.REMOVED, key, old[key]) for key in old.keys() - new.keys() - set(pairs.values())]
    for key in new.keys() - old.keys():
        effect = ImageEffect.REPLACED if key in pairs else ImageEffect.ADDED
        found.append(_image(effect, key, new[key], replaces=pairs.get(key, "")))
    yield from sorted(found, key=lambda change: (change.name, change.effect, change.key))


def _image(effect: ImageEffect, key: str, image: RemoteImage, replaces: str = "") -> ImageChange:
    return ImageChange(
        effect=effect,
        name=_label(image),
        key=key,
        id=image.id,
        replaces=replaces,
        caption=image.caption,
        hand_written=image.is_hand_written,
    )


def _captions(
    before: RemoteDataset,
    after: RemoteDataset,
    old: dict[str, RemoteImage],
    new: dict[str, RemoteImage],
    pairs: dict[str, str],
) -> Iterator[CaptionDifference]:
    """Captions of images that stay or are replaced; another writer of the same words is a difference too."""
    by_git = _declared(before), _declared(after)
    staying = {key: key for key in old.keys() & new.keys()} | pairs
    for key in sorted(staying, key=lambda key: (_label(new[key]), key)):
        then, now = old[staying[key]], new[key]
        writers = _writer(then, staying[key], by_git[0]), _writer(now, key, by_git[1])
        if writers[0] is not writers[1] or not same_text(then.caption, now.caption):
            yield CaptionDifference(
                key=key,
                name=_label(now),
                before=then.caption,
                after=now.caption,
                before_by=writers[0],
                after_by=writers[1],
            )


def _declared(dataset: RemoteDataset) -> frozenset[str]:
    """Keys of the captions that git wrote, as far as the name's fingerprint tells."""
    name = parse_dataset_name(dataset.name)
    return (name and declared_by_git(name.fingerprint, dataset.content)) or frozenset()


def _writer(image: RemoteImage, key: str, by_git: frozenset[str]) -> Writer:
    if image.is_hand_written:
        return Writer.GIT if key in by_git else Writer.PERSON
    return Writer.AUTOMATIC if image.caption_source == "automatic" else Writer.NOBODY


def _dataset_fields(before: RemoteDataset, after: RemoteDataset) -> Iterator[FieldChange]:
    if not same_guide(before.guide, after.guide):
        texts = [{} if one.guide is None else one.guide.body for one in (before, after)]
        for field in dict.fromkeys((*texts[0], *texts[1])):
            yield FieldChange(path=field, before=texts[0].get(field), after=texts[1].get(field))
    if before.upload_type != after.upload_type:
        yield FieldChange(path="upload_type", before=before.upload_type, after=after.upload_type)


def _dataset_side(version: DatasetVersion) -> Side:
    name = parse_dataset_name(version.dataset.name)
    return Side(
        label=version.label,
        id=version.dataset.id if version.is_live else None,
        fingerprint=None if name is None else name.fingerprint,
        images=len(version.dataset.images or ()),
    )


def _label(image: RemoteImage) -> str:
    return parse_image_label(image.image_name)
