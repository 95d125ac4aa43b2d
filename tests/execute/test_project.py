"""Projects: created once, elected, updated, read back."""

import asyncio
import json

from reconciler.core.event import Outcome
from reconciler.core.run.ending import ANOTHER_APPLY
from reconciler.simulator import Request, console
from tests.execute.world import World

IMAGES = {"wave": None}


async def test_a_lost_answer_is_looked_up() -> None:
    """A project whose creation was answered to nobody is found and not created again (F03)."""
    world = World(faults=["POST /tailored-gen/projects:lost_answer"])
    ran = await world.apply(world.tree(IMAGES))
    assert ran.code == 0
    assert world.commits("POST", "/projects") == 1


async def test_a_lost_request_is_repeated() -> None:
    """A project that is in no list once settle has passed is created again (F02)."""
    world = World(faults=["POST /tailored-gen/projects:lost_request"])
    ran = await world.apply(world.tree(IMAGES))
    assert ran.code == 0
    assert world.commits("POST", "/projects") == 1


async def test_requests_that_stay_lost_are_unknown() -> None:
    """After the last attempt nobody knows, and nothing is built on it."""
    world = World(faults=["POST /tailored-gen/projects#*:lost_request"])
    tree = world.tree(IMAGES)
    ran = await world.apply(tree)
    assert ran.of("project").outcome is Outcome.UNKNOWN
    assert "was not found after 3 attempts" in ran.of("project").detail
    assert ran.code == 1


async def test_looking_that_fails_is_unknown() -> None:
    """Where the look-up fails too, the action is unknown and says why."""
    world = World(
        faults=["POST /tailored-gen/projects:lost_answer", "GET /tailored-gen/projects#2-99:502"],
    )
    ran = await world.apply(world.tree(IMAGES))
    assert ran.of("project").outcome is Outcome.UNKNOWN
    assert "looking for its effect failed" in ran.of("project").detail


async def test_two_appliers_go_on_in_one_project() -> None:
    """Of two projects made at once the lowest id is elected, and only one model is ever trained (F34).

    The other run has begun a draft in its own by then, and stops: nobody fills that draft any further.
    """
    world = World()
    tree = world.tree(IMAGES)
    plans = [await world.plan(tree), await world.plan(tree)]
    first, second = await asyncio.gather(*(world.execute(plan) for plan in plans))
    assert {first.code, second.code} == {0, 4}
    assert second.of("project").detail == "project 1001 of another apply is elected; project 1002 is left alone"
    assert second.of("poses v1 create").detail == (
        f"{ANOTHER_APPLY}: project 1001 is elected, and draft 200002 is in project 1002; it was left alone, plan again"
    )
    assert {dataset.project_id: dataset.status for dataset in world.datasets()} == {1001: "completed", 1002: "draft"}
    assert world.trainings() == 1
    assert await world.settle(tree) == 0
    (note,) = [note for note in (await world.plan(tree)).notes if note.rule == "duplicate"]
    assert "left alone, 1001 counts" in note.text


async def test_a_project_that_is_begun_is_not_elected_before_an_older_one() -> None:
    """Its draft was made ahead of the election, by a run that went on in no other: the lowest id counts all the same."""
    world = World()
    tree = world.tree(IMAGES)

    def older() -> None:
        fields = {"project_name": "Branded Character", "ip_name": "Lora", "ip_description": "a girl"}
        body = json.dumps(fields | {"ip_medium": "illustration", "ip_type": "defined_character"}).encode()
        headers = {"api_token": "x", "content-type": "application/json"}
        path = "/v1/tailored-gen/projects"
        assert world.simulator.again(Request(method="POST", path=path, headers=headers, body=body)).status == 201

    world.tap.at("POST /projects", older)
    ran = await world.apply(tree)
    assert ran.code == 4
    assert [dataset.project_id for dataset in world.datasets()] == [1002]
    assert await world.settle(tree) == 1
    assert [dataset.project_id for dataset in world.datasets() if dataset.status == "completed"] == [1001]
    assert world.trainings() == 1


