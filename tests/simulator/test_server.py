"""The simulator as an ASGI application and on a real socket."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from reconciler.simulator import Dropped, ManualClock, Simulator, create_app, parse_fault, serve, serving
from reconciler.simulator.asgi import Message, no_sleep, real_sleep
from reconciler.simulator.gate import MOST_BYTES
from reconciler.simulator.server import ServeError
from tests.simulator.outsider import CHARACTER, Outsider, picture

PROJECTS = "/tailored-gen/projects"


def simulator(*faults: str, **switches: str) -> Simulator:
    switches = {"list_latency_ms": "0", **switches}
    return Simulator(clock=ManualClock(), switches=switches, faults=[parse_fault(fault) for fault in faults])


def test_over_a_socket() -> None:
    """A whole story over a real socket."""
    with serving(simulator()) as address, httpx.Client(base_url=address, headers={"api_token": "t"}) as http:
        api = Outsider(http)
        dataset = api.dataset(api.project())
        assert api.upload(dataset, picture())["caption"]
        assert api.delete(f"/tailored-gen/datasets/{dataset}").content == b""
        assert api.get(PROJECTS).headers["content-type"] == "application/json"


def test_every_answer_tells_how_fast_time_passes() -> None:
    """Refusals too, so that a client knows it from its first request on."""
    world = Simulator(speed=3600, switches={"list_lag_seconds": "5"})
    with serving(world) as address, httpx.Client(base_url=address) as http:
        for answer in (http.get(PROJECTS), http.get(PROJECTS, headers={"api_token": "t"}), http.get("/nothing")):
            assert (answer.headers["simulator-speed"], answer.headers["simulator-list-lag"]) == ("3600", "5")


@pytest.mark.parametrize("kind", ["lost_request", "lost_answer", "truncated"])
def test_broken_connections(kind: str, tmp_path: Path) -> None:
    """A dropped connection and a truncated answer are what they say, and the log of requests has them."""
    log = tmp_path / "requests.jsonl"
    world = simulator(f"POST {PROJECTS}:{kind}")
    with serving(world, request_log=log) as address, httpx.Client(base_url=address) as http:
        http.headers["api_token"] = "t"
        with pytest.raises(httpx.RemoteProtocolError):
            http.post(PROJECTS, json=CHARACTER)
        assert len(http.get(PROJECTS).json()) == (0 if kind == "lost_request" else 1)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    status = 201 if kind == "truncated" else 0
    assert lines[0] == {"method": "POST", "path": "/v1/tailored-gen/projects", "status": status}
    assert lines[1]["status"] == 200


def test_slow_answers_wait_by_the_speed() -> None:
    """A delay is simulated time: at ten times the speed it takes a tenth of it."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    world = Simulator(clock=ManualClock(), speed=10, faults=[parse_fault(f"GET {PROJECTS}#2:slow:20")])

    async def ask() -> None:
        transport = httpx.ASGITransport(create_app(world, sleep=sleep))
        async with httpx.AsyncClient(transport=transport, base_url="http://s/v1", headers={"api_token": "t"}) as http:
            await http.get(PROJECTS)
            await http.get(PROJECTS)

    asyncio.run(ask())
    assert waited == pytest.approx([0.03, 2.03])
    asyncio.run(no_sleep(1000))
    asyncio.run(real_sleep(0))


def test_dropped_in_process() -> None:
    """Without a socket a dropped connection is an exception out of the application."""
    world = simulator(f"GET {PROJECTS}:lost_answer", f"GET {PROJECTS}#2:truncated")

    async def ask() -> None:
        transport = httpx.ASGITransport(create_app(world))
        async with httpx.AsyncClient(transport=transport, base_url="http://s/v1", headers={"api_token": "t"}) as http:
            with pytest.raises(Dropped):
                await http.get(PROJECTS)
            answer = await http.get(PROJECTS)
            assert int(answer.headers["content-length"]) > len(answer.content)

    asyncio.run(ask())


def test_other_scopes_and_large_bodies() -> None:
    """Only HTTP is served; a body that is too large is read to its end and refused."""
    sent: list[Message] = []
    parts = [b" " * 1024 * 1024] * (MOST_BYTES // 1024 // 1024 + 3)

    async def receive() -> Message:
        return {"type": "http.request", "body": parts.pop(), "more_body": bool(parts)}

    async def send(message: Message) -> None:
        sent.append(message)

    app = create_app(simulator())

    async def ask(scope: Message) -> None:
        await app(scope, receive, send)

    asyncio.run(ask({"type": "lifespan"}))
    assert not sent
    scope: Message = {
        "type": "http",
        "method": "POST",
        "path": "/v1" + PROJECTS,
        "query_string": b"",
        "headers": [(b"api_token", b"t")],
    }
    asyncio.run(ask(scope))
    assert sent[0]["status"] == 413
    assert not parts


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.1", "example.com", "::"])
def test_this_machine_only(host: str) -> None:
    """The simulator is not served to other machines."""
    with pytest.raises(ServeError), serving(simulator(), host=host):
        pass


def test_port_in_use() -> None:
    """A port that is taken, or no port at all, is refused with a sentence."""
    with serving(simulator()) as address:
        port = int(address.rsplit(":", 1)[1].split("/")[0])
        for wrong in (port, 70000):
            with pytest.raises(ServeError, match="cannot listen"):
                serve(simulator(), port=wrong)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_addresses(host: str) -> None:
    """The address that is told can be used as it is."""
    if host == "::1" and not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    with serving(simulator(), host=host) as address:
        assert httpx.get(f"{address}{PROJECTS}", headers={"api_token": "t"}).status_code == 200


def test_serve_until_told_to_stop() -> None:
    """`serve` tells its address, serves, returns on SIGTERM, and leaves the signals as they were."""
    answers: list[int] = []
    handler = signal.getsignal(signal.SIGTERM)

    def ask(address: str) -> None:
        answers.append(httpx.get(f"{address}{PROJECTS}", headers={"api_token": "t"}).status_code)
        os.kill(os.getpid(), signal.SIGTERM)

    serve(simulator(), started=lambda address: threading.Thread(target=ask, args=(address,)).start())
    assert answers == [200]
    assert signal.getsignal(signal.SIGTERM) == handler


def test_light_to_import() -> None:
    """Importing the simulator loads no server, no HTTP library and no image library."""
    code = "import sys, reconciler.simulator; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"uvicorn", "starlette", "httpx", "PIL", "asyncio"} & set(loaded)
