"""How much one apply may do unasked, as numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one apply may do unasked; None is no limit.

    `image_removals_percent` counts a dataset once it has 10 live images, `deletions_percent` the live versions of all
    manifests once there are 10.
    """

    trainings: int = 1
    caption_rewrites: int = 0
    image_removals_percent: int = 30
    uploads: int | None = None
    image_removals: int | None = None
    deletions: int | None = None
    deletions_percent: int | None = None


LIMIT_NAMES = tuple(field.name for field in fields(Limits))


def allow(limits: Limits, raised: Mapping[str, int]) -> Limits:
    """Some limits at another number, for one run; KeyError names one that does not exist."""
    for name in raised:
        if name not in LIMIT_NAMES:
            raise KeyError(name)
    return replace(limits, **raised)
