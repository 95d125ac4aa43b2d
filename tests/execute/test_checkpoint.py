"""Deleting checkpoints: after a read that shows the planned model, never the active one, never blindly twice."""

from dataclasses import replace

import pytest

from reconciler.core.action import Action, DeleteCheckpoint
from reconciler.core.desired import Desired
from reconciler.core.event import EndReason, Outcome
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.simulator import console
from tests.execute.test_removal import SUBJECT
from tests.execute.world import MODEL, Killed, Ran, World, kill

STEPS = (("checkpoint_interval", 250), ("total_training_steps", 1000))
IMAGES = {"wave": None}


async def trained(**words: object) -> tuple[World, Desired]:
    """A world with an expert model that has the checkpoints 250, 500, 750 and 1000; the manifest keeps 500."""
    world = World(**words)  # type: ignore[arg-type]
    tree = world.tree(IMAGES, parameters=STEPS)
    declared = tree.models[MODEL]
    tree = replace(
        tree,
        present={**tree.present, MODEL: replace(declared, policy=replace(declared.policy, keep_checkpoints=(500,)))},
    )
    assert (await world.apply(tree)).code == 0
    world.clock.advance(4 * 3600)
    return world, tree


def left(world: World) -> tuple[int, ...]:
    (model,) = world.models()
    return model.checkpoints


async def prune(world: World, tree: Desired) -> Ran:
    return await world.execute(await world.plan(tree, prunes=True))


async def do(world: World, checkpoint: int = 250, name: str = "") -> Ran:
    """Execute one deletion as a plan of its own."""
    (model,) = world.models()
    step = DeleteCheckpoint(id=model.id, name=name or model.name, checkpoint=checkpoint)
    return await world.execute(Plan(tool="test", subject=SUBJECT, actions=(Action(id="step", ref=MODEL, step=step),)))


async def test_the_others_go_and_the_next_plan_is_in_sync() -> None:
    """At three calls, as any plan that changes nothing; and it promised the calls that it made."""
    world, tree = await trained()
    before = await world.plan(tree)
    assert (before.is_empty, before.calls) == (True, 3)
    ran = await prune(world, tree)
    assert ran.code == 0, ran
    assert left(world) == (500, 1000)
    assert ran.report.calls == ran.plan.cost.calls == 4
    after = await world.plan(tree, prunes=True)
    assert (after.is_empty, after.calls, after.notes) == (True, 3, ())


@pytest.mark.parametrize("fault", ["lost_request", "lost_answer", "503_after", "502"])
async def test_a_lost_deletion_is_looked_up(fault: str) -> None:
    """A deletion whose answer was lost is looked for; it is repeated only where the checkpoint is still there."""
    world, tree = await trained(faults=[f"DELETE /tailored-gen/models/*#1:{fault}"])
    ran = await prune(world, tree)
    assert (ran.code, left(world)) == (0, (500, 1000))
    assert world.commits("DELETE", "/checkpoints/250") == 1


async def test_a_deletion_that_somebody_made_meanwhile_is_done() -> None:
    """Before it began: nothing is sent. Between the look and the request: 404 counts as deleted."""
    world, tree = await trained()
    plan = await world.plan(tree, prunes=True)
    assert (await do(world)).code == 0
    ran = await world.execute(plan)
    assert ran.of("checkpoint 250").reason is EndReason.NOTHING_TO_DO
    assert world.commits("DELETE", "/checkpoints/250") == 1
    world, tree = await trained()
    (model,) = world.models()
    world.tap.at(
        "DELETE /checkpoints/250",
        lambda: console.edit_checkpoints(world.simulator, model.id, checkpoints=(500, 750, 1000)),
    )
    ran = await prune(world, tree)
    assert (ran.code, left(world)) == (0, (500, 1000))


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_killed_run_goes_on(moment: str) -> None:
    """Whatever was deleted is not listed any more, and the next plan holds the rest."""
    world, tree = await trained()
    strike = world.tap.at if moment == "before" else world.tap.after_at
    strike("DELETE /checkpoints/250", kill)
    with pytest.raises(Killed):
        await prune(world, tree)
    world.tap.clear()
    ran = await prune(world, tree)
    assert (ran.code, left(world)) == (0, (500, 1000))
    assert world.commits("DELETE", "/checkpoints/250") == 1


async def test_what_became_active_since_is_left_alone() -> None:
    """No operation of the API chooses it (U60), so somebody else did; the request is not even sent."""
    world, tree = await trained()
    plan = await world.plan(tree, prunes=True)
    (model,) = world.models()
    console.edit_checkpoints(world.simulator, model.id, active="750")
    ran = await world.execute(plan)
    assert ran.of("checkpoint 750").outcome is Outcome.FAILED
    assert "left alone: it is the active one now; plan again" in ran.of("checkpoint 750").detail
    assert (ran.code, left(world)) == (1, (500, 750, 1000))
    assert (await prune(world, tree)).code == 0
    assert left(world) == (500, 750)


async def test_the_api_refuses_to_delete_the_active_one() -> None:
    """Where it becomes active between the look and the request: 400, and the checkpoint is still there."""
    world, _ = await trained()
    (model,) = world.models()
    world.tap.at("DELETE /checkpoints/250", lambda: console.edit_checkpoints(world.simulator, model.id, active="250"))
    ran = await do(world)
    assert "the API refused to delete checkpoint 250" in ran.of("step").detail
    assert left(world) == (250, 500, 750, 1000)


async def test_another_name_is_left_alone() -> None:
    world, _ = await trained()
    ran = await do(world, name="expert v9 (a000000000000)")
    assert "it was changed since the plan was made, and left alone" in ran.of("step").detail
    assert left(world) == (250, 500, 750, 1000)


async def test_a_model_that_is_gone_took_its_checkpoints_along() -> None:
    world, tree = await trained()
    plan = await world.plan(tree, prunes=True)
    (model,) = world.models()
    console.delete_model(world.simulator, model.id)
    ran = await world.execute(plan)
    assert ran.code == 0
    assert ran.of("checkpoint 250").detail == f"model {model.id} is gone already, with its checkpoints"


async def test_a_model_that_is_not_completed_is_left_alone() -> None:
    """The API answers 400 there; nothing is sent."""
    world = World()
    assert (await world.apply(world.tree(IMAGES, parameters=STEPS))).code == 0
    ran = await do(world)
    assert ran.of("step").outcome is Outcome.FAILED
    assert "is left alone: the model is InProgress now" in ran.of("step").detail
    assert not world.commits("DELETE", "/checkpoints/250")


async def test_another_model_is_not_touched() -> None:
    """The list holds for the versions of its manifest alone."""
    world, tree = await trained()
    other = Ref(MODEL.kind, "other")
    declared = replace(tree.models[MODEL], ref=other, policy=replace(tree.models[MODEL].policy, keep_checkpoints=None))
    both = replace(tree, present={**tree.present, other: declared})
    assert (await world.apply(both)).code == 0
    world.clock.advance(4 * 3600)
    assert (await prune(world, both)).code == 0
    assert [model.checkpoints for model in world.models()] == [(500, 1000), (250, 500, 750, 1000)]
