"""A whole world for tests: simulated time, the simulator, the real client on it, a tree, and the loop over them.

    world = World(switches={"clone_mode": "async_images"})
    tree = world.tree({"wave": None, "jump": "jumping."})
    run = await world.apply(tree)          # observe, plan, execute, fold
    assert run.code == 0
    assert (await world.plan(tree)).is_empty

Nothing in it is a stand-in: requests go through the product's client into the simulator of this process.
"""

import io
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from reconciler.api.caller import Pace
from reconciler.api.client import Client
from reconciler.api.endpoint import Endpoint
from reconciler.api.token import Token
from reconciler.api.transport import EmbeddedTransport
from reconciler.clock import SimulatedClock
from reconciler.core.desired import Desired, DesiredDataset, DesiredImage, DesiredModel, DesiredProject
from reconciler.core.diff.diff import diff
from reconciler.core.event import Event, Finished, Outcome, Report
from reconciler.core.guide import Guide, PrefixGuide, SchemaGuide
from reconciler.core.kind import Kind
from reconciler.core.limit import Limits
from reconciler.core.plan import Plan, Subject
from reconciler.core.planning.planner import plan as make_plan
from reconciler.core.problem import Location
from reconciler.core.ref import Ref
from reconciler.core.run.report import exit_code, fold
from reconciler.core.run_options import RunOptions
from reconciler.core.training import TrainingPolicy
from reconciler.core.uploads import ONE_BY_ONE, Uploads
from reconciler.core.wish import WishImage
from reconciler.execute import Brake, Journal, Narrator, Options, execute
from reconciler.observe import observe
from reconciler.simulator import Dropped, Request, Response, Simulator, parse_fault
from reconciler.simulator.store import SqliteStore
from reconciler.simulator.world import Dataset, Image, Model

PREFIX = "An illustration of a character named Lora,"
OTHER_PREFIX = "A photo of a statue named Lora,"
SCHEMA = SchemaGuide(text='{"style":"flat shapes","colors":["ink","cream"]}')
OTHER_SCHEMA = SchemaGuide(text='{"style":"soft shading","colors":["ink","cream"],"mood":"calm"}')
PROJECT = Ref(Kind.PROJECT, "lora")
DATASET = Ref(Kind.DATASET, "poses")
MODEL = Ref(Kind.MODEL, "expert")
QUICK = Options(patience=60.0, caption_deadline=600.0, capacity_deadline=300.0)
"""Options that differ from the product's only in patience."""


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


@cache
def _rows(side: int) -> bytes:
    return zlib.compress((b"\0" + b"\x80" * side) * side)


@cache
def png(text: str, side: int = 300) -> bytes:
    """A valid grey PNG whose bytes follow from a text."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = _rows(side)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + chunk(b"tEXt", b"Comment\0" + text.encode())
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


@dataclass(frozen=True, slots=True)
class Bytes:
    """An image source in memory: what was hashed, and the bytes that are there now."""

    digest: str
    size: int
    content: bytes

    def open(self) -> BinaryIO:
        return io.BytesIO(self.content)


class Pictures:
    """Image files in memory, by digest; the image store of every run in a world."""

    def __init__(self) -> None:
        self._content: dict[str, bytes] = {}

    def add(self, name: str, caption: str | None, content: bytes) -> DesiredImage:
        """A file of a tree."""
        digest = sha256(content).hexdigest()
        self._content[digest] = content
        return DesiredImage(
            digest=digest, size=len(content), name=f"{name}.png", path=f"images/{name}.png", caption=caption
        )

    def change(self, image: DesiredImage, content: bytes) -> None:
        """Write other bytes to a file after it was hashed."""
        self._content[image.digest] = content

    def remove(self, image: DesiredImage) -> None:
        """Delete a file after it was hashed."""
        del self._content[image.digest]

    def source(self, image: WishImage) -> Bytes:
        if image.digest not in self._content:
            raise FileNotFoundError(2, "No such file or directory")
        return Bytes(image.digest, image.size, self._content[image.digest])


Act = Callable[[], object]


class Tap:
    """A hook of the simulator that counts exchanges and calls functions at some of them.

    `at(3, act)` calls before exchange 3 commits (from 1, reads included), `at("PUT /images", act)` before the next
    request of that method and end of path; `after` the same once it has committed and nobody has seen the answer.
    What a function raises befalls the exchange: `Dropped`, `Instead`, or the end of the process, `Killed`.
    """

    def __init__(self) -> None:
        self.count = 0
        self._before: list[tuple[int | str, Act]] = []
        self._after: list[tuple[int | str, Act]] = []

    def at(self, where: int | str, act: Act, *, turn: int = 1) -> None:
        """Before an exchange; `turn` counts those that a path matches."""
        self._before += [(where, _nothing)] * (turn - 1) + [(where, act)]

    def after_at(self, where: int | str, act: Act, *, turn: int = 1) -> None:
        """After an exchange."""
        self._after += [(where, _nothing)] * (turn - 1) + [(where, act)]

    def clear(self) -> None:
        """Forget what was not called."""
        self._before.clear()
        self._after.clear()

    def before(self, request: Request) -> None:
        self.count += 1
        self._play(self._before, request)

    def after(self, request: Request, response: Response) -> None:
        self._play(self._after, request)

    def _play(self, rows: list[tuple[int | str, Act]], request: Request) -> None:
        for row in rows:
            if self._is_met(row[0], request):
                rows.remove(row)
                row[1]()
                return

    def _is_met(self, where: int | str, request: Request) -> bool:
        if isinstance(where, int):
            return where == self.count
        method, _, end = where.partition(" ")
        return request.method == method and request.path.endswith(end)


def _nothing() -> None:
    """One of the exchanges before the one that is meant."""


def kill() -> None:
    """The process is gone."""
    raise Killed


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One apply that was observed to its end."""

    plan: Plan
    events: tuple[Event, ...]
    report: Report

    @property
    def code(self) -> int:
        return exit_code(self.report)

    @property
    def ended(self) -> dict[str, Finished]:
        """How each action ended, by its id."""
        return {event.action: event for event in self.events if isinstance(event, Finished)}

    def of(self, words: str) -> Finished:
        """The ending of the one action whose id holds these words."""
        (found,) = [event for name, event in self.ended.items() if words in name]
        return found

    def outcomes(self) -> Counter[Outcome]:
        """How many actions ended how."""
        return Counter(result.outcome for result in self.report.results)

    def __str__(self) -> str:
        return "\n".join(f"{r.outcome:9} {r.action}: {r.detail}" for r in self.report.results)


