"""A served simulator fetches a zip while it answers other requests, and goes on with it where it was stopped."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from reconciler.simulator import ManualClock, Simulator, SqliteStore, serving
from tests.simulator.outsider import Json, directly
from tests.simulator.test_bulk_upload import advanced, images
from tests.simulator.zip_server import ZipServer, zip_server

HEADERS = {"api_token": "t"}


@pytest.fixture
def server() -> Iterator[ZipServer]:
    """A store that keeps the body of its zip back until it is released."""
    with zip_server() as made:
        made.held["/a.zip"] = threading.Event()
        yield made
        made.held["/a.zip"].set()


def started(address: str, path: str, url: str) -> httpx.Response:
    return httpx.post(f"{address}{path}/images/bulk-upload", json={"zip_url": url}, headers=HEADERS, timeout=5)


def status(address: str, path: str) -> Json:
    found: Json = httpx.get(f"{address}{path}/images/bulk-upload/status", headers=HEADERS, timeout=5).json()
    return found


def until(told: Callable[[], Json], word: str) -> Json:
    """The status, once it is this one; at most some seconds later."""
    found = told()
    for _ in range(1000):
        if found["status"] == word:
            break
        threading.Event().wait(0.02)
        found = told()
    return found


def test_the_request_is_answered_before_the_zip_is_there(server: ZipServer) -> None:
    """The status is pending while the zip is on its way, other requests are answered, and writes are refused."""
    clock = ManualClock()
    simulator = Simulator(clock=clock)
    path = advanced(directly(simulator))
    with serving(simulator) as address:
        assert started(address, path, server.archive(images("red", "green"))).status_code == 202
        assert (status(address, path)["status"], status(address, path)["total_processed"]) == ("pending", 0)
        assert httpx.put(address + path, json={"name": "x"}, headers=HEADERS, timeout=5).status_code == 409
        server.held["/a.zip"].set()

        def told() -> Json:
            clock.advance(10)
            return status(address, path)

        assert until(told, "completed")["done"] == 2
    assert server.asked == ["GET /a.zip"]


def test_what_shows_at_once_is_told_at_once(server: ZipServer) -> None:
    """An address that answers 404 fails the job, and a zip that is too large is refused, before any of its bytes."""
    simulator = Simulator()
    first, second = (advanced(directly(simulator)) for _ in range(2))
    server.lengths["/a.zip"] = 5 * 1024**3 + 1
    with serving(simulator) as address:
        assert started(address, first, f"{server.base}/nothing.zip").status_code == 202
        assert status(address, first)["status"] == "failed"
        assert started(address, second, server.archive(images("red"))).status_code == 413


def test_what_shows_later_fails_the_job(server: ZipServer) -> None:
    """No zip; and a dataset that is deleted meanwhile gets nothing."""
    simulator = Simulator()
    first, second = (advanced(directly(simulator)) for _ in range(2))
    with serving(simulator) as address:
        assert started(address, first, server.put("/a.zip", b"no archive")).status_code == 202
        server.held["/a.zip"].set()
        assert until(lambda: status(address, first), "failed")["done"] == 0
        server.held["/a.zip"].clear()
        started(address, second, server.archive(images("red")))
        assert httpx.delete(address + second, headers=HEADERS, timeout=5).status_code == 204
        server.held["/a.zip"].set()
    with simulator.transaction() as world:
        assert (world.images.all(), world.bulk_uploads.of(int(second.rpartition("/")[2]))) == ([], [])
        assert not list(world.archives.file("x").parent.iterdir())


def test_a_zip_that_was_on_its_way_is_fetched_by_the_next_server(tmp_path: Path, server: ZipServer) -> None:
    """The world in a file was closed meanwhile: nothing is kept of the first attempt, and the next server fetches again."""
    clock = ManualClock()
    simulator = Simulator(store=SqliteStore(tmp_path / "w.db"), clock=clock)
    path = advanced(directly(simulator))
    with serving(simulator) as address:
        started(address, path, server.archive(images("red")))
        threading.Timer(0.2, server.held["/a.zip"].set).start()
    simulator.close()
    assert list((tmp_path / "w.db.archives").iterdir()) == []
    with serving(Simulator(store=SqliteStore(tmp_path / "w.db"), clock=clock)) as address:

        def told() -> Json:
            clock.advance(10)
            return status(address, path)

        assert until(told, "completed")["done"] == 1
    assert server.asked == ["GET /a.zip"] * 2
