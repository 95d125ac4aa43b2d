"""Models: create, list, read, change, delete, and upload one that was trained elsewhere."""

from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from reconciler.simulator.call import Call, known
from reconciler.simulator.field import FIELDS, Body, check_body, id_of, text
from reconciler.simulator.naming import keep_name, make_room, merged, settle_name
from reconciler.simulator.project import TRIFLE, add_project, busy, remove_model
from reconciler.simulator.request import Rejection, Response, answer, empty
from reconciler.simulator.timers import set_timer
from reconciler.simulator.world import Model, Project, Tables, Timer

VERSIONS: Final = {"fully_automated": ("max", "light"), "expert": ("bria-3.2", "bria-2.3")}


def create_model(call: Call) -> Response:
    """POST /tailored-gen/models."""
    body = call.body()
    number = id_of(body["dataset_id"]) or 0
    dataset = known(call.world.datasets.get(number), "dataset", number)
    mode = text(body, "training_mode") or "fully_automated"
    version = _version(call, mode, text(body, "training_version"))
    if dataset.status != "completed" and not call.is_("model_on_draft", "201"):
        raise Rejection(int(call.switches["model_on_draft"]), "The dataset is not completed")
    model = Model(
        id=0,
        project_id=dataset.project_id,
        dataset_id=dataset.id,
        name=_named(call, dataset.project_id, text(body, "name") or ""),
        description=text(body, "description"),
        training_mode=mode,
        training_version=version,
        created=call.now,
        updated=call.now + TRIFLE,
    )
    return call.wrote_model(201, _added(call, model))


def _version(call: Call, mode: str, version: str | None) -> str:
    usual, other = VERSIONS[mode]
    if version is None:
        return usual if call.is_("default_training_version", "max") else other
    if version not in VERSIONS[mode]:
        raise Rejection(400, f"training_mode {mode} takes {usual} or {other}", name="training_version", given=version)
    return version


def _named(call: Call, project_id: int, name: str, own: int = 0) -> str:
    others = [row.name for row in call.world.models.of(project_id) if row.status != "Deleted" and row.id != own]
    return settle_name(call, "model", name, others)


def _added(call: Call, model: Model) -> Model:
    make_room(call, "model", sum(row.status != "Deleted" for row in call.world.models.all()))
    model = replace(model, id=call.world.models.claim())
    call.world.models.put(model)
    return model


def list_models(call: Call) -> Response:
    """GET /tailored-gen/models."""
    tables = call.lists()
    return _listed(call, tables, tables.models.all())


def list_models_of_project(call: Call) -> Response:
    """GET /tailored-gen/projects/{project_id}/models."""
    tables = call.lists()
    return _listed(call, tables, tables.models.of(call.project().id))


def _listed(call: Call, tables: Tables, models: list[Model]) -> Response:
    parameters = call.flag("include_training_parameters")
    shown = call.is_("deleted_model_in_lists", "shown")
    visible = [model for model in models if shown or model.status != "Deleted"]
    return answer(200, [call.show.model(tables, model, parameters=parameters) for model in visible])


def get_model(call: Call) -> Response:
    """GET /tailored-gen/models/{model_id}."""
    model = call.world.models.get(call.ids[0])
    if model is not None and model.status == "Deleted" and call.is_("deleted_model_get", "200_Deleted"):
        return answer(200, call.show.model(call.world, model))
    return answer(200, call.show.model(call.world, call.model()))


def update_model(call: Call) -> Response:
    """PUT /tailored-gen/models/{model_id}: name and description."""
    before = call.model()
    body = call.body()
    keep_name(body, "name")
    name = _named(call, before.project_id, text(body, "name") or "", before.id) if "name" in body else before.name
    after = merged(call, body, {"description": "description"}, {"description": before.description})
    model = replace(before, name=name, description=after["description"])
    if model != before:
        model = replace(model, updated=call.now)
    call.world.models.put(model)
    return call.wrote_model(200, model)


def delete_model(call: Call) -> Response:
    """DELETE /tailored-gen/models/{model_id}: soft, the model's status becomes Deleted."""
    row = call.world.models.get(call.ids[0])
    if row is not None and row.status == "Deleted" and call.is_("delete_twice", "204"):
        return empty(204)
    model = call.model()
    if busy(model, call.switches):
        raise Rejection(409, "The model is in training")
    remove_model(call.world, model)
    return empty(204)


def upload_model(call: Call) -> Response:
    """POST /tailored-gen/models/upload_model: weights from an address, which is not fetched."""
    body = call.body()
    url = text(body, "model_url") or ""
    name = _file_name(url)
    project = _project(call, body)
    model = Model(
        id=0,
        project_id=project.id,
        dataset_id=None,
        name=_named(call, project.id, text(body, "model_name") or name),
        description=None,
        status="syncing",
        training_mode="expert",
        training_version=text(body, "training_version") or "",
        generation_prefix=text(body, "caption_prefix") or "",
        created=call.now,
        updated=call.now + TRIFLE,
    )
    model = _added(call, model)
    due = call.now + call.switches.seconds("sync_seconds")
    set_timer(call.world, Timer(id=0, kind="sync", target=model.id, due=due))
    return call.wrote_model(200, model)


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


def _project(call: Call, body: Body) -> Project:
    if ("project_id" in body) == ("project_parameters" in body):
        raise Rejection(400, "Send project_id or project_parameters, one of them", name="project_id")
    if "project_id" in body:
        number = id_of(body["project_id"]) or 0
        return known(call.world.projects.get(number), "project", number)
    parameters = check_body(body["project_parameters"], FIELDS["project-parameters"], call.switches)
    return add_project(call, parameters)
