"""Models: create, list, read, change, delete, and upload one that was trained elsewhere."""

from dataclasses import replace
from urllib.parse import urlsplit

from reconciler.simulator.body import Body, check_body, id_of, text
from reconciler.simulator.exchange import Exchange, found
from reconciler.simulator.operations.family import version_of_model
from reconciler.simulator.operations.project import add_project
from reconciler.simulator.request import Rejection, Response, answer, empty
from reconciler.simulator.world import CREATION_TICK, FIBO, Model, Project, Tables, Timer, family_of
from reconciler.simulator.write_rules import (
    in_training,
    refuse_null_name,
    refuse_when_full,
    stored_name,
    texts_after_put,
)


def create_model(exchange: Exchange) -> Response:
    """POST /tailored-gen/models."""
    body = exchange.body()
    number = id_of(body["dataset_id"]) or 0
    dataset = found(exchange.world.datasets.get(number), "dataset", number)
    mode = text(body, "training_mode") or "fully_automated"
    automatic = dataset.upload_type == "advanced" and mode != "expert"
    if automatic and exchange.plays("advanced_needs_expert", "400_on_create"):
        raise Rejection(400, "An advanced dataset needs training_mode expert", shape="message")
    version = version_of_model(exchange, dataset, mode, text(body, "training_version"))
    if dataset.status != "completed" and not exchange.plays("model_on_draft", "201"):
        raise Rejection(int(exchange.switches["model_on_draft"]), "The dataset is not completed")
    model = Model(
        id=0,
        project_id=dataset.project_id,
        dataset_id=dataset.id,
        name=_named(exchange, dataset.project_id, text(body, "name") or ""),
        description=text(body, "description"),
        training_mode=mode,
        training_version=version,
        created=exchange.now,
        updated=exchange.now + CREATION_TICK,
    )
    return exchange.answer_model(201, _added(exchange, model))


def _named(exchange: Exchange, project_id: int, name: str, own: int = 0) -> str:
    others = [row.name for row in exchange.world.models.of(project_id) if row.status != "Deleted" and row.id != own]
    return stored_name(exchange, "model", name, others)


def _added(exchange: Exchange, model: Model) -> Model:
    refuse_when_full(exchange, "model", sum(row.status != "Deleted" for row in exchange.world.models.all()))
    model = replace(model, id=exchange.world.models.claim())
    exchange.world.models.put(model)
    return model


def list_models(exchange: Exchange) -> Response:
    """GET /tailored-gen/models."""
    tables = exchange.lists()
    return _listed(exchange, tables, tables.models.all())


def list_models_of_project(exchange: Exchange) -> Response:
    """GET /tailored-gen/projects/{project_id}/models."""
    tables = exchange.lists()
    return _listed(exchange, tables, tables.models.of(exchange.project().id))


def _listed(exchange: Exchange, tables: Tables, models: list[Model]) -> Response:
    parameters = exchange.flag("include_training_parameters")
    shown = exchange.plays("deleted_model_in_lists", "shown")
    visible = [model for model in models if shown or model.status != "Deleted"]
    if exchange.plays("era", "current") and exchange.plays("legacy_model_in_lists", "hidden"):
        visible = [model for model in visible if family_of(model.training_version) == "schema"]
    present, operation = exchange.presenter.model, exchange.operation
    return answer(200, [present(operation, tables, model, parameters=parameters) for model in visible])


def get_model(exchange: Exchange) -> Response:
    """GET /tailored-gen/models/{model_id}."""
    model = exchange.world.models.get(exchange.ids[0])
    if model is not None and model.status == "Deleted" and exchange.plays("deleted_model_get", "200_Deleted"):
        return exchange.answer_model(200, model)
    return exchange.answer_model(200, exchange.model())


def update_model(exchange: Exchange) -> Response:
    """PUT /tailored-gen/models/{model_id}: name and description."""
    before = exchange.model()
    body = exchange.body()
    refuse_null_name(body, "name")
    name = _named(exchange, before.project_id, text(body, "name") or "", before.id) if "name" in body else before.name
    after = texts_after_put(exchange, body, {"description": "description"}, {"description": before.description})
    model = replace(before, name=name, description=after["description"])
    if model != before:
        model = replace(model, updated=exchange.now)
    exchange.world.models.put(model)
    return exchange.answer_model(200, model)


def delete_model(exchange: Exchange) -> Response:
    """DELETE /tailored-gen/models/{model_id}: soft, the model's status becomes Deleted."""
    row = exchange.world.models.get(exchange.ids[0])
    if row is not None and row.status == "Deleted" and exchange.plays("delete_twice", "204"):
        return empty(204)
    model = exchange.model()
    if in_training(model, exchange.switches):
        raise Rejection(409, "The model is in training")
    exchange.world.remove_model(model)
    return empty(204)


def upload_model(exchange: Exchange) -> Response:
    """POST /tailored-gen/models/upload_model: weights from an address, which is not fetched."""
    body = exchange.body()
    current = exchange.plays("era", "current")
    if current and exchange.plays("upload_fibo_model", "400_message"):
        raise Rejection(400, "Models of this family are uploaded by support only", shape="message")
    url = text(body, "model_url") or ""
    name = _file_name(url)
    project = _project(exchange, body)
    model = Model(
        id=0,
        project_id=project.id,
        dataset_id=None,
        name=_named(exchange, project.id, text(body, "model_name") or name),
        description=None,
        status="syncing",
        training_mode="expert",
        training_version=FIBO if current else text(body, "training_version") or "",
        generation_prefix=text(body, "caption_prefix") or "",
        created=exchange.now,
        updated=exchange.now + CREATION_TICK,
    )
    model = _added(exchange, model)
    due = exchange.now + exchange.switches.seconds("sync_seconds")
    exchange.world.set_timer(Timer(id=0, kind="sync", target=model.id, due=due))
    return exchange.answer_model(200, model)


def _file_name(url: str) -> str:
    """The file in an address; Rejection 422 when it cannot be one, 415 when the file is of another type."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        parts, host = None, ""
    if parts is None or parts.scheme not in ("http", "https") or not host or host.endswith(".invalid"):
        raise Rejection(422, "model_url cannot be fetched", name="model_url", given=url)
    name = parts.path.rsplit("/", 1)[-1]
    if not name.endswith(".safetensors"):
        raise Rejection(415, "model_url must name a .safetensors file", name="model_url", given=url)
    return name


def _project(exchange: Exchange, body: Body) -> Project:
    if ("project_id" in body) == ("project_parameters" in body):
        raise Rejection(400, "Send project_id or project_parameters, one of them", name="project_id")
    if "project_id" in body:
        number = id_of(body["project_id"]) or 0
        return found(exchange.world.projects.get(number), "project", number)
    parameters = check_body(body["project_parameters"], "project-parameters", exchange.switches)
    return add_project(exchange, parameters)
