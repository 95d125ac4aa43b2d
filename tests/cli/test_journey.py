"""The main job, from an empty account to the third plan, on the embedded simulator."""

import json
import re
from pathlib import Path

from tests.cli.conftest import Cli, draw, edit


def test_from_nothing_to_in_sync(tree: Path, cli: Cli) -> None:
    """Plan, apply, plan again: everything is made, then nothing is left to do."""
    first = cli("plan", "--detailed-exitcode")
    assert first.code == 2
    assert "1 project is created, 1 dataset is created, 1 model is trained, nothing is destroyed." in first.out
    assert first.err == ""
    done = cli("apply", "--yes")
    assert done.code == 0
    assert "1 project created, 1 version completed, 1 training started." in done.out
    assert "model/lora-max v1       training started" in done.err
    again = cli("plan", "--detailed-exitcode")
    assert again.code == 0
    assert again.out.startswith("In sync: 1 project, 1 dataset (5 images), 1 model. 3 calls.\n")
    assert re.search(r"\. model/lora-max  v1 \(a[0-9a-f]{6}\)  training", again.out)


def test_a_saved_plan_is_applied_as_it_stands_and_once(applied: Path, cli: Cli) -> None:
    """H58: the second time it is stale by its own effects; before that it needs no --yes."""
    edit(applied / "manifests/dataset.yaml", "a female character", "a cheerful girl")
    planned = cli("plan", "--out", "plan.json")
    assert "Saved. Apply it with `reconciler apply plan.json`." in planned.out
    assert cli("show", "plan.json").out == planned.out.replace("Saved. ", "")
    done = cli("apply", "plan.json")
    assert done.code == 0
    assert "1 version completed, 1 training started." in done.out
    twice = cli("apply", "plan.json")
    assert twice.code == 4
    assert "it is in sync already; was this plan applied before?" in twice.err
    assert "stdout" not in twice.out


def test_a_plan_that_the_tree_no_longer_gives_is_refused(applied: Path, cli: Cli) -> None:
    """An edit after planning makes the plan stale, and nothing is sent."""
    edit(applied / "manifests/dataset.yaml", "a female character", "a cheerful girl")
    cli("plan", "--out", "plan.json")
    (applied / "manifests/images/wave.txt").write_text("waving with both hands.\n")
    refused = cli("apply", "plan.json")
    assert refused.code == 4
    assert "dataset/lora-poses is not what this plan saw" in refused.err
    assert "Plan again" in refused.err


def test_an_empty_saved_plan_does_nothing(applied: Path, cli: Cli) -> None:
    """It says that all is in sync."""
    cli("plan", "--out", "plan.json")
    ran = cli("apply", "plan.json")
    assert (ran.code, ran.out) == (0, "In sync: 1 project, 1 dataset (5 images), 1 model. 3 calls.\n")
    assert cli("apply", "--yes").out == ran.out


def test_a_revert_costs_nothing(applied: Path, cli: Cli) -> None:
    """The first version is still live and is used again, and `output` names its model."""
    before = cli("output", "--format", "json").out
    edit(applied / "manifests/dataset.yaml", "a female character", "a cheerful girl")
    cli("apply", "--yes", "--wait", "training")
    assert json.loads(cli("output", "--format", "json").out)["models"]["lora-max"]["version"] == 2
    edit(applied / "manifests/dataset.yaml", "a cheerful girl", "a female character")
    assert cli("plan").out.startswith("In sync")
    assert cli("output", "--format", "json").out == before


def test_while_a_version_trains_output_names_the_trained_one(applied: Path, cli: Cli) -> None:
    """A program must be able to generate at any time; `status` shows what is under way."""
    draw(applied / "manifests/images/tea.png", (9, 9, 9))
    (applied / "manifests/images/tea.txt").write_text("holding a cup of tea.\n")
    assert cli("apply", "--yes").code == 0
    model = json.loads(cli("output", "--format", "json").out)["models"]["lora-max"]
    assert (model["version"], model["status"]) == (1, "completed")
    assert re.search(r"model/lora-max +v2 \(\w+\) +training", cli("status").out)
    assert "MODEL_LORA_MAX_VERSION=1\n" in cli("output", "--format", "env").out
    waited = cli("wait")
    assert waited.code == 0
    assert "model/lora-max  trained (id " in waited.out
    assert "1 training running" in waited.err
    assert "v2  completed" in cli("output").out


def test_a_wait_gives_up_when_it_was_asked_to(tree: Path, cli: Cli) -> None:
    """Exit code 5, and the model is still in training."""
    cli("apply", "--yes")
    ran = cli("wait", "--timeout", "100")
    assert ran.code == 5
    assert "still in training" in ran.out


def test_nothing_to_wait_for(applied: Path, cli: Cli) -> None:
    """Said in one line."""
    ran = cli("wait")
    assert (ran.code, ran.out) == (0, "No declared model is in training.\n")


