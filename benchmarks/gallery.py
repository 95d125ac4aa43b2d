"""The report on a gallery by the number of its pictures: seconds to make it, its size, and the first paint.

    python -m benchmarks --only gallery

A gallery of 6, 30 or 100 cases lies beside a manifest with the results of 2, 4 or 6 versions, 1024 pixels wide and high. "Cold" is
with an empty cache, so that every picture is made smaller.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from benchmarks.process import environment, ours, run
from benchmarks.report import KINDS, PICTURES, SIDE, first_paint, pictures, repository, with_comment
from benchmarks.row import Goal, Row, Scale, plain_row, seconds_row
from benchmarks.tree import dataset_manifest, tiny_image

SHAPES = {Scale.FULL: ((6, 2), (30, 4), (100, 6)), Scale.QUICK: ((6, 2), (30, 4)), Scale.TINY: ((1, 2),)}
"""Cases and versions."""
ROUNDS = 2
DRAWN = 40
"""Pictures that are drawn; each file is one of them with a comment of its own."""

_DECLARED = """\
---
apiVersion: reconciler/v1
kind: Model
metadata: {name: max}
spec: {dataset: poses-0, training_mode: fully_automated, training_version: light}
---
apiVersion: reconciler/v1
kind: Gallery
metadata: {name: looks}
spec:
  model: max
  path: looks
  cases:
"""


@contextmanager
def with_results(kind: str, cases: int, versions: int, drawn: int) -> Iterator[Path]:
    """A tree with a gallery, of which every version has drawn every case."""
    with repository() as tree:
        root, jpegs = tree / "manifests", pictures(kind, min(drawn, DRAWN, cases * versions))
        (root / "poses-0").mkdir()
        for at in range(2):
            (root / "poses-0" / f"pose-{at}.png").write_bytes(tiny_image(at))
        lines = (f"    - {{name: case-{at}, prompt: standing before house {at}, seed: {at}}}\n" for at in range(cases))
        (root / "dataset-0.yaml").write_text(dataset_manifest(0, "automatic") + _DECLARED + "".join(lines))
        for place in range(cases * versions):
            _keep(root / "looks", place % cases, place // cases, jpegs[place % len(jpegs)])
        yield tree


def _keep(folder: Path, case: int, version: int, jpeg: bytes) -> None:
    data, fingerprint = with_comment(jpeg, f"case {case} of version {version}"), f"a{version:012x}"
    name = folder / fingerprint / f"case-{case}"
    name.parent.mkdir(parents=True, exist_ok=True)
    prompt = f"standing before house {case}"
    record = {
        "version": version + 1,
        "fingerprint": fingerprint,
        "checkpoint": None,
        "kind": "image",
        "prompt": prompt,
        "sent_prompt": f"A drawing of {prompt}",
        "seed": case,
        "parameters": {"steps_num": 8 + version, "aspect_ratio": "1:1", "fast": True},
        "case": f"case-{case}",
        "definition": _definition(prompt, case),
        "file": {
            "type": "image/jpeg", "sha256": sha256(data).hexdigest(), "size": len(data), "width": SIDE, "height": SIDE,
        },
    }  # fmt: skip
    name.with_suffix(".jpg").write_bytes(data)
    name.with_suffix(".json").write_text(json.dumps(record))


def _definition(prompt: str, seed: int) -> str:
    """As the program makes it of a case that says no more than these."""
    text = json.dumps({"kind": "image", "parameters": {"seed": seed}, "prompt": prompt}, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def rows(scale: Scale) -> Iterator[Row]:
    """Each kind of picture by the number of pictures."""
    for cases, versions in SHAPES[scale]:
        for kind in KINDS:
            yield from _rows(kind, cases, versions, scale)


def _rows(kind: str, cases: int, versions: int, scale: Scale) -> Iterator[Row]:
    what = f"gallery, {cases * versions} {kind}"
    command = ours("gallery", "report", "looks", "--versions", "all", "--out", "looks.html")
    with with_results(kind, cases, versions, PICTURES[scale]) as tree:
        cache, page, runs = tree.parent / "cache", tree / "looks.html", []
        for _ in range(scale.rounds(ROUNDS)):
            shutil.rmtree(cache, ignore_errors=True)
            runs.append((run(command, tree, environment(cache)), run(command, tree, environment(cache))))
        yield seconds_row(f"{what}: cold", [cold for cold, _ in runs])
        yield seconds_row(f"{what}: again", [warm for _, warm in runs])
        yield plain_row(f"{what}: memory, again", [warm.peak for _, warm in runs], "MiB")
        yield plain_row(f"{what}: size", [page.stat().st_size / 1024**2], "MiB")
        paints = list(first_paint(page)) if scale is not Scale.TINY else []
        if paints:
            yield plain_row(f"{what}: first paint", paints, "s", Goal(0.2))
