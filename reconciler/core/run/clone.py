"""The check of a clone: what came along, what must be written again, and which names and guides follow."""

from reconciler.core.guide import Guide, same_caption, same_guide
from reconciler.core.live import RemoteDataset, RemoteImage
from reconciler.core.name import DraftName
from reconciler.core.run.draft_ownership import draft_name
from reconciler.core.value import dataclass
from reconciler.core.wish import DatasetWish


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionWrite:
    """One text to write to one live image."""

    image: RemoteImage
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """One PUT of a draft: its name and its guide; none is sent where the source has none."""

    name: DraftName
    guide: Guide | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloneFinding:
    """What the check of a clone found. With `unkeyed` images it failed, and nothing else may be done.

    `rewrites` come first, then `puts` in their order; `missing` are keys of the wish that the source holds and the
    clone does not: they are uploaded where the captions are written.
    """

    unkeyed: tuple[RemoteImage, ...]
    rewrites: tuple[CaptionWrite, ...]
    missing: tuple[str, ...]
    stale: bool
    puts: tuple[Put, ...]


def has_arrived(source: RemoteDataset, draft: RemoteDataset) -> bool:
    """Does the clone hold as many images as its source, as far as reads and counts tell?"""
    wanted = max(len(source.images or ()), source.images_count or 0) + source.copies
    held = len(draft.images or ())
    return held >= wanted and (draft.images_count is None or draft.images_count >= wanted)


def check_clone(
    source: RemoteDataset, draft: RemoteDataset, name: DraftName, wish: DatasetWish, mark: str
) -> CloneFinding:
    """Compare a clone with its source, image by image, as far as the wish wants them."""
    live = draft.content.keyed
    wanted = {image.key for image in wish.images}
    origin = {key: image for key, image in source.content.keyed.items() if key in wanted}
    pairs = [(image, live[key]) for key, image in origin.items() if key in live]
    moved = not same_guide(source.guide, draft.guide)
    stale = name.stale or any(_follows_another_guide(wish.guide, image, copy, moved=moved) for image, copy in pairs)
    return CloneFinding(
        unkeyed=draft.content.unkeyed,
        rewrites=tuple(
            CaptionWrite(image=copy, text=image.caption or "")
            for image, copy in pairs
            if _lost_by_clone(wish.guide, image, copy)
        ),
        missing=tuple(sorted(origin.keys() - live.keys())),
        stale=stale,
        puts=_puts(source, draft, wish, mark=mark, of=name.of, stale=stale),
    )


def _lost_by_clone(guide: Guide, image: RemoteImage, copy: RemoteImage) -> bool:
    """Must a text that people wrote on the source be written again? A `manual` one of the copy is never touched."""
    if not image.is_hand_written or copy.caption_source == "manual":
        return False
    return not (same_caption(guide, image.caption, copy.caption) and image.caption_source == copy.caption_source)


def _follows_another_guide(guide: Guide, image: RemoteImage, copy: RemoteImage, *, moved: bool) -> bool:
    """Is the copy's automatic caption another one than the source's, so made for another guide?"""
    if image.is_hand_written or copy.is_hand_written:
        return False
    return moved if copy.caption is None else not same_caption(guide, image.caption, copy.caption)


def _puts(
    source: RemoteDataset, draft: RemoteDataset, wish: DatasetWish, *, mark: str, of: int | None, stale: bool
) -> tuple[Put, ...]:
    """The PUTs that end a check: the phase ` of vN` goes last, or together with ` stale` and the guide.

    Where the wish has another guide, that is sent at once, so that captions are regenerated only once.
    """
    guide = source.guide
    checked = draft_name(wish, mark)
    stale_name = draft_name(wish, mark, stale=True)
    if draft.images and not same_guide(guide, wish.guide):
        return (Put(name=stale_name, guide=wish.guide),)
    if stale:
        return (Put(name=stale_name, guide=guide),)
    if not same_guide(guide, draft.guide):
        repaired = Put(name=draft_name(wish, mark, of=of), guide=guide)
        return (repaired, Put(name=checked, guide=guide))
    return (Put(name=checked, guide=draft.guide),)
