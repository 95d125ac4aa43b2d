"""What renames live objects in place, stops trainings and deletes: each after a read that shows the planned name."""

from functools import partial

from reconciler.api.error import Rejected
from reconciler.api.kinds import CALLS
from reconciler.core.action import DeleteCheckpoint, DeleteObject, RenameObject, SetDraftAside, StopTraining
from reconciler.core.kind import Kind
from reconciler.core.live import Live, ModelStatus, RemoteDataset, RemoteModel, shown_name
from reconciler.core.name import DraftName, parse_dataset_name
from reconciler.core.run.draft_ownership import set_aside_name
from reconciler.core.run.ending import Ending, already, failed, name_kept, succeeded
from reconciler.core.run.list_convergence import expected_listing
from reconciler.core.run.model import is_deleted, undeletable
from reconciler.core.text import quoted
from reconciler.execute.action_run import ActionRun, Poll, end


async def rename_object(action_run: ActionRun, step: RenameObject) -> Ending:
    """Give a live object its new name."""
    live = await _read(action_run, step.kind, step.id)
    if live is None:
        end(failed(f"{step.kind.value} {step.id} is gone: it was deleted since the plan was made; plan again", step.id))
    if shown_name(live) == step.after:
        return already(f"is named {quoted(step.after)} already", step.id)
    if shown_name(live) != step.before:
        end(failed(_other_name(step.kind, step.id, step.before, live), step.id))

    async def is_done() -> bool:
        now = await _read(action_run, step.kind, step.id)
        return now is not None and shown_name(now) == step.after

    rename = CALLS[step.kind].rename
    assert rename is not None, "only kinds with versions are renamed by a step of its own"
    try:
        await action_run.write(partial(rename, action_run.run.client, live, step.after, step.description), is_done)
    except Rejected as rejected:
        detail = f"the API refused to rename {step.kind.value} {step.id}: {rejected.message}"
        if live.adopted_from is not None and rejected.status == 409:
            return name_kept(f"{detail}; it stays {quoted(step.before)}", step.id)
        end(failed(f"{detail}; take `moved` back, and the former name in git too", step.id))
    now = await _read(action_run, step.kind, step.id)
    if now is None or shown_name(now) != step.after:
        end(failed(f"the API stores another name than {quoted(step.after)} for {step.kind.value} {step.id}", step.id))
    action_run.run.expect_listed(expected_listing(now))
    return succeeded(f"renamed from {quoted(step.before)} to {quoted(step.after)} (id {step.id})", step.id)


async def set_draft_aside(action_run: ActionRun, step: SetDraftAside) -> Ending:
    """Name a draft so that nothing fills it any more. Its images and captions stay, and can be looked at."""
    live = await _read(action_run, Kind.DATASET, step.id)
    if live is None:
        return already(f"draft {step.id} is gone already", step.id)
    name = parse_dataset_name(live.name)
    if isinstance(name, DraftName) and name.spent:
        return already(f"draft {step.id} is set aside already", step.id)
    if not isinstance(live, RemoteDataset) or not live.is_draft or name is None or live.name != step.name:
        end(failed(_other_name(Kind.DATASET, step.id, step.name, live), step.id, exit_code=4))
    aside = str(set_aside_name(name, action_run.run.mark))

    async def is_done() -> bool:
        now = await _read(action_run, Kind.DATASET, step.id)
        return now is not None and now.name == aside

    await action_run.write(
        partial(action_run.run.client.update_dataset, step.id, name=aside, guide=live.guide), is_done
    )
    if not await is_done():
        end(failed(f"the API stores another name than {quoted(aside)} for draft {step.id}", step.id))
    return succeeded(f"draft {step.id} set aside: it took its one archive", step.id)


