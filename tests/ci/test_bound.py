"""A change from its pull or merge request to the account: what was looked at is what is done, and no more."""

import os
import shutil
import signal
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reconciler.simulator import Dropped, Request, Response, Simulator
from tests.ci.conftest import FORGE_TOKEN, TOKEN, Ended, Job, edit
from tests.ci.forge import Moved, serving
from tests.ci.review import GitHub, GitLab, commit, folder, git, packed
from tests.cli.conftest import MANIFESTS, draw

pytestmark = pytest.mark.slow  # each step starts the command line several times

EVENT = {"github": "GITHUB_EVENT_NAME", "gitlab": "CI_PIPELINE_SOURCE"}


def changes(world: Simulator) -> int:
    """How many requests have changed the account so far."""
    return sum(entry.committed for entry in world.log)


@dataclass
class Story:
    """A repository on a forge whose first commit is applied."""

    vendor: str
    job: Job
    world: Simulator

    @property
    def tree(self) -> Path:
        return self.job.tree

    def plan(self) -> Ended:
        """Plan the merge of `change` as a fork would: no token, nothing sent. The checkout is that merge afterwards."""
        git(self.tree, "checkout", "--quiet", "main")
        git(self.tree, "merge", "--quiet", "--no-ff", "-m", "merge", "change")
        before = len(self.world.log)
        ended = self.job.run("plan", BRIA_API_TOKEN="", STEP_BASE="HEAD^1", STEP_FORGE_TOKEN="")
        assert ended.code == 0, ended.log
        assert len(self.world.log) == before
        return ended

    def made(self, commit: str, head: str, number: int) -> GitHub | GitLab:
        """A request at the forge; nothing is told of it yet."""
        maker = GitHub if self.vendor == "github" else GitLab
        return maker(self.job.forge, commit=commit, head=head, number=number, ids=number * 1000)

    def keep(self, planned: Ended, number: int = 7) -> GitHub | GitLab:
        """What the plan left goes to the forge, which merges the commit that stands here."""
        made = self.made(git(self.tree, "rev-parse", "HEAD"), git(self.tree, "rev-parse", "change"), number)
        plan = planned.results / "plan.json"
        made.keep(folder(planned.results) if isinstance(made, GitHub) else plan.read_bytes())
        return made

    def green(self, number: int) -> GitHub | GitLab:
        """A request is merged that changes the prefix, and so makes a version of the dataset and of the model."""
        self.branch()
        edit(self.tree, "purple", "green")
        commit(self.tree, "green")
        return self.keep(self.plan(), number)

    def project(self, number: int) -> GitHub | GitLab:
        """A request is merged that adds a project."""
        self.branch()
        manifest = MANIFESTS["project.yaml"].replace("lora", f"other{number}").replace("Lora", f"Other {number}")
        (self.tree / f"manifests/other{number}.yaml").write_text(manifest)
        commit(self.tree, "project")
        return self.keep(self.plan(), number)

    def push(self) -> str:
        """A commit that comes by no request: a description of the model."""
        model = self.tree / "manifests" / "model.yaml"
        model.write_text(model.read_text() + "  description: pushed past the review\n")
        here = commit(self.tree, "pushed")
        self.made(here, here, number=0).push(here)
        return here

    def branch(self) -> None:
        git(self.tree, "checkout", "--quiet", "-B", "change", "main")

    def apply(self, event: str = "push", reviewed: str = "merged") -> Ended:
        branch = {"GITHUB_REF_NAME": "main", "CI_COMMIT_BRANCH": "main"}
        return self.job.run("apply", STEP_REVIEWED=reviewed, **branch, **{EVENT[self.vendor]: event})


@pytest.fixture(params=["github", "gitlab"])
def story(request: pytest.FixtureRequest, job: Job, gitlab: Job, world: Simulator) -> Story:
    story = Story(vendor=request.param, job=job if request.param == "github" else gitlab, world=world)
    (story.tree / ".git/info/exclude").write_text("reconciler-results\n.reconciler\n")
    assert story.apply(reviewed="").code == 0
    return story


