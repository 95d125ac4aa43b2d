"""Captions that git declares or that people wrote: written last, verified, never over a person's text unasked."""

import asyncio
from dataclasses import replace

import pytest

from reconciler.core.cost import Cost
from reconciler.core.event import Outcome
from reconciler.core.limit import Limits
from reconciler.core.run.ending import WAITS_FOR_CAPTIONS
from reconciler.simulator import Instead, console
from reconciler.simulator.request import answer
from tests.execute.world import World

IMAGES = {"wave": None, "jump": "jumping.", "sit": None}


async def kept_open(world: World) -> None:
    """A draft that git keeps open, with its captions."""
    await world.apply(world.tree(IMAGES, completed=False))
    world.clock.advance(20)


@pytest.mark.parametrize(
    "switches",
    [
        {"caption_timing": "delayed"},
        {"caption_timing": "delayed_pending"},
        {"caption_timing": "delayed", "late_caption_wins": "yes"},
        {"caption_timing": "delayed", "caption_seconds": "200"},
        {"caption_failure": "null_caption"},
        {"late_caption_wins": "yes"},
    ],
    ids=lambda one: " ".join(one.values()),
)
async def test_declared_captions_stand(switches: dict[str, str]) -> None:
    """U13, U14, U75: a declared text is written once the automatic one is there, and stands when completed (I05)."""
    world = World(switches=switches)
    tree = world.tree(IMAGES)
    ran = await world.apply(tree)
    assert ran.code == 0, ran
    captions = world.captions(world.dataset("poses v1"))
    assert captions["jump"] == "jumping."
    assert None not in captions.values()
    assert (await world.plan(tree)).is_empty


@pytest.mark.parametrize("fault", ["lost_answer", "lost_request", "502_after", "html"])
async def test_captions_that_are_not_answered(fault: str) -> None:
    """A caption is looked at, and written again where it is not there."""
    world = World(faults=[f"PUT /tailored-gen/datasets/*/images/*:{fault}"])
    ran = await world.apply(world.tree(IMAGES))
    assert ran.code == 0
    assert world.captions(world.dataset("poses v1"))["jump"] == "jumping."


async def test_captions_that_nobody_waits_for() -> None:
    """`--wait none`: what is still to come is left to the next apply, with exit 0."""
    world = World(switches={"caption_timing": "delayed", "caption_seconds": "60"})
    tree = world.tree(IMAGES)
    ran = await world.apply(tree, wait="none")
    assert ran.code == 0
    assert {ran.of(words).detail for words in ("v1 caption", "v1 complete", "v1 train")} == {WAITS_FOR_CAPTIONS}
    assert ran.report.notes[0].startswith("captions of 2 objects are still awaited")
    assert await world.settle(tree) == 1


async def test_captions_that_are_there_need_no_wait() -> None:
    """`--wait none` goes on where nothing is awaited."""
    world = World()
    ran = await world.apply(world.tree(IMAGES), wait="none")
    assert ran.outcomes()[Outcome.SUCCEEDED] == len(ran.plan.actions)


async def test_captions_that_never_come() -> None:
    """A wait that meets its deadline ends with exit 5 (F29), and the next apply goes on."""
    world = World(switches={"caption_timing": "delayed", "caption_seconds": "9000"})
    ran = await world.apply(world.tree(IMAGES), patience=7000.0)
    assert ran.code == 5
    assert "3 images of draft 200001 had no caption after 10 minutes" in ran.of("v1 caption").detail
    assert world.dataset("poses").status == "draft"


async def test_an_edit_since_the_plan_is_not_overwritten() -> None:
    """A declared caption that a person changed after planning is a rewrite, and the limit is 0 (I22)."""
    world = World()
    await kept_open(world)
    plan = await world.plan(world.tree(IMAGES))
    console.edit_image(world.simulator, world.image(world.dataset("poses"), "jump").id, caption="Anna's words.")
    ran = await world.execute(plan)
    assert ran.code == 4
    assert "edited by hand since the plan" in ran.of("caption").detail
    assert world.captions(world.dataset("poses"))["jump"] == "Anna's words."


async def test_an_edit_since_the_plan_may_be_allowed() -> None:
    """Within the limit git's text wins."""
    world = World(limits=Limits(caption_rewrites=1))
    await kept_open(world)
    plan = await world.plan(world.tree(IMAGES))
    console.edit_image(world.simulator, world.image(world.dataset("poses"), "jump").id, caption="Anna's words.")
    ran = await world.execute(plan)
    assert ran.code == 0
    assert world.captions(world.dataset("poses"))["jump"] == "jumping."


async def test_planned_rewrites_use_the_limit_up() -> None:
    """What the plan rewrites counts against the limit before what it did not know of."""
    world = World(limits=Limits(caption_rewrites=1))
    await kept_open(world)
    plan = await world.plan(world.tree(IMAGES))
    costly = tuple(
        replace(action, cost=Cost(rewrites=1)) if action.id.endswith("caption") else action for action in plan.actions
    )
    console.edit_image(world.simulator, world.image(world.dataset("poses"), "jump").id, caption="Anna's words.")
    ran = await world.execute(replace(plan, actions=costly))
    assert ran.code == 4


async def test_a_hand_written_caption_of_git_is_changed() -> None:
    """A declared text that git itself wrote before is replaced without being a rewrite."""
    world = World()
    await world.apply(world.tree(IMAGES))
    tree = world.tree({**IMAGES, "jump": "jumping high."})
    ran = await world.apply(tree)
    assert ran.code == 0
    assert world.captions(world.dataset("poses v2"))["jump"] == "jumping high."


