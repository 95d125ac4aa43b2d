"""The end of an apply: the lists show what it made."""

from reconciler.core.event import Outcome
from reconciler.execute import Brake
from tests.execute.world import World

IMAGES = {"wave": None, "jump": "jumping."}


async def test_the_next_plan_is_in_sync() -> None:
    """U58: an apply ends once lists that lag show what it made, so that the next plan is empty."""
    world = World(switches={"list_lag_seconds": "5"})
    tree = world.tree(IMAGES)
    await world.apply(tree)
    assert (await world.plan(tree)).is_empty


async def test_lists_that_lag_for_long() -> None:
    """The wait is at most `settle`: then the apply ends as it is."""
    world = World(switches={"list_lag_seconds": "14"})
    tree = world.tree(IMAGES)
    ran = await world.apply(tree, settle=15.0)
    assert ran.code == 0
    assert (await world.plan(tree)).is_empty
    late = World(switches={"list_lag_seconds": "0"})
    await late.apply(late.tree(IMAGES))
    began = late.clock.now()
    late.tap.clear()
    ran = await late.apply(late.tree(IMAGES, project_description="New words"))
    assert ran.code == 0
    assert late.clock.now() - began < 15


async def test_a_list_that_fails_at_the_end() -> None:
    """What was done stays done where the last look fails."""
    world = World(faults=["GET /tailored-gen/datasets#2-99:502"])
    ran = await world.apply(world.tree(IMAGES))
    assert ran.outcomes()[Outcome.SUCCEEDED] == len(ran.plan.actions)
    assert ran.code == 0


async def test_a_brake_pulled_at_the_end() -> None:
    """Nobody waits for lists after an interruption."""
    world = World(switches={"list_lag_seconds": "12"})
    brake = Brake()
    plan = await world.plan(world.tree(IMAGES))
    world.tap.at("GET /v1/tailored-gen/datasets", brake.pull)
    ran = await world.execute(plan, brake=brake)
    assert ran.outcomes()[Outcome.SUCCEEDED] == len(ran.plan.actions)


async def test_lists_that_never_show_it() -> None:
    """After `settle` an apply ends, whatever the lists show."""
    world = World(switches={"list_lag_seconds": "14"})
    await world.apply(world.tree(IMAGES))
    world.clock.advance(60)
    began = world.clock.now()
    ran = await world.apply(world.tree(IMAGES, project_description="New words"), settle=5.0)
    assert ran.code == 0
    assert 5 <= world.clock.now() - began < 10
