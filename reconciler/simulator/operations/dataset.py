"""Datasets: create, list, read, change, complete, delete."""

from dataclasses import replace
from typing import Final

from reconciler.simulator.body import Body, id_of, text
from reconciler.simulator.exchange import Exchange, found
from reconciler.simulator.guide import stored_schema
from reconciler.simulator.operations.family import version_of_dataset
from reconciler.simulator.operations.project import prefix_of
from reconciler.simulator.presenter import Document
from reconciler.simulator.request import Rejection, Response, answer, empty
from reconciler.simulator.world import CREATION_TICK, Dataset, Tables, family_of
from reconciler.simulator.write_rules import (
    after_edit,
    in_training,
    limit_text,
    refuse_during_bulk_upload,
    refuse_during_regeneration,
    refuse_null_name,
    refuse_when_full,
    stored_name,
)

_LEAST_IN_SCHEMA_FAMILY: Final = 5


def create_dataset(exchange: Exchange) -> Response:
    """POST /tailored-gen/datasets."""
    body = exchange.body()
    number = id_of(body["project_id"]) or 0
    project = found(exchange.world.projects.get(number), "project", number)
    version = version_of_dataset(exchange, project, body)
    refuse_when_full(exchange, "dataset", len(exchange.world.datasets.all()))
    dataset = Dataset(
        id=exchange.world.datasets.claim(),
        project_id=project.id,
        name=stored_name(exchange, "dataset", text(body, "name") or "", names_beside(exchange, project.id)),
        caption_prefix=prefix_of(project) if family_of(version) == "prefix" else "",
        upload_type=text(body, "upload_type") or "basic",
        training_version=version,
        created=exchange.now,
        updated=exchange.now + CREATION_TICK,
    )
    exchange.world.datasets.put(dataset)
    return exchange.answer_dataset(201, dataset)


def names_beside(exchange: Exchange, project_id: int, own: int = 0) -> list[str]:
    """The names of the other datasets in a project."""
    return [dataset.name for dataset in exchange.world.datasets.of(project_id) if dataset.id != own]


def default_guides(exchange: Exchange, dataset: Dataset) -> Dataset:
    """A prefix dataset with the prefix that its project gives; the documents give a schema dataset no default."""
    project = exchange.world.projects.get(dataset.project_id)
    if project is None or dataset.family == "schema":
        return dataset
    return replace(dataset, caption_prefix=prefix_of(project))


def list_datasets(exchange: Exchange) -> Response:
    """GET /tailored-gen/datasets."""
    tables = exchange.lists()
    rows = tables.datasets.all()
    return answer(200, [exchange.presenter.dataset(exchange.operation, tables, row) for row in rows])


def list_datasets_of_project(exchange: Exchange) -> Response:
    """GET /tailored-gen/projects/{project_id}/datasets."""
    project, tables = exchange.project(), exchange.lists()
    with_models, with_ids = exchange.flag("include_models"), exchange.flag("include_models_ids")
    documents = []
    for row in tables.datasets.of(project.id):
        models = _models(exchange, tables, row, with_models, with_ids)
        documents.append(exchange.presenter.dataset(exchange.operation, tables, row, models=models))
    return answer(200, documents)


def _models(exchange: Exchange, tables: Tables, row: Dataset, with_models: bool, with_ids: bool) -> Document:
    """What the list of a project says about the models of a dataset; their ids are texts in the documents."""
    document: Document = {}
    if with_models or with_ids:
        shown = exchange.plays("deleted_model_in_lists", "shown")
        models = [model for model in tables.models_of(row.id) if shown or model.status != "Deleted"]
        if with_models:
            operation = "get-models-by-project"
            document["models"] = [
                exchange.presenter.model(operation, tables, model, parameters=False) for model in models
            ]
        if with_ids:
            document["model_ids"] = [str(model.id) for model in models]
    return document


def get_dataset(exchange: Exchange) -> Response:
    """GET /tailored-gen/datasets/{dataset_id}."""
    dataset = exchange.dataset()
    wanted = exchange.query.get("max_images", "200")
    most = id_of(wanted)
    if most is None or not 1 <= most <= 200:
        raise Rejection(400, "max_images must be between 1 and 200", name="max_images", given=wanted)
    return exchange.answer_dataset(200, dataset, most=most)


def update_dataset(exchange: Exchange) -> Response:
    """PUT /tailored-gen/datasets/{dataset_id}: name, guide and status, in this order."""
    before = exchange.dataset()
    body = exchange.body()
    status = _wanted_status(exchange, body)
    refuse_during_bulk_upload(exchange, before.id)
    guides = _guides_in(exchange, before, body)
    if status is not None and guides and not exchange.plays("combined_put", "applied_in_order"):
        raise Rejection(int(exchange.switches["combined_put"]), "The guide and status cannot be sent together")
    dataset = _renamed(exchange, before, body)
    dataset = _with_guide(exchange, dataset, guides[0]) if guides else _without_guide(exchange, dataset, body)
    dataset = _with_status(exchange, dataset, status)
    if dataset != before:
        dataset = replace(dataset, updated=exchange.now)
    exchange.world.datasets.put(dataset)
    return exchange.answer_dataset(200, dataset)


