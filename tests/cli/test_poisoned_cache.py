"""F38: a cache that a hostile hand wrote. It can deceive whoever looks, and nobody who acts."""

from pathlib import Path

import pytest

from reconciler.files.cache import CacheFile, CacheTable, default_cache
from tests.cli.conftest import Cli, account
from tests.files.conftest import cache_rows


@pytest.fixture
def poisoned(tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tree, and a cache that says of its manifests that Lora's hair is orange."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tree / "cache"))
    assert cli("validate").code == 0
    with CacheFile(default_cache()) as file:
        for key, value in cache_rows(default_cache(), "readings"):
            file.put(CacheTable.READINGS, key, value.replace(b"purple", b"orange"))
    return tree


def declared(tree: Path) -> str:
    """What the account holds of it."""
    with account(tree / "world.db") as simulator, simulator.transaction() as world:
        (project,) = world.projects.all()
        (dataset,) = world.datasets.all()
        return f"{project.ip_description} {dataset.caption_prefix}"


def test_an_apply_does_what_the_files_say(poisoned: Path, cli: Cli) -> None:
    assert "orange" in cli("plan").out
    assert cli("apply", "--yes", "--wait", "none").code == 0
    assert "purple" in declared(poisoned)
    assert "orange" not in declared(poisoned)
    assert "orange" not in cli("plan").out, "the apply mended the cache"


def test_a_saved_plan_made_with_it_is_refused(poisoned: Path, cli: Cli) -> None:
    assert cli("plan", "--out", "plan.json").code == 0
    ran = cli("apply", "plan.json", "--wait", "none")
    assert ran.code == 4
    with account(poisoned / "world.db") as simulator, simulator.transaction() as world:
        assert not world.projects.all()
