"""Two appliers at once, interleaved in many ways: never two trainings of one fingerprint, and always an end in sync."""

import asyncio
from collections.abc import Callable
from random import Random

import pytest

from reconciler.core.desired import Desired
from reconciler.simulator import world as simulated
from reconciler.simulator.exchange import Exchange
from reconciler.simulator.world import Tables
from tests.execute.story import EVERYTHING, FIRST, SWAP, Story
from tests.execute.world import Ran, World

SEEDS = 12


async def at(world: World, tree: Desired, delay: float) -> Ran | None:
    """Plan and apply after a while; None where the plan was refused."""
    await world.clock.sleep(delay)
    plan = await world.plan(tree)
    return None if plan.refusals else await world.execute(plan)


@pytest.mark.parametrize("lag", ["0", "5"])
@pytest.mark.parametrize("story", [FIRST, SWAP, EVERYTHING], ids=str)
async def test_the_same_commit(story: Story, lag: str) -> None:
    """Equal commits: one run does it, the other stops with exit 4 or finds it done (I02, F34)."""
    for seed in range(SEEDS):
        draw = Random(f"{story} {seed}")
        world = World(switches={"list_lag_seconds": lag})
        tree = await story.begin(world)
        world.clock.advance(20)
        world.latency = lambda draw=draw: draw.random() * 2  # type: ignore[misc]
        later = draw.random() * draw.choice([1, 20, 60])
        runs = await asyncio.gather(at(world, tree, 0), at(world, tree, later))
        world.latency = lambda: 0.0
        assert {run.code for run in runs if run} <= {0, 4}, "\n\n".join(map(str, runs))
        world.clock.advance(80)
        await world.settle(tree)
        story.check(world)


@pytest.mark.parametrize("story", [FIRST, EVERYTHING], ids=str)
async def test_different_commits(story: Story) -> None:
    """Different commits: no mixing in one draft, no number for two contents, no training twice (F35, I20)."""
    for seed in range(SEEDS):
        draw = Random(f"other {story} {seed}")
        world = World()
        tree = await story.begin(world)
        other = world.tree({"wave": None, "new": "brand new."})
        world.latency = lambda draw=draw: draw.random() * 2  # type: ignore[misc]
        later = draw.random() * draw.choice([1, 20, 60])
        await asyncio.gather(at(world, tree, 0), at(world, other, later))
        world.latency = lambda: 0.0
        world.clock.advance(80)
        await world.settle(tree)
        completed = [dataset.name for dataset in world.datasets() if dataset.status == "completed"]
        assert len({name.split(" (")[0] for name in completed}) == len(completed)
        trained = [model.name.split(" (")[1] for model in world.models() if model.status != "Created"]
        assert len(set(trained)) == len(trained)


async def test_a_late_twin_of_a_clone() -> None:
    """F09: a clone that commits a minute after it was lost is a duplicate that nobody fills."""
    world = World(faults=["POST /tailored-gen/datasets/*/clone#1:late:60"])
    tree = await SWAP.begin(world)
    ran = await world.apply(tree)
    assert ran.code == 0
    world.clock.advance(100)
    plan = await world.plan(tree)
    assert plan.is_empty
    SWAP.check(world)
    assert len(world.datasets()) == 3


def each_by_itself(draw: Random, longest: float) -> Callable[[Exchange], Tables]:
    """Lists in which every object is shown as it was at a moment of its own, none longer ago than that."""

    def lists(exchange: Exchange) -> Tables:
        now = exchange.world
        past = [now, now.as_of(exchange.now - longest / 2), now.as_of(exchange.now - longest)]
        mixed = simulated.World()
        mixed.undo_log.pause()
        for kind in ("projects", "datasets", "models", "images"):
            for id_ in sorted({row.id for world in past for row in getattr(world, kind).all()}):
                row = getattr(draw.choice(past), kind).get(id_)
                if row is not None:
                    mixed.put(row)
        return mixed

    return lists


@pytest.mark.parametrize("story", [FIRST, SWAP], ids=str)
async def test_lists_in_which_each_object_lags_for_itself(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """No list is of one moment, and the second run plans at any time, also right when the first has completed its dataset."""
    for seed in range(SEEDS):
        draw = Random(f"each {story} {seed}")
        world = World(switches={"list_lag_seconds": "14"})
        tree = await story.begin(world)
        world.clock.advance(40)
        world.latency = lambda draw=draw: draw.random() * draw.choice([0.2, 2])  # type: ignore[misc]
        later = draw.choice([1, 16, 20]) + draw.random() * 4
        with monkeypatch.context() as patched:
            patched.setattr(Exchange, "lists", each_by_itself(draw, 14.0))
            runs = await asyncio.gather(at(world, tree, 0), at(world, tree, later))
        world.latency = lambda: 0.0
        assert {run.code for run in runs if run} <= {0, 4}, "\n\n".join(map(str, runs))
        world.clock.advance(80)
        await world.settle(tree)
        story.check(world)
