"""What a plan means beside another one: the same, or no more. Said in lines that a person can read.

Ids, versions, the endpoint and the number of calls are left out: they differ between accounts, and between a plan that
was compared with a git revision and one that was made on what is live.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import assert_never

from reconciler.core.change import (
    Change,
    CheckpointChange,
    DatasetChange,
    FieldChange,
    ModelChange,
    ProjectChange,
    RemovalChange,
    RenameChange,
    Scalar,
)
from reconciler.core.content_change import CaptionChange, ImageEffect, LostCaption, LostImage
from reconciler.core.diff.mirror import plain
from reconciler.core.name import image_label, plain_name
from reconciler.core.plan import Plan
from reconciler.core.reason import Why
from reconciler.core.ref import Ref
from reconciler.core.text import normal
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Meaning:
    """One effect of a plan: the object, and what happens to it, in words that are equal where the effect is equal."""

    object: str
    words: str

    def __str__(self) -> str:
        return f"{self.object}: {self.words}"


def meaning(plan: Plan) -> tuple[Meaning, ...]:
    """Every effect of a plan, sorted; empty where it does nothing and no model has an alias."""
    return tuple(sorted((*(one for change in plan.changes for one in _meanings(change)), *_aliases(plan))))


def differences(reviewed: Plan, now: Plan) -> tuple[str, ...]:
    """What was reviewed and is not done any more (`-`), and what is done and was not reviewed (`+`), by object."""
    then, today = Counter(meaning(reviewed)), Counter(meaning(now))
    rows = [(one.object, "-", one) for one in (then - today).elements()]
    rows += [(one.object, "+", one) for one in (today - then).elements()]
    rows.sort(key=lambda row: (row[0], row[1] == "+", row[2]))
    return tuple(f"{sign} {one}" for _, sign, one in rows)


def beyond(reviewed: Iterable[Plan], now: Plan) -> tuple[str, ...]:
    """What is done now and is in none of the reviewed plans (`+`), by object; empty where `now` does the same or less.

    Of a dataset whose content was reviewed only what is lost counts: whatever else a resumed draft still needs (uploads,
    declared captions, a regeneration) makes that content and no other.
    """
    then: Counter[Meaning] = Counter()
    for one in reviewed:
        then |= Counter((*meaning(one), *_smaller_losses(one)))
    today = Counter(_aliases(now))
    for change in now.changes:
        is_known = isinstance(change, DatasetChange) and _meaning(change.ref, _content(change)) in then
        words = _lost(change) if isinstance(change, DatasetChange) and is_known else _lines(change)
        today.update(_meaning(change.ref, line) for line in words)
    return tuple(f"+ {one}" for one in sorted((today - then).elements()))


def _smaller_losses(plan: Plan) -> Iterator[Meaning]:
    """Reviewed losses of an image together with its caption, without the caption.

    A clone may call a hand-written caption automatic (U74), so a resumed draft may lose less than was reviewed.
    """
    for change in plan.changes:
        if isinstance(change, DatasetChange):
            with_caption = (image for image in change.losses.images if image.caption is not None)
            yield from (_meaning(change.ref, _lost_image(replace(image, caption=None))) for image in with_caption)


def _meaning(ref: Ref, words: str) -> Meaning:
    return Meaning(object=str(ref), words=words)


def _meanings(change: Change) -> Iterator[Meaning]:
    return (_meaning(change.ref, line) for line in _lines(change))


def _lines(change: Change) -> Iterator[str]:
    match change:
        case ProjectChange():
            yield from _project(change)
        case DatasetChange():
            yield from _dataset(change)
        case ModelChange():
            yield from _model(change)
        case RemovalChange():
            yield from _removal(change)
        case CheckpointChange():
            yield from (
                f"deletes the checkpoint {step} of {_named(one.name)}" for one in change.versions for step in one.steps
            )
        case RenameChange() if change.reason.why is Why.ADOPTED:
            # Its entry was reviewed when it was merged, and nothing but that gives the name. A plan without an account
            # knows no live name, and the API may refuse the new one for ever: neither may keep an apply from its work.
            return
        case RenameChange():
            yield from (f"renames {_named(one.before)} to {_named(one.after)}" for one in change.objects)
        case other:
            assert_never(other)


def _project(change: ProjectChange) -> Iterator[str]:
    if change.id is None:
        yield "is created"
    elif change.takes_over:
        yield "is taken over"
    yield from map(_field, change.fields)


def _field(field: FieldChange) -> str:
    """An empty text and none are the same."""
    return f"{field.path} {_value(field.before)} -> {_value(field.after)}"


def _normalised(field: FieldChange) -> FieldChange:
    """Texts of a guide in the form in which they are compared: the API keeps white space at the end of a prefix."""
    return replace(field, before=_normal(field.before), after=_normal(field.after))


def _normal(value: Scalar) -> Scalar:
    return normal(value) if isinstance(value, str) else value


def _value(value: str | float | bool | None) -> str:
    if value is None or value == "":
        return "nothing"
    return json.dumps(value, ensure_ascii=False)


def _dataset(change: DatasetChange) -> Iterator[str]:
    yield _content(change)
    yield from _lost(change)
    yield from _made(change)


def _content(change: DatasetChange) -> str:
    return f"a version of the content {change.fingerprint}" + ("" if change.wish.completed else ", kept a draft")


def _lost(change: DatasetChange) -> Iterator[str]:
    """What goes, and what no fingerprint tells: whoever knows the content alone does not know this."""
    lost = change.losses
    yield from map(_lost_image, lost.images)
    yield from map(_lost_caption, lost.captions)
    if _coming(change) and not change.wish.increase_resolution:
        yield "images are uploaded without a higher resolution"


def _made(change: DatasetChange) -> Iterator[str]:
    """What makes the content, loses nothing, and depends on where the version begins."""
    yield from (_field(_normalised(field)) for field in change.guide)
    yield from (f"image comes: {_thing(one.name, one.key)}, {_told(one.caption)}" for one in change.coming)
    twins = (one for one in change.images if one.effect is ImageEffect.TWIN)
    yield from (f"image goes, it is there twice: {one.key}" for one in twins)
    told = _coming(change) | {one.key for one in change.losses.captions}
    yield from (_caption(caption) for caption in change.captions if caption.key not in told)
    yield from (
        f"keeps the hand-written caption of {_thing(one.name, one.key)}: {_value(one.text)}" for one in change.kept
    )
    if change.stale:
        yield "automatic captions are regenerated"


def _coming(change: DatasetChange) -> set[str]:
    return {image.key for image in change.coming}


def _lost_image(image: LostImage) -> str:
    caption = "" if image.caption is None else f", with its caption {_value(image.caption)}"
    # The label alone: the API may keep another extension than the tree of a base has.
    return f"image goes: {_thing(image_label(image.name), image.key)}{caption}"


def _lost_caption(caption: LostCaption) -> str:
    return (
        f"caption of {_thing(caption.name, caption.key)} becomes {_value(caption.after)}, "
        f"over the hand-written {_value(caption.before)}"
    )


def _told(caption: str | None) -> str:
    return "captioned by the API" if caption is None else f"caption {_value(caption)}"


def _caption(caption: CaptionChange) -> str:
    return f"caption of {_thing(caption.name, caption.key)} becomes {_value(caption.after)}"


def _thing(name: str, key: str) -> str:
    return f"{_value(name)} ({key})"


def _model(change: ModelChange) -> Iterator[str]:
    yield from (f"stops the training of {_named(one.name)}" for one in change.stops)
    if change.creates or change.starts:
        what = f"{change.definition} on {change.dataset} ({change.dataset_fingerprint})"
        yield f"{'trains' if change.starts else 'creates, without training,'} {change.fingerprint}: {what}"
        yield from (f"{change.fingerprint} has {name} {_value(value)}" for name, value in change.parameters)
        if change.description:
            yield f"{change.fingerprint} has the description {_value(change.description)}"
    else:
        yield from (_field(one) for one in map(_unmirrored, change.fields) if one.before != one.after)


def _unmirrored(field: FieldChange) -> FieldChange:
    """A description without its line of aliases: the manifest says them, and which version bears one is the account's."""
    if field.path != "description":
        return field
    return replace(field, before=plain(str(field.before or "")), after=plain(str(field.after or "")))


def _removal(change: RemovalChange) -> Iterator[str]:
    for one in change.objects:
        stops = ", stopping its training" if one.stops else ""
        yield f"deletes the {one.kind.value} {_named(one.name)}{stops}"


def _named(name: str) -> str:
    """A live name without its version, which is a number of one account."""
    found = plain_name(name)
    return _value(name) if found is None else " ".join(found)


def _aliases(plan: Plan) -> Iterator[Meaning]:
    """Of models that change: which of their aliases are declared, and for what.

    The manifest says that; which version answers to an alias depends on the account.
    """
    changed = {change.ref for change in plan.changes if isinstance(change, ModelChange)}
    for state in plan.aliases:
        if state.ref in changed:
            yield _meaning(state.ref, f"the alias {state.alias} names {_value(state.target)}")
