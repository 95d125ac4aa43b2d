"""The account that a tree pins: the wrong token is refused before it can write, and the first apply says what to pin."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.simulator import Simulator, serving
from tests.cli.conftest import Cli, flat, git
from tests.cli.test_guide import of_schema_family


@pytest.fixture
def world(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """An empty account over loopback, to which all commands go."""
    monkeypatch.setenv("BRIA_API_TOKEN", "anything")
    monkeypatch.setenv("RECONCILER_SETTLE", "0")
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    simulator = Simulator(speed=100_000.0)
    with serving(simulator) as address:
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        yield simulator
    simulator.close()


def pin(tree: Path, line: str = "account: {name: brand, project: 1001}") -> None:
    (tree / "manifests/reconciler.yaml").write_text(f"{line}\n")


def test_the_first_apply_prints_the_line_and_writes_no_file(
    tree: Path, cli: Cli, world: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Later applies have nothing to say, nor has one whose account is pinned."""
    monkeypatch.setenv("RECONCILER_ACCOUNT", "brand")
    first = cli("apply", "--yes")
    assert first.code == 0, first.err
    assert "Add this line to manifests/reconciler.yaml: " in first.out
    assert first.out.splitlines()[-1] == "  account: {name: brand, project: 1001}"
    assert not (tree / "manifests/reconciler.yaml").exists()
    pin(tree, first.out.splitlines()[-1].strip())
    calls = len(world.log)
    synced = "In sync with account brand: 1 project, 1 dataset (5 images), 1 model. 3 calls."
    assert cli("plan").out.splitlines()[0] == synced
    assert len(world.log) == calls + 3
    model = tree / "manifests/model.yaml"
    model.write_text(f"{model.read_text()}  description: a note\n")
    changed = cli("plan")
    assert "· account brand ·" in changed.out.splitlines()[0]
    (tree / "manifests/reconciler.yaml").unlink()
    assert "account:" not in cli("apply", "--yes").out


def test_another_account_is_refused_though_it_is_empty(tree: Path, cli: Cli, world: Simulator) -> None:
    """By the lists that are read anyway: no call more, and none that changes anything."""
    pin(tree)
    commands = ("plan", "apply --yes", "drift", "status", "output", "destroy --yes")
    for command in commands:
        ran = cli(*command.split())
        assert (ran.code, ran.out) == (4, "")
        assert "This token is of another account than brand, which is known by its project 1001" in flat(ran.err)
        assert "The account of this token holds no project at all. Use the token of brand." in flat(ran.err)
        assert "correct `account` in manifests/reconciler.yaml." in flat(ran.err)
    assert not [entry for entry in world.log if entry.committed]
    assert len(world.log) == 3 * len(commands)


def test_a_simulator_of_this_process_is_nobodys_account(tree: Path, cli: Cli) -> None:
    """It has no token that could be the wrong one, so a pinned tree can be tried there."""
    pin(tree)
    assert cli("apply", "--yes", "--endpoint", "simulator:other.db").code == 0
    assert "brand" not in cli("plan", "--endpoint", "simulator:other.db").out


def test_ci_and_the_tree_must_call_the_account_the_same(tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else its groups would lock another account than the one that is written to."""
    pin(tree)
    monkeypatch.setenv("RECONCILER_ACCOUNT", "other")
    ran = cli("validate")
    assert ran.code == 64
    assert (
        "RECONCILER_ACCOUNT is other, and manifests/reconciler.yaml pins the account brand (project 1001)." in ran.err
    )
    monkeypatch.setenv("RECONCILER_ACCOUNT", "no name")
    assert 'RECONCILER_ACCOUNT: "no name" is no name' in cli("validate").err


def test_a_change_of_the_pin_is_told_in_review(tree: Path, cli: Cli) -> None:
    """Also where it is the only change; a first pin loosens nothing."""
    git("init", "-q")
    git("add", "manifests")
    git("commit", "-q", "-m", "first")
    pin(tree)
    assert cli("plan", "--base", "HEAD", "--detailed-exitcode").code == 0
    git("add", "manifests")
    git("commit", "-q", "-m", "pinned")
    pin(tree, "account: {name: brand, project: 2002}")
    ran = cli("plan", "--base", "HEAD", "--detailed-exitcode")
    assert ran.code == 2
    text = "with this change the account is brand (project 2002); it was brand (project 1001)."
    assert f"warning: {text}" in flat(ran.out)
    pin(tree, "tier: starter")
    assert "with this change no account is pinned" in flat(cli("plan", "--base", "HEAD").out)


def test_a_plan_for_another_account_is_foreign(
    tree: Path, cli: Cli, world: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its name, where the address is the same."""
    monkeypatch.setenv("RECONCILER_ACCOUNT", "brand")
    assert cli("plan", "--out", "plan.json").code == 0
    monkeypatch.setenv("RECONCILER_ACCOUNT", "other")
    ran = cli("apply", "plan.json")
    assert ran.code == 4
    assert "This plan was made for the account brand, not other" in flat(ran.err)


def test_no_schema_is_refined_beside_a_draft_of_another_account(tree: Path, cli: Cli, world: Simulator) -> None:
    """The lists that find the draft tell whose they are."""
    of_schema_family(tree)
    pin(tree)
    ran = cli("guide", "lora-poses", "--refine", "softer light")
    assert ran.code == 4
    assert "This token is of another account than brand" in flat(ran.err)
    assert len(world.log) == 3
