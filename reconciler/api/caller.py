"""A call with its repetitions: wait for the rate limit, send, ask `retry` what to do next, and so on until it ends."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar, cast

import httpx

from reconciler.api.error import ContentChanged
from reconciler.api.exchange import Answer, Mask, interpreted, send_once
from reconciler.api.limiter import Limiter
from reconciler.api.network import REACH
from reconciler.api.observer import Exchange, Observer
from reconciler.api.operation import Call
from reconciler.api.retry import PATIENCE, Accept, Ending, GiveUp, TryAgain, Verdict, jitters, next_step
from reconciler.api.server_time import ServerTime
from reconciler.api.transport import CONNECT_SECONDS
from reconciler.clock import Clock, PacedClock
from reconciler.core.tier import CALLS_A_MINUTE
from reconciler.core.value import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast calls are sent, and how long they are tried.

    `per_bucket` and `overall` are calls a minute, of one operation and of all (None: no limit). In seconds of the clock:
    `deadline` limits one exchange, `patience` one call with its repetitions, `read_seconds` the silence of the network,
    `connect_seconds` one attempt to connect, and `reach` all of them until a host answers for the first time. `seed`
    varies the pauses.
    """

    per_bucket: int | None = None
    overall: int | None = None
    concurrency: int = 4
    deadline: float | None = 120.0
    patience: float = PATIENCE
    read_seconds: float = 60.0
    connect_seconds: float = CONNECT_SECONDS
    reach: float = REACH
    seed: str = ""

    def __post_init__(self) -> None:
        limits = [self.concurrency, *(limit for limit in (self.per_bucket, self.overall) if limit is not None)]
        if min(limits) < 1:
            raise ValueError("a pace below one call would wait for ever")


def pace_of(tier: str, *, one_budget: bool = False, concurrency: int = 4, reach: float = REACH, seed: str = "") -> Pace:
    """The pace of a tier; without a limit if there is no such tier. `one_budget` counts all operations together (U57)."""
    limit = CALLS_A_MINUTE.get(tier)
    return Pace(
        per_bucket=limit,
        overall=limit if one_budget else None,
        concurrency=concurrency,
        connect_seconds=min(CONNECT_SECONDS, reach),
        reach=reach,
        seed=seed,
    )


class Caller:
    """Sends calls over one HTTP client and under one rate limit. One observer is told of each.

    The rate limit goes by `clock`, which may be a server's; exchanges and what follows their failures by the machine's.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        clock: Clock,
        pace: Pace,
        observer: Observer,
        mask: Mask,
    ) -> None:
        self._http = http
        self._paced = clock if isinstance(clock, PacedClock) else None
        self._clock = clock if self._paced is None else self._paced.machine
        self.server_time = ServerTime()
        self._pace = pace
        self._observer = observer
        self._mask = mask
        self._jitter = jitters(pace.seed)
        self._slots = asyncio.Semaphore(pace.concurrency)
        self._large_answers = asyncio.Lock()
        self._outage = _Outage()
        self._limiter = Limiter(clock, per_bucket=pace.per_bucket, overall=pace.overall, on_wait=observer.throttled)
        self.tally: Counter[str] = Counter()

    async def ask(self, call: Call, interpret: Callable[[object], T]) -> T:
        """What `interpret` makes of the answer. A subclass of CallFailed if there is no usable answer."""
        spent, attempt = 0.0, 0
        while True:
            attempt += 1
            answer, found, seconds = await self._once(call, interpret, attempt)
            spent += seconds
            away = self._outage.note(answer.ending, self._clock.now(), seconds)
            self._follow(answer.time)
            verdict = self._verdict(call, answer, attempt, spent, away)
            if isinstance(verdict, Accept):
                return cast("T", found)
            if isinstance(verdict, GiveUp):
                way = "; `--patience` waits longer" if answer.ending is Ending.UNSENT else ""
                raise verdict.kind(call.operation.name, f"{answer.words}{way}", answer.status)
            spent += verdict.seconds
            if call.sending is not None and call.operation.is_write:  # which is only tried again if it had no effect
                call.sending.undone()
            await self._pause(call, verdict, answer.ending)

    def _follow(self, told: ServerTime | None) -> None:
        """Take over how fast the server's time passes; only with a clock that was made for it."""
        if self._paced is not None and told is not None:
            self._paced.follow(told.speed)
            self.server_time = told

    def _verdict(self, call: Call, answer: Answer, attempt: int, spent: float, away: float) -> Verdict:
        return next_step(
            answer.ending,
            is_write=call.operation.is_write,
            attempt=attempt,
            spent=spent,
            asked=answer.asked,
            jitter=self._jitter(),
            patience=self._pace.patience,
            away=away,
            # The last attempt may take as long as one to connect may take at all.
            reach=self._reach - self._pace.connect_seconds,
        )

    @property
    def _reach(self) -> float:
        """Seconds that no connection may come about. A host that answered before is likely to come back."""
        return max(self._pace.patience, self._pace.reach) if self._outage.was_reached else self._pace.reach

    async def _pause(self, call: Call, again: TryAgain, ending: Ending) -> None:
        """Wait before the next try. After a 429 the limiter holds back all calls of the bucket, as each would get one too."""
        if again.for_all:
            self._limiter.pause(call.operation.bucket, again.seconds)
        else:
            reason = "no usable answer yet, the call is tried again"
            if ending is Ending.UNSENT:
                reason = f"no connection yet, tried for {self._reach:.0f} s or as long as --patience says"
            # Told in server time as every other wait, although it goes by the machine.
            self._observer.throttled(again.seconds * self.server_time.speed, reason)
            await self._clock.sleep(again.seconds)

    async def _once(self, call: Call, interpret: Callable[[object], T], attempt: int) -> tuple[Answer, T | None, float]:
        """One exchange: its answer, what was made of it, and the seconds that it took."""
        # The place in the rate limit first: a call that waits a minute for it must not keep others off the connections.
        async with self._limiter.place(call.operation.bucket), self._slots:
            if call.sending is not None:
                call.sending.before()
            sent = self._announced(call, attempt)
            begun = self._clock.now()
            mask = self._mask_of(call)
            try:
                raw = await send_once(
                    self._http,
                    call,
                    clock=self._clock,
                    seconds=self._pace.deadline,
                    mask=mask,
                    large_answers=self._large_answers,
                )
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


class _Outage:
    """Since when no connection comes about. It is one for all calls: what keeps one from the host keeps all from it."""

    def __init__(self) -> None:
        self._since: float | None = None
        self.was_reached = False
        """Did the host ever answer? Then an outage is likely to end again."""

    def note(self, ending: Ending, now: float, seconds: float) -> float:
        """Take in how an exchange of so many seconds ended, and return for how long no connection came about."""
        if ending is not Ending.UNSENT:
            self._since = None
            self.was_reached = self.was_reached or ending is not Ending.BARRED
            return 0.0
        if self._since is None:
            self._since = now - seconds
        return now - self._since