async def test_a_later_applier_goes_on_in_the_project_that_is_used() -> None:
    """A project that holds a version of ours already is elected before an empty one."""
    world = World()
    tree = world.tree(IMAGES)
    plans = [await world.plan(tree), await world.plan(tree)]

    async def second() -> object:
        await world.clock.sleep(8)
        return await world.execute(plans[1])

    await asyncio.gather(world.execute(plans[0]), second())
    assert world.trainings() == 1
    assert {dataset.project_id for dataset in world.datasets() if dataset.status == "completed"} == {1001}
    assert await world.settle(tree) == 0


async def test_a_project_that_no_list_shows() -> None:
    """What was created and stays out of every list is not built on."""
    world = World(switches={"list_lag_seconds": "500"})
    ran = await world.apply(world.tree(IMAGES))
    assert ran.of("project").detail == "project 1001 was created but is in no list; plan again"


async def test_a_project_that_is_listed_late() -> None:
    """A list that lags longer than settle is asked again."""
    world = World(switches={"list_lag_seconds": "20"})
    ran = await world.apply(world.tree(IMAGES))
    assert ran.of("project").outcome is Outcome.SUCCEEDED


async def test_an_update() -> None:
    """All mutable fields are sent, and read back."""
    world = World()
    await world.apply(world.tree(IMAGES))
    tree = world.tree(IMAGES, project_description="New words")
    ran = await world.apply(tree)
    assert ran.of("project").detail == "updated (id 1001)"
    assert (await world.plan(tree)).is_empty


async def test_an_update_whose_answer_is_lost() -> None:
    """An update is looked at, and repeated only where it did not arrive."""
    for fault, sent in (("lost_answer", 1), ("lost_request", 2)):
        world = World(faults=[f"PUT /tailored-gen/projects/*:{fault}"])
        await world.apply(world.tree(IMAGES))
        ran = await world.apply(world.tree(IMAGES, project_description="New words"))
        assert ran.code == 0
        assert sum(entry.method == "PUT" and "/projects/" in entry.path for entry in world.simulator.log) == sent


async def test_an_update_of_a_project_that_is_gone() -> None:
    """A project that was deleted meanwhile is said to be gone (F13)."""
    world = World()
    await world.apply(world.tree(IMAGES))
    tree = world.tree(IMAGES, project_description="New words")
    plan = await world.plan(tree)
    world.tap.after_at("PUT /1001", lambda: console.delete_project(world.simulator, 1001))
    ran = await world.execute(plan)
    assert "project 1001 is gone" in ran.of("project").detail


async def test_an_update_that_does_not_read_back() -> None:
    """A field that the API stores otherwise fails the update."""
    world = World()
    await world.apply(world.tree(IMAGES))
    plan = await world.plan(world.tree(IMAGES, project_description="New words"))
    world.tap.after_at("PUT /1001", lambda: console.edit_project(world.simulator, 1001, description="Anna's words"))
    ran = await world.execute(plan)
    assert ran.of("project").detail == "the API stores other values than were sent to project 1001"


async def test_a_name_that_the_api_changes() -> None:
    """A project whose name comes back another is not built on (U76)."""
    world = World(switches={"name_rules": "uniquified", "unique_names": "none"})
    tree = world.tree(IMAGES)
    plan = await world.plan(tree)

    def taken() -> None:
        world.simulator.again(
            Request(
                method="POST",
                path="/v1/tailored-gen/projects",
                headers={"api_token": "x", "content-type": "application/json"},
                body=b'{"project_name": "Branded Character", "ip_medium": "photography", "ip_type": "other"}',
            )
        )

    world.tap.at("POST /projects", taken)
    ran = await world.execute(plan)
    assert "the API stores the name" in ran.of("project").detail
    assert ran.code == 1
