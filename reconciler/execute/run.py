"""One apply while it runs: what it was given, what it has made so far, and what it remembers of its reads."""

import asyncio
from dataclasses import field
from functools import partial

from reconciler.api.client import Client
from reconciler.clock import Clock
from reconciler.core.action import Action
from reconciler.core.change import DatasetChange, ModelChange
from reconciler.core.event import Event, Outcome
from reconciler.core.guide import Family
from reconciler.core.kind import Kind
from reconciler.core.live import RemoteDataset, RemoteModel, RemoteProject
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.core.run.ending import Ending
from reconciler.core.run.list_convergence import ExpectedListing
from reconciler.core.run.model_creation import Freeze
from reconciler.core.value import dataclass
from reconciler.core.wish import DatasetWish
from reconciler.execute.options import ImageStore, Options
from reconciler.execute.shared_reads import SharedRead
from reconciler.execute.slots import Slots


class Election:
    """Whether what one action made counts: open until that action has ended."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.ending = Ending(outcome=Outcome.UNKNOWN)
        self._over = asyncio.Event()

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    @property
    def is_lost(self) -> bool:
        """Is it over, and what was made does not count?"""
        return self.is_over and self.ending.outcome is not Outcome.SUCCEEDED

    def close(self, ending: Ending) -> None:
        """The action has ended so; what is said first stays."""
        if not self.is_over:
            self.ending = ending
            self._over.set()

    async def over(self) -> None:
        """Return once it is over."""
        await self._over.wait()


@dataclass(slots=True, kw_only=True, eq=False)
class Run:
    """The one mutable value of an apply; `mark` stands in the name of every draft that it fills.

    `ids` holds the live id of each (ref, version) that an action made, claimed or elected; a project has version None.
    `elections` are those of what this run made and fills ahead; `freezes` tells when each dataset that it completed froze.
    `closed` says why no new action may start, empty while all is well.
    """

    plan: Plan
    client: Client
    images: ImageStore
    clock: Clock
    options: Options
    mark: str
    began: float
    slots: Slots
    upload_slots: Slots
    projects: SharedRead[tuple[RemoteProject, ...]]
    models: SharedRead[tuple[RemoteModel, ...]]
    events: asyncio.Queue[Event | None] = field(default_factory=asyncio.Queue)
    ids: dict[tuple[Ref, int | None], int] = field(default_factory=dict)
    elections: dict[tuple[Ref, int | None], Election] = field(default_factory=dict)
    freezes: dict[int, Freeze] = field(default_factory=dict)
    expected: dict[tuple[Kind, int], ExpectedListing] = field(default_factory=dict)
    asks_for: set[Family] = field(default_factory=set)
    """Families that a new dataset must ask for, as projects that this run made show."""
    family_agrees: bool = False
    """Did a dataset that this run made turn out to be of the declared family?"""
    family_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    closed: str = ""
    closed_code: int = 1
    cut: asyncio.Event = field(default_factory=asyncio.Event)
    """Set where no request is answered any more, so that there is nothing to wait for."""
    trainings: set[int] = field(default_factory=set)
    rewrites: int = 0
    captioned: set[int] = field(default_factory=set)
    """Ids of new images whose declared captions were written as soon as they were uploaded."""
    _datasets: dict[int, SharedRead[RemoteDataset | None]] = field(default_factory=dict)
    _listings: dict[int, SharedRead[tuple[RemoteDataset, ...]]] = field(default_factory=dict)

    @property
    def elapsed(self) -> float:
        """Seconds since the apply began."""
        return self.clock.now() - self.began

    def dataset(self, live_id: int) -> SharedRead[RemoteDataset | None]:
        """The read of one dataset, with its images."""
        return self._datasets.setdefault(live_id, SharedRead(partial(self.client.get_dataset, live_id), self.clock))

    def listing(self, project_id: int) -> SharedRead[tuple[RemoteDataset, ...]]:
        """The list of a project's datasets."""
        return self._listings.setdefault(
            project_id, SharedRead(partial(self.client.list_project_datasets, project_id), self.clock)
        )

    def wish(self, ref: Ref) -> DatasetWish | None:
        """What the plan wants a dataset to be; None where it does not say."""
        return self.plan.wish(ref)

    def dataset_change(self, ref: Ref) -> DatasetChange | None:
        """What the plan changes on a dataset."""
        return next((one for one in self.plan.changes_of(ref) if isinstance(one, DatasetChange)), None)

    def model_change(self, ref: Ref) -> ModelChange | None:
        """What the plan changes on a model."""
        return next((one for one in self.plan.changes_of(ref) if isinstance(one, ModelChange)), None)

    def note_write(self, action: Action) -> None:
        """A request of this action ended: what was read of its dataset before may be out of date."""
        live_id = self.ids.get((action.ref, action.version))
        if action.ref.kind is Kind.DATASET and live_id is not None:
            self.dataset(live_id).note_write()

    def expect_listed(self, expected: ExpectedListing) -> None:
        """Remember what the lists must show before the apply ends."""
        self.expected[expected.kind, expected.id] = expected

    def stop_for_token(self, message: str) -> None:
        """The API refused the token, or what is left of its quota: no further action makes sense (F12)."""
        self.cut_off(f"the API does not let this token go on: {message}")

    def cut_off(self, reason: str) -> None:
        """Let no new action start, and nobody wait for what only a request could tell."""
        self.close(reason)
        self.cut.set()

    def close(self, reason: str, exit_code: int = 1) -> None:
        """Let no new action start; the first reason stays. `exit_code` is that of every action which is not begun."""
        if not self.closed:
            self.closed, self.closed_code = reason, exit_code


def begin(plan: Plan, *, client: Client, images: ImageStore, clock: Clock, options: Options) -> Run:
    """A run that has done nothing yet."""
    return Run(
        plan=plan,
        client=client,
        images=images,
        clock=clock,
        options=options,
        mark=clock.mark(),
        began=clock.now(),
        slots=Slots(options.concurrency),
        upload_slots=Slots(options.concurrency),
        projects=SharedRead(client.list_projects, clock),
        models=SharedRead(client.list_models, clock),
    )
