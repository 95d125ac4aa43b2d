"""Datasets: create, list, read, change, complete, delete."""

from dataclasses import replace

from reconciler.simulator.body import FAMILIES, Body, id_of, text
from reconciler.simulator.exchange import Exchange, found
from reconciler.simulator.operations.project import prefix_of
from reconciler.simulator.presenter import Document
from reconciler.simulator.request import Rejection, Response, answer, empty
from reconciler.simulator.timers import timer_of
from reconciler.simulator.world import CREATION_TICK, Dataset, Project, Tables
from reconciler.simulator.write_rules import (
    after_edit,
    in_training,
    limit_text,
    refuse_during_regeneration,
    refuse_null_name,
    refuse_when_full,
    stored_name,
)


def create_dataset(exchange: Exchange) -> Response:
    """POST /tailored-gen/datasets."""
    body = exchange.body()
    number = id_of(body["project_id"]) or 0
    project = found(exchange.world.projects.get(number), "project", number)
    version = _lock_family(exchange, project, body)
    refuse_when_full(exchange, "dataset", len(exchange.world.datasets.all()))
    dataset = Dataset(
        id=exchange.world.datasets.claim(),
        project_id=project.id,
        name=stored_name(exchange, "dataset", text(body, "name") or "", names_beside(exchange, project.id)),
        caption_prefix=prefix_of(project),
        upload_type=text(body, "upload_type") or "basic",
        training_version=version,
        created=exchange.now,
        updated=exchange.now + CREATION_TICK,
    )
    exchange.world.datasets.put(dataset)
    return exchange.wrote_dataset(201, dataset)


def names_beside(exchange: Exchange, project_id: int, own: int = 0) -> list[str]:
    """The names of the other datasets in a project."""
    return [dataset.name for dataset in exchange.world.datasets.of(project_id) if dataset.id != own]


def _lock_family(exchange: Exchange, project: Project, body: Body) -> str:
    """In the mixed era a project's first dataset decides its family, and the others must agree."""
    version = text(body, "training_version") or FAMILIES[0]
    if not exchange.plays("era", "mixed"):
        return version
    if project.training_version is None:
        exchange.world.projects.put(replace(project, training_version=version))
    elif (project.training_version == "fibo") != (version == "fibo"):
        raise Rejection(400, "training_version belongs to another family than the project", name="training_version")
    return version


def list_datasets(exchange: Exchange) -> Response:
    """GET /tailored-gen/datasets."""
    tables = exchange.lists()
    return answer(200, [exchange.presenter.dataset(tables, row) for row in tables.datasets.all()])


def list_datasets_of_project(exchange: Exchange) -> Response:
    """GET /tailored-gen/projects/{project_id}/datasets."""
    project, tables = exchange.project(), exchange.lists()
    with_models, with_ids = exchange.flag("include_models"), exchange.flag("include_models_ids")
    return answer(
        200,
        [_with_models(exchange, tables, row, with_models, with_ids) for row in tables.datasets.of(project.id)],
    )


def _with_models(exchange: Exchange, tables: Tables, row: Dataset, with_models: bool, with_ids: bool) -> Document:
    document = exchange.presenter.dataset(tables, row)
    if with_models or with_ids:
        shown = exchange.plays("deleted_model_in_lists", "shown")
        models = [model for model in tables.models_of(row.id) if shown or model.status != "Deleted"]
        if with_models:
            document["models"] = [exchange.presenter.model(tables, model, parameters=False) for model in models]
        if with_ids:
            document["model_ids"] = [exchange.presenter.id(model.id) for model in models]
    return document


def get_dataset(exchange: Exchange) -> Response:
    """GET /tailored-gen/datasets/{dataset_id}."""
    dataset = exchange.dataset()
    wanted = exchange.query.get("max_images", "200")
    most = id_of(wanted)
    if most is None or not 1 <= most <= 200:
        raise Rejection(400, "max_images must be between 1 and 200", name="max_images", given=wanted)
    return answer(200, exchange.presenter.whole_dataset(exchange.world, dataset, most))


def update_dataset(exchange: Exchange) -> Response:
    """PUT /tailored-gen/datasets/{dataset_id}: name, guide and status, in this order."""
    before = exchange.dataset()
    body = exchange.body()
    status = wanted_status(exchange, body)
    guide = "visual_schema" if exchange.plays("era", "current") else "caption_prefix"
    if status is not None and guide in body and not exchange.plays("combined_put", "applied_in_order"):
        raise Rejection(int(exchange.switches["combined_put"]), f"{guide} and status cannot be sent together")
    dataset = _renamed(exchange, before, body)
    dataset = _with_guide(exchange, dataset, body)
    dataset = _with_status(exchange, dataset, status)
    if dataset != before:
        dataset = replace(dataset, updated=exchange.now)
    exchange.world.datasets.put(dataset)
    return exchange.wrote_dataset(200, dataset)


