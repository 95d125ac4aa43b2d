"""Stories in which an earlier text of the rules went wrong, each played to its end; others are beside their steps."""

import pytest

from reconciler.simulator import console
from reconciler.simulator.captioner import caption as automatic
from tests.execute.story import BASE, HAND, SWAP
from tests.execute.world import OTHER_PREFIX, World

ALL = {"wave": None, "jump": None}


async def test_completed_by_hand_while_stale() -> None:
    """A person completes a draft whose captions lag behind; it never counts, and the next version is right."""
    world = World()
    await world.apply(world.tree(ALL))
    world.clock.advance(4 * 3600)
    tree = world.tree(ALL, prefix=OTHER_PREFIX)
    world.tap.at("PUT /images", lambda: console.edit_dataset(world.simulator, 200002, status="completed"))
    ran = await world.apply(tree)
    assert ran.code == 1
    assert await world.settle(tree) == 1
    third = world.dataset("poses v3")
    assert world.models()[-1].dataset_id == third.id
    for image in world.images_of(third):
        assert image.caption == automatic(OTHER_PREFIX, image.image_name, image.sha256)


async def test_a_hand_written_caption_survives_a_detour() -> None:
    """An image that git drops and takes back comes with the caption that a person wrote on it."""
    world = World()
    await SWAP.begin(world)
    await world.settle(world.tree({"wave": None, "jump": "jumping."}))
    world.clock.advance(4 * 3600)
    back = world.tree({**BASE, "jump": "jumping again."})
    await world.settle(back)
    assert world.captions(world.dataset("poses v3"))["sit"] == HAND


@pytest.mark.parametrize("rename", ["200", "409"])
async def test_completed_by_hand_and_never_renamed(rename: str) -> None:
    """A draft that a person completed is in force as it stands; no run tries to rename it."""
    world = World(switches={"rename_completed": rename})
    tree = world.tree(BASE)
    world.tap.at("PUT /200001", lambda: console.edit_dataset(world.simulator, 200001, status="completed"), turn=2)
    await world.apply(tree)
    assert await world.settle(tree) == 1
    before = len(world.written())
    assert (await world.plan(tree)).is_empty
    assert (await world.apply(tree)).report.calls == 0
    assert len(world.written()) == before
    assert world.trainings() == 1


async def test_a_renamed_dataset_is_not_paid_for_again() -> None:
    """A completed dataset that a person renamed is a refusal, never an upload and a training."""
    world = World()
    await world.apply(world.tree(BASE))
    world.clock.advance(4 * 3600)
    console.edit_dataset(world.simulator, 200001, name="Lora final")
    plan = await world.plan(world.tree(BASE))
    assert plan.refusals
    assert plan.is_empty


async def test_prefix_there_and_back() -> None:
    """A prefix that is changed and reverted uses the version that is live: no upload, no training."""
    world = World()
    await world.apply(world.tree(BASE))
    world.clock.advance(4 * 3600)
    await world.settle(world.tree(BASE, prefix=OTHER_PREFIX))
    world.clock.advance(4 * 3600)
    assert (await world.plan(world.tree(BASE))).is_empty
    assert world.trainings() == 2
