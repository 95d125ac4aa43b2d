"""A wheel as a stranger uses it: installed into an environment of its own, far from the checkout, and run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from release.prepare import ReleaseRefused

STORY = (
    ("plan", "--out", "plan.json"),
    ("show", "plan.json", "--format", "html"),
    ("apply", "plan.json"),
    ("wait",),
    ("plan", "--detailed-exitcode"),
    ("init", "--root", "new", "--ci", "github"),
)
"""The quickstart on the simulator, and what needs files of the package that are no code: a report, a workflow."""


def install(wheel: Path, constraints: Path, folder: Path) -> Path:
    """Install a wheel with the pinned versions into a fresh environment; the path of its command."""
    python = folder / "bin" / "python"
    _run([sys.executable, "-m", "venv", str(folder)], folder.parent, _outside())
    options = ("--quiet", "--no-input", "--disable-pip-version-check")
    _run(
        [str(python), "-I", "-m", "pip", "install", *options, "-c", str(constraints), str(wheel)],
        folder.parent,
        _outside(),
    )
    return folder / "bin" / "reconciler"


def try_out(command: Path, version: str, quickstart: Path, folder: Path) -> None:
    """Run the quickstart with an installed command in a new folder. ReleaseRefused if anything fails."""
    shutil.copytree(quickstart, folder / "manifests")
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "RECONCILER_ENDPOINT": "simulator:account.sqlite",
        "RECONCILER_ROOT": "manifests",
    }
    _run(["git", "init", "--quiet"], folder, environ)  # CI files go into the top folder of a repository
    said = _run([str(command), "--version"], folder, environ).strip()
    if said != f"reconciler {version}":
        raise ReleaseRefused(f"The installed command calls itself {said}, not reconciler {version}.")
    for arguments in STORY:
        _run([str(command), *arguments], folder, environ)


def _outside() -> dict[str, str]:
    """This environment without what would let Python find the checkout."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def _run(command: list[str], folder: Path, environ: dict[str, str]) -> str:
    ran = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        shown = " ".join(command)
        raise ReleaseRefused(f"`{shown}` ended with exit code {ran.returncode}:\n{ran.stdout}{ran.stderr}")
    return ran.stdout
