"""Reading and writing the draft that a run fills: no PUT without a read that shows the own mark."""

from contextlib import suppress
from functools import partial

from reconciler.api.error import CallFailed, Rejected
from reconciler.core.guide import Guide, same_caption
from reconciler.core.live import RemoteDataset, RemoteImage
from reconciler.core.name import DraftName, FinalName, LiveName, parse_dataset_name
from reconciler.core.run.draft_ownership import DraftOwnership, left_alone, ownership, stored_differently
from reconciler.core.run.ending import failed
from reconciler.core.run.list_convergence import expected_listing
from reconciler.core.wish import DatasetWish
from reconciler.execute.action_run import ActionRun, Poll, end


def wish_of(action_run: ActionRun) -> DatasetWish:
    """The wish of the dataset that an action works on."""
    wish = action_run.run.wish(action_run.action.ref)
    if wish is None:
        end(failed(f"the plan holds no wish for {action_run.action.ref}"))
    return wish


def live_id_of(action_run: ActionRun) -> int:
    """The live id of the draft that an action works on."""
    found = action_run.run.ids.get((action_run.action.ref, action_run.action.version))
    if found is None:
        end(failed(f"no action of this plan made or claimed {action_run.action.ref} v{action_run.action.version}"))
    return found


NO_CLONES = "declare `clone: never`, and the next version is uploaded afresh; the source is as it was"
"""The way on where the API does not let a clone become what is wanted."""

JUST_NOW = 2.0
"""Seconds for which a read of the draft serves, where this run has written nothing since: two checks in a row are one
read, and nobody else can have done much in between."""


OWNERSHIP = 900.0
"""Seconds after which writing many captions looks again whose draft it is: thousands take hours at ten calls a minute."""


async def read_draft(action_run: ActionRun) -> RemoteDataset:
    """The draft as it is now; where it is not this run's any more, the branch ends."""
    return require_own(action_run, await action_run.run.dataset(live_id_of(action_run)).within(JUST_NOW))


async def read_recent_draft(action_run: ActionRun, seconds: float) -> RemoteDataset:
    """The draft on a read at most so old, own writes aside: for many small requests in a row."""
    return require_own(
        action_run, await action_run.run.dataset(live_id_of(action_run)).within(seconds, after_writes=False)
    )


def require_own(action_run: ActionRun, dataset: RemoteDataset | None) -> RemoteDataset:
    """This dataset if it is the open draft of this run, and no election was lost over it; else the branch ends."""
    if lost := action_run.lost():
        end(lost)
    found = ownership(dataset, wish_of(action_run), action_run.run.mark)
    if dataset is None or found is not DraftOwnership.OWN:
        end(left_alone(found, dataset, live_id_of(action_run)))
    return dataset


def name_of(dataset: RemoteDataset) -> LiveName:
    """The parsed name of a dataset that was found to be the run's own."""
    name = parse_dataset_name(dataset.name)
    assert name is not None, dataset.name
    return name


def is_stale(dataset: RemoteDataset) -> bool:
    """Does the name say that captions do not follow the guide?"""
    name = name_of(dataset)
    return isinstance(name, DraftName) and name.stale


async def update_draft(
    action_run: ActionRun,
    live_id: int,
    name: DraftName | FinalName,
    guide: Guide | None,
    *,
    instead_of: str | None = None,
    or_else: DraftName | None = None,
) -> RemoteDataset:
    """One PUT of name and guide, sent after a read that showed the own mark; returns what reads back.

    `instead_of` is the name that the API gave to an object which this run has just made; `or_else` one that is known
    to be kept, given back where the API makes another of the new one, so that the next run still knows the draft.
    """

    async def is_done() -> bool:
        dataset = await action_run.run.dataset(live_id).fresh()
        if dataset is not None and stored_differently(name, guide, dataset) is None:
            return True
        # Not done yet: it may be sent again, but only while nobody else has put a mark of theirs there.
        if dataset is None or dataset.name != instead_of:
            require_own(action_run, dataset)
        return False

    request = partial(action_run.run.client.update_dataset, live_id, name=str(name), guide=guide)
    try:
        await action_run.write(request, is_done)
    except Rejected as rejected:
        require_own(action_run, await action_run.run.dataset(live_id).fresh())
        end(
            failed(
                f"the API refused name and {wish_of(action_run).guide.field} of draft {live_id}: {rejected.message}",
                live_id,
            )
        )
    # A name of neither form is the API's own version of the one that was sent; that is said below, with both names.
    dataset = await action_run.run.dataset(live_id).fresh()
    if dataset is None or ownership(dataset, wish_of(action_run), action_run.run.mark) is not DraftOwnership.RENAMED:
        dataset = require_own(action_run, dataset)
    if difference := stored_differently(name, guide, dataset):
        if or_else is not None:
            # Whatever becomes of this request, the ending is the same: it only spares the next run a refusal.
            with suppress(CallFailed):
                await action_run.send(action_run.run.client.update_dataset(live_id, name=str(or_else), guide=guide))
        end(failed(f"{difference}; stopped there (dataset {live_id})", live_id))
    action_run.run.expect_listed(expected_listing(dataset))
    return dataset


async def write_caption(action_run: ActionRun, live_id: int, image: RemoteImage, text: str) -> None:
    """Write one caption by hand."""
    guide = wish_of(action_run).guide

    async def is_done() -> bool:
        live = (one for one in (await read_draft(action_run)).images or () if one.id == image.id)
        return any(one.caption_source == "manual" and same_caption(guide, one.caption, text) for one in live)

    try:
        await action_run.write(partial(action_run.run.client.update_caption, live_id, image.id, text), is_done)
    except Rejected as rejected:
        if not wish_of(action_run).uploads.is_once:
            raise
        # Nothing says that single images of an advanced dataset cannot be edited; where it is so, a new one can be made.
        raise Rejected(rejected.operation, f"{rejected.message}; {NO_CLONES}", rejected.status) from None


async def until_regenerated(action_run: ActionRun, poll: Poll) -> tuple[RemoteDataset, bool]:
    """Look at the draft until no regeneration runs on it; False where the deadline came first."""
    while (dataset := await read_draft(action_run)).is_regenerating:
        if not await poll.again():
            return dataset, False
    return dataset, True
