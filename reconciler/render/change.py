"""One changed object as an item of a list: its sign, its versions, what happens to it, and the rows to review."""

from typing import assert_never

from reconciler.core.change import (
    Change,
    DatasetChange,
    Effect,
    ModelChange,
    Origin,
    ProjectChange,
    RemovalChange,
    RenameChange,
)
from reconciler.core.diff.category import Category, categories
from reconciler.core.plan import Plan
from reconciler.core.reason import Reason
from reconciler.render.alias import alias_rows, short
from reconciler.render.content import content_rows, field_rows
from reconciler.render.cost import TRAINING_TIME
from reconciler.render.reason import reason_words
from reconciler.render.removal import removal_item, rename_item, stop_row
from reconciler.render.version import version_word, version_words
from reconciler.render.view import Item, Role, Row, say

IN_PLACE = "changed in place, costs nothing"


def item(change: Change, plan: Plan) -> Item:
    """The change as an item of its plan."""
    match change:
        case ProjectChange():
            return _project(change, plan)
        case DatasetChange():
            return _dataset(change, plan)
        case ModelChange():
            return _model(change, plan)
        case RemovalChange():
            return removal_item(change, has_ids=not plan.subject.base)
        case RenameChange():
            return rename_item(change)
        case other:
            assert_never(other)


def rank(change: Change) -> tuple[int, str]:
    """The order of a plan's objects: what costs, what destroys, what takes over, then the rest by kind of change."""
    return _place(change), str(change.ref)


def _place(change: Change) -> int:
    if change.effect in {Effect.TRAIN, Effect.START}:
        return 0
    if change.losses.is_for_good:
        return 1
    if change.effect is Effect.TAKE_OVER:
        return 2
    if change.effect is Effect.RENAME:
        return 7
    if change.kind == "dataset":
        return 4 if change.base_version is None else 3
    return 5 if change.kind == "project" else 6


def is_weighty(change: Change) -> bool:
    """Does it train, destroy or take over? Such an object is never folded away."""
    return rank(change)[0] <= 2


def _because(reason: Reason, found: tuple[Category, ...] = ()) -> Row:
    """The reason, and the categories of the change: they decide what it costs."""
    kinds = f" ({', '.join(found)})" if found else ""
    return Row(text=say(f"because {reason_words(reason)}{kinds}", Role.QUIET))


def _project(change: ProjectChange, plan: Plan) -> Item:
    if change.id is None:
        sign, text = Role.CREATE, say("created")
    elif change.takes_over:
        sign, text = Role.CHANGE, say(f"takes over the live project {change.id}", Role.COST)
    else:
        sign, text = Role.CHANGE, say(IN_PLACE if plan.subject.base else f"{IN_PLACE} (id {change.id})")
    found = () if change.id is None or change.takes_over else categories(change)
    rows = (_because(change.reason, found), *field_rows(change.fields))
    return Item(sign=sign, name=str(change.ref), text=text, rows=rows)


def _model(change: ModelChange, plan: Plan) -> Item:
    if change.starts:
        what = f"trained, {TRAINING_TIME}" if change.creates else f"training starts, {TRAINING_TIME}"
        sign, text = Role.TRAIN, say(what, Role.COST)
    elif change.creates:
        sign, text = Role.CREATE, say("created, not trained (training.start is false)")
    else:
        sign, text = Role.CHANGE, say(IN_PLACE)
    on = f"{change.training_mode} {change.training_version} on {change.dataset} {version_word(plan, change.dataset_version)}"
    rows = [_because(change.reason, _model_categories(change, plan)), *map(stop_row, change.stops)]
    if change.creates or change.starts:
        rows.append(Row(text=say(on)))
    if change.parameters and (change.creates or change.starts):
        rows.append(Row(text=say(", ".join(f"{name} {value}" for name, value in change.parameters))))
    rows.extend(field_rows(change.fields))
    rows.extend(alias_rows(plan, change.ref))
    versions = f"{version_words(plan, change.base_version, change.version)} ({short(change.fingerprint)})"
    return Item(sign=sign, name=str(change.ref), versions=versions, text=text, rows=tuple(rows))


def _model_categories(change: ModelChange, plan: Plan) -> tuple[Category, ...]:
    """Its own, after those of the dataset version that the same plan makes for it."""
    behind = (other for other in plan.changes_of(change.dataset) if isinstance(other, DatasetChange))
    if not change.creates or change.base_version is None:
        return categories(change)
    return (*(category for other in behind for category in categories(other)), *categories(change))


def _dataset(change: DatasetChange, plan: Plan) -> Item:
    sign, text = _origin(change, plan)
    rows = (
        _because(change.reason, categories(change)),
        *content_rows(change),
    )
    end = "" if change.wish.completed else ", stays a draft"
    versions = version_words(plan, change.base_version, change.version)
    return Item(sign=sign, name=str(change.ref), versions=versions, text=say(text + end), rows=rows)


def _origin(change: DatasetChange, plan: Plan) -> tuple[Role, str]:
    match change.origin:
        case Origin.CLONE:
            return Role.VERSION, "cloned, changed as a draft, completed anew"
        case Origin.RESUME:
            return (
                Role.CHANGE,
                "the open draft is filled"
                if plan.subject.base
                else f"the open draft (id {change.origin_id}) is filled",
            )
        case Origin.CREATE:
            if change.base_version is not None:
                return Role.VERSION, "made anew, everything is uploaded"
            return Role.CREATE, "created"
        case other:
            assert_never(other)
