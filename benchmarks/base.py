"""A plan against a git revision, in trees of several sizes with 1 % of the objects changed.

    python -m benchmarks.base [OBJECTS ...]

A file holds a dataset with two small images and nine models of it. One model in a hundred gets another description after the commit.
`reconciler plan --base HEAD` runs as a process of its own, with the images in the cache. The exponent says how the time grows: 1 is in
proportion.
"""

import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.scan import tiny_image
from benchmarks.tree import PROJECT, dataset_manifest, git

OBJECTS, ROUNDS = (1000, 10_000), 3
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
        folder = root / f"poses-{number}"
        folder.mkdir()
        for at in range(2):
            (folder / f"pose-{at}.png").write_bytes(tiny_image(2 * number + at))


def write_file(root: Path, number: int, words: str = "as it was") -> None:
    """A dataset and its models; the words are the description of the first of these."""
    models = (
        _MODEL.format(
            number=number * MODELS + at, dataset=number, words=words if at == 0 else "as it was", steps=1000 + at
        )
        for at in range(MODELS)
    )
    (root / f"dataset-{number}.yaml").write_text(dataset_manifest(number, "automatic") + "".join(models))


def seconds_of(tree: Path, cache: Path) -> tuple[float, float, float]:
    """Seconds on the clock, seconds of the processor, and the peak of memory in MiB of all runs so far."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()  # noqa: TID251 - the time of a process, from outside of it
    subprocess.run(
        [sys.executable, "-m", "reconciler", "plan", "--base", "HEAD"],
        cwd=tree,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        check=True,
        capture_output=True,
    )
    taken = time.perf_counter() - began  # noqa: TID251
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return taken, used, after.ru_maxrss / 1024


def measure(objects: int) -> tuple[float, float, float]:
    """The medians for a tree of this size."""
    with tempfile.TemporaryDirectory(prefix="reconciler-benchmark-") as folder:
        tree, cache = Path(folder) / "tree", Path(folder) / "cache"
        write_tree(tree / "manifests", objects)
        for step in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "-m", "x")):
            git(tree, *step)
        for number in range(0, objects // (MODELS + 1), 10):
            write_file(tree / "manifests", number, "changed")
        seconds_of(tree, cache)
        runs = [seconds_of(tree, cache) for _ in range(ROUNDS)]
    clock, processor = (statistics.median(run[at] for run in runs) for at in (0, 1))
    return clock, processor, runs[-1][2]


def main(arguments: list[str]) -> None:
    """Print the table, smallest tree first: the peak of memory is that of the largest run so far."""
    sizes = sorted(map(int, arguments)) or OBJECTS
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {ROUNDS} rounds, load {os.getloadavg()[0]:.1f}")
    print("\n| objects | s on the clock | s of the processor | peak MiB | exponent |\n|---|---|---|---|---|")
    last: tuple[int, float] | None = None
    for objects in sizes:
        clock, processor, peak = measure(objects)
        grown = f"{math.log(processor / last[1]) / math.log(objects / last[0]):.2f}" if last else ""
        print(f"| {objects:,} | {clock:.2f} | {processor:.2f} | {peak:.0f} | {grown} |")
        last = objects, processor
    print(f"\nload after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
