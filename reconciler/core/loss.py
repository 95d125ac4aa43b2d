"""What is live and goes by a change: images, captions, versions, checkpoints, trainings. It is counted here and nowhere else."""

from collections.abc import Iterable

from reconciler.core.content_change import LostCaption, LostImage
from reconciler.core.kind import Kind
from reconciler.core.reason import Reason
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedTraining:
    """A training that is stopped; what it has cost is lost."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedObject:
    """A live object that is deleted; `stops` says that its training is stopped first."""

    kind: Kind
    id: int
    name: str
    reason: Reason
    stops: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedCheckpoints:
    """Checkpoints of one live model version that are deleted; the version stays.

    `steps` go, `kept` stay, and `active` is the one of those that draws. Steps are sorted, and names are those that git knows.
    """

    id: int
    name: str
    steps: tuple[int, ...]
    kept: tuple[int, ...]
    active: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """What is live and goes: the one answer that limits, the binding to a review and reports use.

    A twin is no loss, since the image stays once.
    """

    images: tuple[LostImage, ...] = ()
    captions: tuple[LostCaption, ...] = ()
    """Captions of people that are replaced by git's; a caption that goes with its image is told there."""
    objects: tuple[RemovedObject, ...] = ()
    """Live versions and projects that are deleted."""
    trainings: tuple[StoppedTraining, ...] = ()
    """Running trainings that are stopped."""
    checkpoints: tuple[RemovedCheckpoints, ...] = ()
    """Checkpoints that are deleted of versions that stay."""

    @property
    def is_none(self) -> bool:
        return self == NOTHING_LOST

    @property
    def destroyed_images(self) -> tuple[LostImage, ...]:
        """Lost images that no completed version holds either."""
        return tuple(image for image in self.images if image.kept_in is None) if self.images else ()

    @property
    def is_for_good(self) -> bool:
        """Does something go that no completed version keeps: an image, a caption, a version, a checkpoint?"""
        return bool(self.destroyed_images or self.captions or self.objects or self.checkpoints)

    @property
    def checkpoint_count(self) -> int:
        """How many checkpoints are deleted of versions that stay."""
        return sum(len(one.steps) for one in self.checkpoints)


NOTHING_LOST = Losses()


def all_losses(losses: Iterable[Losses]) -> Losses:
    """What all of these are together."""
    found = [one for one in losses if one is not NOTHING_LOST]
    return Losses(
        images=tuple(image for one in found for image in one.images),
        captions=tuple(caption for one in found for caption in one.captions),
        objects=tuple(removed for one in found for removed in one.objects),
        trainings=tuple(stopped for one in found for stopped in one.trainings),
        checkpoints=tuple(removed for one in found for removed in one.checkpoints),
    )
