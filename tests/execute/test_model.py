"""Models: nothing is made on a dataset that was not read after its freeze, and never two of one fingerprint."""

import asyncio
from dataclasses import replace

import pytest

from reconciler.core.action import CreateModel
from reconciler.core.event import Outcome
from reconciler.core.plan import Plan
from reconciler.simulator import Instead, Request, console
from reconciler.simulator.request import answer
from tests.execute.world import MODEL, World

IMAGES = {"wave": None, "jump": "jumping."}


async def completed(**switches: str) -> World:
    """A world with a completed dataset and no model."""
    world = World(switches=switches)
    await world.apply(world.tree(IMAGES, model=False))
    world.clock.advance(20)
    return world


def post_model(world: World, name: str) -> None:
    """Another applier creates a model on the dataset."""
    body = f'{{"name": "{name}", "dataset_id": 200001, "training_mode": "fully_automated", "training_version": "max"}}'
    world.simulator.again(
        Request(
            method="POST",
            path="/v1/tailored-gen/models",
            headers={"api_token": "x", "content-type": "application/json"},
            body=body.encode(),
        )
    )


def name_of(plan: Plan) -> str:
    """The name that the plan gives its model."""
    (action,) = [action for action in plan.actions if isinstance(action.step, CreateModel)]
    return f"expert v{action.version} ({action.fingerprint})"


@pytest.mark.parametrize("fault", ["lost_answer", "lost_request", "500_after", "html", "empty"])
async def test_creations_that_are_not_answered(fault: str) -> None:
    """A model is found by its fingerprint, or created again; it is trained once (F03, I02)."""
    world = World(faults=[f"POST /tailored-gen/models:{fault}"])
    tree = world.tree(IMAGES)
    ran = await world.apply(tree)
    assert ran.code == 0
    assert len(world.models()) == 1
    assert world.trainings() == 1
    assert (await world.plan(tree)).is_empty


async def test_a_creation_that_is_delivered_twice() -> None:
    """F06: of two models of one fingerprint the elected one is trained, the other is left alone."""
    world = World(faults=["POST /tailored-gen/models:twice"])
    ran = await world.apply(world.tree(IMAGES))
    assert ran.code == 0
    assert [model.status for model in world.models()] == ["InProgress", "Created"]


async def test_two_appliers_train_once() -> None:
    """Both create, both settle, both start the elected one: starting is exclusive (I02)."""
    world = await completed()
    tree = world.tree(IMAGES)
    plans = [await world.plan(tree), await world.plan(tree)]
    runs = await asyncio.gather(*(world.execute(plan) for plan in plans))
    assert [run.code for run in runs] == [0, 0]
    assert world.trainings() == 1
    assert "of another apply is elected; model 40002 was not started" in runs[1].of("create").detail
    assert await world.settle(tree) == 0


async def test_a_model_that_is_there_is_taken() -> None:
    """A model of the fingerprint that came since the plan is used, and none is created."""
    world = await completed()
    plan = await world.plan(world.tree(IMAGES))
    post_model(world, name_of(plan))
    ran = await world.execute(plan)
    assert ran.of("create").detail.endswith("(id 40001) is live already")
    assert len(world.models()) == 1
    assert ran.code == 0


async def test_a_number_that_was_taken_before() -> None:
    """A model with the planned number and another fingerprint moves ours to the next number (I20)."""
    world = await completed()
    plan = await world.plan(world.tree(IMAGES))
    post_model(world, "expert v1 (a0123456789ab)")
    ran = await world.execute(plan)
    assert ran.code == 0
    assert world.models()[1].name == name_of(plan).replace(" v1 ", " v2 ")


async def test_a_number_that_is_taken_at_once() -> None:
    """Two commits that give one number to two fingerprints: the lowest id keeps it, the other takes the next."""
    world = await completed()
    plan = await world.plan(world.tree(IMAGES))
    world.tap.at("POST /models", lambda: post_model(world, "expert v1 (a0123456789ab)"))
    ran = await world.execute(plan)
    assert ran.code == 0
    assert world.models()[1].name == name_of(plan).replace(" v1 ", " v2 ")
    assert world.models()[1].status == "InProgress"


