"""A call with its repetitions: wait for the rate limit, send, ask `retry` what to do next, and so on until it ends."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar, cast

import httpx

from reconciler.api.error import ContentChanged
from reconciler.api.exchange import Answer, Mask, interpreted, send_once
from reconciler.api.limiter import Limiter
from reconciler.api.observer import Exchange, Observer
from reconciler.api.operation import Call
from reconciler.api.retry import PATIENCE, Accept, GiveUp, TryAgain, Verdict, jitters, next_step
from reconciler.clock import Clock
from reconciler.core.tier import CALLS_A_MINUTE

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast calls are sent, and how long they are tried.

    `per_bucket` and `overall` are calls a minute, of one operation and of all (None: no limit). In seconds of the clock:
    `deadline` limits one exchange, `patience` one call with its repetitions, `read_seconds` the silence of the network.
    `seed` varies the pauses.
    """

    per_bucket: int | None = None
    overall: int | None = None
    concurrency: int = 4
    deadline: float | None = 120.0
    patience: float = PATIENCE
    read_seconds: float = 60.0
    seed: str = ""

    def __post_init__(self) -> None:
        limits = [self.concurrency, *(limit for limit in (self.per_bucket, self.overall) if limit is not None)]
        if min(limits) < 1:
            raise ValueError("a pace below one call would wait for ever")


def pace_of(tier: str, *, one_budget: bool = False, concurrency: int = 4, seed: str = "") -> Pace:
    """The pace of a tier; without a limit if there is no such tier. `one_budget` counts all operations together (U57)."""
    limit = CALLS_A_MINUTE.get(tier)
    return Pace(per_bucket=limit, overall=limit if one_budget else None, concurrency=concurrency, seed=seed)


class Caller:
    """Sends calls over one HTTP client and under one rate limit. One observer is told of each."""

    def __init__(self, http: httpx.AsyncClient, *, clock: Clock, pace: Pace, observer: Observer, mask: Mask) -> None:
        self._http = http
        self._clock = clock
        self._pace = pace
        self._observer = observer
        self._mask = mask
        self._jitter = jitters(pace.seed)
        self._slots = asyncio.Semaphore(pace.concurrency)
        self._limiter = Limiter(clock, per_bucket=pace.per_bucket, overall=pace.overall, on_wait=observer.throttled)
        self.tally: Counter[str] = Counter()

    async def ask(self, call: Call, interpret: Callable[[object], T]) -> T:
        """What `interpret` makes of the answer. A subclass of CallFailed if there is no usable answer."""
        spent, attempt = 0.0, 0
        while True:
            attempt += 1
            answer, found, seconds = await self._once(call, interpret, attempt)
            spent += seconds
            verdict = self._verdict(call, answer, attempt, spent)
            if isinstance(verdict, Accept):
                return cast("T", found)
            if isinstance(verdict, GiveUp):
                raise verdict.kind(call.operation.name, answer.words, answer.status)
            spent += verdict.seconds
            await self._pause(call, verdict)

    def _verdict(self, call: Call, answer: Answer, attempt: int, spent: float) -> Verdict:
        return next_step(
            answer.ending,
            is_write=call.operation.is_write,
            attempt=attempt,
            spent=spent,
            asked=answer.asked,
            jitter=self._jitter(),
            patience=self._pace.patience,
        )

    async def _pause(self, call: Call, again: TryAgain) -> None:
        """Wait before the next try. After a 429 the limiter holds back all calls of the bucket, as each would get one too."""
        if again.for_all:
            self._limiter.pause(call.operation.bucket, again.seconds)
        else:
            self._observer.throttled(again.seconds, "no usable answer yet, the call is tried again")
            await self._clock.sleep(again.seconds)

    async def _once(self, call: Call, interpret: Callable[[object], T], attempt: int) -> tuple[Answer, T | None, float]:
        """One exchange: its answer, what was made of it, and the seconds that it took."""
        # The place in the rate limit first: a call that waits a minute for it must not keep others off the connections.
        async with self._limiter.place(call.operation.bucket), self._slots:
            sent = self._announced(call, attempt)
            begun = self._clock.now()
            mask = self._mask_of(call)
            try:
                raw = await send_once(self._http, call, clock=self._clock, seconds=self._pace.deadline, mask=mask)
            except ContentChanged as error:
                self._ended(sent, None, error.message, begun)
                raise
            answer, found = interpreted(raw, interpret, mask)
            seconds = self._ended(sent, answer.status, answer.words, begun)
        return answer, found, seconds

    def _mask_of(self, call: Call) -> Mask:
        """What hides the token, and a secret address that the call holds, in the words of its answer."""
        secret, mask = call.secret, self._mask
        return mask if secret is None else lambda text: secret.mask(mask(text))

    def _ended(self, sent: Exchange, status: int | None, failure: str, begun: float) -> float:
        seconds = self._clock.now() - begun
        self._observer.after(replace(sent, status=status, failure=failure, seconds=seconds))
        return seconds

    def _announced(self, call: Call, attempt: int) -> Exchange:
        sent = Exchange(
            number=self.tally.total() + 1,
            operation=call.operation.name,
            method=call.operation.method,
            path=call.path,
            attempt=attempt,
            is_write=call.operation.is_write,
        )
        self._observer.before(sent)
        self.tally[call.operation.bucket] += 1
        return sent
