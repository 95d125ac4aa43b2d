"""The gate in front of every operation: token, quota, rate limit, and a gateway that fails now and then."""

import math
from collections.abc import Collection
from typing import Final

from reconciler.simulator.request import Instead, Rejection, Request, Response, answer, empty, page
from reconciler.simulator.route import Route
from reconciler.simulator.switch import Switches
from reconciler.simulator.world import World

MINUTE: Final = 60.0
MOST_BYTES: Final = 64 * 1024 * 1024


class Gate:
    """Lets a request through, or answers it here by raising Rejection or Instead."""

    def __init__(self, switches: Switches, tokens: Collection[str] | None) -> None:
        self._switches = switches
        self._tokens = tokens
        self._requests = 0

    def pass_gateway(self, request: Request) -> None:
        """The gateway takes no body beyond its limit, and every so often it fails before the API is reached."""
        if len(request.body) > MOST_BYTES:
            raise Rejection(413, "The request is larger than 64 MB")
        kind = self._switches["gateway_faults"]
        if kind == "none":
            return
        self._requests += 1
        if self._requests % max(1, int(self._switches.seconds("gateway_every"))) == 0:
            raise Instead(gateway_fault(int(kind[:3])))

    def admit(self, world: World, request: Request, route: Route) -> None:
        """Check the token, then count the request against quota and rate limit."""
        token = request.header("api_token") or self._bearer(request)
        if not token or (self._tokens is not None and token not in self._tokens):
            raise Instead(unauthorized(self._switches["auth_failure"]))
        quota = self._switches.number("quota")
        if quota is not None and world.count("requests") > quota:
            raise Rejection(403, "You have used up the requests of your free plan")
        limit = self._switches.number("rate_limit")
        if limit is not None:
            bucket = self._bucket(token, route)
            shared = self._switches["rate_owner"] == "organization"
            self._limit(world, bucket if shared else f"{bucket} of {token}", limit)

    def _bearer(self, request: Request) -> str:
        """The token in `Authorization: Bearer`, where that is taken."""
        scheme, _, token = (request.header("authorization") or "").partition(" ")
        return token if scheme.lower() == "bearer" and self._switches["bearer_accepted"] == "yes" else ""

    def _bucket(self, token: str, route: Route) -> str:
        match self._switches["rate_bucket"]:
            case "template":
                return route.template
            case "token":
                return f"token {token}"
            case _:
                return f"{route.method} {route.template}"

    def _limit(self, world: World, bucket: str, limit: float) -> None:
        recent = [time for time in world.calls.get(bucket, ()) if time > world.time - MINUTE]
        if len(recent) >= limit:
            wait = MINUTE if not recent else recent[0] + MINUTE - world.time
            raise Instead(too_many(self._switches["rate_limit_reply"], wait))
        world.calls[bucket] = [*recent, world.time]
        world.undo_log.counted = True


def unauthorized(kind: str) -> Response:
    """The answer to a missing or bad token."""
    words = "Invalid or missing api_token"
    match kind:
        case "401_string":
            return answer(401, words)
        case "403_string":
            return answer(403, words)
        case "401_empty":
            return empty(401)
        case _:
            return answer(401, {"detail": words})


def too_many(kind: str, wait: float) -> Response:
    """The answer over the rate limit, `wait` seconds before there is room again."""
    match kind:
        case "retry_after":
            return answer(429, {"message": "Rate limit exceeded"}, {"retry-after": str(math.ceil(wait))})
        case "html":
            return page(429, "Too Many Requests")
        case _:
            return answer(429, {"message": "Rate limit exceeded"})


def gateway_fault(status: int) -> Response:
    """What a gateway answers in place of the API: 503 with nothing, the others with a page."""
    return empty(status) if status == 503 else page(status, f"{status} from the gateway")
