"""`drift`: what differs, and whose doing it is."""

import json
from pathlib import Path

import pytest

from reconciler.simulator.console import add_dataset, edit_project
from tests.cli.conftest import Cli, account, edit, flat, git


def test_nothing_differs_after_an_apply(applied: Path, cli: Cli) -> None:
    """Exit 0, one line."""
    ran = cli("drift")
    assert (ran.code, ran.out) == (0, "The live side is as git declares it.\n")


def test_a_changed_field_is_the_consoles_or_gits(applied: Path, cli: Cli) -> None:
    """Without a base both may be; with one that says the old value, git did it."""
    git("init", "--quiet", "--initial-branch=main")
    git("add", "manifests")
    git("commit", "--quiet", "-m", "x")
    edit(applied / "manifests/project.yaml", "purple hair", "green hair")
    ran = cli("drift")
    assert ran.code == 2
    assert "Changed in the console, or in git since the last apply: project/lora" in flat(ran.out)
    assert "Changed in git since: project/lora" in flat(cli("drift", "--base", "main").out)
    git("commit", "--quiet", "--all", "-m", "y")
    found = json.loads(cli("drift", "--base", "main", "--format", "json").out)
    assert [row["cause"] for row in found["drift"]] == ["console"]
    assert found["differs"] is True


def test_an_image_more_in_git_is_gits_change(applied: Path, cli: Cli) -> None:
    """The live version is intact, and its model follows."""
    (applied / "manifests/images/wave.txt").write_text("waving with both hands.\n")
    ran = cli("drift")
    assert ran.code == 2
    assert "Changed in git since: dataset/lora-poses" in flat(ran.out)
    assert "console" not in ran.out


def test_a_running_training_is_no_difference(tree: Path, cli: Cli) -> None:
    """It is shown as under way; exit 0."""
    assert cli("apply", "--yes", "--wait", "captions").code == 0
    ran = cli("drift")
    assert ran.code == 0, ran
    assert "In progress: model/lora-max is in training" in flat(ran.out)


RULE = """\
drift:
  ignore:
    - {object: project/lora, field: %s, reason: edited by the brand team in the console%s}
"""


@pytest.fixture
def edited(tree: Path, cli: Cli) -> Path:
    """Applied, and then somebody wrote another project description in the console."""
    project = tree / "manifests/project.yaml"
    project.write_text(project.read_text() + "  project_description: from git\n")
    assert cli("apply", "--yes", "--wait", "training").code == 0
    with account(tree / "world.db") as simulator:
        with simulator.transaction() as world:
            (live,) = world.projects.all()
        edit_project(simulator, live.id, description="by the brand team")
    return tree


def ignore(tree: Path, field: str, more: str = "") -> None:
    (tree / "manifests/reconciler.yaml").write_text(RULE % (field, more))


def test_an_edit_in_the_console_is_drift(edited: Path, cli: Cli) -> None:
    """Exit 2; with the tree that was applied last the cause is certain."""
    said = 'project/lora project_description is "by the brand team", git says "from git"'
    ran = cli("drift")
    assert ran.code == 2
    assert f"Changed in the console, or in git since the last apply: {said}" in flat(ran.out)
    git("init", "--quiet", "--initial-branch=main")
    git("add", "manifests")
    git("commit", "--quiet", "-m", "x")
    ran = cli("drift", "--base", "main")
    assert ran.code == 2
    assert f"Changed in the console: {said}" in flat(ran.out)


@pytest.mark.parametrize("field", ["project_description", '"*"'])
def test_an_ignored_edit_is_listed_and_does_not_count(edited: Path, cli: Cli, field: str) -> None:
    """Exit 0, with the reason; what apply would do stays as it is."""
    ignore(edited, field)
    ran = cli("drift")
    assert ran.code == 0
    assert "The live side is as git declares it, but for what is ignored." in ran.out
    assert "Ignored, as reconciler.yaml says: project/lora project_description is" in flat(ran.out)
    assert "(edited by the brand team in the console)" in flat(ran.out)
    assert cli("plan", "--detailed-exitcode").code == 2


