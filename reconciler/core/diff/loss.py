"""Which images and which captions of people a dataset version loses, beside what is live before it is made.

What is live is the newest completed version (the base) together with the open draft. So it makes no difference how the
version is made: as a clone, uploaded afresh, or by a run that was cut off and goes on in its draft.
"""

from reconciler.core.content_change import LostCaption, LostImage
from reconciler.core.guide import same_caption
from reconciler.core.live import NOTHING_LIVE, LiveContent, RemoteImage
from reconciler.core.name import image_file_name
from reconciler.core.value import dataclass
from reconciler.core.wish import DatasetWish


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveImages:
    """Images of one live dataset. `by_git` are keys whose caption git wrote; None where nothing tells."""

    content: LiveContent = NOTHING_LIVE
    by_git: frozenset[str] | None = frozenset()

    def by_hand(self) -> dict[str, RemoteImage]:
        """Images whose caption a person or git wrote, by their key."""
        return {key: image for key, image in self.content.keyed.items() if image.is_hand_written}

    def by_person(self) -> dict[str, RemoteImage]:
        """Images whose caption a person wrote, and git never did, by their key."""
        return {key: image for key, image in self.by_hand().items() if self.by_git is None or key not in self.by_git}


def lost_images(
    base: LiveImages, base_version: int | None, draft: LiveImages, wish: DatasetWish
) -> tuple[LostImage, ...]:
    """Images of the base and of the draft that the wish does not hold, by their label.

    Images of the base that carry no digest count too: no version that is made from files can hold them. A draft that
    holds such images is refused before anything else.
    """
    wanted = {image.key for image in wish.images}
    kept = base.content.keyed
    people = _by_person(base, draft)
    written = {**base.by_hand(), **draft.by_hand(), **people}
    found = [
        LostImage(
            key=key,
            name=image_file_name(image.image_name),
            kept_in=base_version if key in kept else None,
            caption=written[key].caption if key in written else None,
            by_person=key in people,
        )
        for key, image in {**kept, **draft.content.keyed}.items()
        if key not in wanted
    ]
    found += [
        LostImage(
            key="",
            name=image.image_name,
            kept_in=base_version,
            caption=image.caption if image.is_hand_written else None,
            by_person=image.is_hand_written,
        )
        for image in base.content.unkeyed
    ]
    return tuple(sorted(found, key=lambda image: (image.name, image.key)))


def lost_captions(base: LiveImages, draft: LiveImages, wish: DatasetWish) -> tuple[LostCaption, ...]:
    """Captions of people that git's replace, by name."""
    people = _by_person(base, draft)
    found = []
    for image in sorted(wish.images, key=lambda image: image.name):
        before = people[image.key].caption if image.key in people else None
        if before is not None and image.caption is not None and not same_caption(wish.guide, before, image.caption):
            found.append(LostCaption(key=image.key, name=image.name, before=before, after=image.caption))
    return tuple(found)


def _by_person(base: LiveImages, draft: LiveImages) -> dict[str, RemoteImage]:
    """A caption that a person wrote in the draft is newer than that in the base."""
    return {**base.by_person(), **draft.by_person()}


def count_live(base: LiveImages, draft: LiveImages) -> int:
    """Images of both together, each counted once."""
    return len(base.content.keyed.keys() | draft.content.keyed.keys()) + len(base.content.unkeyed)
