"""Cloning a dataset: the only way to go on from a completed one."""

from dataclasses import replace

from reconciler.simulator.call import Call
from reconciler.simulator.dataset import names_beside
from reconciler.simulator.field import Body, text
from reconciler.simulator.naming import make_room, settle_name
from reconciler.simulator.project import TRIFLE, prefix_of
from reconciler.simulator.request import Response
from reconciler.simulator.timers import set_timer, write_caption
from reconciler.simulator.world import Dataset, Image, Timer

LIMBO = 0  # the owner of images that are still on their way into a clone


def clone_dataset(call: Call) -> Response:
    """POST /tailored-gen/datasets/{dataset_id}/clone: always a draft, with the images of its source."""
    source = call.dataset()
    body = call.body()
    make_room(call, "dataset", len(call.world.datasets.all()))
    clone = _copy(call, source, body)
    call.world.datasets.put(clone)
    late = call.is_("clone_mode", "async_images")
    images = [_copied(call, image, LIMBO if late else clone.id) for image in call.world.images.of(source.id)]
    for image in images:
        call.world.images.put(image)
        if call.is_("clone_mode", "captions_reset"):
            write_caption(call.world, call.switches, clone, image, clone.caption_prefix)
    if late:
        due = call.now + call.switches.seconds("clone_seconds")
        numbers = tuple(image.id for image in images)
        set_timer(call.world, Timer(id=0, kind="clone", target=clone.id, due=due, images=numbers))
    return call.wrote_dataset(201, clone)


def _copy(call: Call, source: Dataset, body: Body) -> Dataset:
    given = text(body, "name") if call.is_("clone_name", "honoured") else None
    name = settle_name(call, "dataset", given or f"Copy of {source.name}", names_beside(call, source.project_id))
    project = call.world.projects.get(source.project_id)
    kept = project is None or call.is_("clone_prefix", "kept")
    return replace(
        source,
        id=call.world.datasets.claim(),
        name=name,
        description=text(body, "description") if call.is_("clone_description", "stored") else None,
        caption_prefix=source.caption_prefix if kept or project is None else prefix_of(project),
        status="draft",
        captions_update_status="empty",
        created=call.now,
        updated=call.now + TRIFLE,
    )


def _copied(call: Call, image: Image, dataset_id: int) -> Image:
    number = call.world.images.claim()
    names = {"kept": image.image_name, "regenerated": f"image_{number}.png", "null": None}
    sources = {"kept": image.caption_source, "automatic": "automatic", "null": None}
    return replace(
        image,
        id=number,
        dataset_id=dataset_id,
        image_name=names[call.switches["clone_image_names"]],
        caption_source=sources[call.switches["clone_caption_source"]],
        created=call.now,
        updated=call.now + TRIFLE,
    )
