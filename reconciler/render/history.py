"""All live versions of one manifest as a screen, the newest first, or as JSON."""

from collections.abc import Iterator
from dataclasses import asdict

from reconciler.core.guide import Guide
from reconciler.core.live import ModelStatus
from reconciler.core.look.history import DatasetEntry, History, Mark, ModelEntry
from reconciler.core.strictjson import dumps
from reconciler.core.text import count
from reconciler.render.plan_rows import field_rows
from reconciler.render.view import Item, Items, Line, Paragraph, Role, Row, View, say, screen
from reconciler.render.words import guide_text, quoted_text

_SIGNS = {
    Mark.NONE: None,
    Mark.IN_FORCE: Role.UNCHANGED,
    Mark.DRAFT: Role.CHANGE,
    Mark.LEFTOVER: Role.CHANGE,
    Mark.DUPLICATE: Role.CHANGE,
}
_WORDS = {ModelStatus.COMPLETED: "trained", ModelStatus.IN_PROGRESS: "in training", ModelStatus.CREATED: "not started"}

_WAY = "None of them is what git declares: `reconciler plan` shows what apply would do."


def history_view(history: History) -> View:
    """A line of context, the versions, and what it means where none of them is in force."""
    versions = count(len(history.entries), "live version")
    declared = "" if history.is_declared else ", declared by no manifest"
    if not history.entries:
        way = "No version is live: `reconciler plan` shows what apply would make."
        return screen([Paragraph(lead=say(str(history.ref), Role.STRONG), rest=(say(way),))])
    items = tuple(_item(entry) for entry in history.entries)
    return screen(
        [Line(text=(*say(str(history.ref), Role.STRONG), *say(f": {versions}{declared}")))],
        [Items(items=items)],
        [] if history.has_one_in_force or not history.is_declared else [Line(text=say(_WAY))],
    )


def history_json(history: History) -> str:
    """`{"ref", "declared", "versions": [{"version", "id", "name", "fingerprint", "status", "mark", ...}]}`."""
    value = {
        "ref": str(history.ref),
        "declared": history.is_declared,
        "versions": [_values(entry) for entry in history.entries],
    }
    return dumps(value)


def _values(entry: DatasetEntry | ModelEntry) -> dict[str, object]:
    values: dict[str, object] = asdict(entry)
    values["mark"] = entry.mark.value or None
    if isinstance(entry, ModelEntry):
        values["parameters"] = dict(entry.parameters)
    return values


def _item(entry: DatasetEntry | ModelEntry) -> Item:
    if isinstance(entry, DatasetEntry):
        state, rows = entry.status.value, tuple(_dataset_rows(entry))
    else:
        state, rows = _WORDS.get(entry.status) or entry.word, tuple(_model_rows(entry))
    if entry.mark in {Mark.DRAFT, Mark.LEFTOVER}:
        state = ""
    words = ", ".join(word for word in (state, entry.mark.value, "adopted" if entry.is_adopted else "") if word)
    text = say(f"{words} (id {entry.id}, {entry.fingerprint})")
    return Item(sign=_SIGNS[entry.mark], name=f"v{entry.version}", text=text, rows=rows)


def _dataset_rows(entry: DatasetEntry) -> Iterator[Row]:
    if entry.images is not None:
        yield Row(label="images", text=say(f"{entry.images:,}"))
    if entry.guide is not None and entry.guide.text:
        yield from _guide_rows(entry, entry.guide)
    if entry.clone_of is not None:
        yield Row(label="clone", text=say(f"of v{entry.clone_of}, not checked yet"))
    if entry.is_stale:
        yield Row(label="captions", text=say("stale: they may follow another guide"))
    if entry.models:
        yield Row(label="trained", text=say(", ".join(entry.models)))


def _guide_rows(entry: DatasetEntry, guide: Guide) -> Iterator[Row]:
    """A prefix as it is; a schema by what differs from the version before, for as a whole it is long."""
    if guide.family == "prefix" or entry.guide_since is None:
        yield Row(label=guide.field, text=guide_text(guide))
    elif not entry.guide_changes:
        yield Row(label=guide.field, text=say(f"as in v{entry.guide_since}"))
    else:
        parts = count(len(entry.guide_changes), "part")
        yield Row(label=guide.field, text=say(f"differs from v{entry.guide_since} in {parts}"))
        yield from field_rows(entry.guide_changes)


def _model_rows(entry: ModelEntry) -> Iterator[Row]:
    if entry.aliases:
        yield Row(label="aliases", text=say(", ".join(entry.aliases), Role.STRONG))
    yield Row(label="trained on", text=say(entry.dataset) if entry.dataset else say(_lost(entry)))
    definition = [part for part in (entry.training_mode, entry.training_version) if part]
    definition += [f"{name} {value}" for name, value in entry.parameters]
    if definition:
        yield Row(label="definition", text=say(", ".join(definition)))
    if entry.description:
        yield Row(label="description", text=quoted_text(entry.description))
    if entry.created_at:
        yield Row(label="created", text=say(entry.created_at))


def _lost(entry: ModelEntry) -> str:
    return (
        "a dataset that is not live" if entry.dataset_id is None else f"dataset {entry.dataset_id}, not live any more"
    )
