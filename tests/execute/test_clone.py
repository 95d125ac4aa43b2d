"""The check of a clone: waiting, writing again, and what may not be lost."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from reconciler.core.event import Outcome
from reconciler.simulator import console
from reconciler.simulator.captioner import caption as automatic
from tests.execute.world import OTHER_PREFIX, PREFIX, Killed, World, kill

IMAGES = {"wave": None, "jump": "jumping.", "sit": None}
SWAP = {"wave": None, "fly": "flies.", "sit": None}
HAND = "sits on a wall."


async def live(switches: Mapping[str, str]) -> World:
    """A world in which version 1 is completed and trained, and a person wrote one caption that git does not know."""
    world = World(switches=switches)
    await world.apply(world.tree(IMAGES))
    world.clock.advance(4 * 3600)
    console.edit_image(world.simulator, world.image(world.dataset("poses v1"), "sit").id, caption=HAND)
    return world


CLONES = [
    {},
    {"clone_mode": "async_images"},
    {"clone_mode": "captions_reset"},
    {"clone_prefix": "default"},
    {"clone_caption_source": "automatic"},
    {"clone_caption_source": "null"},
    {"clone_name": "ignored"},
    {"clone_mode": "captions_reset", "clone_prefix": "default"},
    {"clone_mode": "async_images", "clone_prefix": "default", "clone_caption_source": "null", "list_lag_seconds": "5"},
    {
        "clone_mode": "captions_reset",
        "clone_prefix": "default",
        "clone_caption_source": "null",
        "caption_timing": "delayed",
        "late_caption_wins": "yes",
    },
]


@pytest.mark.parametrize("switches", CLONES, ids=lambda one: " ".join(one.values()) or "default")
@pytest.mark.parametrize("prefix", [PREFIX, OTHER_PREFIX], ids=["same", "new"])
async def test_every_clone_ends_as_declared(switches: dict[str, str], prefix: str) -> None:
    """Whatever a clone keeps (U51, U71 to U75): the declared, the hand-written and the automatic captions are right."""
    world = await live(switches)
    tree = world.tree(SWAP, prefix=prefix)
    ran = await world.apply(tree)
    assert ran.code == 0, ran
    second = world.dataset("poses v2 (")
    wave = world.image(second, "wave")
    assert second.caption_prefix == prefix
    assert world.captions(second) == {
        "fly": "flies.",
        "sit": HAND,
        "wave": automatic(prefix, wave.image_name, wave.sha256),
    }
    assert (await world.plan(tree)).is_empty


async def test_what_the_check_says() -> None:
    """The ending tells how many images arrived, what was written again, and what will be regenerated."""
    world = await live({"clone_mode": "captions_reset", "clone_prefix": "default"})
    ran = await world.apply(world.tree(SWAP))
    assert ran.of("check").detail == (
        "3 images arrived, 1 hand-written caption written again, "
        "automatic captions came out different and will be regenerated"
    )


async def test_an_image_that_does_not_come_along_is_uploaded() -> None:
    """A clone that stays short is no failure: what is missing is uploaded, and the texts for it are written."""
    world = await live({})
    world.tap.after_at(
        "POST /clone", lambda: console.delete_image(world.simulator, world.images_of(world.datasets()[1])[2].id)
    )
    tree = world.tree({**IMAGES, "fly": None})
    ran = await world.apply(tree, patience=20.0)
    assert "1 image did not and will be uploaded" in ran.of("check").detail
    assert "1 missing image uploaded again" in ran.of("v2 caption").detail
    assert ran.code == 0
    assert world.captions(world.dataset("poses v2"))["sit"] == HAND
    assert (await world.plan(tree)).is_empty


@pytest.mark.parametrize("names", ["regenerated", "null"])
async def test_a_clone_without_digests(names: str) -> None:
    """U71: the check fails with the way on, and the source is as it was; `clone: never` then uploads afresh."""
    world = await live({"clone_image_names": names})
    before = world.images_of(world.dataset("poses v1"))
    ran = await world.apply(world.tree(SWAP))
    assert ran.code == 4
    assert "declare `clone: never`" in ran.of("check").detail
    assert world.images_of(world.dataset("poses v1")) == before
    tree = world.tree(SWAP, clone="never")
    assert await world.settle(tree) == 1
    assert world.captions(world.dataset("poses v3"))["sit"] == HAND


async def test_a_check_is_done_once() -> None:
    """A check of a draft whose mark is gone has nothing to do."""
    world = await live({})
    plan = await world.plan(world.tree(SWAP))
    double = [action for action in plan.actions if action.id.endswith("check")]

    again = replace(double[0], id="again", needs=(double[0].id,))
    ran = await world.execute(replace(plan, actions=(*plan.actions[:2], again)))
    assert ran.of("again").detail == "checked before"


async def test_a_source_that_is_gone() -> None:
    """A clone whose source was deleted cannot be checked."""
    world = await live({})
    plan = await world.plan(world.tree({**IMAGES, "jump": "jumping high."}))
    world.tap.at("GET /projects/1001/datasets", lambda: console.delete_dataset(world.simulator, 200001))
    world.clock.advance(0)
    ran = await world.execute(plan, settle=70.0)
    assert "is gone; declare `clone: never`" in ran.of("check").detail
    assert ran.code == 4


async def test_cut_off_after_the_check() -> None:
    """Once the mark is gone, a half-swapped draft is no failed check."""
    world = await live({})
    tree = world.tree(SWAP)
    plan = await world.plan(tree)
    removals = [action for action in plan.actions if "remove" in action.id]
    assert removals
    world.tap.after_at(f"DELETE /{world.image(world.dataset('poses v1'), 'jump').id + 3}", kill)
    with pytest.raises(Killed):
        await world.execute(plan)
    assert " of v" not in world.dataset("poses v2").name
    assert await world.settle(tree) == 1
    assert world.captions(world.dataset("poses v2"))["sit"] == HAND


async def test_an_edit_on_an_unchecked_clone_stays() -> None:
    """A caption that a person wrote on the clone is not put back by the check."""
    world = await live({})
    tree = world.tree(SWAP)
    world.tap.at("GET /projects/1001/datasets", kill)
    plan = await world.plan(tree)
    with pytest.raises(Killed):
        await world.execute(plan)
    world.clock.advance(20)
    draft = world.dataset("poses v2 draft")
    console.edit_image(world.simulator, world.image(draft, "sit").id, caption="edited on the draft.")
    assert await world.settle(tree) == 1
    assert world.captions(world.dataset("poses v2"))["sit"] == "edited on the draft."


async def test_a_refused_text() -> None:
    """A caption that the API refuses to take again fails the check, and nothing after it is done."""
    world = await live({"clone_caption_source": "null"})
    world.tap.after_at("GET /projects/1001/datasets", lambda: None)
    plan = await world.plan(world.tree(SWAP))
    world.tap.at(
        f"PUT /{world.image(world.dataset('poses v1'), 'sit').id + 3}",
        lambda: console.edit_dataset(world.simulator, 200002, status="completed"),
    )
    ran = await world.execute(plan)
    assert ran.of("check").outcome is Outcome.FAILED
    assert ran.code == 1
