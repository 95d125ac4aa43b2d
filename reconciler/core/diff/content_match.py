"""The one matcher of what a dataset holds with what it should hold, or with what another dataset holds.

An image is identified by its digest's key. Its name is a label: it only tells which image that comes takes the place of
which one that goes. Whether a dataset fits, what is left to do, and what differs for people are all read off the match.
"""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from reconciler.core.change import FieldChange, Scalar
from reconciler.core.diff.field import field_changes
from reconciler.core.guide import Guide, same_caption, same_guide
from reconciler.core.live import LiveContent, RemoteDataset, RemoteImage
from reconciler.core.name import image_label, parse_image_label
from reconciler.core.text import count, quoted
from reconciler.core.value import dataclass
from reconciler.core.wish import DatasetWish, WishImage

GUIDE_PARTS_NAMED = 3
"""Parts of a guide that a reason names; a plan or `diff` shows all of them."""

T = TypeVar("T", WishImage, RemoteImage)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePair(Generic[T]):
    """A live image, and the wanted one that it is, or that takes its place."""

    live: RemoteImage
    wanted: T


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentMatch(Generic[T]):
    """How live content compares with wanted content; wanted images are in the order in which they were given.

    `coming` and `going` hold the replaced ones too. `unkeyed` are images of somebody else, which carry no digest.
    """

    live: LiveContent
    guide: Guide | None
    """What the wanted captions are guided by."""
    staying: tuple[ImagePair[T], ...]
    coming: tuple[T, ...]
    going: tuple[RemoteImage, ...]
    replaced: tuple[ImagePair[T], ...]
    twins: tuple[RemoteImage, ...]
    unkeyed: tuple[RemoteImage, ...]

    @property
    def guide_changes(self) -> tuple[FieldChange, ...]:
        """What differs between the guides, by path; empty where they say the same."""
        return guide_changes(self.live.guide, self.guide)

    @property
    def differing(self) -> tuple[ImagePair[T], ...]:
        """Images that stay, and whose wanted caption is another than the live one."""
        return tuple(pair for pair in self.staying if pair.wanted.caption is not None and not self.agrees(pair))

    def agrees(self, pair: ImagePair[T]) -> bool:
        """Do the two captions of a pair say the same?"""
        return same_caption(self.guide or self.live.guide, pair.live.caption, pair.wanted.caption)


def guide_changes(before: Guide | None, after: Guide | None) -> tuple[FieldChange, ...]:
    """What differs between two guides, by path; empty where they say the same.

    Two schemas differ in parts (`visual_schema.style`). A guide that comes or goes, and a prefix, is one field.
    """
    if same_guide(before, after):
        return ()
    if (
        before is not None
        and after is not None
        and isinstance(before.content, dict)
        and isinstance(after.content, dict)
    ):
        return field_changes({before.field: before.content}, {after.field: after.content})
    then: dict[str, str] = {} if before is None else before.body
    now: dict[str, str] = {} if after is None else after.body
    fields = dict.fromkeys((*then, *now))
    return tuple(FieldChange(path=field, before=then.get(field), after=now.get(field)) for field in fields)


def match_wish(live: LiveContent, wish: DatasetWish) -> ContentMatch[WishImage]:
    """Compare with what a version must hold; images of somebody else stand apart, since no wish can name them."""
    wanted = {image.key: image for image in sorted(wish.images, key=lambda image: image.name)}
    labels = {key: image_label(image.name) for key, image in wanted.items()}
    return _match(live, live.keyed, wish.guide, wanted, labels)


def match_live(before: LiveContent, after: LiveContent) -> ContentMatch[RemoteImage]:
    """Compare two live datasets; images that carry no key are told apart by their names."""
    wanted = dict(sorted(_named(after).items()))
    labels = {key: parse_image_label(image.image_name) for key, image in wanted.items()}
    return _match(before, _named(before), after.guide, wanted, labels)


def _named(content: LiveContent) -> dict[str, RemoteImage]:
    return content.keyed | {image.image_name: image for image in content.unkeyed}


def _match(
    content: LiveContent,
    live: dict[str, RemoteImage],
    guide: Guide | None,
    wanted: dict[str, T],
    labels: dict[str, str],
) -> ContentMatch[T]:
    coming = [key for key in wanted if key not in live]
    going = tuple(image for key, image in live.items() if key not in wanted)
    left: dict[str, list[RemoteImage]] = {}
    for image in going:
        left.setdefault(parse_image_label(image.image_name), []).append(image)
    # Of several images with one label the oldest goes first: which of them is replaced is a guess, but always the same.
    replaced = [ImagePair(live=left[labels[key]].pop(0), wanted=wanted[key]) for key in coming if left.get(labels[key])]
    return ContentMatch(
        live=content,
        guide=guide,
        staying=tuple(ImagePair(live=live[key], wanted=image) for key, image in wanted.items() if key in live),
        coming=tuple(wanted[key] for key in coming),
        going=going,
        replaced=tuple(replaced),
        twins=content.twins,
        unkeyed=content.unkeyed,
    )


def unfit(dataset: RemoteDataset, wish: DatasetWish) -> tuple[str, ...]:
    """Why a dataset that was read in full is not its wish, a sentence each; empty where it fits."""
    match = match_wish(dataset.content, wish)
    images = match.live.images
    reasons = [] if dataset.is_filled_by(wish.uploads) else [f"its upload_type is {quoted(dataset.upload_type or '')}"]
    reasons += guide_reasons(dataset.guide, wish.guide)
    if dataset.is_regenerating:
        reasons.append("its captions are being regenerated")
    if match.coming:
        reasons.append(f"{count(len(match.coming), 'image')} of {len(wish.images)} missing")
    if extra := len(match.going) + len(match.twins) + len(match.unkeyed):
        reasons.append(f"{count(extra, 'image')} too many")
    if dataset.images_count not in {None, len(images)}:
        reasons.append(f"it lists {len(images)} images and counts {dataset.images_count}")
    # What people completed without captions is frozen so: git cannot ask for another, and adopted it as it is.
    is_as_made = dataset.adopted_from is not None and dataset.is_completed
    if not is_as_made and (empty := uncaptioned((*match.going, *(pair.live for pair in match.staying)))):
        reasons.append(f"{count(empty, 'image')} without a caption")
    if different := sum(pair.live.caption is not None for pair in match.differing):
        reasons.append(f"{count(different, 'caption')} not as declared")
    return tuple(reasons)


def guide_reasons(live: Guide | None, wanted: Guide) -> Iterator[str]:
    """How a live guide differs from the one that git declares: a sentence for each path, and one for all that are left."""
    changes = guide_changes(live, wanted)
    for change in changes[:GUIDE_PARTS_NAMED]:
        yield f"its {change.path} is {_said(change.before, 'not there')}, git declares {_said(change.after, 'nothing')}"
    if (left := len(changes) - GUIDE_PARTS_NAMED) > 0:
        yield f"{count(left, 'more part')} of its {wanted.field} differ{'s' if left == 1 else ''}"


def _said(value: Scalar, nothing: str) -> str:
    return nothing if value is None else quoted(str(value))


def uncaptioned(images: Iterable[RemoteImage]) -> int:
    """How many images have no caption yet."""
    return sum(image.caption is None for image in images)
