"""Stages from one tree: what an overlay changes, what binds it, and what a promotion costs."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, edit, flat, git

STAGING = "account: {name: brand-staging, project: 1001}\n"
PRODUCTION = """\
account: {name: brand, project: 2002}
limits: {trainings: 3}
objects:
  model/lora-max:
    start: false
"""


@pytest.fixture
def stages(tree: Path) -> Path:
    """The tree with two overlays, in a repository whose first commit has none."""
    git("init", "-q")
    git("add", "manifests")
    git("commit", "-q", "-m", "first")
    (tree / "manifests/overlays").mkdir()
    (tree / "manifests/overlays/staging.yaml").write_text(STAGING)
    (tree / "manifests/overlays/production.yaml").write_text(PRODUCTION)
    return tree


def committed(message: str) -> None:
    git("add", "manifests")
    git("commit", "-q", "-m", message)


def test_content_is_trained_once_for_each_account_and_then_promoted_by_a_commit(
    stages: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Staging trains; production waits for a line of its overlay, and its plan counts the training that this costs there."""
    committed("overlays")
    monkeypatch.setenv("RECONCILER_ENDPOINT", "simulator:staging.db")
    assert cli("apply", "--yes", "--wait", "training", "--overlay", "staging").code == 0
    trained = json.loads(cli("output", "--overlay", "staging", "--format", "json").out)
    monkeypatch.setenv("RECONCILER_ENDPOINT", "simulator:production.db")
    monkeypatch.setenv("RECONCILER_OVERLAY", "production")
    made = cli("apply", "--yes", "--wait", "training")
    assert made.code == 0, made.err
    assert "1 version completed" in made.out
    assert "trained" not in made.out.splitlines()[-1]

    fingerprint = trained["models"]["lora-max"]["fingerprint"][:7]
    overlay = stages / "manifests/overlays/production.yaml"
    overlay.write_text(PRODUCTION.replace("start: false", f"start: true\n    aliases: {{production: {fingerprint}}}"))
    review = cli("plan", "--base", "HEAD", "--detailed-exitcode")
    assert review.code == 2
    assert f"production is new and names {fingerprint}" in flat(review.out)
    plan = json.loads(cli("plan", "--format", "json").out)["plan"]
    assert plan["subject"]["overlay"] == "production"
    assert sum(action["cost"]["trainings"] for action in plan["actions"]) == 1
    promoted = cli("apply", "--yes", "--wait", "training")
    assert "1 model trained" in promoted.out
    produced = json.loads(cli("output", "--format", "json").out)["models"]["lora-max"]
    assert produced["fingerprint"] == trained["models"]["lora-max"]["fingerprint"]
    assert list(produced["aliases"]) == ["production"]
    assert cli("plan").out.startswith("In sync with overlay production: ")


def test_a_stage_that_was_not_there_before_starts_from_nothing(stages: Path, cli: Cli) -> None:
    """Its account holds nothing of the base, so everything counts; of a stage that was there only what differs does."""
    new = cli("plan", "--base", "HEAD", "--overlay", "staging")
    assert "1 model is trained" in flat(new.out)
    assert "nothing of HEAD is in the account brand-staging (project 1001): everything is new there" in flat(new.out)
    committed("overlays")
    assert cli("plan", "--base", "HEAD", "--overlay", "staging", "--detailed-exitcode").code == 0
    edit(stages / "manifests/overlays/staging.yaml", "1001", "1002")
    moved = cli("plan", "--base", "HEAD", "--overlay", "staging")
    assert "1 model is trained" in flat(moved.out)
    assert "the account is brand-staging (project 1002); it was brand-staging (project 1001)" in flat(moved.out)


