"""API calls of each step, where the API does what its newest documents say and nothing gets lost.

Each read of a draft is counted once: what a step has just read serves the next one, and only a write makes it old. What
has to be waited for may take more reads. Where the API keeps more than its documents say, such as who wrote the captions
of a clone (U74), fewer are made.
"""

from reconciler.core.change import DatasetChange, Origin
from reconciler.core.content_change import ImageEffect
from reconciler.core.value import dataclass

PUT_AND_READ = 2
PROJECT = 2
"""Made or changed, and read."""
SET_ASIDE = 3
CREATE_MODEL = 3
"""The list before, the creation, the list after."""
START = 2
STOP = 8
"""The model is read until it is stopped: half a minute of reads."""
RENAME = 3
DELETE = 2


@dataclass(frozen=True, slots=True)
class DatasetCalls:
    """What each step of one dataset version takes."""

    change: DatasetChange

    @property
    def begin(self) -> int:
        """The draft is made, looked for in the list and read; of a clone the source is read before."""
        match self.change.origin:
            case Origin.CREATE:
                return 3
            case Origin.CLONE:
                return 4
            case Origin.RESUME:
                return 4 + self.change.wish.uploads.is_once

    @property
    def check(self) -> int:
        """A clone calls every caption automatic, so those that people wrote are written again (U74)."""
        again = self.change.written_again
        source = int(self.change.origin is Origin.RESUME)
        return source + (again + 1 if again else 0) + PUT_AND_READ

    @property
    def guide(self) -> int:
        """The check of a clone sends it along."""
        return self._reading + (0 if self.change.source_id is not None else PUT_AND_READ)

    @property
    def regenerate(self) -> int:
        """One call where no hand-written caption stands beside, else one for each automatic one."""
        change = self.change
        reading = 0 if change.guide else self._reading
        if not (change.stale or change.guide):
            return reading
        if not change.regenerated:
            return reading + PUT_AND_READ
        if not (change.declared or change.kept):
            return reading + 3 + PUT_AND_READ
        # Of a dataset of thousands one read of all its images serves many of these calls.
        each = change.regenerated + 1 if change.wish.uploads.is_once else 2 * change.regenerated
        return reading + each + PUT_AND_READ

    def caption(self, written: int, at_once: int) -> int:
        """The draft is read once all its images are there, an archive's before; and again after captions were written.

        `at_once` of those that are written are written when their images are uploaded, so the first read shows them.
        """
        unread = bool(self.change.coming) and not self.change.wish.uploads.is_once
        return int(unread) + written + int(written > at_once)

    @property
    def complete(self) -> int:
        """The final name, then the status; each is read back."""
        return 2 * PUT_AND_READ if self.change.wish.completed else 0

    @property
    def _reading(self) -> int:
        """One read where images were removed since the last."""
        return int(any(image.effect is not ImageEffect.ADDED for image in self.change.images))
