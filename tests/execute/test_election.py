"""What goes on while an election is open: images go into the draft, and all that costs waits for it."""

import asyncio

import pytest

from reconciler.core.event import Outcome
from reconciler.core.run.ending import ANOTHER_APPLY, INTERRUPTED
from reconciler.execute import Brake
from tests.execute.switched import BEFORE
from tests.execute.world import OTHER_PREFIX, SCHEMA, Ran, World

IMAGES = {"wave": None, "jump": "jumping.", "sit": None}
SWAP = {"wave": None, "fly": "flies.", "sit": None}
SETTLE = 15.0


async def live(**switches: str) -> World:
    """A world in which version 1 is completed and trained."""
    world = World(switches=switches)
    await world.apply(world.tree(IMAGES))
    world.clock.advance(4 * 3600)
    return world


def sent(world: World, method: str, end: str) -> list[float]:
    """When requests of this method and end of path came to a world that was new."""
    return [entry.time for entry in world.simulator.log if entry.method == method and entry.path.endswith(end)]


async def test_a_first_apply_settles_once() -> None:
    """Project and draft settle in one window, in which images arrive; the model needs none."""
    world = World()
    ran = await world.apply(world.tree(IMAGES))
    assert ran.code == 0
    assert ran.report.seconds < SETTLE + 2
    assert max(sent(world, "POST", "/images")) < 1
    captions, statuses = sent(world, "PUT", "/images/3000002"), sent(world, "PUT", "/datasets/200001")
    assert min([*captions, *statuses[1:], *sent(world, "POST", "/models")]) >= SETTLE


async def test_a_next_version_settles_once() -> None:
    """The same for a clone: it is checked and filled while its election is open."""
    world = await live()
    ran = await world.apply(world.tree(SWAP))
    assert ran.code == 0
    assert ran.report.seconds < SETTLE + 2
    assert 0 < SETTLE <= ran.of("clone").at <= ran.of("caption").at
    uploaded = [entry.time for entry in world.simulator.log if "200002/images" in entry.path and entry.method == "POST"]
    assert uploaded == [pytest.approx(world.clock.now() - ran.report.seconds, abs=1)]


@pytest.mark.parametrize("images", [IMAGES, {**IMAGES, "fly": None}], ids=["guide", "guide and images"])
async def test_nothing_is_regenerated_before_the_election(images: dict[str, str | None]) -> None:
    """A regeneration costs, so it waits; of the run that is not elected it is never asked for."""
    world = await live()
    tree = world.tree(images, prefix=OTHER_PREFIX)
    plans = [await world.plan(tree), await world.plan(tree)]
    began = world.clock.now()
    first, second = await asyncio.gather(*(world.execute(plan) for plan in plans))
    assert (first.code, second.code) == (0, 4)
    asked = [e for e in world.simulator.log if e.time >= began and e.method == "PUT" and "/images/" in e.path]
    assert {entry.path.split("/")[4] for entry in asked if entry.time < began + SETTLE} == set()
    assert {entry.path.split("/")[4] for entry in asked} == {"200002"}


async def test_a_draft_that_is_not_elected_holds_images_and_nothing_else() -> None:
    """F34: nothing was declared on it, nothing completed, nothing trained; the next plan is in sync."""
    world = await live()
    tree = world.tree({**IMAGES, "fly": "flies."})
    plans = [await world.plan(tree), await world.plan(tree)]
    _, second = await asyncio.gather(*(world.execute(plan) for plan in plans))
    assert second.of("v2 clone").detail.startswith(f"{ANOTHER_APPLY}: draft")
    assert second.of("upload").outcome is Outcome.SUCCEEDED
    assert second.of("v2 caption").detail == "a need failed: dataset/poses v2 clone"
    assert second.code == 4
    loser = world.datasets()[2]
    assert loser.status == "draft"
    assert world.captions(loser)["fly"] != "flies."
    assert world.trainings() == 2
    assert await world.settle(tree) == 0


async def test_uploads_end_where_the_election_is_lost() -> None:
    """What was under way ends, what had not begun is not begun."""
    world = World()
    await world.apply(world.tree({"wave": None}, model=False))
    world.clock.advance(20)
    tree = world.tree({f"i{number}": None for number in range(12)} | {"wave": None}, model=False)
    plans = [await world.plan(tree), await world.plan(tree)]
    world.latency = lambda: 6.0
    _, second = await asyncio.gather(*(world.execute(plan, concurrency=2) for plan in plans))
    uploads = [ending for name, ending in second.ended.items() if "upload" in name]
    outcomes = {ending.outcome for ending in uploads}
    assert outcomes == {Outcome.SUCCEEDED, Outcome.SKIPPED}
    assert {one.detail for one in uploads if one.outcome is Outcome.SKIPPED} == {
        "a need failed: dataset/poses v2 clone"
    }
    world.latency = lambda: 0.0
    assert await world.settle(tree) == 0


