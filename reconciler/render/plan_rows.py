"""One changed object on a screen: its sign, its versions, what happens to it, and the rows to review."""

from collections.abc import Iterable, Iterator

from reconciler.core.change import Effect, FieldChange, RenamedObject, Scalar
from reconciler.core.content_change import ImageChange, ImageEffect, KeptCaption
from reconciler.core.loss import StoppedTraining
from reconciler.core.name import parse_model_name, said_name
from reconciler.core.text import count
from reconciler.render.alias import AliasReport
from reconciler.render.difference import Wording
from reconciler.render.plan_report.changed import LOST, ChangedObject
from reconciler.render.plan_report.content import CaptionReport, Entries
from reconciler.render.plan_report.effect import Tone
from reconciler.render.view import Item, Role, Row, Span, Text, joined, say
from reconciler.render.words import abridged, difference, megabytes, quoted_text

EFFECT_SIGNS = {
    Effect.CREATE: Role.CREATE,
    Effect.TAKE_OVER: Role.CHANGE,
    Effect.UPDATE: Role.CHANGE,
    Effect.NEXT_VERSION: Role.VERSION,
    Effect.FRESH_VERSION: Role.VERSION,
    Effect.FILL_DRAFT: Role.CHANGE,
    Effect.TRAIN: Role.TRAIN,
    Effect.START: Role.TRAIN,
    Effect.RENAME: Role.CHANGE,
    Effect.DELETE: Role.DELETE,
    Effect.DELETE_CHECKPOINTS: Role.DELETE,
}
"""The sign of each effect, on a screen and in a comment."""


def changed_item(one: ChangedObject) -> Item:
    role = {Tone.PLAIN: Role.PLAIN, Tone.COSTS: Role.COST, Tone.DESTROYS: Role.GONE}[one.words.tone]
    fingerprint = f" ({one.fingerprint})" if one.fingerprint else ""
    return Item(
        sign=EFFECT_SIGNS[one.effect],
        name=str(one.ref),
        versions=one.versions() + fingerprint,
        text=say(one.line, role),
        rows=tuple(_rows(one)),
    )


def _rows(one: ChangedObject) -> Iterator[Row]:
    yield Row(text=say(f"because {one.because}", Role.QUIET))
    yield from map(_stop, one.stops)
    if one.training is not None:
        yield from (Row(text=say(line)) for line in one.training.lines)
    yield from field_rows(one.fields)
    if one.content is not None:
        yield from _labelled("images", _image_rows(one.content.images))
        yield from _labelled("captions", _caption_rows(one.content.captions, one.content.unlisted))
        yield from _labelled("kept, not in git", _kept_rows(one.content.kept))
    yield from _gone_rows(one)
    yield from _renamed_rows(one.renamed)
    yield from alias_rows(one.aliases)


def _stop(stopped: StoppedTraining) -> Row:
    """A running training that a newer version supersedes."""
    name = parse_model_name(stopped.name)
    version = _quoted(stopped.name) if name is None else f"v{name.version}"
    head = f"stops the running training of {version} (id {stopped.id}): {LOST}"
    return Row(sign=Role.TRAIN, head=head, text=())


def field_rows(fields: Iterable[FieldChange]) -> Iterator[Row]:
    """A row for each field, with what it was and what it will be."""
    for field in fields:
        yield Row(label=field.path, text=_before_after(field.before, field.after))


def _before_after(before: Scalar, after: Scalar) -> Text:
    if isinstance(before, str) and isinstance(after, str) and before and after:
        return difference(Wording(before, after))
    if before is None:
        return value_text(after)
    return (*value_text(before), Span(" -> "), *value_text(after))


def value_text(value: Scalar) -> Text:
    """A value of a field."""
    if value is None:
        return say("nothing")
    if isinstance(value, str):
        return quoted_text(value)
    return say(str(value).lower() if isinstance(value, bool) else str(value))


