"""The replay of `examples/adopt`: an account that people filled is in sync at no cost, and then changes as any other."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow


COMMAND = """\
#!/bin/sh
# The server has to die with its process, and a warm command is a process of another one.
[ "$1" = simulate ] && exec "{cold}" "$@"
exec "{warm}" "$@"
"""


def test_the_replay_plans_what_its_readme_says(tmp_path: Path, warm_command: Path) -> None:
    command = tmp_path / "bin" / "reconciler"
    command.parent.mkdir()
    command.write_text(COMMAND.format(cold=Path(sys.executable).parent / "reconciler", warm=warm_command))
    command.chmod(0o755)
    environ = {
        "PATH": os.pathsep.join([str(command.parent), os.environ["PATH"]]),
        "PYTHON": sys.executable,
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "NO_COLOR": "1",
        "COLUMNS": "200",
    }
    replay = subprocess.run(
        ["bash", str(ROOT / "examples/adopt/replay.sh")],
        env=environ,
        capture_output=True,
        check=False,
        text=True,
        timeout=100,
    )
    assert replay.returncode == 0, replay.stdout + replay.stderr
    said = replay.stdout
    assert "1 project, 1 dataset (1 by hand), 1 model (1 by hand)." in said
    assert "8 live images and 8 files in git: 8 certain\n" in said
    names, swap = said.split("$ reconciler plan --out ")[1:]
    assert "2 live objects are renamed, nothing is destroyed.\n" in names
    assert "trainings  0 (limit 1)" in names
    assert "\nIn sync: 1 project, 1 dataset (8 images), 1 model. 3 calls.\n" in names
    assert "1 dataset gets a new version, 1 model is trained, nothing is destroyed.\n" in swap
    assert "uploads    1 image, " in swap
    assert "1 version completed, 1 model trained." in swap
    assert "v1  trained, adopted (id 40001, " in swap
