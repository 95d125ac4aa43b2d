"""`apply --equivalent-to`: what was reviewed is done, and nothing else."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli, draw, edit, flat, git


@pytest.fixture
def deployed(applied: Path) -> Path:
    """The tree, committed as `main`, applied and trained."""
    git("init", "--quiet", "--initial-branch=main")
    git("add", "manifests")
    git("commit", "--quiet", "-m", "x")
    return applied


@pytest.fixture
def changed(deployed: Path) -> Path:
    """One image more."""
    draw(deployed / "manifests/images/run.png", (1, 2, 3))
    (deployed / "manifests/images/run.txt").write_text("running.\n")
    return deployed


def test_what_was_reviewed_offline_is_done(changed: Path, cli: Cli) -> None:
    """No --yes is needed: the review was one. Applied again, it is not what would be done."""
    assert cli("plan", "--base", "main", "--out", "plan.json").code == 0
    ran = cli("apply", "--equivalent-to", "plan.json", "--wait", "training")
    assert ran.code == 0, ran
    assert "1 model trained" in ran.out
    again = cli("apply", "--equivalent-to", "plan.json")
    assert again.code == 4
    assert "- dataset/lora-poses: image comes:" in flat(again.err)
    assert "Nothing is left to do: was it applied before?" in again.err


def test_a_live_plan_can_be_compared_with_too(changed: Path, cli: Cli) -> None:
    """And means the same as one against the base."""
    assert cli("plan", "--out", "plan.json").code == 0
    assert cli("apply", "--equivalent-to", "plan.json").code == 0


def test_an_edit_after_the_review_is_refused_with_what_differs(changed: Path, cli: Cli) -> None:
    """Exit 4, both sides, nothing sent."""
    assert cli("plan", "--base", "main", "--out", "plan.json").code == 0
    (changed / "manifests/images/run.txt").write_text("sprinting.\n")
    ran = cli("apply", "--equivalent-to", "plan.json", "--yes")
    assert ran.code == 4
    assert '- dataset/lora-poses: image comes: "run.png"' in flat(ran.err)
    assert '+ dataset/lora-poses: image comes: "run.png"' in flat(ran.err)
    assert '"sprinting."' in flat(ran.err)


def test_a_plan_that_asked_nothing_cannot_be_applied_itself(changed: Path, cli: Cli) -> None:
    """It names no live object; shown, it says how to go on."""
    cli("plan", "--base", "main", "--out", "plan.json")
    ran = cli("apply", "plan.json")
    assert ran.code == 4
    assert "--equivalent-to" in flat(ran.err)
    assert "apply --within plan.json" in flat(cli("show", "plan.json").out)


def test_limits_count_all_the_same(changed: Path, cli: Cli) -> None:
    """A review is no leave to go over a limit."""
    cli("plan", "--base", "main", "--out", "plan.json")
    (changed / "manifests/reconciler.yaml").write_text("limits: {trainings: 0}\n")
    assert cli("apply", "--equivalent-to", "plan.json").code == 4
    assert cli("apply", "--equivalent-to", "plan.json", "--allow", "trainings=1").code == 0


def test_two_plan_files_are_wrong_usage(changed: Path, cli: Cli) -> None:
    """Applied as it is, or compared with."""
    cli("plan", "--out", "plan.json")
    assert cli("apply", "plan.json", "--equivalent-to", "plan.json").code == 64


def test_a_plan_is_printed_as_markdown_and_html(changed: Path, cli: Cli) -> None:
    """The page has pictures of the tree; a looser limit stands at the top of the comment."""
    (changed / "manifests/reconciler.yaml").write_text("limits: {trainings: 5}\n")
    comment = cli("plan", "--base", "main", "--format", "markdown", "--out", "plan.json")
    assert comment.code == 0
    assert comment.out.splitlines()[1].startswith("**warning: this change loosens `limits.trainings` from 1 to 5")
    page = cli("show", "plan.json", "--format", "html")
    assert page.code == 0
    assert "data:image/webp;base64," in page.out


def test_pictures_of_what_goes_come_from_the_base(deployed: Path, cli: Cli) -> None:
    """Only the base revision still holds them; a plan file tells which one it was."""
    for suffix in ("png", "txt"):
        (deployed / f"manifests/images/wave.{suffix}").unlink()
    with_base = cli("plan", "--base", "main", "--allow", "image_removals_percent=50", "--format", "html")
    cli("plan", "--base", "main", "--out", "plan.json")
    shown = cli("show", "plan.json", "--format", "html")
    assert with_base.out.count("data:image/webp") == shown.out.count("data:image/webp")
    git("branch", "--quiet", "--move", "main", "other")
    without = cli("show", "plan.json", "--format", "html")
    assert without.code == 0
    assert without.out.count("data:image/webp") < shown.out.count("data:image/webp")


def test_a_promotion_alone_is_told(deployed: Path, cli: Cli) -> None:
    """It costs nothing, and it is not nothing."""
    model = deployed / "manifests/model.yaml"
    model.write_text(model.read_text() + "  aliases: {production: current}\n")
    ran = cli("plan", "--base", "main")
    assert "production is new and names a" in flat(ran.out)
    edit(model, "current", "v1")
    assert "production is new and names v1, nothing is sent." in cli("plan", "--base", "main").out


def test_within_a_review_less_will_do(changed: Path, cli: Cli) -> None:
    """No --yes is needed; what was done already is no reason to refuse, and a second run has nothing to do."""
    assert cli("plan", "--base", "main", "--out", "plan.json").code == 0
    assert cli("apply", "--target", "dataset/lora-poses", "--yes").code == 0
    ran = cli("apply", "--within", "plan.json", "--wait", "training")
    assert ran.code == 0, ran
    assert "1 model trained" in ran.out
    assert "What was reviewed beyond this is live already, or not needed any more." in ran.err
    again = cli("apply", "--within", "plan.json")
    assert (again.code, again.err) == (0, "")
    assert again.out.startswith("In sync: ")


def test_more_than_was_reviewed_is_refused_with_what_is_more(changed: Path, cli: Cli) -> None:
    """Exit 4, nothing is sent; only what was not reviewed is told."""
    assert cli("plan", "--base", "main", "--out", "plan.json").code == 0
    (changed / "manifests/images/wave.png").unlink()
    (changed / "manifests/images/wave.txt").unlink()
    before = (changed / "world.db").read_bytes()
    ran = cli("apply", "--within", "plan.json", "--yes")
    assert ran.code == 4
    assert "More would be done now than was reviewed (+ not reviewed)" in flat(ran.err)
    assert '+ dataset/lora-poses: image goes: "wave"' in flat(ran.err)
    assert "- dataset/lora-poses" not in flat(ran.err)
    assert (changed / "world.db").read_bytes() == before


def test_only_one_plan_file_binds(changed: Path, cli: Cli) -> None:
    """One of the three ways."""
    cli("plan", "--out", "plan.json")
    for arguments in (
        ("plan.json", "--within", "plan.json"),
        ("--within", "plan.json", "--equivalent-to", "plan.json"),
    ):
        ran = cli("apply", *arguments)
        assert ran.code == 64
        assert "name one plan file" in flat(ran.err)


def test_a_summary_may_be_longer_than_a_comment(deployed: Path, cli: Cli) -> None:
    """65,536 characters and 1 MiB; the same begin, and the same from a plan file."""
    images = deployed / "manifests/images"
    for number in range(190):
        draw(images / f"run{number}.png", (number, 2, 3))
        (images / f"run{number}.txt").write_text(f"{'läuft über Straßen ' * 50}{number}.\n")
    document = (deployed / "manifests/dataset.yaml").read_text()
    (deployed / "manifests/more.yaml").write_text(document.replace("name: lora-poses", "name: lora-runs"))
    comment = cli("plan", "--base", "main", "--format", "markdown", "--out", "plan.json").out
    summary = cli("plan", "--base", "main", "--format", "markdown", "--length", "summary").out
    assert len(comment.encode()) < 65_536 < len(summary.encode()) < 2**20
    assert "- `+` `run189.png` `läuft" in summary
    assert cli("show", "plan.json", "--format", "markdown", "--length", "summary").out == summary
    assert cli("show", "plan.json", "--format", "markdown").out == comment
