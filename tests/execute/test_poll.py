"""Looks at work that takes long: at growing intervals, until a deadline, and once after it."""

from dataclasses import replace

import pytest

from reconciler.execute import Brake
from reconciler.execute.action_run import ActionRun, Poll
from reconciler.execute.run import begin
from tests.execute.world import QUICK, World


@pytest.mark.parametrize(("look", "looks"), [(0.0, [3.0, 7.5, 14.25, 20.0]), (4.0, [7.0, 15.5, 20.0]), (25.0, [25.0])])
async def test_the_last_look_begins_after_the_deadline(look: float, looks: list[float]) -> None:
    """A look that began before it and took longer is no proof that the work has not ended since."""
    world = World()
    plan = await world.plan(world.tree({"wave": None}))
    run = begin(
        plan, client=world.client(), images=world.images, clock=world.clock, options=replace(QUICK, brake=Brake())
    )
    action_run = ActionRun(run, plan.actions[0], 0)
    await action_run.enter()
    began = world.clock.now()
    poll = Poll(action_run, 20.0)
    ended = []
    await world.clock.sleep(look)
    while await poll.again():
        ended.append(world.clock.now() - began)
        await world.clock.sleep(look)
    assert ended == looks
    action_run.leave()
