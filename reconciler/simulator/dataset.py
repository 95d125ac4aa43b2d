"""Datasets: create, list, read, change, complete, delete."""

from dataclasses import replace

from reconciler.simulator.call import Call, known
from reconciler.simulator.field import FAMILIES, Body, id_of, text
from reconciler.simulator.naming import keep_name, limit_text, make_room, settle_name
from reconciler.simulator.project import TRIFLE, busy, prefix_of, remove_dataset
from reconciler.simulator.request import Rejection, Response, answer, empty
from reconciler.simulator.show import Document
from reconciler.simulator.timers import timer_of
from reconciler.simulator.world import Dataset, Project, Tables


def create_dataset(call: Call) -> Response:
    """POST /tailored-gen/datasets."""
    body = call.body()
    number = id_of(body["project_id"]) or 0
    project = known(call.world.projects.get(number), "project", number)
    version = _lock_family(call, project, body)
    make_room(call, "dataset", len(call.world.datasets.all()))
    dataset = Dataset(
        id=call.world.datasets.claim(),
        project_id=project.id,
        name=settle_name(call, "dataset", text(body, "name") or "", names_beside(call, project.id)),
        caption_prefix=prefix_of(project),
        upload_type=text(body, "upload_type") or "basic",
        training_version=version,
        created=call.now,
        updated=call.now + TRIFLE,
    )
    call.world.datasets.put(dataset)
    return call.wrote_dataset(201, dataset)


def names_beside(call: Call, project_id: int, own: int = 0) -> list[str]:
    """The names of the other datasets in a project."""
    return [dataset.name for dataset in call.world.datasets.of(project_id) if dataset.id != own]


def _lock_family(call: Call, project: Project, body: Body) -> str:
    """In the mixed era a project's first dataset decides its family, and the others must agree."""
    version = text(body, "training_version") or FAMILIES[0]
    if not call.is_("era", "mixed"):
        return version
    if project.training_version is None:
        call.world.projects.put(replace(project, training_version=version))
    elif (project.training_version == "fibo") != (version == "fibo"):
        raise Rejection(400, "training_version belongs to another family than the project", name="training_version")
    return version


def list_datasets(call: Call) -> Response:
    """GET /tailored-gen/datasets."""
    tables = call.lists()
    return answer(200, [call.show.dataset(tables, row) for row in tables.datasets.all()])


def list_datasets_of_project(call: Call) -> Response:
    """GET /tailored-gen/projects/{project_id}/datasets."""
    project, tables = call.project(), call.lists()
    with_models, with_ids = call.flag("include_models"), call.flag("include_models_ids")
    return answer(
        200,
        [_with_models(call, tables, row, with_models, with_ids) for row in tables.datasets.of(project.id)],
    )


def _with_models(call: Call, tables: Tables, row: Dataset, with_models: bool, with_ids: bool) -> Document:
    document = call.show.dataset(tables, row)
    if with_models or with_ids:
        shown = call.is_("deleted_model_in_lists", "shown")
        models = [model for model in tables.models_of(row.id) if shown or model.status != "Deleted"]
        if with_models:
            document["models"] = [call.show.model(tables, model, parameters=False) for model in models]
        if with_ids:
            document["model_ids"] = [call.show.id(model.id) for model in models]
    return document


def get_dataset(call: Call) -> Response:
    """GET /tailored-gen/datasets/{dataset_id}."""
    dataset = call.dataset()
    wanted = call.query.get("max_images", "200")
    most = id_of(wanted)
    if most is None or not 1 <= most <= 200:
        raise Rejection(400, "max_images must be between 1 and 200", name="max_images", given=wanted)
    return answer(200, call.show.whole_dataset(call.world, dataset, most))


def update_dataset(call: Call) -> Response:
    """PUT /tailored-gen/datasets/{dataset_id}: name, guide and status, in this order."""
    before = call.dataset()
    body = call.body()
    status = wanted_status(call, body)
    guide = "visual_schema" if call.is_("era", "current") else "caption_prefix"
    if status is not None and guide in body and not call.is_("combined_put", "applied_in_order"):
        raise Rejection(int(call.switches["combined_put"]), f"{guide} and status cannot be sent together")
    dataset = _renamed(call, before, body)
    dataset = _guided(call, dataset, body)
    dataset = _moved(call, dataset, status)
    if dataset != before:
        dataset = replace(dataset, updated=call.now)
    call.world.datasets.put(dataset)
    return call.wrote_dataset(200, dataset)


def wanted_status(call: Call, body: Body) -> str | None:
    """The status in the body, in lower case."""
    status = text(body, "status")
    if status is None:
        return None
    wanted = status.lower() if call.is_("status_case", "insensitive") else status
    if wanted not in ("draft", "completed"):
        raise Rejection(400, "status must be draft or completed", name="status", given=status)
    return wanted


