"""Files that git is told to ignore: they are on this disk, and in no clone."""

import os
from collections.abc import Iterable
from pathlib import Path

from reconciler.files.git.repository import RevisionRefused, find_repository


def ignored(root: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """Those of the paths below a root that rules of the repository hide; none where there is no repository to ask.

    Files that git tracks all the same are not among them.
    """
    listed = list(paths)
    try:
        repository, below = find_repository(root)
        hidden = repository.ignored([f"{below}/{path}" if below else path for path in listed])
    except RevisionRefused:
        return ()
    return tuple(path for path in listed if os.fsencode(f"{below}/{path}" if below else path) in hidden)
