"""Answers that are wrong in themselves: they are not waited out, and a create that was answered so is not repeated."""

import json
from collections.abc import Callable

import httpx
import pytest

from reconciler.core.event import Outcome
from reconciler.simulator import Response
from reconciler.simulator.request import Instead
from tests.execute.world import World

IMAGES = {"wave": None, "jump": "jumping.", "sit": None}
CREATES = ("POST /projects", "POST /datasets", "POST /images", "POST /models", "POST /start_training")


def answers(status: int, document: object = None, **headers: str) -> Callable[[], object]:
    """Somebody answers in place of the API."""

    def act() -> object:
        raise Instead(Response(status=status, headers=headers, body=json.dumps(document).encode()))

    return act


@pytest.mark.parametrize("where", CREATES)
async def test_a_redirect_is_no_lost_answer(where: str) -> None:
    """The action fails at once, nothing is looked up or sent after it, and the next apply goes on."""
    world = World()
    tree = world.tree(IMAGES)
    plan = await world.plan(tree)
    begun: list[float] = []

    def redirect() -> object:
        begun.append(world.clock.now())
        return answers(307, location="https://login.example/portal")()

    world.tap.at(where, redirect)
    ran = await world.execute(plan, concurrency=1)
    assert world.clock.now() - begun[0] < 5
    (failed,) = [one for one in ran.ended.values() if one.outcome is Outcome.FAILED]
    assert "answered 307, a redirect to https://login.example, which is not followed" in failed.detail
    assert ran.outcomes()[Outcome.UNKNOWN] == 0
    assert ran.code == 1
    assert (await world.apply(tree)).code == 0
    assert world.commits("POST", "/projects") == 1
    assert world.trainings() == 1


@pytest.mark.parametrize("where", CREATES)
async def test_what_was_made_is_found_although_its_id_is_no_number(where: str) -> None:
    """A 2xx says that it was done: one look, without a wait, and the apply goes on."""
    world = World()
    tree = world.tree(IMAGES)
    world.tap.after_at(where, answers(201, {"id": "abc", "name": "x", "image_name": "y"}))
    ran = await world.apply(tree)
    assert ran.code == 0, str(ran)
    assert ran.outcomes() == {Outcome.SUCCEEDED: len(ran.plan.actions)}
    assert world.commits("POST", "/projects") == 1
    assert world.trainings() == 1
    assert await world.settle(tree) == 0


async def test_what_no_list_shows_yet_is_left_to_the_next_apply() -> None:
    """Its answer is wrong, and the lists lag: nothing is waited for and nothing is made twice."""
    world = World(switches={"list_lag_seconds": "5"})
    tree = world.tree(IMAGES)
    plan = await world.plan(tree)
    world.tap.after_at("POST /projects", answers(201, {"id": "abc"}))
    began = world.clock.now()
    ran = await world.execute(plan)
    assert world.clock.now() - began < 5
    assert ran.of("project").outcome is Outcome.UNKNOWN
    assert "what it made was not found yet, and the next apply looks for it" in ran.of("project").detail
    world.clock.advance(10)
    assert (await world.apply(tree)).code == 0
    assert world.commits("POST", "/projects") == 1


async def test_f01_no_other_action_begins_once_the_api_cannot_be_reached() -> None:
    """An outage is waited out once for all of them, and then told as the reason of each that is not begun."""
    world = World()
    plan = await world.plan(world.tree({f"pose{number}": None for number in range(20)}))
    client = world.client()
    began: list[float] = []

    class Unplugged(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            began.append(world.clock.now())
            raise httpx.ConnectError("no route")

    def unplug() -> None:
        client._http._transport._below = Unplugged()  # type: ignore[attr-defined]

    world.tap.at("POST /images", unplug, turn=3)
    ran = await world.execute(plan, client=client)
    assert world.clock.now() - began[0] <= 300
    assert ran.code == 1
    outcomes = ran.outcomes()
    assert outcomes[Outcome.FAILED] <= 6, "the uploads under way, and two that look how their elections ended"
    assert outcomes[Outcome.SKIPPED] >= 12
    reasons = {one.detail for one in ran.ended.values() if one.outcome is Outcome.SKIPPED and "upload" in one.action}
    assert reasons == {"not begun: simulator cannot be reached; `--patience` waits longer"}
