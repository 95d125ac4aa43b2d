"""The job behind a zip upload: its zip is fetched and judged, and the dataset gets its images when time is up.

The zip is read once, when it is fetched. What was found in it waits as rows without a dataset until the job ends, so
that the figures of the status go on by the clock, and nothing has to be read again.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from reconciler.simulator.bulk_contents import BulkError
from reconciler.simulator.bulk_work import BulkWork, Judged, refusal_of
from reconciler.simulator.guide import with_automatic_caption
from reconciler.simulator.switch import Switches
from reconciler.simulator.world import CREATION_TICK, BulkUpload, Dataset, Delivery, Image, Timer, World

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
        _ask_in_vain(world, switches, upload)
    due = world.time + switches.seconds("bulk_seconds")
    world.set_timer(Timer(id=0, kind="bulk_fetch", target=upload.dataset_id, due=due))


def _ask_in_vain(world: World, switches: Switches, upload: BulkUpload) -> None:
    """The first worker dies: what it fetched, or could not fetch, counts for nothing, and another one fetches again."""
    work = _work(world, switches, upload)
    try:
        work.begin()
    except BulkError:
        return
    work.abandon()


def fetch_late(world: World, switches: Switches, timer: Timer) -> None:
    """Fetch the zip now that it is time; nobody waits for an answer, so trouble shows in the status alone."""
    upload = world.bulk_upload_of(timer.target)
    assert upload is not None
    try:
        take_archive(world, switches, upload)
    except BulkError:
        fail(world, upload)


def fetch_again(world: World, switches: Switches) -> None:
    """Fetch each zip that a process which has ended was about to fetch."""
    for upload in world.bulk_uploads.all():
        waits = world.timer_of("bulk_fetch", upload.dataset_id) is not None
        if upload.read is None and upload.ended is None and not waits:
            try:
                take_archive(world, switches, upload)
            except BulkError:
                fail(world, upload)


def fail(world: World, upload: BulkUpload) -> None:
    """End a job without images."""
    world.bulk_uploads.put(replace(upload, status="failed", ended=world.time))


def take_archive(world: World, switches: Switches, upload: BulkUpload) -> None:
    """Fetch and read the zip; aside, where the world has somebody to do it and the answer does not depend on it."""
    running = {f"{each.id}.zip" for each in world.bulk_uploads.all() if each.ended is None}
    world.archives.sweep(running | {image.archive for image in world.images.all()})
    work = _work(world, switches, upload)
    work.begin()
    if world.set_aside is None or refusal_of(switches):
        deliver(world, work, work.finish(lambda: True))
        return

    def errand(goes_on: Callable[[], bool]) -> Delivery:
        try:
            judged = work.finish(goes_on)
        except BulkError:
            return partial(deliver, work=work, judged=None)
        return partial(deliver, work=work, judged=judged)

    world.set_aside(errand)


def _work(world: World, switches: Switches, upload: BulkUpload) -> BulkWork:
    dataset = world.datasets.get(upload.dataset_id)
    assert dataset is not None
    path = world.archives.file(f"{upload.id}.zip")
    return BulkWork(upload=upload, dataset=dataset, switches=switches, path=path)


def deliver(world: World, work: BulkWork, judged: Judged | None) -> None:
    """What was found waits for the end of the job, whose timer is set; None fails it. A dataset that is gone gets nothing."""
    upload, switches = work.upload, work.switches
    if world.bulk_uploads.get(upload.id) != upload:
        work.path.unlink(missing_ok=True)
        return
    if judged is None:
        fail(world, upload)
        return
    upload = replace(
        upload,
        found=judged.found,
        images=tuple(_put(world, switches, image) for image in judged.images),
        failures=judged.failures,
        failed_places=judged.failed_places,
        read=world.time,
    )
    world.bulk_uploads.put(upload)
    due = _begins(upload, switches) + switches.seconds("bulk_seconds_per_image") * upload.found
    stuck = switches["bulk_progress"] == "stuck"
    world.set_timer(
        Timer(id=0, kind="bulk_end", target=upload.dataset_id, due=None if stuck else due, images=upload.images)
    )


def _put(world: World, switches: Switches, image: Image) -> int:
    """Keep the row of an image; its id."""
    number = world.images.claim()
    name = f"image_{number}.png" if switches["bulk_image_name"] == "generated" else image.image_name
    now = world.time
    world.images.put(replace(image, id=number, image_name=name, created=now, updated=now + CREATION_TICK))
    return number


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
