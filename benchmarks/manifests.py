"""The reader of manifests, which keeps every place and refuses what is not meant, beside PyYAML's reader in C.

    python -m benchmarks --only manifests

Files of two documents and 22 lines, in memory, the collector of garbage aside.
"""

import gc
from collections.abc import Callable, Iterator, Sequence

import yaml

from benchmarks.process import Usage, in_turn, pairs, timed
from benchmarks.row import Goal, Row, Scale, time_row
from reconciler.files.yaml.reading import read_yaml

FILES = {Scale.FULL: 1000, Scale.QUICK: 1000, Scale.TINY: 2}
ROUNDS = 15

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


def read_ours(texts: Sequence[bytes]) -> None:
    """Read them all; none may hold a problem."""
    for text in texts:
        reading = read_yaml(text, "manifests/dataset.yaml")
        assert len(reading.documents) == 2, reading.problems


def read_theirs(texts: Sequence[bytes]) -> None:
    """The same with PyYAML."""
    for text in texts:
        assert len(list(yaml.load_all(text, Loader=yaml.CSafeLoader))) == 2


def without_collector(read: Callable[[Sequence[bytes]], None], texts: Sequence[bytes]) -> Usage:
    """What reading takes, while nothing looks for garbage."""
    gc.collect()
    gc.disable()
    taken = timed(lambda: read(texts))
    gc.enable()
    return taken


def rows(scale: Scale) -> Iterator[Row]:
    """One row."""
    files = FILES[scale]
    texts = [_FILE.format(number=number).encode() for number in range(files)]
    runs = {
        "theirs": lambda: without_collector(read_theirs, texts),
        "ours": lambda: without_collector(read_ours, texts),
    }
    in_turn(runs, 1)
    found = pairs(in_turn(runs, scale.rounds(ROUNDS)), "ours", "theirs")
    yield time_row(f"YAML with positions, {files:,} files of 22 lines", "PyYAML, CSafeLoader", found, Goal(0.7))