@dataclass(slots=True, kw_only=True)
class World:
    """An account, its time, and the people and runs that work on it."""

    switches: Mapping[str, str] = field(default_factory=dict)
    faults: Iterable[str] = ()
    clock: SimulatedClock = field(default_factory=SimulatedClock)
    images: Pictures = field(default_factory=Pictures)
    tap: Tap = field(default_factory=Tap)
    limits: Limits = field(default_factory=Limits)
    latency: Callable[[], float] = lambda: 0.0
    """Seconds that each answer takes; drawn for each, it interleaves runs that are under way together."""
    path: Path | None = None
    """Where the account is kept, if it is to outlive a change of its switches."""
    simulator: Simulator = field(init=False)

    def __post_init__(self) -> None:
        self.simulator = self._opened()

    def becomes(self, **switches: str) -> None:
        """The API behaves otherwise from now on; the account stays."""
        log = self.simulator.log
        self.switches = switches
        self.simulator = self._opened()
        self.simulator.log.extend(log)

    def _opened(self) -> Simulator:
        return Simulator(
            store=None if self.path is None else SqliteStore(self.path),
            clock=self.clock,
            switches=self.switches,
            faults=[parse_fault(text) for text in self.faults],
            hooks=[self.tap],
        )

    # ---------------------------------------------------------------- the tree
    def tree(
        self,
        images: Mapping[str, str | None],
        *,
        prefix: str = PREFIX,
        guide: Guide | None = None,
        completed: bool = True,
        clone: str = "auto",
        model: bool = True,
        start: bool = True,
        bytes_of: Mapping[str, str] | None = None,
        uploads: Uploads = ONE_BY_ONE,
        side: int | None = None,
        parameters: tuple[tuple[str, int | float | str], ...] = (),
        project_description: str | None = None,
        model_description: str | None = None,
    ) -> Desired:
        """A project, a dataset of images (name to declared caption or None), and a model on it.

        `guide` takes the place of the prefix. `bytes_of` gives an image other bytes than those that follow from its name.
        """
        texts = {name: name for name in images} | dict(bytes_of or {})
        side = side or (300 if uploads.can_scale_up else 1024)
        files = [self.images.add(name, text, png(texts[name], side)) for name, text in images.items()]
        here = Location("manifests/lora.yaml", 1, 1)
        project = DesiredProject(
            ref=PROJECT,
            location=here,
            project_name="Branded Character",
            project_description=project_description,
            ip_name="Lora",
            ip_description="a girl",
            ip_medium="illustration",
            ip_type="defined_character",
        )
        dataset = DesiredDataset(
            ref=DATASET,
            location=here,
            project=PROJECT,
            uploads=uploads,
            guide=guide or PrefixGuide(text=prefix),
            images=tuple(sorted(files, key=lambda one: one.digest)),
            completed=completed,
            clone="never" if clone == "never" else "auto",
        )
        trained = DesiredModel(
            ref=MODEL,
            location=here,
            dataset=DATASET,
            training_mode="expert" if parameters else "fully_automated",
            training_version=None if isinstance(guide, SchemaGuide) else "bria-3.2" if parameters else "max",
            policy=TrainingPolicy(start=start),
            parameters=parameters,
            description=model_description,
        )
        return Desired(present={one.ref: one for one in (project, dataset, *([trained] if model else ()))})

    # ---------------------------------------------------------------- the loop
    def client(self, journal: Narrator | None = None, pace: Pace | None = None) -> Client:
        """A client of this world's simulator."""

        def handle(
            method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
        ) -> tuple[int, Mapping[str, str], bytes, float]:
            answer = self.simulator.handle(Request(method=method, path=path, query=query, headers=headers, body=body))
            return answer.status, answer.headers, answer.body, answer.delay + self.latency()

        transport = EmbeddedTransport(handle, clock=self.clock, losses={Dropped: "silent"})
        return Client(
            Endpoint(origin="simulator"),
            Token("canary"),
            clock=self.clock,
            pace=pace or Pace(),
            observer=journal,
            transport=transport,
        )

    async def plan(
        self, tree: Desired, *, client: Client | None = None, accepted: Iterable[Ref] = (), prunes: bool = False
    ) -> Plan:
        """What planning gives now."""
        client = client or self.client()
        asked = RunOptions(accepted=tuple(accepted), prunes=prunes)
        observed = await observe(client, tree, asked)
        return make_plan(
            diff(tree, observed, asked),
            subject=Subject(endpoint="simulator", tier="starter", projects=1, datasets=1, images=0, models=1),
            limits=self.limits,
            asked=asked,
            calls=observed.calls,
        )

    async def execute(
        self, plan: Plan, *, client: Client | None = None, journal: Journal | None = None, **options: object
    ) -> Ran:
        """Execute a plan, and fold what it tells."""
        narrator = Narrator(journal)
        client = client or self.client(narrator)
        before, began = client.calls, self.clock.now()
        chosen = replace(QUICK, **{"brake": Brake(), **options})  # type: ignore[arg-type]
        events = [
            event
            async for event in execute(
                plan, client=client, images=self.images, journal=narrator, clock=self.clock, options=chosen
            )
        ]
        report = fold(plan, events, calls=client.calls - before, seconds=self.clock.now() - began)
        return Ran(plan=plan, events=tuple(events), report=report)

    async def apply(self, tree: Desired, **options: object) -> Ran:
        """Plan and execute; a plan with refusals is a failure of the test."""
        plan = await self.plan(tree)
        assert not plan.refusals, [refusal.summary for refusal in plan.refusals]
        return await self.execute(plan, **options)  # type: ignore[arg-type]

    async def settle(self, tree: Desired, runs: int = 6, **options: object) -> int:
        """Apply until a plan is empty; gives how many applies that took, fails where it never is."""
        number, plan = 0, await self.plan(tree)
        for number in range(runs):
            self.clock.advance(20)
            plan = await self.plan(tree)
            assert not plan.refusals, [refusal.summary for refusal in plan.refusals]
            if plan.is_empty:
                return number
            await self.execute(plan, **options)  # type: ignore[arg-type]
        raise AssertionError(f"not in sync after {runs} applies: {[action.id for action in plan.actions]}")

    # ---------------------------------------------------------------- the truth
    def datasets(self) -> list[Dataset]:
        """Every dataset as it is, by id."""
        with self.simulator.transaction() as world:
            return world.datasets.all()

    def dataset(self, words: str) -> Dataset:
        """The one dataset whose name begins so."""
        (found,) = [one for one in self.datasets() if one.name.startswith(words)]
        return found

    def images_of(self, dataset: Dataset) -> list[Image]:
        """The images of a dataset, by id."""
        with self.simulator.transaction() as world:
            return world.images.of(dataset.id)

    def image(self, dataset: Dataset, label: str) -> Image:
        """The image of a dataset whose live name begins so."""
        (found,) = [one for one in self.images_of(dataset) if (one.image_name or "").startswith(f"{label}.")]
        return found

    def captions(self, dataset: Dataset) -> dict[str, str | None]:
        """Label to caption."""
        return {(one.image_name or "").split(".")[0]: one.caption for one in self.images_of(dataset)}

    def models(self) -> list[Model]:
        """Every model as it is, by id."""
        with self.simulator.transaction() as world:
            return world.models.all()

    def commits(self, method: str, end: str) -> int:
        """How many requests of this method and end of path changed the world."""
        return sum(e.committed and e.method == method and e.path.endswith(end) for e in self.simulator.log)

    def trainings(self) -> int:
        """How many trainings were started, for ever."""
        return self.commits("POST", "/start_training")

    def written(self) -> list[str]:
        """Method and path of every request that changed the world."""
        return [f"{e.method} {e.path}" for e in self.simulator.log if e.committed]
