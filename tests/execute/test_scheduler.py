"""The walk: what begins when, what is skipped why, and how a run is stopped."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import cast

import pytest

from reconciler.api.observer import Exchange
from reconciler.core.action import CreateDataset, CreateProject
from reconciler.core.event import Event, Finished, Outcome, Progressed, Started, Throttled
from reconciler.core.plan import Plan
from reconciler.core.run.ending import INTERRUPTED
from reconciler.core.run.report import exit_code, fold
from reconciler.execute import Brake, Narrator, execute
from reconciler.execute.slots import Slots
from reconciler.simulator import Instead
from reconciler.simulator.gate import unauthorized
from reconciler.simulator.request import answer
from tests.execute.world import QUICK, World

IMAGES = {"wave": None, "jump": "jumping.", "sit": None}


class Paper:
    """A journal that can be told to run full before or after an exchange."""

    def __init__(self, *, before: int = 0, after: int = 0) -> None:
        self.failure = ""
        self.lines: list[tuple[str, Exchange]] = []
        self._before = before
        self._after = after

    def before(self, exchange: Exchange) -> None:
        if exchange.number == self._before:
            self.failure = "No space left on device"
            raise OSError(28, self.failure)
        self.lines.append(("before", exchange))

    def after(self, exchange: Exchange) -> None:
        if exchange.number == self._after:
            self.failure = "No space left on device"
        self.lines.append(("after", exchange))


async def test_a_first_apply() -> None:
    """Project, dataset, images, captions, model and training are made in one run, and the next plan is empty."""
    world = World()
    tree = world.tree(IMAGES)
    ran = await world.apply(tree)
    assert ran.code == 0, ran
    assert ran.outcomes() == {Outcome.SUCCEEDED: len(ran.plan.actions)}
    assert world.dataset("poses v1").status == "completed"
    assert world.captions(world.dataset("poses v1"))["jump"] == "jumping."
    assert [model.status for model in world.models()] == ["InProgress"]
    assert (await world.plan(tree)).is_empty


async def test_every_action_is_told_once() -> None:
    """Each action has one Started before its one Finished, at growing times."""
    world = World()
    ran = await world.apply(world.tree(IMAGES))
    started = [event.action for event in ran.events if isinstance(event, Started)]
    finished = [event.action for event in ran.events if isinstance(event, Finished)]
    assert sorted(started) == sorted(finished) == sorted(action.id for action in ran.plan.actions)
    assert [event.at for event in ran.events] == sorted(event.at for event in ran.events)


async def test_needs_are_kept() -> None:
    """No action begins before what it needs has succeeded, or has made what is filled while its election is open."""
    world = World()
    ran = await world.apply(world.tree(IMAGES))
    makes = {action.id for action in ran.plan.actions if isinstance(action.step, CreateProject | CreateDataset)}
    ended: set[str] = set()
    needs = {action.id: action.needs for action in ran.plan.actions}
    for event in ran.events:
        if isinstance(event, Started):
            assert ended.issuperset(set(needs[event.action]) - makes)
        elif isinstance(event, Finished):
            ended.add(event.action)
    assert makes <= ended


async def test_an_empty_plan_sends_nothing() -> None:
    """Nothing to do is done without a call."""
    world = World()
    tree = world.tree(IMAGES)
    await world.apply(tree)
    ran = await world.apply(tree)
    assert (ran.events, ran.report.calls, ran.code) == ((), 0, 0)


async def test_a_failure_skips_only_its_dependants() -> None:
    """One refused image stops the completion and not the other images (F15)."""
    world = World()
    tree = world.tree(IMAGES)
    world.images.remove(next(iter(tree.datasets.values())).images[0])
    ran = await world.apply(tree)
    assert ran.code == 1
    assert ran.outcomes()[Outcome.FAILED] == 1
    assert len(world.images_of(world.dataset("poses v1"))) == 2
    assert ran.of("complete").outcome is Outcome.SKIPPED
    assert ran.of("complete").detail.startswith("a need failed: dataset/poses v1 upload")
    assert ran.of("train").detail == ran.of("complete").detail
    assert world.models() == []


async def test_the_width_is_kept() -> None:
    """No more uploads are under way at a time than the options allow."""
    world = World(latency=lambda: 1.0)
    tree = world.tree({f"i{number}": None for number in range(7)}, model=False)
    ran = await world.apply(tree, concurrency=2)
    assert ran.code == 0
    times = [entry.time for entry in world.simulator.log if entry.path.endswith("/images")]
    assert max(times.count(time) for time in times) == 2


async def test_a_refused_token_lets_nothing_begin() -> None:
    """After a 401 nothing new begins; what was not begun says why (F12)."""
    world = World()
    tree = world.tree(IMAGES)
    plan = await world.plan(tree)

    def refuse() -> None:
        raise Instead(unauthorized("401_detail"))

    world.tap.at("POST /datasets", refuse)
    ran = await world.execute(plan)
    assert ran.code == 1
    assert ran.of("dataset/poses v1 create").outcome is Outcome.FAILED
    assert ran.of("v1 guide").outcome is Outcome.SKIPPED
    assert "canary" not in str(ran)


async def test_other_branches_say_that_the_token_was_refused() -> None:
    """An independent branch that had not begun is skipped with the reason, not with a need."""
    world = World()
    await world.apply(world.tree(IMAGES))
    tree = world.tree({**IMAGES, "fly": None}, project_description="New words")
    plan = await world.plan(tree)
    (update,) = [action for action in plan.actions if action.id == "project/lora update"]
    free = tuple(replace(action, needs=tuple(n for n in action.needs if n != update.id)) for action in plan.actions)

    def refuse() -> None:
        raise Instead(unauthorized("403_string"))

    world.tap.at("PUT /projects/1001", refuse)
    ran = await world.execute(replace(plan, actions=free), concurrency=1)
    assert ran.of("v2 clone").detail.startswith("not begun: the API does not let this token go on")
    assert ran.code == 1


async def test_a_journal_that_cannot_be_written_before() -> None:
    """Without a line no request is sent, and no action begins any more (F37)."""
    world = World()
    plan = await world.plan(world.tree(IMAGES))
    sent = world.tap.count
    ran = await world.execute(plan, journal=Paper(before=1))
    assert world.tap.count == sent
    assert ran.of("project/lora create").detail == (
        "nothing was sent: the journal cannot be written: No space left on device"
    )
    assert ran.of("dataset/poses v1 create").outcome is Outcome.SKIPPED
    assert ran.code == 1


async def test_a_journal_that_cannot_be_written_after() -> None:
    """After an answer the action goes on to its end, and none begins after it (F37)."""
    world = World()
    plan = await world.plan(world.tree(IMAGES))
    ran = await world.execute(plan, journal=Paper(after=1))
    assert ran.of("project/lora create").outcome is Outcome.SUCCEEDED
    assert (
        ran.of("dataset/poses v1 create").detail == "not begun: the journal cannot be written: No space left on device"
    )
    assert ran.code == 1


async def test_the_journal_sees_every_request() -> None:
    """A line before and a line after each exchange of the run."""
    world = World()
    plan = await world.plan(world.tree(IMAGES))
    paper = Paper()
    ran = await world.execute(plan, journal=paper)
    assert len(paper.lines) == 2 * ran.report.calls
    assert {kind for kind, _ in paper.lines} == {"before", "after"}


async def test_waits_for_the_limit_are_told() -> None:
    """A 429 makes the client wait, and the run says so."""
    world = World(faults=["POST /tailored-gen/projects#1:429"])
    ran = await world.apply(world.tree(IMAGES))
    assert ran.code == 0
    assert any(isinstance(event, Throttled) for event in ran.events)


async def test_the_brake_lets_running_actions_end() -> None:
    """Pulled once, no new action begins, and those under way end in order (F40)."""
    world = World()
    tree = world.tree(IMAGES)
    brake = Brake()
    world.tap.at("POST /datasets", brake.pull)
    ran = await world.apply(tree, brake=brake)
    assert brake.is_pulled
    assert ran.of("dataset/poses v1 create").outcome is Outcome.SUCCEEDED
    assert ran.of("v1 guide").detail == INTERRUPTED
    assert (ran.report.interrupted, ran.code) == (True, 1)
    assert await world.settle(tree) == 1


async def test_the_brake_ends_a_long_wait() -> None:
    """A wait for captions does not outlast a pulled brake."""
    world = World(switches={"caption_timing": "delayed", "caption_seconds": "500"})
    tree = world.tree(IMAGES)
    brake = Brake()
    plan = await world.plan(tree)

    async def pull() -> None:
        await world.clock.sleep(60)
        brake.pull()

    ran, _ = await asyncio.gather(world.execute(plan, brake=brake), pull())
    assert world.clock.now() < 100
    assert ran.of("v1 caption").detail == INTERRUPTED
    assert ran.of("v1 complete").detail == INTERRUPTED
    assert ran.code == 1


async def test_a_pulled_brake_ends_the_next_wait_at_once() -> None:
    """Whoever comes to a wait with the brake pulled does not begin it."""
    world = World(switches={"caption_timing": "delayed", "caption_seconds": "60"})
    tree = world.tree({"wave": None})
    brake = Brake()
    world.tap.at("GET /datasets/200001", brake.pull, turn=3)
    ran = await world.apply(tree, brake=brake)
    assert ran.of("v1 caption").detail == INTERRUPTED
    assert ran.code == 1


async def test_pulled_twice_everything_is_cut_off() -> None:
    """A second pull ends what runs at once: a request under way leaves its effect unknown (F40)."""
    world = World(latency=lambda: 5.0)
    tree = world.tree(IMAGES)
    brake = Brake()

    async def pull() -> None:
        await world.clock.sleep(8)
        brake.pull()
        brake.pull()

    ran, _ = await asyncio.gather(world.apply(tree, brake=brake), pull())
    assert ran.of("project/lora create").outcome is Outcome.UNKNOWN
    assert ran.of("dataset/poses v1 create").detail.startswith("it is unknown whether a need was done")
    assert (ran.report.interrupted, ran.code) == (True, 1)
    world.latency = lambda: 0.0
    assert await world.settle(tree) == 1
    assert len({entry.path for entry in world.simulator.log if entry.path.endswith("/start_training")}) == 1


async def test_cut_off_between_two_requests() -> None:
    """An action cut off while it settles says that it is half-way; the next apply goes on."""
    world = World()
    tree = world.tree(IMAGES)
    brake = Brake()

    async def pull() -> None:
        await world.clock.sleep(10)
        brake.pull()
        brake.pull()

    ran, _ = await asyncio.gather(world.apply(tree, brake=brake), pull())
    assert ran.of("dataset/poses v1 create").detail.startswith("interrupted half-way")
    assert ran.of("dataset/poses v1 caption").detail == INTERRUPTED
    assert await world.settle(tree) == 1


async def test_cut_off_before_the_first_request() -> None:
    """An action that has sent nothing when it is cut off was not done."""
    world = World()
    tree = world.tree(IMAGES)
    await world.apply(tree)
    swapped = world.tree({"wave": None, "fly": None})
    plan = await world.plan(swapped)
    brake = Brake()

    def pull() -> None:
        brake.pull()
        brake.pull()

    world.tap.at("GET /datasets/200001", pull)
    world.latency = lambda: 5.0
    ran = await world.execute(plan, brake=brake)
    assert ran.of("v2 clone").detail == INTERRUPTED
    assert ran.of("v2 clone").outcome is Outcome.SKIPPED


async def test_closing_the_stream_ends_the_run() -> None:
    """Whoever stops listening cuts everything off; nothing is sent afterwards."""
    world = World()
    plan = await world.plan(world.tree(IMAGES))
    narrator = Narrator()
    stream = execute(
        plan, client=world.client(narrator), images=world.images, journal=narrator, clock=world.clock, options=QUICK
    )
    async for event in stream:
        assert isinstance(event, Started)
        break
    await cast("AsyncGenerator[Event]", stream).aclose()
    sent = world.tap.count
    await world.clock.sleep(100)
    assert world.tap.count == sent


async def test_without_a_journal() -> None:
    """Nobody needs to watch."""
    world = World()
    plan = await world.plan(world.tree(IMAGES))
    events = [
        event
        async for event in execute(
            plan, client=world.client(), images=world.images, clock=world.clock, options=replace(QUICK, brake=Brake())
        )
    ]
    assert exit_code(fold(plan, events, calls=0, seconds=0.0)) == 0


async def test_a_fault_of_our_own_is_told_and_raised() -> None:
    """A bug ends its action as failed, lets no other begin, and is raised after the last event."""
    world = World()
    plan = await world.plan(world.tree(IMAGES))
    broken = replace(plan, wishes=tuple(replace(wish, images=(None,) * 3) for wish in plan.wishes))  # type: ignore[arg-type]
    events: list[Event] = []
    options = replace(QUICK, brake=Brake())
    stream = execute(broken, client=world.client(), images=world.images, clock=world.clock, options=options)

    async def listen() -> None:
        async for event in stream:
            events.append(event)  # noqa: PERF401 - it ends in an exception

    with pytest.raises(AttributeError):
        await listen()
    ended = {event.action: event for event in events if isinstance(event, Finished)}
    assert len(ended) == len(plan.actions)
    assert any(event.detail.startswith("a fault in this tool: AttributeError") for event in ended.values())


async def test_plans_that_do_not_say_what_they_need() -> None:
    """A plan without the wish, the draft, the project or the model that an action speaks of fails with a sentence."""
    world = World()
    plan = await world.plan(world.tree(IMAGES))

    def without(*words: str, wishes: bool = True) -> Plan:
        left = tuple(action for action in plan.actions if not any(word in action.id for word in words))
        ids = {action.id for action in left}
        cut = tuple(replace(action, needs=tuple(need for need in action.needs if need in ids)) for action in left)
        return replace(plan, actions=cut, wishes=plan.wishes if wishes else ())

    ran = await world.execute(without("project/", wishes=True))
    assert ran.of("dataset/poses v1 create").detail == ("no action of this plan made project/lora")
    ran = await world.execute(without("project/", "dataset/poses v1 create"))
    assert ran.of("guide").detail == "no action of this plan made or claimed dataset/poses v1"
    ran = await world.execute(without("project/", "dataset/"))
    assert ran.of("model/expert v1 create").detail == "no action of this plan made dataset/poses"
    ran = await world.execute(without("project/", "dataset/", "model/expert v1 create"))
    assert ran.of("train").detail == "no action of this plan made model/expert v1"
    ran = await world.execute(without("project/", "upload", "guide", "complete", wishes=False))
    assert ran.of("dataset/poses v1 create").detail == "the plan holds no wish for dataset/poses"


async def test_progress_is_told() -> None:
    """What takes long says how far it is."""
    world = World(switches={"caption_timing": "delayed", "caption_seconds": "30"})
    ran = await world.apply(world.tree(IMAGES))
    told = [event for event in ran.events if isinstance(event, Progressed)]
    assert any(event.text == "captions arrive" and event.total == 3 for event in told)


async def test_slots_survive_a_cut_off() -> None:
    """A slot that was given to somebody who is gone goes to the next."""
    slots = Slots(1)
    await slots.take((1, 0))
    gone = asyncio.create_task(slots.take((1, 1)))
    late = asyncio.create_task(slots.take((1, 2)))
    first = asyncio.create_task(slots.take((0, 3)))
    await asyncio.sleep(0)  # noqa: TID251 - lets the tasks run, no time passes
    slots.give()
    gone.cancel()
    await asyncio.wait([first])
    assert not late.done()
    slots.give()
    await asyncio.wait([late, gone])
    assert gone.cancelled()
    assert late.done()


async def test_a_slot_given_and_cancelled_at_once() -> None:
    """Cancelling whoever was just given a slot hands it on."""
    slots = Slots(1)
    await slots.take((1, 0))
    gone = asyncio.create_task(slots.take((1, 1)))
    next_ = asyncio.create_task(slots.take((1, 2)))
    await asyncio.sleep(0)  # noqa: TID251 - lets the tasks run, no time passes
    slots.give()
    gone.cancel()
    await asyncio.wait([next_])
    assert gone.cancelled()


async def test_a_token_that_is_refused_while_looking() -> None:
    """A look-up that meets a 401 leaves its action unknown, and lets nothing else begin."""
    world = World(faults=["POST /tailored-gen/projects:lost_answer"])
    plan = await world.plan(world.tree(IMAGES))

    def refuse() -> None:
        raise Instead(unauthorized("401_detail"))

    world.tap.at("GET /projects", refuse)
    ran = await world.execute(plan)
    assert ran.of("project").outcome is Outcome.UNKNOWN
    assert ran.code == 1


async def test_a_name_that_is_taken_by_an_earlier_attempt() -> None:
    """U01, F09, F14: where names are unique, a repetition meets its own late twin, and takes it."""
    world = World(switches={"unique_names": "all"}, faults=["POST /tailored-gen/datasets:late:16"])
    ran = await world.apply(world.tree(IMAGES))
    assert ran.code == 0, ran
    assert len(world.datasets()) == 1


async def test_a_name_that_somebody_else_has() -> None:
    """A 409 at a creation that nothing of ours explains is a failure in the API's words."""
    world = World()

    def refuse() -> None:
        raise Instead(answer(409, {"message": "That name is taken"}))

    world.tap.at("POST /datasets", refuse)
    ran = await world.apply(world.tree(IMAGES))
    assert ran.of("dataset/poses v1 create").detail == "create-dataset: That name is taken"


async def test_a_wait_that_nobody_listens_to() -> None:
    """A client may have to wait before anybody listens, as while planning."""
    told: list[float] = []
    narrator = Narrator()
    narrator.throttled(3.0, "the limit is 60 calls a minute")
    narrator.listen(lambda seconds, _: told.append(seconds))
    narrator.throttled(4.0, "the limit is 60 calls a minute")
    narrator.listen(None)
    narrator.throttled(5.0, "the limit is 60 calls a minute")
    assert told == [4.0]
