"""A clone that does not hold all images of an archive, and the way on."""

import pytest

from reconciler.execute import Archives
from tests.execute.archives import DECLARED, advanced
from tests.execute.world import World


@pytest.mark.parametrize("value", ["advanced_first_200", "advanced_empty", "409_message"])
async def test_a_clone_that_does_not_hold_all_can_be_done_without(archives: Archives, value: str) -> None:
    """V71: `clone: never` sends the next version in an archive of its own."""
    world = World(switches={"clone_advanced": value})
    assert (await world.apply(advanced(world, DECLARED), archives=archives)).code == 0
    world.clock.advance(4 * 3600)
    images = {"wave": "waves a hand.", "jump": "jumps."}
    await world.apply(advanced(world, images), archives=archives)
    world.clock.advance(4 * 3600)
    tree = advanced(world, images, clone="never")
    assert await world.settle(tree, archives=archives) <= 1
    assert world.captions([one for one in world.datasets() if one.status == "completed"][-1]) == images
