"""The folder that an export is written to: nothing in it is ever written over, and what has come need not come again."""

import hashlib
import json
import os
from collections.abc import Iterable
from enum import StrEnum
from io import BytesIO
from pathlib import Path

from reconciler.core.value import dataclass
from reconciler.files.image.image_file import inspect
from reconciler.files.part_file import PartFile
from reconciler.files.whole_file import create_file, replace_path

_OWN = ".export"
_RECORD = f"{_OWN}/files.jsonl"
_IGNORE = b"*\n"


class Put(StrEnum):
    """What became of a file."""

    WRITTEN = "written"
    SAME = "same"
    """It was there with the same bytes."""
    DIFFERS = "differs"
    """A file of that name holds something else. It was left as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A picture that has come: its digest and its format, which is empty where the bytes are no image that is known."""

    digest: str
    form: str


class ExportFolder:
    """The folder. What has come and is not in its place yet lies in a hidden folder of it, one file for each picture."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._record = self._read_record()

    def put(self, path: str, data: bytes) -> Put:
        """Write a new file. OSError where it cannot be written."""
        place = self.root / path
        if create_file(place, data):
            return Put.WRITTEN
        return Put.SAME if _holds(place, data) else Put.DIFFERS

    def file_of(self, key: str) -> tuple[str, str] | None:
        """The file that a picture was put into, and its digest; None where it has to come (again)."""
        found = self._record.get(key)
        if found is None:
            return None
        path, digest = found
        try:
            data = (self.root / path).read_bytes()
        except OSError:
            return None
        return found if hashlib.sha256(data).hexdigest() == digest else None

    def remember(self, key: str, path: str, digest: str) -> None:
        """A picture is in its place."""
        self._record[key] = (path, digest)
        self._prepare()
        with (self.root / _RECORD).open("a", encoding="ascii") as file:
            # The line break stands first: a line that was cut short before takes none of this one with it.
            file.write("\n" + json.dumps([key, path, digest]))

    def has_arrived(self, key: str) -> bool:
        """Did a picture come before, and was not put into its place?"""
        return self._waiting(key).is_file()

    def keep(self, key: str, data: bytes) -> None:
        """Keep a picture that has just come, whole or not at all."""
        self._prepare()
        replace_path(self._waiting(key), data)

    def arrived(self, key: str) -> tuple[Arrived, bytes]:
        """What came."""
        data = self._waiting(key).read_bytes()
        found = inspect(BytesIO(data))
        form = "" if found.facts is None else found.facts.format
        return Arrived(digest=found.digest, form=form), data

    def forget(self, keys: Iterable[str]) -> None:
        """Remove what waited: it is in its place, or cannot be used."""
        for key in keys:
            self._waiting(key).unlink(missing_ok=True)

    def archive(self, id_: int) -> PartFile:
        """The file with all pictures of a dataset, as far as it has come. Another account's has another tag, and begins anew."""
        self._prepare()
        return PartFile(self.root / _OWN, f"dataset-{id_}")

    def _waiting(self, key: str) -> Path:
        return self.root / _OWN / key.replace("/", "-")

    def _prepare(self) -> None:
        (self.root / _OWN).mkdir(parents=True, exist_ok=True)
        create_file(self.root / _OWN / ".gitignore", _IGNORE)

    def _read_record(self) -> dict[str, tuple[str, str]]:
        """A line that was cut short is none; the picture then comes again."""
        try:
            lines = (self.root / _RECORD).read_text(encoding="ascii", errors="replace").splitlines()
        except OSError:
            return {}
        found = {}
        for line in lines:
            try:
                key, path, digest = map(str, json.loads(line))
            except (TypeError, ValueError):
                continue
            if not os.path.isabs(path) and ".." not in path.split("/"):  # noqa: PTH117 - text, not a place
                found[key] = (path, digest)
        return found


def _holds(place: Path, data: bytes) -> bool:
    try:
        return place.is_file() and place.stat().st_size == len(data) and place.read_bytes() == data
    except OSError:
        return False
