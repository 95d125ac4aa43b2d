"""The note that a request is about to be sent: it stays where nobody knows what became of it, and holds what takes it up again.

`CASE.submitted.json` lies beside the results of the case. It is about one definition: once the case is defined anew, it says nothing.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import field
from typing import Final

from reconciler.core.strictjson import BadJson, Value, loads
from reconciler.core.value import dataclass
from reconciler.files.tree import Tree

_LIMIT: Final = 1_000_000
_JOB: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")
"""An id becomes a part of a path, and a note may come with a pull request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitNote:
    """What is known of a request that was, or was about to be, sent.

    `job` is the id by which the second version of the API knows it: to ask for it costs nothing. `ended` is a clause that
    says why nothing came. `file` and `record` are those of a result that was about to be written.
    """

    definition: str
    operation: str = ""
    job: str = ""
    ended: str = ""
    file: str = ""
    record: Mapping[str, Value] = field(default_factory=dict, repr=False)

    @property
    def reason(self) -> str:
        """A clause: how far it got."""
        if self.ended:
            return self.ended
        if self.job:
            return f"job {self.job} was begun, and what it drew was not fetched"
        if self.record:
            return "its result came, and was not written as a whole"
        return "a request was about to be sent, and what became of it is not known"

    @property
    def is_open(self) -> bool:
        """Can it be taken up without another request that costs?"""
        return not self.ended and bool(self.job or self.record)

    @property
    def digest(self) -> str:
        """SHA-256 of the result that was about to be written; empty where none came."""
        about = self.record.get("file")
        found = about.get("sha256") if isinstance(about, dict) else None
        return found if isinstance(found, str) else ""

    def encoded(self) -> bytes:
        """As it lies on the disk, without what is not known."""
        told = {
            "definition": self.definition,
            "operation": self.operation,
            "job": self.job,
            "ended": self.ended,
            "file": self.file,
            "record": dict(self.record),
        }
        return (json.dumps({key: value for key, value in told.items() if value}, indent=2) + "\n").encode()


def read_note(tree: Tree, path: str) -> SubmitNote | None:
    """The note; None where it cannot be read. OSError where it cannot be opened."""
    with tree.open_file(path) as file:
        data = file.read(_LIMIT + 1)
    try:
        found = loads(data) if len(data) <= _LIMIT else None
    except BadJson:
        return None
    if not isinstance(found, dict):
        return None
    words = {key: found.get(key, "") for key in ("definition", "operation", "job", "ended", "file")}
    record = found.get("record", {})
    texts = {key: value for key, value in words.items() if isinstance(value, str)}
    if len(texts) < len(words) or not isinstance(record, dict) or not texts["definition"]:
        return None
    if texts["job"] and _JOB.fullmatch(texts["job"]) is None:
        return None
    return SubmitNote(**texts, record=record)
