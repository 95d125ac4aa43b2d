"""Captions that git declares or that people wrote: written last, once the automatic ones are there, then verified."""

from typing import NoReturn

from reconciler.api.error import Rejected
from reconciler.core.action import WriteCaptions
from reconciler.core.live import RemoteDataset, RemoteImage
from reconciler.core.run.caption import CaptionWrites, awaited, caption_writes, expected_texts, missing
from reconciler.core.run.ending import Ending, already, failed, succeeded, waits_for_captions
from reconciler.core.text import count, quoted
from reconciler.execute.action_run import ActionRun, Poll, end
from reconciler.execute.draft import (
    OWNERSHIP,
    is_stale,
    live_id_of,
    read_draft,
    read_recent_draft,
    wish_of,
    write_caption,
)
from reconciler.execute.guide import follow_guide, until_captioned
from reconciler.execute.image import upload

ROUNDS = 3
"""How often texts are written that do not stay (U75)."""


async def write_captions(action_run: ActionRun, step: WriteCaptions) -> Ending:
    """Wait until every image has a caption, write the texts that differ, and see that they stay.

    A text that is written before the automatic one has arrived would be overwritten by it, so everything is awaited
    first. The captioner may still be late once more: what did not stay is written again, a few times.
    """
    await action_run.elected()
    if is_stale(await read_draft(action_run)):
        await follow_guide(action_run)
    uploaded = await _upload_missing(action_run)
    draft = await read_draft(action_run)
    if action_run.run.options.wait == "none" and (draft.is_regenerating or awaited(draft)):
        return waits_for_captions()
    change, wish = action_run.run.dataset_change(action_run.action.ref), wish_of(action_run)
    guide, expected = wish.guide, expected_texts(step.texts, change.captions if change else (), wish.zipped_texts)
    written = {image.id for image in draft.images or () if image.id in action_run.run.captioned}
    rounds = 1 if written else 0
    while True:
        draft = await until_captioned(action_run, Poll(action_run, action_run.run.options.caption_deadline))
        todo = caption_writes(draft, step.texts, guide=guide, expected=expected, written=written)
        if todo.unkept or (todo.writes and rounds == ROUNDS):
            _end_unkept(draft, [*todo.unkept, *(one.image for one in todo.writes)])
        if not todo.writes:
            return _ended(len(written), uploaded, draft.id)
        _check_limit(action_run, draft, todo)
        await _write(action_run, draft, todo)
        written.update(one.image.id for one in todo.writes)
        rounds += 1


def _end_unkept(draft: RemoteDataset, images: list[RemoteImage]) -> NoReturn:
    now = quoted(images[0].caption or "")
    end(failed(f"{count(len(images), 'caption')} did not stay as written, the first is {now} now", draft.id))


def _ended(written: int, uploaded: int, draft_id: int) -> Ending:
    said = f"{count(written, 'caption')} written" if written else "every image has its caption"
    if uploaded:
        return succeeded(f"{said}, {count(uploaded, 'missing image')} uploaded again", draft_id)
    return succeeded(said, draft_id) if written else already(said, draft_id)


async def _upload_missing(action_run: ActionRun) -> int:
    """Upload what the draft should hold and does not: a clone lost it, or a person removed it."""
    draft = await read_draft(action_run)
    wish = wish_of(action_run)
    lost = missing(draft, wish)
    if lost and wish.uploads.is_once:
        detail = f"{count(len(lost), 'image')} of draft {draft.id} is gone, and {wish.uploads.what} takes no other"
        end(failed(f"{detail}; the next apply begins a new draft", draft.id))
    for done, image in enumerate(lost):
        action_run.progress(f"{image.name} is missing and is uploaded again", done, len(lost))
        await upload(action_run, await read_recent_draft(action_run, action_run.run.options.staleness), image)
    return len(lost)


def _check_limit(action_run: ActionRun, draft: RemoteDataset, todo: CaptionWrites) -> None:
    """Refuse to write over what a person wrote since the plan, beyond what the limit leaves."""
    run = action_run.run
    left = run.plan.limits.caption_rewrites - run.plan.cost.rewrites - run.rewrites
    if len(todo.edited) > max(0, left):
        text = quoted(todo.edited[0].caption or "")
        detail = f"{count(len(todo.edited), 'declared caption')} of draft {draft.id} edited by hand since the plan"
        way = f"`reconciler captions pull {action_run.action.ref.name}` merges it into git, or allow caption_rewrites"
        end(failed(f"{detail}, the first to {text}; {way}", draft.id, 4))
    run.rewrites += len(todo.edited)


async def _write(action_run: ActionRun, draft: RemoteDataset, todo: CaptionWrites) -> None:
    refused = []
    for done, one in enumerate(todo.writes):
        action_run.progress("captions written", done, len(todo.writes))
        await read_recent_draft(action_run, OWNERSHIP)
        try:
            await write_caption(action_run, draft.id, one.image, one.text)
        except Rejected as rejected:
            refused.append(f"{quoted(one.image.image_name)}: {rejected.message}")
    if refused:
        await read_draft(action_run)
        end(failed(f"the API refused {count(len(refused), 'caption')}; {refused[0]}", live_id_of(action_run)))