def test_a_rule_for_another_field_ignores_nothing(edited: Path, cli: Cli) -> None:
    """Nor is it said."""
    ignore(edited, "ip_name")
    ran = cli("drift")
    assert ran.code == 2
    assert "reconciler.yaml" not in ran.out


def test_a_rule_ends_on_its_day(edited: Path, cli: Cli) -> None:
    """The last day counts; on the next one it is said to be over, and the difference counts again."""
    ignore(edited, "project_description", ", until: 2027-01-31")
    ran = cli("drift", "--today", "2027-01-31")
    assert ran.code == 0
    assert "in the console, until 2027-01-31)" in flat(ran.out)
    ran = cli("drift", "--today", "2027-02-01")
    assert ran.code == 2
    assert "Over, and no longer ignored: project/lora project_description (edited by" in flat(ran.out)
    found = json.loads(cli("drift", "--today", "2027-02-01", "--format", "json").out)
    assert (found["ignored"], found["expired"][0]["until"]) == ([], "2027-01-31")
    found = json.loads(cli("drift", "--today", "2027-01-31", "--format", "json").out)
    assert (found["differs"], found["drift"], found["expired"]) == (False, [], [])
    assert found["ignored"][0]["field"] == "project_description"
    assert cli("drift", "--today", "tomorrow").code == 64


def test_what_git_does_not_know_is_the_consoles_and_can_be_ignored(applied: Path, cli: Cli) -> None:
    """A stray is live, and no manifest declares it."""
    with account(applied / "world.db") as simulator:
        with simulator.transaction() as world:
            (live,) = world.projects.all()
        add_dataset(simulator, live.id, "tried by hand")
    ran = cli("drift")
    assert ran.code == 2
    assert "Changed in the console: project/lora project" in flat(ran.out)
    told = "holds 1 dataset that git does not know; `reconciler status --strays` lists them"
    assert told in flat(ran.out)
    ignore(applied, "strays")
    assert cli("drift").code == 0


def test_what_a_commit_removed_is_not_the_consoles(applied: Path, cli: Cli) -> None:
    """With the base that declared it, git did it; without one, nobody knows. What was deleted is called deleted."""
    git("init", "--quiet", "--initial-branch=main")
    git("add", "manifests")
    git("commit", "--quiet", "-m", "x")
    text = (applied / "manifests/model.yaml").read_text()
    (applied / "manifests/model.yaml").unlink()
    said = "holds 1 model whose manifests a commit took away: what is live of them stays"
    assert f"Changed in git since: project/lora project 1001 {said}" in flat(cli("drift", "--base", "main").out)
    ran = cli("drift")
    assert "that this tool made and no manifest declares" in flat(ran.out)
    assert "Changed in the console:" not in ran.out
    (applied / "manifests/model.yaml").write_text(text)
    assert cli("destroy", "--yes").code == 0
    gone = cli("drift", "--base", "main")
    assert "Deleted since, in the console or by this tool: project/lora is not live" in flat(gone.out)
    assert "Changed in the console" not in gone.out


def test_a_rule_with_a_mistake_stops_the_command(applied: Path, cli: Cli) -> None:
    """At its place, with a guess."""
    ignore(applied, "project_descripton")
    ran = cli("drift")
    assert ran.code == 3
    assert "manifests/reconciler.yaml:3:37" in ran.err
    assert 'Did you mean "project_description"?' in ran.err


def test_a_rule_about_an_object_that_git_does_not_declare_is_said(edited: Path, cli: Cli) -> None:
    """A slip of the pen ignores nothing, and would not be noticed; in force or not, the exit code is that of the rest."""
    ignore(edited, '"*"')
    assert "no manifest declares" not in flat(cli("drift").out)
    rules = edited / "manifests/reconciler.yaml"
    rules.write_text(rules.read_text().replace("project/lora", "project/laura"))
    ran = cli("drift")
    assert ran.code == 2
    said = "Rules about an object that no manifest declares: project/laura * (edited by the brand team in the console)"
    assert said in flat(ran.out)
    assert "correct `object`, or remove the rule" in flat(ran.out)
    assert [rule["ref"] for rule in json.loads(cli("drift", "--format", "json").out)["idle"]] == ["project/laura"]
