"""Runs a plan: every action begins as soon as its own needs are met, and ends with one event."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from graphlib import TopologicalSorter

from reconciler.api.client import Client
from reconciler.clock import Clock
from reconciler.core.action import Action
from reconciler.core.event import Event, Finished, Outcome, Throttled
from reconciler.core.plan import Plan
from reconciler.core.run.ending import Ending, failed, interrupted, skip_for, skipped
from reconciler.execute.action_run import ActionRun
from reconciler.execute.list_convergence import until_listed
from reconciler.execute.narrator import Narrator
from reconciler.execute.options import ImageStore, Options
from reconciler.execute.perform import perform
from reconciler.execute.run import Run, begin


async def execute(
    plan: Plan, *, client: Client, images: ImageStore, journal: Narrator | None = None, clock: Clock, options: Options
) -> AsyncIterator[Event]:
    """Do what a plan says, exactly as it stands; every planned action ends with one `Finished`.

    `journal` is the observer that the client was made with; its waits are told as events, and no action begins once
    it cannot be written. Closing the iterator cuts everything off at once; `Options.brake` lets it end in order.
    A fault of our own ends its action as failed, lets no other begin, and is raised after the last event.
    """
    run = begin(plan, client=client, images=images, clock=clock, options=options)
    scheduled = asyncio.create_task(_Scheduler(run, journal).to_the_end())
    scheduled.add_done_callback(lambda _: run.events.put_nowait(None))
    if journal is not None:
        journal.listen(partial(_throttle, run))
    try:
        while (event := await run.events.get()) is not None:
            yield event
        await scheduled
    finally:
        if journal is not None:
            journal.listen(None)
        scheduled.cancel()
        await asyncio.wait([scheduled])


def _throttle(run: Run, seconds: float, reason: str) -> None:
    run.events.put_nowait(Throttled(at=run.elapsed, seconds=seconds, reason=reason))


class _Scheduler:
    """The scheduler of one run: which actions are under way, and how each that is over has ended."""

    def __init__(self, run: Run, journal: Narrator | None) -> None:
        self._run = run
        self._journal = journal
        self._actions = {action.id: action for action in run.plan.actions}
        self._places = {action.id: place for place, action in enumerate(run.plan.actions)}
        self._endings: dict[str, Ending] = {}
        self._open: set[str] = set()
        self._tasks: dict[asyncio.Task[Ending], str] = {}
        self._news: asyncio.Queue[asyncio.Task[Ending] | str | None] = asyncio.Queue()
        self._fault: Exception | None = None

    async def to_the_end(self) -> None:
        """Perform every action whose needs are met, as they are met.

        What an action made is a need that is met before the action has ended: while it waits for its election, what it
        made is filled. Each step that costs something waits for the election itself (`ActionRun.elected`).
        """
        sorter = TopologicalSorter({action.id: action.needs for action in self._run.plan.actions})
        sorter.prepare()
        guard = asyncio.create_task(self._run.options.brake.pulled_hard())
        guard.add_done_callback(lambda _: self._news.put_nowait(None))
        try:
            while sorter.is_active() or self._tasks:
                self._spawn(sorter)
                if self._tasks:
                    await self._next(sorter)
            if not self._run.closed and not self._run.options.brake.is_pulled:
                await until_listed(self._run)
        finally:
            guard.cancel()
            await self._cut_off()
        if self._fault is not None:
            raise self._fault

    def _spawn(self, sorter: "TopologicalSorter[str]") -> None:
        """Begin what has become ready, in the plan's order; end at once what cannot begin."""
        for ready in sorted(sorter.get_ready(), key=self._places.__getitem__):
            action = self._actions[ready]
            lacking = next((need for need in action.needs if not self._is_met(need)), None)
            if lacking is not None:
                self._end(sorter, action, skip_for(lacking, self._endings[lacking]))
                continue
            task = asyncio.create_task(self._perform(action))
            task.add_done_callback(self._news.put_nowait)
            self._tasks[task] = ready

    def _is_met(self, need: str) -> bool:
        ending = self._endings.get(need)
        return need in self._open if ending is None else ending.outcome is Outcome.SUCCEEDED

    async def _next(self, sorter: "TopologicalSorter[str]") -> None:
        """Wait until an action is over or has made what others fill, or until everything that runs is to be cut off."""
        news = await self._news.get()
        if news is None:
            await self._cut_off()
        elif isinstance(news, str):
            if news not in self._endings:
                self._open.add(news)
                sorter.done(news)
        else:
            self._end(sorter, self._actions[self._tasks.pop(news)], news.result())

    async def _cut_off(self) -> None:
        """End every action that runs, wherever it is, and wait until it has."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _end(self, sorter: "TopologicalSorter[str]", action: Action, ending: Ending) -> None:
        self._endings[action.id] = ending
        self._run.events.put_nowait(
            Finished(
                action=action.id,
                at=self._run.elapsed,
                outcome=ending.outcome,
                detail=ending.detail,
                id=ending.id,
                exit_code=ending.exit_code,
                reason=ending.reason,
            )
        )
        if (election := self._run.elections.get((action.ref, action.version))) and election.action == action.id:
            election.close(ending)
        if action.id not in self._open:
            sorter.done(action.id)

    async def _perform(self, action: Action) -> Ending:
        """One action from its first slot to its ending."""
        action_run = ActionRun(self._run, action, self._places[action.id], self._news.put_nowait)
        try:
            await action_run.enter()
            if (reason := self._stopped() or action_run.lost()) is not None:
                return reason
            action_run.begin()
            return await perform(action_run)
        except asyncio.CancelledError:
            if not self._run.options.brake.is_hard:
                raise
            return action_run.cut_off()
        except Exception as error:  # noqa: BLE001 - raised again once every action has its ending
            return self._broken(error)
        finally:
            action_run.leave()

    def _stopped(self) -> Ending | None:
        """Why no action may begin now; None while one may."""
        if self._run.options.brake.is_pulled:
            return interrupted()
        if self._journal is not None and self._journal.failure:
            self._run.close(f"the journal cannot be written: {self._journal.failure}")
        return skipped(f"not begun: {self._run.closed}", exit_code=self._run.closed_code) if self._run.closed else None

    def _broken(self, error: Exception) -> Ending:
        """Neither an answer of the API nor a decision: the journal, or a fault of our own."""
        if self._journal is not None and self._journal.failure:
            self._run.close(f"the journal cannot be written: {self._journal.failure}")
            return failed(f"nothing was sent: {self._run.closed}")
        self._fault = self._fault or error
        self._run.close("a fault in this tool")
        return failed(f"a fault in this tool: {type(error).__name__}: {error}")
