"""Renaming, stopping and deleting: after a read that shows the planned name, and never blindly twice."""

import pytest

from reconciler.core.action import Action, DeleteObject, RenameObject, Step, StopTraining
from reconciler.core.event import Outcome
from reconciler.core.kind import Kind
from reconciler.core.plan import Plan, Subject
from reconciler.simulator import console
from tests.execute.world import DATASET, MODEL, PROJECT, Ran, World

IMAGES = {"wave": None, "jump": "jumping."}
SUBJECT = Subject(endpoint="simulator", tier="starter", projects=1, datasets=1, images=2, models=1)


async def live(**words: object) -> World:
    """A world in which everything is complete and trained."""
    world = World(**words)  # type: ignore[arg-type]
    ran = await world.apply(world.tree(IMAGES))
    assert ran.code == 0, ran
    world.clock.advance(4 * 3600)
    return world


async def do(world: World, step: Step) -> Ran:
    """Execute one step as a plan of its own."""
    action = Action(id="step", ref=MODEL, step=step)
    return await world.execute(Plan(tool="test", subject=SUBJECT, actions=(action,)))


def names(world: World) -> list[str]:
    """Names of datasets and models, without their fingerprints."""
    datasets, models = world.datasets(), world.models()
    return [dataset.name for dataset in datasets] + [model.name for model in models]


def renaming(world: World, after: str = "hero v1 (a000000000000)", before: str | None = None) -> RenameObject:
    """A step that renames the dataset."""
    dataset = world.datasets()[0]
    return RenameObject(kind=Kind.DATASET, id=dataset.id, before=before or dataset.name, after=after)


async def test_a_completed_dataset_is_renamed_by_its_name_alone() -> None:
    """U08, U09: nothing but the name is sent."""
    world = await live()
    ran = await do(world, renaming(world))
    assert ran.code == 0
    sent = [entry.body for entry in world.simulator.log if entry.method == "PUT"][-1]
    assert sent == {"name": "hero v1 (a000000000000)"}


async def test_a_draft_is_renamed_with_its_prefix() -> None:
    """A PUT of a draft carries all its mutable fields."""
    world = World()
    ran = await world.apply(world.tree(IMAGES, completed=False, model=False))
    assert ran.code == 0
    ran = await do(world, renaming(world, "hero v1 draft a000000000000 3f2a"))
    assert ran.code == 0
    assert "caption_prefix" in str([entry.body for entry in world.simulator.log if entry.method == "PUT"][-1])


async def test_a_model_is_renamed_with_its_description() -> None:
    """PUT carries name and description."""
    world = await live()
    model = world.models()[0]
    step = RenameObject(kind=Kind.MODEL, id=model.id, before=model.name, after="hero v1", description="kept")
    assert (await do(world, step)).code == 0
    assert (world.models()[0].name, world.models()[0].description) == ("hero v1", "kept")


async def test_a_rename_that_was_done_costs_a_read() -> None:
    """The effect is there already."""
    world = await live()
    ran = await do(world, renaming(world, world.datasets()[0].name, before="something else"))
    assert "already" in ran.of("step").detail
    assert not world.commits("PUT", "never")


@pytest.mark.parametrize("fault", ["lost_request", "lost_answer", "502_after"])
async def test_a_lost_rename_is_looked_up(fault: str) -> None:
    """F02, F03, F07: read, compare, repeat only where the effect is missing."""
    world = await live(faults=[f"PUT /tailored-gen/models/*#1:{fault}"])
    model = world.models()[0]
    step = RenameObject(kind=Kind.MODEL, id=model.id, before=model.name, after="hero v1")
    assert (await do(world, step)).code == 0
    assert world.models()[0].name == "hero v1"


async def test_a_refused_rename_says_the_way_back() -> None:
    """U08 = 409: completed datasets cannot be renamed here."""
    world = await live(switches={"rename_completed": "409"})
    ran = await do(world, renaming(world))
    assert ran.of("step").outcome is Outcome.FAILED
    assert "take `moved` back" in ran.of("step").detail


async def test_a_name_that_the_api_changes_is_no_success() -> None:
    """U76: what reads back is compared."""
    world = await live(switches={"name_rules": "uniquified"})
    taken = world.models()[0].name
    console.add_dataset(world.simulator, world.datasets()[0].project_id, taken)
    ran = await do(world, renaming(world, taken))
    assert ran.of("step").outcome is Outcome.FAILED


