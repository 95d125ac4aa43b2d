"""The check of a clone: wait until it has arrived, write again what did not come along, take the mark off."""

from reconciler.core.action import CheckClone
from reconciler.core.live import RemoteDataset
from reconciler.core.name import DraftName
from reconciler.core.run.caption import missing
from reconciler.core.run.clone import CloneFinding, check_clone, has_arrived
from reconciler.core.run.ending import Ending, failed, succeeded
from reconciler.core.text import count
from reconciler.core.wish import DatasetWish
from reconciler.execute.action_run import ActionRun, Poll, end
from reconciler.execute.draft import NO_CLONES, name_of, read_draft, update_draft, wish_of, write_caption
from reconciler.execute.image import remove_copies


async def check(action_run: ActionRun, step: CheckClone) -> Ending:
    """Compare a clone with its source.

    Cloning is the least documented call: names, captions and guide may come along or not, at once or later. The mark
    ` of vN` stays in the name until the check has ended, so that a run which is cut off leaves a draft that says so, and
    the check can be repeated at any time.
    """
    run, wish = action_run.run, wish_of(action_run)
    draft = await read_draft(action_run)
    name = name_of(draft)
    if not isinstance(name, DraftName) or name.of is None:
        return succeeded("checked before", draft.id)
    source = await run.dataset(step.source_id).within(run.options.staleness)
    if source is None or not source.is_completed:
        end(
            failed(f"dataset {step.source_id}, of which draft {draft.id} is a clone, is gone; {NO_CLONES}", draft.id, 4)
        )
    draft = await _arrived(action_run, source, draft)
    copies = await remove_copies(action_run, draft)
    if copies:
        draft = await read_draft(action_run)
    if lost := [image for image in missing(draft, wish) if image.key in source.content.keyed]:
        _require_fillable(draft, wish, len(lost))
    # Texts are written before the mark goes: once it is gone, nothing tells what people wrote on the source.
    finding = check_clone(source, draft, name, wish, run.mark)
    for rewrite in finding.rewrites:
        await write_caption(action_run, draft.id, rewrite.image, rewrite.text)
    if finding.rewrites:
        draft = await read_draft(action_run)
    for one in finding.puts:
        draft = await update_draft(action_run, draft.id, one.name, one.guide)
    return succeeded(_detail(finding, draft, copies), draft.id)


def _require_fillable(draft: RemoteDataset, wish: DatasetWish, lost: int) -> None:
    """Images that a clone lacks are uploaded to it; a clone of an advanced dataset takes none (V71)."""
    if wish.uploads.is_once:
        detail = f"{count(lost, 'image')} did not come along, and {wish.uploads.what} takes no image one by one"
        end(failed(f"the check of clone {draft.id} failed: {detail}; {NO_CLONES}", draft.id, 4))


async def _arrived(action_run: ActionRun, source: RemoteDataset, draft: RemoteDataset) -> RemoteDataset:
    """The clone once it holds its source's images, or once it has had time enough."""
    poll = Poll(action_run, action_run.run.options.patience)
    total = len(source.images or ())
    while True:
        if lost := draft.content.unkeyed:
            detail = f"{count(len(lost), 'image')} of the clone lost the digest in the name"
            end(failed(f"the check of clone {draft.id} failed: {detail}; {NO_CLONES}", draft.id, 4))
        if has_arrived(source, draft) or not await poll.again():
            return draft
        action_run.progress("images arrive", len(draft.images or ()), total)
        draft = await read_draft(action_run)


def _detail(finding: CloneFinding, draft: RemoteDataset, copies: int) -> str:
    parts = [f"{count(len(draft.images or ()), 'image')} arrived"]
    if copies:
        parts.append(f"{count(copies, 'copy', 'copies')} of a picture removed")
    if finding.missing:
        parts.append(f"{count(len(finding.missing), 'image')} did not and will be uploaded")
    if finding.rewrites:
        parts.append(f"{count(len(finding.rewrites), 'hand-written caption')} written again")
    if finding.stale:
        parts.append("automatic captions came out different and will be regenerated")
    return ", ".join(parts)
