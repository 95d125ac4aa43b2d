"""The archive of an advanced dataset: made, stored, offered, fetched by the API, and awaited until every image is there.

A dataset takes one archive, and only while it is empty. So all that can be found out before is found out before: that
the files are those that were planned, that the store takes them, and that the address answers. Until then nothing is
lost; after the request, the draft is either filled or set aside.
"""

import asyncio
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from typing import BinaryIO

from reconciler.api.archive_address import check_address
from reconciler.api.error import Lost, Rejected, WrongAnswer
from reconciler.api.secret_address import SecretAddress
from reconciler.archive.offer import Offer, offered
from reconciler.archive.pack import Archive, Member, MemberMoved, Watch, pack
from reconciler.archive.store import StoreRefused
from reconciler.core.action import UploadArchive
from reconciler.core.bulk_upload import NO_BULK_UPLOAD, BulkUpload
from reconciler.core.live import RemoteDataset
from reconciler.core.name import live_image_name
from reconciler.core.run.archive import ArchiveMove, archive_move, arrival_words, shortfall_words
from reconciler.core.run.caption import missing
from reconciler.core.run.draft_ownership import set_aside_name
from reconciler.core.run.ending import Ending, already, failed, succeeded, unknown
from reconciler.core.text import count, shown
from reconciler.core.wish import DatasetWish
from reconciler.execute.action_run import ActionRun, Poll, end
from reconciler.execute.draft import live_id_of, name_of, read_draft, update_draft, wish_of
from reconciler.execute.options import Archives

_STEPS = 20
"""How often a progress line is made while an archive is read or stored."""


async def upload_archive(action_run: ActionRun, step: UploadArchive) -> Ending:
    """Send all images of a draft in one archive, unless one was sent; then see that each of them arrives."""
    await action_run.elected()
    draft = await read_draft(action_run)
    known = await _untold_no_more(action_run, draft)
    draft = await read_draft(action_run)
    move = archive_move(draft, wish_of(action_run), known, is_sent=step.is_sent)
    if move is ArchiveMove.ARRIVED:
        return already(arrival_words(draft, wish_of(action_run), known), draft.id)
    if move is ArchiveMove.SEND:
        return await _send(action_run, step, draft)
    return await _arrived(action_run)


async def _untold_no_more(action_run: ActionRun, draft: RemoteDataset) -> BulkUpload:
    """The status of the archive. "Pending" without any figure may mean that none was sent (U53): it is given a while."""
    poll = Poll(action_run, action_run.run.options.patience)
    while True:
        known = await action_run.run.client.get_bulk_upload(draft.id)
        if known.is_certain or known == NO_BULK_UPLOAD or not await poll.again():
            return known


async def _send(action_run: ActionRun, step: UploadArchive, draft: RemoteDataset) -> Ending:
    """Make, store, offer, check, ask; the address lives until the API has ended its work."""
    archives = action_run.run.options.archives
    if archives is None:
        end(failed("no archive store is named; nothing was sent", draft.id, exit_code=4))
    archive = await _packed(action_run, _members(action_run))
    most = wish_of(action_run).uploads.most_bytes
    if most is not None and archive.size > most:
        detail = f"the archive has {archive.size:,} bytes, and the API takes {most:,}"
        end(failed(f"{detail}: leave some images out, or make two datasets; nothing was sent", draft.id, exit_code=4))
    try:
        await _stored(action_run, archives, archive)
        now = archives.now()
        async with offered(archives.store, archive.digest, archives.lifetime, now=now) as offer:
            address = SecretAddress(offer.url)
            if reason := await check_address(address, archive.size, archives.network):
                detail = f"the archive lies in {archives.store.name}, but its address {reason}"
                end(failed(f"{detail}; no archive was sent to the API", draft.id, exit_code=4))
            if action_run.run.options.brake.is_pulled:
                end(action_run.cut_off())
            _tell_of_credentials(action_run, offer)
            await _ask(action_run, step, address)
            ending = await _arrived(action_run, address, outlives=offer.until is not None)
    except StoreRefused as refused:
        way = "look at its name, and at the credentials and the network of this environment"
        end(failed(f"{refused}; no archive was sent to the API; {way}", draft.id, exit_code=4))
    return replace(ending, detail=ending.detail + _credentials(offer))


def _tell_of_credentials(action_run: ActionRun, offer: Offer) -> None:
    if words := _credentials(offer):
        action_run.progress(words.removeprefix("; "))


