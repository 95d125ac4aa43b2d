"""Cloning a dataset: the only way to go on from a completed one."""

from dataclasses import replace

from reconciler.simulator.body import Body, text
from reconciler.simulator.exchange import Exchange
from reconciler.simulator.guide import with_automatic_caption
from reconciler.simulator.operations.dataset import default_guides, names_beside
from reconciler.simulator.request import Rejection, Response
from reconciler.simulator.world import CREATION_TICK, FIBO, NO_DATASET, Dataset, Image, Timer
from reconciler.simulator.write_rules import refuse_during_bulk_upload, refuse_when_full, stored_name

_FIRST_IMAGES = 200


def clone_dataset(exchange: Exchange) -> Response:
    """POST /tailored-gen/datasets/{dataset_id}/clone: always a draft, with the images of its source."""
    source = exchange.dataset()
    body = exchange.body()
    _refuse(exchange, source)
    refuse_when_full(exchange, "dataset", len(exchange.world.datasets.all()))
    clone = _copy(exchange, source, body)
    exchange.world.datasets.put(clone)
    late = exchange.plays("clone_mode", "async_images")
    images = [_copied(exchange, image, NO_DATASET if late else clone.id) for image in _source_images(exchange, source)]
    for image in images:
        reset = exchange.plays("clone_mode", "captions_reset")
        exchange.world.images.put(with_automatic_caption(clone, image, clone.guide, exchange.now) if reset else image)
    if late:
        due = exchange.now + exchange.switches.seconds("clone_seconds")
        numbers = tuple(image.id for image in images)
        exchange.world.set_timer(Timer(id=0, kind="clone", target=clone.id, due=due, images=numbers))
    return exchange.answer_dataset(201, clone)


def _refuse(exchange: Exchange, source: Dataset) -> None:
    if _is_old(exchange, source) and exchange.plays("legacy_clone_today", "409_message"):
        raise Rejection(409, "A dataset of this family can no longer be cloned")
    if source.upload_type == "advanced":
        refuse_during_bulk_upload(exchange, source.id)
        if exchange.plays("clone_advanced", "409_message"):
            raise Rejection(409, "An advanced dataset cannot be cloned")


def _is_old(exchange: Exchange, dataset: Dataset) -> bool:
    """Whether a dataset belongs to a family that the era's documents know no more."""
    return exchange.plays("era", "current") and dataset.family == "prefix"


def _source_images(exchange: Exchange, source: Dataset) -> list[Image]:
    images = exchange.world.images.of(source.id)
    if source.upload_type == "advanced" and not exchange.plays("clone_advanced", "advanced_full"):
        return images[:_FIRST_IMAGES] if exchange.plays("clone_advanced", "advanced_first_200") else []
    return images


def _copy(exchange: Exchange, source: Dataset, body: Body) -> Dataset:
    given = text(body, "name") if exchange.plays("clone_name", "honoured") else None
    others = names_beside(exchange, source.project_id)
    name = stored_name(exchange, "dataset", given or f"Copy of {source.name}", others)
    clone = replace(
        source,
        id=exchange.world.datasets.claim(),
        name=name,
        description=text(body, "description") if exchange.plays("clone_description", "stored") else None,
        is_clone=True,
        status="draft",
        captions_update_status="empty",
        created=exchange.now,
        updated=exchange.now + CREATION_TICK,
    )
    if _is_old(exchange, source) and exchange.plays("legacy_clone_today", "fibo_null_schema"):
        return replace(clone, training_version=FIBO, caption_prefix="", visual_schema=None)
    return clone if exchange.plays("clone_prefix", "kept") else default_guides(exchange, clone)


def _copied(exchange: Exchange, image: Image, dataset_id: int) -> Image:
    number = exchange.world.images.claim()
    names = {"kept": image.image_name, "regenerated": f"image_{number}.png", "null": None}
    # The documents list `automatic` alone for the images of a clone, though its source may have had manual captions.
    sources = {"kept": image.caption_source, "automatic": "automatic", "null": None}
    rule = exchange.switches["clone_caption_source"]
    return replace(
        image,
        id=number,
        dataset_id=dataset_id,
        image_name=names[exchange.switches["clone_image_names"]],
        caption_source=image.caption_source if image.caption is None else sources[rule],
        created=exchange.now,
        updated=exchange.now + CREATION_TICK,
    )