@pytest.mark.parametrize(
    ("words", "act"),
    [
        ("is gone", lambda world: console.delete_dataset(world.simulator, 200001)),
        ("is not completed", lambda world: console.edit_dataset(world.simulator, 200001, status="draft")),
        ("is named", lambda world: console.edit_dataset(world.simulator, 200001, name="Lora final")),
        (
            "differs after the freeze: 1 image of 2 missing",
            lambda world: console.delete_image(world.simulator, world.images_of(world.datasets()[0])[0].id),
        ),
    ],
)
async def test_a_dataset_that_is_not_as_wished(words: str, act: "object") -> None:
    """Verify after the freeze, before the spending: what a person did to the dataset stops the model."""
    world = await completed()
    plan = await world.plan(world.tree(IMAGES))
    act(world)  # type: ignore[operator]
    ran = await world.execute(plan)
    assert words in ran.of("create").detail
    assert world.models() == []
    assert ran.code == 1


async def test_a_model_that_no_list_shows() -> None:
    """A model that stays out of every list is not started, and it is not left behind: else each apply would make another."""
    world = World(switches={"list_lag_seconds": "100"})
    await world.apply(world.tree(IMAGES, model=False), settle=120.0)
    world.clock.advance(200)
    ran = await world.apply(world.tree(IMAGES))
    assert ran.of("create").detail == (
        "model 40001 was created, and no list shows it: lists may hide models of its family here (V107); "
        "it was deleted again; nothing was trained"
    )
    assert ran.code == 4
    assert (world.trainings(), [model.status for model in world.models()]) == (0, ["Deleted"])


async def test_a_model_that_no_list_shows_and_that_cannot_be_deleted() -> None:
    """It stays, and that is said."""
    world = World(switches={"list_lag_seconds": "100"})
    await world.apply(world.tree(IMAGES, model=False), settle=120.0)
    world.clock.advance(200)

    def refuse() -> None:
        raise Instead(answer(409, {"message": "not now"}))

    world.tap.at("DELETE /models/40001", refuse)
    ran = await world.apply(world.tree(IMAGES))
    assert "it was not started, and stays: not now" in ran.of("create").detail
    assert (ran.code, world.trainings()) == (4, 0)


async def test_a_model_that_is_listed_late() -> None:
    """A list that lags longer than settle is asked again."""
    world = World(switches={"list_lag_seconds": "20"})
    await world.apply(world.tree(IMAGES, model=False), settle=30.0)
    world.clock.advance(60)
    ran = await world.apply(world.tree(IMAGES))
    assert ran.code == 0


async def test_a_name_that_is_not_taken() -> None:
    """A model under another name than was sent is renamed, and read back."""
    world = await completed()
    plan = await world.plan(world.tree(IMAGES))

    def lie() -> None:
        console.edit_model(world.simulator, 40001, name="Copy")
        row = {"id": 40001, "name": "Copy", "status": "Created", "dataset_id": 200001}
        raise Instead(answer(201, row))

    world.tap.after_at("POST /models", lie)
    ran = await world.execute(plan)
    assert ran.code == 0
    assert world.models()[0].name == name_of(plan)


async def test_a_name_that_the_api_does_not_keep() -> None:
    """U76: a model whose name cannot be given is not started."""
    world = await completed()
    plan = await world.plan(world.tree(IMAGES))

    def lie() -> None:
        row = {"id": 40001, "name": "Copy", "status": "Created", "dataset_id": 200001}
        raise Instead(answer(201, row))

    world.tap.after_at("POST /models", lie)
    world.tap.after_at("PUT /40001", lambda: console.edit_model(world.simulator, 40001, name="Copy"))
    ran = await world.execute(plan)
    assert "the API stores the name" in ran.of("create").detail
    assert ran.of("create").detail.endswith("the model was not started (id 40001)")
    assert world.trainings() == 0


