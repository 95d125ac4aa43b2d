"""The simulator: one function commits a request to the world, with hooks before and after it."""

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Final, Protocol
from urllib.parse import parse_qsl

from reconciler.simulator.archive import ArchiveFolder
from reconciler.simulator.clock import Clock, RealClock
from reconciler.simulator.exchange import Exchange
from reconciler.simulator.fault import Fault, FaultScript
from reconciler.simulator.gate import Gate
from reconciler.simulator.image_file import ImageReader
from reconciler.simulator.place import DOWNLOADS, PICTURES, RESULTS
from reconciler.simulator.presenter import Presenter
from reconciler.simulator.request import Instead, Rejection, Request, Response, answer, refuse
from reconciler.simulator.route import ROOT, RouteMatch, RouteTable, ids_of
from reconciler.simulator.store import MemoryStore, Store
from reconciler.simulator.switch import Switches
from reconciler.simulator.timers import catch_up
from reconciler.simulator.world import World


def _front(_era: str) -> Response:
    return answer(200, {})


def _document(era: str) -> Response:
    from reconciler.simulator.openapi import document  # noqa: PLC0415 - built once, and only for those who ask

    return answer(200, document(era))


_YEAR: Final = 366 * 24 * 3600.0
"""Seconds. A world that rested for longer is one whose last reading came from another clock."""
PAGES: Final[Mapping[str, Callable[[str], Response]]] = {"": _front, "/": _front, "/openapi.json": _document}


class Hook(Protocol):
    """Called around each commit; may raise `Dropped`, `Instead`, or anything of its own."""

    def before(self, request: Request) -> None:
        """The request has arrived and the world does not know it yet."""
        ...

    def after(self, request: Request, response: Response) -> None:
        """The world has taken the request and nobody has seen the answer yet."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One line of the commit log.

    `status` is the API's answer, seen by the client or not; 0 for a request that was lost on its way.
    `committed` says whether the request changed the world. File data in `body` is replaced by digest and size.
    """

    seq: int
    time: float
    method: str
    path: str
    query: str
    body: object
    status: int
    committed: bool


def logged_body(body: bytes) -> object:
    """A body as the log keeps it: decoded, with file data replaced by its digest and size."""
    if not body:
        return None
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return digest_of(body)
    if not isinstance(document, dict):
        return document
    for name, value in document.items():
        if name not in ("file", "images", "image") and not name.endswith("_file"):
            continue
        if isinstance(value, str):
            document[name] = digest_of(value)
        elif isinstance(value, list):
            document[name] = [digest_of(item) if isinstance(item, str) else item for item in value]
    return document


def digest_of(data: str | bytes) -> dict[str, object]:
    """Digest and size of file data, decoded where it is base64."""
    raw = data if isinstance(data, bytes) else data.encode(errors="replace")
    if isinstance(data, str):
        with suppress(ValueError):
            raw = base64.b64decode(data, validate=True)
    return {"sha256": hashlib.sha256(raw).hexdigest(), "size": len(raw)}


def _passed(before: float, now: float, speed: float) -> float:
    """Simulated seconds between two readings of the clock.

    A world in a file outlives the clock that it was read by: that may have been set back, or another process may count
    from elsewhere, as one that embeds the simulator does. Time then stands still.
    """
    seconds = now - before
    return min(seconds * speed, 100 * _YEAR) if 0 <= seconds <= _YEAR else 0.0


