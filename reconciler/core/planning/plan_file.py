"""The plan file: readable, versioned JSON with a digest; what it says is checked before it is believed."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from reconciler.core.action import counted
from reconciler.core.kind import Kind
from reconciler.core.plan import FORMAT, Plan
from reconciler.core.ref import Ref
from reconciler.core.rest import Column, Rest, UnchangedRows
from reconciler.core.strictjson import Value, dumps, loads
from reconciler.core.text import shown
from reconciler.core.value import content_of, fields_of

if TYPE_CHECKING:
    from pydantic import TypeAdapter

DIGEST_LENGTH = 16
"""Hex digits of a plan's digest that people see."""

_COUNTED = ("trainings", "uploads", "removals", "deletions")
"""What people watch, and what a step costs of it follows from the step alone."""


class PlanDamaged(ValueError):
    """A plan file that cannot be used; the message says what is wrong with it."""


@cache
def _adapter() -> "TypeAdapter[Plan]":
    """Reads and writes plan files. To know the form of a plan takes as long as a small plan, so it is built when one is used."""
    from pydantic import TypeAdapter

    return TypeAdapter(Plan)


def plan_schema() -> dict[str, object]:
    """The JSON Schema of a plan file, in the dialect of 2020-12."""
    plan = _adapter().json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:reconciler:v{FORMAT}:plan",
        "title": "A plan of reconciler",
        "description": "What `reconciler plan --out` and `plan --format json` write; `digest` is the SHA-256 of `plan`.",
        "type": "object",
        "properties": {"digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"}, "plan": plan},
        "required": ["digest", "plan"],
        "additionalProperties": False,
        "$defs": plan.pop("$defs"),
    }


def digest(plan: Plan) -> str:
    """SHA-256 over the canonical form of a plan, 64 hex digits: equal plans, equal digest."""
    return _digest(plan)


def dump_plan(plan: Plan) -> str:
    """The plan file's text; same plan, same bytes."""
    value = _adapter().dump_python(replace(plan, unchanged=tuple(plan.unchanged)), mode="json")
    return dumps({"digest": _digest(value), "plan": value}, indent=1)


def load_plan(text: str) -> Plan:
    """Read a plan file; PlanDamaged where it is cut, changed, of another format, no valid order, or priced wrongly."""
    plan = _decoded(_body(text))
    _check_order(plan)
    _check_costs(plan)
    return plan


def _body(text: str) -> dict[str, Value]:
    try:
        outer = loads(text)
    except ValueError as error:
        raise PlanDamaged(f"it is not valid JSON: {shown(str(error))}") from None
    if not isinstance(outer, dict) or not isinstance(outer.get("plan"), dict):
        raise PlanDamaged("it is no plan file of this tool")
    body = outer["plan"]
    assert isinstance(body, dict)
    if body.get("format") != FORMAT:
        raise PlanDamaged(f"its format is {shown(str(body.get('format')))}; this release reads format {FORMAT}")
    if outer.get("digest") != _digest(body):
        raise PlanDamaged("its digest does not fit its content: it was changed or damaged after it was made")
    return body


def _decoded(body: dict[str, Value]) -> Plan:
    from pydantic import ValidationError

    try:
        plan = _adapter().validate_json(json.dumps(body))
    except (ValidationError, RecursionError) as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) if isinstance(error, ValidationError) else ""
        raise PlanDamaged(f"it does not have a plan's form{f' (at {shown(where)})' if where else ''}") from None
    if _canonical(_adapter().dump_python(plan, mode="json")) != _canonical(body):  # in Python, true equals 1
        raise PlanDamaged("it holds things that no plan holds")
    return plan


def _check_order(plan: Plan) -> None:
    """Linear: each need must stand before the action that has it, so there is no cycle and nothing is missing."""
    seen: set[str] = set()
    for action in plan.actions:
        if action.id in seen:
            raise PlanDamaged(f"two actions are called {shown(action.id)}")
        for need in action.needs:
            if need not in seen:
                raise PlanDamaged(f"{shown(action.id)} needs {shown(need)}, which does not stand before it")
        seen.add(action.id)


def _check_costs(plan: Plan) -> None:
    """Nobody is shown a training or a loss at no cost: what a step costs of those follows from the step."""
    for action in plan.actions:
        cost = counted(action.step)
        if any(getattr(action.cost, name) != getattr(cost, name) for name in _COUNTED):
            raise PlanDamaged(f"its costs are not those of its steps: {shown(action.id)}")


def _digest(value: object) -> str:
    return hashlib.sha256(_canonical(value).encode()).hexdigest()


def _canonical(value: object) -> str:
    """A plan, or what a plan file holds of it: the same text for both."""
    if isinstance(value, Plan) and isinstance(value.unchanged, UnchangedRows):
        parts = {name: _canonical(getattr(value, name)) for name in _fields(Plan)[0] if name != "unchanged"}
        parts["unchanged"] = _rows_text(value.unchanged)
        return "{" + ",".join(f'"{name}":{parts[name]}' for name in sorted(parts)) + "}"
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=_plain)


def _rows_text(rows: UnchangedRows) -> str:
    """The same text for what stays as it is, of which no object is made for the rest of a tree."""
    return f"[{','.join(rows.merged(_canonical, lambda kind: _rest_texts(rows.rest, kind)))}]"


def _rest_texts(rest: Rest, kind: Kind) -> Sequence[str]:
    """Each object of the rest as a plan file shows it: what such a row says, with names in their places."""
    column = rest.column(kind)
    if not column.names:
        return ()
    of = ({"behind": ("@b",)} if column.behind else {}) | ({"images": (-1,)} if column.images else {})
    row = Column(names=("@n",), prints=("@p",), **of).row(kind, 0)  # type: ignore[arg-type]
    form = _canonical(row).replace("%", "%%")
    for mark in ("@p", "@n"):
        form = form.replace(mark, "%s")
    if column.images:
        return [form.replace("-1", "%d") % one for one in zip(column.prints, column.images, column.names, strict=True)]
    form = form.replace("@b", "%s")
    return [form % one for one in zip(column.behind, column.prints, column.names, strict=True)]


def _plain(value: object) -> object:
    """A value as a plan file shows it: a ref is its text, others are their fields."""
    if isinstance(value, Ref):
        return str(value)
    names, values = _fields(type(value))  # type: ignore[arg-type]  # mypy: every value here has fields
    return dict(zip(names, values(value), strict=True))


@cache
def _fields(cls: type) -> tuple[tuple[str, ...], Callable[[object], tuple[object, ...]]]:
    """The names of the fields of a value, and what gives all of them at once."""
    names = tuple(name for name, _, _ in fields_of(cls))
    return names, content_of(names)