def test_a_plan_of_another_overlay_allows_nothing(stages: Path, cli: Cli) -> None:
    """Saved, reviewed or held to be equal: the fingerprints are the same, so nothing else would tell them apart."""
    for name in ("staging", "production"):
        assert cli("plan", "--overlay", name, "--out", f"{name}.json").code == 0
    assert cli("plan", "--out", "plain.json").code == 0
    wrong = (
        ("apply", "staging.json", "--overlay", "production"),
        ("apply", "--within", "staging.json", "--overlay", "production"),
        ("apply", "--within", "production.json", "--within", "staging.json", "--overlay", "production"),
        ("apply", "--equivalent-to", "staging.json", "--overlay", "production"),
        ("apply", "staging.json"),
        ("apply", "--within", "plain.json", "--overlay", "staging"),
    )
    for arguments in wrong:
        ran = cli(*arguments)
        assert ran.code == 4, arguments
        assert "This plan was made " in ran.err
    assert "under the overlay staging, and what would be done now is planned without an overlay" in flat(
        cli("apply", "staging.json").err
    )
    assert "Say `--overlay staging`" in cli("apply", "staging.json").err
    assert cli("apply", "--within", "staging.json", "--overlay", "staging").code == 0
    assert "`reconciler apply staging.json --overlay staging`" in flat(cli("show", "staging.json").out)


def test_looser_limits_are_said(stages: Path, cli: Cli) -> None:
    """By each plan that does something, and in the request that loosens one."""
    plan = cli("plan", "--overlay", "production")
    assert "warning: the overlay production loosens limits.trainings from 1 to 3." in flat(plan.out)
    assert "loosens" not in cli("plan", "--overlay", "staging").out
    committed("overlays")
    edit(stages / "manifests/overlays/production.yaml", "trainings: 3", "trainings: 9")
    review = cli("plan", "--base", "HEAD", "--overlay", "production", "--detailed-exitcode")
    assert review.code == 2
    assert "warning: this change loosens limits.trainings from 3 to 9." in flat(review.out)
    assert cli("plan", "--base", "HEAD", "--overlay", "staging", "--detailed-exitcode").code == 0


def test_flags_count_before_the_environment_and_that_before_the_overlay(
    stages: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which overlay, which tier, which limits."""
    (stages / "manifests/reconciler.yaml").write_text("tier: starter\nlimits: {trainings: 0}\n")
    (stages / "manifests/overlays/staging.yaml").write_text("tier: pro\nlimits: {trainings: 2}\n")
    monkeypatch.setenv("RECONCILER_OVERLAY", "production")

    def subject(*arguments: str) -> tuple[str, str, int]:
        plan = json.loads(cli("plan", "--format", "json", *arguments).out)["plan"]
        return plan["subject"]["overlay"], plan["subject"]["tier"], plan["limits"]["trainings"]

    assert subject() == ("production", "starter", 3)
    assert subject("--overlay", "staging") == ("staging", "pro", 2)
    assert subject("--overlay", "staging", "--allow", "trainings=5") == ("staging", "pro", 5)
    monkeypatch.setenv("RECONCILER_TIER", "enterprise")
    assert subject("--overlay", "staging") == ("staging", "enterprise", 2)
    assert subject("--overlay", "staging", "--tier", "free_trial") == ("staging", "free_trial", 2)


def test_an_overlay_that_is_not_there_is_named_with_those_that_are(stages: Path, cli: Cli) -> None:
    """Also where the name is a path; without any overlay that is said."""
    for name in ("prodution", "../overlays/production", "PRODUCTION", "production.yaml"):
        ran = cli("plan", "--overlay", name)
        assert ran.code == 64
        assert "did you mean production? The overlays in manifests/overlays are production and staging." in flat(
            ran.err
        )
    assert "; the overlays in manifests/overlays are" in flat(cli("plan", "--overlay", "x").err)
    for path in (stages / "manifests/overlays").iterdir():
        path.unlink()
    assert 'there is no overlay "x": manifests/overlays holds none.' in flat(cli("validate", "--overlay", "x").err)
    (stages / "manifests/overlays/x.yaml").write_text("objects: {model/lora-max: {rank: 8}}\n")
    ran = cli("validate", "--overlay", "x")
    assert ran.code == 3
    assert "manifests/overlays/x.yaml:1:28  an overlay holds no content" in ran.err


def test_init_for_ci_has_a_line_for_each_overlay(stages: Path, cli: Cli) -> None:
    """With the account that it pins, else with its own name."""
    (stages / "manifests/overlays/trial.yaml").write_text("tier: free_trial\n")
    assert cli("init", "--ci", "github").code == 0
    workflow = (stages / ".github/workflows/reconciler.yml").read_text()
    for line in (
        "{root: manifests, account: brand, overlay: production}",
        "{root: manifests, account: brand-staging, overlay: staging}",
        "{root: manifests, account: trial, overlay: trial}",
    ):
        assert workflow.count(f"          - {line}\n") == 3
