"""Starting a training: at most once a model, never on a dataset that was not read after its freeze."""

from reconciler.api.error import CallFailed, Lost, Rejected, Unreachable, WrongAnswer
from reconciler.core.action import StartTraining
from reconciler.core.live import RemoteModel
from reconciler.core.run.ending import Ending, failed, no_capacity, succeeded, trained, unknown
from reconciler.core.run.list_convergence import expected_listing
from reconciler.core.run.model import Phase, made_as_another, phase, was_started
from reconciler.core.text import quoted
from reconciler.execute.action_run import ActionRun, Ended, Poll, end
from reconciler.execute.model import read_verified_dataset


async def start_training(action_run: ActionRun, step: StartTraining) -> Ending:
    """Start a created model, or find it started; then wait for its end where that was asked for."""
    run = action_run.run
    model_id = step.id if step.id is not None else run.ids.get((action_run.action.ref, action_run.action.version))
    if model_id is None:
        end(failed(f"no action of this plan made {action_run.action.ref} v{action_run.action.version}"))
    poll = Poll(action_run, run.options.capacity_deadline)
    while phase(model := await run.client.get_model(model_id)) is Phase.READY:
        await _check_spending(action_run, model_id, model)
        refused = await _start(action_run, model_id, step)
        if refused is None:
            break
        action_run.progress("waits for capacity at the API")
        if not await poll.again():
            return no_capacity(refused)
    return await _started(action_run, model_id, model)


async def _check_spending(action_run: ActionRun, model_id: int, model: RemoteModel | None) -> None:
    """Verify model and dataset once more, the dataset where its last read is not young; hold the limit on trainings."""
    run, change = action_run.run, action_run.run.model_change(action_run.action.ref)
    if change is None:
        end(failed(f"the plan does not say on what {action_run.action.ref} is trained", model_id))
    if model is not None and (reason := made_as_another(model, change.training_version)):
        end(failed(reason, model_id, exit_code=4))
    await read_verified_dataset(action_run, change.dataset, change.dataset_id, None)
    run.trainings.add(model_id)
    if len(run.trainings) > run.plan.limits.trainings:
        run.trainings.discard(model_id)
        end(failed(f"one more training than the limit of {run.plan.limits.trainings}; not started", model_id, 4))


async def _start(action_run: ActionRun, model_id: int, step: StartTraining) -> str | None:
    """Ask once, or look and ask again where the answer was lost; what the API says where it has no capacity now."""
    message = ""
    for _ in range(action_run.run.options.attempts):
        try:
            await action_run.send(action_run.run.client.start_training(model_id, dict(step.parameters)))
        except WrongAnswer as wrong:
            await action_run.require_done(_is_started(action_run, model_id), wrong)
            return None
        except Lost as lost:
            message = lost.message
            if await _was_started(action_run, model_id, lost):
                return None
        except Rejected as rejected:
            # 409 says "started already" as well as "no capacity" (U41); only the model itself tells which.
            if rejected.status != 409:
                end(failed(f"the API refused to start model {model_id}: {rejected.message}", model_id))
            return await _unless_started(action_run, model_id, rejected)
        except Unreachable as unreachable:
            if unreachable.status != 429:
                raise
            return await _unless_started(action_run, model_id, unreachable)
        else:
            return None
    raise Ended(unknown(f"{message}; model {model_id} was not found started", model_id))


async def _unless_started(action_run: ActionRun, model_id: int, refused: CallFailed) -> str | None:
    """What a refusal said, unless the model is started all the same."""
    return None if await _is_started(action_run, model_id) else refused.message


async def _was_started(action_run: ActionRun, model_id: int, lost: CallFailed) -> bool:
    """Was a start done whose answer was lost? "Not yet" counts only once `settle` has passed."""
    assert isinstance(lost, Lost)
    if await action_run.find_out(_is_started(action_run, model_id), lost):
        return True
    await action_run.pause(action_run.run.options.settle)
    return await action_run.find_out(_is_started(action_run, model_id), lost)


async def _is_started(action_run: ActionRun, model_id: int) -> bool:
    return was_started(phase(await action_run.run.client.get_model(model_id)))


async def _started(action_run: ActionRun, model_id: int, model: RemoteModel | None) -> Ending:
    """How a start ends, by the phase that the model was in before it was asked for, or is in without it."""
    found = phase(model)
    if model is not None:
        action_run.run.expect_listed(expected_listing(model, started=was_started(found) or found is Phase.READY))
    match found:
        case Phase.READY:
            return await _await(action_run, model_id, "training started", action_run.run.elapsed)
        case Phase.TRAINING:
            return await _await(action_run, model_id, "is in training already", None)
        case Phase.TRAINED:
            return trained(model_id)
        case _:
            return _not_trained(model_id, model)


def _not_trained(model_id: int, model: RemoteModel | None) -> Ending:
    """The ending for a model that is not in training and will not be."""
    match phase(model):
        case Phase.GONE:
            return failed(f"model {model_id} is gone: it was deleted since it was made; plan again", model_id)
        case Phase.STOPPED:
            return failed(
                f"the training of model {model_id} was stopped by a person; it is not started again", model_id
            )
        case Phase.FAILED:
            return failed(f"the training of model {model_id} failed at the API", model_id)
        case _:
            word = quoted(model.word if model else "")
            return failed(f"model {model_id} has the status {word}; it was left alone", model_id)


async def _await(action_run: ActionRun, model_id: int, done: str, since: float | None) -> Ending:
    """Wait for the end of a training where that was asked for; one list call serves all that wait.

    `since` is when it was started, in seconds of the run, where this run did it.
    """
    run = action_run.run
    if run.options.wait != "training":
        return succeeded(f"{done} (id {model_id})", model_id)
    began = run.clock.now()
    action_run.in_training(since, f"{done} (id {model_id})")
    while run.clock.now() - began < run.options.training_deadline:
        due = max(run.models.asked, run.clock.now() - run.options.training_poll) + run.options.training_poll
        await action_run.wait(max(due - run.clock.now(), 1.0))
        model = await _listed_model(action_run, model_id, due)
        found = phase(model)
        if found is Phase.TRAINED:
            return trained(model_id)
        if found in {Phase.FAILED, Phase.STOPPED, Phase.GONE}:
            return _not_trained(model_id, model)
        action_run.in_training(since, f"{done} (id {model_id})")
    hours = run.options.training_deadline / 3600
    return succeeded(f"{done} (id {model_id}); still in training after {hours:g} hours", model_id, exit_code=5)


async def _listed_model(action_run: ActionRun, model_id: int, since: float) -> RemoteModel | None:
    """The model in the shared list; one that is not listed is read by id, for a list may lag (F19)."""
    listed = await action_run.run.models.since(since)
    found = next((model for model in listed if model.id == model_id), None)
    return found if found is not None else await action_run.run.client.get_model(model_id)
