"""The plans that were reviewed are found, fetched with care, or their absence told in one sentence."""

import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from templates.reconciler.reviewed import LIMIT
from tests.ci.conftest import FORGE_TOKEN, SCRIPTS
from tests.ci.forge import Forge, Moved, serving
from tests.ci.review import COMMIT, HEAD, NAME, OTHER, PROJECT, REPOSITORY, GitHub, GitLab, packed

PLAN = b'{"plan": 1}'
ONE = {"1.json": PLAN}
BOUND = {
    "github": "Pull request 7 showed the plan that binds this apply.",
    "gitlab": "Merge request 7 showed the plan that binds this apply.",
}


@dataclass(frozen=True)
class Ended:
    code: int
    said: str
    plans: dict[str, bytes]


@dataclass
class Asked:
    """The script as the apply step runs it."""

    forge: Forge
    vendor: type[GitHub] | type[GitLab]
    out: Path
    environ: dict[str, str]

    def __call__(self, commit: str = COMMIT, *older: str, **environ: str) -> Ended:
        command = [sys.executable, "-I", "-B", str(SCRIPTS / "reviewed.py"), NAME, str(self.out), commit, *older]
        surroundings = {"PATH": "/usr/bin:/bin", "STEP_FORGE_TOKEN": FORGE_TOKEN, **self.environ, **environ}
        ran = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False, timeout=60)
        assert FORGE_TOKEN not in ran.stdout + ran.stderr
        assert "Traceback" not in ran.stderr
        assert ran.stderr.count("\n") == 1
        plans = {path.name: path.read_bytes() for path in self.out.rglob("*")}
        return Ended(code=ran.returncode, said=ran.stderr.strip(), plans=plans)


@pytest.fixture
def on_github(forge: Forge, tmp_path: Path) -> Asked:
    environ = {"GITHUB_API_URL": forge.address, "GITHUB_REPOSITORY": "brand/models", "GITHUB_REF_NAME": "main"}
    return Asked(forge=forge, vendor=GitHub, out=tmp_path / "reviewed", environ=environ)


@pytest.fixture
def on_gitlab(forge: Forge, tmp_path: Path) -> Asked:
    environ = {"GITLAB_CI": "true", "CI_API_V4_URL": forge.address, "CI_PROJECT_ID": "12", "CI_COMMIT_BRANCH": "main"}
    return Asked(forge=forge, vendor=GitLab, out=tmp_path / "reviewed", environ=environ)


@pytest.fixture
def github(forge: Forge) -> GitHub:
    made = GitHub(forge)
    made.keep(packed({"plan.md": b"x", "plan.json": PLAN}))
    return made


@pytest.fixture
def gitlab(forge: Forge) -> GitLab:
    made = GitLab(forge)
    made.keep(PLAN)
    return made


@pytest.fixture
def store() -> Iterator[Forge]:
    """Another host, where a forge keeps what is large."""
    with serving() as found:
        yield found


def refused(ended: Ended, said: str) -> None:
    """Exit 4, this sentence, and nothing written."""
    assert (ended.code, ended.plans) == (4, {})
    assert said in ended.said


# ---------------------------------------------------------------- found


def test_the_newest_run_that_planned_counts_also_one_that_failed(on_github: Asked, github: GitHub) -> None:
    """A run of another workflow leaves no plan, and is passed over."""
    ended = on_github()
    assert (ended.code, ended.said, ended.plans) == (0, BOUND["github"], ONE)
    assert all(headers["authorization"] == f"Bearer {FORGE_TOKEN}" for headers in on_github.forge.headers)


def test_the_newest_pipeline_that_planned_counts_also_one_that_failed(on_gitlab: Asked, gitlab: GitLab) -> None:
    """The same on GitLab, where a file is fetched without its archive."""
    ended = on_gitlab()
    assert (ended.code, ended.said, ended.plans) == (0, BOUND["gitlab"], ONE)
    assert {headers["private-token"] for headers in on_gitlab.forge.headers} == {FORGE_TOKEN}


def test_it_is_found_on_a_later_page(on_github: Asked, github: GitHub) -> None:
    """A commit may have started many workflows."""
    runs = [{"id": 1000 + number} for number in range(120)]
    on_github.forge.prepared[github.runs] = {"workflow_runs": [*runs, {"id": 30}]}
    for run in runs:
        on_github.forge.prepared[f"{REPOSITORY}/actions/runs/{run['id']}/artifacts?name={NAME}"] = {"artifacts": []}
    assert on_github().plans == ONE


