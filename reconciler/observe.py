"""Ask the live side once for what is needed: all lists, then only the datasets that the comparison asks for."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from reconciler.api.client import Client
from reconciler.api.kinds import CALLS
from reconciler.core.adoption import NOTHING_ADOPTED, Adoption
from reconciler.core.bulk_upload import BulkUpload
from reconciler.core.desired import Desired
from reconciler.core.diff.assessment import Assessment
from reconciler.core.diff.diff import diff
from reconciler.core.fingerprint import dataset_fingerprint
from reconciler.core.kind import Kind
from reconciler.core.live import Observed, RemoteDataset, by_identity
from reconciler.core.ref import Ref
from reconciler.core.run_options import NOTHING_ASKED, RunOptions

_AT_ONCE = 20
"""Fingerprints that are made in one go: a millisecond or two."""


async def observe(
    client: Client,
    desired: Desired,
    asked: RunOptions = NOTHING_ASKED,
    *,
    prints: Mapping[Ref, str] | None = None,
) -> Observed:
    """The account: every list, and in full each dataset that the comparison asks for.

    Raises what the client raises: a part of the account is never taken for the whole.
    """
    observed, _ = await survey(client, desired, asked, prints=prints)
    return observed


async def survey(
    client: Client,
    desired: Desired,
    asked: RunOptions = NOTHING_ASKED,
    *,
    prints: Mapping[Ref, str] | None = None,
    completed: Callable[[], Desired] | None = None,
) -> tuple[Observed, Assessment]:
    """The same, with the comparison that asked for nothing more, so that a plan need not compare again.

    `completed` adds to the tree what only the comparison needs. It runs in a thread while the lists are on their way.
    """
    before = client.calls
    async with _asked_for(known_lists(client, desired.adopted)) as listed:
        if completed is not None:
            desired = await asyncio.to_thread(completed)
        prints = prints or await _fingerprints(desired)
        observed = await listed
    assessment = diff(desired, observed, asked, prints=prints)
    for _ in range(2 * len(observed.datasets)):  # each round asks about a dataset what no round before it asked
        if not assessment.unread and not assessment.unasked:
            break
        unread, unasked = sorted(assessment.unread), sorted(assessment.unasked)
        observed = _with_details(observed, unread, await asyncio.gather(*(client.get_dataset(id_) for id_ in unread)))
        observed = _with_archives(observed, unasked, await asyncio.gather(*map(client.get_bulk_upload, unasked)))
        assessment = diff(desired, observed, asked, prints=prints)
    return replace(observed, calls=client.calls - before), assessment


async def _fingerprints(desired: Desired) -> dict[Ref, str]:
    """The fingerprints of a tree. They take a while in a large one, in which the network is looked after in between."""
    found: dict[Ref, str] = {}
    for at, (ref, dataset) in enumerate(desired.datasets.items()):
        if at % _AT_ONCE == 0:
            await asyncio.sleep(0)  # noqa: TID251 - no time passes
        found[ref] = dataset_fingerprint(dataset)
    return found


@asynccontextmanager
async def _asked_for(work: Coroutine[None, None, Observed]) -> AsyncIterator[asyncio.Task[Observed]]:
    """Begun before the block, and over after it, whatever happens there."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def known_lists(client: Client, adoption: Adoption) -> Observed:
    """The account as its lists show it, and as git knows what it adopted there; so the client shows it from then on.

    Entries of another account change nothing here.
    """
    client.adopted = NOTHING_ADOPTED
    observed = await lists(client)
    client.adopted = adoption.in_account(observed.projects)
    return client.adopted.account(observed)


async def lists(client: Client) -> Observed:
    """The account as its lists show it: no dataset in full."""
    lists = await asyncio.gather(*(calls.list_all(client) for calls in CALLS.values()))
    observed = Observed(live=by_identity(live for listed in lists for live in listed))
    if any(dataset.project_id is None for dataset in observed.datasets.values()):
        observed = observed.updated(*await _datasets_by_project(client, observed.projects))
    return observed


async def _datasets_by_project(client: Client, projects: Iterable[int]) -> list[RemoteDataset]:
    """The list of each project: needed where the list across projects does not say where a dataset belongs."""
    found = []
    for project_id in projects:
        found += [replace(one, project_id=project_id) for one in await client.list_project_datasets(project_id)]
    return found


def _with_details(observed: Observed, asked: Iterable[int], answers: Iterable[RemoteDataset | None]) -> Observed:
    """The account with datasets that were read in full. One that was not found by its id is left out."""
    live = dict(observed.live)
    for id_, answer in zip(asked, answers, strict=True):
        if answer is None:
            live.pop((Kind.DATASET, id_), None)
        else:
            live[answer.kind, id_] = _merged(observed.datasets.get(id_), answer)
    return replace(observed, live=live)


def _with_archives(observed: Observed, asked: Iterable[int], answers: Iterable[BulkUpload]) -> Observed:
    """Drafts with what the API tells of their archive."""
    told = zip(asked, answers, strict=True)
    return observed.updated(*(replace(observed.datasets[id_], bulk_upload=answer) for id_, answer in told))


def _merged(listed: RemoteDataset | None, read: RemoteDataset) -> RemoteDataset:
    """The read by id wins over the list; a field that it lacks is taken from the list."""
    if listed is None:
        return read
    return replace(
        read,
        project_id=read.project_id if read.project_id is not None else listed.project_id,
        family=read.family or listed.family,
        knows=read.knows | listed.knows,
        guide=read.guide or listed.guide,
        images_count=read.images_count if read.images_count is not None else len(read.images or ()),
    )
