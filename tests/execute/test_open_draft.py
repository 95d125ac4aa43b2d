"""Where a draft begins: created, cloned, claimed; nothing is filled before the election."""

import asyncio
from collections.abc import Callable

import pytest

from reconciler.core.event import Outcome
from reconciler.core.limit import Limits
from reconciler.core.name import DraftName, parse_dataset_name
from reconciler.core.run.ending import ANOTHER_APPLY
from reconciler.simulator import Instead, console
from reconciler.simulator.request import answer
from tests.execute.world import OTHER_PREFIX, Killed, Ran, World, kill

IMAGES = {"wave": None, "jump": "jumping.", "sit": None}
SWAP = {"wave": None, "fly": "flies.", "sit": None}


async def live(**switches: str) -> World:
    """A world in which version 1 is completed and trained."""
    world = World(switches=switches)
    await world.apply(world.tree(IMAGES))
    world.clock.advance(4 * 3600)
    return world


async def open_draft(world: World, images: dict[str, str | None], *, after: str = "/images") -> None:
    """A run that is killed once its first image was uploaded."""
    plan = await world.plan(world.tree(images))
    world.tap.at(f"POST {after}", kill, turn=2)
    with pytest.raises(Killed):
        await world.execute(plan, concurrency=1)
    world.tap.clear()
    world.clock.advance(20)


async def test_a_draft_says_what_it_is_for() -> None:
    """The name given at creation holds version, fingerprint and the mark of the run."""
    world = World()
    tree = world.tree(IMAGES)
    plan = await world.plan(tree)
    seen: list[str] = []
    world.tap.at("POST /images", lambda: seen.append(world.dataset("poses").name))
    await world.execute(plan)
    name = parse_dataset_name(seen[0])
    assert isinstance(name, DraftName)
    assert (name.version, name.fingerprint, name.is_marked) == (1, plan.wishes[0].fingerprint, False)


@pytest.mark.parametrize("fault", ["lost_answer", "lost_request", "500_after", "html", "empty", "truncated"])
async def test_a_creation_that_is_not_answered(fault: str) -> None:
    """A draft is found by its mark, or created again; there is never a second one (F03, F05, F07)."""
    world = World(faults=[f"POST /tailored-gen/datasets:{fault}"])
    ran = await world.apply(world.tree(IMAGES))
    assert ran.code == 0
    assert len(world.datasets()) == 1


@pytest.mark.parametrize("fault", ["lost_answer", "lost_request", "502_after"])
async def test_a_clone_that_is_not_answered(fault: str) -> None:
    """The same for a clone."""
    world = World(faults=[f"POST /tailored-gen/datasets/*/clone:{fault}"])
    await world.apply(world.tree(IMAGES))
    tree = world.tree(SWAP)
    ran = await world.apply(tree)
    assert ran.code == 0
    assert len(world.datasets()) == 2
    assert (await world.plan(tree)).is_empty


async def test_a_clone_under_another_name_is_renamed() -> None:
    """U72: a clone that did not take the name is renamed by id, and checked as any other."""
    world = await live(clone_name="ignored")
    tree = world.tree(SWAP)
    ran = await world.apply(tree)
    assert ran.code == 0
    assert world.dataset("poses v2").status == "completed"


@pytest.mark.parametrize("fault", ["lost_answer", "lost_request"])
async def test_a_rename_of_a_clone_that_is_not_answered(fault: str) -> None:
    """The rename is looked at, and repeated where it did not arrive."""
    world = World(switches={"clone_name": "ignored"}, faults=[f"PUT /tailored-gen/datasets/200002:{fault}"])
    await world.apply(world.tree(IMAGES))
    ran = await world.apply(world.tree(SWAP))
    assert ran.code == 0


async def test_a_name_that_the_api_does_not_keep() -> None:
    """U76: a draft whose name cannot be given is not filled."""
    world = await live(clone_name="ignored")
    world.tap.after_at("PUT /200002", lambda: console.edit_dataset(world.simulator, 200002, name="Copy of poses"))
    ran = await world.apply(world.tree(SWAP))
    assert "the API stores the name" in ran.of("v2 clone").detail
    assert ran.code == 1
    assert len(world.images_of(world.dataset("Copy"))) == 3


async def test_the_schema_family_is_met() -> None:
    """An account of the current era is left alone before the first upload, with exit 4."""
    world = World(switches={"era": "current"})
    ran = await world.apply(world.tree(IMAGES))
    assert ran.code == 4
    assert "visual_schema" in ran.of("dataset/poses v1 create").detail
    assert not any(entry.path.endswith("/images") for entry in world.simulator.log)