def _credentials(offer: Offer) -> str:
    if offer.ends_sooner is None or offer.until is None:
        return ""
    ends = offer.ends_sooner.strftime("%Y-%m-%d %H:%M UTC")
    return f"; warning: the credentials of the store end at {ends}, before the address of the archive does"


def _members(action_run: ActionRun) -> tuple[Member, ...]:
    """The files of the archive: each image under its live name, and its caption beside it where captions travel."""
    wish, members = wish_of(action_run), []
    texts = wish.zipped_texts
    for image in wish.images:
        name = live_image_name(image.name, image.digest)
        try:
            source = action_run.run.images.source(image)
        except OSError as error:
            end(failed(f"{image.path} cannot be read: {error.strerror or error}"))
        members.append(Member(name=name, size=image.size, digest=image.digest, open=source.open))
        if image.key in texts:
            members.append(_text_member(f"{name.rpartition('.')[0]}.txt", texts[image.key]))
    return tuple(members)


def _text_member(name: str, text: str) -> Member:
    data = text.encode()

    def opened() -> BinaryIO:
        return io.BytesIO(data)

    return Member(name=name, size=len(data), digest=sha256(data).hexdigest(), open=opened)


class _Stopped(Exception):
    """A person stopped the run while nothing was spent."""


@contextmanager
def _watching(action_run: ActionRun, text: str, total: int) -> Iterator[Watch]:
    """What other threads call for each block: it tells how far they are, and stops them where the run is stopped."""
    loop, given_up, done = asyncio.get_running_loop(), threading.Event(), 0

    def watch(size: int) -> None:
        nonlocal done
        if given_up.is_set() or action_run.run.options.brake.is_pulled:
            raise _Stopped
        before, done = done, done + size
        if total and before * _STEPS // total != done * _STEPS // total:
            percent = min(100, done * 100 // total)
            loop.call_soon_threadsafe(action_run.progress, f"{text}: {percent} %")

    try:
        yield watch
    except _Stopped:
        end(action_run.cut_off())
    finally:
        given_up.set()


async def _packed(action_run: ActionRun, members: tuple[Member, ...]) -> Archive:
    """The archive of files that are still what was planned; each is read twice."""
    total = 2 * sum(member.size for member in members)
    paths = {live_image_name(image.name, image.digest): image.path for image in wish_of(action_run).images}
    with _watching(action_run, "the archive is made", total) as watch:
        try:
            return await asyncio.to_thread(pack, members, watch)
        except MemberMoved as moved:
            end(failed(f"{paths.get(str(moved), str(moved))} is not the file that was planned; plan again"))
        except OSError as error:
            end(failed(f"an image cannot be read: {shown(str(error))}"))


async def _stored(action_run: ActionRun, archives: Archives, archive: Archive) -> None:
    """Put the archive into the store, unless it is there."""
    with _watching(action_run, "the archive is stored", archive.size) as watch:
        try:
            await archives.store.put(archive, watch)
        except MemberMoved as moved:
            end(failed(f"{moved} changed while the archive was stored; plan again"))


async def _ask(action_run: ActionRun, step: UploadArchive, address: SecretAddress) -> None:
    """Let the API fetch the archive, exactly once: where the answer is lost, its status is looked up first.

    A second request would be refused where the first one was taken, since a dataset takes one archive. So one that finds
    nothing after `settle` may be sent again.
    """
    run, draft_id, message = action_run.run, live_id_of(action_run), ""
    captioning = wish_of(action_run).guide.captioning(is_automatic=not step.with_captions)
    for _ in range(run.options.attempts):
        try:
            await action_run.send(run.client.start_bulk_upload(draft_id, address, captioning))
        except WrongAnswer as wrong:
            await action_run.require_done(_is_told(action_run), wrong)
            return
        except Lost as lost:
            message = lost.message
            if await action_run.find_out(_is_told(action_run), lost):
                return
            await action_run.pause(run.options.settle)
            if await action_run.find_out(_is_told(action_run), lost):
                return
        except Rejected as rejected:
            if not await _shows_up(action_run):
                await _refused(action_run, rejected)
            return
        else:
            return
    end(unknown(f"{message}; the archive was not found under way after {run.options.attempts} attempts", draft_id))


async def _is_told(action_run: ActionRun) -> bool:
    """Does the API know of an archive, or hold images of it?"""
    known = await action_run.run.client.get_bulk_upload(live_id_of(action_run))
    return known.is_certain or bool((await read_draft(action_run)).images)


async def _shows_up(action_run: ActionRun) -> bool:
    """Does an archive that was sent before show within a while, though the API refuses another one (V82, V83)?"""
    poll = Poll(action_run, action_run.run.options.patience)
    while not await _is_told(action_run):
        if not await poll.again():
            return False
    return True


async def _refused(action_run: ActionRun, rejected: Rejected) -> None:
    """The API did not take the archive: an empty draft that may be spent is set aside, so that the next apply goes on."""
    draft = await read_draft(action_run)
    if rejected.status != 404:
        await _set_aside(action_run, draft)
    end(failed(f"the API refused the archive: {rejected.message}; {_anew(draft)}", draft.id))


def _anew(draft: RemoteDataset) -> str:
    return f"draft {draft.id} is left as it is" if draft.images else "the next apply begins a new draft"


async def _set_aside(action_run: ActionRun, draft: RemoteDataset) -> None:
    await update_draft(action_run, draft.id, set_aside_name(name_of(draft), action_run.run.mark), draft.guide)


async def _arrived(action_run: ActionRun, address: SecretAddress | None = None, *, outlives: bool = True) -> Ending:
    """Wait until the API has ended its work on the archive, and hold what arrived against what was sent.

    `outlives` is False where the address ends with this program: then a first Ctrl-C does not end the wait, for it would
    spend the draft.
    """
    wish, known = wish_of(action_run), await _until_over(action_run, live_id_of(action_run), outlives=outlives)
    draft = await _settled(action_run, known)
    if strange := draft.content.unkeyed:
        name = shown(strange[0].image_name)
        detail = f"the API names images of an archive in its own way ({name}): their digests are lost"
        end(failed(f"{detail}; draft {draft.id} cannot be verified, and is left as it is", draft.id, exit_code=4))
    if archive_move(draft, wish, known, is_sent=True) is ArchiveMove.ARRIVED:
        return succeeded(arrival_words(draft, wish, known), draft.id)
    if not known.is_over:
        return _still(action_run, draft, wish)
    if not draft.images:
        await _set_aside(action_run, draft)
    words = shortfall_words(draft, wish, known)
    detail = words if address is None else address.mask(words)
    return failed(f"{detail}; nothing was completed, and {_anew(draft)}", draft.id)


def _still(action_run: ActionRun, draft: RemoteDataset, wish: DatasetWish) -> Ending:
    said = f"nothing has changed for {_minutes(action_run)}: {len(draft.images or ()):,} of {count(len(wish.images), 'image')}"
    return failed(f"{said} of the archive arrived in draft {draft.id}; the next apply goes on", draft.id, exit_code=5)


async def _settled(action_run: ActionRun, known: BulkUpload) -> RemoteDataset:
    """The draft; where the API says that it has taken more images than it shows, once it shows them."""
    poll = Poll(action_run, action_run.run.options.patience)
    while True:
        draft = await read_draft(action_run)
        if known.done <= len(draft.images or ()) or not await poll.again():
            return draft


async def until_idle(action_run: ActionRun, live_id: int) -> None:
    """Wait until the API works on no archive of a draft: as long as it does, it may take no other write (V70)."""
    run = action_run.run
    poll, before = Poll(action_run, run.options.archive_deadline), NO_BULK_UPLOAD
    while (known := await run.client.get_bulk_upload(live_id)).is_under_way:
        if known != before:
            poll.note_change()
        before = known
        _tell(action_run, known)
        if not await poll.again():
            detail = f"nothing has changed for {_minutes(action_run)} in the archive of draft {live_id}"
            end(failed(f"{detail}; the next apply goes on", live_id, exit_code=5))


async def _until_over(action_run: ActionRun, live_id: int, *, outlives: bool) -> BulkUpload:
    """The last status of an archive that was sent, or what is known once nothing has changed for too long (V66).

    A status that is not to be had says nothing (V83): then the images that arrive are the sign that something goes on.
    """
    run, wish = action_run.run, wish_of(action_run)
    poll, before = Poll(action_run, run.options.archive_deadline), None
    while True:
        known = await run.client.get_bulk_upload(live_id)
        dataset = None if known.is_certain else await run.dataset(live_id).fresh()
        if known.is_over or (dataset is not None and not missing(dataset, wish)):
            return known
        sign = (known, None if dataset is None else len(dataset.images or ()))
        if sign != before:
            poll.note_change()
        before = sign
        _tell(action_run, known)
        if not await poll.again(is_cut_short=outlives):
            return known


def _tell(action_run: ActionRun, known: BulkUpload) -> None:
    action_run.progress("the API takes the images of the archive", known.done + known.failed, known.found)


def _minutes(action_run: ActionRun) -> str:
    return f"{action_run.run.options.archive_deadline / 60:.0f} minutes"
