"""Cloning a dataset: the only way to go on from a completed one."""

from dataclasses import replace

from reconciler.simulator.body import Body, text
from reconciler.simulator.exchange import Exchange
from reconciler.simulator.operations.dataset import names_beside
from reconciler.simulator.operations.project import prefix_of
from reconciler.simulator.request import Response
from reconciler.simulator.timers import set_timer, write_caption
from reconciler.simulator.world import CREATION_TICK, Dataset, Image, Timer
from reconciler.simulator.write_rules import refuse_when_full, stored_name

NO_DATASET = 0  # the owner of images that are still on their way into a clone


def clone_dataset(exchange: Exchange) -> Response:
    """POST /tailored-gen/datasets/{dataset_id}/clone: always a draft, with the images of its source."""
    source = exchange.dataset()
    body = exchange.body()
    refuse_when_full(exchange, "dataset", len(exchange.world.datasets.all()))
    clone = _copy(exchange, source, body)
    exchange.world.datasets.put(clone)
    late = exchange.plays("clone_mode", "async_images")
    images = [
        _copied(exchange, image, NO_DATASET if late else clone.id) for image in exchange.world.images.of(source.id)
    ]
    for image in images:
        exchange.world.images.put(image)
        if exchange.plays("clone_mode", "captions_reset"):
            write_caption(exchange.world, exchange.switches, clone, image, clone.caption_prefix)
    if late:
        due = exchange.now + exchange.switches.seconds("clone_seconds")
        numbers = tuple(image.id for image in images)
        set_timer(exchange.world, Timer(id=0, kind="clone", target=clone.id, due=due, images=numbers))
    return exchange.wrote_dataset(201, clone)


def _copy(exchange: Exchange, source: Dataset, body: Body) -> Dataset:
    given = text(body, "name") if exchange.plays("clone_name", "honoured") else None
    name = stored_name(
        exchange, "dataset", given or f"Copy of {source.name}", names_beside(exchange, source.project_id)
    )
    project = exchange.world.projects.get(source.project_id)
    kept = project is None or exchange.plays("clone_prefix", "kept")
    return replace(
        source,
        id=exchange.world.datasets.claim(),
        name=name,
        description=text(body, "description") if exchange.plays("clone_description", "stored") else None,
        caption_prefix=source.caption_prefix if kept or project is None else prefix_of(project),
        status="draft",
        captions_update_status="empty",
        created=exchange.now,
        updated=exchange.now + CREATION_TICK,
    )


def _copied(exchange: Exchange, image: Image, dataset_id: int) -> Image:
    number = exchange.world.images.claim()
    names = {"kept": image.image_name, "regenerated": f"image_{number}.png", "null": None}
    sources = {"kept": image.caption_source, "automatic": "automatic", "null": None}
    return replace(
        image,
        id=number,
        dataset_id=dataset_id,
        image_name=names[exchange.switches["clone_image_names"]],
        caption_source=sources[exchange.switches["clone_caption_source"]],
        created=exchange.now,
        updated=exchange.now + CREATION_TICK,
    )