def test_the_request_that_made_the_commit_is_preferred(on_github: Asked, github: GitHub) -> None:
    """A commit may have come through several; one that is open, or went elsewhere, is none of them."""
    on_github.forge.prepared[github.pulls] = [
        github.pull(number=1, merge_commit_sha=OTHER, merged_at="2026-02-01T00:00:00Z", head={"sha": OTHER}),
        github.pull(number=2, merged_at=None),
        github.pull(number=3, base={"ref": "develop"}),
        github.pull(),
    ]
    assert on_github().said == BOUND["github"]


def test_without_such_a_one_it_is_the_one_that_was_merged_last(on_gitlab: Asked, gitlab: GitLab) -> None:
    """A rebase gives commits other ids than the request knows."""
    on_gitlab.forge.prepared[gitlab.requests] = [
        gitlab.request(iid=8, merge_commit_sha=OTHER, merged_at="2025-01-01T00:00:00Z"),
        gitlab.request(merge_commit_sha=None),
        gitlab.request(iid=9, state="opened"),
        gitlab.request(iid=10, target_branch="develop"),
    ]
    assert on_gitlab().said == BOUND["gitlab"]


def test_a_forks_pipelines_run_in_the_fork(on_gitlab: Asked, forge: Forge) -> None:
    """Its jobs and artifacts are at its own number."""
    GitLab(forge, project=99).keep(PLAN)
    assert on_gitlab().plans == ONE
    assert ("GET", "/projects/99/jobs/500/artifacts/reconciler-results/plan.json") in forge.requests


def test_where_results_are_merged_first_the_parents_tell(on_gitlab: Asked, gitlab: GitLab) -> None:
    """A train is passed over, as are a merge of an older commit and one that is cleaned away."""
    gone = "4" * 40
    older = "5" * 40
    merge, train = {"ref": "refs/merge-requests/7/merge"}, {"ref": "refs/merge-requests/7/train", "sha": OTHER}
    on_gitlab.forge.prepared |= {
        gitlab.pipelines: [
            gitlab.pipeline(30, **merge, sha=OTHER),
            gitlab.pipeline(31, **merge, sha=gone),
            gitlab.pipeline(32, **merge, sha=older),
            gitlab.pipeline(33, **train),
        ],
        f"{PROJECT}/repository/commits/{OTHER}": {"parent_ids": ["6" * 40, HEAD]},
        f"{PROJECT}/repository/commits/{older}": {"parent_ids": ["6" * 40, "7" * 40]},
    }
    assert on_gitlab().plans == ONE


# ---------------------------------------------------------------- older ones


@dataclass
class Branch:
    """Its commits, newest first, and the requests by which they came."""

    asked: Asked
    commits: list[str] = field(default_factory=list)
    requests: list[GitHub | GitLab] = field(default_factory=list)

    def merge(self, number: int, commits: int = 1) -> None:
        """The next older request, by which so many commits came; its plan is its number."""
        first, *more = [f"{number}{count}" * 20 for count in range(commits)]
        made = self.asked.vendor(
            self.asked.forge, commit=first, head=f"a{number}" * 20, number=number, ids=number * 1000
        )
        made.keep(packed({"plan.json": b"%d" % number}) if isinstance(made, GitHub) else b"%d" % number)
        for commit in more:
            made.bring(commit)
        self.commits += [first, *more]
        self.requests.append(made)

    def ask(self) -> Ended:
        return self.asked(*self.commits)

    def asks(self, number: int) -> int:
        """How often the plan of a request was fetched."""
        name = "/zip" if self.asked.vendor is GitHub else "/plan.json"
        made = next(one for one in self.requests if one.number == number)
        return sum(f"/{500 + made.ids}/" in path and path.endswith(name) for _, path in self.asked.forge.requests)

    def says(self, numbers: str) -> str:
        return f"{'Pull' if self.asked.vendor is GitHub else 'Merge'} requests {numbers} showed the plans that bind this apply."


@pytest.fixture(params=["github", "gitlab"])
def branch(request: pytest.FixtureRequest, on_github: Asked, on_gitlab: Asked) -> Branch:
    return Branch(on_github if request.param == "github" else on_gitlab)


def test_what_older_requests_showed_is_fetched_as_well(branch: Branch) -> None:
    """The newest comes first, and the sentence names all."""
    for number in (7, 5, 4):
        branch.merge(number)
    ended = branch.ask()
    assert (ended.code, ended.said) == (0, branch.says("7, 5 and 4"))
    assert ended.plans == {"1.json": b"7", "2.json": b"5", "3.json": b"4"}


def test_a_request_that_brought_several_commits_is_fetched_once(branch: Branch) -> None:
    """A rebase merges each commit of it by itself."""
    branch.merge(7, commits=3)
    branch.merge(5, commits=2)
    ended = branch.ask()
    assert (ended.code, ended.said) == (0, branch.says("7 and 5"))
    assert ended.plans == {"1.json": b"7", "2.json": b"5"}
    assert (branch.asks(7), branch.asks(5)) == (1, 1)