async def test_a_text_that_the_api_changes() -> None:
    """F26: a text that comes back another is written once, and the branch stops with what it became."""
    world = World()
    plan = await world.plan(world.tree({"jump": "jumping."}))
    world.tap.after_at(
        "PUT /3000001", lambda: console.edit_image(world.simulator, 3000001, caption="Jumping, autocorrected.")
    )
    ran = await world.execute(plan)
    assert '1 caption did not stay as written, the first is "Jumping, autocorrected." now' in ran.of("caption").detail
    assert world.commits("PUT", "/3000001") == 1
    assert ran.code == 1


async def test_a_text_that_is_overwritten_again_and_again() -> None:
    """U75: a text that an automatic one replaces is written three times, then the branch stops."""
    world = World()
    plan = await world.plan(world.tree({"jump": "jumping."}))

    def overwrite() -> None:
        with world.simulator.transaction() as inner:
            image = inner.images.get(3000001)
            assert image is not None
            inner.images.put(replace(image, caption="late.", caption_source="automatic"))

    for turn in (1, 1, 1):
        world.tap.after_at("PUT /3000001", overwrite, turn=turn)
    ran = await world.execute(plan)
    assert "did not stay as written" in ran.of("caption").detail
    assert world.commits("PUT", "/3000001") == 3


async def test_a_text_that_is_overwritten_once() -> None:
    """U75: a late automatic text is replaced by the declared one."""
    world = World()
    plan = await world.plan(world.tree({"jump": "jumping."}))

    def overwrite() -> None:
        with world.simulator.transaction() as inner:
            image = inner.images.get(3000001)
            assert image is not None
            inner.images.put(replace(image, caption="late.", caption_source="automatic"))

    world.tap.after_at("PUT /3000001", overwrite)
    ran = await world.execute(plan)
    assert ran.code == 0
    assert world.captions(world.dataset("poses"))["jump"] == "jumping."


async def test_a_text_that_is_refused() -> None:
    """U24: a refused text fails with the API's words; the others are written first."""
    world = World(switches={"text_limits": "400_over_limit"})
    ran = await world.apply(world.tree({"wave": "waves.", "jump": "j" * 1500, "sit": "sits."}))
    assert ran.of("caption").detail.startswith('the API refused 1 caption; "jump.')
    captions = world.captions(world.dataset("poses"))
    assert (captions["wave"], captions["sit"]) == ("waves.", "sits.")
    assert ran.code == 1


async def test_a_draft_completed_while_texts_are_written() -> None:
    """A refusal because somebody completed the draft is told as that."""
    world = World()
    plan = await world.plan(world.tree({"jump": "jumping."}))
    world.tap.at("PUT /3000001", lambda: console.edit_dataset(world.simulator, 200001, status="completed"))
    ran = await world.execute(plan)
    assert "completed by hand" in ran.of("caption").detail


async def test_a_missing_image_is_uploaded_again() -> None:
    """An image that a person removed while the run was under way comes back."""
    world = World()
    plan = await world.plan(world.tree(IMAGES))
    world.tap.after_at(
        "POST /images",
        lambda: console.delete_image(world.simulator, world.images_of(world.datasets()[0])[0].id),
        turn=3,
    )
    ran = await world.execute(plan)
    assert ran.code == 0
    assert "1 missing image uploaded again" in ran.of("caption").detail
    assert len(world.images_of(world.dataset("poses"))) == 3


async def test_another_run_takes_the_draft() -> None:
    """Whoever finds another mark in the name stops there, with exit 4."""
    world = World(switches={"caption_timing": "delayed", "caption_seconds": "100"})
    plan = await world.plan(world.tree(IMAGES))

    async def claim() -> None:
        await world.clock.sleep(60)
        name = world.dataset("poses").name
        console.edit_dataset(world.simulator, 200001, name=f"{name[:-4]}beef")

    ran, _ = await asyncio.gather(world.execute(plan), claim())
    assert ran.code == 4
    assert ran.of("caption").exit_code == 4
    assert world.dataset("poses").name.endswith("beef")


async def test_a_new_image_gets_its_declared_caption_at_once() -> None:
    """Captions do not wait for the last upload: each has a rate limit of its own. One read then shows that all stayed."""
    world = World()
    ran = await world.apply(world.tree(IMAGES))
    assert ran.of("caption").detail == "1 caption written"
    assert ran.report.calls == ran.plan.cost.calls
    order = [entry.path.split("/")[-2:] for entry in world.simulator.log if "/images" in entry.path]
    assert [last for last in order if last[-1].isdigit()] == [["images", "3000001"]]


async def test_a_caption_that_is_refused_at_once_is_left_to_its_own_step() -> None:
    """It is no reason to fail an upload; the step that writes captions says what the API says, or has more luck."""
    world = World()
    tree = world.tree(IMAGES)
    plan = await world.plan(tree)

    def refuse() -> None:
        raise Instead(answer(409, {"message": "not now"}))

    world.tap.at("PUT /images/3000001", refuse)
    ran = await world.execute(plan)
    assert {ending.outcome for name, ending in ran.ended.items() if "upload" in name} == {Outcome.SUCCEEDED}
    assert ran.code == 0
    assert world.captions(world.dataset("poses v1"))["jump"] == "jumping."
