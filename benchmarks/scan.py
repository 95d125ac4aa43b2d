"""A plan of a large tree that is in sync, beside what git takes for its own look at the same tree.

    python -m benchmarks.scan [DATASETS [IMAGES [ROUNDS]]]

A repository is made with small images of about 500 bytes, all committed, and a simulator that holds just that is served
by a process of its own. Then `reconciler plan`, `reconciler validate` and `git status --porcelain` run in turn, each as a
process; a ratio is the median of the ratios of each round.
"""

import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.tree import PROJECT, dataset_manifest, git
from reconciler.core.desired import Desired, DesiredDataset
from reconciler.core.fingerprint import dataset_fingerprint
from reconciler.core.manifest.resolve import resolve
from reconciler.core.name import FinalName, live_image_name
from reconciler.files.load import load
from reconciler.simulator import SqliteStore
from reconciler.simulator.world import Dataset, Image, Project, World

DATASETS, IMAGES, ROUNDS = 1000, 200, 7
CLONES = 3
"""Rounds with a fresh clone, each of which takes most of a minute."""

SIDE = 1200
"""Pixels: large enough that nothing is to be said about an image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A repository, the cache of its root, and the address of a simulator that holds what it declares."""

    tree: Path
    cache: Path
    address: str


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = _chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 2, 3, 0, 0, 0)) + _chunk(b"PLTE", bytes(12))
_PIXELS = _chunk(b"IDAT", zlib.compress(bytes((SIDE // 4 + 1) * SIDE), 9))
_END = _chunk(b"IEND", b"")


def tiny_image(number: int) -> bytes:
    """A valid PNG of one colour, about 500 bytes; each number gives other bytes."""
    return _SIGNATURE + _HEADER + _chunk(b"tEXt", b"Comment\0" + f"number {number}".encode()) + _PIXELS + _END


@contextmanager
def place(datasets: int, images: int) -> Iterator[Place]:
    """A repository of that size, and its simulator."""
    with tempfile.TemporaryDirectory(prefix="reconciler-benchmark-") as folder:
        tree = Path(folder) / "tree"
        _write_tree(tree / "manifests", datasets, images)
        for arguments in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "-m", "x")):
            git(tree, *arguments)
        cache = Path(folder) / "cache"
        store = Path(folder) / "world.db"
        _write_world(store, resolve(load(tree / "manifests", cache=Path(folder) / "first")))
        with _served(store) as address:
            yield Place(tree=tree, cache=cache, address=address)


def _write_tree(root: Path, datasets: int, images: int) -> None:
    root.mkdir(parents=True)
    (root / "project.yaml").write_text(PROJECT)
    for number in range(datasets):
        (root / f"dataset-{number}.yaml").write_text(dataset_manifest(number, "automatic"))
        folder = root / f"poses-{number}"
        folder.mkdir()
        for at in range(images):
            (folder / f"pose-{at:03}.png").write_bytes(tiny_image(number * images + at))


def _write_world(store: Path, desired: Desired) -> None:
    """The file of a simulator in which all of it is completed and in force."""
    world = World()
    project = next(iter(desired.projects.values()))
    row = Project(
        id=world.projects.claim(),
        project_name=project.project_name,
        project_description=project.project_description,
        ip_name=project.ip_name,
        ip_description=project.ip_description,
        ip_medium=project.ip_medium,
        ip_type=project.ip_type,
        created=0.0,
        updated=0.0,
    )
    world.put(row)
    for declared in desired.datasets.values():
        _put_dataset(world, row.id, declared)
    kept = SqliteStore(store)
    kept.begin(world)
    kept.save(world)
    kept.close()


def _put_dataset(world: World, project: int, dataset: DesiredDataset) -> None:
    name = FinalName(base=dataset.ref.name, version=1, fingerprint=dataset_fingerprint(dataset))
    row = Dataset(
        id=world.datasets.claim(),
        project_id=project,
        name=str(name),
        caption_prefix=dataset.guide.text,
        status="completed",
        captions_update_status="completed",
        created=0.0,
        updated=0.0,
    )
    world.put(row)
    for image in dataset.images:
        world.put(
            Image(
                id=world.images.claim(),
                dataset_id=row.id,
                caption="standing",
                caption_source="automatic",
                upload_source_url=None,
                image_name=live_image_name(image.name, image.digest),
                sha256=image.digest,
                size=image.size,
                width=SIDE,
                height=SIDE,
                created=0.0,
                updated=0.0,
            )
        )


@contextmanager
def _served(store: Path) -> Iterator[str]:
    """A simulator in a process of its own; its address."""
    command = [sys.executable, "-m", "reconciler", "simulate", "--port", "0", "--db", str(store)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None, "it was asked for"
        try:
            yield process.stderr.readline().split()[-1].removesuffix("/v2")
        finally:
            process.terminate()


def seconds(command: list[str], at: Place, environ: Mapping[str, str] | None = None) -> float:
    """How long a process takes; it must succeed."""
    variables = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    variables |= {"XDG_CACHE_HOME": str(at.cache), "BRIA_API_TOKEN": "benchmark-0123456789"} | dict(environ or {})
    began = time.perf_counter()  # noqa: TID251 - the time of a process, from outside of it
    subprocess.run(command, cwd=at.tree, env=variables, stdout=subprocess.PIPE, check=True)
    return time.perf_counter() - began  # noqa: TID251


def commands(at: Place) -> dict[str, Callable[[], float]]:
    """What is measured, in the order of a round; git comes first."""
    ours = [sys.executable, "-m", "reconciler"]
    plan = [*ours, "plan", "--detailed-exitcode", "--tier", "enterprise", "--endpoint", at.address]
    empty = at.cache.parent / "empty"
    empty.mkdir(exist_ok=True)
    return {
        "git status": lambda: seconds(["git", "-c", "core.fsmonitor=false", "status", "--porcelain"], at),
        "plan": lambda: seconds(plan, at),
        "plan, git not on PATH": lambda: seconds(plan, at, {"PATH": str(empty)}),
        "validate": lambda: seconds([*ours, "validate"], at),
    }


def clone(at: Place, number: int) -> Place:
    """A fresh clone, beside it the cache as a CI job restores it."""
    tree = at.tree.parent / f"clone-{number}" / "tree"
    tree.parent.mkdir()
    git(at.tree, "clone", "--quiet", "--no-hardlinks", str(at.tree), str(tree))
    cache = tree.parent / "cache"
    shutil.copytree(at.cache, cache)
    return Place(tree=tree, cache=cache, address=at.address)


def report(title: str, taken: Mapping[str, list[float]], base: str) -> None:
    """A table of medians and of the medians of pairs."""
    print(f"\n{title}\n\n| process | seconds | beside {base} |\n|---|---|---|")
    for name, times in taken.items():
        ratio = statistics.median(one / other for one, other in zip(times, taken[base], strict=True))
        print(f"| {name} | {statistics.median(times):.2f} | {ratio:.2f} |", flush=True)


def measure(at: Place, rounds: int) -> None:
    """Warm, all in turn."""
    asked = commands(at)
    for run in (*asked.values(), *asked.values()):
        run()
    taken: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(rounds):
        for name, run in asked.items():
            taken[name].append(run())
    report(f"Warm, {rounds} rounds", taken, "git status")


def measure_clones(at: Place, rounds: int) -> None:
    """The first plan of a fresh clone with the cache of another one, beside the third."""
    commands(at)["plan"]()
    taken: dict[str, list[float]] = {"third plan": [], "first plan": []}
    for number in range(rounds):
        fresh = clone(at, number)
        plan = commands(fresh)["plan"]
        taken["first plan"].append(plan())
        plan()
        taken["third plan"].append(plan())
        shutil.rmtree(fresh.tree.parent)
    report(f"A fresh clone with the restored cache, {rounds} rounds", taken, "third plan")


def main(arguments: list[str]) -> None:
    """Make the tree, print the tables."""
    datasets, images, rounds = (*map(int, arguments), *(DATASETS, IMAGES, ROUNDS)[len(arguments) :])
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {datasets:,} datasets of {images} images")
    print(f"load before: {os.getloadavg()[0]:.1f}")
    with place(datasets, images) as at:
        measure(at, rounds)
        measure_clones(at, min(rounds, CLONES))
    print(f"\nload after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