def pushed(made: GitHub | GitLab) -> None:
    made.push(made.commit)


def expired(made: GitHub | GitLab) -> None:
    made.expire()


def hidden(made: GitHub | GitLab) -> None:
    del made.forge.prepared[made.pulls if isinstance(made, GitHub) else made.requests]


def garbled(made: GitHub | GitLab) -> None:
    made.forge.prepared[made.runs if isinstance(made, GitHub) else made.pipelines] = [{"id": "x"}]


def large(made: GitHub | GitLab) -> None:
    made.keep(bytes(LIMIT + 1))


@pytest.mark.parametrize("spoil", [pushed, expired, hidden, garbled, large])
def test_it_ends_where_an_older_commit_has_no_plan(branch: Branch, spoil: Callable[[GitHub | GitLab], None]) -> None:
    """What lies before is not asked for, whoever reviewed it: nobody reviewed what came after it."""
    for number in (7, 5, 4):
        branch.merge(number)
    spoil(branch.requests[1])
    ended = branch.ask()
    assert (ended.code, ended.plans) == (0, {"1.json": b"7"})
    assert ended.said == BOUND["github" if branch.asked.vendor is GitHub else "gitlab"]
    assert not [path for _, path in branch.asked.forge.requests if branch.commits[2] in path]


@pytest.mark.parametrize("spoil", [pushed, expired, hidden, garbled])
def test_an_older_plan_does_not_stand_in_for_the_newest(
    branch: Branch, spoil: Callable[[GitHub | GitLab], None]
) -> None:
    """What is newest must have been looked at itself."""
    branch.merge(7)
    branch.merge(5)
    spoil(branch.requests[0])
    refused(branch.ask(), "")
    assert branch.asks(5) == 0


# ---------------------------------------------------------------- absent


def test_a_commit_that_nobody_reviewed(on_github: Asked, on_gitlab: Asked, github: GitHub, gitlab: GitLab) -> None:
    """Pushed past every request."""
    on_github.forge.prepared |= {github.pulls: [], gitlab.requests: []}
    for asked in (on_github, on_gitlab):
        refused(asked(), "Commit 222222222222 came by no merged pull or merge request, so nobody has reviewed it.")


def test_a_request_without_a_plan(on_github: Asked, on_gitlab: Asked, github: GitHub, gitlab: GitLab) -> None:
    """The job was never run for it."""
    on_github.forge.prepared |= {github.runs: {"workflow_runs": []}, gitlab.pipelines: []}
    refused(on_github(), "Pull request 7 has no plan: no workflow run of its last commit left the artifact")
    refused(
        on_gitlab(),
        "Merge request 7 has no plan: no pipeline of its last commit has the job reconciler-plan-manifests.",
    )


def test_an_expired_artifact(on_github: Asked, on_gitlab: Asked, github: GitHub, gitlab: GitLab) -> None:
    """Said by the list, or only when it is fetched. An older plan of the same commit is not taken in its place."""
    on_github.forge.prepared |= {
        github.artifacts: {"artifacts": [{"id": 500, "name": NAME, "expired": True}]},
        f"{REPOSITORY}/actions/runs/20/artifacts?name={NAME}": {"artifacts": [{"id": 400, "name": NAME}]},
    }
    refused(on_github(), "Pull request 7 has a plan no more: its artifact reconciler-plan-manifests has expired.")
    github.keep(packed({"plan.json": PLAN}))
    del on_github.forge.prepared[github.archive], on_github.forge.prepared[gitlab.plan]
    refused(on_github(), "has expired")
    refused(
        on_gitlab(),
        "Merge request 7 has no plan: the artifact of its job reconciler-plan-manifests has expired, or holds",
    )


@pytest.mark.parametrize(("status", "said"), [(403, "needs"), (401, "needs"), (500, "again later")])
def test_a_forge_that_does_not_answer_so(on_github: Asked, on_gitlab: Asked, status: int, said: str) -> None:
    """What the token lacks is named."""
    on_github.forge.status = status
    refused(on_github(), f"could not be fetched: the forge answered {status}; ")
    refused(on_gitlab(), said)
    if said == "needs":
        refused(on_github(), "the permissions `actions: read` and `pull-requests: read`")
        refused(on_gitlab(), "STEP_FORGE_TOKEN needs the role Reporter and the scope api")


@pytest.mark.parametrize(
    "environ",
    [
        {"STEP_FORGE_TOKEN": ""},
        {"GITHUB_API_URL": "http://forge.example"},
        {"GITHUB_API_URL": "http://127.0.0.1:80@forge.example"},
        {"GITHUB_API_URL": "http://127.0.0.1:9"},
    ],
)
def test_no_forge_to_ask(on_github: Asked, github: GitHub, environ: dict[str, str]) -> None:
    """No token, an address that would show it to the network, nobody there."""
    refused(on_github(**environ), "")
    assert on_github.forge.requests == []


