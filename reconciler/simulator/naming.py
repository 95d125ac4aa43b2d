"""What the API does to the names of objects, and how many objects it allows."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from reconciler.simulator.call import Call
from reconciler.simulator.field import Body
from reconciler.simulator.request import Rejection

MOST_LETTERS: Final = 64
MOST_TEXT: Final = 1000


def settle_name(call: Call, kind: str, name: str, others: Iterable[str]) -> str:
    """The name that is stored, where `others` are the names beside which it will stand."""
    taken = set(others)
    rule = call.switches["name_rules"]
    if rule == "400_over_64" and len(name) > MOST_LETTERS:
        raise Rejection(400, f"The name is longer than {MOST_LETTERS} characters", name="name", given=name)
    if rule == "stripped":
        name = re.sub(r"[^\w .\-]", "", name).strip()
    if rule == "uniquified":
        name = vary(name, taken)
    if call.switches["unique_names"] in (kind, "all") and name in taken:
        raise Rejection(409, f"A {kind} named {name!r} exists already", name="name", given=name)
    return name


def vary(name: str, taken: set[str]) -> str:
    """The name, or the first of its numbered variants that is not taken."""
    variant, number = name, 1
    while variant in taken:
        number += 1
        variant = f"{name} ({number})"
    return variant


def make_room(call: Call, kind: str, count: int) -> None:
    """Refuse one more object of a kind when the account is full."""
    rule = call.switches["max_objects"]
    if rule == "none" or count < (call.switches.number("object_slots") or 0):
        return
    raise Rejection(403 if rule == "403_string" else 400, f"Your plan allows no further {kind}")


def limit_text(call: Call, name: str, text: str | None) -> None:
    """Refuse a prefix or a caption that is too long, where there is a limit."""
    if text is not None and len(text) > MOST_TEXT and call.is_("text_limits", "400_over_limit"):
        raise Rejection(400, f"{name} is longer than {MOST_TEXT} characters", name=name, given=text[:80])


def merged(call: Call, body: Body, names: Mapping[str, str], before: Mapping[str, str | None]) -> dict[str, str | None]:
    """The values of optional text fields after a PUT: `names` maps the body's names to the row's."""
    after: dict[str, str | None] = {}
    for name, own in names.items():
        if name in body:
            value = body[name]
            after[own] = value if isinstance(value, str) else None
        else:
            after[own] = None if call.is_("put_semantics", "replace") else before[own]
    return after


def keep_name(body: Body, name: str) -> None:
    """A name can be changed but never cleared."""
    if name in body and body[name] is None:
        raise Rejection(400, f"{name} must not be null", name=name)
