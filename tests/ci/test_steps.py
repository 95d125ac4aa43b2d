import json
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from reconciler.core.fingerprint import declared_fingerprint
from reconciler.core.kind import Kind
from reconciler.core.ref import Ref
from reconciler.simulator import Simulator
from tests.ci.conftest import BREAK, FORGE_TOKEN, SCRIPTS, TOKEN, Job, edit
from tests.ci.forge import BOT
from tests.ci.review import git
from tests.cli.looks import GALLERY, approve_looks, draw_looks, tree_of

pytestmark = pytest.mark.slow  # each step starts the command line several times

MODEL = Ref(Kind.MODEL, "lora-max")
MARKER = "<!-- reconciler:plan:manifests -->"


def test_a_pull_request_gets_one_comment_that_is_kept_up_to_date(job: Job) -> None:
    """The first plan writes it, the next one changes it, and once nothing is left to do it says so."""
    first = job.run("plan")
    assert first.code == 0, first.log
    assert first.outputs["changes"] == "true"
    assert first.outputs["refused"] == "false"
    (comment,) = job.forge.comments
    assert comment["body"].startswith(f"{MARKER}\n**1 project is created, 1 dataset is created, 1 model is trained")
    assert comment["body"] == (first.results / "plan.md").read_text()
    assert first.summary.startswith(f"{MARKER}\n**1 project is created")
    assert not [line for line in job.seen() if "--length" in line]
    assert json.loads((first.results / "plan.json").read_text())["plan"]["actions"]

    edit(job.tree, "purple", "green")
    job.run("plan")
    (comment,) = job.forge.comments
    assert "green hair" in comment["body"]

    assert job.run("apply").code == 0
    last = job.run("plan")
    assert last.outputs["changes"] == "false"
    (comment,) = job.forge.comments
    assert comment["body"] == f"{MARKER}\n**In sync now: merging this changes nothing on the live side.**\n"


def test_a_summary_holds_what_a_comment_cannot(job: Job) -> None:
    """Where the comment had to be shortened, the summary of the job is not."""
    images = job.tree / "manifests" / "images"
    for number in range(190):
        name = f"{'long-' * 20}{number}"
        Image.new("RGB", (300, 300), (number, 2, 3)).save(images / f"{name}.png")
        (images / f"{name}.txt").write_text(f"{'standing ' * 20}{number}.\n")
    dataset = (job.tree / "manifests" / "dataset.yaml").read_text()
    (job.tree / "manifests" / "more.yaml").write_text(dataset.replace("name: lora-poses", "name: lora-more"))
    ended = job.run("plan")
    assert ended.code == 0, ended.log
    body = job.forge.comments[0]["body"]
    assert "Shortened; the whole: " in body
    assert len(body) < 65_536 < len(ended.summary) < 2**20
    assert "Shortened" not in ended.summary


def test_a_pull_request_that_changes_nothing_is_left_in_peace(job: Job) -> None:
    """No comment is begun only to say that there is nothing to say."""
    assert job.run("apply").code == 0
    assert job.run("plan").code == 0
    assert job.forge.comments == []


def test_problems_are_annotated_and_the_comment_says_so(job: Job) -> None:
    """The earlier plan must not go on standing there as if it held."""
    job.run("plan")
    edit(job.tree, *BREAK)
    ended = job.run("plan")
    assert ended.code == 3
    assert "::error file=manifests/dataset.yaml,line=6,col=3,title=" in ended.log
    (comment,) = job.forge.comments
    assert comment["body"].startswith(
        f"{MARKER}\n**There are problems in the manifests; nothing was planned.**\n\n    "
    )
    assert "caption_prefx" in comment["body"]
    assert ended.outputs["exit-code"] == "3"


def test_a_plan_that_would_be_refused_fails_the_check_unless_told_otherwise(job: Job) -> None:
    """Better red before the merge than after it; `allow` goes to plan and apply alike."""
    (job.tree / "manifests" / "reconciler.yaml").write_text("limits: {trainings: 0}\n")
    ended = job.run("plan")
    assert (ended.code, ended.outputs["refused"]) == (4, "true")
    assert "**Refused for 1 reason.**" in job.forge.comments[0]["body"]
    assert job.run("plan", STEP_STRICT="false").code == 0
    assert job.run("apply", STEP_ALLOW="trainings=1\n\nuploads=50\n").code == 0
    assert job.seen()[-1][3:] == ["--allow", "trainings=1", "--allow", "uploads=50", "--yes"]


