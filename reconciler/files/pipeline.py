"""The files by which CI runs the tool, written by `init --ci`; one that exists is never touched."""

import os
from importlib.resources import files
from pathlib import Path
from typing import Literal

from reconciler.files.scaffold import Scaffold

Vendor = Literal["github", "gitlab"]

_FILES: dict[Vendor, dict[str, str]] = {
    "github": {".github/workflows/reconciler.yml": "github.yml"},
    "gitlab": {".gitlab/reconciler.yml": "gitlab.yml", ".gitlab-ci.yml": "gitlab-include.yml"},
}
"""Where each file goes, and what it is called in the package."""


def write_pipeline(folder: Path, vendor: Vendor) -> Scaffold:
    """Write what CI of this vendor needs into the top folder of a repository; paths below it. OSError where it cannot.

    Where `.gitlab-ci.yml` is there already it is kept, and must be told to include `.gitlab/reconciler.yml`.
    """
    source = files("reconciler.files") / "workflow"
    written: list[str] = []
    kept: list[str] = []
    for name, model in _FILES[vendor].items():
        data = (source / model).read_bytes()
        (written if _write(folder / name, data) else kept).append(name)
    return Scaffold(written=tuple(written), kept=tuple(kept))


def _write(path: Path, data: bytes) -> bool:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    except FileExistsError:
        return False
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    return True
