"""The prefix and the captions that follow it."""

import asyncio
from dataclasses import replace

import pytest

from reconciler.core.action import SetGuide
from reconciler.core.event import Outcome, Progressed
from reconciler.core.guide import PrefixGuide
from reconciler.simulator import Instead, Request, console
from reconciler.simulator.captioner import caption as automatic
from reconciler.simulator.request import answer
from reconciler.simulator.switch import Switches
from tests.execute.world import OTHER_PREFIX, Killed, World, kill

ALL: dict[str, str | None] = {"wave": None, "jump": None, "sit": None}
MIXED: dict[str, str | None] = {"wave": None, "jump": "jumping.", "sit": None}


async def live(images: dict[str, str | None], **switches: str) -> World:
    """A world in which version 1 is completed."""
    world = World(switches=switches)
    await world.apply(world.tree(images))
    world.clock.advance(4 * 3600)
    return world


def follows(world: World, words: str, prefix: str) -> bool:
    """Are all automatic captions of a dataset made for this prefix?"""
    images = world.images_of(world.dataset(words))
    return all(
        image.caption == automatic(prefix, image.image_name, image.sha256)
        for image in images
        if image.caption_source == "automatic"
    )


async def test_all_at_once() -> None:
    """Without a hand-written caption one request regenerates all."""
    world = await live(ALL)
    tree = world.tree(ALL, prefix=OTHER_PREFIX)
    ran = await world.apply(tree)
    assert ran.of("regenerate").detail == "3 captions regenerated"
    assert follows(world, "poses v2", OTHER_PREFIX)
    assert world.commits("PUT", "/200002/images") == 1
    assert not [entry for entry in world.simulator.log if entry.method == "PUT" and "/images/" in entry.path]
    assert (await world.plan(tree)).is_empty


async def test_one_by_one() -> None:
    """Beside a declared caption only the automatic ones are regenerated, singly; the declared one is never touched."""
    world = await live(MIXED, clone_caption_source="kept")
    tree = world.tree(MIXED, prefix=OTHER_PREFIX)
    ran = await world.apply(tree)
    assert ran.of("regenerate").detail == "2 captions regenerated"
    assert follows(world, "poses v2", OTHER_PREFIX)
    assert world.commits("PUT", "/images") == 0
    jump = world.image(world.dataset("poses v2"), "jump")
    assert not [entry for entry in world.simulator.log if entry.method == "PUT" and entry.path.endswith(f"/{jump.id}")]


async def test_nothing_to_regenerate() -> None:
    """Where people wrote every caption, the mark goes without a request for captions."""
    written: dict[str, str | None] = {"wave": "waves.", "jump": "jumps."}
    world = await live(written)
    ran = await world.apply(world.tree(written, prefix=OTHER_PREFIX))
    assert ran.of("regenerate").detail == "no caption to regenerate"
    assert ran.code == 0


async def test_nothing_is_stale() -> None:
    """A swap under the same prefix regenerates nothing."""
    world = await live(ALL)
    ran = await world.apply(world.tree({"wave": None, "jump": None, "fly": None}))
    assert ran.of("regenerate").detail == "captions follow the prefix already"
    assert not [entry for entry in world.simulator.log if entry.method == "PUT" and "/images" in entry.path]


@pytest.mark.parametrize(
    "switches",
    [
        {"regen_outcome": "completed_partial"},
        {"regen_status_reset": "empty"},
        {"regen_while_running": "409"},
        {"write_during_regen": "409", "complete_during_regen": "409"},
        {"write_during_regen": "lost_update"},
        {"regen_overwrites_manual": "automatic_only"},
        {"caption_timing": "delayed"},
        {"caption_timing": "delayed_pending"},
        {"prefix_normalize": "strip"},
        {"prefix_normalize": "ensure_trailing_space"},
    ],
    ids=lambda one: " ".join(one.values()),
)
@pytest.mark.parametrize("images", [ALL, MIXED], ids=["all", "mixed"])
async def test_behaviours_of_regeneration(switches: dict[str, str], images: dict[str, str | None]) -> None:
    """Every value of U13, U15 to U18, U21 to U23: captions follow the new prefix in the end."""
    world = await live(images, **switches)
    tree = world.tree(images, prefix=OTHER_PREFIX)
    ran = await world.apply(tree)
    assert ran.code == 0, ran
    second = world.dataset("poses v2")
    assert follows(world, "poses v2", second.caption_prefix)
    assert second.caption_prefix.strip() == OTHER_PREFIX
    assert (await world.plan(tree)).is_empty