def test_part_of_a_tree(tree: Path, cli: Cli) -> None:
    """--target takes what it needs, --exclude what needs it; the way on repeats them."""
    ran = cli("plan", "--target", "dataset/lora-poses")
    assert "model" not in ran.out.split("\n")[2]
    assert "Apply with `reconciler apply --target dataset/lora-poses`" in ran.out
    assert cli("apply", "--yes", "--exclude", "model/lora-max").code == 0
    assert cli("output").out == "model/lora-max  absent\n"


def test_limits_refuse_and_are_lifted_for_once(tree: Path, cli: Cli) -> None:
    """Over a limit the plan says how to go on, apply exits 4 before its first write, and --allow lifts it."""
    (tree / "manifests/more.yaml").write_text(
        (tree / "manifests/model.yaml")
        .read_text()
        .replace("lora-max", "lora-light")
        .replace("version: max", "version: light")
    )
    planned = cli("plan", "--out", "plan.json")
    assert planned.code == 0
    assert "Refused for 1 reason" in planned.out
    assert "Allow it once with `--allow trainings=2`" in planned.out
    refused = cli("apply", "--yes")
    assert refused.code == 4
    assert refused.err.endswith("Refused: nothing was sent.\n")
    assert cli("apply", "plan.json").code == 4
    assert cli("apply", "plan.json", "--allow", "trainings=2").code == 0
    assert cli("plan").out.startswith("In sync")


def test_the_configuration_file_speaks_where_nobody_else_does(tree: Path, cli: Cli) -> None:
    """Flag, then environment, then reconciler.yaml, then the default."""
    (tree / "manifests/reconciler.yaml").write_text("tier: starter\nlimits: {trainings: 0}\n")
    assert "starter (60 calls a minute)" in cli("plan").out
    assert "the limit is 0" in cli("plan").out
    assert "pro (1,000 calls a minute)" in cli("--tier", "pro", "plan").out
    assert "pro (1,000 calls a minute)" in cli("plan", "--tier", "pro").out
    assert "enterprise" in cli("plan", "--tier", "pro", "--tier", "enterprise").out


def test_json_is_what_out_writes(tree: Path, cli: Cli) -> None:
    """Same plan, same bytes."""
    ran = cli("plan", "--format", "json", "--out", "plan.json")
    assert (tree / "plan.json").read_text() == ran.out
    assert cli("show", "plan.json", "--format", "json").out == ran.out


def test_status_as_text_and_json(applied: Path, cli: Cli) -> None:
    """Every object with its version."""
    assert cli("status").out.endswith("3 objects, all as git declares.\n")
    found = json.loads(cli("status", "--format", "json").out)
    assert [one["in_sync"] for one in found["objects"]] == [True, True, True]


def test_a_takeover_needs_an_accept_that_is_said_again(tree: Path, cli: Cli) -> None:
    """What was accepted for a saved plan is accepted again by whoever applies it."""
    cli("apply", "--yes", "--target", "project/lora")
    edit(tree / "manifests/project.yaml", "illustration", "photography")
    refused = cli("plan")
    assert "--accept" in refused.out or "ip_medium" in refused.out
    edit(tree / "manifests/project.yaml", "photography", "illustration")
    cli("plan", "--accept", "project/lora", "--out", "plan.json")
    ran = cli("apply", "plan.json")
    assert ran.code == 4
    assert "Say it again: `--accept project/lora`." in ran.err
    assert cli("apply", "plan.json", "--accept", "project/lora").code == 0


def test_the_journal_is_kept_beside_the_root_and_out_of_git(applied: Path) -> None:
    """A line before each request and after each answer, for the owner's eyes only."""
    journal = applied / ".reconciler/journal.jsonl"
    assert journal.stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    assert {line["when"] for line in lines} == {"before", "after"}
    assert (applied / ".reconciler/.gitignore").read_text() == "*\n"


def test_without_a_journal_nothing_is_sent(tree: Path, cli: Cli) -> None:
    """F37: the file that should be a folder stops the apply."""
    (tree / ".reconciler").write_text("in the way")
    ran = cli("apply", "--yes")
    assert ran.code == 1
    assert "the journal cannot be written" in ran.err
    assert not (tree / "world.db").exists()


def test_a_prefix_is_proposed_even_where_none_is_declared(tree: Path, cli: Cli) -> None:
    """It is printed, and nothing else happens."""
    edit(tree / "manifests/dataset.yaml", "  caption_prefix", "  # caption_prefix")
    assert cli("plan").code == 3
    ran = cli("prefix", "lora-poses")
    assert ran.code == 0
    assert "Lora" in ran.out
    edit(tree / "manifests/dataset.yaml", "  # caption_prefix", "  caption_prefix")
    assert cli("prefix", "dataset/nope").code == 64
    edit(tree / "manifests/project.yaml", "defined_character", "icons")
    edit(tree / "manifests/project.yaml", "  ip_name: Lora\n", "")
    assert cli("prefix", "lora-poses").code == 4