def test_without_a_token_a_plan_compares_with_the_base_and_sends_nothing(job: Job) -> None:
    """H82, H85: a fork has no secret; the commit is resolved before it is handed on."""
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=job.tree, capture_output=True, text=True, check=True)
    edit(job.tree, "purple", "green")
    ended = job.run("plan", BRIA_API_TOKEN="", STEP_BASE="HEAD", RECONCILER_ENDPOINT="http://127.0.0.1:9")
    assert ended.code == 0, ended.log
    assert "**1 dataset gets a new version, 1 model is trained" in job.forge.comments[0]["body"]
    (arguments,) = [line for line in job.seen() if line[0] == "plan"]
    assert arguments[arguments.index("--base") + 1] == head.stdout.strip()


def test_a_promotion_gets_a_comment_with_a_token_and_without(job: Job) -> None:
    """It sends nothing, and it is what programs notice first: the comment says it in its first line."""
    assert job.run("apply").code == 0
    model = next(path for path in (job.tree / "manifests").glob("*.yaml") if "kind: Model" in path.read_text())
    model.write_text(model.read_text() + "  aliases: {production: current}\n")
    git(job.tree, "commit", "--quiet", "--all", "-m", "promoted")
    for token in ("", TOKEN):
        job.forge.comments.clear()
        ended = job.run("plan", BRIA_API_TOKEN=token)
        assert ended.code == 0, ended.log
        assert ended.outputs["changes"] == "true"
        assert "production is new and names " in job.forge.comments[0]["body"].splitlines()[1]


def test_a_guarded_alias_fails_the_check_until_its_version_is_approved(job: Job) -> None:
    """In the pull request already, without a token as with one; the comment says what to run next."""
    manifests = job.tree / "manifests"
    (manifests / "gallery.yaml").write_text(GALLERY)
    model = next(path for path in manifests.glob("*.yaml") if "kind: Model" in path.read_text())
    model.write_text(model.read_text() + "  promotion: {aliases: [production], gallery: looks}\n")
    for arguments in (("add", "."), ("commit", "--quiet", "-m", "guarded")):
        git(job.tree, *arguments)
    fingerprint = declared_fingerprint(tree_of(manifests).models[MODEL], tree_of(manifests))
    model.write_text(model.read_text() + f"  aliases: {{production: {fingerprint}}}\n")
    git(job.tree, "commit", "--quiet", "--all", "-m", "promoted")
    for token in ("", TOKEN):
        ended = job.run("plan", BRIA_API_TOKEN=token)
        assert (ended.code, ended.outputs["refused"]) == (4, "true"), ended.log
        body = job.forge.comments[0]["body"]
        assert f"may not name {fingerprint}" in body.replace("`", "")
        assert f"reconciler gallery run looks --version {fingerprint}" in body
    draw_looks(fingerprint, root=manifests)
    approve_looks(fingerprint, root=manifests)
    ended = job.run("plan", BRIA_API_TOKEN="")
    assert (ended.code, ended.outputs["refused"]) == (0, "false"), ended.log


def test_with_a_token_a_broken_or_missing_base_is_no_obstacle(job: Job) -> None:
    """The live side says what would be done; what only a base can tell is left out, and the log says so."""
    alone = job.run("plan")
    assert alone.code == 0
    assert "aliases that move and limits that are loosened are not told" in alone.log
    edit(job.tree, *BREAK)
    git(job.tree, "commit", "--quiet", "--all", "-m", "broken")
    edit(job.tree, *reversed(BREAK))
    ended = job.run("plan", STEP_BASE="HEAD")
    assert ended.code == 0, ended.log
    assert "so the plan looks at the live side alone" in ended.log
    assert "**1 project is created" in job.forge.comments[0]["body"]


@pytest.mark.parametrize("base", ["HEAD^1", "--upload-pack=x", "$(id)", "0" * 40])
def test_a_base_that_is_not_there_is_no_plan_against_nothing(job: Job, base: str) -> None:
    """H84, H85: whatever the base is called, it is a commit of this checkout or the step ends with what to do."""
    ended = job.run("plan", BRIA_API_TOKEN="", STEP_BASE=base)
    assert ended.code == 64
    assert "fetch-depth: 0" in ended.log
    assert not [line for line in job.seen() if line[0] == "plan"]
    assert "Nothing was planned" in job.forge.comments[0]["body"]


def test_a_simulated_account_needs_no_token(job: Job) -> None:
    """A team may try the whole thing before it has one."""
    ended = job.run("plan", BRIA_API_TOKEN="", RECONCILER_ENDPOINT="simulator")
    assert ended.code == 0, ended.log
    assert not [line for line in job.seen() if "--base" in line]


