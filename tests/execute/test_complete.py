"""The commit of a version: verified, named, completed, verified again."""

import pytest

from reconciler.core.event import Outcome
from reconciler.simulator import Instead, console
from reconciler.simulator.request import answer
from tests.execute.world import Killed, World, kill

IMAGES = {"wave": None, "jump": "jumping."}


def puts(world: World) -> list[dict[str, object]]:
    """The bodies of every PUT of a dataset."""
    return [
        entry.body  # type: ignore[misc]
        for entry in world.simulator.log
        if entry.method == "PUT" and entry.path.endswith("/datasets/200001")
    ]


async def test_a_commit() -> None:
    """The final name first, then the status together with name and prefix; nothing is ever sent without both."""
    world = World()
    await world.apply(world.tree(IMAGES))
    rename, commit = puts(world)[-2:]
    assert rename.keys() == {"name", "caption_prefix"}
    assert commit == {**rename, "status": "completed"}


@pytest.mark.parametrize("answer", ["409", "400"])
async def test_a_status_that_goes_alone(answer: str) -> None:
    """U10: where status is refused beside other fields it is sent alone, once a PUT of the name left the prefix."""
    world = World(switches={"combined_put": answer})
    tree = world.tree(IMAGES)
    ran = await world.apply(tree)
    assert ran.code == 0
    assert [set(body) for body in puts(world)[-2:]] == [{"name"}, {"status"}]
    assert (await world.plan(tree)).is_empty


async def test_a_put_that_empties_what_is_left_out() -> None:
    """U10 with U11 replace is refused, the prefix restored, and the next run meets the same, nothing lost."""
    world = World(switches={"combined_put": "409", "put_semantics": "replace"})
    tree = world.tree(IMAGES)
    for _ in range(2):
        ran = await world.apply(tree)
        assert ran.code == 4
        assert "the API empties what a PUT leaves out" in ran.of("complete").detail
        draft = world.dataset("poses v1 draft")
        assert draft.caption_prefix.startswith("An illustration")
        world.clock.advance(20)
    assert world.trainings() == 0
    assert len(world.datasets()) == 1


async def test_replacing_puts() -> None:
    """U11 alone does no harm: every PUT carries all that can change."""
    world = World(switches={"put_semantics": "replace"})
    tree = world.tree(IMAGES)
    assert (await world.apply(tree)).code == 0
    assert (await world.plan(tree)).is_empty


@pytest.mark.parametrize("fault", ["lost_answer", "lost_request", "500_after", "504_after", "html", "truncated"])
@pytest.mark.parametrize("turn", [2, 3], ids=["rename", "status"])
async def test_commits_that_are_not_answered(fault: str, turn: int) -> None:
    """Rename and status are looked at, and repeated where they did not arrive."""
    world = World(faults=[f"PUT /tailored-gen/datasets/*#{turn}:{fault}"])
    tree = world.tree(IMAGES)
    ran = await world.apply(tree)
    assert ran.code == 0
    assert (await world.plan(tree)).is_empty


@pytest.mark.parametrize("turn", [3, 4], ids=["name", "status"])
@pytest.mark.parametrize("fault", ["lost_answer", "lost_request"])
async def test_probes_that_are_not_answered(fault: str, turn: int) -> None:
    """The probe and the status alone are looked at in the same way."""
    faults = [f"PUT /tailored-gen/datasets/*#{turn + 1}:{fault}"]
    world = World(switches={"combined_put": "409"}, faults=faults)
    ran = await world.apply(world.tree(IMAGES))
    assert ran.code == 0


async def test_a_name_that_cannot_be_final() -> None:
    """U76: where the API makes another of the final name, the draft gets its own back and stays ours."""
    world = World(switches={"name_rules": "stripped"})
    tree = world.tree(IMAGES)
    ran = await world.apply(tree)
    assert "the API stores the name" in ran.of("complete").detail
    assert " draft " in world.dataset("poses v1").name
    world.clock.advance(20)
    again = await world.apply(tree)
    assert again.of("claim").outcome is Outcome.SUCCEEDED
    assert len(world.datasets()) == 1


async def test_a_draft_that_git_keeps_open() -> None:
    """`status: draft` verifies and does not complete."""
    world = World()
    tree = world.tree(IMAGES, completed=False)
    ran = await world.apply(tree)
    assert ran.of("verify").detail == "verified; kept open as a draft, as declared"
    assert world.dataset("poses v1").status == "draft"
    assert (await world.plan(tree)).is_empty
    world.clock.advance(20)
    assert (await world.apply(world.tree(IMAGES))).code == 0
    assert world.dataset("poses v1 (").status == "completed"


async def test_an_image_too_many() -> None:
    """What a person adds before the commit stops it, with the reason."""
    world = World()
    world.tap.after_at("PUT /3000001", lambda: console.add_image(world.simulator, 200001, "anna.a0123456789abcdef.png"))
    ran = await world.apply(world.tree({"jump": "jumping."}))
    assert "dataset 200001 is not as declared: 1 image too many; nothing was completed" in ran.of("complete").detail
    assert world.dataset("poses").status == "draft"
    assert ran.code == 1


async def test_an_image_goes_during_the_rename() -> None:
    """What changes while the final name is given is seen by the read after it; the next run heals it."""
    world = World()
    tree = world.tree(IMAGES)
    world.tap.after_at(
        "PUT /200001", lambda: console.delete_image(world.simulator, world.images_of(world.datasets()[0])[0].id), turn=2
    )
    ran = await world.apply(tree)
    assert "changed while it was given its final name" in ran.of("complete").detail
    assert await world.settle(tree) == 1


