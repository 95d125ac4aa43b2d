"""What the API tells of the archive of an advanced dataset: whether one was sent, how far it is, and what failed."""

from collections.abc import Iterable
from enum import StrEnum

from reconciler.core.name import parse_image_key
from reconciler.core.value import dataclass


class BulkState(StrEnum):
    """How far the one upload of an archive is; UNKNOWN is a word that this release does not know."""

    NONE = "none"
    """The API tells of no upload: there was none, or it ended so long ago that the API has forgotten it (V82)."""
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedImage:
    """One image of an archive that the API did not take. `filename` is its name in the archive, as the API gave it."""

    filename: str
    code: int | None = None
    message: str = ""

    @property
    def key(self) -> str | None:
        """The key of its digest; None where the name carries none."""
        return parse_image_key(self.filename)


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkUpload:
    """The upload of one archive. `found` counts the images that the API found in it, `done` those that it took.

    `failed` counts those that it did not take. The list of `failures` may be shorter (V81).
    """

    state: BulkState
    found: int = 0
    done: int = 0
    failed: int = 0
    failures: tuple[FailedImage, ...] = ()

    @property
    def is_certain(self) -> bool:
        """Was an archive certainly sent? A dataset that none was sent to may be called pending too (U53)."""
        if self.state is BulkState.PENDING:
            return bool(self.found or self.done or self.failed)
        return self.state is not BulkState.NONE

    @property
    def is_under_way(self) -> bool:
        """Is the API certainly at work on it? A state that this release does not know is waited for, too."""
        return self.is_certain and self.state not in {BulkState.COMPLETED, BulkState.FAILED}

    @property
    def is_over(self) -> bool:
        return self.state in {BulkState.COMPLETED, BulkState.FAILED}

    def failures_of(self, keys: Iterable[str]) -> tuple[FailedImage, ...]:
        """The failures of images with these keys, in the order of their names."""
        wanted = set(keys)
        found = [failure for failure in self.failures if failure.key in wanted]
        return tuple(sorted(found, key=lambda failure: failure.filename))


NO_BULK_UPLOAD = BulkUpload(state=BulkState.NONE)
"""What is known of a dataset that nothing was sent to."""
