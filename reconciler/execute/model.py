"""Creating and updating models: nothing is made on a dataset that was not read after its freeze."""

from dataclasses import replace
from functools import partial
from typing import NoReturn

from reconciler.api.error import Rejected
from reconciler.core.action import CreateModel, UpdateModel
from reconciler.core.diff.election import ModelMember, elect_model, model_members, next_version
from reconciler.core.live import RemoteDataset, RemoteModel
from reconciler.core.name import FinalName
from reconciler.core.ref import Ref
from reconciler.core.run.draft_ownership import final_name
from reconciler.core.run.ending import Ending, failed, succeeded
from reconciler.core.run.list_convergence import expected_listing
from reconciler.core.run.model import Phase, number_is_taken, phase, unfit_for_training
from reconciler.core.run.model_creation import is_first, is_known, looks_from, was_seen_without_model
from reconciler.core.text import quoted, same_text
from reconciler.execute.action_run import ActionRun, Poll, end


async def create_model(action_run: ActionRun, step: CreateModel) -> Ending:
    """Verify the dataset, look for the same model, create, settle, elect.

    As with drafts there is no lock: two runs may each create a model for one fingerprint. Both wait until the lists must
    show the other's and elect the same one. Starting one given model is exclusive, so only one training is paid for.
    A run that has just completed the dataset is first (`core.run.model_creation`), and need not settle.
    """
    run, ref = action_run.run, action_run.action.ref
    dataset = await read_verified_dataset(action_run, step.dataset, step.dataset_id, step.dataset_name)
    versions = await _versions_before(action_run, dataset)
    alive = elect_model(versions, _fingerprint(action_run))
    if alive:
        return _elected_model(action_run, alive[0], "is live already")
    name = _free_name(action_run, versions)
    made = await _create(action_run, step, dataset, name)
    look_at = run.clock.now()
    if not is_first(run.freezes.get(dataset.id), look_at, run.options.settle):
        look_at += run.options.settle
        await action_run.pause(run.options.settle)
    versions = await _versions(action_run, dataset, look_at)
    poll = Poll(action_run, run.options.settle * 3)
    while not any(member.model.id == made.id for member in versions) and await poll.again():
        versions = await _versions(action_run, dataset)
    alive = elect_model(versions, name.fingerprint)
    if not any(member.model.id == made.id for member in alive):
        await _take_back(action_run, made)
    if alive[0].model.id != made.id:
        return _elected_model(action_run, alive[0], f"of another apply is elected; model {made.id} was not started")
    # Two runs with different wishes may have given one number to two fingerprints; the later id takes the next number.
    if number_is_taken(versions, made.id, name):
        name = replace(name, version=next_version(versions))
        made = await _rename(action_run, made, name, step.description)
    run.ids[ref, action_run.action.version] = made.id
    run.expect_listed(expected_listing(made))
    return succeeded(f"{quoted(made.name)} created (id {made.id})", made.id)


async def _take_back(action_run: ActionRun, made: RemoteModel) -> NoReturn:
    """Delete a model that no list shows, and stop: the next plan would not see it, and would make another (V107).

    It was made a moment ago and never started, so nothing is lost by it.
    """

    async def is_gone() -> bool:
        return phase(await action_run.run.client.get_model(made.id)) is Phase.GONE

    what = f"model {made.id} was created, and no list shows it: lists may hide models of its family here (V107)"
    if phase(await action_run.run.client.get_model(made.id)) is Phase.READY:
        try:
            await action_run.write(partial(action_run.run.client.delete_model, made.id), is_gone)
        except Rejected as rejected:
            end(failed(f"{what}; it was not started, and stays: {rejected.message}", made.id, exit_code=4))
        what += "; it was deleted again"
    end(failed(f"{what}; nothing was trained", made.id, exit_code=4))


def _fingerprint(action_run: ActionRun) -> str:
    fingerprint = action_run.action.fingerprint
    assert fingerprint is not None, action_run.action.id
    return fingerprint


def _free_name(action_run: ActionRun, versions: tuple[ModelMember, ...]) -> FinalName:
    """The planned name, or the next number where somebody has taken the planned one since."""
    planned = FinalName(
        base=action_run.action.ref.name, version=action_run.action.version or 1, fingerprint=_fingerprint(action_run)
    )
    taken = any(member.name.version == planned.version for member in versions)
    return replace(planned, version=next_version(versions)) if taken else planned


