"""The announced end of generating with models of the prefix family: said once of a plan that trains one, never refused."""

from collections.abc import Iterator

from reconciler.core.change import ModelChange
from reconciler.core.desired import Desired
from reconciler.core.guide import LEGACY_END, LEGACY_END_WORDS
from reconciler.core.plan import Plan
from reconciler.core.refusal import Note


def announced_end(plan: Plan, desired: Desired) -> Iterator[Note]:
    """One note where a model of the prefix family is trained on a dataset that does not waive it."""
    trained = (change for change in plan.changes if isinstance(change, ModelChange) and change.starts)
    legacy = {change.dataset for change in trained if change.training_version is not None}
    if any((dataset, LEGACY_END) not in desired.waived for dataset in legacy):
        yield Note(rule=LEGACY_END, ref=None, text=f"{LEGACY_END_WORDS} (docs/families.md)")
