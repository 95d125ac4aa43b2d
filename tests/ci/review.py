"""A merged change at the addresses at which GitHub and GitLab tell it: the request, its runs, what a job left."""

import io
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from tests.ci.forge import Forge, Thing

REPOSITORY = "/repos/brand/models"
PROJECT = "/projects/12"
HEAD = "1" * 40
COMMIT = "2" * 40
OTHER = "3" * 40
NAME = "reconciler-plan-manifests"


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive as an upload makes it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def folder(results: Path) -> bytes:
    """What a job left, as an archive."""
    return packed({str(path.relative_to(results)): path.read_bytes() for path in results.rglob("*") if path.is_file()})


@dataclass
class GitHub:
    """A merged pull request: answers are prepared at their addresses and can be changed there."""

    forge: Forge
    commit: str = COMMIT
    head: str = HEAD
    number: int = 7
    ids: int = 0
    """Added to the ids of its runs, jobs and artifacts, so that two requests have none in common."""
    name: str = NAME
    """Of the artifact that holds the plan."""

    @property
    def pulls(self) -> str:
        return f"{REPOSITORY}/commits/{self.commit}/pulls"

    @property
    def runs(self) -> str:
        return f"{REPOSITORY}/actions/runs?head_sha={self.head}&event=pull_request&status=completed"

    @property
    def artifacts(self) -> str:
        return f"{REPOSITORY}/actions/runs/{30 + self.ids}/artifacts?name={quote(self.name, safe='')}"

    @property
    def archive(self) -> str:
        return f"{REPOSITORY}/actions/artifacts/{500 + self.ids}/zip"

    def pull(self, **other: object) -> Thing:
        merged = {"merged_at": "2026-01-02T03:04:05Z", "merge_commit_sha": self.commit}
        return {"number": self.number, "head": {"sha": self.head}, "base": {"ref": "main"}, **merged, **other}

    def keep(self, archive: object) -> None:
        """An older run, a run of another workflow, and the newest run, whose artifact is this."""
        runs = [{"id": number + self.ids, "conclusion": "failure"} for number in (20, 40, 30)]
        self.forge.prepared |= {
            self.pulls: [self.pull()],
            self.runs: {"total_count": 3, "workflow_runs": runs},
            f"{REPOSITORY}/actions/runs/{40 + self.ids}/artifacts?name={quote(self.name, safe='')}": {"artifacts": []},
            self.artifacts: {"artifacts": [{"id": 500 + self.ids, "name": self.name, "expired": False}]},
            self.archive: archive,
        }

    def keep_also(self, name: str, archive: object, number: int) -> None:
        """The same run left a further artifact, as the jobs of a matrix do."""
        other = replace(self, name=name)
        self.forge.prepared |= {
            f"{REPOSITORY}/actions/runs/{40 + self.ids}/artifacts?name={quote(name, safe='')}": {"artifacts": []},
            other.artifacts: {"artifacts": [{"id": number, "name": name, "expired": False}]},
            f"{REPOSITORY}/actions/artifacts/{number}/zip": archive,
        }

    def bring(self, commit: str) -> None:
        """A further commit came by it, as a rebase makes them."""
        self.forge.prepared[replace(self, commit=commit).pulls] = [self.pull()]

    def push(self, commit: str) -> None:
        """A commit came by no pull request."""
        self.forge.prepared[replace(self, commit=commit).pulls] = []

    def expire(self) -> None:
        """What its runs left is gone."""
        del self.forge.prepared[self.archive]


@dataclass
class GitLab:
    """A merged merge request, as above."""

    forge: Forge
    commit: str = COMMIT
    head: str = HEAD
    number: int = 7
    ids: int = 0
    project: int = 12
    name: str = NAME
    """Of the job that plans."""

    @property
    def requests(self) -> str:
        return f"{PROJECT}/repository/commits/{self.commit}/merge_requests"

    @property
    def pipelines(self) -> str:
        return f"{PROJECT}/merge_requests/{self.number}/pipelines"

    @property
    def jobs(self) -> str:
        return f"/projects/{self.project}/pipelines/{30 + self.ids}/jobs"

    @property
    def plan(self) -> str:
        return f"/projects/{self.project}/jobs/{500 + self.ids}/artifacts/reconciler-results/plan.json"

    def request(self, **other: object) -> Thing:
        merged = {"state": "merged", "merged_at": "2026-01-02T03:04:05Z", "merge_commit_sha": self.commit}
        return {
            "iid": self.number,
            "sha": self.head,
            "target_branch": "main",
            "squash_commit_sha": None,
            **merged,
            **other,
        }

    def pipeline(self, number: int, **other: object) -> Thing:
        ref = f"refs/merge-requests/{self.number}/head"
        return {"id": number, "project_id": self.project, "sha": self.head, "ref": ref, **other}

    def keep(self, plan: object) -> None:
        """An older pipeline, one that only tests, and the newest one that plans."""
        self.forge.prepared |= {
            self.requests: [self.request()],
            self.pipelines: [self.pipeline(number + self.ids) for number in (20, 40, 30)],
            f"/projects/{self.project}/pipelines/{40 + self.ids}/jobs": [{"id": 600, "name": "test"}],
            self.jobs: [
                {"id": 499 + self.ids, "name": "test"},
                {"id": 500 + self.ids, "name": self.name, "status": "failed"},
            ],
            self.plan: plan,
        }

    def keep_also(self, name: str, plan: object, number: int) -> None:
        """The same pipeline left the plan of a further job."""
        jobs = self.forge.prepared[self.jobs]
        assert isinstance(jobs, list)
        jobs.append({"id": number, "name": name, "status": "success"})
        self.forge.prepared[f"/projects/{self.project}/jobs/{number}/artifacts/reconciler-results/plan.json"] = plan

    def bring(self, commit: str) -> None:
        """A further commit came by it, as a rebase makes them."""
        self.forge.prepared[replace(self, commit=commit).requests] = [self.request()]

    def push(self, commit: str) -> None:
        """A commit came by no merge request."""
        self.forge.prepared[replace(self, commit=commit).requests] = []

    def expire(self) -> None:
        """What its jobs left is gone."""
        del self.forge.prepared[self.plan]


def git(tree: Path, *arguments: str) -> str:
    """What git says in a repository."""
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    return subprocess.run(
        ["git", *who, *arguments], cwd=tree, capture_output=True, text=True, check=True
    ).stdout.strip()


def commit(tree: Path, message: str) -> str:
    """The id of a commit of everything under the manifests."""
    git(tree, "add", "manifests")
    git(tree, "commit", "--quiet", "--allow-empty", "-m", message)
    return git(tree, "rev-parse", "HEAD")
