"""Captions: write one, regenerate one or all, and suggest a prefix."""

from dataclasses import replace

from reconciler.simulator.body import Body, flag, text, texts
from reconciler.simulator.captioner import suggested_prefix
from reconciler.simulator.exchange import Exchange
from reconciler.simulator.image_file import decode, image_at, moderate
from reconciler.simulator.request import Rejection, Response, answer
from reconciler.simulator.timers import end_regeneration, set_timer, timer_of, write_caption
from reconciler.simulator.world import Dataset, Image, Timer
from reconciler.simulator.write_rules import limit_text, refuse_during_regeneration


def update_caption(exchange: Exchange) -> Response:
    """PUT /tailored-gen/datasets/{dataset_id}/images/{image_id}."""
    dataset, image = exchange.dataset(), exchange.image()
    body = exchange.body()
    again = flag(body, "regenerate_caption", default=False)
    if again and "caption" in body:
        raise Rejection(400, "Send caption or regenerate_caption, not both")
    if not again and "caption" not in body:
        raise Rejection(400, "Either caption or regenerate_caption is required")
    limit_text(exchange, "caption", text(body, "caption"))
    if dataset.status == "completed":
        raise Rejection(409, "The dataset is completed")
    refuse_during_regeneration(exchange, dataset.id)
    if again:
        image = write_caption(exchange.world, exchange.switches, dataset, image, dataset.caption_prefix)
    else:
        image = write_by_hand(exchange, image, text(body, "caption"))
    return exchange.wrote_image(200, image)


def write_by_hand(exchange: Exchange, image: Image, caption: str | None) -> Image:
    """Store a manual caption; a running regeneration leaves it alone unless writes are lost to it."""
    source = None if caption is None else "manual"
    image = replace(image, caption=caption, caption_source=source, updated=exchange.now)
    exchange.world.images.put(image)
    run = timer_of(exchange.world, "regeneration", image.dataset_id)
    if run is not None and not exchange.plays("write_during_regen", "lost_update"):
        rest = tuple(number for number in run.images if number != image.id)
        exchange.world.timers.put(replace(run, images=rest))
    return image


def regenerate_all(exchange: Exchange) -> Response:
    """PUT /tailored-gen/datasets/{dataset_id}/images: the answer comes at once, the captions later."""
    dataset = exchange.dataset()
    if dataset.status == "completed" and exchange.plays("regen_on_completed", "409"):
        raise Rejection(409, "The dataset is completed")
    if timer_of(exchange.world, "regeneration", dataset.id):
        rule = exchange.switches["regen_while_running"]
        if rule != "202_same":
            raise Rejection(int(rule), "Captions are being regenerated")
        return exchange.wrote_dataset(202, dataset)
    images = exchange.world.images.of(dataset.id)
    if not images:
        return _regenerate_none(exchange, dataset)
    return exchange.wrote_dataset(202, begin_regeneration(exchange, dataset, images))


def _regenerate_none(exchange: Exchange, dataset: Dataset) -> Response:
    rule = exchange.switches["regen_empty"]
    if rule != "202_completed":
        raise Rejection(int(rule), "The dataset has no images")
    dataset = replace(dataset, captions_update_status="completed", updated=exchange.now)
    exchange.world.datasets.put(dataset)
    return exchange.wrote_dataset(202, dataset)


def begin_regeneration(exchange: Exchange, dataset: Dataset, images: list[Image]) -> Dataset:
    """Start the run; which images it will touch is decided now, and so is the prefix."""
    if exchange.plays("regen_overwrites_manual", "automatic_only"):
        images = [image for image in images if image.caption_source != "manual"]
    seconds = exchange.switches.seconds("regeneration_seconds")
    seconds += exchange.switches.seconds("regeneration_seconds_per_image") * len(images)
    run = Timer(
        id=0,
        kind="regeneration",
        target=dataset.id,
        due=None if exchange.plays("regen_outcome", "stuck_in_progress") else exchange.now + seconds,
        prefix=dataset.caption_prefix,
        images=tuple(image.id for image in images),
    )
    dataset = replace(dataset, captions_update_status="in_progress", updated=exchange.now)
    exchange.world.datasets.put(dataset)
    if run.due is not None and run.due <= exchange.now:
        end_regeneration(exchange.world, exchange.switches, run)
    else:
        set_timer(exchange.world, run)
    return dataset


def generate_prefix(exchange: Exchange) -> Response:
    """POST /tailored-gen/generate_prefix: a suggestion, stored nowhere."""
    body = exchange.body()
    urls, files = texts(body, "image_urls"), texts(body, "images")
    if bool(urls) == bool(files):
        raise Rejection(400, "Send image_urls or images, one of them", name="images")
    kind = text(body, "ip_type") or ""
    if "ip_name" in body and kind != "defined_character":
        raise Rejection(400, "ip_name goes with ip_type defined_character only", name="ip_name")
    pictures = _pictures(exchange, body, urls, files)
    prefix = suggested_prefix(text(body, "ip_medium") or "", kind, text(body, "ip_name"), pictures)
    return answer(200, {exchange.switches["prefix_reply"]: prefix})


def _pictures(exchange: Exchange, body: Body, urls: list[str], files: list[str]) -> list[str]:
    """The digests of the pictures; one bad picture fails them all."""
    wanted = flag(body, "content_moderation", default=False)
    for number, url in enumerate(urls):
        moderate(url, f"image_urls[{number}]", wanted=wanted)
    data_uri = exchange.plays("upload_encodings", "also_data_uri")
    looked = [image_at(url, f"image_urls[{number}]") for number, url in enumerate(urls)]
    looked += [
        exchange.image_reader.read(decode(file, f"images[{number}]", data_uri=data_uri), f"images[{number}]")
        for number, file in enumerate(files)
    ]
    return [picture.sha256 for picture in looked]
