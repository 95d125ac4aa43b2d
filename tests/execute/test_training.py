"""Trainings: started at most once, found started, waited for with one list call for all."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from reconciler.core.action import Action, StartTraining
from reconciler.core.event import InTraining, Outcome, Progressed
from reconciler.core.run.ending import INTERRUPTED, NO_CAPACITY
from reconciler.execute import Brake
from reconciler.simulator import Instead, console
from reconciler.simulator.request import answer
from reconciler.simulator.switch import Switches
from tests.execute.world import MODEL, World

IMAGES = {"wave": None, "jump": "jumping."}


@pytest.mark.parametrize("fault", ["lost_answer", "lost_request", "500_after", "504_after", "html"])
async def test_starts_that_are_not_answered(fault: str) -> None:
    """A start is looked at before it is asked for again: one training (I02)."""
    world = World(faults=[f"POST /tailored-gen/models/*/start_training:{fault}"])
    ran = await world.apply(world.tree(IMAGES))
    assert ran.code == 0
    assert world.trainings() == 1


async def test_a_start_that_arrives_late() -> None:
    """F09: a start that commits after we asked again finds the model started."""
    world = World(faults=["POST /tailored-gen/models/*/start_training:late:40"])
    tree = world.tree(IMAGES)
    ran = await world.apply(tree)
    assert ran.code == 0
    world.clock.advance(100)
    assert (await world.plan(tree)).is_empty
    assert world.trainings() == 1


async def test_a_start_that_arrives_in_time() -> None:
    """A start that commits while we settle is found, and not asked for again."""
    world = World(faults=["POST /tailored-gen/models/*/start_training:late:8"])
    ran = await world.apply(world.tree(IMAGES))
    assert ran.code == 0
    assert sum(entry.path.endswith("/start_training") for entry in world.simulator.log) == 2


async def test_a_start_that_stays_lost() -> None:
    """After the last attempt nobody knows, and the next apply looks."""
    world = World(faults=["POST /tailored-gen/models/*/start_training#1-3:lost_request"])
    tree = world.tree(IMAGES)
    ran = await world.apply(tree)
    assert ran.of("train").outcome is Outcome.UNKNOWN
    assert ran.code == 1
    assert await world.settle(tree) == 1
    assert world.trainings() == 1


def started_by_another(world: World) -> None:
    """Another applier starts the model."""
    from reconciler.simulator import Request

    world.simulator.again(
        Request(method="POST", path="/v1/tailored-gen/models/40001/start_training", headers={"api_token": "x"})
    )


async def test_a_start_by_another() -> None:
    """A 409 because it was started already is success by observation (F14)."""
    world = World()
    world.tap.at("POST /start_training", lambda: started_by_another(world))
    ran = await world.apply(world.tree(IMAGES))
    assert ran.of("train").outcome is Outcome.SUCCEEDED
    assert world.trainings() == 1


async def test_a_model_that_is_in_training_already() -> None:
    """A model that was started between its creation and our look is not started again."""
    world = World()
    world.tap.at("GET /models/40001", lambda: started_by_another(world))
    ran = await world.apply(world.tree(IMAGES))
    assert ran.of("train").detail == "is in training already (id 40001)"
    assert not [entry for entry in world.simulator.log if entry.path.endswith("/start_training")][1:]


@pytest.mark.parametrize("how", ["409", "429"])
async def test_no_capacity(how: str) -> None:
    """U41: without a slot the start is left to the next apply, exit 0, said aloud."""
    world = World(switches={"max_parallel_training": how, "training_slots": "0"})
    tree = world.tree(IMAGES)
    ran = await world.apply(tree)
    assert ran.of("train").detail == f"{NO_CAPACITY} (Too many trainings run at the same time)"
    assert ran.of("train").outcome is Outcome.SKIPPED
    assert ran.code == 0
    assert ran.report.notes == ("1 model not started, the API has no capacity now: the next apply goes on",)
    world.simulator.switches = Switches({})
    assert await world.settle(tree) == 1
    assert world.trainings() == 1


async def test_capacity_comes() -> None:
    """A slot that becomes free while we wait is taken."""
    world = World(switches={"max_parallel_training": "409", "training_slots": "0"})

    async def free() -> None:
        await world.clock.sleep(100)
        world.simulator.switches = Switches({})

    ran, _ = await asyncio.gather(world.apply(world.tree(IMAGES)), free())
    assert any(isinstance(event, Progressed) and "capacity" in event.text for event in ran.events)
    assert ran.of("train").detail == "training started (id 40001)"


async def test_a_queued_training() -> None:
    """U41 queued: a start that was taken counts, though the model still reads Created."""
    world = World(switches={"max_parallel_training": "queued", "training_slots": "0"})
    ran = await world.apply(world.tree(IMAGES))
    assert ran.of("train").outcome is Outcome.SUCCEEDED
    assert ran.code == 0
    assert world.trainings() == 1


def status(world: World, word: str) -> Callable[[], None]:
    """A function that lets the model's next read show a status."""

    def act() -> None:
        raise Instead(answer(200, {"id": 40001, "name": world.models()[0].name, "status": word, "dataset_id": 200001}))

    return act


