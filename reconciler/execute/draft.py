"""Reading and writing the draft that a run fills: no PUT without a read that shows the own mark."""

from contextlib import suppress
from functools import partial

from reconciler.api.error import CallFailed, Rejected
from reconciler.core.change import DatasetWish
from reconciler.core.guide import Guide, same_caption
from reconciler.core.live import RemoteDataset, RemoteImage
from reconciler.core.name import DraftName, FinalName, LiveName, parse_dataset_name
from reconciler.core.run.draft_ownership import DraftOwnership, left_alone, ownership, stored_differently
from reconciler.core.run.ending import failed
from reconciler.core.run.list_convergence import as_made
from reconciler.execute.action_run import Poll, Turn, end


def wish_of(turn: Turn) -> DatasetWish:
    """The wish of the dataset that an action works on."""
    wish = turn.run.wish(turn.action.ref)
    if wish is None:
        end(failed(f"the plan holds no wish for {turn.action.ref}"))
    return wish


def bound(turn: Turn) -> int:
    """The live id of the draft that an action works on."""
    found = turn.run.ids.get((turn.action.ref, turn.action.version))
    if found is None:
        end(failed(f"no action of this plan made or claimed {turn.action.ref} v{turn.action.version}"))
    return found


JUST_NOW = 2.0
"""Seconds for which a read of the draft serves, where this run has written nothing since."""


async def look(turn: Turn) -> RemoteDataset:
    """The draft as it is now; another standing than the own ends the branch."""
    return own(turn, await turn.run.dataset(bound(turn)).within(JUST_NOW))


async def recent(turn: Turn, seconds: float) -> RemoteDataset:
    """The draft on a read at most so old, own writes aside: for many small requests in a row."""
    return own(turn, await turn.run.dataset(bound(turn)).within(seconds, after_writes=False))


def own(turn: Turn, dataset: RemoteDataset | None) -> RemoteDataset:
    """This dataset if it is the open draft of this run; else the branch ends."""
    found = ownership(dataset, wish_of(turn), turn.run.mark)
    if dataset is None or found is not DraftOwnership.OWN:
        end(left_alone(found, dataset, bound(turn)))
    return dataset


def name_of(dataset: RemoteDataset) -> LiveName:
    """The parsed name of a dataset that was found to be the run's own."""
    name = parse_dataset_name(dataset.name)
    assert name is not None, dataset.name
    return name


def is_stale(dataset: RemoteDataset) -> bool:
    """Does the name say that captions do not follow the prefix?"""
    name = name_of(dataset)
    return isinstance(name, DraftName) and name.stale


async def put(
    turn: Turn,
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
        dataset = await turn.run.dataset(live_id).fresh()
        if dataset is not None and stored_differently(name, guide, dataset) is None:
            return True
        if dataset is None or dataset.name != instead_of:
            own(turn, dataset)
        return False

    request = partial(turn.run.client.update_dataset, live_id, name=str(name), guide=guide)
    try:
        await turn.write(request, is_done)
    except Rejected as rejected:
        own(turn, await turn.run.dataset(live_id).fresh())
        end(
            failed(
                f"the API refused name and {wish_of(turn).guide.field} of draft {live_id}: {rejected.message}", live_id
            )
        )
    dataset = await turn.run.dataset(live_id).fresh()
    if dataset is None or ownership(dataset, wish_of(turn), turn.run.mark) is not DraftOwnership.RENAMED:
        dataset = own(turn, dataset)
    if difference := stored_differently(name, guide, dataset):
        if or_else is not None:
            with suppress(CallFailed):
                await turn.send(turn.run.client.update_dataset(live_id, name=str(or_else), guide=guide))
        end(failed(f"{difference}; stopped there (dataset {live_id})", live_id))
    turn.run.show(as_made(dataset))
    return dataset


async def write_caption(turn: Turn, live_id: int, image: RemoteImage, text: str) -> None:
    """Write one caption by hand."""
    guide = wish_of(turn).guide

    async def is_done() -> bool:
        live = (one for one in (await look(turn)).images or () if one.id == image.id)
        return any(one.caption_source == "manual" and same_caption(guide, one.caption, text) for one in live)

    await turn.write(partial(turn.run.client.update_caption, live_id, image.id, text), is_done)


async def until_regenerated(turn: Turn, poll: Poll) -> tuple[RemoteDataset, bool]:
    """Look at the draft until no regeneration runs on it; False where the deadline came first."""
    while (dataset := await look(turn)).is_regenerating:
        if not await poll.again():
            return dataset, False
    return dataset, True