def _image_rows(images: Entries[ImageChange]) -> Iterator[Row]:
    yield from map(_image, images.listed)
    if images.hidden:
        size = megabytes(sum(image.size for image in images.hidden))
        yield _more(f"{count(len(images.hidden), 'more image')}, {size}")


def _image(image: ImageChange) -> Row:
    sign = {ImageEffect.ADDED: Role.CREATE, ImageEffect.REPLACED: Role.CHANGE}.get(image.effect, Role.DELETE)
    return Row(sign=sign, head=image.name, text=_image_text(image))


def _image_text(image: ImageChange) -> Text:
    if image.effect is ImageEffect.ADDED:
        return quoted_text(image.caption) if image.caption is not None else say(megabytes(image.size), Role.QUIET)
    words = {
        ImageEffect.REPLACED: "another picture under the same name",
        ImageEffect.TWIN: "is there twice; the later one goes",
    }.get(image.effect, "")
    parts = [say(words)] if words else []
    if image.hand_written and image.caption is not None and image.effect is not ImageEffect.TWIN:
        parts.append((Span("with its caption ", Role.COST), *quoted_text(image.caption)))
    return joined(parts)


def _caption_rows(captions: Entries[CaptionReport], unlisted: str) -> Iterator[Row]:
    yield from map(_caption, captions.listed)
    if captions.hidden:
        yield _more(f"{count(len(captions.hidden), 'more caption')} from git")
    if unlisted:
        yield Row(text=say(unlisted))


def _caption(one: CaptionReport) -> Row:
    text = difference(one.wording) if one.wording.before is not None else quoted_text(one.wording.after or "")
    if one.overwrites:
        text = (Span("written by hand, not in git: ", Role.COST), *text)
    return Row(sign=Role.DELETE if one.overwrites else Role.CHANGE, head=one.name, text=text)


def _kept_rows(kept: Entries[KeptCaption]) -> Iterator[Row]:
    """What people wrote on the live side and git does not know: kept, and said."""
    for one in kept.listed:
        since = f"from v{one.version}: " if one.version is not None else ""
        text = (Span(f"hand-written {since}"), *quoted_text(one.text))
        yield Row(sign=Role.UNCHANGED, head=one.name, text=text)
    if kept.hidden:
        yield _more(f"{len(kept.hidden):,} more")


def _gone_rows(one: ChangedObject) -> Iterator[Row]:
    """Live objects that go, whole or in part; without ids where nobody asked for them."""
    for gone in one.gone:
        head = _quoted(gone.name) + (f" (id {gone.id})" if one.is_asked else "")
        text = say(gone.beside_name, Role.COST if gone.stops else Role.PLAIN) if gone.words else ()
        yield Row(sign=Role.DELETE, head=head, text=text)


def _renamed_rows(renamed: Entries[RenamedObject]) -> Iterator[Row]:
    for one in renamed.listed:
        head = f"renamed in place: {_quoted(one.before)} -> {_quoted(one.after)}"
        yield Row(sign=Role.CHANGE, head=head, text=())
    if renamed.hidden:
        yield _more(f"{len(renamed.hidden):,} more")


def alias_rows(aliases: tuple[AliasReport, ...]) -> Iterator[Row]:
    """A line that says what the aliases of a model name now and what they will name."""
    if aliases:
        yield Row(label="aliases", text=joined(map(_alias, aliases)))


def _alias(one: AliasReport) -> Text:
    is_silent = one.is_asked and not one.answers and not one.next
    return say(one.words, Role.WARNING if is_silent else Role.PLAIN)


def _quoted(name: str) -> str:
    return f'"{abridged(said_name(name))}"'


def _more(words: str) -> Row:
    return Row(text=say(f"… and {words}", Role.QUIET))


def _labelled(label: str, rows: Iterable[Row]) -> Iterator[Row]:
    """The label beside the first row only."""
    for position, row in enumerate(rows):
        yield Row(label=label if position == 0 else " ", sign=row.sign, head=row.head, text=row.text)
