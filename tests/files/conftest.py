"""A brand's folder in the making, and images of every sort."""

import contextlib
import io
import os
import sqlite3
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from reconciler.core.desired import Desired
from reconciler.core.manifest.loaded import Loaded
from reconciler.core.manifest.resolve import resolve
from reconciler.core.problem import Problem, ProblemsFound
from reconciler.files.load import load

PROJECT = """\
apiVersion: reconciler/v1
kind: Project
metadata: {name: lora}
spec:
  project_name: Branded Character
  ip_name: Lora
  ip_description: a female character with purple hair
  ip_medium: illustration
  ip_type: defined_character
"""

DATASET = """\
apiVersion: reconciler/v1
kind: Dataset
metadata: {name: lora-poses}
spec:
  project: lora
  caption_prefix: "An illustration of a character named Lora,"
  images: {path: images/}
  captions: {source: automatic}
"""

MODEL = """\
apiVersion: reconciler/v1
kind: Model
metadata: {name: lora-max}
spec:
  dataset: lora-poses
"""


@cache  # most tests write the same few, and drawing them takes longer than what they test
def picture(form: str = "PNG", size: tuple[int, int] = (1024, 1024), seed: int = 0, mode: str = "RGB") -> bytes:
    """A valid image; another seed gives other bytes."""
    out = io.BytesIO()
    colour = (seed % 256, seed // 256 % 256, 7, 200)
    fill = {"RGB": colour[:3], "RGBA": colour, "CMYK": colour}.get(mode, seed % 2)
    Image.new(mode, size, fill).save(out, form)
    return out.getvalue()


def cache_rows(path: Path, table: str) -> list[tuple[bytes, bytes]]:
    """Keys and values of one table of a cache file, as SQLite has them."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT key, value FROM {table} ORDER BY key").fetchall()


class Brand:
    """A manifest folder that a test fills, loads and reads the problems of."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "manifests"
        self.cache = folder / "cache" / "cache.sqlite3"
        self.root.mkdir()

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def age(self) -> None:
        """Make every file old enough for the cache."""
        for path in self.root.rglob("*"):
            os.utime(path, ns=(10**18 + 1, 10**18 + 1), follow_symlinks=False)

    def load(self) -> Loaded:
        return load(self.root, cache=self.cache)

    def resolve(self) -> Desired:
        return resolve(self.load())

    def problems(self) -> tuple[Problem, ...]:
        """Errors and warnings alike."""
        try:
            return self.resolve().warnings
        except ProblemsFound as found:
            return found.problems

    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems() if problem.is_error]

    def rules(self) -> set[str]:
        return {problem.rule for problem in self.problems()}


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Brand:
    """A folder without manifests; the working folder is its parent."""
    monkeypatch.chdir(tmp_path)
    return Brand(tmp_path)


@pytest.fixture
def brand(empty: Brand) -> Brand:
    """One project, one dataset of five images, one model, all sound."""
    empty.write("lora.yaml", f"{PROJECT}---\n{DATASET}---\n{MODEL}")
    for number in range(5):
        empty.write(f"images/p{number}.png", picture(seed=number))
    return empty


Draw = Callable[..., bytes]


@pytest.fixture
def draw() -> Draw:
    return picture
