"""The commit of a dataset version: content verified, final name, `status: completed`, verified again."""

from functools import partial

from reconciler.api.error import Rejected
from reconciler.core.action import CompleteDataset
from reconciler.core.diff.content_match import unfit
from reconciler.core.guide import Guide, same_guide
from reconciler.core.live import RemoteDataset
from reconciler.core.run.draft_ownership import DraftOwnership, draft_name, final_name, left_alone, ownership
from reconciler.core.run.ending import Ending, failed, succeeded
from reconciler.core.run.list_convergence import expected_listing
from reconciler.core.run.model_creation import Freeze
from reconciler.core.text import count, quoted
from reconciler.execute.action_run import ActionRun, end
from reconciler.execute.draft import JUST_NOW, live_id_of, name_of, read_draft, update_draft, wish_of


async def complete_dataset(action_run: ActionRun, _: CompleteDataset) -> Ending:
    """Verify and commit; a draft that git keeps open is verified only."""
    await action_run.elected()
    wish = wish_of(action_run)
    draft = await read_draft(action_run)
    name = name_of(draft)
    if name != draft_name(wish, action_run.run.mark):
        end(failed(f"draft {quoted(draft.name)} (id {draft.id}) is marked as not ready; plan again", draft.id))
    marked = action_run.run.dataset(draft.id).asked
    _verify(draft, action_run, "is not as declared")
    if not wish.completed:
        action_run.run.expect_listed(expected_listing(draft))
        return succeeded("verified; kept open as a draft, as declared", draft.id)
    # Final name first, status second: completed *and* final is the sign that the content was verified and is frozen. A
    # run that is cut off in between leaves a draft with a final name, which the next run verifies again.
    ready = draft_name(wish, action_run.run.mark)
    draft = await update_draft(action_run, draft.id, final_name(wish), draft.guide, or_else=ready)
    _verify(draft, action_run, "changed while it was given its final name")
    still_open = action_run.run.dataset(draft.id).asked
    await _commit(action_run, draft)
    return await _frozen(action_run, marked, still_open)


def _verify(dataset: RemoteDataset, action_run: ActionRun, what: str) -> None:
    reasons = unfit(dataset, wish_of(action_run))
    if reasons:
        end(failed(f"dataset {dataset.id} {what}: {'; '.join(reasons)}; nothing was completed", dataset.id))


async def _commit(action_run: ActionRun, draft: RemoteDataset) -> None:
    """Send `completed` with name and guide; alone only once that is known to leave them as they are (U10, U11).

    Two APIs are possible: one that merges what a PUT leaves out, and one that empties it. Name and guide go along, which
    is safe under both. An API that refuses the three together is asked to complete only after a probe.
    """
    final, guide = str(final_name(wish_of(action_run))), draft.guide
    update = partial(action_run.run.client.update_dataset, draft.id)
    try:
        await action_run.write(
            partial(update, name=final, guide=guide, status="completed"), partial(_is_done, action_run)
        )
    except Rejected as rejected:
        if rejected.status not in (400, 409):
            raise
    else:
        return
    # A refusal may be the answer to a repetition of a request that was done.
    if await _is_done(action_run):
        return
    await _probe(action_run, final, guide)
    try:
        await action_run.write(partial(update, status="completed"), partial(_is_done, action_run))
    except Rejected as rejected:
        if not await _is_done(action_run):
            end(failed(f"the API refused to complete dataset {draft.id}: {rejected.message}", draft.id))


async def _probe(action_run: ActionRun, final: str, guide: Guide | None) -> None:
    """Does a PUT of one field leave the others alone? Where it does not, restore them and stop."""
    draft_id, wish = live_id_of(action_run), wish_of(action_run)

    async def is_done() -> bool:
        return (await read_draft(action_run)).name == final

    await action_run.write(partial(action_run.run.client.update_dataset, draft_id, name=final), is_done)
    probed = await read_draft(action_run)
    if not same_guide(probed.guide, guide):
        await update_draft(action_run, draft_id, draft_name(wish, action_run.run.mark), guide)
        field, noun = wish.guide.field, wish.guide.noun
        detail = f"the API empties what a PUT leaves out, and takes no status together with name and {field}"
        end(failed(f"{detail}: dataset {draft_id} cannot be completed without losing its {noun}", draft_id, 4))
    _verify(probed, action_run, "changed before it was completed")


async def _is_done(action_run: ActionRun) -> bool:
    """Is it completed under its final name? Where it is neither that nor this run's draft, the branch ends."""
    dataset = await action_run.run.dataset(live_id_of(action_run)).fresh()
    if dataset is not None and dataset.is_completed and dataset.name == str(final_name(wish_of(action_run))):
        return True
    found = ownership(dataset, wish_of(action_run), action_run.run.mark)
    if found is not DraftOwnership.OWN:
        end(left_alone(found, dataset, live_id_of(action_run)))
    return False


async def _frozen(action_run: ActionRun, marked: float, still_open: float) -> Ending:
    """Read what is frozen now: only what fits may be spent on. It was `marked` by this run, and `still_open`, that late."""
    if not await _is_done(action_run):
        end(
            failed(
                f"the API answered that dataset {live_id_of(action_run)} is completed, and it is not",
                live_id_of(action_run),
            )
        )
    dataset = await action_run.run.dataset(live_id_of(action_run)).within(JUST_NOW)
    assert dataset is not None
    action_run.run.freezes[dataset.id] = Freeze(marked=marked, still_open=still_open, seen=action_run.run.clock.now())
    action_run.run.expect_listed(expected_listing(dataset))
    if reasons := unfit(dataset, wish_of(action_run)):
        detail = f"dataset {dataset.id} was completed, and differs from what is declared: {'; '.join(reasons)}"
        end(failed(f"{detail}; the next apply makes a new version", dataset.id))
    done = f"verified, completed with {count(len(dataset.images or ()), 'image')}"
    if wish_of(action_run).uploads.is_once:
        done += ", by their names with digests and by their captions; their bytes cannot be compared"
    return succeeded(done, dataset.id)
