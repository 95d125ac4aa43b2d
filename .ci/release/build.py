"""Wheel and sdist of one commit: built from what git holds, more than once, and compared with it file by file."""

import hashlib
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from release.prepare import ReleaseRefused

Files = Mapping[str, bytes]
"""Contents by path, as git or an archive holds them."""

_MADE = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}
"""What a wheel holds beside the package, below its .dist-info."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Both files of a release."""

    wheel: Path
    sdist: Path

    def digests(self) -> dict[str, str]:
        """SHA-256 by file name."""
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (self.wheel, self.sdist)}


def export(root: Path, commit: str, folder: Path) -> None:
    """Write what a commit holds into a new folder: what else lies in the checkout is no part of a release."""
    ran = subprocess.run(["git", "archive", "--format=tar", commit], cwd=root, capture_output=True, check=True)
    with tarfile.open(fileobj=BytesIO(ran.stdout)) as archive:
        archive.extractall(folder, filter="data")


def committed_at(root: Path, commit: str) -> int:
    """When a commit was made, in seconds since 1970: every file of the release bears this time."""
    command = ["git", "show", "--no-patch", "--format=%ct", commit]
    return int(subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout)


def build(source: Path, folder: Path, epoch: int) -> Distribution:
    """Build both files of the tree in `source` into `folder`, with the backend that constraints.txt pins."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "HATCH"))}
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", str(folder)]
    environ["SOURCE_DATE_EPOCH"] = str(epoch)
    ran = subprocess.run(command, cwd=source, env=environ, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise ReleaseRefused(f"The build failed:\n{ran.stdout}{ran.stderr}")
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return Distribution(wheel=wheel, sdist=sdist)


def build_checked(root: Path, commit: str, work: Path) -> Distribution:
    """Build a commit, again from another folder, and the wheel once more from the sdist: the bytes are the same each time.

    ReleaseRefused if they are not, or if a file of the commit is missing in them, or another is there.
    """
    epoch = committed_at(root, commit)
    export(root, commit, work / "one")
    first = build(work / "one", work / "dist", epoch)
    export(root, commit, work / "elsewhere" / "two")
    second = build(work / "elsewhere" / "two", work / "dist-two", epoch)
    with tarfile.open(first.sdist) as archive:
        archive.extractall(work / "three", filter="data")
    (unpacked,) = (work / "three").iterdir()
    third = build(unpacked, work / "dist-three", epoch)
    if first.digests() != second.digests() or first.wheel.read_bytes() != third.wheel.read_bytes():
        raise ReleaseRefused("Two builds of one commit differ, so nobody could check this release by building it.")
    if faults := contents_faults(first, files_below(work / "one")):
        raise ReleaseRefused("\n".join(faults))
    return first


def files_below(folder: Path) -> Files:
    """All files of a folder by their paths."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def contents_faults(made: Distribution, source: Files) -> list[str]:
    """How both files differ from the source: the sdist holds all of it, the wheel holds the package."""
    name = made.sdist.name.removesuffix(".tar.gz")
    information = f"{name}.dist-info/"
    package = {path: data for path, data in source.items() if path.startswith("reconciler/")}
    wheel = _unzipped(made.wheel)
    described = {path for path in wheel if path.startswith(information)}
    faults = _differences(made.wheel.name, {path: wheel[path] for path in wheel.keys() - described}, package)
    if described != {information + path for path in _MADE}:
        faults.append(f"{made.wheel.name}: {information} holds {', '.join(sorted(described)) or 'nothing'}")
    sdist = {path.removeprefix(f"{name}/"): data for path, data in _untarred(made.sdist).items()}
    if sdist.pop("PKG-INFO", None) is None:
        faults.append(f"{made.sdist.name}: PKG-INFO is missing")
    return [*faults, *_differences(made.sdist.name, sdist, source)]


def _differences(archive: str, found: Files, wanted: Files) -> list[str]:
    return [
        *(f"{archive}: {path} is missing" for path in sorted(wanted.keys() - found.keys())),
        *(f"{archive}: {path} is no part of the commit" for path in sorted(found.keys() - wanted.keys())),
        *(f"{archive}: {path} differs" for path in sorted(found.keys() & wanted.keys()) if found[path] != wanted[path]),
    ]


def _unzipped(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _untarred(path: Path) -> Files:
    with tarfile.open(path) as archive:
        read = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        return {name: file.read() for name, file in read.items() if file is not None}
