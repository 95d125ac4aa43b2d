"""Where a reader of a comment finds the files of the tree: on the forge that runs this job, or from the top of the repository.

A forge does not resolve a relative link in a comment against the files of the repository, so in CI an address is made of what its
runner says of itself.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from reconciler.files.git.repository import RevisionRefused, find_repository

_SERVER: Final = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?")
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def file_address(root: Path, environ: Mapping[str, str]) -> str:
    """An address, or a path, to which a path below the root is added; empty where the root lies in no repository."""
    try:
        _, below = find_repository(root)
    except RevisionRefused:
        return ""
    forge = forge_address(environ)
    return "/".join(filter(None, [forge, below])) or "."


def forge_address(environ: Mapping[str, str]) -> str:
    """Where GitHub or GitLab shows files of the commit that it runs this for; empty elsewhere."""
    server, repository = environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_REPOSITORY", "")
    commit = environ.get("GITHUB_SHA", "")
    if _SERVER.fullmatch(server) and _REPOSITORY.fullmatch(repository) and _COMMIT.fullmatch(commit):
        return f"{server}/{repository}/blob/{commit}"
    server, repository = environ.get("CI_SERVER_URL", ""), environ.get("CI_PROJECT_PATH", "")
    commit = environ.get("CI_COMMIT_SHA", "")
    if _SERVER.fullmatch(server) and _REPOSITORY.fullmatch(repository) and _COMMIT.fullmatch(commit):
        return f"{server}/{repository}/-/blob/{commit}"
    return ""