def test_a_change_is_planned_merged_and_applied(story: Story) -> None:
    """The schedule afterwards has nothing to do, and a merge of something else does not loosen what binds."""
    story.green(7)
    ended = story.apply()
    assert ended.code == 0, ended.log
    assert "request 7 showed the plan that binds this apply." in ended.log
    assert "1 version completed" in (ended.results / "apply.md").read_text()
    assert "--within" in story.job.seen()[-1]

    (story.tree / "README.md").write_text("about something else")
    git(story.tree, "add", "README.md")
    commit(story.tree, "readme")
    before = changes(story.world)
    again = story.apply(event="schedule")
    assert again.code == 0, again.log
    assert "request 7 showed the plan that binds this apply." in again.log
    assert changes(story.world) == before


def test_a_push_past_every_request_is_refused(story: Story) -> None:
    """What it would do is listed, and nothing is sent; a person who has looked may apply it by hand."""
    here = story.push()
    before = changes(story.world)
    ended = story.apply()
    assert (ended.code, changes(story.world)) == (4, before), ended.log
    assert f"Commit {here[:12]} came by no merged pull or merge request" in ended.log
    assert "pushed past the review" in ended.log
    assert "Refused: nothing was sent. Nothing that was reviewed is here to apply." in ended.log
    if story.vendor == "github":
        assert ended.outputs["exit-code"] == "4"
        assert "Refused: nothing was sent." in ended.summary
    assert not [line for line in story.job.seen() if "--within" in line]
    assert story.apply(reviewed="").code == 0
    assert changes(story.world) > before
    settled = story.apply()
    assert settled.code == 0, settled.log


def test_a_checkout_without_history_leads_to_no_request(story: Story) -> None:
    """It says how to get one."""
    edit(story.tree, "purple", "green")
    shutil.rmtree(story.tree / ".git")
    before = changes(story.world)
    ended = story.apply()
    assert (ended.code, changes(story.world)) == (4, before), ended.log
    assert "check out with its history (fetch-depth: 0)" in ended.log
    assert story.job.forge.requests == []


def test_what_came_in_between_is_refused_and_listed(story: Story) -> None:
    """Another commit was pushed between the review and the merge."""
    story.branch()
    edit(story.tree, "purple", "green")
    commit(story.tree, "green")
    planned = story.plan()
    plan = (planned.results / "plan.json").read_bytes()
    git(story.tree, "reset", "--quiet", "--hard", "HEAD^1")
    model = story.tree / "manifests" / "model.yaml"
    model.write_text(model.read_text() + "  description: pushed past the review\n")
    commit(story.tree, "pushed")
    git(story.tree, "merge", "--quiet", "--no-ff", "-m", "merge", "change")
    planned.results.mkdir(exist_ok=True)
    (planned.results / "plan.json").write_bytes(plan)
    story.keep(planned)
    before = changes(story.world)
    ended = story.apply()
    assert (ended.code, changes(story.world)) == (4, before), ended.log
    assert "+ model/lora-max: " in ended.log
    assert "pushed past the review" in ended.log
    assert "Apply what was reviewed" in ended.log


def test_what_a_dropped_run_left_is_done_with_the_next_request(story: Story) -> None:
    """Both were reviewed; the schedule afterwards has nothing to do."""
    story.green(5)
    story.project(7)
    before = changes(story.world)
    ended = story.apply()
    assert ended.code == 0, ended.log
    assert "requests 7 and 5 showed the plans that bind this apply." in ended.log
    assert story.job.seen()[-1].count("--within") == 2
    assert "1 version completed" in ended.log
    assert "1 project created" in ended.log
    assert changes(story.world) > before
    done = changes(story.world)
    again = story.apply(event="schedule")
    assert (again.code, changes(story.world)) == (0, done), again.log


def test_what_lies_before_a_push_past_every_request_is_not_taken_up(story: Story) -> None:
    """The rest of the older request is refused and listed with what was pushed; the newest request is not."""
    story.green(5)
    story.push()
    story.project(7)
    before = changes(story.world)
    ended = story.apply()
    assert (ended.code, changes(story.world)) == (4, before), ended.log
    assert "request 7 showed the plan that binds this apply." in ended.log
    assert "+ dataset/lora-poses: a version of the content " in ended.log
    assert "pushed past the review" in ended.log
    assert "+ project/other" not in ended.log


