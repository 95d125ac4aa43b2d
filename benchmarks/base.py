"""A plan against a git revision, in trees of several sizes with 1 % of the objects changed, beside octoDNS with as many records.

    python -m benchmarks --only base

A file holds a dataset with two small images and nine models of it. One model in a hundred gets another description after the commit.
`reconciler plan --base HEAD` runs as a process of its own, with the images in the cache.
"""

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.octodns import OctoDns
from benchmarks.process import Usage, environment, in_turn, ours, pairs, run
from benchmarks.row import Goal, Pair, Row, Scale, growth_row, memory_row, time_row
from benchmarks.tree import PROJECT, commit, dataset_manifest, tiny_image

SIZES = {Scale.FULL: (1_000, 10_000, 100_000), Scale.QUICK: (1_000, 10_000), Scale.TINY: (10, 20)}
ROUNDS = {1_000: 7, 10_000: 5, 100_000: 2}
"""With 100,000 objects a round takes a minute and a half, most of it octoDNS."""

GOALS = {1_000: Goal(0.5), 10_000: Goal(0.3), 100_000: Goal(0.3)}
DOUBLED = {Scale.FULL: 10_000, Scale.QUICK: 1_000, Scale.TINY: 10}
"""Objects of a tree that is measured beside one of twice the size, with the same number of changes."""

MODELS = 9
"""Models in each file, beside the dataset."""

_MODEL = """\
---
apiVersion: reconciler/v1
kind: Model
metadata: {{name: model-{number}}}
spec:
  dataset: poses-{dataset}
  description: {words}
  training_mode: expert
  training_version: bria-3.2
  training: {{total_training_steps: {steps}}}
"""


def write_tree(root: Path, objects: int) -> None:
    """The manifests and their images."""
    root.mkdir(parents=True)
    (root / "project.yaml").write_text(PROJECT)
    for number in range(objects // (MODELS + 1)):
        write_file(root, number)
        folder = _folder(root, number) / f"poses-{number}"
        folder.mkdir()
        for at in range(2):
            (folder / f"pose-{at}.png").write_bytes(tiny_image(2 * number + at))


def _folder(root: Path, number: int) -> Path:
    """Some thousand files lie in one folder: a folder has a limit."""
    return root / f"part-{number // 5000}"


def write_file(root: Path, number: int, words: str = "as it was") -> None:
    """A dataset and its models; the words are the description of the first of these."""
    models = (
        _MODEL.format(
            number=number * MODELS + at, dataset=number, words=words if at == 0 else "as it was", steps=1000 + at
        )
        for at in range(MODELS)
    )
    folder = _folder(root, number)
    folder.mkdir(exist_ok=True)
    (folder / f"dataset-{number}.yaml").write_text(dataset_manifest(number, "automatic") + "".join(models))


def changed_tree(root: Path, objects: int, changed: int) -> None:
    """A repository with so many objects, of which some differ from what was committed, one in a file."""
    write_tree(root / "manifests", objects)
    commit(root)
    files = objects // (MODELS + 1)
    for at in range(changed):
        write_file(root / "manifests", at * files // changed, "changed")


def one_in_a_hundred(objects: int) -> int:
    """How many objects change; one at least."""
    return max(objects // 100, 1)


def measure(objects: int, rounds: int) -> list[Pair]:
    """Ours and octoDNS in turn."""
    with tempfile.TemporaryDirectory(prefix="reconciler-benchmark-") as folder:
        tree, peer = Path(folder) / "tree", OctoDns(Path(folder) / "octodns", objects)
        changed_tree(tree, objects, one_in_a_hundred(objects))

        def plan() -> Usage:
            return run(ours("plan", "--base", "HEAD"), tree, environment(Path(folder) / "cache"))

        plan()
        return pairs(in_turn({"peer": peer.plan, "ours": plan}, rounds), "ours", "peer")


def doubled(objects: int, rounds: int) -> list[Pair]:
    """A tree of twice the size and one of this size in turn, with as many changes in both."""
    with tempfile.TemporaryDirectory(prefix="reconciler-benchmark-") as folder:
        sizes = {"anchor": objects, "ours": 2 * objects}
        for name, size in sizes.items():
            changed_tree(Path(folder) / name / "tree", size, one_in_a_hundred(objects))

        def plan(name: str) -> Usage:
            at = Path(folder) / name
            return run(ours("plan", "--base", "HEAD"), at / "tree", environment(at / "cache"))

        runs = {name: partial(plan, name) for name in sizes}
        in_turn(runs, 1)
        return pairs(in_turn(runs, rounds), "ours", "anchor")


def rows(scale: Scale) -> Iterator[Row]:
    """Time and memory by size, and the growth of the time."""
    by_size = {}
    for objects in SIZES[scale]:
        by_size[objects] = found = measure(objects, scale.rounds(ROUNDS.get(objects, 1)))
        what, beside = f"`plan --base`, {objects:,} objects, 1 % changed", f"octoDNS, {objects:,} records"
        yield time_row(what, beside, found, GOALS.get(objects))
        yield memory_row(f"{what}: memory", beside, found, Goal(1.0))
    yield from growth_row("`plan --base`", "octoDNS", by_size, Goal(1.05))
    objects = DOUBLED[scale]
    changes = f"{one_in_a_hundred(objects):,} changed"
    found = doubled(objects, scale.rounds(ROUNDS[10_000]))
    yield time_row(f"`plan --base`, {2 * objects:,} objects, {changes}", f"{objects:,} objects", found, Goal(1.2))