@pytest.mark.parametrize("commit", ["none", "", "../../x", "2" * 39, "--help"])
def test_what_is_no_commit_is_not_asked_for(on_github: Asked, commit: str) -> None:
    """Nothing else becomes part of an address."""
    refused(on_github(commit), "could not be fetched")
    assert on_github.forge.requests == []


@pytest.mark.parametrize("number", [None, "30", "../1", True, 1.5])
def test_an_answer_with_a_number_that_is_none(on_github: Asked, github: GitHub, number: object) -> None:
    """It would become part of an address."""
    on_github.forge.prepared[github.runs] = {"workflow_runs": [{"id": number}]}
    refused(on_github(), "could not be reached or understood (ValueError).")
    on_github.forge.answer = b"<html>"
    refused(on_github(), "could not be reached or understood (JSONDecodeError).")


# ---------------------------------------------------------------- hostile archives


def lying() -> bytes:
    """A member that says that it is small; what it holds is large."""
    data = packed({"plan.json": bytes(1_000_000)})
    return data.replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))


@pytest.mark.parametrize(
    ("archive", "said"),
    [
        (packed({}), "does not hold one plan.json"),
        (packed({"plan.md": b"x"}), "does not hold one plan.json"),
        (packed({"../plan.json": PLAN}), "does not hold one plan.json"),
        (packed({"/plan.json": PLAN}), "does not hold one plan.json"),
        (packed({"plan.json": PLAN, "plan.jsox": b"{}"}).replace(b"jsox", b"json"), "does not hold one plan.json"),
        (packed({"plan.json": bytes(LIMIT + 1)}), "larger than 64 MB"),
        (packed({"plan.json": PLAN}, zipfile.ZIP_LZMA), "damaged"),
        (packed({"plan.json": PLAN}, zipfile.ZIP_BZIP2), "damaged"),
        (lying(), "damaged"),
        (packed({"plan.json": PLAN * 100})[:-30], "damaged"),
        (packed({"plan.json": PLAN}, zipfile.ZIP_STORED).replace(PLAN, PLAN[::-1]), "damaged"),
        (b"<html>", "damaged"),
        (b"", "damaged"),
        (bytes(LIMIT + 1), "larger than 64 MB"),
    ],
    ids=[
        "empty",
        "other",
        "parent",
        "root",
        "twice",
        "bomb",
        "lzma",
        "bzip2",
        "lying",
        "cut",
        "checksum",
        "html",
        "nothing",
        "large",
    ],
)
def test_an_archive_is_input(on_github: Asked, github: GitHub, archive: bytes, said: str) -> None:
    """Nothing is extracted, no size is believed, no path is followed."""
    on_github.forge.prepared[github.archive] = archive
    refused(on_github(), said)
    assert not list(on_github.out.parent.parent.glob("plan.json"))


# ---------------------------------------------------------------- redirects


def test_a_store_elsewhere_gets_no_token(on_github: Asked, github: GitHub, store: Forge) -> None:
    """Its address is signed, and the token is for the forge alone."""
    store.prepared["/store/500?sig=x"] = packed({"plan.json": PLAN})
    on_github.forge.prepared[github.archive] = Moved(f"{store.address}/store/500?sig=x")
    assert on_github().plans == ONE
    (headers,) = store.headers
    assert not headers.keys() & {"authorization", "private-token", "x-github-api-version"}


def test_a_store_of_gitlab_gets_no_token(on_gitlab: Asked, gitlab: GitLab, store: Forge) -> None:
    """The same rule."""
    store.prepared["/store/500"] = PLAN
    on_gitlab.forge.prepared[gitlab.plan] = Moved(f"{store.address}/store/500")
    assert on_gitlab().plans == ONE
    assert FORGE_TOKEN not in str(store.headers)


@pytest.mark.parametrize(
    "place",
    ["http://store.example/500", "http://127.0.0.1:80@store.example/", "file:///etc/passwd", "ftp://127.0.0.1/x"],
)
def test_a_store_without_encryption_is_not_asked(on_github: Asked, github: GitHub, place: str) -> None:
    """Whoever sits between could hand out another plan."""
    on_github.forge.prepared[github.archive] = Moved(place)
    refused(on_github(), "The forge keeps the plan at an address that is not https, so it was not fetched.")


def test_only_one_redirect_is_followed(on_github: Asked, github: GitHub, store: Forge) -> None:
    """A store that sends on is none."""
    store.prepared["/store/500"] = Moved(f"{store.address}/store/501")
    on_github.forge.prepared[github.archive] = Moved(f"{store.address}/store/500")
    refused(on_github(), "the forge answered 302")
    assert len(store.requests) == 1
