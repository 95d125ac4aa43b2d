"""The guide of a draft, and the captions that follow it."""

from functools import partial

from reconciler.api.error import Rejected
from reconciler.core.action import Regenerate, SetGuide
from reconciler.core.guide import same_guide
from reconciler.core.live import RemoteDataset, RemoteImage
from reconciler.core.run.caption import awaited, captions_by_id, has_moved, not_regenerated, regeneration
from reconciler.core.run.draft_ownership import draft_name, guided_name
from reconciler.core.run.ending import Ending, already, failed, succeeded
from reconciler.core.text import count
from reconciler.execute.action_run import ActionRun, Poll, end
from reconciler.execute.draft import (
    is_stale,
    read_draft,
    read_recent_draft,
    require_own,
    until_regenerated,
    update_draft,
    wish_of,
)

MANY = 20
"""Missing captions from which on one request for all of them is better than one for each."""


async def set_guide(action_run: ActionRun, step: SetGuide) -> Ending:
    """Send the guide; where the draft holds images, together with the mark that their captions lag behind."""
    draft = await read_draft(action_run)
    if same_guide(draft.guide, step.guide):
        return already(f"the {step.guide.noun} is as declared already", draft.id)
    name = guided_name(draft, wish_of(action_run), action_run.run.mark)
    draft = await update_draft(action_run, draft.id, name, step.guide)
    return succeeded(f"{step.guide.noun} {'changed' if draft.images else 'set'}", draft.id)


async def regenerate(action_run: ActionRun, _: Regenerate) -> Ending:
    """Regenerate what Bria wrote, where the name says that it does not follow the guide yet."""
    draft = await read_draft(action_run)
    if not is_stale(draft):
        return already(f"captions follow the {wish_of(action_run).guide.noun} already", draft.id)
    done = await follow_guide(action_run)
    if not done:
        return already("no caption to regenerate", draft.id)
    return succeeded(f"{count(done, 'caption')} regenerated", draft.id)


async def follow_guide(action_run: ActionRun) -> int:
    """Bring every automatic caption up to the guide, then take ` stale` off the name; returns how many.

    No field of the API says which guide a caption was made by. So the name says it: ` stale` is set together with the
    guide, in one PUT, and goes only after this run has seen its own regeneration end with a caption on every image. A
    run that is cut off anywhere in between leaves the mark, and the next one regenerates.
    """
    await action_run.elected()
    await _settled(action_run)
    draft = await read_draft(action_run)
    plan = regeneration(draft)
    if plan.collective:
        await _all_at_once(action_run, draft)
    else:
        for image in plan.images:
            await regenerate_one(action_run, image)
    await until_captioned(action_run, Poll(action_run, action_run.run.options.caption_deadline))
    # The wait may have taken half an hour: somebody may have edited the guide since, and then these captions are stale.
    draft = await read_draft(action_run)
    wish = wish_of(action_run)
    if not is_stale(draft) or not same_guide(draft.guide, wish.guide):
        detail = f"the {wish.guide.noun} of draft {draft.id} moved while its captions were regenerated"
        end(failed(f"{detail}; plan again", draft.id))
    await update_draft(action_run, draft.id, draft_name(wish, action_run.run.mark), draft.guide)
    return len(plan.images)


async def _settled(action_run: ActionRun) -> None:
    """Wait until no earlier captioning can overtake the regeneration: none runs, none is missing.

    A captioner that was started by an upload would write its text after ours, made by the former guide. One that does
    not come within `patience` is not waited for.
    """
    poll = Poll(action_run, action_run.run.options.patience)
    while (draft := await read_draft(action_run)).is_regenerating or awaited(draft):
        if not await poll.again():
            return


async def _all_at_once(action_run: ActionRun, draft: RemoteDataset) -> None:
    """One collective regeneration; whatever it passed by is then regenerated singly."""
    before = captions_by_id(draft.images or ())
    await _start(action_run, draft, before)
    half = action_run.run.options.caption_deadline / 2
    draft, ended = await until_regenerated(action_run, Poll(action_run, half))
    # A regeneration may be forgotten by the API. Asking again is harmless as long as no text of a person came in.
    if not ended and regeneration(draft).collective:
        action_run.progress("the regeneration does not end; it is started again")
        await _start(action_run, draft, before)
        draft, ended = await until_regenerated(action_run, Poll(action_run, half))
    if not ended:
        detail = f"the regeneration of draft {draft.id} did not end within {half / 30:.0f} minutes"
        remedy = "where that stays so, delete the draft in the console, and the next apply begins anew"
        end(failed(f"{detail}; {remedy}", draft.id, exit_code=5))
    for image in not_regenerated(before, draft):
        await regenerate_one(action_run, image)


async def _start(action_run: ActionRun, draft: RemoteDataset, before: dict[int, str | None]) -> None:
    """Ask for the collective regeneration; a 409 says that one runs, and what it leaves is done singly."""

    async def is_done() -> bool:
        seen = await read_draft(action_run)
        return seen.is_regenerating or has_moved(before, seen)

    try:
        await action_run.write(partial(action_run.run.client.regenerate_captions, draft.id), is_done)
    except Rejected as rejected:
        if rejected.status != 409:
            raise
        require_own(action_run, await action_run.run.dataset(draft.id).fresh())


async def regenerate_one(action_run: ActionRun, image: RemoteImage) -> None:
    """Regenerate one caption, on a read that shows that nobody has written it since.

    Of a dataset of thousands one read serves for a minute: each lists every image, and takes as long as many requests.
    """
    recent = wish_of(action_run).uploads.is_once
    staleness = action_run.run.options.staleness
    draft = await read_recent_draft(action_run, staleness) if recent else await read_draft(action_run)
    seen = next((one for one in regeneration(draft).images if one.id == image.id), None)
    if seen is None:
        return

    async def is_done() -> bool:
        return has_moved({seen.id: seen.caption}, await read_draft(action_run))

    await action_run.write(partial(action_run.run.client.regenerate_caption, draft.id, image.id), is_done)


async def _regenerate_lacking(action_run: ActionRun, draft: RemoteDataset, lacking: tuple[RemoteImage, ...]) -> None:
    """Ask for captions that do not come: for each by itself, or for all at once where many lack and none is a person's."""
    if len(lacking) > MANY and regeneration(draft).collective:
        await _start(action_run, draft, captions_by_id(draft.images or ()))
        return
    for image in lacking:
        await regenerate_one(action_run, image)


async def until_captioned(action_run: ActionRun, poll: Poll) -> RemoteDataset:
    """The draft once every image has a caption; where none arrives any more, those that lack one are regenerated.

    As long as captions arrive, they are waited for: those of thousands of images take longer than any one of them may.
    """
    run = action_run.run
    before, since = -1, run.clock.now()
    while (draft := await read_draft(action_run)).is_regenerating or awaited(draft):
        lacking = awaited(draft)
        if 0 <= len(lacking) < before:
            poll.note_change()
            since = run.clock.now()
        before = len(lacking)
        if lacking and not draft.is_regenerating and run.clock.now() - since >= run.options.patience:
            since = run.clock.now()
            await _regenerate_lacking(action_run, draft, lacking)
            continue
        if not await poll.again():
            detail = f"{count(len(lacking), 'image')} of draft {draft.id} had no caption"
            end(
                failed(f"{detail} after {poll.elapsed / 60:.0f} minutes; the next apply goes on", draft.id, exit_code=5)
            )
        total = len(draft.images or ())
        action_run.progress("captions arrive", total - len(lacking), total)
    return draft