async def test_two_appliers_elect_one_draft() -> None:
    """Of two drafts made at once the lowest id is filled; the other run stops with exit 4 (F34)."""
    world = await live()
    tree = world.tree(SWAP)
    plans = [await world.plan(tree), await world.plan(tree)]
    first, second = await asyncio.gather(*(world.execute(plan) for plan in plans))
    assert (first.code, second.code) == (0, 4)
    assert second.of("v2 clone").detail.startswith(f"{ANOTHER_APPLY}: draft")
    assert world.trainings() == 2
    assert len(world.images_of(world.datasets()[2])) == 3
    assert await world.settle(tree) == 0


async def test_two_commits_elect_one_draft() -> None:
    """Different commits meet in the same election."""
    world = await live()
    one, other = world.tree(SWAP), world.tree(IMAGES, prefix=OTHER_PREFIX)
    plans = [await world.plan(one), await world.plan(other)]
    first, second = await asyncio.gather(*(world.execute(plan) for plan in plans))
    assert (first.code, second.code) == (0, 4)
    await world.settle(other)
    names = [dataset.name for dataset in world.datasets() if dataset.status == "completed"]
    assert len({name.split(" (")[0] for name in names}) == len(names)


async def test_a_version_that_was_completed_meanwhile() -> None:
    """A draft whose number was taken by a completed version is not filled."""
    world = await live()
    tree = world.tree(SWAP)
    plans = [await world.plan(tree), await world.plan(tree)]

    async def later() -> Ran:
        await world.clock.sleep(16)
        return await world.execute(plans[1])

    _, ran = await asyncio.gather(world.execute(plans[0]), later())
    assert ran.of("v2 clone").exit_code == 4
    assert world.trainings() == 2


async def test_a_draft_that_no_list_shows() -> None:
    """A draft that stays out of every list is not filled."""
    world = World(switches={"list_lag_seconds": "100"})
    await world.apply(world.tree(IMAGES), settle=120.0)
    world.clock.advance(200)
    ran = await world.apply(world.tree(SWAP))
    assert "is in no list" in ran.of("v2 clone").detail


async def test_a_source_that_moved() -> None:
    """A clone is made only of the version that the plan names."""
    world = await live()
    plan = await world.plan(world.tree(SWAP))
    console.edit_dataset(world.simulator, 200001, name="Lora final")
    ran = await world.execute(plan)
    assert "is not completed version 1 any more" in ran.of("v2 clone").detail


async def test_a_draft_is_taken_over() -> None:
    """The next run claims what a killed one left, uploads what is missing, and completes it."""
    world = World()
    await open_draft(world, IMAGES)
    tree = world.tree(IMAGES)
    ran = await world.apply(tree)
    assert ran.of("claim").detail.startswith("taken over (id 200001), ")
    assert ran.code == 0
    assert sum(entry.committed and entry.path.endswith("/images") for entry in world.simulator.log) == 3
    assert (await world.plan(tree)).is_empty


@pytest.mark.parametrize("fault", ["lost_answer", "lost_request"])
async def test_a_claim_that_is_not_answered(fault: str) -> None:
    """A claim is a PUT like any other: looked at, repeated where it did not arrive."""
    world = World(faults=[f"PUT /tailored-gen/datasets/*#2:{fault}"])
    await open_draft(world, IMAGES)
    ran = await world.apply(world.tree(IMAGES))
    assert ran.code == 0


async def test_a_draft_for_another_wish_is_filled_anew() -> None:
    """One open draft per manifest: the next commit takes it over."""
    world = World(limits=Limits(image_removals_percent=100))
    await open_draft(world, IMAGES)
    tree = world.tree(SWAP, prefix=OTHER_PREFIX)
    ran = await world.apply(tree)
    assert ran.code == 0
    assert len(world.datasets()) == 1
    assert (await world.plan(tree)).is_empty


async def test_two_runs_claim_one_draft() -> None:
    """The last mark wins; the other run stops with exit 4."""
    world = World()
    await open_draft(world, IMAGES)
    tree = world.tree(IMAGES)
    plans = [await world.plan(tree), await world.plan(tree)]
    runs = await asyncio.gather(*(world.execute(plan) for plan in plans))
    assert sorted(run.code for run in runs) == [0, 4]
    assert world.trainings() == 1


