"""How fast the time of a server passes that says so: `reconciler simulate` does, in the headers of its answers."""

import re
from collections.abc import Mapping
from typing import Final

from reconciler.core.value import dataclass

SPEED: Final = "simulator-speed"
LIST_LAG: Final = "simulator-list-lag"

SLOWEST: Final = 0.001
FASTEST: Final = 1e6
_LONGEST_LAG: Final = 3600.0
_NUMBER: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?(?:e[+-]?[0-9]{1,2})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTime:
    """`speed` is how many seconds of the server pass in one; `list_lag` how old its lists may be, in its seconds."""

    speed: float = 1.0
    list_lag: float = 0.0


def told_time(headers: Mapping[str, str]) -> ServerTime | None:
    """What a server says of its time; None where it says nothing that makes sense."""
    speed, lag = _number(headers.get(SPEED, "")), _number(headers.get(LIST_LAG, "0"))
    if speed is None or lag is None or not SLOWEST <= speed <= FASTEST or lag > _LONGEST_LAG:
        return None
    return ServerTime(speed=speed, list_lag=lag)


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None
