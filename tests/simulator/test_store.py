"""Worlds in a file: what one process leaves, the next one finds."""

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from reconciler.simulator import ManualClock, Simulator, SqliteStore, StoreError, World
from tests.simulator.outsider import Outsider, directly, picture, rejects

PROJECTS = "/tailored-gen/projects"
DATASETS = "/tailored-gen/datasets"


def opened(path: Path, clock: ManualClock, **switches: str) -> tuple[Simulator, Outsider]:
    """A simulator on a file, and a client of it."""
    simulator = Simulator(store=SqliteStore(path), clock=clock, switches=switches)
    return simulator, directly(simulator)


def test_world_outlives_its_process(tmp_path: Path) -> None:
    """Objects, running timers and simulated time are there again, and time has gone on in between."""
    clock = ManualClock(1_000_000)
    first, api = opened(tmp_path / "w.db", clock)
    dataset = api.completed(api.project())
    model = api.model(dataset, training_mode="expert")
    api.post(f"/tailored-gen/models/{model}/start_training")
    api.put(f"{DATASETS}/{api.post(f'{DATASETS}/{dataset}/clone').json()['id']}/images")
    before = [api.get(path).content for path in (PROJECTS, DATASETS, f"{DATASETS}/{dataset}")]
    first.close()
    clock.advance(4 * 3600)
    second, api = opened(tmp_path / "w.db", clock)
    assert second.now() == 4 * 3600
    assert [api.get(path).content for path in (PROJECTS, DATASETS, f"{DATASETS}/{dataset}")] != before
    assert api.get(f"/tailored-gen/models/{model}").json()["checkpoint_steps"] == ["500", "1000", "1500"]
    assert api.project() == 1002
    second.close()


def test_a_world_is_opened_by_a_clock_that_counts_from_elsewhere(tmp_path: Path) -> None:
    """As when a file that a command kept is served: time goes on from where it stood, however fast it passes from now on."""
    first, api = opened(tmp_path / "w.db", ManualClock(50))
    api.project()
    first.close()
    clock = ManualClock(1.8e9)
    second = Simulator(store=SqliteStore(tmp_path / "w.db"), clock=clock, speed=100_000)
    api = directly(second)
    assert api.project() == 1002
    before = second.now()
    clock.advance(2)
    assert second.now() == before + 200_000
    clock.advance(300 * 24 * 3600)
    assert api.project() == 1003
    second.close()


def test_two_simulators_on_one_file(tmp_path: Path) -> None:
    """Two at a time see each other's changes at once, deletions and ids too."""
    clock = ManualClock()
    first, one = opened(tmp_path / "w.db", clock)
    second, other = opened(tmp_path / "w.db", clock)
    project = one.project()
    assert other.project() == project + 1
    assert other.delete(f"{PROJECTS}/{project}").status_code == 204
    rejects(one.get(f"{PROJECTS}/{project}"), 404)
    assert [row["id"] for row in one.get(PROJECTS).json()] == [project + 1]
    first.close()
    second.close()


def test_refused_and_lost_transactions_are_not_kept(tmp_path: Path) -> None:
    """What raises inside a transaction is neither in memory nor in the file afterwards."""
    clock = ManualClock()
    simulator, api = opened(tmp_path / "w.db", clock)
    project = api.project()
    with pytest.raises(ZeroDivisionError), simulator.transaction() as world:
        drop_and_raise(world, project)
    assert api.get(f"{PROJECTS}/{project}").status_code == 200
    simulator.close()
    simulator, api = opened(tmp_path / "w.db", clock)
    assert api.get(f"{PROJECTS}/{project}").status_code == 200
    simulator.close()


def test_late_lists_in_a_file(tmp_path: Path) -> None:
    """Lists are late across processes, too."""
    clock = ManualClock()
    simulator, api = opened(tmp_path / "w.db", clock, list_lag_seconds="5")
    project = api.project()
    clock.advance(6)
    dataset = api.dataset(project)
    api.put(f"{DATASETS}/{dataset}", {"name": "Renamed"})
    simulator.close()
    clock.advance(2)
    simulator, api = opened(tmp_path / "w.db", clock, list_lag_seconds="5")
    assert len(api.get(PROJECTS).json()) == 1
    assert api.get(DATASETS).json() == []
    clock.advance(4)
    assert api.get(DATASETS).json()[0]["name"] == "Renamed"
    simulator.close()


