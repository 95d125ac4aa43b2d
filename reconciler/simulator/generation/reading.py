"""Bodies of generation, checked: types and ranges, and what the switches make of a field that does not fit."""

from collections.abc import Mapping
from typing import Final

from reconciler.simulator.body import FIELDS, Body, check_body, decoded
from reconciler.simulator.exchange import Exchange
from reconciler.simulator.field import Field
from reconciler.simulator.request import Rejection, Shape

_SHAPES: Final[Mapping[str, Shape]] = {"message": "message", "string": "text", "list": "list", "fields": "fields"}


def refusal(rule: str, message: str, *, name: str = "body", given: object = "") -> Rejection:
    """The refusal that a value of a switch names: `409_message` is a status and the shape of the body."""
    status, _, shape = rule.partition("_")
    return Rejection(int(status), message, name=name, given=given, shape=_SHAPES.get(shape, "message"))


def read_legacy(exchange: Exchange) -> Body:
    """The body of a v1 operation."""
    document = decoded(exchange.request)
    rule = exchange.switches["v1_range_error"]
    if isinstance(document, dict):
        document = _with_flags(exchange, document)
        if "medium" in document and exchange.plays("medium_on_tailored", "422_list"):
            raise refusal("422_list", "medium is not supported", name="medium")
    try:
        body = check_body(document, exchange.operation, exchange.switches)
    except Rejection as wrong:
        if wrong.status != 400:
            raise
        kind = "422_list" if rule == "clamp" else rule
        raise refusal(kind, wrong.message, name=wrong.name, given=wrong.given) from None
    return {name: _in_range(exchange, name, value, rule) for name, value in body.items()}


def read_current(exchange: Exchange) -> Body:
    """The body of a v2 operation; the model may be named in another field."""
    document = decoded(exchange.request)
    if isinstance(document, dict):
        if "webhook_url" in document and exchange.plays("webhook_on_generation", "400"):
            raise Rejection(400, "webhook_url is not supported", name="webhook_url")
        if "tailored_model_id" not in document and exchange.plays("v2_model_key", "both"):
            document = {**document, "tailored_model_id": document.get("model_id")}
    body = check_body(document, exchange.operation, exchange.switches)
    for name, value in body.items():
        _require_range(_field(exchange, name), value, "400_message")
    if "tailored_model_id" not in body:
        raise Rejection(400, "tailored_model_id is required", name="tailored_model_id")
    return body


def _with_flags(exchange: Exchange, document: Mapping[str, object]) -> dict[str, object]:
    """0 and 1 as false and true, where they are taken for it."""
    if not exchange.plays("bool_as_int", "accepted"):
        return dict(document)
    flags = {field.name for field in FIELDS[exchange.operation] if field.kind == "flag"}
    return {
        name: bool(value) if name in flags and isinstance(value, int) and value in (0, 1) else value
        for name, value in document.items()
    }


def _field(exchange: Exchange, name: str) -> Field:
    return next(field for field in FIELDS[exchange.operation] if field.name == name)


def _in_range(exchange: Exchange, name: str, value: object, rule: str) -> object:
    """A value of a v1 body inside its range, or the refusal."""
    field = _field(exchange, name)
    if name.endswith("model_influence"):
        return _influence(exchange, field, value, rule)
    if name == "seed" and value == -1 and exchange.plays("seed_negative", "422_list"):
        raise refusal("422_list", "seed must not be negative", name=name, given=value)
    if rule == "clamp" and field.span is not None and isinstance(value, int | float):
        return min(max(value, field.span[0]), field.span[1])
    _require_range(field, value, rule)
    return value


def _influence(exchange: Exchange, field: Field, value: object, rule: str) -> object:
    most = {"0_to_1.5": 1.5, "0_to_1": 1.0, "unbounded": float("inf")}[exchange.switches["influence_range"]]
    assert isinstance(value, int | float)
    if 0 <= value <= most:
        return value
    if rule == "clamp":
        return min(max(value, 0.0), most)
    raise refusal(rule, f"{field.name} must be between 0 and {most:g}", name=field.name, given=value)


def _require_range(field: Field, value: object, rule: str) -> None:
    if field.span is None or not isinstance(value, int | float) or field.span[0] <= value <= field.span[1]:
        return
    least, most = field.span
    raise refusal(rule, f"{field.name} must be between {least:g} and {most:g}", name=field.name, given=value)