def wanted_status(exchange: Exchange, body: Body) -> str | None:
    """The status in the body, in lower case."""
    status = text(body, "status")
    if status is None:
        return None
    wanted = status.lower() if exchange.plays("status_case", "insensitive") else status
    if wanted not in ("draft", "completed"):
        raise Rejection(400, "status must be draft or completed", name="status", given=status)
    return wanted


def _renamed(exchange: Exchange, dataset: Dataset, body: Body) -> Dataset:
    refuse_null_name(body, "name")
    if "name" not in body:
        return dataset
    name = stored_name(
        exchange, "dataset", text(body, "name") or "", names_beside(exchange, dataset.project_id, dataset.id)
    )
    if dataset.status == "completed" and name != dataset.name and exchange.plays("rename_completed", "409"):
        raise Rejection(409, "The dataset is completed and cannot be renamed")
    return replace(dataset, name=name)


def _with_guide(exchange: Exchange, dataset: Dataset, body: Body) -> Dataset:
    """The dataset with the prefix (or schema) of the body, or without one where a PUT replaces."""
    current = exchange.plays("era", "current")
    key = "visual_schema" if current else "caption_prefix"
    if key not in body:
        return _without_guide(exchange, dataset, body)
    value = text(body, key)
    limit_text(exchange, key, value)
    if current:
        _refuse_frozen(exchange, dataset, unchanged=value == dataset.visual_schema)
        return replace(dataset, visual_schema=value)
    prefix = normalize(exchange, value or "")
    _refuse_frozen(exchange, dataset, unchanged=prefix == dataset.caption_prefix)
    return _with_prefix(exchange, dataset, prefix)


def _without_guide(exchange: Exchange, dataset: Dataset, body: Body) -> Dataset:
    """A PUT that replaces resets an omitted prefix; one that carries the status alone replaces nothing."""
    if exchange.plays("put_semantics", "merge") or "name" not in body or dataset.status == "completed":
        return dataset
    project = exchange.world.projects.get(dataset.project_id)
    prefix = dataset.caption_prefix if project is None else prefix_of(project)
    return replace(dataset, caption_prefix=prefix, visual_schema=None)


def _refuse_frozen(exchange: Exchange, dataset: Dataset, *, unchanged: bool) -> None:
    if dataset.status != "completed" or (unchanged and exchange.plays("noop_prefix_on_completed", "200")):
        return
    raise Rejection(409, "The dataset is completed")


def normalize(exchange: Exchange, prefix: str) -> str:
    """A prefix as it is stored."""
    match exchange.switches["prefix_normalize"]:
        case "strip":
            return prefix.strip()
        case "ensure_trailing_space":
            return prefix if prefix.endswith(" ") else prefix + " "
        case _:
            return prefix


def _with_prefix(exchange: Exchange, dataset: Dataset, prefix: str) -> Dataset:
    refuse_during_regeneration(exchange, dataset.id)
    if prefix != dataset.caption_prefix:
        dataset = after_edit(exchange, dataset)
    return replace(dataset, caption_prefix=prefix)


def _with_status(exchange: Exchange, dataset: Dataset, status: str | None) -> Dataset:
    if status is None or status == dataset.status:
        return dataset
    if status == "draft":
        return _reopened(exchange, dataset)
    images = exchange.world.images.of(dataset.id)
    least = 5 if exchange.plays("era", "current") or dataset.training_version == "fibo" else 1
    if len(images) < least:
        raise Rejection(409, f"A dataset needs {least} or more images to be completed")
    if exchange.plays("complete_during_regen", "409") and timer_of(exchange.world, "regeneration", dataset.id):
        raise Rejection(409, "Captions are being regenerated")
    if exchange.plays("complete_with_null_captions", "409") and any(image.caption is None for image in images):
        raise Rejection(409, "An image has no caption yet")
    return replace(dataset, status="completed")


def _reopened(exchange: Exchange, dataset: Dataset) -> Dataset:
    match exchange.switches["reopen_dataset"]:
        case "200":
            return replace(dataset, status="draft")
        case "200_ignored":
            return dataset
        case _:
            raise Rejection(409, "A completed dataset cannot become a draft again")


def delete_dataset(exchange: Exchange) -> Response:
    """DELETE /tailored-gen/datasets/{dataset_id}: its images go with it."""
    if exchange.deleted_before(exchange.world.datasets, exchange.ids[0]):
        return empty(204)
    dataset = exchange.dataset()
    models = [model for model in exchange.world.models_of(dataset.id) if model.status != "Deleted"]
    if any(in_training(model, exchange.switches) for model in models):
        raise Rejection(409, "The dataset is used by a model in training")
    if models and exchange.plays("delete_dataset_of_model", "409"):
        raise Rejection(409, "The dataset is used by a model")
    exchange.world.remove_dataset(dataset.id)
    return empty(204)