def test_a_plan_that_fails_says_why_in_the_comment(job: Job) -> None:
    """The exit code goes through, and what stands in the log stands here, set in: it is text of the tree."""
    ended = job.run("plan", STEP_ALLOW="nonsense=1")
    assert (ended.code, ended.outputs["exit-code"]) == (64, "64")
    first, _, why = job.forge.comments[0]["body"].partition("\n\n")
    assert first == f"{MARKER}\n**Nothing was planned (exit code 64).**"
    assert 'There is no limit "nonsense"' in why
    assert 'There is no limit "nonsense"' in ended.log
    assert all(line.startswith("    ") for line in why.splitlines() if line)


def test_problems_of_the_base_are_said_in_the_comment(job: Job) -> None:
    """The change may be the one that mends them, so its author has to see what is wrong there."""
    edit(job.tree, *BREAK)
    git(job.tree, "commit", "--quiet", "--all", "-m", "broken")
    edit(job.tree, *reversed(BREAK))
    ended = job.run("plan", BRIA_API_TOKEN="", STEP_BASE="HEAD")
    assert ended.code == 3
    assert "**Nothing was planned (exit code 3).**" in job.forge.comments[0]["body"]
    assert "caption_prefx" in job.forge.comments[0]["body"]


def test_a_comment_holds_what_github_takes(job: Job) -> None:
    """65,536 characters, the setting in included: short lines grow the most."""
    long = job.home / "long.txt"
    long.write_text("x\n" * 60_000)
    made = subprocess.run(
        ["bash", "-c", f'. "{SCRIPTS}/common.sh"; as_code "{long}"'],
        cwd=job.tree,
        env=job.environ,
        capture_output=True,
        check=True,
    )
    assert 50_000 < len(made.stdout) < 65_000


def test_a_pull_request_about_something_else_is_left_in_peace(job: Job) -> None:
    """The check runs on each pull request, so that it may be required, and has nothing to say on most."""
    ended = job.run("plan", BRIA_API_TOKEN="", STEP_BASE="HEAD")
    assert (ended.code, ended.outputs["changes"]) == (0, "false")
    assert job.forge.comments == []
    assert ended.summary == (ended.results / "plan.md").read_text() != ""


@pytest.mark.parametrize(
    ("step", "endpoint"), [("apply", "simulator:.reconciler/account.sqlite"), ("drift", "simulator")]
)
def test_a_token_is_not_left_idle_on_the_simulator(job: Job, step: str, endpoint: str) -> None:
    """`init` names a simulator: with it each run would be green for ever. Whoever names it for CI means it."""
    (job.tree / "manifests" / "reconciler.yaml").write_text(f"endpoint: {endpoint}\n")
    ended = job.run(step, RECONCILER_ENDPOINT="")
    assert (ended.code, ended.outputs["exit-code"]) == (64, "64")
    assert "manifests/reconciler.yaml names a simulator as `endpoint`" in ended.log
    assert "manifests/reconciler.yaml names a simulator as `endpoint`" in ended.summary
    assert not [line for line in job.seen() if line[0] == step]
    assert job.run("apply", RECONCILER_ENDPOINT="simulator").code == 0
    assert job.run("apply", RECONCILER_ENDPOINT="", BRIA_API_TOKEN="").code == 0


def test_a_token_for_the_real_api_is_not_held_up(job: Job, world: Simulator) -> None:
    """The question is asked without the token, so that nothing can be sent."""
    ask = f'. "{SCRIPTS}/common.sh"; if token_is_idle; then echo idle; else echo "at work"; fi'
    environ = {**job.environ, "RECONCILER_ENDPOINT": ""}
    made = subprocess.run(["bash", "-c", ask], cwd=job.tree, env=environ, capture_output=True, text=True, check=True)
    assert made.stdout == "at work\n"
    assert world.log == []


def test_another_ci_finds_the_tool_and_expects_no_comment(elsewhere: Job) -> None:
    """As docs/ci.md says it: installed by one step, found by the next, and no word about a forge that is not there."""
    tools = elsewhere.home / "bin"
    place = elsewhere.home / "place" / "bin"
    place.parent.mkdir()
    tools.rename(place)
    ended = elsewhere.run("plan", STEP_HOME=str(place.parent))
    assert ended.code == 0, ended.log
    assert elsewhere.run("apply", STEP_HOME=str(place.parent)).code == 0
    drifted = elsewhere.run("drift", STEP_HOME=str(place.parent))
    assert drifted.code == 0, drifted.log
    assert not [log for log in (ended.log, drifted.log) if "GitHub" in log or "written as a comment" in log]
    assert elsewhere.forge.requests == []


@pytest.mark.parametrize("setting", [{"STEP_COMMENT": "false"}, {"STEP_FORGE_TOKEN": ""}, {"STEP_PULL": "x"}])
def test_where_no_comment_can_or_shall_be_written_the_step_goes_on(job: Job, setting: dict[str, str]) -> None:
    """The summary and the artifacts hold the plan all the same."""
    ended = job.run("plan", **setting)
    assert ended.code == 0, ended.log
    assert job.forge.comments == []
    assert ended.summary.startswith(MARKER)