async def test_the_brake_ends_the_wait_for_an_election() -> None:
    """Whoever waits for it has sent nothing, and ends at once; the draft's own action ends in order (F40)."""
    world = World()
    tree = world.tree(IMAGES)
    brake = Brake()

    async def pull() -> None:
        await world.clock.sleep(5)
        brake.pull()

    ran, _ = await asyncio.gather(world.apply(tree, brake=brake), pull())
    assert ran.of("v1 caption").detail == INTERRUPTED
    assert ran.of("v1 caption").at < SETTLE
    assert ran.of("poses v1 create").outcome is Outcome.SUCCEEDED
    assert await world.settle(tree) == 1


async def test_a_schema_waits_for_the_list_that_tells_of_its_family() -> None:
    """In an account that shows nothing only the list of projects tells how to ask for the schema family."""
    world = World(switches={"era": "mixed"})
    begun: list[float] = []
    world.tap.at("POST /datasets", lambda: begun.append(world.clock.now()))
    ran = await world.apply(world.tree(BEFORE, guide=SCHEMA))
    assert ran.code == 0
    assert begun[0] >= SETTLE


# ---------------------------------------------------------------- the model
async def test_whoever_completed_the_dataset_does_not_settle_again() -> None:
    """Its model is there before anybody else can have looked in vain, so its training starts at once."""
    world = World()
    await world.apply(world.tree(IMAGES, model=False))
    world.clock.advance(20)
    ran = await world.apply(world.tree({**IMAGES, "fly": None}))
    assert ran.code == 0
    assert ran.of("train").at - ran.of("complete").at < 1


async def test_a_run_that_is_held_up_settles_again() -> None:
    """Where the model comes late after the last look at the draft, somebody else may have made one too."""
    world = World()
    tree = world.tree(IMAGES)
    plan = await world.plan(tree)
    world.tap.at("POST /models", lambda: world.clock.advance(SETTLE / 2))
    ran = await world.execute(plan)
    assert ran.of("train").at - ran.of("complete").at >= SETTLE * 1.5


async def test_a_run_that_may_not_have_completed_it_waits_as_everybody_does() -> None:
    """Held up for `settle` after it saw its own mark: another run may have put its own there, and completed the draft."""
    world = World()
    tree = world.tree(IMAGES)
    plan = await world.plan(tree)
    world.tap.at("PUT /datasets/200001", lambda: world.clock.advance(SETTLE), turn=2)
    ran = await world.execute(plan)
    assert ran.code == 0
    assert ran.of("train").at - ran.of("complete").at >= SETTLE * 2.5


async def test_others_leave_a_head_start_to_whoever_completed_the_dataset() -> None:
    """Both want one model; the one that found the dataset completed waits, and finds the other's (I02).

    The first is held up for long after its model is there: it could not be told from one that is gone.
    """
    world = World()
    tree = world.tree(IMAGES)
    plan = await world.plan(tree)
    others: list[asyncio.Task[Ran]] = []

    def come() -> None:
        others.append(asyncio.ensure_future(second()))

    async def second() -> Ran:
        return await world.execute(await world.plan(tree))

    world.tap.after_at("PUT /datasets/200001", come, turn=3)
    world.latency = lambda: 1.5
    first = await world.execute(plan)
    assert first.code == 0
    ran = await others[0]
    assert ran.code == 0
    assert ran.of("create").detail.endswith("is live already")
    assert world.trainings() == len(world.models()) == 1


async def test_a_model_on_an_older_dataset_waits_and_settles() -> None:
    """Nothing tells who completed a dataset that bears no model, and when: a run may be about to make one."""
    world = World()
    await world.apply(world.tree(IMAGES, model=False))
    world.clock.advance(4 * 3600)
    ran = await world.apply(world.tree(IMAGES))
    assert ran.code == 0
    assert ran.report.seconds >= SETTLE * 2.5
    assert ran.report.calls == ran.plan.cost.calls


async def test_another_model_of_a_dataset_that_bears_one_settles_once() -> None:
    """Other parameters: whoever completed the dataset has made its model long ago."""
    world = World()
    parameters = (("total_training_steps", 1500),)
    await world.apply(world.tree(IMAGES, parameters=parameters))
    world.clock.advance(4 * 3600)
    ran = await world.apply(world.tree(IMAGES, parameters=(("total_training_steps", 2000),)))
    assert ran.code == 0
    assert SETTLE <= ran.report.seconds < SETTLE + 2
