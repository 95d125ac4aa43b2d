"""A plan of a large tree that is in sync, beside what git takes for its own look at the same tree.

    python -m benchmarks --only scan

A repository is made with small images of about 500 bytes, all committed, and a simulator that holds just that is served
by a process of its own. Then `reconciler plan`, `reconciler validate` and `git status --porcelain` run in turn.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.process import Usage, environment, in_turn, ours, pairs, run
from benchmarks.row import Goal, Row, Scale, time_row
from benchmarks.tree import PROJECT, commit, dataset_manifest, git, tiny_image
from benchmarks.world import served, write_world
from reconciler.core.manifest.resolve import resolve
from reconciler.files.load import load

SIZES = {Scale.FULL: (1000, 200), Scale.QUICK: (100, 100), Scale.TINY: (1, 2)}
"""Datasets, and images in each of them."""
ROUNDS, CLONES = 7, 3
"""Rounds, and rounds with a fresh clone, each of which takes most of a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A repository, the cache of its root, and the address of a simulator that holds what it declares."""

    tree: Path
    cache: Path
    address: str


@contextmanager
def place(datasets: int, images: int) -> Iterator[Place]:
    """A repository of that size, and its simulator."""
    with tempfile.TemporaryDirectory(prefix="reconciler-benchmark-") as folder:
        tree = Path(folder) / "tree"
        _write_tree(tree / "manifests", datasets, images)
        commit(tree)
        cache = Path(folder) / "cache"
        store = Path(folder) / "world.db"
        write_world(store, resolve(load(tree / "manifests", cache=Path(folder) / "first")))
        with served(store) as address:
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


def commands(at: Place) -> dict[str, Callable[[], Usage]]:
    """What is measured, in the order of a round; git comes first."""
    plan = ours("plan", "--detailed-exitcode", "--tier", "enterprise", "--endpoint", at.address)
    empty = at.cache.parent / "empty"
    empty.mkdir(exist_ok=True)

    def process(command: list[str], **more: str) -> Callable[[], Usage]:
        return lambda: run(command, at.tree, environment(at.cache, **more))

    return {
        "git": process(["git", "-c", "core.fsmonitor=false", "status", "--porcelain"]),
        "plan": process(plan),
        "plan without git": process(plan, PATH=str(empty)),
        "validate": process(ours("validate")),
    }


def clone(at: Place, number: int) -> Place:
    """A fresh clone, beside it the cache as a CI job restores it."""
    tree = at.tree.parent / f"clone-{number}" / "tree"
    tree.parent.mkdir()
    git(at.tree, "clone", "--quiet", "--no-hardlinks", str(at.tree), str(tree))
    cache = tree.parent / "cache"
    shutil.copytree(at.cache, cache)
    return Place(tree=tree, cache=cache, address=at.address)


def clones(at: Place, rounds: int) -> list[tuple[Usage, Usage]]:
    """The first plan of a fresh clone with the cache of another one, beside the third."""
    found = []
    for number in range(rounds):
        fresh = clone(at, number)
        plan = commands(fresh)["plan"]
        first = plan()
        plan()
        found.append((first, plan()))
        shutil.rmtree(fresh.tree.parent)
    return found


GOALS = {"plan": Goal(1.6), "plan without git": Goal(3.0), "validate": None}


def rows(scale: Scale) -> Iterator[Row]:
    """Warm beside git, and a fresh clone beside a warm one."""
    datasets, images = SIZES[scale]
    size = f"{datasets:,} datasets of {images} images"
    with place(datasets, images) as at:
        runs = commands(at)
        in_turn(runs, 1 if scale is Scale.TINY else 2)
        taken = in_turn(runs, scale.rounds(ROUNDS))
        for name, goal in GOALS.items():
            yield time_row(f"{name}, in sync, {size}", "git status", pairs(taken, name, "git"), goal)
        runs["plan"]()
        git(at.tree, "repack", "-a", "-d", "--quiet", "--window=0")  # what a forge serves is packed
        found = clones(at, scale.rounds(CLONES))
        yield time_row(f"plan in a fresh clone with a restored cache, {size}", "the same, warm", found, Goal(1.2))