def _renamed(call: Call, dataset: Dataset, body: Body) -> Dataset:
    keep_name(body, "name")
    if "name" not in body:
        return dataset
    name = settle_name(call, "dataset", text(body, "name") or "", names_beside(call, dataset.project_id, dataset.id))
    if dataset.status == "completed" and name != dataset.name and call.is_("rename_completed", "409"):
        raise Rejection(409, "The dataset is completed and cannot be renamed")
    return replace(dataset, name=name)


def _guided(call: Call, dataset: Dataset, body: Body) -> Dataset:
    """The dataset with the prefix (or schema) of the body, or without one where a PUT replaces."""
    current = call.is_("era", "current")
    key = "visual_schema" if current else "caption_prefix"
    if key not in body:
        return _unguided(call, dataset, body)
    value = text(body, key)
    limit_text(call, key, value)
    if current:
        _refuse_frozen(call, dataset, unchanged=value == dataset.visual_schema)
        return replace(dataset, visual_schema=value)
    prefix = normalize(call, value or "")
    _refuse_frozen(call, dataset, unchanged=prefix == dataset.caption_prefix)
    return _new_prefix(call, dataset, prefix)


def _unguided(call: Call, dataset: Dataset, body: Body) -> Dataset:
    """A PUT that replaces resets an omitted prefix; one that carries the status alone replaces nothing."""
    if call.is_("put_semantics", "merge") or "name" not in body or dataset.status == "completed":
        return dataset
    project = call.world.projects.get(dataset.project_id)
    prefix = dataset.caption_prefix if project is None else prefix_of(project)
    return replace(dataset, caption_prefix=prefix, visual_schema=None)


def _refuse_frozen(call: Call, dataset: Dataset, *, unchanged: bool) -> None:
    if dataset.status != "completed" or (unchanged and call.is_("noop_prefix_on_completed", "200")):
        return
    raise Rejection(409, "The dataset is completed")


def normalize(call: Call, prefix: str) -> str:
    """A prefix as it is stored."""
    match call.switches["prefix_normalize"]:
        case "strip":
            return prefix.strip()
        case "ensure_trailing_space":
            return prefix if prefix.endswith(" ") else prefix + " "
        case _:
            return prefix


def _new_prefix(call: Call, dataset: Dataset, prefix: str) -> Dataset:
    refuse_during_regeneration(call, dataset.id)
    if prefix != dataset.caption_prefix:
        dataset = after_edit(call, dataset)
    return replace(dataset, caption_prefix=prefix)


def refuse_during_regeneration(call: Call, dataset_id: int) -> None:
    """Refuse a write while captions are being regenerated, where that is the rule."""
    if call.is_("write_during_regen", "409") and timer_of(call.world, "regeneration", dataset_id):
        raise Rejection(409, "Captions are being regenerated")


def after_edit(call: Call, dataset: Dataset) -> Dataset:
    """The dataset after an upload or a new prefix, which may reset the status of its last regeneration."""
    if call.is_("regen_status_reset", "empty") and dataset.captions_update_status == "completed":
        return replace(dataset, captions_update_status="empty")
    return dataset


def _moved(call: Call, dataset: Dataset, status: str | None) -> Dataset:
    if status is None or status == dataset.status:
        return dataset
    if status == "draft":
        return _reopened(call, dataset)
    images = call.world.images.of(dataset.id)
    least = 5 if call.is_("era", "current") or dataset.training_version == "fibo" else 1
    if len(images) < least:
        raise Rejection(409, f"A dataset needs {least} or more images to be completed")
    if call.is_("complete_during_regen", "409") and timer_of(call.world, "regeneration", dataset.id):
        raise Rejection(409, "Captions are being regenerated")
    if call.is_("complete_with_null_captions", "409") and any(image.caption is None for image in images):
        raise Rejection(409, "An image has no caption yet")
    return replace(dataset, status="completed")


def _reopened(call: Call, dataset: Dataset) -> Dataset:
    match call.switches["reopen_dataset"]:
        case "200":
            return replace(dataset, status="draft")
        case "200_ignored":
            return dataset
        case _:
            raise Rejection(409, "A completed dataset cannot become a draft again")


def delete_dataset(call: Call) -> Response:
    """DELETE /tailored-gen/datasets/{dataset_id}: its images go with it."""
    if call.deleted_before(call.world.datasets, call.ids[0]):
        return empty(204)
    dataset = call.dataset()
    models = [model for model in call.world.models_of(dataset.id) if model.status != "Deleted"]
    if any(busy(model, call.switches) for model in models):
        raise Rejection(409, "The dataset is used by a model in training")
    if models and call.is_("delete_dataset_of_model", "409"):
        raise Rejection(409, "The dataset is used by a model")
    remove_dataset(call.world, dataset.id)
    return empty(204)
