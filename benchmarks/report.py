"""The reports of a pull request by the number of its images: bytes, seconds, and milliseconds to the first paint.

    python -m benchmarks.report [NUMBER ...]

A repository is made for each number, with 200 images to a dataset and a model on each; its last commit adds them all. The
command line runs as a process of its own, first with an empty cache, then again.
"""

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Page, sync_playwright

from benchmarks.tree import PROJECT, dataset_manifest, git

NUMBERS = (10, 200, 5000)
IN_A_DATASET = 200
SIDE = 1024
PAINTS = 5

_MODEL = """\
---
apiVersion: reconciler/v1
kind: Model
metadata: {{name: max-{number}}}
spec: {{dataset: poses-{number}, training_mode: fully_automated, training_version: max}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; sizes in bytes, times in seconds, the paint in milliseconds."""

    kind: str
    number: int
    html: int
    comment: int
    summary: int
    first: float
    again: float
    paint: float


def drawing(chance: random.Random) -> Image.Image:
    """Flat shapes, as an illustrator's."""
    image = Image.new("RGB", (SIDE, SIDE), tuple(chance.randrange(256) for _ in range(3)))
    pen = ImageDraw.Draw(image)
    for _ in range(12):
        left, top = chance.randrange(SIDE - 200), chance.randrange(SIDE - 200)
        box = (left, top, left + chance.randrange(100, 400), top + chance.randrange(100, 400))
        pen.ellipse(box, fill=tuple(chance.randrange(256) for _ in range(3)))
    return image


def photograph(chance: random.Random) -> Image.Image:
    """Soft noise of many colours: what compresses badly."""
    small = Image.frombytes("RGB", (128, 128), chance.randbytes(128 * 128 * 3))
    return small.resize((SIDE, SIDE), Image.Resampling.BICUBIC)


KINDS: dict[str, Callable[[random.Random], Image.Image]] = {"drawings": drawing, "photographs": photograph}


@contextmanager
def repository(kind: str, number: int) -> Iterator[Path]:
    """A repository whose last commit adds so many images."""
    with tempfile.TemporaryDirectory(prefix="reconciler-benchmark-") as folder:
        root = Path(folder) / "tree" / "manifests"
        root.mkdir(parents=True)
        (root / "project.yaml").write_text(PROJECT)
        (root / "reconciler.yaml").write_text("limits: {trainings: 100}\n")
        git(root, "init", "--quiet")
        _commit(root)
        chance = random.Random(number)  # noqa: S311 - pictures, not secrets
        for at in range(number):
            place = root / f"poses-{at // IN_A_DATASET}"
            place.mkdir(exist_ok=True)
            KINDS[kind](chance).save(place / f"pose-{at:04}.jpg", quality=85)
            (place / f"pose-{at:04}.txt").write_text(f"standing in front of house number {at}, waving.\n")
        for at in range(-(-number // IN_A_DATASET)):
            (root / f"dataset-{at}.yaml").write_text(dataset_manifest(at, "sidecar") + _MODEL.format(number=at))
        _commit(root)
        yield root.parent


def measured(kind: str, number: int) -> Row:
    """One row."""
    with repository(kind, number) as tree:
        cache = tree.parent / "cache"
        html, first = _planned(tree, cache, "html")
        _, again = _planned(tree, cache, "html")
        comment, _ = _planned(tree, cache, "markdown")
        summary, _ = _planned(tree, cache, "markdown", "--length", "summary")
        page = tree.parent / "report.html"
        page.write_bytes(html)
        return Row(
            kind=kind,
            number=number,
            html=len(html),
            comment=len(comment),
            summary=len(summary),
            first=first,
            again=again,
            paint=first_paint(page),
        )


def first_paint(page: Path) -> float:
    """Milliseconds until something is seen, the median of several fresh tabs."""
    times = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for _ in range(PAINTS):
            tab = browser.new_page()
            tab.goto(page.as_uri())
            times.append(_painted(tab))
            tab.close()
        browser.close()
    return statistics.median(times)


def _painted(tab: Page) -> float:
    """Asked again and again: the page's policy lets nothing wait inside of it."""
    for _ in range(200):
        found = tab.evaluate("performance.getEntriesByName('first-contentful-paint').map(one => one.startTime)")
        if found:
            return float(found[0])
        tab.wait_for_timeout(50)
    raise TimeoutError("nothing was painted within 10 seconds")


def _planned(tree: Path, cache: Path, form: str, *more: str) -> tuple[bytes, float]:
    """What `plan` prints, and the seconds that the process took."""
    environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "-m", "reconciler", "plan", "--base", "HEAD^", "--format", form, *more]
    began = time.perf_counter()  # noqa: TID251 - the time of a process, from outside of it
    ran = subprocess.run(
        command, cwd=tree, env=environ | {"XDG_CACHE_HOME": str(cache)}, capture_output=True, check=True
    )
    return ran.stdout, time.perf_counter() - began  # noqa: TID251


def _commit(folder: Path) -> None:
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "x")


def main(arguments: list[str]) -> None:
    """Print the table, a row as soon as it is measured."""
    numbers = tuple(map(int, arguments)) or NUMBERS
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, images of {SIDE} x {SIDE} as JPEG")
    print("| images | kind | HTML | comment | summary | plan to HTML, first | again | first paint |")
    print("|---|---|---|---|---|---|---|---|")
    for number in numbers:
        for kind in KINDS:
            row = measured(kind, number)
            print(
                f"| {row.number:,} | {row.kind} | {row.html:,} B | {row.comment:,} B | {row.summary:,} B | "
                f"{row.first:.1f} s | {row.again:.1f} s | {row.paint:.0f} ms |",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
