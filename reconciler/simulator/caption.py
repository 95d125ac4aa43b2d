"""Captions: write one, regenerate one or all, and suggest a prefix."""

from dataclasses import replace

from reconciler.simulator.call import Call
from reconciler.simulator.captioner import suggested_prefix
from reconciler.simulator.dataset import refuse_during_regeneration
from reconciler.simulator.field import Body, flag, text, texts
from reconciler.simulator.naming import limit_text
from reconciler.simulator.picture import decode, moderate, pretend
from reconciler.simulator.request import Rejection, Response, answer
from reconciler.simulator.timers import end_regeneration, set_timer, timer_of, write_caption
from reconciler.simulator.world import Dataset, Image, Timer


def update_caption(call: Call) -> Response:
    """PUT /tailored-gen/datasets/{dataset_id}/images/{image_id}."""
    dataset, image = call.dataset(), call.image()
    body = call.body()
    again = flag(body, "regenerate_caption", default=False)
    if again and "caption" in body:
        raise Rejection(400, "Send caption or regenerate_caption, not both")
    if not again and "caption" not in body:
        raise Rejection(400, "Either caption or regenerate_caption is required")
    limit_text(call, "caption", text(body, "caption"))
    if dataset.status == "completed":
        raise Rejection(409, "The dataset is completed")
    refuse_during_regeneration(call, dataset.id)
    if again:
        image = write_caption(call.world, call.switches, dataset, image, dataset.caption_prefix)
    else:
        image = write_by_hand(call, image, text(body, "caption"))
    return call.wrote_image(200, image)


def write_by_hand(call: Call, image: Image, caption: str | None) -> Image:
    """Store a manual caption; a running regeneration leaves it alone unless writes are lost to it."""
    source = None if caption is None else "manual"
    image = replace(image, caption=caption, caption_source=source, updated=call.now)
    call.world.images.put(image)
    run = timer_of(call.world, "regeneration", image.dataset_id)
    if run is not None and not call.is_("write_during_regen", "lost_update"):
        rest = tuple(number for number in run.images if number != image.id)
        call.world.timers.put(replace(run, images=rest))
    return image


def regenerate_all(call: Call) -> Response:
    """PUT /tailored-gen/datasets/{dataset_id}/images: the answer comes at once, the captions later."""
    dataset = call.dataset()
    if dataset.status == "completed" and call.is_("regen_on_completed", "409"):
        raise Rejection(409, "The dataset is completed")
    if timer_of(call.world, "regeneration", dataset.id):
        rule = call.switches["regen_while_running"]
        if rule != "202_same":
            raise Rejection(int(rule), "Captions are being regenerated")
        return call.wrote_dataset(202, dataset)
    images = call.world.images.of(dataset.id)
    if not images:
        return _regenerate_none(call, dataset)
    return call.wrote_dataset(202, begin_regeneration(call, dataset, images))


def _regenerate_none(call: Call, dataset: Dataset) -> Response:
    rule = call.switches["regen_empty"]
    if rule != "202_completed":
        raise Rejection(int(rule), "The dataset has no images")
    dataset = replace(dataset, captions_update_status="completed", updated=call.now)
    call.world.datasets.put(dataset)
    return call.wrote_dataset(202, dataset)


def begin_regeneration(call: Call, dataset: Dataset, images: list[Image]) -> Dataset:
    """Start the run; which images it will touch is decided now, and so is the prefix."""
    if call.is_("regen_overwrites_manual", "automatic_only"):
        images = [image for image in images if image.caption_source != "manual"]
    seconds = call.switches.seconds("regeneration_seconds")
    seconds += call.switches.seconds("regeneration_seconds_per_image") * len(images)
    run = Timer(
        id=0,
        kind="regeneration",
        target=dataset.id,
        due=None if call.is_("regen_outcome", "stuck_in_progress") else call.now + seconds,
        prefix=dataset.caption_prefix,
        images=tuple(image.id for image in images),
    )
    dataset = replace(dataset, captions_update_status="in_progress", updated=call.now)
    call.world.datasets.put(dataset)
    if run.due is not None and run.due <= call.now:
        end_regeneration(call.world, call.switches, run)
    else:
        set_timer(call.world, run)
    return dataset


def generate_prefix(call: Call) -> Response:
    """POST /tailored-gen/generate_prefix: a suggestion, stored nowhere."""
    body = call.body()
    urls, files = texts(body, "image_urls"), texts(body, "images")
    if bool(urls) == bool(files):
        raise Rejection(400, "Send image_urls or images, one of them", name="images")
    kind = text(body, "ip_type") or ""
    if "ip_name" in body and kind != "defined_character":
        raise Rejection(400, "ip_name goes with ip_type defined_character only", name="ip_name")
    pictures = _pictures(call, body, urls, files)
    prefix = suggested_prefix(text(body, "ip_medium") or "", kind, text(body, "ip_name"), pictures)
    return answer(200, {call.switches["prefix_reply"]: prefix})


def _pictures(call: Call, body: Body, urls: list[str], files: list[str]) -> list[str]:
    """The digests of the pictures; one bad picture fails them all."""
    wanted = flag(body, "content_moderation", default=False)
    for number, url in enumerate(urls):
        moderate(url, f"image_urls[{number}]", wanted=wanted)
    data_uri = call.is_("upload_encodings", "also_data_uri")
    looked = [pretend(url, f"image_urls[{number}]") for number, url in enumerate(urls)]
    looked += [
        call.pictures.look(decode(file, f"images[{number}]", data_uri=data_uri), f"images[{number}]")
        for number, file in enumerate(files)
    ]
    return [picture.sha256 for picture in looked]