async def test_a_draft_that_moves_while_it_is_claimed_is_stale() -> None:
    """Captions that changed between the two reads of a claim are regenerated (S4d)."""
    world = World()
    await open_draft(world, IMAGES)
    plan = await world.plan(world.tree(IMAGES))

    async def edit() -> None:
        await world.clock.sleep(5)
        console.add_image(world.simulator, 200001, "x.a0123456789abcdef.png")

    ran, _ = await asyncio.gather(world.execute(plan), edit())
    assert "it was being changed" in ran.of("claim").detail
    assert "regenerated" in ran.of("regenerate").detail
    assert await world.settle(world.tree(IMAGES)) <= 1


@pytest.mark.parametrize(
    ("act", "words", "code"),
    [
        (lambda w: console.edit_dataset(w.simulator, 200001, name="Anna"), "was renamed", 1),
        (lambda w: console.edit_dataset(w.simulator, 200001, status="completed"), "by hand", 1),
        (lambda w: console.delete_dataset(w.simulator, 200001), "is gone", 1),
        (lambda w: console.add_image(w.simulator, 200001, "anna.png"), "without a digest", 4),
        (lambda w: console.edit_dataset(w.simulator, 200001, name="poses v1 (a0123456789ab)"), "taken over", 0),
    ],
)
async def test_refusals_of_a_claim(act: Callable[[World], None], words: str, code: int) -> None:
    """What a person did to the draft since the plan stops the claim before its first request."""
    world = World()
    await open_draft(world, IMAGES)
    plan = await world.plan(world.tree(IMAGES))
    act(world)
    ran = await world.execute(plan)
    assert words in ran.of("claim").detail
    assert ran.code == code


async def test_an_unkeyed_clone_cannot_be_claimed() -> None:
    """A clone whose images lost their digests names the way on."""
    world = await live()
    tree = world.tree({**IMAGES, "jump": "jumping high."})
    plan = await world.plan(tree)
    world.tap.at("GET /projects/1001/datasets", kill)
    with pytest.raises(Killed):
        await world.execute(plan)
    world.clock.advance(20)
    plan = await world.plan(tree)
    console.edit_image(world.simulator, world.images_of(world.dataset("poses v2"))[0].id, image_name="image_1.png")
    ran = await world.execute(plan)
    assert "declare `clone: never`" in ran.of("claim").detail
    assert ran.code == 4


async def test_a_claim_waits_for_a_regeneration() -> None:
    """A draft on which a regeneration runs is claimed once it has ended, and regenerated again."""
    world = World(switches={"regeneration_seconds": "40"})
    await world.apply(world.tree({"wave": None, "sit": None}))
    world.clock.advance(20)
    tree = world.tree({"wave": None, "sit": None}, prefix=OTHER_PREFIX)
    plan = await world.plan(tree)
    world.tap.after_at("PUT /images", kill)
    with pytest.raises(Killed):
        await world.execute(plan)
    ran = await world.apply(tree)
    assert ran.of("claim").outcome is Outcome.SUCCEEDED
    assert ran.code == 0
    assert world.commits("PUT", "/200002/images") == 2
    assert (await world.plan(tree)).is_empty


async def test_a_clone_in_an_unknown_project() -> None:
    """A source that does not tell its project cannot be settled, so it is not cloned."""
    world = await live()
    plan = await world.plan(world.tree(SWAP))

    def forget() -> None:
        source = world.dataset("poses v1")
        row = {"id": source.id, "name": source.name, "status": "completed", "caption_prefix": "", "images": []}
        raise Instead(answer(200, row))

    world.tap.at("GET /datasets/200001", forget)
    ran = await world.execute(plan)
    assert ran.of("v2 clone").detail == "the API does not tell to which project dataset 200001 belongs"


async def test_a_draft_of_the_other_family_is_not_claimed() -> None:
    """A draft that shows a visual schema is left alone, with exit 4."""
    world = World()
    await open_draft(world, IMAGES)
    plan = await world.plan(world.tree(IMAGES))

    def schema() -> None:
        name = world.dataset("poses").name
        raise Instead(answer(200, {"id": 200001, "name": name, "status": "draft", "visual_schema": "{}", "images": []}))

    world.tap.at("GET /datasets/200001", schema)
    ran = await world.execute(plan)
    assert ran.of("claim").exit_code == 4


async def test_a_refused_name() -> None:
    """A name or prefix that the API refuses fails in its words, where the draft is still ours."""
    world = World(switches={"text_limits": "400_over_limit"})
    ran = await world.apply(world.tree(IMAGES, prefix="An illustration of Lora, " + "x" * 1100))
    assert ran.of("guide").detail.startswith("the API refused name and caption_prefix of draft 200001: ")
    assert ran.code == 1
