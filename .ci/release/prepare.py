"""The commit of a release: the version, the changelog made of its fragments, and its tag wherever one is named."""

import re
import subprocess
import sys
from pathlib import Path

from release.naming import PLACES, name_everywhere, named, newest_release, ref_of, set_version, version_of

_WRITTEN = ("CHANGELOG.md", "changes", "reconciler/__init__.py", *PLACES)


class ReleaseRefused(Exception):
    """Why no release can be made, and what to do."""


def git(root: Path, *arguments: str) -> str:
    """What git prints; ReleaseRefused with its own words where it fails."""
    ran = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise ReleaseRefused(f"git {arguments[0]} failed: {ran.stderr.strip() or ran.stdout.strip()}")
    return ran.stdout.strip()


def is_prepared(root: Path, version: str) -> bool:
    """Does the tree say all that the commit of this release says?"""
    refs = {ref for found in named(root).values() for ref in found}
    return (
        version_of(root) == version == newest_release(_changelog(root))
        and refs == {ref_of(version)}
        and not _fragments(root)
    )


def prepare(root: Path, version: str) -> bool:
    """Make the commit of this release on the branch that is checked out. False if the tree is prepared already.

    ReleaseRefused, with the tree as it was, where that cannot be.
    """
    if git(root, "status", "--porcelain", "--untracked-files=no"):
        raise ReleaseRefused("There are changes that are not committed. Commit or stash them: a release is a commit.")
    if is_prepared(root, version):
        return False
    _check_version(root, version)
    if not _fragments(root):
        raise ReleaseRefused("changes/ holds no fragment, so there is nothing to release.")
    git(root, "var", "GIT_COMMITTER_IDENT")  # fails here, and not after files were written, where git knows no name
    try:
        set_version(root, version)
        _gather_fragments(root, version)
        name_everywhere(root, ref_of(version))
        git(root, "add", "--all", "--", *_WRITTEN)
        git(root, "commit", "--quiet", "-m", f"Release {version}", "-m", "CHANGELOG.md says what it brings.")
    except ReleaseRefused:
        git(root, "reset", "--quiet", "--hard")  # all that git knows was clean before
        raise
    return True


def _check_version(root: Path, version: str) -> None:
    """Versions have three numbers and go up."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise ReleaseRefused(f"{version} is no version. Say it as in `make release VERSION=1.2.3`.")
    before = newest_release(_changelog(root))
    if before is not None and _numbers(version) <= _numbers(before):
        raise ReleaseRefused(f"CHANGELOG.md has {before} already. Say the next one: `make release VERSION=1.2.3`.")


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _changelog(root: Path) -> str:
    return (root / "CHANGELOG.md").read_text(encoding="utf-8")


def _fragments(root: Path) -> list[Path]:
    return [path for path in (root / "changes").glob("*.md") if path.name != "README.md"]


def _gather_fragments(root: Path, version: str) -> None:
    command = [sys.executable, "-m", "towncrier", "build", "--yes", "--version", version]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise ReleaseRefused(f"The changelog cannot be made: {ran.stdout.strip()}{ran.stderr.strip()}")