@pytest.mark.parametrize("fault", ["lost_answer", "lost_request", "504_after"])
@pytest.mark.parametrize("path", ["/{id}/images", "/{id}/images/{id}"])
async def test_regenerations_that_are_not_answered(fault: str, path: str) -> None:
    """A regeneration is looked at, and asked for again where nothing shows it."""
    images = ALL if path.endswith("images") else MIXED
    world = World(faults=[f"PUT /tailored-gen/datasets{path}#{2 if images is MIXED else 1}:{fault}"])
    await world.apply(world.tree(images))
    tree = world.tree(images, prefix=OTHER_PREFIX)
    ran = await world.apply(tree)
    assert ran.code == 0, ran
    assert follows(world, "poses v2", OTHER_PREFIX)


async def test_a_regeneration_that_sticks_once() -> None:
    """U21: one that does not end is started again at half of the deadline."""
    world = await live(ALL, regen_outcome="stuck_in_progress")
    plan = await world.plan(world.tree(ALL, prefix=OTHER_PREFIX))

    async def mend() -> None:
        await world.clock.sleep(200)
        world.simulator.switches = Switches({})
        with world.simulator.transaction() as inner:
            for timer in inner.timers.all():
                inner.timers.drop(timer.id)

    ran, _ = await asyncio.gather(world.execute(plan), mend())
    told = [event.text for event in ran.events if isinstance(event, Progressed)]
    assert "the regeneration does not end; it is started again" in told
    assert ran.code == 0
    assert follows(world, "poses v2", OTHER_PREFIX)


async def test_a_regeneration_that_never_ends() -> None:
    """U21: at the deadline the run ends with exit 5, the mark stays, and nothing was completed."""
    world = await live(ALL, regen_outcome="stuck_in_progress")
    ran = await world.apply(world.tree(ALL, prefix=OTHER_PREFIX))
    assert ran.code == 5
    assert "did not end within 10 minutes; where that stays so, delete the draft" in ran.of("regenerate").detail
    assert world.dataset("poses v2").name.endswith(" stale")
    assert world.trainings() == 1


async def test_a_person_writes_while_it_sticks() -> None:
    """A regeneration that sticks is not started again over a caption that a person wrote meanwhile."""
    world = await live(ALL, regen_outcome="stuck_in_progress")
    plan = await world.plan(world.tree(ALL, prefix=OTHER_PREFIX))

    async def edit() -> None:
        await world.clock.sleep(100)
        console.edit_image(world.simulator, world.image(world.dataset("poses v2"), "sit").id, caption="by hand.")

    ran, _ = await asyncio.gather(world.execute(plan), edit())
    assert ran.code == 5
    assert sum(entry.method == "PUT" and entry.path.endswith("/200002/images") for entry in world.simulator.log) == 1
    assert world.captions(world.dataset("poses v2"))["sit"] == "by hand."


async def test_a_refused_regeneration() -> None:
    """A refusal that says something else than "one runs already" fails the step."""
    world = await live(ALL)
    world.tap.at("PUT /images", lambda: console.delete_dataset(world.simulator, 200002))
    ran = await world.apply(world.tree(ALL, prefix=OTHER_PREFIX))
    assert ran.of("regenerate").outcome is Outcome.FAILED


async def test_a_regeneration_that_runs_already() -> None:
    """U15: a 409 is no failure where the draft is still ours; what was passed by is regenerated singly."""
    world = await live(ALL, regen_while_running="409")

    def begin() -> None:
        world.simulator.again(
            Request(method="PUT", path="/v1/tailored-gen/datasets/200002/images", headers={"api_token": "x"})
        )

    world.tap.at("PUT /images", begin)
    tree = world.tree(ALL, prefix=OTHER_PREFIX)
    ran = await world.apply(tree)
    assert ran.code == 0
    assert follows(world, "poses v2", OTHER_PREFIX)


async def test_a_caption_written_meanwhile_is_kept() -> None:
    """Between two single regenerations a person writes a caption: it is not regenerated."""
    world = await live(MIXED)
    world.latency = lambda: 6.0
    plan = await world.plan(world.tree(MIXED, prefix=OTHER_PREFIX))
    edited: list[str] = []

    def edit() -> None:
        draft = world.dataset("poses v2")
        last = [image for image in world.images_of(draft) if image.caption_source == "automatic"][-1]
        console.edit_image(world.simulator, last.id, caption="by hand.")
        edited.append((last.image_name or "").split(".")[0])

    first = world.image(world.dataset("poses v1"), "sit").id + 3
    world.tap.after_at(f"PUT /{first}", edit)
    ran = await world.execute(plan)
    assert ran.code == 0, ran
    assert [world.captions(world.dataset("poses v2"))[name] for name in edited] == ["by hand."]


