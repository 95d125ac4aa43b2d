"""Checkpoints on the command line: which of them a manifest keeps, shown, saved, limited and deleted by order."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, account, edit

TRAINING = "{total_training_steps: 1000, checkpoint_interval: 250, keep_checkpoints: [500]}"


@pytest.fixture(name="trained")
def _trained(tree: Path, cli: Cli) -> Path:
    """An expert model that was trained and has four checkpoints; 1000 is active."""
    edit(tree / "manifests/model.yaml", "fully_automated", "expert")
    edit(tree / "manifests/model.yaml", "training_version: max", "training_version: bria-3.2")
    with (tree / "manifests/model.yaml").open("a") as file:
        file.write(f"  training: {TRAINING}\n")
    assert cli("apply", "--yes", "--wait", "training").code == 0
    return tree


def left(tree: Path) -> tuple[int, ...]:
    with account(tree / "world.db") as simulator, simulator.transaction() as world:
        return world.models.all()[0].checkpoints


def test_what_is_not_kept_goes_by_order_alone(trained: Path, cli: Cli) -> None:
    """Shown, saved, asked for again, deleted; a plan without the order is in sync at three calls before and after."""
    assert cli("plan").out.endswith(" 3 calls.\n")
    planned = cli("plan", "--prune", "--out", "plan.json").out
    assert planned.split("\n")[2] == "2 checkpoints are deleted."
    assert "without checkpoints 250 and 750; it keeps 500 and 1000" in " ".join(planned.split())
    refused = cli("apply", "plan.json")
    assert (refused.code, left(trained)) == (4, (250, 500, 750, 1000))
    assert "This plan deletes checkpoints, which an apply does only where it is asked to" in refused.err
    done = cli("apply", "plan.json", "--prune")
    assert (done.code, left(trained)) == (0, (500, 1000))
    assert "2 checkpoints deleted. 4 calls" in done.out
    stale = cli("apply", "plan.json", "--prune")
    assert (stale.code, left(trained)) == (4, (500, 1000))
    assert cli("plan", "--prune").out.startswith("In sync")
    assert cli("plan").out.endswith(" 3 calls.\n")
    assert "checkpoints      after 500, 1000 steps" in cli("status").out


def test_the_limits_hold_for_them(trained: Path, cli: Cli) -> None:
    """`limits.deletions`, and `expect.deletions` of the tree, which no flag lifts."""
    (trained / "manifests/reconciler.yaml").write_text("limits: {deletions: 1}\n")
    refused = cli("apply", "--yes", "--prune")
    assert (refused.code, left(trained)) == (4, (250, 500, 750, 1000))
    assert "2 checkpoints would be deleted; the limit is 1" in refused.out
    assert cli("apply", "--yes", "--prune", "--allow", "deletions=2").code == 0
    (trained / "manifests/reconciler.yaml").write_text("expect: {deletions: 0}\n")
    edit(trained / "manifests/model.yaml", "[500]", "[]")
    assert "The tree expects 0 deletions, and this plan has 1" in cli("plan", "--prune").out
    assert left(trained) == (500, 1000)


def test_another_list_is_a_consequence_and_no_training(trained: Path, cli: Cli) -> None:
    """The key is policy: the fingerprint stays, and the journal tells each deletion."""
    before = json.loads(cli("validate", "--format", "json").out)["models"][0]["fingerprint"]
    edit(trained / "manifests/model.yaml", "[500]", "[250, 500, 1000]")
    assert json.loads(cli("validate", "--format", "json").out)["models"][0]["fingerprint"] == before
    assert cli("plan").out.startswith("In sync")
    assert cli("apply", "--yes", "--prune").code == 0
    journal = [path.read_text() for path in trained.rglob("journal.jsonl")]
    assert any("delete-checkpoint" in text and "/checkpoints/750" in text for text in journal)
    assert left(trained) == (250, 500, 1000)