@pytest.mark.parametrize(
    ("word", "outcome", "words"),
    [
        ("Completed", Outcome.SUCCEEDED, "trained (id 40001)"),
        ("Failed", Outcome.FAILED, "failed at the API"),
        ("Stopped", Outcome.FAILED, "stopped by a person"),
        ("Stopping", Outcome.FAILED, "stopped by a person"),
        ("Deleted", Outcome.FAILED, "is gone"),
        ("Paused", Outcome.FAILED, 'has the status "Paused"; it was left alone'),
        ("syncing", Outcome.FAILED, "left alone"),
    ],
)
async def test_a_model_in_another_state(word: str, outcome: Outcome, words: str) -> None:
    """F24, F31: only a Created model is started; every other state is told."""
    world = World()
    world.tap.at("GET /models/40001", status(world, word))
    ran = await world.apply(world.tree(IMAGES))
    assert ran.of("train").outcome is outcome
    assert words in ran.of("train").detail
    assert world.trainings() == 0


async def test_a_model_that_is_gone() -> None:
    """A model that was deleted before its start is said to be gone."""
    world = World()
    world.tap.at("GET /models/40001", lambda: console.delete_model(world.simulator, 40001))
    ran = await world.apply(world.tree(IMAGES))
    assert "model 40001 is gone" in ran.of("train").detail


@pytest.mark.parametrize("code", [400, 412])
async def test_a_start_that_is_refused(code: int) -> None:
    """A refusal that is no 409 fails with the API's words."""
    world = World()

    def refuse() -> None:
        raise Instead(answer(code, {"message": "The dataset is not completed"}))

    world.tap.at("POST /start_training", refuse)
    ran = await world.apply(world.tree(IMAGES))
    assert ran.of("train").detail == "the API refused to start model 40001: The dataset is not completed"
    assert ran.code == 1


async def test_a_start_that_cannot_be_sent() -> None:
    """A start that never left fails, and nothing was started."""
    world = World()
    plan = await world.plan(world.tree(IMAGES))
    client = world.client()
    http = client._http

    def unplug() -> None:
        import httpx

        class Unplugged(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                raise httpx.ConnectError("no route")

        http._transport._below = Unplugged()  # type: ignore[attr-defined]

    world.tap.at("GET /models/40001", unplug)
    ran = await world.execute(plan, client=client)
    assert ran.of("train").outcome is Outcome.FAILED
    assert world.trainings() == 0


async def test_waiting_for_the_end() -> None:
    """`--wait training`: the end is seen in the list of all models, asked for every 90 s."""
    world = World(switches={"training_hours": "1"})
    tree = world.tree(IMAGES)
    ran = await world.apply(tree, wait="training")
    assert ran.of("train").detail == "trained (id 40001)"
    assert ran.report.notes == ()
    polls = [entry for entry in world.simulator.log if entry.path.endswith("/models") and entry.method == "GET"]
    assert 35 < len(polls) < 46
    told = [event for event in ran.events if isinstance(event, InTraining)]
    assert {(event.text, event.began) for event in told} == {("training started (id 40001)", told[0].at)}
    assert [round(event.at - told[0].at) // 90 for event in told[:5]] == [0, 1, 2, 3, 4]


async def test_waiting_for_a_training_that_began_before() -> None:
    """Nobody knows since when it goes on: the API tells no such time."""
    world = World(switches={"training_hours": "1"})
    tree = world.tree(IMAGES)
    await world.apply(tree, wait="none")
    plan = await world.plan(tree)
    model = world.models()[0]
    again = Action(id="again", ref=MODEL, version=1, step=StartTraining(id=model.id, parameters=()))
    ran = await world.execute(replace(plan, actions=(again,)), wait="training")
    assert ran.of("again").detail == "trained (id 40001)"
    assert {(event.text, event.began) for event in ran.events if isinstance(event, InTraining)} == {
        ("is in training already (id 40001)", None)
    }


async def test_waiting_for_a_failure() -> None:
    """A training that fails is a failure of the apply that waited for it."""
    world = World(switches={"training_hours": "1", "training_outcome": "failed"})
    ran = await world.apply(world.tree(IMAGES), wait="training")
    assert ran.of("train").detail == "the training of model 40001 failed at the API"
    assert ran.code == 1


async def test_waiting_for_a_training_that_is_stopped() -> None:
    """A training that a person stops is told, and not started again."""
    world = World()

    async def stop() -> None:
        await world.clock.sleep(600)
        console.end_training(world.simulator, 40001, "Stopped")

    ran, _ = await asyncio.gather(world.apply(world.tree(IMAGES), wait="training"), stop())
    assert "was stopped by a person" in ran.of("train").detail


async def test_waiting_too_long() -> None:
    """A wait that meets its deadline is exit 5; the training itself succeeded in starting."""
    world = World(switches={"training_hours": "30"})
    ran = await world.apply(world.tree(IMAGES), wait="training")
    assert ran.code == 5
    assert ran.of("train").outcome is Outcome.SUCCEEDED
    assert ran.of("train").detail == "training started (id 40001); still in training after 8 hours"


async def test_waiting_is_interrupted() -> None:
    """A pulled brake ends the wait, not the training."""
    world = World()
    brake = Brake()

    async def pull() -> None:
        await world.clock.sleep(1000)
        brake.pull()

    ran, _ = await asyncio.gather(world.apply(world.tree(IMAGES), wait="training", brake=brake), pull())
    assert world.clock.now() < 1100
    assert ran.of("train").detail.startswith(INTERRUPTED)
    assert ran.code == 1


async def test_a_training_that_a_list_does_not_show() -> None:
    """F19: a model that a list lacks is read by id; a list alone never says that it is gone."""
    world = World(switches={"training_hours": "1"})

    def hide() -> None:
        raise Instead(answer(200, []))

    world.tap.at("GET /models", hide, turn=4)
    ran = await world.apply(world.tree(IMAGES), wait="training")
    assert ran.of("train").detail == "trained (id 40001)"
