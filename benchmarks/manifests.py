"""The reader of manifests, which keeps every place and refuses what is not meant, beside PyYAML's reader in C.

    python -m benchmarks.manifests [FILES [ROUNDS]]

Files of two documents and 22 lines, in memory; both readers in turn, a ratio is the median of the ratios of each round. Without
PyYAML, which is no dependency of ours (`pip install PyYAML`), only our own time is printed.
"""

import gc
import os
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from reconciler.files.yaml.reading import read_yaml

FILES, ROUNDS = 1000, 7

_FILE = """\
apiVersion: reconciler/v1
kind: Dataset
metadata: {{name: poses-{number}}}
spec:
  project: lora
  upload_type: basic
  caption_prefix: "An illustration of a character named Lora, a girl with purple hair,"
  images: {{path: poses-{number}/, include: ["*.png"], increase_resolution: true}}
  captions:
    source: sidecar
  status: completed
---
apiVersion: reconciler/v1
kind: Model
metadata:
  name: expert-{number}
spec:
  dataset: poses-{number}
  training_mode: expert
  training_version: bria-3.2
  training: {{start: true, rank: 128, learning_rate: 0.0001, total_training_steps: 1500}}
  aliases: {{production: a51be07, candidate: current}}
"""


def ours(texts: list[bytes]) -> None:
    """Read them all; none may hold a problem."""
    for text in texts:
        reading = read_yaml(text, "manifests/dataset.yaml")
        assert len(reading.documents) == 2, reading.problems


def pyyaml() -> Callable[[list[bytes]], None] | None:
    """The same with PyYAML; None where it, or its part in C, is missing."""
    if find_spec("yaml") is None:
        return None
    yaml = import_module("yaml")
    if not hasattr(yaml, "CSafeLoader"):
        return None

    def read(texts: list[bytes]) -> None:
        for text in texts:
            assert len(list(yaml.load_all(text, Loader=yaml.CSafeLoader))) == 2

    return read


def timed(read: Callable[[list[bytes]], None], texts: list[bytes]) -> float:
    """Seconds, the collector of garbage aside."""
    gc.collect()
    gc.disable()
    began = time.perf_counter()  # noqa: TID251 - the time of a function, from outside of it
    read(texts)
    taken = time.perf_counter() - began  # noqa: TID251
    gc.enable()
    return taken


def main(arguments: list[str]) -> None:
    """Print the table."""
    files, rounds = (*map(int, arguments), *(FILES, ROUNDS)[len(arguments) :])
    texts = [_FILE.format(number=number).encode() for number in range(files)]
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {files:,} files, {rounds} rounds")
    print(f"load before: {os.getloadavg()[0]:.1f}")
    theirs = pyyaml()
    ours(texts)
    pairs = [(timed(ours, texts), timed(theirs, texts) if theirs else 0.0) for _ in range(rounds)]
    print(f"\n| reader | ms |\n|---|---|\n| ours | {statistics.median(own for own, _ in pairs) * 1000:.0f} |")
    if theirs is None:
        print("\nPyYAML with its part in C is not installed: there is nothing to compare with.")
    else:
        print(f"| CSafeLoader | {statistics.median(other for _, other in pairs) * 1000:.0f} |")
        print(f"\nOurs beside CSafeLoader: {statistics.median(own / other for own, other in pairs):.2f}")
    print(f"load after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
