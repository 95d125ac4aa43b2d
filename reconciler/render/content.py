"""What differs inside one object, row by row: fields before and after, images that come and go, captions."""

from collections.abc import Iterator
from typing import assert_never

from reconciler.core.change import (
    CaptionChange,
    DatasetChange,
    FieldChange,
    ImageChange,
    ImageEffect,
    KeptCaption,
    LostCaption,
    Origin,
    Scalar,
)
from reconciler.core.text import count
from reconciler.render.view import Role, Row, Span, Text, folded, say
from reconciler.render.words import difference, megabytes, quoted_text

FOLD_IMAGES = 6
"""Added or replaced images of one dataset that are listed; those that go are always listed."""
FOLD_CAPTIONS = 6
"""Captions of one dataset that are listed; overwritten hand-written ones always are."""


def content_rows(change: DatasetChange) -> Iterator[Row]:
    """The guide, the images, the captions, and what is kept of what people wrote."""
    yield from _guide(change)
    yield from _images(change)
    yield from _captions(change)
    yield from _kept(change.kept)


def field_rows(fields: tuple[FieldChange, ...]) -> Iterator[Row]:
    """A row for each field, with what it was and what it will be."""
    for field in fields:
        yield Row(label=field.path, text=_before_after(field.before, field.after))


def _before_after(before: Scalar, after: Scalar) -> Text:
    if isinstance(before, str) and isinstance(after, str) and before and after:
        return difference(before, after)
    if before is None:
        return _value(after)
    return (*_value(before), Span(" -> "), *_value(after))


def _value(value: Scalar) -> Text:
    if value is None:
        return say("nothing")
    if isinstance(value, str):
        return quoted_text(value)
    return say(str(value).lower() if isinstance(value, bool) else str(value))


def _guide(change: DatasetChange) -> Iterator[Row]:
    if change.guide is not None:
        yield Row(label=change.guide.path, text=_before_after(change.guide.before, change.guide.after))


def _images(change: DatasetChange) -> Iterator[Row]:
    """Those that go first, all of them; then those that are replaced or come, the first few."""
    gone = [*change.going, *(image for image in change.coming if image.hand_written)]
    rest = [image for image in change.coming if not image.hand_written]
    rest.sort(key=lambda image: (image.effect is ImageEffect.ADDED, image.name))
    shown, hidden = folded(len(rest), FOLD_IMAGES)
    rows = [_image(image) for image in sorted(gone, key=lambda image: image.name)]
    rows.extend(_image(image) for image in rest[:shown])
    if hidden:
        size = sum(image.size for image in rest[shown:])
        rows.append(Row(text=say(f"… and {count(hidden, 'more image')}, {megabytes(size)}", Role.QUIET)))
    yield from _labelled("images", rows)


def _image(image: ImageChange) -> Row:
    match image.effect:
        case ImageEffect.ADDED:
            text = quoted_text(image.caption) if image.caption is not None else say(megabytes(image.size), Role.QUIET)
            return Row(sign=Role.CREATE, head=image.name, text=text)
        case ImageEffect.REPLACED:
            text = say("another picture under the same name") + _words_that_go(image, ", ")
            return Row(sign=Role.CHANGE, head=image.name, text=text)
        case ImageEffect.TWIN:
            return Row(sign=Role.DELETE, head=image.name, text=say("is there twice; the later one goes"))
        case ImageEffect.REMOVED:
            return Row(sign=Role.DELETE, head=image.name, text=_words_that_go(image, ""))
        case other:
            assert_never(other)


def _words_that_go(image: ImageChange, lead: str) -> Text:
    """The caption that goes with an image, where a person or git wrote it."""
    if not image.hand_written or image.caption is None:
        return ()
    return (Span(f"{lead}with its caption ", Role.COST), *quoted_text(image.caption))


def _captions(change: DatasetChange) -> Iterator[Row]:
    """Overwritten ones first, all of them; those of images that come are shown beside the image."""
    coming = {image.key for image in change.images if image.effect is ImageEffect.ADDED}
    rest = [caption for caption in change.captions if not caption.rewrites and caption.key not in coming]
    rows = [_lost_caption(caption) for caption in change.losses.captions]
    shown, hidden = folded(len(rest), FOLD_CAPTIONS)
    rows.extend(_caption(caption) for caption in sorted(rest, key=lambda caption: caption.name)[:shown])
    if hidden:
        rows.append(Row(text=say(f"… and {count(hidden, 'more caption')} from git", Role.QUIET)))
    summary = _caption_summary(change)
    if summary:
        rows.append(Row(text=say(summary)))
    yield from _labelled("captions", rows)


def _caption(caption: CaptionChange) -> Row:
    text = quoted_text(caption.after) if caption.before is None else difference(caption.before, caption.after)
    return Row(sign=Role.CHANGE, head=caption.name, text=text)


def _lost_caption(caption: LostCaption) -> Row:
    text = (Span("written by hand, not in git: ", Role.COST), *difference(caption.before, caption.after))
    return Row(sign=Role.DELETE, head=caption.name, text=text)


def _caption_summary(change: DatasetChange) -> str:
    parts = []
    if change.regenerated:
        verb = "one is" if change.regenerated == 1 else "ones are"
        after = " after the prefix" if change.guide is not None else ""
        parts.append(f"{change.regenerated:,} automatic {verb} regenerated{after}")
    if change.declared and change.origin is Origin.CREATE:
        parts.append(f"{change.declared:,} from git {'is' if change.declared == 1 else 'are'} written")
    elif change.guide is not None and (staying := _staying(change)):
        parts.append(f"{staying:,} from git {'stays' if staying == 1 else 'stay'}")
    return ", ".join(parts)


def _staying(change: DatasetChange) -> int:
    """Captions from git that are live already: not of an image that comes, not changed."""
    coming = sum(bool(image.caption) for image in change.coming)
    return change.declared - coming - len(change.captions)


def _kept(kept: tuple[KeptCaption, ...]) -> Iterator[Row]:
    """What people wrote on the live side and git does not know: kept, and said."""
    shown, hidden = folded(len(kept), FOLD_CAPTIONS)
    rows = []
    for caption in kept[:shown]:
        since = f"from v{caption.version}: " if caption.version is not None else ""
        text = (Span(f"hand-written {since}"), *quoted_text(caption.text))
        rows.append(Row(sign=Role.UNCHANGED, head=caption.name, text=text))
    if hidden:
        rows.append(Row(text=say(f"… and {hidden:,} more", Role.QUIET)))
    yield from _labelled("kept, not in git", rows)


def _labelled(label: str, rows: list[Row]) -> Iterator[Row]:
    for position, row in enumerate(rows):
        yield Row(label=label if position == 0 else " ", sign=row.sign, head=row.head, text=row.text)
