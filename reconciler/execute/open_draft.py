"""Where a draft begins: created, cloned, or claimed. Nothing is filled before the election."""

from functools import partial

from reconciler.core.action import ClaimDraft, CloneDataset, CreateDataset
from reconciler.core.diff.foreign_family import WHILE_RUNNING, is_foreign
from reconciler.core.live import RemoteDataset
from reconciler.core.name import DraftName, parse_dataset_name
from reconciler.core.run.draft_ownership import (
    DraftOwnership,
    claimable,
    claimed_name,
    draft_name,
    is_stale_after_claim,
    left_alone,
    not_elected,
    ownership,
    sight_draft,
)
from reconciler.core.run.ending import Ending, failed, succeeded
from reconciler.core.run.list_convergence import expected_listing
from reconciler.core.text import count, quoted
from reconciler.core.wish import DatasetWish
from reconciler.execute.action_run import ActionRun, Poll, end
from reconciler.execute.draft import name_of, read_draft, require_own, until_regenerated, update_draft, wish_of


async def create_dataset(action_run: ActionRun, step: CreateDataset) -> Ending:
    """Create a draft that bears what it is for and who fills it; settle; elect."""
    run, wish = action_run.run, wish_of(action_run)
    project_id = step.project_id if step.project_id is not None else run.ids.get((wish.project, None))
    if project_id is None:
        end(failed(f"no action of this plan made {wish.project}"))
    name = draft_name(wish, run.mark)
    request = partial(run.client.create_dataset, project_id=project_id, name=str(name), uploads=wish.uploads)
    made = await action_run.create(request, partial(_find, action_run, project_id, name))
    await _settle(action_run, made, name, project_id)
    return succeeded(f"created as a draft (id {made.id})", made.id)


async def clone_dataset(action_run: ActionRun, step: CloneDataset) -> Ending:
    """Clone a completed version into a draft that is marked as unchecked; settle; elect."""
    run, wish = action_run.run, wish_of(action_run)
    source = await run.dataset(step.source_id).fresh()
    parsed = parse_dataset_name(source.name) if source is not None and source.is_completed else None
    if source is None or parsed is None or (parsed.base, parsed.version) != (wish.ref.name, step.source_version):
        end(failed(f"dataset {step.source_id} is not completed version {step.source_version} any more; plan again"))
    project_id = source.project_id if source.project_id is not None else run.ids.get((wish.project, None))
    if project_id is None:
        end(failed(f"the API does not tell to which project dataset {source.id} belongs"))
    name = draft_name(wish, run.mark, of=step.source_version)
    request = partial(run.client.clone_dataset, source.id, name=str(name))
    made = await action_run.create(request, partial(_find, action_run, project_id, name))
    await _settle(action_run, made, name, project_id)
    return succeeded(f"cloned from v{step.source_version} (id {made.id})", made.id)


async def _find(action_run: ActionRun, project_id: int, name: DraftName) -> RemoteDataset | None:
    """The draft that a request made whose answer was lost: its name holds this run's own mark."""
    found = [one for one in await action_run.run.listing(project_id).fresh() if one.name == str(name)]
    return min(found, key=lambda one: one.id, default=None)


async def _settle(action_run: ActionRun, made: RemoteDataset, name: DraftName, project_id: int) -> None:
    """See that a new draft is named as it should be, that the lists show it, and that it is the elected one.

    The API has no lock, so two runs may each make a draft for one version. Each waits until the other's must be in the
    lists too, and then both hold the same election: only one of them goes on, and nothing was spent before.
    """
    run, wish = action_run.run, wish_of(action_run)
    made_at = run.clock.now()
    run.ids[action_run.action.ref, action_run.action.version] = made.id
    # The answer to a clone or a create may lack fields, or show the source's name: then the object itself is asked.
    told = made.name == str(name) and not is_foreign(made)
    dataset = made if told else await run.dataset(made.id).fresh()
    if dataset is not None and is_foreign(dataset):
        end(failed(WHILE_RUNNING, made.id, exit_code=4))
    # A clone may ignore the name that was sent. Under another name it is still this run's, since the id came with the
    # answer to its own request, so it is named now and not taken for somebody else's.
    if dataset is None or ownership(dataset, wish, run.mark) is not DraftOwnership.RENAMED:
        dataset = require_own(action_run, dataset)
    if dataset.name != str(name):
        dataset = await update_draft(action_run, made.id, name, dataset.guide, instead_of=dataset.name)
    # `settle` counts from the answer, and the list must be asked for after it: an older one may lack a rival's draft.
    await action_run.pause(made_at + run.options.settle - run.clock.now())
    sighting = sight_draft(await run.listing(project_id).since(made_at + run.options.settle), made.id, wish, project_id)
    poll = Poll(action_run, run.options.settle * 3)
    while not sighting.seen and await poll.again():
        sighting = sight_draft(await run.listing(project_id).fresh(), made.id, wish, project_id)
    if ending := not_elected(sighting, made.id, wish):
        end(ending)
    run.expect_listed(expected_listing(await read_draft(action_run)))


async def claim_draft(action_run: ActionRun, step: ClaimDraft) -> Ending:
    """Take a draft over that this run did not make: refusals, one PUT of the name, settle, read again.

    The last name wins. The run that lost its mark finds that out at its next read and stops, since every PUT of it
    follows such a read.
    """
    run, wish = action_run.run, wish_of(action_run)
    run.ids[action_run.action.ref, action_run.action.version] = step.id
    before = _claimable_draft(step.id, await run.dataset(step.id).fresh(), wish)
    found = await _until_quiet(action_run, step.id, before, wish)
    name = claimed_name(name_of(found), wish, run.mark)
    claimed = await update_draft(action_run, step.id, name, found.guide, instead_of=found.name)
    # A request that another run had under way before the claim may still arrive; what it changes shows after `settle`.
    await action_run.pause(run.options.settle)
    after = await read_draft(action_run)
    if is_stale_after_claim(name, before, after):
        after, _ = await until_regenerated(action_run, Poll(action_run, run.options.caption_deadline))
        stale = draft_name(wish, run.mark, stale=True)
        await update_draft(action_run, step.id, stale, after.guide)
        return succeeded(f"taken over (id {step.id}); it was being changed, so its captions are regenerated", step.id)
    return succeeded(f"taken over (id {step.id}), {count(len(claimed.images or ()), 'image')}", step.id)


async def _until_quiet(action_run: ActionRun, live_id: int, dataset: RemoteDataset, wish: DatasetWish) -> RemoteDataset:
    """The draft once no regeneration runs on it, or once it has run for too long to be waited for."""
    poll = Poll(action_run, action_run.run.options.patience)
    while dataset.is_regenerating and await poll.again():
        action_run.progress("waits for a regeneration of captions that is under way")
        dataset = _claimable_draft(live_id, await action_run.run.dataset(live_id).fresh(), wish)
    return dataset


def _claimable_draft(live_id: int, dataset: RemoteDataset | None, wish: DatasetWish) -> RemoteDataset:
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
