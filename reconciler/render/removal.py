"""Live objects that go or get another name, as items of a plan: each one that goes has a line, whatever their number."""

from reconciler.core.change import RemovalChange, RemovedObject, RenameChange, RenamedObject, StoppedTraining
from reconciler.core.name import parse_model_name
from reconciler.core.reason import Why
from reconciler.core.text import count
from reconciler.render.reason import reason_words
from reconciler.render.view import Item, Role, Row, folded, say
from reconciler.render.words import abridged

LOST = "what it has cost is lost"
FOLD_RENAMES = 10
"""Renamed objects of one manifest that are listed."""


def removal_item(change: RemovalChange, *, has_ids: bool = True) -> Item:
    """Deleted objects, a line each, never folded; without ids, and not counted, where nobody asked for them."""
    rows = [Row(text=say(f"because {reason_words(change.reason)}", Role.QUIET))]
    rows.extend(_removed(item, has_ids=has_ids) for item in change.objects)
    return Item(
        sign=Role.DELETE,
        name=str(change.ref),
        text=say(_deleted(change, is_counted=has_ids), Role.GONE),
        rows=tuple(rows),
    )


def _deleted(change: RemovalChange, *, is_counted: bool) -> str:
    if not change.ref.kind.has_versions:
        return "deleted"
    if not is_counted:
        return "every live version deleted"
    return f"{count(len(change.objects), 'version')} deleted"


def _removed(item: RemovedObject, *, has_ids: bool) -> Row:
    head = _quoted(item.name) + (f" (id {item.id})" if has_ids else "")
    if item.stops:
        return Row(sign=Role.DELETE, head=head, text=say(f"its training is stopped first, {LOST}", Role.COST))
    return Row(
        sign=Role.DELETE, head=head, text=() if item.reason.why is Why.ABSENT else say(reason_words(item.reason))
    )


def rename_item(change: RenameChange) -> Item:
    """Renamed objects: nothing is sent but their names."""
    shown, hidden = folded(len(change.objects), FOLD_RENAMES)
    rows = [Row(text=say(f"because {reason_words(change.reason)} (cosmetic)", Role.QUIET))]
    rows.extend(_renamed(item) for item in change.objects[:shown])
    if hidden:
        rows.append(Row(text=say(f"… and {hidden:,} more", Role.QUIET)))
    text = say("renamed in place, costs no upload and no training")
    return Item(sign=Role.CHANGE, name=str(change.ref), text=text, rows=tuple(rows))


def _renamed(item: RenamedObject) -> Row:
    head = f"renamed in place: {_quoted(item.before)} -> {_quoted(item.after)}"
    return Row(sign=Role.CHANGE, head=head, text=())


def stop_row(stopped: StoppedTraining) -> Row:
    """A running training that a newer version supersedes."""
    name = parse_model_name(stopped.name)
    version = _quoted(stopped.name) if name is None else f"v{name.version}"
    head = f"stops the running training of {version} (id {stopped.id}): {LOST}"
    return Row(sign=Role.TRAIN, head=head, text=())


def _quoted(name: str) -> str:
    return f'"{abridged(name)}"'
