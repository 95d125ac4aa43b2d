"""The reports of a pull request that adds thousands of images or changes thousands of models, and the first paint of the page.

    python -m benchmarks --only report

The last commit of a repository adds 200 images to a dataset and a model on each, or changes all its models. The command line runs
as a process of its own; "cold" is with an empty cache, so that every image is read and drawn small. A few pictures are drawn, and
each file is one of them with a comment that makes its bytes its own.
"""

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw
from playwright.sync_api import Browser, sync_playwright

from benchmarks.process import Usage, environment, ours, run
from benchmarks.row import Goal, Row, Scale, plain_row, seconds_row
from benchmarks.tree import PROJECT, commit, dataset_manifest, tiny_image
from tests.chromium import launch

IMAGES = {Scale.FULL: (200, 5000), Scale.QUICK: (200,), Scale.TINY: (2,)}
MODELS = {Scale.FULL: 5000, Scale.QUICK: 500, Scale.TINY: 2}
PICTURES = {Scale.FULL: 200, Scale.QUICK: 50, Scale.TINY: 1}
GOALS = {5000: Goal(3.0)}
ROUNDS, PAINTS = 3, 5
IN_A_DATASET, IN_A_FILE = 200, 100
SIDE = 1024

_MODEL = """\
---
apiVersion: reconciler/v1
kind: Model
metadata: {{name: max-{number}}}
spec: {{dataset: poses-{number}, training_mode: fully_automated, training_version: max}}
"""

