"""The prefix of a draft, and the captions that follow it."""

from functools import partial

from reconciler.api.error import Rejected
from reconciler.core.action import Regenerate, SetGuide
from reconciler.core.guide import same_guide
from reconciler.core.live import RemoteDataset, RemoteImage
from reconciler.core.run.caption import awaited, has_moved, left_behind, regeneration, texts_of
from reconciler.core.run.draft_ownership import draft_name, guided_name
from reconciler.core.run.ending import Ending, already, failed, succeeded
from reconciler.core.text import count
from reconciler.execute.action_run import Poll, Turn, end
from reconciler.execute.draft import is_stale, look, own, put, until_regenerated, wish_of


async def set_guide(turn: Turn, step: SetGuide) -> Ending:
    """Send the guide; where the draft holds images, together with the mark that their captions lag behind."""
    draft = await look(turn)
    if same_guide(draft.guide, step.guide):
        return already(f"the {step.guide.noun} is as declared already", draft.id)
    name = guided_name(draft, wish_of(turn), turn.run.mark)
    draft = await put(turn, draft.id, name, step.guide)
    return succeeded(f"{step.guide.noun} {'changed' if draft.images else 'set'}", draft.id)


async def regenerate(turn: Turn, _: Regenerate) -> Ending:
    """Regenerate what Bria wrote, where the name says that it lags behind the prefix."""
    draft = await look(turn)
    if not is_stale(draft):
        return already(f"captions follow the {wish_of(turn).guide.noun} already", draft.id)
    done = await follow_guide(turn)
    if not done:
        return already("no caption to regenerate", draft.id)
    return succeeded(f"{count(done, 'caption')} regenerated", draft.id)


async def follow_guide(turn: Turn) -> int:
    """Bring every automatic caption up to the prefix, then take ` stale` off the name; returns how many."""
    await _settled(turn)
    draft = await look(turn)
    plan = regeneration(draft)
    if plan.collective:
        await _all_at_once(turn, draft)
    else:
        for image in plan.images:
            await regenerate_one(turn, image)
    await until_captioned(turn, Poll(turn, turn.run.options.caption_deadline))
    draft = await look(turn)
    wish = wish_of(turn)
    if not is_stale(draft) or not same_guide(draft.guide, wish.guide):
        detail = f"the {wish.guide.noun} of draft {draft.id} moved while its captions were regenerated"
        end(failed(f"{detail}; plan again", draft.id))
    await put(turn, draft.id, draft_name(wish, turn.run.mark), draft.guide)
    return len(plan.images)


async def _settled(turn: Turn) -> None:
    """Wait until no earlier captioning can overtake the regeneration: none runs, none is missing."""
    poll = Poll(turn, turn.run.options.patience)
    while (draft := await look(turn)).is_regenerating or awaited(draft):
        if not await poll.again():
            return


async def _all_at_once(turn: Turn, draft: RemoteDataset) -> None:
    """One collective regeneration; whatever it passed by is then regenerated singly."""
    before = texts_of(draft.images or ())
    await _start(turn, draft, before)
    half = turn.run.options.caption_deadline / 2
    draft, ended = await until_regenerated(turn, Poll(turn, half))
    if not ended and regeneration(draft).collective:
        turn.progress("the regeneration does not end; it is started again")
        await _start(turn, draft, before)
        draft, ended = await until_regenerated(turn, Poll(turn, half))
    if not ended:
        detail = f"the regeneration of draft {draft.id} did not end within {half / 30:.0f} minutes"
        remedy = "where that stays so, delete the draft in the console, and the next apply begins anew"
        end(failed(f"{detail}; {remedy}", draft.id, exit_code=5))
    for image in left_behind(before, draft):
        await regenerate_one(turn, image)


async def _start(turn: Turn, draft: RemoteDataset, before: dict[int, str | None]) -> None:
    """Ask for the collective regeneration; a 409 says that one runs, and what it leaves is done singly."""

    async def is_done() -> bool:
        seen = await look(turn)
        return seen.is_regenerating or has_moved(before, seen)

    try:
        await turn.write(partial(turn.run.client.regenerate_captions, draft.id), is_done)
    except Rejected as rejected:
        if rejected.status != 409:
            raise
        own(turn, await turn.run.dataset(draft.id).fresh())


async def regenerate_one(turn: Turn, image: RemoteImage) -> None:
    """Regenerate one caption, on a read that shows that nobody has written it since."""
    draft = await look(turn)
    seen = next((one for one in regeneration(draft).images if one.id == image.id), None)
    if seen is None:
        return

    async def is_done() -> bool:
        return has_moved({seen.id: seen.caption}, await look(turn))

    await turn.write(partial(turn.run.client.regenerate_caption, draft.id, image.id), is_done)


async def until_captioned(turn: Turn, poll: Poll) -> RemoteDataset:
    """The draft once every image has a caption; one that stays without is regenerated now and then."""
    asked = poll.elapsed
    while (draft := await look(turn)).is_regenerating or awaited(draft):
        lacking = awaited(draft)
        if lacking and not draft.is_regenerating and poll.elapsed - asked >= turn.run.options.patience:
            asked = poll.elapsed
            for image in lacking:
                await regenerate_one(turn, image)
            continue
        if not await poll.again():
            detail = f"{count(len(lacking), 'image')} of draft {draft.id} had no caption"
            end(
                failed(f"{detail} after {poll.elapsed / 60:.0f} minutes; the next apply goes on", draft.id, exit_code=5)
            )
        total = len(draft.images or ())
        turn.progress("captions arrive", total - len(lacking), total)
    return draft
