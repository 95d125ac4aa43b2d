"""What differs in the content of two versions of a dataset: the guide, images, captions and who wrote them; a value."""

from collections.abc import Iterator
from enum import StrEnum

from reconciler.core.change import FieldChange
from reconciler.core.content_change import ImageChange, ImageEffect
from reconciler.core.diff.authorship import declared_by_git
from reconciler.core.diff.content_match import ContentMatch, match_live
from reconciler.core.live import RemoteDataset, RemoteImage
from reconciler.core.name import image_file_name, parse_dataset_name, parse_image_key
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass


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
    match = match_live(before.dataset.content, after.dataset.content)
    return DatasetDifference(
        ref=ref,
        before=_dataset_side(before),
        after=_dataset_side(after),
        fields=(*match.guide_changes, *_upload_type(before.dataset, after.dataset)),
        images=tuple(_images(match)),
        captions=tuple(_captions(match, _declared(before.dataset), _declared(after.dataset))),
    )


def _images(match: ContentMatch[RemoteImage]) -> Iterator[ImageChange]:
    """Those that go, those that come, and those with other bytes, by label."""
    replaced = {pair.wanted.id: pair.live for pair in match.replaced}
    gone = {image.id for image in replaced.values()}
    found = [_image(ImageEffect.REMOVED, image) for image in match.going if image.id not in gone]
    for image in match.coming:
        before = replaced.get(image.id)
        if before is None:
            found.append(_image(ImageEffect.ADDED, image))
        else:
            found.append(_image(ImageEffect.REPLACED, image, replaces=_key(before)))
    yield from sorted(found, key=lambda change: (change.name, change.effect, change.key))


def _image(effect: ImageEffect, image: RemoteImage, replaces: str = "") -> ImageChange:
    return ImageChange(
        effect=effect,
        name=_name(image),
        key=_key(image),
        id=image.id,
        replaces=replaces,
        caption=image.caption,
        hand_written=image.is_hand_written,
    )


def _captions(
    match: ContentMatch[RemoteImage], git_before: frozenset[str], git_after: frozenset[str]
) -> Iterator[CaptionDifference]:
    """Captions of images that stay or are replaced; another writer of the same words is a difference too."""
    pairs = (*match.staying, *match.replaced)
    for pair in sorted(pairs, key=lambda pair: (_name(pair.wanted), _key(pair.wanted))):
        then, now = pair.live, pair.wanted
        writers = _writer(then, git_before), _writer(now, git_after)
        if writers[0] is not writers[1] or not match.agrees(pair):
            yield CaptionDifference(
                key=_key(now),
                name=_name(now),
                before=then.caption,
                after=now.caption,
                before_by=writers[0],
                after_by=writers[1],
            )


def _declared(dataset: RemoteDataset) -> frozenset[str]:
    """Keys of the captions that git wrote, as far as the name's fingerprint tells."""
    name = parse_dataset_name(dataset.name)
    return (name and declared_by_git(name.fingerprint, dataset.content)) or frozenset()


def _writer(image: RemoteImage, by_git: frozenset[str]) -> Writer:
    if image.is_hand_written:
        return Writer.GIT if _key(image) in by_git else Writer.PERSON
    return Writer.AUTOMATIC if image.caption_source == "automatic" else Writer.NOBODY


def _upload_type(before: RemoteDataset, after: RemoteDataset) -> Iterator[FieldChange]:
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


def _name(image: RemoteImage) -> str:
    return image_file_name(image.image_name)


def _key(image: RemoteImage) -> str:
    """What tells the image apart: its key, or its whole name where somebody else gave it."""
    return parse_image_key(image.image_name) or image.image_name