async def read_verified_dataset(
    action_run: ActionRun, ref: Ref, live_id: int | None, name: str | None
) -> RemoteDataset:
    """The completed dataset that is about to be spent on, on a read after its freeze that shows what is wished."""
    run, wish = action_run.run, action_run.run.wish(ref)
    if live_id is None and wish is not None:
        live_id, name = run.ids.get((ref, wish.version)), str(final_name(wish))
    if live_id is None:
        end(failed(f"no action of this plan made {ref}"))
    dataset = await run.dataset(live_id).within(run.options.staleness)
    if reason := unfit_for_training(dataset, live_id=live_id, name=name, wish=wish):
        end(failed(reason))
    assert dataset is not None
    return dataset


async def _versions_before(action_run: ActionRun, dataset: RemoteDataset) -> tuple[ModelMember, ...]:
    """The versions of a model that is about to be made: on a list that shows what others made of the dataset first."""
    run, change = action_run.run, action_run.run.model_change(action_run.action.ref)
    freeze = run.freezes.get(dataset.id)
    moment = looks_from(freeze, run.began, run.options.settle)
    # A dataset that this run made, or that the plan saw without a model, bears none yet: then an early look tells nothing.
    is_bare = freeze is not None or (change is not None and was_seen_without_model(change))
    if not is_bare or moment <= run.clock.now():
        versions = await _versions(action_run, dataset)
        is_told = elect_model(versions, _fingerprint(action_run)) or is_known(versions, dataset.id)
        if is_told or run.models.asked >= moment:
            return versions
    action_run.progress("waits until the list shows what another apply may have made of the dataset")
    await action_run.pause(moment - run.clock.now())
    return await _versions(action_run, dataset, moment)


async def _versions(
    action_run: ActionRun, dataset: RemoteDataset, since: float | None = None
) -> tuple[ModelMember, ...]:
    models = action_run.run.models
    listed = await (models.fresh() if since is None else models.since(since))
    return model_members(listed, action_run.action.ref.name, dataset.project_id)


def _elected_model(action_run: ActionRun, member: ModelMember, how: str) -> Ending:
    action_run.run.ids[action_run.action.ref, action_run.action.version] = member.model.id
    return succeeded(f"{quoted(member.model.name)} (id {member.model.id}) {how}", member.model.id)


async def _create(action_run: ActionRun, step: CreateModel, dataset: RemoteDataset, name: FinalName) -> RemoteModel:
    async def find() -> RemoteModel | None:
        alive = elect_model(await _versions(action_run, dataset), name.fingerprint)
        return alive[0].model if alive else None

    request = partial(
        action_run.run.client.create_model,
        name=str(name),
        dataset_id=dataset.id,
        training_mode=step.training_mode,
        training_version=step.training_version,
        description=step.description,
    )
    made = await action_run.create(request, find)
    return made if made.name == str(name) else await _rename(action_run, made, name, step.description)


async def _rename(action_run: ActionRun, made: RemoteModel, name: FinalName, description: str) -> RemoteModel:
    """Give a model of this run its name; stop where the API makes another of it."""
    model = await _put(action_run, made.id, str(name), description)
    if model.name != str(name):
        detail = f"the API stores the name {quoted(str(name))} as {quoted(model.name)}"
        end(failed(f"{detail}; the model was not started (id {made.id})", made.id))
    return model


async def update_model(action_run: ActionRun, step: UpdateModel) -> Ending:
    """Send name and description; read back."""
    model = await _put(action_run, step.id, step.name, step.description)
    if (model.name, model.description or "") != (step.name, step.description) and not same_text(
        model.description or "", step.description
    ):
        end(failed(f"the API stores the description as {quoted(model.description or '')}", step.id))
    action_run.run.expect_listed(expected_listing(model))
    return succeeded("description changed", step.id)


async def _put(action_run: ActionRun, live_id: int, name: str, description: str) -> RemoteModel:
    async def is_done() -> bool:
        model = await action_run.run.client.get_model(live_id)
        return model is not None and model.name == name and same_text(model.description or "", description)

    await action_run.write(
        partial(action_run.run.client.update_model, live_id, name=name, description=description), is_done
    )
    model = await action_run.run.client.get_model(live_id)
    if model is None:
        end(failed(f"model {live_id} is gone: it was deleted since the plan was made; plan again", live_id))
    return model
