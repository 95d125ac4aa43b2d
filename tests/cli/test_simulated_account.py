"""`endpoint: simulator:FILE` in the tree: one world for all commands, and no token is taken for one that is used."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli


@pytest.fixture
def named(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tree, whose reconciler.yaml names the account; nothing of the environment does."""
    monkeypatch.delenv("RECONCILER_ENDPOINT")
    (tree / "manifests/reconciler.yaml").write_text("endpoint: simulator:.reconciler/account.sqlite\n")
    return tree


def test_commands_share_one_account_from_every_folder(named: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first command makes the folder, for its owner alone and out of git."""
    assert cli("plan").code == 0
    assert (named / ".reconciler").stat().st_mode & 0o777 == 0o700
    assert (named / ".reconciler/.gitignore").read_text() == "*\n"
    assert cli("apply", "--yes", "--wait", "training").code == 0
    left = "  The journal and the simulated account on this machine: delete the folder .reconciler.\n"
    assert left in cli("destroy", "--yes").out
    assert cli("apply", "--yes", "--wait", "training").code == 0
    monkeypatch.chdir("/")
    assert cli("plan", "--root", str(named / "manifests")).out.startswith("In sync")
    assert sorted(path.name for path in named.iterdir()) == [".reconciler", "manifests"]


def test_a_token_beside_it_is_said_not_to_be_used(named: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not where a person named the simulator by hand."""
    monkeypatch.setenv("BRIA_API_TOKEN", "canary-7f3e9a1c5b")
    said = " ".join(cli("plan").err.split())
    assert "the token is not used, and nothing reaches Bria" in said
    assert "Take the line `endpoint:` out of reconciler.yaml" in said
    assert "token" not in cli("plan", "--endpoint", "simulator:world.db").err


def test_another_folder_is_made_as_well(named: Path, cli: Cli) -> None:
    (named / "manifests/reconciler.yaml").write_text("endpoint: simulator:deep/er/account.sqlite\n")
    assert cli("plan").code == 0
    assert (named / "deep/er/account.sqlite").is_file()


def test_h78_a_link_in_the_tree_leads_nowhere(named: Path, cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A pull request that brings one writes nothing outside."""
    outside = tmp_path_factory.mktemp("outside")
    (named / ".reconciler").symlink_to(outside)
    ran = cli("plan")
    assert ran.code == 3
    assert "manifests/reconciler.yaml:1:11" in ran.err + ran.out
    assert list(outside.iterdir()) == []