async def test_a_prefix_that_moves_meanwhile() -> None:
    """The mark goes only while the prefix is the one that was sent."""
    world = await live(MIXED)
    first = world.image(world.dataset("poses v1"), "sit").id + 3
    world.tap.after_at(
        f"PUT /{first}", lambda: console.edit_dataset(world.simulator, 200002, caption_prefix="Anna's prefix,")
    )
    ran = await world.apply(world.tree(MIXED, prefix=OTHER_PREFIX))
    assert "moved while its captions were regenerated" in ran.of("regenerate").detail
    assert world.dataset("poses v2").name.endswith(" stale")
    assert await world.settle(world.tree(MIXED, prefix=OTHER_PREFIX)) == 1
    assert follows(world, "poses v2", OTHER_PREFIX)


async def test_a_prefix_that_the_api_changes() -> None:
    """A prefix that does not read back stops the branch before anything is uploaded."""
    world = World()
    world.tap.after_at(
        "PUT /200001", lambda: console.edit_dataset(world.simulator, 200001, caption_prefix="something else")
    )
    ran = await world.apply(world.tree(ALL))
    assert "the API stores the caption_prefix as" in ran.of("guide").detail
    assert world.images_of(world.dataset("poses")) == []


async def test_a_prefix_on_a_filled_draft() -> None:
    """A draft that holds images takes the prefix only together with the mark."""
    world = World()
    await world.apply(world.tree(ALL, completed=False))
    world.clock.advance(20)
    names: list[str] = []
    world.tap.at("PUT /images", lambda: names.append(world.dataset("poses").name))
    tree = world.tree(ALL, prefix=OTHER_PREFIX, completed=False)
    ran = await world.apply(tree)
    assert ran.of("guide").detail == "prefix changed"
    assert names[0].endswith(" stale")
    assert ran.code == 0
    assert follows(world, "poses v1", OTHER_PREFIX)


async def test_cut_off_between_prefix_and_captions() -> None:
    """A crash after the prefix leaves the mark, and the next run regenerates."""
    world = await live(ALL)
    tree = world.tree(ALL, prefix=OTHER_PREFIX)
    plan = await world.plan(tree)
    world.tap.at("PUT /images", kill)
    with pytest.raises(Killed):
        await world.execute(plan)
    assert await world.settle(tree) == 1
    assert follows(world, "poses v2", OTHER_PREFIX)


async def test_a_draft_that_became_stale_without_a_step_for_it() -> None:
    """Where a plan has no step for it, the captions are regenerated before texts are written."""
    world = World()
    plan = await world.plan(world.tree(MIXED))
    steps = [
        replace(one, step=SetGuide(guide=PrefixGuide(text=OTHER_PREFIX))) if "guide" in one.id else one
        for one in plan.actions
    ]

    def mark() -> None:
        name = world.dataset("poses").name
        console.edit_dataset(world.simulator, 200001, name=f"{name} stale")

    world.tap.after_at("POST /images", mark, turn=3)
    wishes = tuple(replace(wish, guide=PrefixGuide(text=OTHER_PREFIX)) for wish in plan.wishes)
    ran = await world.execute(replace(plan, actions=tuple(steps), wishes=wishes))
    assert ran.code == 0, ran
    assert world.dataset("poses").status == "completed"


async def test_a_regeneration_that_is_refused_otherwise() -> None:
    """Only a 409 says that one runs already; any other refusal is a failure."""
    world = await live(ALL)

    def refuse() -> None:
        raise Instead(answer(400, {"message": "Not today"}))

    world.tap.at("PUT /images", refuse)
    ran = await world.apply(world.tree(ALL, prefix=OTHER_PREFIX))
    assert ran.of("regenerate").detail == "regenerate-all-captions: Not today"


async def test_a_caption_that_never_came_before_the_prefix() -> None:
    """A regeneration waits for captions that are still to come, but not for ever."""
    world = await live(ALL)
    tree = world.tree(ALL, prefix=OTHER_PREFIX)
    plan = await world.plan(tree)

    def empty() -> None:
        with world.simulator.transaction() as inner:
            image = inner.images.of(200002)[0]
            inner.images.put(replace(image, caption=None, caption_source=None))

    world.tap.after_at("POST /clone", empty)
    ran = await world.execute(plan)
    assert ran.code == 0, ran
    assert follows(world, "poses v2", OTHER_PREFIX)


async def test_a_prefix_that_stays_lost() -> None:
    """After the last attempt nobody knows whether the prefix arrived."""
    world = World(faults=["PUT /tailored-gen/datasets/*#1-9:lost_request"])
    ran = await world.apply(world.tree(ALL))
    assert ran.of("guide").outcome is Outcome.UNKNOWN
    assert "its effect was not found after 3 attempts" in ran.of("guide").detail
