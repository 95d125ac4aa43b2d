"""Every value of every undocumented behaviour, through two applies: in sync, or the refusal that is expected."""

import pytest

from reconciler.simulator.switch_table import ARCHIVES, FAMILIES, PLAYED
from tests.execute.story import EVERYTHING
from tests.execute.world import World

REFUSED = {
    ("clone_image_names", "regenerated"): "the next version is uploaded afresh",
    ("clone_image_names", "null"): "the next version is uploaded afresh",
    ("era", "current"): "visual_schema",
    ("name_rules", "stripped"): "the API stores the name",
}
"""What an apply says where it cannot go on; nothing is lost, and nothing was spent."""

MET = [switch for switch in PLAYED if switch not in (*ARCHIVES, *FAMILIES)]
"""What a basic dataset of the prefix family can meet; the others are about zip uploads and the schema family."""

VALUES = [(switch.name, value) for switch in MET for value in switch.values if value != switch.default]


@pytest.mark.parametrize(("switch", "value"), VALUES, ids=[f"{switch}-{value}" for switch, value in VALUES])
async def test_a_value(switch: str, value: str) -> None:
    """F25: one switch at a time, a first apply and one that changes everything."""
    world = World(switches={switch: value})
    expected = REFUSED.get((switch, value))
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