async def stop_training(action_run: ActionRun, step: StopTraining) -> Ending:
    """Stop a training and see that it is stopped; one that ended by itself counts as stopped."""
    run = action_run.run
    model = await run.client.get_model(step.id)
    if model is None or model.is_gone:
        return already(f"model {step.id} is gone already", step.id)
    if step.name not in {model.name, shown_name(model)}:
        end(failed(_other_name(model.kind, step.id, step.name, model), step.id))

    async def is_done() -> bool:
        return not _runs(await run.client.get_model(step.id), ModelStatus.IN_PROGRESS)

    if model.status is ModelStatus.IN_PROGRESS:
        try:
            await action_run.write(partial(run.client.stop_training, step.id), is_done)
        except Rejected as rejected:
            if not await is_done():
                end(failed(f"the API refused to stop model {step.id}: {rejected.message}", step.id))
    poll = Poll(action_run, run.options.patience * 10)
    while _runs(await run.client.get_model(step.id), ModelStatus.IN_PROGRESS, ModelStatus.STOPPING):
        action_run.progress("waits until the training is stopped")
        if not await poll.again():
            end(failed(f"model {step.id} is still being stopped; the next apply goes on", step.id, exit_code=5))
    return succeeded(f"training of {quoted(step.name)} stopped (id {step.id})", step.id)


def _runs(model: RemoteModel | None, *statuses: ModelStatus) -> bool:
    return model is not None and model.status in statuses


async def delete_object(action_run: ActionRun, step: DeleteObject) -> Ending:
    """Delete an object that still bears the planned name; one that is gone counts as deleted."""
    live = await _read(action_run, step.kind, step.id)
    if live is None:
        return already(f"{step.kind.value} {step.id} is gone already", step.id)
    if shown_name(live) != step.name:
        end(failed(_other_name(step.kind, step.id, step.name, live), step.id))

    async def is_gone() -> bool:
        return await _read(action_run, step.kind, step.id) is None

    try:
        await action_run.write(partial(CALLS[step.kind].delete, action_run.run.client, step.id), is_gone)
    except Rejected as rejected:
        if not await is_gone():
            end(failed(f"the API refused to delete {step.kind.value} {step.id}: {rejected.message}", step.id))
    return succeeded(f"{quoted(step.name)} deleted (id {step.id})", step.id)


async def delete_checkpoint(action_run: ActionRun, step: DeleteCheckpoint) -> Ending:
    """Delete a checkpoint of a model that still bears the planned name; one that is gone counts as deleted.

    Which one is active may differ since the plan was made. The API refuses to delete that one; it is not even asked to.
    """
    what = f"checkpoint {step.checkpoint} of model {step.id}"
    live = await action_run.run.client.get_model(step.id)
    if live is None or live.is_gone:
        return already(f"model {step.id} is gone already, with its checkpoints", step.id)
    if step.name not in {live.name, shown_name(live)}:
        end(failed(_other_name(live.kind, step.id, step.name, live), step.id))
    if reason := undeletable(live, step.checkpoint):
        end(failed(f"{what} is left alone: {reason}; plan again", step.id))
    if is_deleted(live, step.checkpoint):
        return already(f"{what} is gone already", step.id)

    async def is_gone() -> bool:
        now = await action_run.run.client.get_model(step.id)
        return now is None or now.is_gone or is_deleted(now, step.checkpoint)

    try:
        await action_run.write(partial(action_run.run.client.delete_checkpoint, step.id, step.checkpoint), is_gone)
    except Rejected as rejected:
        if not await is_gone():
            end(failed(f"the API refused to delete {what}: {rejected.message}", step.id))
    return succeeded(f"checkpoint {step.checkpoint} of {quoted(step.name)} deleted (id {step.id})", step.id)


async def _read(action_run: ActionRun, kind: Kind, live_id: int) -> Live | None:
    """An object by its id; a Deleted model is none (U05)."""
    live = await CALLS[kind].read(action_run.run.client, live_id)
    return None if live is None or live.is_gone else live


def _other_name(kind: Kind, live_id: int, planned: str, live: Live) -> str:
    return (
        f"{kind.value} {live_id} is named {quoted(shown_name(live))} now and not {quoted(planned)}: "
        "it was changed since the plan was made, and left alone; plan again"
    )
