"""The job behind a zip upload: fetch the zip, judge what is in it, and give the dataset its images when time is up.

The zip is read once, when it is fetched. What was found in it waits as rows without a dataset until the job ends, so
that the figures of the status go on by the clock, and nothing has to be read again.
"""

import hashlib
import zipfile
from bisect import bisect_left
from dataclasses import replace
from pathlib import Path
from typing import Final

from reconciler.simulator.archive import FetchError, fetch
from reconciler.simulator.bulk_contents import BulkError, Candidate, Contents, candidates
from reconciler.simulator.guide import with_automatic_caption
from reconciler.simulator.request import Rejection
from reconciler.simulator.switch import Switches
from reconciler.simulator.world import BulkUpload, Dataset, Image, Timer, World

RETENTION_SECONDS: Final = 24 * 3600.0
_MOST_FAILURES_LISTED: Final = 100


def begin_bulk_upload(world: World, switches: Switches, upload: BulkUpload) -> None:
    """Fetch the zip now, or set the timer for it; BulkError where the job has failed already."""
    world.bulk_uploads.put(upload)
    rule = switches["zip_fetch"]
    if rule == "once_at_start":
        take_archive(world, switches, upload)
        return
    if rule == "retried":
        # The first worker dies: what it fetched, or could not fetch, counts for nothing, and another one fetches again.
        path = world.archives.file(f"first-{upload.id}.zip")
        _fetch_in_vain(switches, upload, path)
    due = world.time + switches.seconds("bulk_seconds")
    world.set_timer(Timer(id=0, kind="bulk_fetch", target=upload.dataset_id, due=due))


def _fetch_in_vain(switches: Switches, upload: BulkUpload, path: Path) -> None:
    """Fetch the zip and throw it away."""
    try:
        _fetch(switches, upload, path)
    except BulkError:
        return
    path.unlink()


def fetch_late(world: World, switches: Switches, timer: Timer) -> None:
    """Fetch the zip now that it is time; nobody waits for an answer, so trouble shows in the status alone."""
    upload = world.bulk_upload_of(timer.target)
    assert upload is not None
    try:
        take_archive(world, switches, upload)
    except BulkError:
        fail(world, upload)


def fail(world: World, upload: BulkUpload) -> None:
    """End a job without images."""
    world.bulk_uploads.put(replace(upload, status="failed", ended=world.time))


def take_archive(world: World, switches: Switches, upload: BulkUpload) -> None:
    """Fetch and read the zip, and set the timer at which the dataset gets its images."""
    dataset = world.datasets.get(upload.dataset_id)
    assert dataset is not None
    world.archives.sweep({image.archive for image in world.images.all()})
    path = world.archives.file(f"{upload.id}.zip")
    _fetch(switches, upload, path)
    try:
        with zipfile.ZipFile(path) as archive:
            contents = Contents(
                world=world, switches=switches, dataset=dataset, upload=upload, archive=archive, file=path.name
            )
            upload = _read(contents)
    except (BulkError, zipfile.BadZipFile, OSError, ValueError) as error:
        path.unlink(missing_ok=True)
        if isinstance(error, BulkError):
            raise
        raise BulkError("zip_url does not give a zip archive", status=_status(switches["zip_bad"])) from None
    world.bulk_uploads.put(upload)
    due = _begins(upload, switches) + switches.seconds("bulk_seconds_per_image") * upload.found
    stuck = switches["bulk_progress"] == "stuck"
    world.set_timer(Timer(id=0, kind="bulk_end", target=dataset.id, due=None if stuck else due, images=upload.images))


def _fetch(switches: Switches, upload: BulkUpload, path: Path) -> None:
    rule = switches["zip_url_rules"]
    try:
        fetch(upload.zip_url, path, head_first=rule == "head_first", redirects=rule != "no_redirect")
    except FetchError as error:
        raise BulkError(str(error), status=413 if error.status == 413 else _status(switches["zip_bad"])) from None


def _status(value: str) -> int:
    return int(value[:3]) if value[:3].isdigit() else 0


