"""The real client against the real simulator, in process and in simulated time."""

import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache

from PIL import Image

from reconciler.api.caller import Pace
from reconciler.api.client import Client
from reconciler.api.endpoint import parse_endpoint
from reconciler.api.token import Token
from reconciler.api.transport import EmbeddedTransport, Reply
from reconciler.clock import SimulatedClock
from reconciler.core.live import RemoteDataset
from reconciler.core.uploads import ONE_BY_ONE
from reconciler.simulator import Dropped, Request, Simulator, parse_fault
from tests.api.peer import CANARY, Bytes, Watch


@cache
def picture(shade: int = 0) -> Bytes:
    """A small image that the API takes."""
    file = io.BytesIO()
    Image.new("RGB", (256, 256), (shade % 256, 3, 4)).save(file, "PNG")
    return Bytes(then=file.getvalue(), now=file.getvalue())


@dataclass(slots=True)
class World:
    """A client, what it is connected to, and what was noted on the way."""

    client: Client
    simulator: Simulator
    clock: SimulatedClock
    watch: Watch
    requests: list[tuple[str, str, bytes]] = field(default_factory=list)

    async def draft(self, images: int = 0) -> tuple[int, int]:
        """A project and a draft with some images in it."""
        project = await self.client.create_project(
            {"project_name": "p", "ip_medium": "photography", "ip_type": "other"}
        )
        dataset = await self.client.create_dataset(project_id=project.id, name="d", uploads=ONE_BY_ONE)
        for number in range(images):
            await self.client.upload_image(
                dataset.id, image_name=f"{number}.png", source=picture(number), increase_resolution=True
            )
        return project.id, dataset.id

    async def read(self, dataset: int) -> RemoteDataset:
        """A dataset that must be there, with its images."""
        found = await self.client.get_dataset(dataset)
        assert found is not None
        assert found.images is not None
        return found

    def committed(self, method: str, path: str) -> int:
        """How many requests of this kind took effect."""
        return sum(entry.committed and entry.method == method and path in entry.path for entry in self.simulator.log)


@asynccontextmanager
async def world(
    *faults: str,
    pace: Pace | None = None,
    switches: Mapping[str, str] | None = None,
    tokens: tuple[str, ...] = (CANARY,),
) -> AsyncIterator[World]:
    """A new world, with scripted faults and switches."""
    clock, watch = SimulatedClock(), Watch()
    simulator = Simulator(
        clock=clock, faults=[parse_fault(fault) for fault in faults], switches=switches, tokens=tokens
    )
    requests: list[tuple[str, str, bytes]] = []

    def handle(method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Reply:
        requests.append((method, path, body))
        response = simulator.handle(Request(method=method, path=path, query=query, headers=headers, body=body))
        return response.status, response.headers, response.body, response.delay

    transport = EmbeddedTransport(handle, clock=clock, losses={Dropped: "silent"})
    async with Client(
        parse_endpoint("simulator"), Token(CANARY), clock=clock, pace=pace, observer=watch, transport=transport
    ) as client:
        yield World(client, simulator, clock, watch, requests)
