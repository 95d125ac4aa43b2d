"""A small tree of manifests on an embedded simulator, and a way to run the command line in this process."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from reconciler.cli.entry import run
from reconciler.simulator import Simulator, SqliteStore, serving

MANIFESTS = {
    "project.yaml": """\
apiVersion: reconciler/v1
kind: Project
metadata: {name: lora}
spec:
  project_name: Lora
  ip_name: Lora
  ip_description: a female character with purple hair
  ip_medium: illustration
  ip_type: defined_character
""",
    "dataset.yaml": """\
apiVersion: reconciler/v1
kind: Dataset
metadata: {name: lora-poses}
spec:
  project: lora
  caption_prefix: "An illustration of a character named Lora, a female character with purple hair,"
  images: {path: images/}
  captions: {source: sidecar}
""",
    "model.yaml": """\
apiVersion: reconciler/v1
kind: Model
metadata: {name: lora-max}
spec:
  dataset: lora-poses
  training_mode: fully_automated
  training_version: max
""",
}
CAPTIONS = {
    "jump": "jumping over a puddle.",
    "paint": "painting a picture.",
    "read": "reading a red book.",
    "sit": "sitting on a bench.",
    "wave": "waving with one hand.",
}


@dataclass(frozen=True)
class Ran:
    """How a command line ended and what it wrote."""

    code: int
    out: str
    err: str


Cli = Callable[..., Ran]


@cache
def drawn(colour: tuple[int, int, int], form: str) -> bytes:
    """An image file of one colour, large enough for the API; most tests draw the same few."""
    file = BytesIO()
    Image.new("RGB", (1024, 1024), colour).save(file, form)
    return file.getvalue()


def draw(path: Path, colour: tuple[int, int, int]) -> None:
    """An image of one colour, large enough for the API, in the format that the suffix names."""
    path.write_bytes(drawn(colour, Image.registered_extensions()[path.suffix.lower()]))


def edit(path: Path, before: str, after: str) -> None:
    """Replace words in a manifest."""
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def flat(text: str) -> str:
    """Without line breaks."""
    return " ".join(text.split())


def git(*arguments: str) -> None:
    """Run git in the working folder."""
    identity = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


def commit_all() -> None:
    """Commit everything in the working folder, as the first commit where there is none."""
    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "-m", "x")


@contextmanager
def account(file: Path) -> Iterator[Simulator]:
    """The world behind an account's file, for a person who works in the console and for a look at the truth."""
    simulator = Simulator(store=SqliteStore(file))
    try:
        yield simulator
    finally:
        simulator.close()


def plant(folder: Path) -> None:
    """Write `manifests/` with all that is declared above."""
    images = folder / "manifests" / "images"
    images.mkdir(parents=True)
    for name, text in MANIFESTS.items():
        (folder / "manifests" / name).write_text(text)
    for number, (name, caption) in enumerate(CAPTIONS.items()):
        draw(images / f"{name}.png", (number * 40, 90, 200))
        (images / f"{name}.txt").write_text(caption + "\n")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with `manifests/`; the account is the file `world.db` in it."""
    plant(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECONCILER_ENDPOINT", "simulator:world.db")
    return tmp_path


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str]) -> Cli:
    """Run a command line in this process."""

    def ran(*arguments: str) -> Ran:
        capfd.readouterr()
        code = run(arguments, os.environ)
        out, err = capfd.readouterr()
        return Ran(code=code, out=out, err=err)

    return ran


@pytest.fixture
def applied(tree: Path, cli: Cli) -> Path:
    """The tree, applied once and trained."""
    assert cli("apply", "--yes", "--wait", "training").code == 0
    return tree


def _served(monkeypatch: pytest.MonkeyPatch, era: str) -> Iterator[Simulator]:
    """The API as its documents of an era describe it, over a socket."""
    simulator = Simulator(switches={"era": era})
    monkeypatch.setenv("BRIA_API_TOKEN", "anything")
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    with serving(simulator) as address:
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        yield simulator


@pytest.fixture
def current(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """The API as its documents of today describe it."""
    yield from _served(monkeypatch, "current")


@pytest.fixture
def legacy(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """The API that knows prefixes alone."""
    yield from _served(monkeypatch, "legacy")
