"""What differs between two versions, as a screen or as JSON."""

from collections.abc import Iterator
from dataclasses import asdict, replace

from reconciler.core.content_change import ImageChange, ImageEffect
from reconciler.core.look.dataset_diff import CaptionDifference, DatasetDifference, Side, Writer
from reconciler.core.look.version_diff import Difference, ModelDifference
from reconciler.core.strictjson import dumps
from reconciler.core.text import count
from reconciler.render.address import unsigned
from reconciler.render.difference import Wording
from reconciler.render.plan_report.content import FOLD_CAPTIONS, FOLD_IMAGES
from reconciler.render.plan_rows import field_rows
from reconciler.render.view import Item, Items, Line, Role, Row, Span, Text, View, folded, say, screen
from reconciler.render.words import difference as word_difference
from reconciler.render.words import quoted_text

_BY = {
    Writer.GIT: "from git",
    Writer.PERSON: "written by hand",
    Writer.AUTOMATIC: "automatic",
    Writer.NOBODY: "none",
}
_EFFECTS = {
    ImageEffect.ADDED: (Role.CREATE, "added"),
    ImageEffect.REMOVED: (Role.DELETE, "removed"),
    ImageEffect.REPLACED: (Role.CHANGE, "replaced"),
}


def difference_view(found: Difference) -> View:
    """The objects with what differs in them, and one line that sums it up."""
    items = [_item(found)]
    if isinstance(found, ModelDifference) and found.dataset is not None and not found.dataset.is_none:
        items.append(_item(found.dataset))
    return screen([Items(items=tuple(items))], [Line(text=say(_sum(found), Role.STRONG))])


def difference_json(found: Difference) -> str:
    """`{"ref", "before", "after", "fields", "images", "captions"}`; a model has `dataset` and `missing` instead."""
    return dumps(_values(found))


def _values(found: Difference) -> dict[str, object]:
    shared: dict[str, object] = {
        "ref": None if found.ref is None else str(found.ref),
        "before": asdict(found.before),
        "after": asdict(found.after),
        "same": found.is_none and not (isinstance(found, ModelDifference) and found.is_untold),
        "fields": [asdict(field) for field in found.fields],
    }
    if isinstance(found, ModelDifference):
        dataset = None if found.dataset is None else _values(found.dataset)
        return {**shared, "dataset": dataset, "missing": list(found.missing)}
    images = [
        {"effect": one.effect, "name": one.name, "key": one.key, "replaces": one.replaces or None}
        for one in found.images
    ]
    return {**shared, "images": images, "captions": [asdict(one) for one in found.captions]}


def _item(found: Difference) -> Item:
    rows = [*field_rows(found.fields)]
    if isinstance(found, DatasetDifference):
        rows += [*_under("images", _images(found)), *_under("captions", _captions(found))]
    sign = Role.UNCHANGED if found.is_none else Role.CHANGE
    versions = f"{found.before.label} -> {found.after.label}"
    text = say(f"{_side(found.before)} -> {_side(found.after)}", Role.QUIET)
    return Item(sign=sign, name=str(found.ref or "dataset"), versions=versions, text=text, rows=tuple(rows))


def _side(side: Side) -> str:
    """`8 images (id 457)`; what is not live is known by its fingerprint."""
    known = f"id {side.id}" if side.id is not None else side.fingerprint or "not live"
    return known if side.images is None else f"{count(side.images, 'image')} ({known})"


def _images(found: DatasetDifference) -> Iterator[Row]:
    """All images that went, then the first few of those that came or were replaced."""
    gone = [image for image in found.images if image.effect is ImageEffect.REMOVED]
    rest = [image for image in found.images if image.effect is not ImageEffect.REMOVED]
    shown, hidden = folded(len(rest), FOLD_IMAGES)
    yield from (_image(image) for image in (*gone, *rest[:shown]))
    if hidden:
        yield Row(text=say(f"… and {count(hidden, 'more image')}", Role.QUIET))


def _image(image: ImageChange) -> Row:
    text: Text = say("another picture under the same name") if image.effect is ImageEffect.REPLACED else ()
    if not text and image.caption is not None:
        text = quoted_text(image.caption)
        if image.hand_written and image.effect is ImageEffect.REMOVED:
            text = (Span("with its caption ", Role.COST), *text)
    return Row(sign=_EFFECTS[image.effect][0], head=image.name, text=text)


def _captions(found: DatasetDifference) -> Iterator[Row]:
    """All that people wrote, then the first few of the others: what git wrote before what was automatic."""
    people = [caption for caption in found.captions if caption.concerns_people]
    rest = [caption for caption in found.captions if not caption.concerns_people]
    rest.sort(key=lambda caption: Writer.GIT not in (caption.before_by, caption.after_by))
    shown, hidden = folded(len(rest), FOLD_CAPTIONS)
    yield from (_caption(caption) for caption in (*people, *rest[:shown]))
    if hidden:
        yield Row(text=say(f"… and {count(hidden, 'more caption')}", Role.QUIET))


def _caption(caption: CaptionDifference) -> Row:
    role = Role.COST if caption.concerns_people else Role.QUIET
    writers = _BY[caption.before_by]
    if caption.before_by is not caption.after_by:
        writers = f"{writers} -> {_BY[caption.after_by]}"
    text = _words(caption)
    return Row(sign=Role.CHANGE, head=caption.name, text=(Span(f"{writers}: " if text else writers, role), *text))


def _words(caption: CaptionDifference) -> Text:
    if caption.before is None or caption.after is None:
        known = caption.before if caption.after is None else caption.after
        gone = caption.after is None
        return (
            ()
            if known is None
            else (Span(f"[-{unsigned(known)}-]", Role.GONE) if gone else Span(f"{{+{unsigned(known)}+}}", Role.COME),)
        )
    if caption.before == caption.after:
        return quoted_text(caption.after)
    return word_difference(Wording(caption.before, caption.after))


def _under(label: str, rows: Iterator[Row]) -> Iterator[Row]:
    """The label beside the first row only."""
    for position, row in enumerate(rows):
        yield replace(row, label=" " if position else label)


def _sum(found: Difference) -> str:
    one, other = found.before.label, found.after.label
    if isinstance(found, ModelDifference):
        return _model_sum(found, one, other)
    if found.is_none:
        return f"{one} and {other} hold the same."
    return f"From {one} to {other}: {_counted(found)}."


def _model_sum(found: ModelDifference, one: str, other: str) -> str:
    if found.is_untold:
        return f"{one} and {other} differ in something that the live side does not tell, such as a training parameter."
    if found.is_none:
        return f"{one} and {other} are the same."
    parts = [count(len(found.fields), "field")] if found.fields else []
    if found.dataset is not None and not found.dataset.is_none:
        parts.append(f"in the dataset {_counted(found.dataset)}")
    if found.missing:
        parts.append(f"the dataset of {' and of '.join(found.missing)} is not live any more")
    return f"From {one} to {other}: {', '.join(parts)}."


def _counted(found: DatasetDifference) -> str:
    parts = [count(len(found.fields), "field")] if found.fields else []
    for effect, (_, verb) in _EFFECTS.items():
        number = sum(image.effect is effect for image in found.images)
        parts += [f"{count(number, 'image')} {verb}"] if number else []
    parts += [count(len(found.captions), "caption")] if found.captions else []
    return ", ".join(parts)