@pytest.mark.parametrize("fault", ["", "lost_answer", "lost_request"])
async def test_a_description(fault: str) -> None:
    """A description changes in place, and trains nothing."""
    world = World(faults=[f"PUT /tailored-gen/models/*:{fault}"] if fault else [])
    await world.apply(world.tree(IMAGES))
    tree = world.tree(IMAGES, model_description="For the spring campaign")
    ran = await world.apply(tree)
    assert ran.of("update").detail == "description changed"
    assert world.trainings() == 1
    assert (await world.plan(tree)).is_empty


async def test_a_description_that_does_not_read_back() -> None:
    """A description that the API stores otherwise fails the update."""
    world = World()
    await world.apply(world.tree(IMAGES))
    plan = await world.plan(world.tree(IMAGES, model_description="Spring"))
    world.tap.after_at("PUT /40001", lambda: console.edit_model(world.simulator, 40001, description="Autumn"))
    ran = await world.execute(plan)
    assert ran.of("update").detail == 'the API stores the description as "Autumn"'


async def test_a_description_of_a_model_that_is_gone() -> None:
    """A model that was deleted meanwhile is said to be gone."""
    world = World()
    await world.apply(world.tree(IMAGES))
    plan = await world.plan(world.tree(IMAGES, model_description="Spring"))
    world.tap.after_at("PUT /40001", lambda: console.delete_model(world.simulator, 40001))
    ran = await world.execute(plan)
    assert "model 40001 is gone" in ran.of("update").detail


async def test_declared_parameters_only() -> None:
    """Parameters are sent where they are declared, and no body where none is."""
    world = World()
    tree = world.tree(IMAGES, parameters=(("rank", 64), ("total_training_steps", 750)))
    ran = await world.apply(tree)
    assert ran.code == 0
    (start,) = [entry for entry in world.simulator.log if entry.path.endswith("/start_training")]
    assert start.body == {"rank": 64, "total_training_steps": 750}
    assert world.models()[0].training_parameters["rank"] == 64
    assert (await world.plan(tree)).is_empty


async def test_a_model_that_is_not_started() -> None:
    """`start: false` creates, and starting it later is a training of its own, verified again."""
    world = World()
    idle = world.tree(IMAGES, start=False)
    ran = await world.apply(idle)
    assert ran.code == 0
    assert world.models()[0].status == "Created"
    assert (await world.plan(idle)).is_empty
    ran = await world.apply(world.tree(IMAGES))
    assert ran.of("train").detail == "training started (id 40001)"
    assert [action.ref for action in ran.plan.actions] == [MODEL]


async def test_a_created_model_on_content_that_moved() -> None:
    """I03: a Created model is not started on a dataset that is not what is wished."""
    world = World()
    await world.apply(world.tree(IMAGES, start=False))
    plan = await world.plan(world.tree(IMAGES))
    console.delete_image(world.simulator, world.images_of(world.datasets()[0])[0].id)
    ran = await world.execute(plan)
    assert "differs after the freeze" in ran.of("train").detail
    assert world.trainings() == 0


async def test_trainings_beyond_the_limit() -> None:
    """I22: whatever a plan says, no more trainings start than its limit allows."""
    world = World()
    plan = await world.plan(world.tree(IMAGES))
    ran = await world.execute(replace(plan, limits=replace(plan.limits, trainings=0)))
    assert ran.of("train").exit_code == 4
    assert ran.of("train").outcome is Outcome.FAILED
    assert world.trainings() == 0


async def test_a_name_that_another_applier_took() -> None:
    """U01, F14: where names are unique, the model of an equal apply is taken in place of ours."""
    world = await completed(unique_names="model")
    plan = await world.plan(world.tree(IMAGES))
    world.tap.at("POST /models", lambda: post_model(world, name_of(plan)))
    ran = await world.execute(plan)
    assert ran.code == 0
    assert len(world.models()) == 1
    assert world.trainings() == 1


async def test_a_plan_that_does_not_say_what_is_trained() -> None:
    """Without a word on its dataset no training is started."""
    world = World()
    plan = await world.plan(world.tree(IMAGES))
    ran = await world.execute(replace(plan, changes=()))
    assert ran.of("train").detail == "the plan does not say on what model/expert is trained"
    assert world.trainings() == 0
