"""The report on a plan as JSON, for programs that show it in their own way; ASCII only, as all JSON that is printed."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from reconciler.core.change import FieldChange
from reconciler.core.ref import Ref
from reconciler.core.strictjson import dumps
from reconciler.render.address import unsigned
from reconciler.render.difference import Wording
from reconciler.render.plan_report.changed import ChangedObject
from reconciler.render.plan_report.report import PlanReport

FORMAT = 1
"""Version of this JSON. It grows when a key goes or changes its meaning, not when one comes."""


def plan_report_json(report: PlanReport) -> str:
    """The tree of the report, each value under the name of its field.

    Rows that are never folded away stand under `loud`, the others under `quiet`; `shown` of those fit on a screen.
    """
    return dumps({"format": FORMAT, **_object(report)})


def _object(value: Any) -> dict[str, object]:  # noqa: ANN401 - a dataclass of the tree
    found = {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    extra = _MORE.get(type(value))
    return {**found, **extra(value)} if extra else found


def _plain(value: object) -> object:
    """A value of the tree as JSON has it. It is the gate: addresses in foreign text lose their query, as everywhere."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return unsigned(str(value))
        case Ref():
            return str(value)
        case tuple():
            return [_plain(one) for one in value]
        case _ if is_dataclass(value):
            return _object(value)
        case _:
            raise TypeError(f"a report holds no {type(value).__name__}")


def _changed(one: ChangedObject) -> dict[str, object]:
    """What an object says of itself besides its parts."""
    return {"line": _plain(one.line), "tone": one.tone.value, "before": one.before, "after": one.after}


def _field(one: FieldChange) -> dict[str, object]:
    if isinstance(one.before, str) and isinstance(one.after, str):
        return _wording(Wording(one.before, one.after))
    return {}


def _wording(one: Wording) -> dict[str, object]:
    """`[["same", "a"], ["gone", "girl"], ["come", "woman"]]`."""
    return {"words": [[piece.fate.value, _plain(piece.text)] for piece in one.pieces]}


_MORE: Mapping[type, Callable[[Any], dict[str, object]]] = {
    ChangedObject: _changed,
    FieldChange: _field,
    Wording: _wording,
}
"""What some values of the tree work out by themselves."""
