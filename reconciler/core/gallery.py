"""A gallery: what each version of a model is to draw, so that versions can be compared, and what is there of it.

A gallery is declared only. It has no live side: files below the root are all there is of it.
"""

import json
from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from hashlib import sha256

from reconciler.core.order import Order, Picture
from reconciler.core.problem import Location
from reconciler.core.ref import Ref
from reconciler.core.strictjson import Value
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryCase:
    """One case: what is drawn by each version. Its pictures have digests; the files are read when they are sent."""

    name: str
    order: Order
    location: Location

    @property
    def definition(self) -> str:
        """The SHA-256 of all that decides what is drawn. The name, and where files of the case lie, are no part of it."""
        text = json.dumps(_canonical(self.order), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return sha256(text.encode()).hexdigest()


def _canonical(order: Order) -> dict[str, object]:
    """The order as plain values, without what was left out. A checkpoint is a column of the gallery and no part of a case."""
    found: dict[str, object] = {
        "kind": order.draws.value,
        "prompt": order.prompt,
        "structured_prompt": order.structured_prompt,
        "parameters": dict(order.given),
        "guidance": [
            {"method": guide.method.value, "picture": _named(guide.picture), "scale": guide.scale}
            for guide in order.guidance
        ],
        "image_prompt": [_named(picture) for picture in order.image_prompt],
        "structure": None if order.structure is None else _named(order.structure),
        "person": None if order.person is None else _named(order.person),
    }
    kept = {key: value for key, value in found.items() if value not in ("", None, [], {})}
    return kept if order.has_prefix else {**kept, "prefix": False}


def _named(picture: Picture) -> str:
    return f"{'address' if picture.address else 'sha256'}:{picture.digest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredGallery:
    """A gallery manifest. `folder` is the path of its results below the manifest root."""

    name: str
    location: Location
    model: Ref
    folder: str
    checkpoints: tuple[int, ...] = ()
    """Steps of expert trainings, each a column more for every version."""
    cases: tuple[GalleryCase, ...] = ()

    def __str__(self) -> str:
        return f"gallery/{self.name}"

    def case(self, name: str) -> GalleryCase | None:
        """The case of that name."""
        return next((case for case in self.cases if case.name == name), None)

    def columns_of(self, fingerprint: str) -> tuple["Column", ...]:
        """The columns that a version has: its active checkpoint, and those that are declared."""
        return (Column(fingerprint), *(Column(fingerprint, step) for step in self.checkpoints))


@dataclass(frozen=True, slots=True)
class Column:
    """A version of the model by its fingerprint, and the step of another checkpoint than the active one."""

    fingerprint: str
    checkpoint: int | None = None

    def __lt__(self, other: "Column") -> bool:
        return (self.fingerprint, self.checkpoint or 0) < (other.fingerprint, other.checkpoint or 0)

    @property
    def folder_name(self) -> str:
        """`a9f3c1a2b7d40`, or `a9f3c1a2b7d40@500`."""
        return self.fingerprint if self.checkpoint is None else f"{self.fingerprint}@{self.checkpoint}"


class CaseState(StrEnum):
    """What is there of a case in a column."""

    PRESENT = "present"
    """The picture and its record, and the record is of the case as it is defined."""
    STALE = "stale"
    """The same, but the case was defined differently when it was drawn."""
    MISSING = "missing"
    """Nothing."""
    UNKNOWN = "unknown"
    """A request was about to be sent, and nobody knows what became of it."""
    DAMAGED = "damaged"
    """Files that do not belong together, or cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What is there of one case in one column.

    `file` is the path of the picture below the manifest root and `digest` its SHA-256 (a Git LFS pointer stands for the
    file); both are empty where there is none. `record` is the JSON beside it. `reason` is a clause where the state needs one.
    """

    case: str
    column: Column
    state: CaseState
    file: str = ""
    digest: str = ""
    has_content: bool = True
    """False for a Git LFS pointer."""
    record: Mapping[str, Value] = field(default_factory=dict, repr=False)
    reason: str = ""

    @property
    def media_type(self) -> str:
        """Of the picture, as its record says it."""
        about = self.record.get("file")
        found = about.get("type") if isinstance(about, dict) else None
        return found if isinstance(found, str) else ""
