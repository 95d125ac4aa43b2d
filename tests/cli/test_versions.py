"""Versions on the command line: aliases, fingerprints, retries, pruning, waiting, and undoing a trial."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.simulator.console import delete_model, end_training
from tests.cli.conftest import Cli, account, edit

PREFIXES = ("a cheerful girl", "a brave woman", "a quiet child")


def fingerprint(cli: Cli) -> str:
    found = json.loads(cli("validate", "--format", "json").out)["models"][0]["fingerprint"]
    assert isinstance(found, str)
    return found


def declare(tree: Path, line: str) -> None:
    """One more line in the model's spec."""
    with (tree / "manifests/model.yaml").open("a") as file:
        file.write(f"  {line}\n")


def ids(tree: Path) -> dict[str, int]:
    """The live models: version and id."""
    with account(tree / "world.db") as simulator, simulator.transaction() as world:
        return {model.name.split()[1]: model.id for model in world.models.all() if model.status != "Deleted"}


def test_an_alias_is_promoted_by_a_commit(applied: Path, cli: Cli) -> None:
    """`production` stays while `candidate` is trained; programs ask `output`; nothing is sent for either."""
    first = fingerprint(cli)
    declare(applied, f"aliases: {{production: {first[:7]}, candidate: current}}")
    edit(applied / "manifests/dataset.yaml", "a female character", PREFIXES[0])
    planned = cli("plan").out
    assert (
        f"candidate -> v2 ({fingerprint(cli)[:7]}) once it is trained, production v1 ({first[:7]}) stays"
        in " ".join(planned.split())
    )
    assert "because dataset/lora-poses changes (style)" in planned
    assert "warning" not in planned
    assert cli("apply", "--yes").code == 0
    ran = cli("output", "--format", "json")
    assert ran.code == 1
    assert ran.err == "The alias candidate of model/lora-max answers to nothing: v2 is not trained yet.\n"
    aliases = json.loads(ran.out)["models"]["lora-max"]["aliases"]
    assert (aliases["production"]["version"], aliases["candidate"]["id"]) == (1, None)
    assert "candidate v2 once it is trained" in cli("status").out
    waited = cli("wait", "lora-max@candidate")
    assert waited.code == 0
    assert re.fullmatch(r"model/lora-max@candidate  trained \(id \d+\)\n", waited.out)
    assert "a training takes 1 to 3 hours" in waited.err
    live = ids(applied)
    assert f"candidate v2 (id {live['v2']})   production v1 (id {live['v1']})" in cli("status").out
    env = cli("output", "--format", "env")
    assert env.code == 0
    assert f"MODEL_LORA_MAX_PRODUCTION_ID={live['v1']}\n" in env.out
    assert cli("wait", "lora-max", "lora-max@production").code == 0


