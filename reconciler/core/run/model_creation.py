"""When a run may make a model on a completed dataset, and when it must settle first, so that no two are ever trained.

Nobody makes a model on a dataset that is not completed. So whoever has just completed it comes first, by a head start
that everybody else leaves to it. Both is measured on the run's own clock, by reads of the dataset by its id, which do
not lag. How long a request or a process was held up does not matter, as the head start is held against the answer.
"""

from collections.abc import Iterable

from reconciler.core.change import ModelChange
from reconciler.core.diff.election import ModelMember
from reconciler.core.reason import Why
from reconciler.core.value import dataclass

HEAD_START = 0.5
"""Of `settle`: how long after its last look at the draft a run may take until its model is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """When a dataset froze that a run completed: after it was asked for as a draft, before it was seen completed.

    `marked` is when it was asked for and bore the run's own mark. A final name bears none, so a draft that has one may
    be another run's by then.
    """

    marked: float
    still_open: float
    seen: float

    def is_own(self, settle: float) -> bool:
        """Did this run complete it, and no other? Another one would have given it a mark, and settled before it went on."""
        return self.seen - self.marked < settle


def is_first(freeze: Freeze | None, made: float, settle: float) -> bool:
    """Was a model made so soon after the freeze that nobody else can make another?

    Whoever else finds the dataset completed found it so after `still_open`, and looks at the list of models again
    `settle` and the head start later: it shows this one then.
    """
    return freeze is not None and freeze.is_own(settle) and made - freeze.still_open <= settle * HEAD_START


def looks_from(freeze: Freeze | None, began: float, settle: float) -> float:
    """From when on the list shows what others made of a dataset that they completed; `began`: it was completed before.

    A run that completed it itself need not wait for others. Only where it was held up for long meanwhile may somebody
    else have completed it.
    """
    if freeze is not None and freeze.is_own(settle):
        return float("-inf")
    return (began if freeze is None else freeze.seen) + settle * (1 + HEAD_START)


def was_seen_without_model(change: ModelChange) -> bool:
    """Did the plan see a completed dataset that bears no model? Then another run may be about to make one."""
    return change.reason.why in {Why.NO_MODEL_YET, Why.TRAINED_ON_ANOTHER_CONTENT}


def is_known(versions: Iterable[ModelMember], dataset_id: int) -> bool:
    """Does the dataset bear a model of this manifest already? Then whoever completed it has made its own."""
    return any(member.model.dataset_id == dataset_id for member in versions)
