"""A tree that was applied and trained once, kept as a copy for each test, and a person in the console."""

import shutil
from pathlib import Path

import pytest

from reconciler.cli.entry import run
from tests.cli.conftest import MANIFESTS, cli, draw  # noqa: F401 - a fixture

IMAGES = 12
"""As many as the longest row has words."""


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that is copied: `manifests/` with automatic captions, and the account in `world.db`."""
    place = tmp_path_factory.mktemp("trained")
    images = place / "manifests/images"
    images.mkdir(parents=True)
    for name, text in MANIFESTS.items():
        (place / "manifests" / name).write_text(text.replace("sidecar", "automatic"))
    for number in range(IMAGES):
        draw(images / f"p{number}.png", (number * 20, 90, 200))
    environ = {"RECONCILER_ENDPOINT": f"simulator:{place}/world.db", "RECONCILER_ROOT": f"{place}/manifests"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(place))
        patch.delenv("XDG_CACHE_HOME", raising=False)
        assert run(("apply", "--yes", "--wait", "training"), environ) == 0
    return place


@pytest.fixture
def tree(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it as the working folder; the journal of the first apply stays behind."""
    shutil.copytree(trained / "manifests", tmp_path / "manifests")
    shutil.copy(trained / "world.db", tmp_path / "world.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECONCILER_ENDPOINT", "simulator:world.db")
    return tmp_path
