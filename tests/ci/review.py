"""A merged change at the addresses at which GitHub and GitLab tell it: the request, its runs, what a job left."""

import io
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.ci.forge import Forge, Thing

REPOSITORY = "/repos/brand/models"
PROJECT = "/projects/12"
HEAD = "1" * 40
COMMIT = "2" * 40
OTHER = "3" * 40
NAME = "reconciler-plan"


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
    """Pull request 7, merged: answers are prepared at their addresses and can be changed there."""

    forge: Forge
    commit: str = COMMIT
    head: str = HEAD

    @property
    def pulls(self) -> str:
        return f"{REPOSITORY}/commits/{self.commit}/pulls"

    @property
    def runs(self) -> str:
        return f"{REPOSITORY}/actions/runs?head_sha={self.head}&event=pull_request&status=completed"

    @property
    def artifacts(self) -> str:
        return f"{REPOSITORY}/actions/runs/30/artifacts?name={NAME}"

    @property
    def archive(self) -> str:
        return f"{REPOSITORY}/actions/artifacts/500/zip"

    def pull(self, **other: object) -> Thing:
        merged = {"merged_at": "2026-01-02T03:04:05Z", "merge_commit_sha": self.commit}
        return {"number": 7, "head": {"sha": self.head}, "base": {"ref": "main"}, **merged, **other}

    def keep(self, archive: object) -> None:
        """An older run, a run of another workflow, and the newest run, whose artifact is this."""
        runs = [{"id": number, "conclusion": "failure"} for number in (20, 40, 30)]
        self.forge.prepared |= {
            self.pulls: [self.pull()],
            self.runs: {"total_count": 3, "workflow_runs": runs},
            f"{REPOSITORY}/actions/runs/40/artifacts?name={NAME}": {"artifacts": []},
            self.artifacts: {"artifacts": [{"id": 500, "name": NAME, "expired": False}]},
            self.archive: archive,
        }


@dataclass
class GitLab:
    """Merge request 7, merged."""

    forge: Forge
    commit: str = COMMIT
    head: str = HEAD
    project: int = 12

    @property
    def requests(self) -> str:
        return f"{PROJECT}/repository/commits/{self.commit}/merge_requests"

    @property
    def pipelines(self) -> str:
        return f"{PROJECT}/merge_requests/7/pipelines"

    @property
    def jobs(self) -> str:
        return f"/projects/{self.project}/pipelines/30/jobs"

    @property
    def plan(self) -> str:
        return f"/projects/{self.project}/jobs/500/artifacts/reconciler-results/plan.json"

    def request(self, **other: object) -> Thing:
        merged = {"state": "merged", "merged_at": "2026-01-02T03:04:05Z", "merge_commit_sha": self.commit}
        return {"iid": 7, "sha": self.head, "target_branch": "main", "squash_commit_sha": None, **merged, **other}

    def pipeline(self, number: int, **other: object) -> Thing:
        ref = "refs/merge-requests/7/head"
        return {"id": number, "project_id": self.project, "sha": self.head, "ref": ref, **other}

    def keep(self, plan: object) -> None:
        """An older pipeline, one that only tests, and the newest one that plans."""
        self.forge.prepared |= {
            self.requests: [self.request()],
            self.pipelines: [self.pipeline(number) for number in (20, 40, 30)],
            f"/projects/{self.project}/pipelines/40/jobs": [{"id": 600, "name": "test"}],
            self.jobs: [{"id": 499, "name": "test"}, {"id": 500, "name": NAME, "status": "failed"}],
            self.plan: plan,
        }


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
