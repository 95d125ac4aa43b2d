"""Every value of every undocumented behaviour, through two applies: in sync, or the refusal that is expected."""

import pytest

from reconciler.simulator.switch_table import KNOBS
from tests.execute.story import EVERYTHING
from tests.execute.world import World

REFUSED = {
    ("clone_image_names", "regenerated"): "the next version is uploaded afresh",
    ("clone_image_names", "null"): "the next version is uploaded afresh",
    ("era", "current"): "visual_schema",
    ("name_rules", "stripped"): "the API stores the name",
}
"""What an apply says where it cannot go on; nothing is lost, and nothing was spent."""

VALUES = [(knob.knob, value) for knob in KNOBS for value in knob.values if value != knob.default]


@pytest.mark.parametrize(("knob", "value"), VALUES, ids=[f"{knob}-{value}" for knob, value in VALUES])
async def test_a_value(knob: str, value: str) -> None:
    """F25: one switch at a time, a first apply and one that changes everything."""
    world = World(switches={knob: value})
    expected = REFUSED.get((knob, value))
    first = await world.apply(world.tree(EVERYTHING.begins or {}))
    if first.code:
        assert expected
        assert expected in str(first)
        assert world.trainings() == 0
        return
    world.clock.advance(4 * 3600)
    tree = EVERYTHING.go_on(world)
    ran = await world.apply(tree)
    if expected:
        assert expected in str(ran)
        assert world.trainings() == 1
        return
    world.clock.advance(4 * 3600)
    await world.settle(tree)
    EVERYTHING.check(world)
