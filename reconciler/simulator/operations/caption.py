"""Captions: write one, regenerate one or all."""

from dataclasses import replace

from reconciler.simulator.body import flag, text
from reconciler.simulator.exchange import Exchange
from reconciler.simulator.guide import stored_caption, with_automatic_caption, with_captions_source
from reconciler.simulator.request import Rejection, Response
from reconciler.simulator.timers import end_regeneration
from reconciler.simulator.world import Dataset, Image, Timer
from reconciler.simulator.write_rules import (
    limit_text,
    refuse_during_bulk_upload,
    refuse_during_regeneration,
    refuse_single_edit,
)


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
    refuse_single_edit(exchange, dataset)
    if dataset.status == "completed":
        raise Rejection(409, "The dataset is completed")
    refuse_during_regeneration(exchange, dataset.id)
    refuse_during_bulk_upload(exchange, dataset.id)
    if again:
        image = with_automatic_caption(dataset, image, dataset.guide, exchange.now)
        exchange.world.images.put(image)
    else:
        image = _write_by_hand(exchange, image, _caption(exchange, dataset, text(body, "caption")))
    exchange.world.datasets.put(with_captions_source(exchange.world, exchange.switches, dataset))
    return exchange.answer_image(200, image)


def _caption(exchange: Exchange, dataset: Dataset, caption: str | None) -> str | None:
    """The caption that is stored; in the schema family only a JSON document will do."""
    if caption is None or dataset.family == "prefix":
        return caption
    stored = stored_caption(caption, mend=exchange.plays("caption_autocorrect", "on"))
    if stored is None:
        raise Rejection(400, "The caption must be a JSON object in a string")
    return stored


def _write_by_hand(exchange: Exchange, image: Image, caption: str | None) -> Image:
    """Store a manual caption; a running regeneration leaves it alone unless writes are lost to it."""
    source = None if caption is None else "manual"
    image = replace(image, caption=caption, caption_source=source, updated=exchange.now)
    exchange.world.images.put(image)
    run = exchange.world.timer_of("regeneration", image.dataset_id)
    if run is not None and not exchange.plays("write_during_regen", "lost_update"):
        rest = tuple(number for number in run.images if number != image.id)
        exchange.world.timers.put(replace(run, images=rest))
    return image


def regenerate_all(exchange: Exchange) -> Response:
    """PUT /tailored-gen/datasets/{dataset_id}/images: the answer comes at once, the captions later."""
    dataset = exchange.dataset()
    exchange.body()
    if dataset.status == "completed" and exchange.plays("regen_on_completed", "409"):
        raise Rejection(409, "The dataset is completed")
    refuse_during_bulk_upload(exchange, dataset.id)
    if exchange.world.timer_of("regeneration", dataset.id):
        rule = exchange.switches["regen_while_running"]
        if rule != "202_same":
            raise Rejection(int(rule), "Captions are being regenerated")
        return exchange.answer_dataset(202, dataset)
    images = exchange.world.images.of(dataset.id)
    if not images:
        return _regenerate_none(exchange, dataset)
    return exchange.answer_dataset(202, _begin_regeneration(exchange, dataset, images))


def _regenerate_none(exchange: Exchange, dataset: Dataset) -> Response:
    rule = exchange.switches["regen_empty"]
    if rule != "202_completed":
        raise Rejection(int(rule), "The dataset has no images")
    dataset = replace(dataset, captions_update_status="completed", updated=exchange.now)
    exchange.world.datasets.put(dataset)
    return exchange.answer_dataset(202, dataset)


def _begin_regeneration(exchange: Exchange, dataset: Dataset, images: list[Image]) -> Dataset:
    """Start the run; which images it will touch is decided now, and so is the guide."""
    if exchange.plays("regen_overwrites_manual", "automatic_only"):
        images = [image for image in images if image.caption_source != "manual"]
    seconds = exchange.switches.seconds("regeneration_seconds")
    seconds += exchange.switches.seconds("regeneration_seconds_per_image") * len(images)
    run = Timer(
        id=0,
        kind="regeneration",
        target=dataset.id,
        due=None if exchange.plays("regen_outcome", "stuck_in_progress") else exchange.now + seconds,
        guide=dataset.guide,
        images=tuple(image.id for image in images),
    )
    dataset = replace(dataset, captions_update_status="in_progress", updated=exchange.now)
    exchange.world.datasets.put(dataset)
    if run.due is not None and run.due <= exchange.now:
        end_regeneration(exchange.world, exchange.switches, run)
    else:
        exchange.world.set_timer(run)
    return dataset
