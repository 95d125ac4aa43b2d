"""What a person does in the web console meanwhile: changes straight to the world, for tests."""

import hashlib
from dataclasses import replace
from typing import TypeVar

from reconciler.simulator.guide import with_automatic_caption
from reconciler.simulator.simulator import Simulator
from reconciler.simulator.timers import ended
from reconciler.simulator.world import CREATION_TICK, FIBO, Dataset, Image, Model, Project, World, family_of


class ConsoleError(ValueError):
    """There is nothing with that id."""


def edit_project(
    simulator: Simulator,
    project_id: int,
    *,
    name: str | None = None,
    description: str | None = None,
) -> None:
    """Give a project another name or description."""
    with simulator.transaction() as world:
        project = _project(world, project_id)
        name = project.project_name if name is None else name
        description = project.project_description if description is None else description
        world.projects.put(replace(project, project_name=name, project_description=description, updated=world.time))


def delete_project(simulator: Simulator, project_id: int) -> None:
    """Delete a project with everything in it, whatever is in training."""
    with simulator.transaction() as world:
        world.remove_project(_project(world, project_id).id)


def add_dataset(
    simulator: Simulator,
    project_id: int,
    name: str,
    *,
    caption_prefix: str = "",
    visual_schema: str | None = None,
    training_version: str | None = None,
) -> int:
    """Create a draft of a family, by default the one that is usual in the era; gives its id."""
    version = training_version or (FIBO if simulator.switches["era"] == "current" else "max")
    schema = family_of(version) == "schema"
    with simulator.transaction() as world:
        dataset = Dataset(
            id=world.datasets.claim(),
            project_id=_project(world, project_id).id,
            name=name,
            caption_prefix="" if schema else caption_prefix,
            visual_schema=visual_schema if schema else None,
            training_version=version,
            created=world.time,
            updated=world.time + CREATION_TICK,
        )
        world.datasets.put(dataset)
        return dataset.id


def edit_dataset(
    simulator: Simulator,
    dataset_id: int,
    *,
    name: str | None = None,
    caption_prefix: str | None = None,
    visual_schema: str | None = None,
    status: str | None = None,
) -> None:
    """Rename a dataset, write its guide, complete or reopen it: no rule stands in the way."""
    with simulator.transaction() as world:
        dataset = _dataset(world, dataset_id)
        dataset = replace(
            dataset,
            name=dataset.name if name is None else name,
            caption_prefix=dataset.caption_prefix if caption_prefix is None else caption_prefix,
            visual_schema=dataset.visual_schema if visual_schema is None else visual_schema,
            status=dataset.status if status is None else status,
            updated=world.time,
        )
        world.datasets.put(dataset)


def delete_dataset(simulator: Simulator, dataset_id: int) -> None:
    """Delete a dataset with its images."""
    with simulator.transaction() as world:
        world.remove_dataset(_dataset(world, dataset_id).id)


def add_image(simulator: Simulator, dataset_id: int, image_name: str, *, content: bytes = b"by hand") -> int:
    """Add an image of 1024 x 1024 pixels with an automatic caption; gives its id."""
    with simulator.transaction() as world:
        dataset = _dataset(world, dataset_id)
        digest = hashlib.sha256(content).hexdigest()
        image = Image(
            id=world.images.claim(),
            dataset_id=dataset.id,
            caption=None,
            caption_source=None,
            upload_source_url=None,
            image_name=image_name,
            sha256=digest,
            size=len(content),
            width=1024,
            height=1024,
            created=world.time,
            updated=world.time + CREATION_TICK,
        )
        world.images.put(with_automatic_caption(dataset, image, dataset.guide, image.updated))
        return image.id


def edit_image(
    simulator: Simulator,
    image_id: int,
    *,
    caption: str | None = None,
    image_name: str | None = None,
) -> None:
    """Write a caption, or give the image another name."""
    with simulator.transaction() as world:
        image = _image(world, image_id)
        if caption is not None:
            image = replace(image, caption=caption, caption_source="manual")
        name = image.image_name if image_name is None else image_name
        world.images.put(replace(image, image_name=name, updated=world.time))


def delete_image(simulator: Simulator, image_id: int) -> None:
    """Delete an image, in a completed dataset too."""
    with simulator.transaction() as world:
        world.remove_image(_image(world, image_id).id)


def edit_model(
    simulator: Simulator,
    model_id: int,
    *,
    name: str | None = None,
    description: str | None = None,
) -> None:
    """Give a model another name or description."""
    with simulator.transaction() as world:
        model = _model(world, model_id)
        name = model.name if name is None else name
        description = model.description if description is None else description
        world.models.put(replace(model, name=name, description=description, updated=world.time))


def end_training(simulator: Simulator, model_id: int, status: str) -> None:
    """End a training at once as `Completed`, `Failed` or `Stopped`."""
    with simulator.transaction() as world:
        model = _model(world, model_id)
        for timer in world.timers.of(model_id):
            world.timers.drop(timer.id)
        world.models.put(ended(replace(model, outcome=status, queued=False), world.time))


def edit_checkpoints(
    simulator: Simulator, model_id: int, *, checkpoints: tuple[int, ...] | None = None, active: str | None = None
) -> None:
    """Leave a model these checkpoints, and make another one active, which no operation of the API does (U60)."""
    with simulator.transaction() as world:
        model = _model(world, model_id)
        left = model.checkpoints if checkpoints is None else checkpoints
        active = model.active_model_version if active is None else active
        world.models.put(replace(model, checkpoints=left, active_model_version=active, updated=world.time))


def delete_model(simulator: Simulator, model_id: int) -> None:
    """Delete a model, in training too."""
    with simulator.transaction() as world:
        world.remove_model(_model(world, model_id))


T = TypeVar("T")


def _known(row: T | None, number: int) -> T:
    if row is None:
        raise ConsoleError(f"nothing has the id {number}")
    return row


def _project(world: World, number: int) -> Project:
    return _known(world.projects.get(number), number)


def _dataset(world: World, number: int) -> Dataset:
    return _known(world.datasets.get(number), number)


def _image(world: World, number: int) -> Image:
    return _known(world.images.get(number), number)


def _model(world: World, number: int) -> Model:
    return _known(world.models.get(number), number)
