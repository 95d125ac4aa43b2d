"""The note of a job that was begun and not fetched yet: by it a later run takes the job up, without another request that costs.

`job-ID.json` lies in the folder of the results. It holds the record of what was asked for, and goes once the result is written.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from reconciler.core.strictjson import BadJson, Value, loads
from reconciler.files.whole_file import create_file

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")
_MOST_BYTES: Final = 1_000_000
_NAMES: Final = {
    "model": re.compile(r"[a-z0-9-]{1,63}"),
    "fingerprint": re.compile(r"[a-z][0-9a-f]{6,12}"),
    "kind": re.compile(r"[a-z]{1,20}"),
}
"""What names the file of a result; nothing else may lead to one."""


class NoJobNote(ValueError):
    """There is no note of this job that can be used; the message completes "the folder"."""


def note_job(folder: Path, job: str, record: Mapping[str, object]) -> Path:
    """Write the note. OSError where the disk says no, or where there is one already."""
    place = folder / f"job-{job}.json"
    data = (json.dumps({"job": job, "record": record}, indent=2, ensure_ascii=False) + "\n").encode()
    if not create_file(place, data):
        raise FileExistsError(0, "it is there already", str(place))
    return place


def read_job_note(folder: Path, job: str) -> dict[str, Value]:
    """The record of what the job was asked to draw. NoJobNote where no note can be read that is about this job."""
    if _ID.fullmatch(job) is None:
        raise NoJobNote("holds no note of a job with such an id")
    place = folder / f"job-{job}.json"
    try:
        with place.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise NoJobNote(f"holds no note of it that can be read ({place.name}: {error.strerror})") from None
    found: Value = None
    with suppress(BadJson):
        found = loads(data) if len(data) <= _MOST_BYTES else None
    record = found.get("record") if isinstance(found, dict) and found.get("job") == job else None
    if not isinstance(record, dict) or not _names_a_file(record):
        raise NoJobNote(f"holds a note that was changed or damaged ({place.name})")
    return record


def _names_a_file(record: Mapping[str, Value]) -> bool:
    seed = record.get("seed", "")
    words = ((pattern, record.get(name)) for name, pattern in _NAMES.items())
    is_named = all(isinstance(word, str) and pattern.fullmatch(word) for pattern, word in words)
    return is_named and (seed is None or (isinstance(seed, int) and not isinstance(seed, bool)))


def forget_job(folder: Path, job: str) -> None:
    """Take the note away, if the disk lets us: it says no more than what lies beside it now."""
    with suppress(OSError):
        (folder / f"job-{job}.json").unlink(missing_ok=True)
