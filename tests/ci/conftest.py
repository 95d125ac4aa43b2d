"""A repository with manifests, a simulated account over loopback, a forge, and a job that runs the steps' scripts."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reconciler.simulator import Simulator
from reconciler.simulator.server import serving as serving_simulator
from tests.ci import forge as forge_
from tests.cli.conftest import plant

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "templates" / "reconciler"
NOTING = """\
#!/usr/bin/env bash
printf '%s\\x1f' "$@" >> "$SEEN"
echo >> "$SEEN"
PID_FILE="$SEEN.id" exec "{command}" "$@"
"""
"""The command line of this checkout, which notes what it is asked."""
COLD = """\
#!/usr/bin/env bash
PYTHONPATH={root} exec {python} -P -m reconciler "$@"
"""
TOKEN = "canary-bria-token"
FORGE_TOKEN = "canary-forge-token"


BREAK = ("caption_prefix", "caption_prefx")
"""An edit that makes a manifest wrong."""


def edit(tree: Path, before: str, after: str) -> None:
    """Replace a word in the dataset's manifest."""
    path = tree / "manifests" / "dataset.yaml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


@dataclass(frozen=True)
class Ended:
    """How a step ended, what its log says, and what it gave to later steps."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str
    results: Path


@dataclass
class Job:
    """A job of one CI system in a checkout."""

    tree: Path
    forge: forge_.Forge
    environ: dict[str, str]
    home: Path
    extra: dict[str, str] = field(default_factory=dict)

    def run(self, script: str, **extra: str) -> Ended:
        """One step, under bash, with an environment like the runner's."""
        for name in ("output", "summary"):
            (self.home / name).write_text("")
        environ = {**self.environ, **self.extra, **extra}
        ran = subprocess.run(
            ["bash", SCRIPTS / f"{script}.sh"],
            cwd=self.tree,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        pairs = [line.partition("=") for line in (self.home / "output").read_text().splitlines()]
        outputs = {name: text for name, _, text in pairs}
        folder = environ.get("STEP_RESULTS") or f"{environ.get('RUNNER_TEMP', '.')}/reconciler-results-manifests"
        results = self.tree / outputs.get("results", folder)
        log = ran.stdout + ran.stderr
        left = [path for place in (results, self.home, self.tree / ".reconciler") for path in place.rglob("*")]
        for secret in (TOKEN, FORGE_TOKEN):
            assert secret not in log
            assert not [path for path in left if path.is_file() and secret in path.read_text(errors="replace")]
        assert "Traceback" not in log
        return Ended(
            code=ran.returncode,
            log=log,
            outputs=outputs,
            summary=(self.home / "summary").read_text(),
            results=results,
        )

    def start_cold(self) -> None:
        """From now on the command line starts as a user's does: an interpreter that imports everything."""
        command = self.home / "cold"
        command.write_text(COLD.format(root=ROOT, python=sys.executable))
        command.chmod(0o755)
        (self.home / "bin" / "reconciler").write_text(NOTING.format(command=command))

    def seen(self) -> list[list[str]]:
        """The command lines of `reconciler` so far."""
        lines = Path(self.environ["SEEN"]).read_text().split("\x1f\n")
        return [line.split("\x1f") for line in lines if line]


@pytest.fixture
def world() -> Iterator[Simulator]:
    """A simulated account."""
    simulator = Simulator(speed=100_000.0)
    yield simulator
    simulator.close()


@pytest.fixture
def account(world: Simulator) -> Iterator[str]:
    """The address of the simulated account."""
    with serving_simulator(world) as address:
        yield address


@pytest.fixture
def forge() -> Iterator[forge_.Forge]:
    with forge_.serving() as found:
        yield found


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with one commit, in which nothing was applied yet."""
    tree = tmp_path / "tree"
    plant(tree)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *arguments], cwd=tree, check=True, capture_output=True)
    return tree


@pytest.fixture
def job(tree: Path, tmp_path: Path, forge: forge_.Forge, account: str, warm_command: Path) -> Job:
    """A job on GitHub for pull request 7."""
    home = tmp_path / "runner"
    tools = home / "bin"
    tools.mkdir(parents=True)
    command = tools / "reconciler"
    command.write_text(NOTING.format(command=warm_command))
    command.chmod(0o755)
    environ = {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "SEEN": str(home / "seen"),
        "NO_COLOR": "1",
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": forge.address,
        "GITHUB_REPOSITORY": "brand/models",
        "GITHUB_OUTPUT": str(home / "output"),
        "GITHUB_STEP_SUMMARY": str(home / "summary"),
        "RUNNER_TEMP": str(home),
        "STEP_PULL": "7",
        "STEP_FORGE_TOKEN": FORGE_TOKEN,
        "BRIA_API_TOKEN": TOKEN,
        "RECONCILER_ENDPOINT": account,
        "RECONCILER_SETTLE": "0",
        "RECONCILER_TIER": "enterprise",
    }
    return Job(tree=tree, forge=forge, environ=environ, home=home)


@pytest.fixture
def elsewhere(job: Job) -> Job:
    """A job of another CI system, which has no forge and hands nothing from step to step."""
    kept = {name: text for name, text in job.environ.items() if not name.startswith(("GITHUB_", "RUNNER_", "STEP_"))}
    return Job(tree=job.tree, forge=job.forge, environ=kept, home=job.home)


@pytest.fixture
def gitlab(job: Job, forge: forge_.Forge) -> Job:
    """A job on GitLab for merge request 7."""
    environ = {name: text for name, text in job.environ.items() if not name.startswith(("GITHUB_", "RUNNER_"))}
    environ |= {"GITLAB_CI": "true", "CI_API_V4_URL": forge.address, "CI_PROJECT_ID": "12", "CI_MERGE_REQUEST_IID": "7"}
    environ |= {"STEP_RESULTS": "reconciler-results"}
    return Job(tree=job.tree, forge=forge, environ=environ, home=job.home)
