"""Under every tier and either reading of its limit, an apply takes what the limit takes, or one window, and little more.

The limit is so many calls a minute of each operation, or of all together: nobody documents which (U57). With an empty window
at the start, answers at once, and n calls of what is counted, no program is faster than (ceil(n / limit) - 1) minutes.

Where that is nothing, an apply still takes the window in which it becomes known whose draft counts (decision 70). Where it is
a minute or more, the window passes meanwhile; `is_late` are the rows in which it does not.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from math import ceil

import pytest

from reconciler.api.caller import pace_of
from reconciler.core.desired import Desired
from reconciler.core.diff.diff import diff
from reconciler.core.limit import Limits
from reconciler.core.ref import Ref
from reconciler.core.run_options import RunOptions
from reconciler.core.tier import CALLS_A_MINUTE
from reconciler.execute import Narrator
from reconciler.observe import observe
from tests.execute.world import DATASET, OTHER_PREFIX, World

SETTLE = 15.0
TIERS = ("free_trial", "starter", "pro")
ALLOWED = Limits(caption_rewrites=1000)
AT_ONCE = {"regeneration_seconds": "0", "regeneration_seconds_per_image": "0"}
"""How long the API takes for captions is no limit of calls."""

LIMITED = pytest.mark.parametrize("one_budget", [False, True], ids=["each operation", "all together"])


def images(number: int, *, declared: bool) -> dict[str, str | None]:
    return {f"i{at}": f"text {at}." if declared else None for at in range(number)}


def minimum(world: World, since: int, tier: str, *, one_budget: bool) -> float:
    """Seconds that the limit asks for what was sent."""
    operations = Counter(re.sub(r"\d+", "N", f"{entry.method} {entry.path}") for entry in world.simulator.log[since:])
    counted = operations.total() if one_budget else max(operations.values())
    return (ceil(counted / CALLS_A_MINUTE[tier]) - 1) * 60.0


async def takes(world: World, tree: Desired, tier: str, *, one_budget: bool, is_late: bool) -> None:
    """Plan and apply: at most a tenth more than the limit asks, and two seconds; one window where the limit asks nothing."""
    since, began, narrator = len(world.simulator.log), world.clock.now(), Narrator(None)
    client = world.client(narrator, pace_of(tier, one_budget=one_budget))
    plan = await world.plan(tree, client=client)
    ran = await world.execute(plan, client=client, caption_deadline=1800.0)
    assert ran.code == 0, ran
    least = minimum(world, since, tier, one_budget=one_budget)
    window = SETTLE if is_late or not least else 0.0
    assert world.clock.now() - began <= 1.1 * least + 2.0 + window


@LIMITED
@pytest.mark.parametrize("declared", [False, True], ids=["automatic", "declared"])
@pytest.mark.parametrize("tier", TIERS)
async def test_a_first_apply(tier: str, declared: bool, one_budget: bool) -> None:
    world = World()
    # Captions wait for the election, so the minute of their limit begins a window late.
    is_late = (tier, declared, one_budget) == ("free_trial", True, False)
    await takes(world, world.tree(images(20, declared=declared)), tier, one_budget=one_budget, is_late=is_late)


NEXT: Mapping[str, tuple[bool, str]] = {
    "automatic": (False, "automatic"),
    "declared, the clone keeps them": (True, "kept"),
    "declared, all written again": (True, "automatic"),
}
"""Are the captions declared, and what does a clone say of who wrote them (U74)?"""


@LIMITED
@pytest.mark.parametrize("captions", NEXT)
@pytest.mark.parametrize("tier", TIERS)
async def test_a_prefix_edit(tier: str, captions: str, one_budget: bool) -> None:
    declared, source = NEXT[captions]
    world = World(limits=ALLOWED, switches={**AT_ONCE, "clone_caption_source": source})
    content = images(100, declared=declared)
    await world.apply(world.tree(content))
    world.clock.advance(4 * 3600)
    is_late = (tier, captions, one_budget) == ("starter", "declared, all written again", False)
    await takes(world, world.tree(content, prefix=OTHER_PREFIX), tier, one_budget=one_budget, is_late=is_late)


@LIMITED
@pytest.mark.parametrize("tier", TIERS)
async def test_images_that_come_and_go(tier: str, one_budget: bool) -> None:
    world = World(limits=Limits(image_removals_percent=100))
    await world.apply(world.tree(images(20, declared=True)))
    world.clock.advance(4 * 3600)
    content = {f"i{at}": f"text {at}." for at in range(8, 28)}
    is_late = (tier, one_budget) == ("free_trial", True)
    await takes(world, world.tree(content), tier, one_budget=one_budget, is_late=is_late)


@LIMITED
@pytest.mark.parametrize("tier", TIERS)
async def test_plans_of_many_datasets(tier: str, one_budget: bool) -> None:
    """In sync they take three calls, whatever their number; read in full, one more for each."""
    world = World()
    tree = world.tree({"wave": None}, model=False)
    (dataset,) = tree.datasets.values()
    wide = tree.updated(*(replace(dataset, ref=Ref(DATASET.kind, f"more-{at}")) for at in range(34)))
    assert (await world.apply(wide)).code == 0
    for asked, calls in ((RunOptions(), 3), (RunOptions(reads_all=True), 38)):
        world.clock.advance(100)
        since, began = len(world.simulator.log), world.clock.now()
        client = world.client(pace=pace_of(tier, one_budget=one_budget))
        assert not diff(wide, await observe(client, wide, asked), asked).changes
        assert len(world.simulator.log) - since == calls
        least = minimum(world, since, tier, one_budget=one_budget)
        assert world.clock.now() - began <= 1.1 * least + 2.0