def _read(contents: Contents) -> BulkUpload:
    """The upload with what was found: rows of the images that are taken, documents of those that are not."""
    upload, switches, world = contents.upload, contents.switches, contents.world
    found = candidates(contents.archive, switches, moderated=upload.moderated)
    images: list[int] = []
    failures: list[dict[str, object]] = []
    failed_places: list[int] = []
    for place, candidate in enumerate(_in_order(found, switches["bulk_order"])):
        try:
            image = contents.row(candidate)
        except Rejection as refusal:
            name = candidate.entry.filename
            failures.append({"filename": name, "error_code": refusal.status, "error_message": refusal.message})
            failed_places.append(place)
            continue
        world.images.put(image)
        images.append(image.id)
    return replace(
        upload,
        found=len(found),
        images=tuple(images),
        failures=tuple(failures),
        failed_places=tuple(failed_places),
        read=world.time,
    )


def _in_order(found: list[Candidate], rule: str) -> list[Candidate]:
    if rule == "zip_order":
        return found
    return sorted(found, key=lambda each: hashlib.sha256(each.entry.filename.encode(errors="replace")).digest())


def _begins(upload: BulkUpload, switches: Switches) -> float:
    """The moment from which images are worked on; before, the job is pending."""
    return max(upload.read or 0.0, upload.begun + switches.seconds("bulk_seconds"))


def end_bulk_upload(world: World, switches: Switches, timer: Timer) -> None:
    """The job ends: the dataset has its images, with their captions unless those come later."""
    dataset, upload = world.datasets.get(timer.target), world.bulk_upload_of(timer.target)
    assert dataset is not None
    assert upload is not None
    images = [image for number in timer.images if (image := world.images.get(number)) is not None]
    later = switches["bulk_caption_timing"] == "later"
    for image in images:
        world.images.put(_arrived(dataset, image, world.time, captioned=not later))
    if later and images:
        due = world.time + switches.seconds("caption_seconds")
        world.set_timer(
            Timer(id=0, kind="bulk_captions", target=dataset.id, due=due, guide=dataset.guide, images=timer.images)
        )
    failed = not images and switches["zip_zero_valid"] == "failed_status"
    world.bulk_uploads.put(replace(upload, status="failed" if failed else "completed", ended=world.time))
    source = "automatic" if upload.automatic else "manual"
    world.datasets.put(replace(dataset, captions_source=source, updated=world.time))


def _arrived(dataset: Dataset, image: Image, now: float, *, captioned: bool) -> Image:
    """An image that the dataset gets now; as after a single upload, one without a visual schema is `pending`."""
    image = replace(image, dataset_id=dataset.id)
    if image.caption is not None:
        return image
    if captioned and dataset.guide is not None:
        return with_automatic_caption(dataset, image, dataset.guide, now)
    return replace(image, caption_source="pending" if dataset.family == "schema" else None)


def write_captions_late(world: World, timer: Timer) -> None:
    """The captions of zipped images come after the job has ended; a caption that was written meanwhile stays."""
    dataset = world.datasets.get(timer.target)
    assert dataset is not None
    for number in timer.images:
        image = world.images.get(number)
        if image is not None and image.caption is None and timer.guide is not None:
            world.images.put(with_automatic_caption(dataset, image, timer.guide, world.time))


def status_document(upload: BulkUpload, switches: Switches, now: float) -> dict[str, object]:
    """The status as the API shows it: `total_processed` is the number of images found in the zip."""
    place = _place(upload, switches, now)
    over = upload.ended is not None
    failures = upload.failures[: bisect_left(upload.failed_places, place)]
    running = "pending" if upload.read is None or now < _begins(upload, switches) else "processing"
    listed = failures[:_MOST_FAILURES_LISTED] if switches["failed_images_cap"] == "first_100" else failures
    return {
        "status": upload.status if over else running,
        "progress_percentage": 100 if over else place * 100 // max(1, upload.found),
        "total_processed": upload.found,
        "done": place - len(failures),
        "failed": len(failures),
        "failed_images": list(listed),
    }


def _place(upload: BulkUpload, switches: Switches, now: float) -> int:
    """How many images are worked through."""
    if upload.ended is not None:
        return upload.found
    each = switches.seconds("bulk_seconds_per_image")
    if upload.read is None or now < _begins(upload, switches) or switches["bulk_progress"] == "jumps":
        return 0
    place = upload.found if each == 0 else min(upload.found, int((now - _begins(upload, switches)) / each))
    return min(place, upload.found // 2) if switches["bulk_progress"] == "stuck" else place
