"""The first answer of the API that shows a family: where it contradicts the manifests, nothing more is sent.

In an account that shows nothing (it is empty, or its answers do not tell) the manifests decide. What is made first then
shows who is right. So the first dataset is made alone: all other datasets wait for its answer.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from reconciler.core.guide import Family, field_of
from reconciler.core.kind import Kind
from reconciler.core.run.ending import other_family, skipped
from reconciler.execute.action_run import ActionRun, end


@asynccontextmanager
async def first_answer(action_run: ActionRun) -> AsyncIterator[None]:
    """Make a dataset in here, alone until one agrees. What makes it must raise if its answer contradicts."""
    run = action_run.run
    if run.family_agrees:
        yield
        return
    # Without its slot while it waits: who is making the first dataset may have to wait for one itself.
    async with action_run.waiting_for(run.family_lock):
        if run.closed:
            end(skipped(f"not begun: {run.closed}", exit_code=run.closed_code))
        yield
        run.family_agrees = True


def require_family(action_run: ActionRun, kind: Kind, live_id: int, live: Family | None, declared: Family) -> None:
    """Stop the whole run if what was just made shows another family than the declared one."""
    if live is None or live == declared:
        return
    action_run.run.close("the API answers in another family", exit_code=4)
    detail = (
        f"the API made {kind.value} {live_id} of the {live} family ({field_of(live)}), "
        f"and these manifests declare a {field_of(declared)}"
    )
    end(other_family(detail, live_id))
