"""One changed object for a comment: what is said of it, what in it costs or destroys, and what may be folded."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from reconciler.core.change import (
    CaptionChange,
    Change,
    DatasetChange,
    ImageChange,
    ImageEffect,
    LostCaption,
    ModelChange,
    ProjectChange,
    RemovalChange,
    RenameChange,
)
from reconciler.core.plan import Plan
from reconciler.core.text import count
from reconciler.render.change import is_weighty, item
from reconciler.render.content import field_rows
from reconciler.render.removal import LOST, removal_item
from reconciler.render.view import Item, Role, Row
from reconciler.render.words import megabytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing inside an object: its name, our words about it, and the text that it bears, or bore."""

    sign: Role
    head: str
    words: str = ""
    quote: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Things of one sort. `title` counts them in our own words; a heavy one costs or destroys and is never cut."""

    title: str
    facts: tuple[Fact, ...]
    is_heavy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An object: its line, the rows that explain it, and what it holds."""

    item: Item
    kind: str
    rows: tuple[Row, ...]
    listings: tuple[Listing, ...] = ()
    is_weighty: bool = False

    @property
    def heavy(self) -> tuple[Listing, ...]:
        return tuple(listing for listing in self.listings if listing.is_heavy)


def entry(change: Change, plan: Plan) -> Entry:
    """The change, ready to be printed at any length."""
    whole = item(change, plan)
    rows, listings = _content(change, whole)
    solid = tuple(listing for listing in listings if listing.facts)
    heavy = is_weighty(change) or any(listing.is_heavy for listing in solid)
    return Entry(item=whole, kind=change.ref.kind.value, rows=rows, listings=solid, is_weighty=heavy)


def _content(change: Change, whole: Item) -> tuple[tuple[Row, ...], tuple[Listing, ...]]:
    match change:
        case DatasetChange():
            guide = () if change.guide is None else tuple(field_rows((change.guide,)))
            return (*whole.rows[:1], *guide), tuple(_of_dataset(change))
        case RemovalChange():
            return whole.rows[:1], (_removed(change),)
        case RenameChange():
            facts = tuple(Fact(sign=Role.CHANGE, head=f"{one.before} -> {one.after}") for one in change.objects)
            return whole.rows[:1], (Listing(title=count(len(facts), "renamed object"), facts=facts),)
        case ModelChange():
            stops = tuple(Fact(sign=Role.TRAIN, head=one.name, words=f"(id {one.id}), {LOST}") for one in change.stops)
            rows = tuple(row for row in whole.rows if row.sign is None)
            title = f"{count(len(stops), 'running training')} stopped"
            return rows, (Listing(title=title, facts=stops, is_heavy=True),)
        case ProjectChange():
            return whole.rows, ()
        case other:
            assert_never(other)


def _removed(change: RemovalChange) -> Listing:
    rows = removal_item(change).rows[1:]
    facts = tuple(Fact(sign=Role.DELETE, head=row.head, words="".join(span.text for span in row.text)) for row in rows)
    return Listing(title=f"{count(len(facts), 'live object')} deleted", facts=facts, is_heavy=True)


def _of_dataset(change: DatasetChange) -> Iterator[Listing]:
    """What goes and what is overwritten first; then what comes, what changes, what is kept."""
    images = sorted((*change.going, *change.coming), key=lambda image: (image.effect is ImageEffect.ADDED, image.name))
    lost = [image for image in images if _is_lost(image, change)]
    rest = [image for image in images if not _is_lost(image, change)]
    captions = sorted(change.captions, key=lambda caption: caption.name)
    coming = {image.key for image in rest if image.effect is ImageEffect.ADDED}
    over = change.losses.captions
    written = [caption for caption in captions if not caption.rewrites and caption.key not in coming]
    title = count(len(lost), "image goes", "images go")
    yield Listing(title=title, facts=tuple(map(_image, lost)), is_heavy=True)
    title = f"{count(len(over), 'hand-written caption')} overwritten"
    yield Listing(title=title, facts=tuple(map(_lost_caption, over)), is_heavy=True)
    size = megabytes(sum(image.size for image in rest))
    title = f"{count(len(rest), 'image comes or is replaced', 'images come or are replaced')}, {size}"
    yield Listing(title=title, facts=tuple(map(_image, rest)))
    title = f"{count(len(written), 'caption')} from git"
    yield Listing(title=title, facts=tuple(map(_caption, written)))
    kept = tuple(
        Fact(sign=Role.UNCHANGED, head=one.name, words=_since(one.version), quote=one.text) for one in change.kept
    )
    yield Listing(title=f"{count(len(kept), 'hand-written caption')} kept, not in git", facts=kept)


def _is_lost(image: ImageChange, change: DatasetChange) -> bool:
    """Does it go, with what a person wrote, or with the only copy, which is that of an open draft?"""
    if image.replaces in {lost.key for lost in change.losses.destroyed_images}:
        return True
    return image.effect in {ImageEffect.REMOVED, ImageEffect.TWIN} or image.hand_written


def _image(image: ImageChange) -> Fact:
    words = {
        ImageEffect.ADDED: "",
        ImageEffect.REPLACED: "another picture under the same name",
        ImageEffect.TWIN: "is there twice; the later one goes",
        ImageEffect.REMOVED: "",
    }[image.effect]
    sign = {ImageEffect.ADDED: Role.CREATE, ImageEffect.REPLACED: Role.CHANGE}.get(image.effect, Role.DELETE)
    if image.effect is ImageEffect.ADDED:
        words = "" if image.caption is not None else megabytes(image.size)
        return Fact(sign=sign, head=image.name, words=words, quote=image.caption)
    if image.hand_written and image.caption is not None:
        lead = f"{words}, " if words else ""
        return Fact(sign=sign, head=image.name, words=f"{lead}with its hand-written caption", quote=image.caption)
    return Fact(sign=sign, head=image.name, words=words)


def _caption(caption: CaptionChange) -> Fact:
    return Fact(sign=Role.CHANGE, head=caption.name, quote=caption.after, before=caption.before)


def _lost_caption(caption: LostCaption) -> Fact:
    words = "written by hand, not in git:"
    return Fact(sign=Role.DELETE, head=caption.name, words=words, quote=caption.after, before=caption.before)


def _since(version: int | None) -> str:
    return "" if version is None else f"from v{version}"
