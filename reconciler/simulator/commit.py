"""The simulator: one function commits a request to the world, with hooks before and after it."""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final, Protocol
from urllib.parse import parse_qsl

from reconciler.simulator.call import Call
from reconciler.simulator.clock import Clock, RealClock
from reconciler.simulator.fault import Fault, Script
from reconciler.simulator.gate import Gate
from reconciler.simulator.log import Entry, logged_body
from reconciler.simulator.picture import Pictures
from reconciler.simulator.request import Instead, Rejection, Request, Response, answer, refuse
from reconciler.simulator.route import Match, find, ids_of
from reconciler.simulator.show import Show
from reconciler.simulator.store import MemoryStore, Store
from reconciler.simulator.switch import Switches
from reconciler.simulator.timers import catch_up
from reconciler.simulator.world import World


def _front() -> Response:
    return answer(200, {})


def _document() -> Response:
    from reconciler.simulator.openapi import document  # noqa: PLC0415 - built once, and only for those who ask

    return answer(200, document())


PAGES: Final[Mapping[str, Callable[[], Response]]] = {"": _front, "/": _front, "/openapi.json": _document}


class Hook(Protocol):
    """Called around each commit; may raise `Dropped`, `Instead`, or anything of its own."""

    def before(self, request: Request) -> None:
        """The request has arrived and the world does not know it yet."""
        ...

    def after(self, request: Request, response: Response) -> None:
        """The world has taken the request and nobody has seen the answer yet."""
        ...


class Simulator:
    """A world, the clock that drives it, and the way requests take through it.

    `speed` is how many simulated seconds pass in one second of the clock. `tokens` are the API tokens that are
    accepted; any that is not empty, when None. All of them see the same world.
    """

    def __init__(
        self,
        *,
        store: Store | None = None,
        clock: Clock | None = None,
        switches: Mapping[str, str] | None = None,
        faults: Iterable[Fault] = (),
        hooks: Sequence[Hook] = (),
        speed: float = 1.0,
        tokens: Collection[str] | None = None,
    ) -> None:
        if speed <= 0:
            raise ValueError(f"speed must be above 0, not {speed}")
        self.switches = Switches(switches)
        self.speed = speed
        self.hooks: list[Hook] = [Script(faults, self.again, self.later), *hooks]
        self.log: list[Entry] = []
        self._clock = clock or RealClock()
        self._store = store or MemoryStore()
        self._world = World()
        self._world.journal.memory = self.switches.seconds("list_lag_seconds")
        self._show = Show(self.switches)
        self._latency = self.switches.seconds("list_latency_ms") / 1000
        self._pictures = Pictures()
        self._gate = Gate(self.switches, tokens)
        self._pending: list[tuple[float, Request]] = []
        self._lock = threading.RLock()
        self._open = False

    def handle(self, request: Request) -> Response:
        """Answer a request; raises `Dropped` when the connection ends without an answer."""
        try:
            return self.commit(request)
        except Instead as instead:
            return instead.response

    def commit(self, request: Request) -> Response:
        """Let the hooks and then the world have the request: the one way by which a request takes effect."""
        with self._lock:
            try:
                for hook in self.hooks:
                    hook.before(request)
            except BaseException as error:
                self._note(request, error.response.status if isinstance(error, Instead) else 0, committed=False)
                raise
            response = self.again(request)
            for hook in self.hooks:
                hook.after(request, response)
            return response

    def again(self, request: Request) -> Response:
        """Let the world have the request, past the hooks: what a proxy does that delivers a request twice."""
        with self.transaction() as world:
            mark = world.journal.mark()
            response = self._answer(world, request, mark)
            committed = world.journal.mark() > mark
        self._note(request, response.status, committed=committed)
        return response

    def later(self, seconds: float, request: Request) -> None:
        """Let the world have the request in so many simulated seconds: what a proxy does that queues."""
        with self._lock, self.transaction() as world:
            self._pending.append((world.time + seconds, request))

    @contextmanager
    def transaction(self) -> Iterator[World]:
        """The world, brought to the present; kept when the block ends, taken back when it raises."""
        with self._lock:
            if self._open:
                raise RuntimeError("a transaction inside a transaction: hooks run outside, console functions too")
            self._open = True
            try:
                self._store.begin(self._world)
                self._tick()
                yield self._world
                self._store.save(self._world)
                self._world.journal.settle()
            except BaseException:
                self._world.undo(0)
                self._store.abandon()
                raise
            finally:
                self._open = False

    def close(self) -> None:
        """Close the store."""
        with self._lock:
            self._store.close()

    def now(self) -> float:
        """The simulated time, in seconds since the world began."""
        with self.transaction() as world:
            return world.time

    def _tick(self) -> None:
        """Time passes: requests that were queued by a proxy arrive, and whatever is due happens."""
        world, reading = self._world, self._clock.now()
        if world.reading is None:
            world.reading = reading
            world.journal.counted = True
        now = world.time + max(0.0, reading - world.reading) * self.speed
        world.reading = reading
        while self._pending and min(self._pending, key=lambda item: item[0])[0] <= now:
            due, request = min(self._pending, key=lambda item: item[0])
            self._pending.remove((due, request))
            catch_up(world, self.switches, due)
            mark = world.journal.mark()
            response = self._answer(world, request, mark)
            self._note(request, response.status, committed=world.journal.mark() > mark)
        catch_up(world, self.switches, now)

    def _answer(self, world: World, request: Request, mark: int) -> Response:
        """The API's answer; a refused request leaves no trace in the world."""
        operation = ""
        try:
            if request.method == "GET" and request.path in PAGES:
                return PAGES[request.path]()
            self._gate.pass_gateway(request)
            match = self._find(request)
            operation = match.operation.id
            self._gate.admit(world, request, match.operation)
            response = match.operation.act(self._call(world, request, match))
            return replace(response, delay=self._latency) if match.operation.collection else response
        except Rejection as rejection:
            world.undo(mark)
            return refuse(rejection, operation)
        except Instead as instead:
            return instead.response

    def _find(self, request: Request) -> Match:
        path = request.path
        if path.endswith("/"):
            rule = self.switches["trailing_slash"]
            if rule == "redirect_307":
                query = f"?{request.query}" if request.query else ""
                raise Instead(Response(status=307, headers={"location": path[:-1] + query}))
            path = path[:-1] if rule == "same" else path
        match = find(request.method, path)
        if match.operation.id == "generate-prefix" and self.switches["era"] == "current":
            raise Rejection(404, "Not Found", shape="detail")
        return match

    def _call(self, world: World, request: Request, match: Match) -> Call:
        return Call(
            world=world,
            switches=self.switches,
            show=self._show,
            pictures=self._pictures,
            operation=match.operation.id,
            request=request,
            ids=ids_of(match, self.switches["bad_path_id"]),
            query=dict(parse_qsl(request.query, keep_blank_values=True)) if request.query else {},
        )

    def _note(self, request: Request, status: int, *, committed: bool) -> None:
        self.log.append(
            Entry(
                seq=len(self.log) + 1,
                time=self._world.time,
                method=request.method,
                path=request.path,
                query=request.query,
                body=logged_body(request.body),
                status=status,
                committed=committed,
            )
        )
