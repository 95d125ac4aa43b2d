"""The commit of a dataset version: content verified, final name, `status: completed`, verified again."""

from functools import partial

from reconciler.api.error import Rejected
from reconciler.core.action import CompleteDataset
from reconciler.core.diff.content_match import unfit
from reconciler.core.guide import Guide, same_guide
from reconciler.core.live import RemoteDataset
from reconciler.core.run.draft_ownership import DraftOwnership, draft_name, final_name, left_alone, ownership
from reconciler.core.run.ending import Ending, failed, succeeded
from reconciler.core.run.list_convergence import as_made
from reconciler.core.text import count, quoted
from reconciler.execute.action_run import Turn, end
from reconciler.execute.draft import JUST_NOW, bound, look, name_of, put, wish_of


async def complete_dataset(turn: Turn, _: CompleteDataset) -> Ending:
    """Verify and commit; a draft that git keeps open is verified only."""
    wish = wish_of(turn)
    draft = await look(turn)
    name = name_of(draft)
    if name != draft_name(wish, turn.run.mark):
        end(failed(f"draft {quoted(draft.name)} (id {draft.id}) is marked as not ready; plan again", draft.id))
    _verify(draft, turn, "is not as declared")
    if not wish.completed:
        turn.run.show(as_made(draft))
        return succeeded("verified; kept open as a draft, as declared", draft.id)
    ready = draft_name(wish, turn.run.mark)
    draft = await put(turn, draft.id, final_name(wish), draft.guide, or_else=ready)
    _verify(draft, turn, "changed while it was given its final name")
    await _commit(turn, draft)
    return await _frozen(turn)


def _verify(dataset: RemoteDataset, turn: Turn, what: str) -> None:
    reasons = unfit(dataset, wish_of(turn))
    if reasons:
        end(failed(f"dataset {dataset.id} {what}: {'; '.join(reasons)}; nothing was completed", dataset.id))


async def _commit(turn: Turn, draft: RemoteDataset) -> None:
    """Send `completed` with name and guide; alone only once that is known to leave them as they are (U10, U11)."""
    final, guide = str(final_name(wish_of(turn))), draft.guide
    update = partial(turn.run.client.update_dataset, draft.id)
    try:
        await turn.write(partial(update, name=final, guide=guide, status="completed"), partial(_is_done, turn))
    except Rejected as rejected:
        if rejected.status not in (400, 409):
            raise
    else:
        return
    if await _is_done(turn):
        return
    await _probe(turn, final, guide)
    try:
        await turn.write(partial(update, status="completed"), partial(_is_done, turn))
    except Rejected as rejected:
        if not await _is_done(turn):
            end(failed(f"the API refused to complete dataset {draft.id}: {rejected.message}", draft.id))


async def _probe(turn: Turn, final: str, guide: Guide | None) -> None:
    """Does a PUT of one field leave the others alone? Where it does not, restore them and stop."""
    draft_id, wish = bound(turn), wish_of(turn)

    async def is_done() -> bool:
        return (await look(turn)).name == final

    await turn.write(partial(turn.run.client.update_dataset, draft_id, name=final), is_done)
    probed = await look(turn)
    if not same_guide(probed.guide, guide):
        await put(turn, draft_id, draft_name(wish, turn.run.mark), guide)
        field, noun = wish.guide.field, wish.guide.noun
        detail = f"the API empties what a PUT leaves out, and takes no status together with name and {field}"
        end(failed(f"{detail}: dataset {draft_id} cannot be completed without losing its {noun}", draft_id, 4))
    _verify(probed, turn, "changed before it was completed")


async def _is_done(turn: Turn) -> bool:
    """Is it completed under its final name? Another standing than the own, or that, ends the branch."""
    dataset = await turn.run.dataset(bound(turn)).fresh()
    if dataset is not None and dataset.is_completed and dataset.name == str(final_name(wish_of(turn))):
        return True
    found = ownership(dataset, wish_of(turn), turn.run.mark)
    if found is not DraftOwnership.OWN:
        end(left_alone(found, dataset, bound(turn)))
    return False


async def _frozen(turn: Turn) -> Ending:
    """Read what is frozen now: only what fits may be spent on."""
    if not await _is_done(turn):
        end(failed(f"the API answered that dataset {bound(turn)} is completed, and it is not", bound(turn)))
    dataset = await turn.run.dataset(bound(turn)).within(JUST_NOW)
    assert dataset is not None
    turn.run.show(as_made(dataset))
    if reasons := unfit(dataset, wish_of(turn)):
        detail = f"dataset {dataset.id} was completed, and differs from what is declared: {'; '.join(reasons)}"
        end(failed(f"{detail}; the next apply makes a new version", dataset.id))
    return succeeded(f"verified, completed with {count(len(dataset.images or ()), 'image')}", dataset.id)
