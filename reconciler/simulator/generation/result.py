"""Results behind addresses of this simulator: not there yet, there, blocked, failed, or gone."""

import hashlib
import re
from typing import Final

from reconciler.simulator.exchange import Exchange
from reconciler.simulator.generation.drawing import TYPES, draw
from reconciler.simulator.generation.row import Drawing
from reconciler.simulator.place import RESULTS
from reconciler.simulator.request import Rejection, Request, Response, empty
from reconciler.simulator.switch import Switches
from reconciler.simulator.world import World

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR
LIFETIMES: Final = {"3d": 3 * DAY, "1h": HOUR, "24h": DAY, "org_policy": 30 * DAY}
"""Seconds by the words of the switches."""

_PATH: Final = re.compile(r"/results/([0-9a-f]{32})\.(png|svg|zip|mp4)")
_DENIED: Final = b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code></Error>'
_STATUS_XML: Final = "application/xml"


def name_of(number: int) -> str:
    """The name of a result or a job: 32 hexadecimal digits, in which its id can be found again."""
    return hashlib.sha256(f"drawing {number}".encode()).hexdigest()[:24] + f"{number:08x}"


def drawing_named(world: World, name: str) -> Drawing | None:
    """The drawing of a name; None if there is none."""
    if re.fullmatch(r"[0-9a-f]{32}", name) is None:
        return None
    number = int(name[24:], 16)
    return world.drawings.get(number) if name_of(number) == name else None


def host_of(exchange: Exchange) -> str:
    """The beginning of addresses of this simulator, as the client called it."""
    return f"http://{exchange.request.header('host') or 'simulator'}"


def address_of(exchange: Exchange, drawing: Drawing) -> str:
    """The address of a result; it may look signed, and it needs no token."""
    path = f"{RESULTS}{name_of(drawing.id)}.{drawing.form}"
    signature = hashlib.sha256(path.encode()).hexdigest()[:32]
    query = {
        "cloudfront_signed": f"?Expires={drawing.expires:.0f}&Signature={signature}&Key-Pair-Id=SIMULATOR",
        "s3_presigned": f"?X-Amz-Expires={drawing.expires - drawing.created:.0f}&X-Amz-Signature={signature}",
        "plain": "",
    }[exchange.switches["result_url_form"]]
    return f"{host_of(exchange)}{path}{query}"


def serve_result(world: World, switches: Switches, request: Request) -> Response:
    """The file behind an address. A token in the request is refused: it must not be sent to where files lie."""
    if request.header("api_token") is not None:
        raise Rejection(400, "The token must not be sent to the address of a result")
    found = _PATH.fullmatch(request.path)
    drawing = None if found is None else drawing_named(world, found[1])
    if found is None or drawing is None or drawing.form != found[2]:
        raise Rejection(404, "Not Found", shape="detail")
    if world.time < drawing.ready:
        return _state(switches["v1_pending_url"], drawing)
    if world.time > drawing.expires:
        return _denied()
    if drawing.outcome == "drawn":
        body = draw(drawing.form, drawing.palette, drawing.pattern, drawing.width, drawing.height)
        return Response(status=200, headers={"content-type": TYPES[drawing.form]}, body=body)
    rule = switches["moderation_async"] if drawing.outcome == "blocked" else switches["v1_failed_async"]
    return _state(rule, drawing)


def _state(rule: str, drawing: Drawing) -> Response:
    """What an address gives instead of a file."""
    match rule:
        case "200_empty" | "zero_byte":
            return Response(status=200, headers={"content-type": TYPES[drawing.form]})
        case "202":
            return empty(202)
        case "403_xml" | "403_forever":
            return _denied()
        case _:
            raise Rejection(404, "Not Found", shape="detail")


def _denied() -> Response:
    return Response(status=403, headers={"content-type": _STATUS_XML}, body=_DENIED)
