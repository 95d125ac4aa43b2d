"""The look at the live side: three lists, and then only what a comparison cannot do without."""

import asyncio
import json
import threading
from collections.abc import Mapping

import pytest

from reconciler.api.client import Client
from reconciler.api.endpoint import Endpoint
from reconciler.api.token import Token
from reconciler.api.transport import EmbeddedTransport
from reconciler.core.desired import Desired
from reconciler.observe import observe, survey
from reconciler.simulator import Request, console
from tests.execute.world import World

IMAGES = {"wave": None, "jump": "jumping."}


async def live() -> World:
    """A world in which everything is complete and trained."""
    world = World()
    await world.apply(world.tree(IMAGES))
    world.clock.advance(4 * 3600)
    return world


def forgetful(world: World) -> Client:
    """A client of an API whose list across projects does not say where a dataset belongs."""

    def handle(
        method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes, float]:
        answer = world.simulator.handle(Request(method=method, path=path, query=query, headers=headers, body=body))
        text = answer.body
        if method == "GET" and path.endswith("/tailored-gen/datasets"):
            rows = [{key: value for key, value in row.items() if key != "project_id"} for row in json.loads(text)]
            text = json.dumps(rows).encode()
        kept = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
        return answer.status, kept, text, answer.delay

    transport = EmbeddedTransport(handle, clock=world.clock)
    return Client(Endpoint(origin="simulator"), Token("canary"), clock=world.clock, transport=transport)


async def test_in_sync_takes_three_calls() -> None:
    """Projects, datasets, models: nothing is read in full."""
    world = await live()
    observed = await observe(world.client(), world.tree(IMAGES))
    assert observed.calls == 3
    assert all(dataset.images is None for dataset in observed.datasets.values())


async def test_where_a_list_does_not_say_the_project_each_project_is_asked() -> None:
    """`project_id` is inferred only: without it the lists per project say where a dataset belongs."""
    world = await live()
    observed = await observe(forgetful(world), world.tree(IMAGES))
    assert {dataset.project_id for dataset in observed.datasets.values()} == {1001}
    assert observed.calls == 4


async def test_what_must_be_read_is_read() -> None:
    """An edit needs the newest completed version in full."""
    world = await live()
    observed = await observe(world.client(), world.tree({**IMAGES, "sit": None}))
    assert [len(dataset.images or ()) for dataset in observed.datasets.values()] == [2]
    assert observed.calls == 4


@pytest.mark.parametrize("gone", [True, False])
async def test_what_vanished_by_id_is_gone(gone: bool) -> None:
    """F18, F21: the list still shows it, the read by id does not: by-id wins."""
    world = await live()
    dataset = world.datasets()[0]

    def vanish() -> None:
        if gone:
            console.delete_model(world.simulator, world.models()[0].id)
            console.delete_dataset(world.simulator, dataset.id)

    world.tap.at(f"GET /datasets/{dataset.id}", vanish)
    observed = await observe(world.client(), world.tree({**IMAGES, "sit": None}))
    assert (dataset.id in observed.datasets) is not gone


async def test_a_long_history_is_read_to_its_end() -> None:
    """An image that comes back is looked for in every completed version, however many there are."""
    world = await live()
    for version in range(2, 62):
        made = console.add_dataset(world.simulator, 1001, f"poses v{version} (a{version:012d})")
        console.add_image(world.simulator, made, f"other.a{version:016d}.png")
        console.edit_dataset(world.simulator, made, status="completed")
    _, assessment = await survey(world.client(), world.tree({**IMAGES, "sit": None}))
    assert not assessment.unread
    assert assessment.changes


async def test_the_tree_is_completed_while_the_lists_are_on_their_way() -> None:
    """What only the comparison needs delays no request: here it waits until all three were sent."""
    world = await live()
    asked: list[str] = []
    all_sent = threading.Event()

    def handle(
        method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes, float]:
        asked.append(path)
        if len(asked) == 3:
            all_sent.set()
        reply = world.simulator.handle(Request(method=method, path=path, query=query, headers=headers, body=body))
        return reply.status, reply.headers, reply.body, reply.delay

    def completed() -> Desired:
        assert all_sent.wait(30), "the lists are asked for meanwhile"
        return world.tree({**IMAGES, "sit": None})

    transport = EmbeddedTransport(handle, clock=world.clock)
    client = Client(Endpoint(origin="simulator"), Token("canary"), clock=world.clock, transport=transport)
    _, assessment = await survey(client, world.tree(IMAGES), completed=completed)
    assert assessment.changes, "it is the completed tree that is compared"


async def test_where_the_tree_cannot_be_completed_the_lists_are_given_up() -> None:
    """The error is told as it is, and no task is left behind."""
    world = await live()

    def completed() -> Desired:
        raise PermissionError("another root cannot be read")

    before = asyncio.all_tasks()
    with pytest.raises(PermissionError, match="another root"):
        await survey(world.client(), world.tree(IMAGES), completed=completed)
    assert asyncio.all_tasks() == before