_EXPERT = """\
---
apiVersion: reconciler/v1
kind: Model
metadata: {{name: model-{number}}}
spec:
  dataset: poses-0
  description: {words}
  training_mode: expert
  training_version: bria-3.2
  training: {{total_training_steps: {steps}, rank: {rank}}}
"""


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
    """Clouds upon clouds, each half as wide as the ones before, as much of each: so is a photograph made, whatever it shows.

    The finest ones are weaker, as a lens makes them. As JPEG it has 227 kB. Nine photographs that libraries bring along as examples
    have 83 to 344 kB for as many pixels, half of them up to 239 kB; their thumbnails are smaller (4 to 6 kB, these 8 kB).
    """
    image, side = _clouds(chance, 4, "RGB", 1.0), 4
    while side < SIDE:
        side *= 2
        image = image.resize((side, side), Image.Resampling.BICUBIC)
        if side < SIDE:
            more = _clouds(chance, side, "L", 0.25 if side < SIDE // 4 else 0.125)
            image = ImageChops.add(image, Image.merge("RGB", (more, more, more)), offset=-128)
    return image


def _clouds(chance: random.Random, side: int, mode: str, strength: float) -> Image.Image:
    """Noise around the middle grey."""
    bands = len(mode)
    noise = Image.frombytes(mode, (side, side), chance.randbytes(side * side * bands))
    return noise.point([round(128 + (level - 128) * strength) for level in range(256)] * bands)


KINDS: dict[str, Callable[[random.Random], Image.Image]] = {"drawings": drawing, "photographs": photograph}


def pictures(kind: str, number: int) -> list[bytes]:
    """So many pictures of a kind, as JPEG."""
    chance = random.Random(number)  # noqa: S311 - pictures, not secrets
    found = []
    for _ in range(number):
        file = BytesIO()
        KINDS[kind](chance).save(file, "jpeg", quality=85)
        found.append(file.getvalue())
    return found


def with_comment(jpeg: bytes, words: str) -> bytes:
    """The same picture in other bytes."""
    comment = words.encode()
    return jpeg[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + jpeg[2:]


@contextmanager
def with_images(kind: str, number: int, drawn: int) -> Iterator[Path]:
    """A repository whose last commit adds so many images, of so many pictures."""
    with repository() as tree:
        root, jpegs = tree / "manifests", pictures(kind, drawn)
        for at in range(number):
            place = root / f"poses-{at // IN_A_DATASET}"
            place.mkdir(exist_ok=True)
            (place / f"pose-{at:04}.jpg").write_bytes(with_comment(jpegs[at % drawn], f"number {at}"))
            (place / f"pose-{at:04}.txt").write_text(f"standing in front of house number {at}, waving.\n")
        for at in range(-(-number // IN_A_DATASET)):
            (root / f"dataset-{at}.yaml").write_text(dataset_manifest(at, "sidecar") + _MODEL.format(number=at))
        commit(tree)
        yield tree


@contextmanager
def repository() -> Iterator[Path]:
    """A repository with a project."""
    with tempfile.TemporaryDirectory(prefix="reconciler-benchmark-") as folder:
        root = Path(folder) / "tree" / "manifests"
        root.mkdir(parents=True)
        (root / "project.yaml").write_text(PROJECT)
        (root / "reconciler.yaml").write_text("limits: {trainings: 100}\n")
        commit(root.parent)
        yield root.parent


@contextmanager
def with_models(number: int) -> Iterator[Path]:
    """A repository whose last commit changes so many models, all of one dataset."""
    with repository() as tree:
        root = tree / "manifests"
        (root / "poses-0").mkdir()
        (root / "dataset-0.yaml").write_text(dataset_manifest(0, "automatic"))
        for at in range(2):
            (root / "poses-0" / f"pose-{at}.png").write_bytes(tiny_image(at))
        for words in ("as it was", "changed"):
            for first in range(0, number, IN_A_FILE):
                numbers = range(first, min(first + IN_A_FILE, number))
                models = (
                    _EXPERT.format(number=at, words=words, steps=1000 + at % 4000, rank=64 << at // 4000)
                    for at in numbers
                )
                (root / f"models-{first}.yaml").write_text("".join(models))
            commit(tree)
        yield tree


def planned(tree: Path, form: str, *more: str, output: Path | None = None) -> Usage:
    """A run of `plan` against the commit before."""
    return run(
        ours("plan", "--base", "HEAD^", "--format", form, *more), tree, environment(tree.parent / "cache"), output
    )


def first_paint(page: Path) -> Iterator[float]:
    """Seconds until something is seen, in several fresh tabs; none where there is no Chromium."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            return
        for _ in range(PAINTS):
            yield _painted(browser, page)
        browser.close()


def _painted(browser: Browser, page: Path) -> float:
    """Asked again and again: the page's policy lets nothing wait inside of it."""
    tab = browser.new_page()
    tab.goto(page.as_uri())
    for _ in range(200):
        found = tab.evaluate("performance.getEntriesByName('first-contentful-paint').map(one => one.startTime)")
        if found:
            tab.close()
            return float(found[0]) / 1000
        tab.wait_for_timeout(50)
    raise TimeoutError("nothing was painted within 10 seconds")


def rows(scale: Scale) -> Iterator[Row]:
    """Pages of images, then a comment on models."""
    for number in IMAGES[scale]:
        for kind in KINDS:
            yield from image_rows(kind, number, scale)
    number = MODELS[scale]
    with with_models(number) as tree:
        planned(tree, "markdown")
        runs = [planned(tree, "markdown") for _ in range(scale.rounds(ROUNDS))]
    yield seconds_row(f"Markdown, {number:,} changed models", runs, Goal(1.0) if scale is Scale.FULL else None)


def image_rows(kind: str, number: int, scale: Scale) -> Iterator[Row]:
    """The page of a pull request that adds so many images of a kind: made cold, made warm, painted."""
    what = f"HTML, {number:,} {kind}"
    with with_images(kind, number, PICTURES[scale]) as tree:
        page, runs = tree.parent / "report.html", []
        for _ in range(scale.rounds(ROUNDS)):
            shutil.rmtree(tree.parent / "cache", ignore_errors=True)
            runs.append((planned(tree, "html", output=page), planned(tree, "html")))
        yield seconds_row(f"{what}: cold", [cold for cold, _ in runs], GOALS.get(number))
        yield seconds_row(f"{what}: again", [warm for _, warm in runs])
        yield plain_row(f"{what}: size", [page.stat().st_size / 1024**2], "MiB")
        paints = list(first_paint(page)) if scale is not Scale.TINY else []
        if paints:
            yield plain_row(f"{what}: first paint", paints, "s", Goal(0.2))
