"""The file of a simulated account that `reconciler.yaml` names: it lies below the folder that holds the journal's."""

import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath

from reconciler.core.text import quoted, visible

OWN_FOLDER = ".reconciler"
"""Beside the root: the journal's folder, which keeps itself out of git."""

ACCOUNT_PATH = f"{OWN_FOLDER}/account.sqlite"
"""Where `init` lets the account be kept."""

_LONGEST = 200
_BESIDE = ("-wal", "-shm", "-journal")
_ARCHIVES = ".archives"
"""What SQLite and the simulator write beside the account's file."""


class AccountFileRefused(ValueError):
    """A path that a file of the tree may not name. Says why, in a few words."""


def account_file(root: Path, path: str) -> Path:
    """The file that `path` means, which stands in the configuration of `root`.

    It counts from the folder that holds the root and `.reconciler`. A pull request can change the configuration, so the
    path never leaves that folder, by a link or otherwise, nor the repository: no other file of the machine is written.
    """
    parts = required_path(path).parts
    whole = root.absolute()
    if (whole / ".git").exists():
        raise AccountFileRefused("the manifest folder is the whole repository, so the file would lie outside")
    place = whole.parent
    for part in parts[:-1]:
        place /= part
        _require(place, stat.S_ISDIR)
    for suffix in ("", *_BESIDE):
        _require(place / f"{parts[-1]}{suffix}", stat.S_ISREG)
    archives = place / f"{parts[-1]}{_ARCHIVES}"
    _require(archives, stat.S_ISDIR)
    with suppress(OSError):
        for archive in archives.iterdir():
            _require(archive, stat.S_ISREG)
    return place / parts[-1]


def required_path(path: str) -> PurePosixPath:
    """The path, if it can name such a file wherever the root lies; else AccountFileRefused."""
    if not path or len(path) > _LONGEST or visible(path) != path:
        raise AccountFileRefused("it names no file")
    if "\\" in path or ":" in path or path.startswith(("/", "~")) or ".." in path.split("/") or path.endswith("/"):
        raise AccountFileRefused("it is no path below the folder that holds the manifest folder")
    parts = [part for part in PurePosixPath(path).parts if part != "."]
    if not parts:
        raise AccountFileRefused("it names no file")
    if ".git" in map(str.casefold, parts):
        raise AccountFileRefused("it lies in the folder of git itself")
    return PurePosixPath(*parts)


def _require(place: Path, is_right: Callable[[int], bool]) -> None:
    """AccountFileRefused if a place is taken by a link, or by anything but what it is for."""
    try:
        mode = place.lstat().st_mode
    except OSError:  # it is made when it is needed, or fails then
        return
    if stat.S_ISLNK(mode):
        raise AccountFileRefused(f"{quoted(place.name, 60)} is a link")
    if not is_right(mode):
        raise AccountFileRefused(f"{quoted(place.name, 60)} is something else already")
