"""One comparison while it runs, and the rules that each kind of object brings to it."""

from collections.abc import Callable, Mapping
from dataclasses import field

from reconciler.core.desired import Desired
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.assessment import TrainingData, Verdict
from reconciler.core.live import LiveKey
from reconciler.core.loss import RemovedObject
from reconciler.core.reason import Reason
from reconciler.core.ref import Ref
from reconciler.core.refusal import Refusal
from reconciler.core.run_options import RunOptions
from reconciler.core.value import dataclass
from reconciler.core.wish import DatasetWish


@dataclass(slots=True, kw_only=True)
class Comparison:
    """What is compared, and what was found about earlier kinds that later kinds need.

    `prints` are the fingerprints of the declared datasets. `project_ids` holds the live project of each declared one.
    `training_data` holds the version of each dataset that models are trained on. `waits` says why an object
    that stands on this one has to wait: this one was refused, or is not complete. `wishes` says what the version that
    models are trained on must hold; many models have one dataset.
    """

    desired: Desired
    index: AccountIndex
    asked: RunOptions
    prints: Mapping[Ref, str]
    project_ids: dict[Ref, int] = field(default_factory=dict)
    training_data: dict[Ref, TrainingData] = field(default_factory=dict)
    waits: dict[Ref, Reason] = field(default_factory=dict)
    wishes: dict[Ref, DatasetWish] = field(default_factory=dict)

    def project_id(self, ref: Ref) -> int | None:
        """The live project that an object belongs to; None if it is not live yet."""
        return self.project_ids.get(self.desired.project_of(ref))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What pruning may not delete (`ids`), and what it deletes already (`going`)."""

    ids: frozenset[LiveKey]
    going: frozenset[LiveKey]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRules:
    """What the comparison does differently for each kind.

    `assess` judges one declared object and notes what later kinds need; `hold` says that it waits for its parent.
    `removed` lists the live objects that `ensure: absent` takes away, or refuses. The others exist for kinds with
    versions: `moved` gives live objects their new names (or says which datasets must be read first), `old` lists
    versions that pruning may delete, `inside` what it deletes of those that stay.
    """

    assess: Callable[[Comparison, Ref], Verdict]
    hold: Callable[["Comparison", Ref, Reason], Verdict]
    removed: Callable[[Comparison, Ref, int | None, frozenset[LiveKey]], tuple[RemovedObject, ...] | Refusal]
    moved: Callable[[Comparison, Ref, int], Verdict | frozenset[int]] | None = None
    old: Callable[[Comparison, Ref, int, Kept], tuple[RemovedObject, ...]] | None = None
    inside: Callable[[Comparison, Ref, int, Kept], Verdict] | None = None