class Simulator:
    """A world, the clock that drives it, and the way requests take through it.

    `speed` is how many simulated seconds pass in one second of the clock. `tokens` are the API tokens that are
    accepted; any that is not empty, when None. All of them see the same world. With `pictures` the bytes of images that are
    uploaded from now on are kept, and shown where their addresses say once it is known where it is served.
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
        pictures: bool = False,
    ) -> None:
        if speed <= 0:
            raise ValueError(f"speed must be above 0, not {speed}")
        self.switches = Switches(switches)
        self.speed = speed
        self.hooks: list[Hook] = [FaultScript(faults, self.again, self.later), *hooks]
        self.log: list[LogEntry] = []
        self._clock = clock or RealClock()
        self._store = store or MemoryStore()
        self._world = World()
        self._world.archives = ArchiveFolder(self._store.archives)
        self._world.undo_log.memory = self.switches.seconds("list_lag_seconds")
        self._presenter = Presenter(self.switches)
        self._latency = self.switches.seconds("list_latency_ms") / 1000
        self._pictures = ArchiveFolder(self._store.pictures) if pictures else None
        self._image_reader = ImageReader(self._pictures)
        self._gate = Gate(self.switches, tokens)
        self._routes = RouteTable(self.switches)
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
            mark = world.undo_log.mark()
            response = self._answer(world, request, mark)
            committed = world.undo_log.mark() > mark
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
                self._world.undo_log.settle()
            except BaseException:
                # Also for KeyboardInterrupt: the world in memory must be the one in the store again.
                self._world.undo(0)
                self._store.abandon()
                raise
            finally:
                self._open = False

    def close(self) -> None:
        """Close the store; archives of a world that is only in memory go with it."""
        with self._lock:
            self._store.close()
            self._world.archives.close()
            if self._pictures is not None:
                self._pictures.close()

    def is_served_at(self, address: str) -> None:
        """Let the addresses of pictures lead here, where pictures are kept."""
        if self._pictures is not None:
            self._presenter.origin = address.removesuffix(ROOT) + PICTURES

    def now(self) -> float:
        """The simulated time, in seconds since the world began."""
        with self.transaction() as world:
            return world.time

    def _tick(self) -> None:
        """Time passes: requests that were queued by a proxy arrive, and whatever is due happens."""
        world, reading = self._world, self._clock.now()
        if world.reading is None:
            world.reading = reading
            world.undo_log.counted = True
        now = world.time + _passed(world.reading, reading, self.speed)
        world.reading = reading
        # A queued request meets the world as it stood when it arrived, so what was due before it happens first.
        while self._pending and min(self._pending, key=lambda item: item[0])[0] <= now:
            due, request = min(self._pending, key=lambda item: item[0])
            self._pending.remove((due, request))
            catch_up(world, self.switches, due)
            mark = world.undo_log.mark()
            response = self._answer(world, request, mark)
            self._note(request, response.status, committed=world.undo_log.mark() > mark)
        catch_up(world, self.switches, now)

    def _file(self, world: World, request: Request) -> Response | None:
        """What is no operation but a file: of a download, of a picture, of what was drawn. Most runs ask for none."""
        if request.path.startswith(DOWNLOADS):
            from reconciler.simulator.download_file import serve_download  # noqa: PLC0415

            return serve_download(world, self.switches, request)
        if self._pictures is not None and request.path.startswith(PICTURES):
            from reconciler.simulator.picture import serve_picture  # noqa: PLC0415

            return serve_picture(world, self._pictures, request)
        if request.path.startswith(RESULTS):
            from reconciler.simulator.generation.result import serve_result  # noqa: PLC0415

            return serve_result(world, self.switches, request)
        return None

    def _answer(self, world: World, request: Request, mark: int) -> Response:
        """The API's answer; a refused request leaves no trace in the world."""
        operation = ""
        try:
            if request.method == "GET" and request.path in PAGES:
                return PAGES[request.path](self.switches["era"])
            if request.method == "GET" and (response := self._file(world, request)) is not None:
                return response
            self._gate.pass_gateway(request)
            match = self._find(request)
            operation = match.route.id
            self._gate.admit(world, request, match.route)
            response = match.route.act(self._exchange(world, request, match))
            return replace(response, delay=self._latency) if match.route.collection else response
        except Rejection as rejection:
            world.undo(mark)
            return refuse(rejection, operation)
        except Instead as instead:
            return instead.response

    def _find(self, request: Request) -> RouteMatch:
        path = request.path
        if path.endswith("/"):
            rule = self.switches["trailing_slash"]
            if rule == "redirect_307":
                query = f"?{request.query}" if request.query else ""
                raise Instead(Response(status=307, headers={"location": path[:-1] + query}))
            path = path[:-1] if rule == "same" else path
        return self._routes.find(request.method, path)

    def _exchange(self, world: World, request: Request, match: RouteMatch) -> Exchange:
        return Exchange(
            world=world,
            switches=self.switches,
            presenter=self._presenter,
            image_reader=self._image_reader,
            operation=match.route.id,
            request=request,
            ids=ids_of(match, self.switches["bad_path_id"]),
            query=dict(parse_qsl(request.query, keep_blank_values=True)) if request.query else {},
        )

    def _note(self, request: Request, status: int, *, committed: bool) -> None:
        self.log.append(
            LogEntry(
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
