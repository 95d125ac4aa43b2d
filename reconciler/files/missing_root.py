"""The manifest folder is not there: the problem, with the current folder proposed where the manifests lie in it."""

import os
from collections.abc import Iterator
from pathlib import Path

from reconciler.core.manifest.spec import API_VERSION
from reconciler.core.problem import Location, Problem
from reconciler.core.text import quoted
from reconciler.files.tree import FileRefused

NO_ROOT = "root-missing"
"""The rule that says that there is no manifest folder, and no manifest here either."""

ROOT_HERE = "root-here"
"""The rule that says that there is no manifest folder, and that the manifests may lie here: `status` shows no account then."""

LOOKED_AT = 200
"""Entries of the current folder, and of each folder in it, that are looked at: it may be a home folder."""

HEAD = 4096
"""Bytes of a file that are looked at."""


def missing_root(root: Path, refused: FileRefused) -> Problem:
    """The problem. Where a person stands in the manifest folder itself, it says so."""
    here = next(_manifests(Path()), None)
    if here is None:
        detail = ""
        remedy = "Name the folder that holds the manifests with --root, or make one with `reconciler init`."
    else:
        detail = f"But the current folder holds manifests, such as {quoted(str(here), 60)}."
        remedy = "If they are meant, add `--root .`, or set RECONCILER_ROOT=. for all commands."
    return Problem(
        rule=NO_ROOT if here is None else ROOT_HERE,
        location=Location(str(root)),
        summary=f"the manifest folder {refused.reason}",
        detail=detail,
        remedy=remedy,
    )


def _manifests(folder: Path, *, depth: int = 2) -> Iterator[Path]:
    """Files that look like manifests, in a folder and the folders in it. What cannot be read is none."""
    try:
        with os.scandir(folder) as entries:
            found = sorted((entry for entry, _ in zip(entries, range(LOOKED_AT), strict=False)), key=lambda e: e.name)
    except OSError:
        return
    for entry in found:
        if entry.is_file(follow_symlinks=False) and entry.name.endswith((".yaml", ".yml")):
            if _is_manifest(folder / entry.name):
                yield folder / entry.name
        elif depth > 1 and entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
            yield from _manifests(folder / entry.name, depth=depth - 1)


def _is_manifest(place: Path) -> bool:
    """Does the head of a file name the version of our manifests?"""
    try:
        with place.open("rb") as file:
            return API_VERSION.encode() in file.read(HEAD)
    except OSError:
        return False