async def test_an_image_goes_during_the_commit() -> None:
    """What changes while it is completed is seen after the freeze: no model is made, the next run makes v2."""
    world = World()
    tree = world.tree(IMAGES)
    world.tap.at(
        "PUT /200001", lambda: console.delete_image(world.simulator, world.images_of(world.datasets()[0])[0].id), turn=3
    )
    ran = await world.apply(tree)
    assert "was completed, and differs from what is declared: 1 image of 2 missing" in ran.of("complete").detail
    assert ran.of("train").outcome is Outcome.SKIPPED
    assert world.trainings() == 0
    assert await world.settle(tree) == 1
    assert world.dataset("poses v2").status == "completed"


async def test_completed_by_hand_meanwhile() -> None:
    """A person pressed the button before us: nothing is done to it, and the next plan takes it as it stands."""
    world = World()
    tree = world.tree(IMAGES)
    world.tap.at("PUT /200001", lambda: console.edit_dataset(world.simulator, 200001, status="completed"), turn=2)
    ran = await world.apply(tree)
    assert "was completed by hand meanwhile" in ran.of("complete").detail
    assert ran.code == 1
    assert await world.settle(tree) == 1
    assert len(world.datasets()) == 1
    assert world.trainings() == 1


async def test_completed_by_hand_under_the_final_name() -> None:
    """A completion between rename and status has the wished effect."""
    world = World()
    tree = world.tree(IMAGES)
    world.tap.at("PUT /200001", lambda: console.edit_dataset(world.simulator, 200001, status="completed"), turn=3)
    ran = await world.apply(tree)
    assert ran.code == 0
    assert (await world.plan(tree)).is_empty


async def test_a_completion_that_is_refused() -> None:
    """A refusal that no probe explains is told in the API's words."""
    world = World(switches={"era": "legacy"})
    plan = await world.plan(world.tree(IMAGES))

    def refuse() -> None:
        raise Instead(answer(409, {"message": "Not today"}))

    world.tap.at("PUT /200001", refuse, turn=3)
    world.tap.at("PUT /200001", refuse, turn=2)
    ran = await world.execute(plan)
    assert ran.of("complete").detail == "the API refused to complete dataset 200001: Not today"
    assert ran.code == 1


async def test_a_completion_that_is_forbidden_otherwise() -> None:
    """Any other refusal is no reason to probe."""
    world = World()
    plan = await world.plan(world.tree(IMAGES))

    def refuse() -> None:
        raise Instead(answer(422, {"message": "Not like this"}))

    world.tap.at("PUT /200001", refuse, turn=3)
    ran = await world.execute(plan)
    assert ran.of("complete").detail.endswith("Not like this")


async def test_a_completion_that_is_answered_and_not_done() -> None:
    """A 200 that changed nothing is not believed."""
    world = World()
    world.tap.after_at("PUT /200001", lambda: console.edit_dataset(world.simulator, 200001, status="draft"), turn=3)
    ran = await world.apply(world.tree(IMAGES))
    assert "and it is not" in ran.of("complete").detail


async def test_a_mark_that_somebody_set() -> None:
    """A draft that is marked as not ready is not completed."""
    world = World(switches={"caption_timing": "delayed"})

    def mark() -> None:
        console.edit_dataset(world.simulator, 200001, name=f"{world.dataset('poses').name} stale")

    world.tap.after_at("PUT /3000001", mark)
    ran = await world.apply(world.tree({"jump": "jumping."}))
    assert "is marked as not ready; plan again" in ran.of("complete").detail


async def test_the_prefix_moves_in_the_probe() -> None:
    """What changes between the refusal and the probe is not committed."""
    world = World(switches={"combined_put": "409"})
    world.tap.at(
        "PUT /200001", lambda: console.delete_image(world.simulator, world.images_of(world.datasets()[0])[0].id), turn=4
    )
    ran = await world.apply(world.tree(IMAGES))
    assert "changed before it was completed" in ran.of("complete").detail


@pytest.mark.parametrize("turn", [2, 3])
async def test_cut_off_in_the_commit(turn: int) -> None:
    """A draft under its final name is verified again; a completed one is in sync."""
    world = World()
    tree = world.tree(IMAGES)
    plan = await world.plan(tree)
    world.tap.after_at("PUT /200001", kill, turn=turn)
    with pytest.raises(Killed):
        await world.execute(plan)
    assert await world.settle(tree) == 1
    assert len(world.datasets()) == 1
    assert world.trainings() == 1


async def test_completed_under_another_name_meanwhile() -> None:
    """A person who renames and completes between our reads is told apart from another run."""
    world = World()
    world.tap.at(
        "PUT /200001", lambda: console.edit_dataset(world.simulator, 200001, name="Anna", status="completed"), turn=3
    )
    ran = await world.apply(world.tree(IMAGES))
    assert 'dataset "Anna" (id 200001) was completed by hand meanwhile' in ran.of("complete").detail


async def test_a_status_that_is_refused_and_done() -> None:
    """A refusal of the status alone is success where a look shows it done."""
    world = World(switches={"combined_put": "409"})

    def done() -> None:
        console.edit_dataset(world.simulator, 200001, status="completed")
        raise Instead(answer(409, {"message": "Completed already"}))

    world.tap.at("PUT /200001", done, turn=5)
    ran = await world.apply(world.tree(IMAGES))
    assert ran.code == 0


async def test_a_name_that_cannot_be_given_back() -> None:
    """Where the name cannot be given back either, the first fault is what is told."""
    world = World(switches={"name_rules": "stripped"}, faults=["PUT /tailored-gen/datasets/*#3:lost_request"])
    ran = await world.apply(world.tree(IMAGES))
    assert "the API stores the name" in ran.of("complete").detail
