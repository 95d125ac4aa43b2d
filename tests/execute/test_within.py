"""What was reviewed binds a run that goes on after another was cut off: nothing it does is beyond the review."""

import pytest

from reconciler.core.desired import Desired
from reconciler.core.limit import Limits
from reconciler.core.look.offline import assess_offline
from reconciler.core.plan import Plan, Subject
from reconciler.core.planning.planner import plan
from reconciler.core.planning.review_binding import beyond
from tests.execute.world import OTHER_PREFIX, Killed, World, kill

BEFORE: dict[str, str | None] = {"wave": None, "jump": "jumping.", "sit": None, "old": "an old one."}
AFTER: dict[str, str | None] = {"wave": None, "jump": "jumping high.", "sit": "sitting.", "fly": "flying.", "run": None}


def reviewed(base: Desired, desired: Desired) -> Plan:
    """The plan of a pull request: against the base, nobody asked."""
    subject = Subject(endpoint="simulator", tier="starter", projects=1, datasets=1, images=5, models=1, base="main")
    return plan(assess_offline(desired, base), subject=subject, limits=Limits())


async def cut_off(desired: Desired, base: Desired | None, calls: int) -> tuple[World, bool]:
    """A world in which the base is live and an apply of `desired` died after so many calls; did it die?"""
    world = World()
    if base is not None:
        world.tree(BEFORE)
        assert (await world.apply(base)).code == 0
    world.tree(AFTER)
    world.tap.count = 0
    world.tap.after_at(calls, kill)
    try:
        await world.apply(desired)
    except Killed:
        world.clock.advance(60)
        return world, True
    return world, False


@pytest.mark.parametrize("prefix", [None, OTHER_PREFIX], ids=["same prefix", "other prefix"])
@pytest.mark.parametrize("is_first", [True, False], ids=["first", "next version"])
async def test_a_run_that_goes_on_is_within_the_review(prefix: str | None, is_first: bool) -> None:
    """Whichever call was the last before the end, and however the world stands then; it ends in sync."""
    makes = World()
    base = makes.tree(BEFORE)
    desired = makes.tree(AFTER) if prefix is None else makes.tree(AFTER, prefix=prefix)
    allowed = reviewed(Desired() if is_first else base, desired)
    deaths = 0
    for calls in range(1, 200):
        world, has_died = await cut_off(desired, None if is_first else base, calls)
        if not has_died:
            break
        deaths += 1
        now = await world.plan(desired)
        assert beyond([allowed], now) == (), (calls, beyond([allowed], now))
        assert (await world.apply(desired)).code == 0
        assert (await world.plan(desired)).is_empty
    assert deaths > 15


async def test_a_run_that_was_cut_off_does_not_use_up_a_limit() -> None:
    """Two of three images go, and were allowed once: until the version is complete, whoever goes on is asked again."""
    few: dict[str, str | None] = {"wave": None, "fly": None}
    makes = World()
    base, desired = makes.tree({"wave": None, "jump": None, "sit": None}), makes.tree(few)
    deaths, refused = 0, 0
    for calls in range(1, 100):
        world = World(limits=Limits(image_removals_percent=100))
        world.tree({"wave": None, "jump": None, "sit": None})
        assert (await world.apply(base)).code == 0
        world.tree(few)
        world.tap.count = 0
        world.tap.after_at(calls, kill)
        try:
            await world.apply(desired)
            break
        except Killed:
            deaths += 1
            world.tap.clear()
            world.clock.advance(60)
        world.limits = Limits()
        rules = [refusal.rule for refusal in (await world.plan(desired)).refusals]
        is_complete = any(one.name.startswith("poses v2") and one.status == "completed" for one in world.datasets())
        assert rules == ([] if is_complete else ["limit-image-removals-percent"]), calls
        refused += bool(rules)
    assert deaths > refused > 10