def _wanted_status(exchange: Exchange, body: Body) -> str | None:
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
    others = names_beside(exchange, dataset.project_id, dataset.id)
    name = stored_name(exchange, "dataset", text(body, "name") or "", others)
    if dataset.status == "completed" and name != dataset.name and exchange.plays("rename_completed", "409"):
        raise Rejection(409, "The dataset is completed and cannot be renamed")
    return replace(dataset, name=name)


def _guides_in(exchange: Exchange, dataset: Dataset, body: Body) -> list[str | None]:
    """The guide in the body, in the field of the dataset's family; an empty list where there is none.

    The current documents know no `caption_prefix`, so that of an old prefix dataset is looked for by name.
    """
    own, other = "caption_prefix", "visual_schema"
    if dataset.family == "schema":
        own, other = other, own
    sent = exchange.raw()
    foreign = not exchange.plays("era", "legacy") and sent.get(other) is not None
    if foreign and exchange.plays("wrong_guide_field", "400_message"):
        raise Rejection(400, f"{other} is for datasets of the other family", name=other, shape="message")
    if own in body:
        return [text(body, own)]
    value = sent.get(own)
    undocumented = exchange.plays("era", "current") and dataset.family == "prefix"
    return [value] if undocumented and isinstance(value, str) else []


def _with_guide(exchange: Exchange, dataset: Dataset, value: str | None) -> Dataset:
    name = "visual_schema" if dataset.family == "schema" else "caption_prefix"
    limit_text(exchange, name, value)
    guide = _stored_schema(exchange, value) if dataset.family == "schema" else _stored_prefix(exchange, value or "")
    unchanged = guide == dataset.guide
    if dataset.status == "completed" and not (unchanged and exchange.plays("noop_prefix_on_completed", "200")):
        raise Rejection(409, "The dataset is completed")
    refuse_during_regeneration(exchange, dataset.id)
    return (dataset if unchanged else after_edit(exchange, dataset)).with_guide(guide)


def _stored_schema(exchange: Exchange, value: str | None) -> str | None:
    if value is None:
        return None
    stored = stored_schema(value, exchange.switches["schema_roundtrip"])
    if stored is None:
        raise Rejection(400, "visual_schema must be a JSON object in a string", name="visual_schema", given=value[:80])
    return stored


def _stored_prefix(exchange: Exchange, prefix: str) -> str:
    match exchange.switches["prefix_normalize"]:
        case "strip":
            return prefix.strip()
        case "ensure_trailing_space":
            return prefix if prefix.endswith(" ") else prefix + " "
        case _:
            return prefix


def _without_guide(exchange: Exchange, dataset: Dataset, body: Body) -> Dataset:
    """A PUT that replaces resets an omitted guide; one that carries the status alone replaces nothing."""
    if exchange.plays("put_semantics", "merge") or "name" not in body or dataset.status == "completed":
        return dataset
    return dataset.with_guide(None) if dataset.family == "schema" else default_guides(exchange, dataset)


def _with_status(exchange: Exchange, dataset: Dataset, status: str | None) -> Dataset:
    if status is None or status == dataset.status:
        return dataset
    if status == "draft":
        return _reopened(exchange, dataset)
    images = exchange.world.images.of(dataset.id)
    least = _least_images(exchange, dataset)
    if len(images) < least:
        raise Rejection(409, f"A dataset needs {least} or more images to be completed")
    if dataset.guide is None and exchange.plays("complete_without_schema", "409_message"):
        raise Rejection(409, "A dataset needs a visual schema to be completed", shape="message")
    if exchange.plays("complete_during_regen", "409") and exchange.world.timer_of("regeneration", dataset.id):
        raise Rejection(409, "Captions are being regenerated")
    if exchange.plays("complete_with_null_captions", "409") and any(image.caption is None for image in images):
        raise Rejection(409, "An image has no caption yet")
    return replace(dataset, status="completed")


def _least_images(exchange: Exchange, dataset: Dataset) -> int:
    if dataset.family == "schema":
        least = _LEAST_IN_SCHEMA_FAMILY
    else:
        least = int(exchange.switches["legacy_min_images_today"]) if exchange.plays("era", "current") else 1
    advanced = dataset.upload_type == "advanced" and exchange.plays("advanced_min_images", "201")
    return max(least, 201) if advanced else least


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
