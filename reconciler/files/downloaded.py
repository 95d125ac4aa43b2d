"""What was downloaded before: the JSON file beside it, and whether the files still are what it says."""

import json
from collections.abc import Iterable, Mapping
from hashlib import file_digest
from pathlib import Path
from typing import Final

from reconciler.core.value import dataclass
from reconciler.files.whole_file import create_file, replace_path

_LIMIT: Final = 64 * 1024


class DownloadDiffers(Exception):
    """A file of that name is there, and is not what is or was downloaded. The message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """One file; `holds` says what of the object it is."""

    holds: str
    name: str
    size: int
    sha256: str


def kept_before(folder: Path, stem: str) -> tuple[tuple[KeptFile, ...], bool]:
    """What the record lists, and whether all of it is there. DownloadDiffers where a file is there that is something else."""
    listed = _listed(folder / _record_name(stem))
    known = {one.name for one in listed}
    for path in sorted(folder.glob(f"{stem}.*")):
        if path.name not in known and path.name != _record_name(stem):
            raise DownloadDiffers(f"{path} is there already, and no record says what it is")
    missing = False
    for one in listed:
        path = folder / one.name
        if not path.exists():
            missing = True
        elif digest_of(path) != one.sha256:
            raise DownloadDiffers(f"{path} is there already, and is not what {_record_name(stem)} says")
    return listed, bool(listed) and not missing


def write_record(folder: Path, stem: str, about: Mapping[str, object], files: Iterable[KeptFile]) -> None:
    """Say what the files are. A record of the same name lists files that are gone or the same, so it is replaced."""
    listed = [{"holds": one.holds, "name": one.name, "size": one.size, "sha256": one.sha256} for one in files]
    data = (json.dumps({**about, "files": listed}, indent=2, ensure_ascii=False) + "\n").encode()
    path = folder / _record_name(stem)
    if not create_file(path, data):
        replace_path(path, data)


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _record_name(stem: str) -> str:
    return f"{stem}.download.json"


def _listed(path: Path) -> tuple[KeptFile, ...]:
    """The files that a record lists; none where there is no record."""
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_LIMIT))
        return tuple(_kept(one) for one in found["files"])
    except FileNotFoundError:
        return ()
    except (ValueError, KeyError, TypeError):
        raise DownloadDiffers(f"{path} is there already, and is no record of a download") from None


def _kept(one: Mapping[str, object]) -> KeptFile:
    holds, name, size, digest = (one[key] for key in ("holds", "name", "size", "sha256"))
    if not (isinstance(holds, str) and isinstance(name, str) and isinstance(size, int) and isinstance(digest, str)):
        raise TypeError("no entry of ours")
    if Path(name).name != name:
        raise ValueError("a file of another folder")
    return KeptFile(holds=holds, name=name, size=size, sha256=digest)
