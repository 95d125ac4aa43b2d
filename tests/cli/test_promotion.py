"""A commit that moves an alias: what the review tells of it, and which fingerprints nothing knows."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, edit, flat, git

OFFLINE = ("plan", "--base", "main", "--detailed-exitcode")
LIVE = ("plan", "--base", "main", "--live", "--detailed-exitcode")
UNKNOWN = "a0000000"


def fingerprint(cli: Cli) -> str:
    """What the manifest describes, as an alias names it."""
    return cli("validate").out.split("lora-max", 1)[1].split()[0][:7]


def write_aliases(model: Path, text: str) -> None:
    kept = [line for line in model.read_text().splitlines() if "aliases:" not in line]
    model.write_text("\n".join([*kept, f"  aliases: {{{text}}}", ""]))


@pytest.fixture
def model(tree: Path, cli: Cli) -> Path:
    """`main` in its third commit: another definition twice, and `production` on the second one."""
    place = tree / "manifests/model.yaml"
    git("init", "--quiet", "--initial-branch=main")
    for version in ("max", "light", "max"):
        lines = place.read_text().splitlines()
        kept = [line for line in lines if "training_version" not in line]
        place.write_text("\n".join([*kept, f"  training_version: {version}", ""]))
        git("add", "manifests")
        git("commit", "--quiet", "-m", version)
    return place


def test_a_promotion_is_a_change_everywhere(model: Path, cli: Cli) -> None:
    """Exit 2, the headline, a comment, and values in JSON; an apply has nothing to do and says so."""
    write_aliases(model, f"production: {fingerprint(cli)}")
    git("commit", "--quiet", "--all", "-m", "aliases")
    was = fingerprint(cli)
    edit(model, "training_version: max", "training_version: light")
    now = fingerprint(cli)
    git("commit", "--quiet", "--all", "-m", "a definition that is promoted later")
    edit(model, f"production: {was}", f"production: {now}")
    ran = cli(*OFFLINE)
    assert ran.code == 2
    assert f"production moves from {was} to {now}, nothing is sent." in flat(ran.out)
    comment = cli(*OFFLINE, "--format", "markdown").out
    assert comment.splitlines()[1] == f"**production moves from `{was}` to `{now}`, nothing is sent.**"
    (told,) = json.loads(cli(*OFFLINE, "--format", "json").out)["plan"]["consequences"]
    assert (told["kind"], told["before"]["target"], told["after"]["target"]) == ("alias", was, now)


def test_a_promotion_on_the_live_side_names_versions(model: Path, cli: Cli) -> None:
    """`v1` and `v2` of the account, before and after."""
    was = fingerprint(cli)
    write_aliases(model, f"production: {was}")
    git("commit", "--quiet", "--all", "-m", "one")
    assert cli("apply", "--yes", "--wait", "training").code == 0
    edit(model, "training_version: max", "training_version: light")
    git("commit", "--quiet", "--all", "-m", "two")
    assert cli("apply", "--yes", "--wait", "training").code == 0
    now = fingerprint(cli)
    edit(model, f"production: {was}", f"production: {now}")
    ran = cli(*LIVE)
    assert ran.code == 2
    assert f"production moves from v1 ({was}) to v2 ({now}), nothing is sent." in flat(ran.out)
    assert "Merge it: `reconciler apply` has nothing to do." in flat(ran.out)
    write_aliases(model, f"production: {UNKNOWN}")
    refused = cli("apply", "--yes")
    assert refused.code == 4
    assert "no version in the account, no commit of this repository" in flat(refused.out)
    write_aliases(model, f"production: {now[:-1]}{'0' if now[-1] != '0' else '1'}")
    assert f"Did you mean {now}?" in cli("plan").out


def test_a_roll_back_finds_its_version_in_the_history(model: Path, cli: Cli) -> None:
    """Neither the tree nor its base describes it, and two commits before did."""
    edit(model, "training_version: max", "training_version: light")
    older = fingerprint(cli)
    edit(model, "training_version: light", "training_version: max")
    write_aliases(model, f"production: {older}")
    ran = cli(*OFFLINE)
    assert ran.code == 2
    assert f"production is new and names {older}, nothing is sent." in flat(ran.out)
    assert "refuses" not in ran.out


def test_a_fingerprint_that_nothing_knows_is_refused(model: Path, cli: Cli) -> None:
    """Before the merge, and not by the program that asks for production after it."""
    write_aliases(model, f"production: {UNKNOWN}")
    ran = cli(*OFFLINE)
    assert ran.code == 2
    assert f'the alias production names "{UNKNOWN}", and nothing has that fingerprint' in flat(ran.out)
    assert "`reconciler history model/lora-max`" in flat(ran.out)
    assert "`reconciler apply` refuses this plan" in flat(ran.out)
    git("commit", "--quiet", "--all", "-m", "merged all the same")
    edit(model, "training_version: max", "training_version: light")
    assert "nothing has that fingerprint" not in cli(*OFFLINE).out, "what was merged before is not this change's fault"


def test_in_a_shallow_clone_an_unknown_fingerprint_is_a_warning(
    model: Path, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can be sure there, and the warning says what would make it sure."""
    git("clone", "--quiet", "--depth=1", f"file://{tmp_path}", str(tmp_path / "shallow"))
    monkeypatch.chdir(tmp_path / "shallow")
    write_aliases(Path("manifests/model.yaml"), f"production: {UNKNOWN}")
    ran = cli("plan", "--base", "HEAD", "--detailed-exitcode")
    assert ran.code == 2
    assert "refuses" not in ran.out
    assert "warning: model/lora-max: the alias production names" in flat(ran.out)
    assert "`fetch-depth: 0`" in ran.out
    live = cli("plan")
    assert "no version in the account, no commit that is here" in flat(live.out)
    assert "`reconciler apply` refuses this plan" in flat(live.out)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("  training: {retrain: never}\n", "model/lora-max is not trained again, whatever changes"),
        ("  training: {start: false}\n", "model/lora-max gets new versions that are created and not trained"),
    ],
)
def test_a_policy_is_a_change(model: Path, cli: Cli, line: str, said: str) -> None:
    """Nothing is sent by it, and it decides what the next change does."""
    model.write_text(model.read_text() + line)
    ran = cli(*OFFLINE)
    assert ran.code == 2
    assert said in flat(ran.out)
    assert cli(*OFFLINE, "--format", "markdown").out.count("trained") >= 2


def test_outside_of_git_the_account_alone_says_what_there_is(tree: Path, cli: Cli) -> None:
    """No word about commits that nobody made."""
    write_aliases(tree / "manifests/model.yaml", f"production: {UNKNOWN}")
    ran = cli("plan")
    assert "not what the manifest describes, no version in the account." in flat(ran.out)
    assert "commit" not in ran.out