def test_outputs_of_a_step_of_github(applied: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Added to the file that the step names; printed where there is none."""
    printed = cli("output", "--format", "github").out
    (applied / "outputs").write_text("other=1")
    monkeypatch.setenv("GITHUB_OUTPUT", str(applied / "outputs"))
    ran = cli("output", "--format", "github")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert (applied / "outputs").read_text() == f"other=1\n{printed}"


def test_an_alias_that_nothing_answers_to_is_a_warning(applied: Path, cli: Cli) -> None:
    """`plan` goes on, `output` does not; a wait for it has nothing to wait for."""
    declare(applied, "aliases: {production: a000000}")
    words = 'the alias production of model/lora-max answers to nothing: no trained version is "a000000".'
    plan = cli("plan")
    assert plan.code == 0
    assert f"warning: {words}" in " ".join(plan.out.split())
    assert cli("output").code == 1
    waited = cli("wait", "lora-max@production")
    assert waited.code == 1
    assert "not in training: no trained version is" in waited.out


def test_a_superseded_training_is_waited_for(tree: Path, cli: Cli) -> None:
    """The next one begins when it has ended: apply, wait, apply."""
    cli("apply", "--yes")
    edit(tree / "manifests/dataset.yaml", "a female character", PREFIXES[0])
    assert cli("apply", "--yes").code == 0
    waiting = cli("plan").out
    assert waiting.startswith("Nothing to do yet: 1 model waits for a training to end. 3 calls.\n")
    assert "waits: v1, now superseded, is still in training" in waiting
    assert cli("wait", "lora-max").code == 1
    assert cli("wait").code == 0
    assert "1 training started" in cli("apply", "--yes").out


def test_a_superseded_training_is_stopped_where_it_is_asked_for(tree: Path, cli: Cli) -> None:
    """`on_superseded: stop` is a costly line of the plan."""
    declare(tree, "training: {on_superseded: stop}")
    cli("apply", "--yes")
    edit(tree / "manifests/dataset.yaml", "a female character", PREFIXES[0])
    planned = cli("plan").out
    assert "* stops the running training of v1 (id " in planned
    assert "1 running training is stopped" in planned
    assert "1 running training stopped" in cli("apply", "--yes").out


def test_what_was_stopped_is_trained_only_by_order(tree: Path, cli: Cli) -> None:
    """`--retry`, also with a saved plan: the file alone trains nothing."""
    cli("apply", "--yes")
    live = ids(tree)
    with account(tree / "world.db") as simulator:
        end_training(simulator, live["v1"], "Stopped")
    assert "stopped" in cli("plan").out
    planned = cli("plan", "--retry", "lora-max", "--out", "plan.json")
    assert "Saved. Apply it with `reconciler apply plan.json --retry model/lora-max`." in planned.out
    refused = cli("apply", "plan.json")
    assert refused.code == 4
    assert "Say it again: `--retry model/lora-max`." in refused.err
    assert cli("apply", "plan.json", "--retry", "lora-max").code == 0
    assert re.search(r"model/lora-max +v2", cli("status").out)


def test_an_order_that_trains_nothing_is_told(applied: Path, cli: Cli) -> None:
    """A typing error must not pass for a training that is under way."""
    for order in ("--retry", "--start"):
        ran = cli("plan", order, "lora-max")
        assert ran.code == 0
        assert f"model/lora-max: {order} trains nothing: " in ran.out


def test_a_training_that_is_not_to_start_starts_by_order(tree: Path, cli: Cli) -> None:
    """`--start`, in spite of `start: false`."""
    declare(tree, "training: {start: false}")
    cli("apply", "--yes")
    assert "created" in cli("plan").out
    assert cli("wait", "lora-max").code == 1
    cli("plan", "--start", "lora-max", "--out", "plan.json")
    assert "Say it again: `--start model/lora-max`." in cli("apply", "plan.json").err
    assert "1 training started" in cli("apply", "--yes", "--start", "model/lora-max").out


def test_old_versions_are_pruned_by_order(applied: Path, cli: Cli) -> None:
    """A line each, counted in the verdict; the file alone prunes nothing."""
    edit(applied / "manifests/dataset.yaml", "a female character", PREFIXES[0])
    cli("apply", "--yes", "--wait", "training")
    declare(applied, "history_limit: 1")
    with (applied / "manifests/dataset.yaml").open("a") as file:
        file.write("  history_limit: 1\n")
    assert cli("plan").out.startswith("In sync")
    planned = cli("plan", "--prune", "--out", "plan.json").out
    assert planned.split("\n")[2] == "2 versions are deleted."
    assert re.search(r'    - "lora-max v1 \(a\w+\)" \(id \d+\)   older than the newest 1\n', planned)
    assert "deletions" in planned
    assert "reconciler apply plan.json --prune" in planned
    refused = cli("apply", "plan.json")
    assert refused.code == 4
    assert "Say it again: `--prune`." in refused.err
    assert "2 versions deleted" in cli("apply", "plan.json", "--prune").out
    assert list(ids(applied)) == ["v2"]


def test_the_limits_of_deletions(applied: Path, cli: Cli) -> None:
    """Shown in the plan, refused by apply, lifted by --allow."""
    (applied / "manifests/reconciler.yaml").write_text("limits: {deletions: 0}\n")
    edit(applied / "manifests/model.yaml", "{name: lora-max}", "{name: lora-max, ensure: absent}")
    planned = cli("plan").out
    assert "1 live object would be deleted" in planned
    assert "`reconciler apply` refuses this plan" in planned
    assert cli("apply", "--yes").code == 4
    assert cli("apply", "--yes", "--allow", "deletions=1").code == 0
    assert "1 object absent, as declared: its manifest can go" in cli("plan").out


def test_what_the_tree_expects(tree: Path, cli: Cli) -> None:
    """No flag lifts it: the file says so itself."""
    (tree / "manifests/reconciler.yaml").write_text("expect: {trainings: 0}\n")
    planned = cli("plan", "--out", "plan.json").out
    assert "The tree expects 0 trainings, and this plan has 1" in planned
    assert cli("apply", "--yes", "--allow", "trainings=9").code == 4
    assert cli("apply", "plan.json").code == 4


def test_a_trial_is_undone(applied: Path, cli: Cli) -> None:
    """Shown, saved, and done by its own word; what is gone already is no failure."""
    saved = cli("destroy", "--out", "plan.json")
    assert saved.code == 0
    assert "Saved, and nothing was deleted." in saved.out
    assert "1 project is deleted, 2 versions are deleted." in saved.out
    assert "because `reconciler destroy` deletes what the manifests declare" in saved.out
    refused = cli("apply", "plan.json", "--prune")
    assert refused.code == 4
    assert "This plan is one of `reconciler destroy`" in refused.err
    assert "`reconciler destroy` deletes this, and nothing else applies it." in cli("show", "plan.json").out
    refused = cli("destroy")
    assert (refused.code, refused.out) == (4, "")
    assert "Say `--yes`; `reconciler destroy --out plan.json` only shows what would go." in refused.err
    assert cli("plan").out.startswith("In sync")
    done = cli("destroy", "--yes")
    assert done.code == 0
    assert "2 versions deleted, 1 project deleted." in done.out
    assert cli("destroy", "--yes").out.startswith("Nothing of these manifests is live.")
    assert "1 project is created" in cli("plan").out


def test_what_cannot_be_undone_is_refused(applied: Path, cli: Cli) -> None:
    """A project that holds what git does not know; the words name this command and not apply."""
    (applied / "manifests/model.yaml").unlink()
    saved = cli("destroy", "--out", "plan.json")
    assert saved.code == 0
    assert "`reconciler destroy` refuses this plan" in saved.out
    ran = cli("destroy", "--yes")
    assert ran.code == 4
    assert ran.err.endswith("Refused: nothing was sent.\n")


def test_the_checkpoints_of_an_expert_training(tree: Path, cli: Cli) -> None:
    """Listed by status, as the API tells them."""
    edit(tree / "manifests/model.yaml", "fully_automated", "expert")
    edit(tree / "manifests/model.yaml", "training_version: max", "training_version: bria-3.2")
    declare(tree, "training: {total_training_steps: 1000, checkpoint_interval: 500}")
    assert cli("apply", "--yes", "--wait", "training").code == 0
    assert "    checkpoints      after 500, 1000 steps; 1000 is active\n" in cli("status").out
    objects = json.loads(cli("status", "--format", "json").out)["objects"]
    assert objects[-1]["checkpoints"] == ["500", "1000"]


def test_a_part_of_a_trial_is_undone(applied: Path, cli: Cli) -> None:
    """A model alone; a dataset takes the models on it along, a project all that is in it."""
    assert "1 version is deleted." in cli("destroy", "--target", "model/lora-max", "--out", "p").out
    dataset = cli("destroy", "--target", "dataset/lora-poses", "--out", "p").out
    assert "2 versions are deleted." in dataset
    assert "project/lora" not in dataset
    assert "1 project is deleted" in cli("destroy", "--target", "project/lora", "--out", "p").out
    assert cli("destroy", "--target", "model/lora-max", "--yes").code == 0
    assert list(ids(applied)) == []


def test_a_destruction_has_limits_too(applied: Path, cli: Cli) -> None:
    """Those of deletions; what the tree expects of its plan is not meant for this."""
    (applied / "manifests/reconciler.yaml").write_text("limits: {deletions: 1}\nexpect: {deletions: 0}\n")
    assert cli("destroy", "--yes").code == 4
    assert cli("destroy", "--yes", "--allow", "deletions=3").code == 0


def test_a_model_that_was_deleted_in_the_console(applied: Path, cli: Cli) -> None:
    """`output` knows of none, and `status` says what apply would do."""
    live = ids(applied)
    with account(applied / "world.db") as simulator:
        delete_model(simulator, live["v1"])
    assert json.loads(cli("output", "--format", "json").out)["models"]["lora-max"]["id"] is None
    assert "apply trains v" in " ".join(cli("status").out.split())


def test_strays_are_listed_when_they_are_asked_for(applied: Path, cli: Cli) -> None:
    """A model that no manifest declares any more, and a project of somebody else's."""
    with account(applied / "world.db") as simulator, simulator.transaction() as world:
        (project,) = world.projects.all()
        world.projects.put(replace(project, id=project.id + 1, project_name="Theirs"))
        (dataset,) = world.datasets.all()
        world.datasets.put(replace(dataset, id=dataset.id + 1, name="by hand"))
    (applied / "manifests/model.yaml").unlink()
    assert "Also live, not in git: 1 project, 1 dataset, 1 model (`reconciler status --strays`)." in cli("status").out
    listed = cli("status", "--strays").out
    assert re.search(
        r'Live, not in git:\n  project  "Theirs" \(id \d+\)\n  dataset  "by hand" \(id \d+\) in project \d+\n', listed
    )
    assert re.search(r'model/lora-max  "lora-max v1 \(a\w+\)" \(id \d+\) in project \d+\n', listed)
    assert "metadata: {name: lora-max, ensure: absent}" in listed


def test_a_rename_in_git_is_one_on_the_live_side(applied: Path, cli: Cli) -> None:
    """`moved`: names change in place; what is on its way to its new name is no stray."""
    edit(applied / "manifests/dataset.yaml", "{name: lora-poses}", "{name: lora-hero, moved: {from: lora-poses}}")
    edit(applied / "manifests/model.yaml", "dataset: lora-poses", "dataset: lora-hero")
    edit(applied / "manifests/model.yaml", "{name: lora-max}", "{name: hero-max, moved: {from: lora-max}}")
    planned = cli("plan").out
    assert "2 live objects are renamed, nothing is destroyed." in planned
    assert re.search(r'    ~ renamed in place: "lora-max v1 \(a\w+\)" -> "hero-max v1 \(a\w+\)"\n', planned)
    assert "Nothing is live that no manifest declares." in cli("status", "--strays").out
    assert "2 live objects renamed." in cli("apply", "--yes").out
    assert cli("plan").out.startswith("In sync")
