"""Where a draft begins: created, cloned, or claimed. Nothing is filled before the election."""

from functools import partial

from reconciler.core.action import ClaimDraft, CloneDataset, CreateDataset
from reconciler.core.change import DatasetWish
from reconciler.core.diff.foreign_family import WHILE_RUNNING, is_foreign
from reconciler.core.live import RemoteDataset
from reconciler.core.name import DraftName, parse_dataset_name
from reconciler.core.run.draft_ownership import (
    DraftOwnership,
    claimable,
    claimed_name,
    draft_name,
    lags_after_claim,
    left_alone,
    not_elected,
    ownership,
    sight_draft,
)
from reconciler.core.run.ending import Ending, failed, succeeded
from reconciler.core.run.list_convergence import as_made
from reconciler.core.text import count, quoted
from reconciler.execute.action_run import Poll, Turn, end
from reconciler.execute.draft import look, name_of, own, put, until_regenerated, wish_of


async def create_dataset(turn: Turn, step: CreateDataset) -> Ending:
    """Create a draft that bears what it is for and who fills it; settle; elect."""
    run, wish = turn.run, wish_of(turn)
    project_id = step.project_id if step.project_id is not None else run.ids.get((wish.project, None))
    if project_id is None:
        end(failed(f"no action of this plan made {wish.project}"))
    name = draft_name(wish, run.mark)
    request = partial(run.client.create_dataset, project_id=project_id, name=str(name), uploads=wish.uploads)
    made = await turn.create(request, partial(_find, turn, project_id, name))
    await _settle(turn, made, name, project_id)
    return succeeded(f"created as a draft (id {made.id})", made.id)


async def clone_dataset(turn: Turn, step: CloneDataset) -> Ending:
    """Clone a completed version into a draft that is marked as unchecked; settle; elect."""
    run, wish = turn.run, wish_of(turn)
    source = await run.dataset(step.source_id).fresh()
    parsed = parse_dataset_name(source.name) if source is not None and source.is_completed else None
    if source is None or parsed is None or (parsed.base, parsed.version) != (wish.ref.name, step.source_version):
        end(failed(f"dataset {step.source_id} is not completed version {step.source_version} any more; plan again"))
    project_id = source.project_id if source.project_id is not None else run.ids.get((wish.project, None))
    if project_id is None:
        end(failed(f"the API does not tell to which project dataset {source.id} belongs"))
    name = draft_name(wish, run.mark, of=step.source_version)
    request = partial(run.client.clone_dataset, source.id, name=str(name))
    made = await turn.create(request, partial(_find, turn, project_id, name))
    await _settle(turn, made, name, project_id)
    return succeeded(f"cloned from v{step.source_version} (id {made.id})", made.id)


async def _find(turn: Turn, project_id: int, name: DraftName) -> RemoteDataset | None:
    """The draft that a lost request made: its name holds this run's own mark."""
    found = [one for one in await turn.run.listing(project_id).fresh() if one.name == str(name)]
    return min(found, key=lambda one: one.id, default=None)


async def _settle(turn: Turn, made: RemoteDataset, name: DraftName, project_id: int) -> None:
    """See that a new draft is named as it should, that the lists show it, and that it is the elected one."""
    run, wish = turn.run, wish_of(turn)
    made_at = run.clock.now()
    run.ids[turn.action.ref, turn.action.version] = made.id
    told = made.name == str(name) and not is_foreign(made)
    dataset = made if told else await run.dataset(made.id).fresh()
    if dataset is not None and is_foreign(dataset):
        end(failed(WHILE_RUNNING, made.id, exit_code=4))
    if dataset is None or ownership(dataset, wish, run.mark) is not DraftOwnership.RENAMED:
        dataset = own(turn, dataset)
    if dataset.name != str(name):
        dataset = await put(turn, made.id, name, dataset.guide, instead_of=dataset.name)
    await turn.pause(made_at + run.options.settle - run.clock.now())
    sighting = sight_draft(await run.listing(project_id).since(made_at + run.options.settle), made.id, wish, project_id)
    poll = Poll(turn, run.options.settle * 3)
    while not sighting.seen and await poll.again():
        sighting = sight_draft(await run.listing(project_id).fresh(), made.id, wish, project_id)
    if ending := not_elected(sighting, made.id, wish):
        end(ending)
    run.show(as_made(await look(turn)))


async def claim_draft(turn: Turn, step: ClaimDraft) -> Ending:
    """Take a draft over that this run did not make: refusals, one PUT of the name, settle, read again."""
    run, wish = turn.run, wish_of(turn)
    run.ids[turn.action.ref, turn.action.version] = step.id
    before = _unclaimed(step.id, await run.dataset(step.id).fresh(), wish)
    found = await _quiet(turn, step.id, before, wish)
    name = claimed_name(name_of(found), wish, run.mark)
    claimed = await put(turn, step.id, name, found.guide, instead_of=found.name)
    await turn.pause(run.options.settle)
    after = await look(turn)
    if lags_after_claim(name, before, after):
        after, _ = await until_regenerated(turn, Poll(turn, run.options.caption_deadline))
        stale = draft_name(wish, run.mark, stale=True)
        await put(turn, step.id, stale, after.guide)
        return succeeded(f"taken over (id {step.id}); it was being changed, so its captions are regenerated", step.id)
    return succeeded(f"taken over (id {step.id}), {count(len(claimed.images or ()), 'image')}", step.id)


async def _quiet(turn: Turn, live_id: int, dataset: RemoteDataset, wish: DatasetWish) -> RemoteDataset:
    """The draft once no regeneration runs on it, or once it has run for too long to be waited for."""
    poll = Poll(turn, turn.run.options.patience)
    while dataset.is_regenerating and await poll.again():
        turn.progress("waits for a regeneration of captions that is under way")
        dataset = _unclaimed(live_id, await turn.run.dataset(live_id).fresh(), wish)
    return dataset


def _unclaimed(live_id: int, dataset: RemoteDataset | None, wish: DatasetWish) -> RemoteDataset:
    """The draft if nothing speaks against claiming it; else the branch ends before its first request."""
    found = claimable(dataset, wish)
    if dataset is None or found is not DraftOwnership.OWN:
        end(left_alone(found, dataset, live_id))
    if is_foreign(dataset):
        end(failed(WHILE_RUNNING, live_id, exit_code=4))
    if foreign := dataset.content.unkeyed:
        end(failed(_unkeyed_detail(dataset, len(foreign)), live_id, exit_code=4))
    return dataset


def _unkeyed_detail(dataset: RemoteDataset, images: int) -> str:
    """What to do about images that nothing of ours can tell apart."""
    name = parse_dataset_name(dataset.name)
    which = (
        f"draft {quoted(dataset.name)} (id {dataset.id}) holds {count(images, 'image')} without a digest in the name"
    )
    if isinstance(name, DraftName) and name.of is not None:
        return f"{which}: clones lose them here; declare `clone: never`, and the next version is uploaded afresh"
    return f"{which}: put there by hand; remove them in the console, or delete the draft"
