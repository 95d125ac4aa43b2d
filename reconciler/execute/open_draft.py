"""Where a draft begins: created, cloned, or claimed. Until the election nothing is done to it that costs."""

from functools import partial

from reconciler.api.error import Rejected
from reconciler.core.action import ClaimDraft, CloneDataset, CreateDataset
from reconciler.core.diff.family import draft_of_another_family, is_of_another_family
from reconciler.core.guide import VERSIONS
from reconciler.core.kind import Kind
from reconciler.core.live import RemoteDataset
from reconciler.core.name import DraftName, parse_dataset_name
from reconciler.core.run.draft_ownership import (
    DraftOwnership,
    claimable,
    claimed_name,
    draft_name,
    fills_ahead,
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
from reconciler.execute.archive import until_idle
from reconciler.execute.draft import (
    NO_CLONES,
    name_of,
    read_draft,
    require_own,
    until_regenerated,
    update_draft,
    wish_of,
)
from reconciler.execute.family import first_answer, require_family
from reconciler.execute.project import require_elected_project


async def create_dataset(action_run: ActionRun, step: CreateDataset) -> Ending:
    """Create a draft that bears what it is for and who fills it; settle; elect."""
    run, wish = action_run.run, wish_of(action_run)
    project_id = step.project_id if step.project_id is not None else run.ids.get((wish.project, None))
    if project_id is None:
        end(failed(f"no action of this plan made {wish.project}"))
    name = draft_name(wish, run.mark)
    family = wish.guide.family
    asked = VERSIONS[family] if step.training_version is None and family in run.asks_for else step.training_version
    request = partial(
        run.client.create_dataset,
        project_id=project_id,
        name=str(name),
        uploads=wish.uploads,
        training_version=asked,
    )
    async with first_answer(action_run):
        made = await action_run.create(request, partial(_find, action_run, project_id, name))
        made_at = run.clock.now()
        dataset = await _told(action_run, made, name)
        if dataset is not None:
            require_family(action_run, Kind.DATASET, made.id, dataset.family, family)
    await _settle(action_run, made.id, dataset, name, project_id, made_at)
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
    try:
        made = await action_run.create(request, partial(_find, action_run, project_id, name))
    except Rejected as rejected:
        end(failed(f"the API refused to clone dataset {source.id}: {rejected.message}; {NO_CLONES}"))
    made_at = run.clock.now()
    dataset = await _told(action_run, made, name)
    if dataset is not None and is_of_another_family(dataset, wish.guide):
        refusal = draft_of_another_family(wish.ref, dataset, wish.guide, is_clone=True)
        end(failed(f"{refusal.summary}; {refusal.remedies[0]}", made.id, exit_code=4))
    await _settle(action_run, made.id, dataset, name, project_id, made_at)
    return succeeded(f"cloned from v{step.source_version} (id {made.id})", made.id)


async def _find(action_run: ActionRun, project_id: int, name: DraftName) -> RemoteDataset | None:
    """The draft that a request made whose answer was lost: its name holds this run's own mark."""
    found = [one for one in await action_run.run.listing(project_id).fresh() if one.name == str(name)]
    return min(found, key=lambda one: one.id, default=None)


async def _told(action_run: ActionRun, made: RemoteDataset, name: DraftName) -> RemoteDataset | None:
    """What was just made, asked for by its id where the answer lacks fields or shows the source's name."""
    action_run.run.ids[action_run.action.ref, action_run.action.version] = made.id
    if made.name == str(name) and made.family is not None:
        return made
    return await action_run.run.dataset(made.id).fresh()


async def _settle(
    action_run: ActionRun,
    made_id: int,
    dataset: RemoteDataset | None,
    name: DraftName,
    project_id: int,
    made_at: float,
) -> None:
    """See that a new draft is named as it should be, that the lists show it, and that it is the elected one.

    The API has no lock, so two runs may each make a draft for one version. Each waits until the other's must be in the
    lists too, and then both hold the same election: only one of them goes on. Images are uploaded meanwhile: those of a
    draft that is not elected stay in it, where nobody uses them, and nothing was spent on it.
    """
    run, wish = action_run.run, wish_of(action_run)
    # A clone may ignore the name that was sent. Under another name it is still this run's, since the id came with the
    # answer to its own request, so it is named now and not taken for somebody else's.
    if dataset is None or ownership(dataset, wish, run.mark) is not DraftOwnership.RENAMED:
        dataset = require_own(action_run, dataset)
    if dataset.name != str(name):
        dataset = await update_draft(action_run, made_id, name, dataset.guide, instead_of=dataset.name)
    change = run.dataset_change(wish.ref)
    is_filled_ahead = change is not None and fills_ahead(change)
    if is_filled_ahead:
        run.expect_listed(expected_listing(await read_draft(action_run)))
        action_run.open()
    # `settle` counts from the answer, and the list must be asked for after it: an older one may lack a rival's draft.
    if not await action_run.settled(made_at + run.options.settle):
        return
    sighting = sight_draft(await run.listing(project_id).since(made_at + run.options.settle), made_id, wish, project_id)
    poll = Poll(action_run, run.options.settle * 3)
    while not sighting.seen and await poll.again():
        sighting = sight_draft(await run.listing(project_id).fresh(), made_id, wish, project_id)
    await require_elected_project(action_run, wish.project, project_id, made_id)
    if ending := not_elected(sighting, made_id, wish):
        end(ending)
    if not is_filled_ahead:
        run.expect_listed(expected_listing(await read_draft(action_run)))


async def claim_draft(action_run: ActionRun, step: ClaimDraft) -> Ending:
    """Take a draft over that this run did not make: refusals, one PUT of the name, settle, read again.

    The last name wins. The run that lost its mark finds that out at its next read and stops, since every PUT of it
    follows such a read.
    """
    run, wish = action_run.run, wish_of(action_run)
    run.ids[action_run.action.ref, action_run.action.version] = step.id
    if wish.uploads.is_once:
        await until_idle(action_run, step.id)
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
    if is_of_another_family(dataset, wish.guide):
        name = parse_dataset_name(dataset.name)
        is_clone = isinstance(name, DraftName) and name.of is not None
        refusal = draft_of_another_family(wish.ref, dataset, wish.guide, is_clone=is_clone)
        end(failed(f"{refusal.summary}; {refusal.remedies[0]}", live_id, exit_code=4))
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
