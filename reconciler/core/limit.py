"""How much one apply may do unasked, as numbers."""

from collections.abc import Mapping
from dataclasses import fields, replace

from reconciler.core.value import dataclass

REMOVALS_FROM = 5
"""Live images of a dataset from which on the configured share counts: the API recommends five and more."""

SHARE_OF_FEW = 50
"""Percent of fewer images that may go whatever a lower limit says: one image of two is a share already."""

DELETIONS_FROM = 10
"""Live versions from which on a share of deletions is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one apply may do unasked, and how many pictures one run of a gallery may draw; None is no limit.

    `image_removals_percent` counts as it stands from five live images of a dataset on; of fewer, half may go where the
    limit is lower. `deletions_percent` counts once there are ten live versions of all manifests.
    """

    trainings: int = 1
    caption_rewrites: int = 0
    image_removals_percent: int = 30
    uploads: int | None = None
    image_removals: int | None = None
    deletions: int | None = None
    deletions_percent: int | None = None
    generations: int = 20
    """Requests that draw, of one run of a gallery."""

    def most_percent_of(self, images: int) -> int:
        """The share of so many live images that may go, in percent."""
        most = self.image_removals_percent
        return most if images >= REMOVALS_FROM else max(most, SHARE_OF_FEW)


LIMIT_NAMES = tuple(field.name for field in fields(Limits))
SHARES = frozenset({"image_removals_percent", "deletions_percent"})
"""Limits that are given in percent."""


def allow(limits: Limits, raised: Mapping[str, int]) -> Limits:
    """Some limits at another number, for one run; KeyError names one that does not exist."""
    for name in raised:
        if name not in LIMIT_NAMES:
            raise KeyError(name)
    return replace(limits, **raised)