def test_limits_in_a_file(tmp_path: Path) -> None:
    """Quota and rate limit count across processes."""
    clock = ManualClock()
    for status in (200, 200, 429):
        simulator, api = opened(tmp_path / "w.db", clock, quota="5", rate_limit="2")
        assert api.get(PROJECTS).status_code == status
        simulator.close()


def test_threads_on_two_stores(tmp_path: Path) -> None:
    """Requests at the same time wait for one another; none is lost."""
    clock = ManualClock()
    worlds = [opened(tmp_path / "w.db", clock) for _ in range(2)]
    threads = [threading.Thread(target=lambda api=api: [api.project() for _ in range(20)]) for _, api in worlds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row["id"] for row in worlds[0][1].get(PROJECTS).json()] == list(range(1001, 1041))
    for simulator, _ in worlds:
        simulator.close()


def drop_and_raise(world: World, project: int) -> None:
    world.projects.drop(project)
    raise ZeroDivisionError


KILLED = """
import os, sys
from pathlib import Path
from reconciler.simulator import ManualClock, Simulator, SqliteStore
from tests.simulator.outsider import directly
class Kill:
    def before(self, request): pass
    def after(self, request, response): os._exit(9)
simulator = Simulator(store=SqliteStore(Path(sys.argv[1])), clock=ManualClock(), hooks=[Kill()])
directly(simulator).project()
"""


def test_killed_after_the_commit(tmp_path: Path) -> None:
    """A process that dies right after a commit leaves a whole world with that commit in it."""
    path = tmp_path / "w.db"
    died = subprocess.run([sys.executable, "-c", KILLED, str(path)], cwd=Path(__file__).parents[2], check=False)
    assert died.returncode == 9
    simulator, api = opened(path, ManualClock())
    assert len(api.get(PROJECTS).json()) == 1
    simulator.close()


def test_busy_file(tmp_path: Path) -> None:
    """A file that another process holds for too long is refused with a sentence."""
    simulator = Simulator(store=SqliteStore(tmp_path / "w.db"), clock=ManualClock())
    other = Simulator(store=SqliteStore(tmp_path / "w.db", patience=0), clock=ManualClock())
    with simulator.transaction(), pytest.raises(StoreError, match="locked"):
        other.now()
    assert other.now() == 0
    simulator.close()
    other.close()


def test_file_that_is_no_world(tmp_path: Path) -> None:
    """A file of another kind, or a folder, is refused with a sentence that names it."""
    (tmp_path / "w.db").write_text("not a database, but longer than a header of one" * 10)
    for path in (tmp_path / "w.db", tmp_path):
        with pytest.raises(StoreError, match="as a simulator's world"):
            SqliteStore(path)


def test_world_of_another_format(tmp_path: Path) -> None:
    """A world that another version wrote is refused, not misread."""
    simulator, api = opened(tmp_path / "w.db", ManualClock())
    api.project()
    simulator.close()
    database = sqlite3.connect(tmp_path / "w.db")
    with database:
        database.execute("UPDATE world SET body = '{}', revision = 99")
    database.close()
    simulator, api = opened(tmp_path / "w.db", ManualClock())
    with pytest.raises(StoreError, match="format"):
        api.get(PROJECTS)
    simulator.close()


def test_five_hundred_datasets(tmp_path: Path) -> None:
    """A large world is read whole by the next process."""
    clock = ManualClock()
    simulator, api = opened(tmp_path / "w.db", clock)
    project = api.project()
    dataset = api.dataset(project)
    api.upload(dataset, picture())
    for _ in range(499):
        api.post(f"{DATASETS}/{dataset}/clone")
    simulator.close()
    simulator, api = opened(tmp_path / "w.db", clock)
    assert [row["images_count"] for row in api.get(DATASETS).json()] == [1] * 500
    simulator.close()
