"""Two roots of one repository, side by side: each is planned, bound, applied and watched by itself."""

import shutil
from pathlib import Path

import pytest

from reconciler.simulator import Simulator
from tests.ci.conftest import Ended, Job
from tests.ci.review import GitHub, GitLab, folder, git
from tests.ci.test_files import jobs_of
from tests.cli.conftest import plant

pytestmark = pytest.mark.slow  # each step starts the command line several times

ROOTS = {"manifests": "one", "brand/manifests": "two"}
"""Each root, and what CI calls its account; here both are the same one."""
OVERLAYS = {"manifests": "", "brand/manifests": "trial"}


def surroundings(vendor: str, root: str) -> dict[str, str]:
    """What the action and the component set for a stage."""
    account, overlay = ROOTS[root], OVERLAYS[root]
    if vendor == "gitlab":
        return {
            **jobs_of(root=root, account=account, overlay=overlay)["shared"]["variables"],
            "RECONCILER_ENDPOINT": "",
            "RECONCILER_TIER": "",
        }
    return {"RECONCILER_ROOT": root, "RECONCILER_ACCOUNT": account, "RECONCILER_OVERLAY": overlay}


def name_of(vendor: str, root: str, planned: Ended) -> str:
    """Under which name the forge keeps the plan: of the artifact, or of the job."""
    if vendor == "github":
        return planned.outputs["artifact"]
    return str(jobs_of(root=root, account=ROOTS[root])["plan"]["name"])


def second_root(tree: Path) -> None:
    """Another brand below `brand/`, with other objects, the same images and an overlay."""
    plant(tree / "brand")
    for path in (tree / "brand/manifests").glob("*.yaml"):
        path.write_text(path.read_text().replace("lora", "mira").replace("Lora", "Mira"))
    (tree / "brand/manifests/overlays").mkdir()
    (tree / "brand/manifests/overlays/trial.yaml").write_text("limits: {uploads: 7}\n")


@pytest.mark.parametrize("vendor", ["github", "gitlab"])
def test_two_roots_are_planned_bound_and_applied_independently(
    vendor: str, job: Job, gitlab: Job, world: Simulator
) -> None:
    """One request adds both. Neither plan takes the other one's place, and neither apply does what the other's plan holds."""
    step = job if vendor == "github" else gitlab
    keep = {name: step.environ[name] for name in ("RECONCILER_ENDPOINT", "RECONCILER_TIER")}
    tree = step.tree
    shutil.move(tree / "manifests", tree.parent / "aside")
    git(tree, "commit", "--quiet", "--all", "-m", "nothing yet")
    git(tree, "checkout", "--quiet", "-b", "change")
    shutil.move(tree.parent / "aside", tree / "manifests")
    second_root(tree)
    git(tree, "add", "manifests", "brand")
    git(tree, "commit", "--quiet", "-m", "two brands")
    git(tree, "checkout", "--quiet", "main")
    git(tree, "merge", "--quiet", "--no-ff", "-m", "merge", "change")

    made: GitHub | GitLab | None = None
    for number, root in enumerate(ROOTS):
        planned = step.run("plan", **(surroundings(vendor, root) | keep), BRIA_API_TOKEN="", STEP_BASE="HEAD^1")
        assert planned.code == 0, planned.log
        kept = folder(planned.results) if vendor == "github" else (planned.results / "plan.json").read_bytes()
        name = name_of(vendor, root, planned)
        if made is None:
            maker = GitHub if vendor == "github" else GitLab
            made = maker(step.forge, git(tree, "rev-parse", "HEAD"), git(tree, "rev-parse", "change"), name=name)
            made.keep(kept)
        else:
            made.keep_also(name, kept, 700 + number)
    markers = [comment["body"].splitlines()[0] for comment in step.forge.comments]
    assert markers == ["<!-- reconciler:plan:manifests@one -->", "<!-- reconciler:plan:brand/manifests@two -->"]
    headings = [comment["body"].splitlines()[1] for comment in step.forge.comments]
    assert headings == ["account one", "`brand/manifests` · account two · overlay trial"]

    branch = {"GITHUB_REF_NAME": "main", "CI_COMMIT_BRANCH": "main", "STEP_REVIEWED": "merged"}
    for number, root in enumerate(ROOTS, 1):
        applied = step.run("apply", **(surroundings(vendor, root) | keep | branch))
        assert applied.code == 0, applied.log
        assert "request 7 showed the plan that binds this apply." in applied.log
        assert "1 project created, 1 version completed" in applied.log
        assert sum(entry.method == "POST" and entry.path.endswith("/projects") for entry in world.log) == number


def test_each_root_has_a_comment_and_an_issue_of_its_own(job: Job) -> None:
    """A root with problems says so in its comment and leaves the other's alone; drift of each is an issue of its own."""
    second_root(job.tree)
    assert job.run("plan", **surroundings("github", "manifests")).code == 0
    dataset = job.tree / "brand/manifests/dataset.yaml"
    dataset.write_text(dataset.read_text().replace("caption_prefix", "caption_prefx"))
    broken = job.run("plan", **surroundings("github", "brand/manifests"))
    assert broken.code == 3
    assert broken.outputs["artifact"] == "reconciler-plan-brand~manifests@two"
    first, second = (comment["body"] for comment in job.forge.comments)
    assert first.splitlines()[1] == "account one"
    assert "is created" in first
    assert second.splitlines()[1:4:2] == [
        "`brand~manifests@two`",
        "**There are problems in the manifests; nothing was planned.**",
    ]
    dataset.write_text(dataset.read_text().replace("caption_prefx", "caption_prefix"))
    assert job.run("drift", **surroundings("github", "brand/manifests")).code == 0
    (issue,) = job.forge.issues
    assert issue["title"] == "Live models differ from git: brand/manifests (two)"
    assert issue["body"].startswith("<!-- reconciler:drift:brand/manifests@two -->\n")
