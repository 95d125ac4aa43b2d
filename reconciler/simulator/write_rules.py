"""Rules that several writes share: names, lengths of texts, numbers of objects, and what a running job forbids."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from reconciler.simulator.body import Body
from reconciler.simulator.exchange import Exchange
from reconciler.simulator.request import Rejection
from reconciler.simulator.switch import Switches
from reconciler.simulator.world import Dataset, Model

MOST_LETTERS: Final = 64
MOST_TEXT: Final = 1000


def stored_name(exchange: Exchange, kind: str, name: str, others: Iterable[str]) -> str:
    """The name that is stored, where `others` are the names beside which it will stand."""
    taken = set(others)
    rule = exchange.switches["name_rules"]
    if rule == "400_over_64" and len(name) > MOST_LETTERS:
        raise Rejection(400, f"The name is longer than {MOST_LETTERS} characters", name="name", given=name)
    if rule == "stripped":
        name = re.sub(r"[^\w .\-]", "", name).strip()
    if rule == "uniquified":
        name = numbered_name(name, taken)
    if exchange.switches["unique_names"] in (kind, "all") and name in taken:
        raise Rejection(409, f"A {kind} named {name!r} exists already", name="name", given=name)
    return name


def numbered_name(name: str, taken: set[str]) -> str:
    """The name, or the first of its numbered variants that is not taken."""
    variant, number = name, 1
    while variant in taken:
        number += 1
        variant = f"{name} ({number})"
    return variant


def refuse_when_full(exchange: Exchange, kind: str, count: int) -> None:
    """Refuse one more object of a kind when the account is full."""
    rule = exchange.switches["max_objects"]
    if rule == "none" or count < (exchange.switches.number("object_slots") or 0):
        return
    raise Rejection(403 if rule == "403_string" else 400, f"Your plan allows no further {kind}")


def limit_text(exchange: Exchange, name: str, text: str | None) -> None:
    """Refuse a prefix or a caption that is too long, where there is a limit."""
    if text is not None and len(text) > MOST_TEXT and exchange.plays("text_limits", "400_over_limit"):
        raise Rejection(400, f"{name} is longer than {MOST_TEXT} characters", name=name, given=text[:80])


def texts_after_put(
    exchange: Exchange, body: Body, names: Mapping[str, str], before: Mapping[str, str | None]
) -> dict[str, str | None]:
    """The values of optional text fields after a PUT: `names` maps the body's names to the row's."""
    after: dict[str, str | None] = {}
    for name, own in names.items():
        if name in body:
            value = body[name]
            after[own] = value if isinstance(value, str) else None
        else:
            after[own] = None if exchange.plays("put_semantics", "replace") else before[own]
    return after


def refuse_null_name(body: Body, name: str) -> None:
    """A name can be changed but never cleared."""
    if name in body and body[name] is None:
        raise Rejection(400, f"{name} must not be null", name=name)


def refuse_during_regeneration(exchange: Exchange, dataset_id: int) -> None:
    """Refuse a write while captions are being regenerated, where that is the rule."""
    if exchange.plays("write_during_regen", "409") and exchange.world.timer_of("regeneration", dataset_id):
        raise Rejection(409, "Captions are being regenerated")


def after_edit(exchange: Exchange, dataset: Dataset) -> Dataset:
    """The dataset after an upload or a new prefix, which may reset the status of its last regeneration."""
    if exchange.plays("regen_status_reset", "empty") and dataset.captions_update_status == "completed":
        return replace(dataset, captions_update_status="empty")
    return dataset


def in_training(model: Model, switches: Switches) -> bool:
    """Whether a model's training forbids deleting it or what it is made from."""
    stopping = model.status == "Stopping" and switches["delete_while_stopping"] == "409"
    return model.status == "InProgress" or stopping


def refuse_during_bulk_upload(exchange: Exchange, dataset_id: int) -> None:
    """Refuse a write while a zip upload runs, where that is the rule."""
    upload = exchange.world.bulk_upload_of(dataset_id)
    if upload is not None and upload.ended is None and exchange.plays("write_during_bulk", "409_message"):
        raise Rejection(409, "A zip upload is running", shape="message")


def refuse_single_edit(exchange: Exchange, dataset: Dataset) -> None:
    """Refuse to change one image of an advanced dataset, where that is the rule."""
    if dataset.upload_type == "advanced" and exchange.plays("advanced_single_edit", "400_message"):
        raise Rejection(400, "Single images of an advanced dataset cannot be changed", shape="message")