def test_an_older_plan_that_has_expired_allows_nothing(story: Story) -> None:
    """What it showed is refused; once somebody has applied it by hand the schedule goes on."""
    story.green(5).expire()
    story.project(7)
    before = changes(story.world)
    ended = story.apply()
    assert (ended.code, changes(story.world)) == (4, before), ended.log
    assert "+ dataset/lora-poses: a version of the content " in ended.log
    assert "+ project/other" not in ended.log
    assert story.apply(reviewed="").code == 0
    assert story.apply(event="schedule").code == 0


def test_an_older_plan_of_another_version_is_not_in_the_way(story: Story) -> None:
    """Neither it nor what is older allows anything, and the newest request is applied all the same."""
    story.project(4)
    older = story.green(5)
    assert story.apply().code == 0
    assert story.job.seen()[-1].count("--within") == 2
    older.keep(packed({"plan.json": b'{"format": 0}'}) if isinstance(older, GitHub) else b'{"format": 0}')
    story.project(7)
    ended = story.apply()
    assert ended.code == 0, ended.log
    assert "cannot read reviewed/2.json, so neither it nor an older plan allows anything." in ended.log
    assert story.job.seen()[-1].count("--within") == 1
    assert "1 project created" in ended.log


def test_ten_commits_that_changed_the_manifests_are_looked_at(story: Story) -> None:
    """No more of them, and none that is about something else."""
    made = story.green(7)
    for count in range(11):
        (story.tree / "README.md").write_text(f"{count}")
        git(story.tree, "add", "README.md")
        git(story.tree, "commit", "--quiet", "-m", "readme")
        with (story.tree / "manifests/model.yaml").open("a") as model:
            model.write(f"# {count}\n")
        made.bring(commit(story.tree, "remark"))
    ended = story.apply()
    assert ended.code == 0, ended.log
    assert len([path for _, path in story.job.forge.requests if "/commits/" in path]) == 10


def test_a_plan_that_has_expired_binds_no_more(story: Story) -> None:
    """What waits is refused; where all is done already the schedule goes on in peace."""
    story.green(7).expire()
    before = changes(story.world)
    ended = story.apply()
    assert (ended.code, changes(story.world)) == (4, before), ended.log
    assert "expired" in ended.log
    assert story.apply(reviewed="").code == 0
    assert story.apply(event="schedule").code == 0


def test_a_store_elsewhere_gets_neither_token(story: Story) -> None:
    """From the plan to the account, with the artifact on another host."""
    made = story.green(7)
    place = made.archive if isinstance(made, GitHub) else made.plan
    with serving() as store:
        store.prepared["/store/1"] = story.job.forge.prepared[place]
        story.job.forge.prepared[place] = Moved(f"{store.address}/store/1")
        assert story.apply().code == 0
        assert len(store.requests) == 1
        assert FORGE_TOKEN not in str(store.headers)
        assert TOKEN not in str(store.headers)
    assert TOKEN not in str(story.job.forge.headers)


@dataclass
class Cut:
    """Kills the command at its second upload, which the account does not get."""

    process: Path
    uploads: list[str] = field(default_factory=list)

    def before(self, request: Request) -> None:
        if request.method == "POST" and request.path.endswith("/images"):
            self.uploads.append(request.path)
            if len(self.uploads) == 2:
                os.kill(int(self.process.read_text()), signal.SIGKILL)
                raise Dropped(committed=False)

    def after(self, request: Request, response: Response) -> None:
        """Nothing more."""


def test_a_run_that_was_cut_off_goes_on(story: Story) -> None:
    """The same job again: what is done already is no more than was reviewed."""
    story.branch()
    for number, name in enumerate(("fly", "run", "swim")):
        draw(story.tree / f"manifests/images/{name}.png", (number, 2, 3))
        (story.tree / f"manifests/images/{name}.txt").write_text(f"{name}.\n")
    commit(story.tree, "images")
    story.keep(story.plan())
    cut = Cut(Path(story.job.environ["SEEN"] + ".id"))
    story.world.hooks.append(cut)
    story.job.extra["RECONCILER_CONCURRENCY"] = "1"
    before = changes(story.world)
    assert story.apply().code == 128 + signal.SIGKILL
    assert len(cut.uploads) == 2
    assert changes(story.world) > before
    again = story.apply()
    assert again.code == 0, again.log
    assert "1 version completed" in again.log
    assert len(cut.uploads) == 4
    done = changes(story.world)
    assert story.apply(event="schedule").code == 0
    assert changes(story.world) == done