def test_a_refused_or_broken_forge_does_not_fail_the_step(job: Job) -> None:
    """A fork's token may not write comments; a forge that is down may not stop an apply."""
    job.forge.status = 403
    assert "The forge answered 403." in job.run("plan").log
    job.forge.status = 500
    ended = job.run("plan")
    assert (ended.code, "could not be written" in ended.log) == (0, True)


def test_the_tokens_go_where_they_belong(job: Job) -> None:
    """The forge never sees the API's, and no program but the one that comments gets the forge's."""
    job.run("plan")
    assert all(TOKEN not in str(headers) for headers in job.forge.headers)
    assert all(headers["authorization"] == f"Bearer {FORGE_TOKEN}" for headers in job.forge.headers)


def test_nothing_of_the_tree_is_executed_or_followed(job: Job, tmp_path: Path) -> None:
    """H83: modules that would shadow ours, and a link where results go."""
    job.start_cold()
    (job.tree / "json.py").write_text("raise SystemExit('executed')\n")
    (job.tree / "argparse.py").write_text("raise SystemExit('executed')\n")
    target = tmp_path / "elsewhere"
    target.mkdir()
    (job.tree / "results").symlink_to(target)
    ended = job.run("plan", STEP_RESULTS="results", STEP_COMMENT="true")
    assert "executed" not in ended.log
    assert job.forge.comments
    assert list(target.iterdir()) == []


def test_an_apply_reports_in_the_summary_and_passes_its_code_on(job: Job) -> None:
    """The log is set in, so that nothing in it can be more than text."""
    ended = job.run("apply")
    assert ended.code == 0, ended.log
    assert ended.summary.startswith("**apply ended with exit code 0**\n\n    ")
    assert "training started" in ended.summary
    again = job.run("apply")
    assert "In sync" in again.summary
    assert job.seen()[-1] == ["apply", "--wait", "captions", "--yes"]
    assert job.run("apply", STEP_WAIT="none").code == 0
    assert job.seen()[-1] == ["apply", "--wait", "none", "--yes"]


def test_an_apply_takes_a_saved_plan_or_a_reviewed_one(job: Job) -> None:
    """Exactly the plan, or only what was reviewed."""
    job.run("plan")
    saved = job.home / "saved.json"
    saved.write_bytes((job.home / "reconciler-results-manifests" / "plan.json").read_bytes())
    assert job.run("apply", STEP_PLAN=str(saved)).code == 0
    assert job.seen()[-1] == ["apply", "--wait", "captions", str(saved)]
    assert job.run("apply", STEP_REVIEWED=str(saved)).code == 0
    assert job.seen()[-1] == ["apply", "--wait", "captions", "--within", str(saved)]
    edit(job.tree, "purple", "green")
    ended = job.run("apply", STEP_REVIEWED=str(saved))
    assert ended.code == 4
    assert "+ dataset/lora-poses: " in ended.summary


def test_drift_opens_one_issue_and_closes_it_again(job: Job) -> None:
    """An issue that exists is updated; a pull request that looks like it is none."""
    job.forge.issues.append(
        {
            "id": 90,
            "number": 90,
            "pull_request": {},
            "body": "<!-- reconciler:drift:manifests -->",
            "user": {"login": BOT},
        }
    )
    assert job.run("apply").code == 0
    edit(job.tree, "purple", "green")
    for _ in range(2):
        ended = job.run("drift")
        assert (ended.code, ended.outputs["changes"]) == (0, "true")
        (issue,) = job.forge.issues[1:]
        assert issue["body"].startswith("<!-- reconciler:drift:manifests -->\nThe live side differs")
        assert "dataset/lora-poses" in issue["body"]
    edit(job.tree, "green", "purple")
    ended = job.run("drift")
    assert (ended.code, ended.outputs["changes"]) == (0, "false")
    assert job.forge.issues[1]["state"] == "closed"
    assert job.run("drift").code == 0


def test_drift_that_cannot_be_told_fails(job: Job) -> None:
    """Silence would look like no drift."""
    edit(job.tree, *BREAK)
    ended = job.run("drift")
    assert ended.code == 3
    assert job.forge.issues == []


def test_the_command_is_one_of_three(job: Job) -> None:
    """Nothing else becomes the name of a script."""
    assert job.run("run", STEP_COMMAND="../../x").code == 64
    assert job.run("run", STEP_COMMAND="plan").code == 0


def test_a_tool_that_is_there_is_not_installed_again(job: Job) -> None:
    """An image may bring it along."""
    ended = job.run("install")
    assert ended.code == 0, ended.log
    assert not (job.home / "reconciler-home").exists()