@pytest.mark.parametrize("kind", list(Kind))
async def test_what_was_renamed_meanwhile_is_left_alone(kind: Kind) -> None:
    """A stale name: nothing is deleted."""
    world = await live()
    ids = {Kind.PROJECT: 1001, Kind.DATASET: world.datasets()[0].id, Kind.MODEL: world.models()[0].id}
    ran = await do(world, DeleteObject(kind=kind, id=ids[kind], name="another name"))
    assert "left alone" in ran.of("step").detail
    assert ran.code == 1
    assert len(names(world)) == 2


async def test_everything_goes_and_going_twice_is_done() -> None:
    """U37: 404 on a delete is success."""
    world = await live()
    steps = [
        DeleteObject(kind=Kind.MODEL, id=world.models()[0].id, name=world.models()[0].name),
        DeleteObject(kind=Kind.DATASET, id=world.datasets()[0].id, name=world.datasets()[0].name),
        DeleteObject(kind=Kind.PROJECT, id=1001, name="Branded Character"),
    ]
    for step in (*steps, *steps):
        assert (await do(world, step)).code == 0
    assert not world.datasets()


@pytest.mark.parametrize("fault", ["lost_request", "lost_answer", "503_after"])
async def test_a_lost_deletion_is_looked_up(fault: str) -> None:
    """A deletion whose answer was lost is looked for before it is repeated."""
    world = await live(faults=[f"DELETE /tailored-gen/models/*#1:{fault}"])
    model = world.models()[0]
    assert (await do(world, DeleteObject(kind=Kind.MODEL, id=model.id, name=model.name))).code == 0


async def test_a_model_in_training_is_not_deleted() -> None:
    """409: said, and left."""
    world = World()
    await world.apply(world.tree(IMAGES))
    model = world.models()[0]
    ran = await do(world, DeleteObject(kind=Kind.MODEL, id=model.id, name=model.name))
    assert "refused to delete" in ran.of("step").detail


@pytest.mark.parametrize("body", ["empty", "model_Stopping", "model_Stopped"])
async def test_a_training_is_stopped_whatever_the_answer_says(body: str) -> None:
    """U43: the answer is not read; the status is."""
    world = World(switches={"stop_body": body})
    await world.apply(world.tree(IMAGES))
    model = world.models()[0]
    ran = await do(world, StopTraining(id=model.id, name=model.name))
    assert ran.code == 0, ran
    assert [model.status for model in world.models()] == ["Stopped"]


@pytest.mark.parametrize("fault", ["lost_request", "lost_answer"])
async def test_a_lost_stop_is_looked_up(fault: str) -> None:
    """Repeated only where the training still runs."""
    world = World(faults=[f"POST /tailored-gen/models/*/stop_training#1:{fault}"])
    await world.apply(world.tree(IMAGES))
    model = world.models()[0]
    assert (await do(world, StopTraining(id=model.id, name=model.name))).code == 0


async def test_a_training_that_ended_counts_as_stopped() -> None:
    """Nothing is sent for a model that is not in training, or is gone."""
    world = await live()
    model = world.models()[0]
    assert (await do(world, StopTraining(id=model.id, name=model.name))).code == 0
    assert (await do(world, StopTraining(id=99, name="x"))).code == 0
    assert not world.commits("POST", "/stop_training")


async def test_a_renamed_model_is_not_stopped() -> None:
    """Its name is another than the plan's: left alone."""
    world = World()
    await world.apply(world.tree(IMAGES))
    ran = await do(world, StopTraining(id=world.models()[0].id, name="x"))
    assert ran.code == 1
    assert world.models()[0].status == "InProgress"


async def test_a_stop_that_never_ends_meets_its_deadline() -> None:
    """A model that stays in Stopping: exit 5, the next apply goes on."""
    world = World(switches={"stopping_seconds": "99999"})
    await world.apply(world.tree(IMAGES))
    model = world.models()[0]
    ran = await do(world, StopTraining(id=model.id, name=model.name))
    assert ran.code in {1, 5}
    assert "still being stopped" in ran.of("step").detail


async def test_what_is_gone_cannot_be_renamed() -> None:
    """Deleted since the plan was made: a failure that says so."""
    world = await live()
    ran = await do(world, RenameObject(kind=Kind.DATASET, id=99, before="x", after="y"))
    assert "is gone" in ran.of("step").detail


async def test_a_refused_stop_is_a_failure() -> None:
    """409 while the training still runs: said, nothing pretended."""
    world = World(faults=["POST /tailored-gen/models/*/stop_training#*:429:1"])
    await world.apply(world.tree(IMAGES))
    model = world.models()[0]
    ran = await do(world, StopTraining(id=model.id, name=model.name))
    assert ran.of("step").outcome is not Outcome.SUCCEEDED
    assert (PROJECT.name, DATASET.name) == ("lora", "poses")
