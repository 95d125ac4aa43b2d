"""Scripted faults: which request is hit, and what goes wrong with it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from reconciler.simulator.gate import gateway_fault, too_many
from reconciler.simulator.request import Dropped, Instead, Request, Response, answer, empty, page
from reconciler.simulator.route import ROOT

BEFORE: Final = ("lost_request", "500", "502", "503", "504", "429", "late")
AFTER: Final = (
    "lost_answer", "500_after", "502_after", "503_after", "504_after", "slow", "truncated", "html", "empty", "twice",
)  # fmt: skip
ARGUMENT: Final = {"slow": "SECONDS", "late": "SECONDS", "429": "SECONDS"}
NEEDED: Final = ("slow", "late")

_TEXT: Final = re.compile(
    r"(?P<method>[A-Za-z]+|\*)\s+(?P<path>/[^\s#:]*)(?:#(?P<which>every:\d+|[^:]+))?:(?P<kind>\w+)(?::(?P<argument>[\d.]+))?"
)
_WHICH: Final = re.compile(r"(?:(?P<first>\d+)(?:-(?P<last>\d+))?|\*|every:(?P<every>\d+))")


class FaultError(ValueError):
    """A fault that cannot be understood; the message is fit for a user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: it hits the matching requests numbered `first` to `last` (0: no end), each `every`-th of them."""

    method: str
    path: str
    first: int = 1
    last: int = 1
    every: int = 1
    kind: str
    argument: float = 0.0

    def matches(self, request: Request) -> bool:
        """Whether a request is one of those that are counted."""
        return self.method in ("*", request.method) and _pattern(self.path).fullmatch(request.path) is not None

    def hits(self, number: int) -> bool:
        """Whether the matching request of this number is hit."""
        return self.first <= number and (self.last == 0 or number <= self.last) and number % self.every == 0


def _pattern(path: str) -> re.Pattern[str]:
    """`*` and `{name}` stand for one segment, `**` for any number; the `/v1` in front may be left out."""
    words = re.split(r"(\*\*|\*|\{\w+\})", path.removeprefix(ROOT))
    rules = {"**": ".*", "*": "[^/]+"}
    inner = (rules.get(word, "[^/]+" if word.startswith("{") else re.escape(word)) for word in words)
    return re.compile(f"(?:{ROOT})?{''.join(inner)}/?")


def parse_fault(text: str) -> Fault:
    """A fault from `METHOD PATH[#WHICH]:KIND[:SECONDS]`."""
    found = _TEXT.fullmatch(text.strip())
    if found is None:
        raise FaultError(f"write a fault as 'METHOD PATH#WHICH:KIND', not {text!r}")
    kind = found["kind"]
    if kind not in BEFORE and kind not in AFTER:
        raise FaultError(f"there is no fault {kind!r}; the faults are {', '.join((*BEFORE, *AFTER))}")
    if found["argument"] is None and kind in NEEDED:
        raise FaultError(f"fault {kind!r} needs a number of seconds: {kind}:10")
    if found["argument"] is not None and kind not in ARGUMENT:
        raise FaultError(f"fault {kind!r} takes no number")
    first, last, every = _which(found["which"] or "1")
    return Fault(
        method=found["method"].upper(),
        path=found["path"],
        first=first,
        last=last,
        every=every,
        kind=kind,
        argument=_seconds(found["argument"]),
    )


def _seconds(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        raise FaultError(f"{text!r} is not a number of seconds") from None


def _which(text: str) -> tuple[int, int, int]:
    """`3`, `2-5`, `*` or `every:4` as first, last (0: no end) and step."""
    found = _WHICH.fullmatch(text)
    if found is None or "0" in (found["first"], found["every"]):
        raise FaultError(f"write which request is hit as #3, #2-5, #* or #every:4, not #{text}")
    if found["every"]:
        return 1, 0, int(found["every"])
    if not found["first"]:
        return 1, 0, 1
    return int(found["first"]), int(found["last"] or found["first"]), 1


class FaultScript:
    """A hook that plays faults; if several hit one request, the first in the list is played."""

    def __init__(
        self,
        faults: Iterable[Fault],
        again: Callable[[Request], object],
        later: Callable[[float, Request], object],
    ) -> None:
        self._counts = [(fault, [0]) for fault in faults]
        self._again = again
        self._later = later
        self._current: Fault | None = None

    def before(self, request: Request) -> None:
        """Choose the fault of this request, and play it if it comes before the commit."""
        self._current = self._take(request)
        if self._current is None or self._current.kind not in BEFORE:
            return
        fault = self._current
        if fault.kind == "lost_request":
            raise Dropped(committed=False)
        if fault.kind == "late":
            self._later(fault.argument, request)
            raise Dropped(committed=False)
        if fault.kind == "429":
            raise Instead(too_many("retry_after" if fault.argument else "", fault.argument))
        raise Instead(_server_error(int(fault.kind)))

    def after(self, request: Request, response: Response) -> None:
        """Play the fault of this request, if it comes after the commit."""
        fault, self._current = self._current, None
        if fault is None:
            return
        match fault.kind:
            case "lost_answer":
                raise Dropped(committed=True)
            case "twice":
                self._again(request)
            case "slow":
                raise Instead(replace(response, delay=response.delay + fault.argument))
            case "truncated":
                raise Instead(truncated(response))
            case "html":
                raise Instead(page(200, "Please sign in"))
            case "empty":
                raise Instead(empty(200))
            case _:
                raise Instead(_server_error(int(fault.kind[:3])))

    def _take(self, request: Request) -> Fault | None:
        hit = None
        for fault, count in self._counts:
            if fault.matches(request):
                count[0] += 1
                if hit is None and fault.hits(count[0]):
                    hit = fault
        return hit


def _server_error(status: int) -> Response:
    return answer(500, {"message": "Internal server error"}) if status == 500 else gateway_fault(status)


def truncated(response: Response) -> Response:
    """The answer with half its body and the length of the whole."""
    headers = {**response.headers, "content-length": str(len(response.body))}
    return replace(response, headers=headers, body=response.body[: len(response.body) // 2], complete=False)
