"""Is anything guarded? Only then the promotion gate is asked, and what it needs is imported."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from reconciler.app.settings import Settings
from reconciler.core.desired import Desired
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref

if TYPE_CHECKING:
    from reconciler.app.revision import BaseTree


def with_promotion_check(
    plan: Plan, desired: Desired, settings: Settings, refs: Collection[Ref], base: "BaseTree | None" = None
) -> Plan:
    """The plan with a refusal for each guarded alias, of the models in `refs`, that may not name what it names."""
    trees = (desired, *(() if base is None else (base.declared,)))
    if all(model.promotion is None for tree in trees for model in tree.models.values()):
        return plan
    from reconciler.app.promotion_gate import gated

    return gated(plan, desired, settings, refs, base)
