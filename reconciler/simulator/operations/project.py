"""Projects: create, list, read, change, delete with all they hold."""

from dataclasses import replace
from typing import Final

from reconciler.simulator.body import Body, text
from reconciler.simulator.captioner import default_prefix
from reconciler.simulator.exchange import Exchange
from reconciler.simulator.operations.family import version_of_project
from reconciler.simulator.request import Rejection, Response, answer, empty
from reconciler.simulator.world import CREATION_TICK, Project
from reconciler.simulator.write_rules import (
    in_training,
    refuse_null_name,
    refuse_when_full,
    stored_name,
    texts_after_put,
)

ILLUSTRATION_ONLY: Final = ("object_variants", "multi_object_set", "icons", "character_variants")


def create_project(exchange: Exchange) -> Response:
    """POST /tailored-gen/projects."""
    return exchange.answer_project(201, add_project(exchange, exchange.body()))


def add_project(exchange: Exchange, body: Body) -> Project:
    """Check and store a new project."""
    check_kind(body)
    refuse_when_full(exchange, "project", len(exchange.world.projects.all()))
    names = [project.project_name for project in exchange.world.projects.all()]
    project = Project(
        id=exchange.world.projects.claim(),
        project_name=stored_name(exchange, "project", text(body, "project_name") or "", names),
        project_description=text(body, "project_description"),
        ip_name=text(body, "ip_name"),
        ip_description=text(body, "ip_description"),
        ip_medium=text(body, "ip_medium") or "",
        ip_type=text(body, "ip_type") or "other",
        training_version=version_of_project(exchange, body),
        created=exchange.now,
        updated=exchange.now + CREATION_TICK,
    )
    exchange.world.projects.put(project)
    return project


def check_kind(body: Body) -> None:
    """The rules that tie the fields of a new project together."""
    kind = text(body, "ip_type") or "other"
    if kind in ILLUSTRATION_ONLY and text(body, "ip_medium") != "illustration":
        raise Rejection(400, f"ip_type {kind} needs ip_medium illustration", name="ip_medium")
    needs = {"defined_character": ("ip_name", "ip_description"), "object_variants": ("ip_description",)}
    for name in needs.get(kind, ()):
        if not text(body, name):
            raise Rejection(400, f"{name} is required for ip_type {kind}", name=name)


def list_projects(exchange: Exchange) -> Response:
    """GET /tailored-gen/projects."""
    projects = exchange.lists().projects.all()
    return answer(200, [exchange.presenter.project(exchange.operation, row) for row in projects])


def get_project(exchange: Exchange) -> Response:
    """GET /tailored-gen/projects/{project_id}."""
    return exchange.answer_project(200, exchange.project())


def update_project(exchange: Exchange) -> Response:
    """PUT /tailored-gen/projects/{project_id}."""
    before = exchange.project()
    body = exchange.body()
    _refuse_immutable(exchange)
    refuse_null_name(body, "project_name")
    name = before.project_name
    if "project_name" in body:
        others = [row.project_name for row in exchange.world.projects.all() if row.id != before.id]
        name = stored_name(exchange, "project", text(body, "project_name") or "", others)
    fields = ("project_description", "ip_name", "ip_description")
    own = {"project_description": before.project_description}
    own |= {"ip_name": before.ip_name, "ip_description": before.ip_description}
    after = texts_after_put(exchange, body, {field: field for field in fields}, own)
    project = replace(
        before,
        project_name=name,
        project_description=after["project_description"],
        ip_name=after["ip_name"],
        ip_description=after["ip_description"],
    )
    if project != before:
        project = replace(project, updated=exchange.now)
    exchange.world.projects.put(project)
    if exchange.plays("project_edit_updates_prefix", "drafts_only"):
        _renew_prefixes(exchange, before, project)
    return exchange.answer_project(200, project)


def _refuse_immutable(exchange: Exchange) -> None:
    """`ip_type` and `ip_medium` are not fields of this body, so they are looked for by name."""
    if exchange.plays("put_immutable_project", "400"):
        for name in ("ip_type", "ip_medium"):
            if name in exchange.raw():
                raise Rejection(400, f"{name} cannot be changed", name=name)


def prefix_of(project: Project) -> str:
    """The prefix that the project's datasets get by default."""
    return default_prefix(project.ip_medium, project.ip_type, project.ip_name, project.ip_description)


def _renew_prefixes(exchange: Exchange, before: Project, after: Project) -> None:
    for dataset in exchange.world.datasets.of(after.id):
        unchanged = dataset.family == "prefix" and dataset.caption_prefix == prefix_of(before)
        if dataset.status == "draft" and unchanged:
            exchange.world.datasets.put(replace(dataset, caption_prefix=prefix_of(after), updated=exchange.now))


def delete_project(exchange: Exchange) -> Response:
    """DELETE /tailored-gen/projects/{project_id}: its datasets, images and models go with it."""
    if exchange.deleted_before(exchange.world.projects, exchange.ids[0]):
        return empty(204)
    project = exchange.project()
    if any(in_training(model, exchange.switches) for model in exchange.world.models.of(project.id)):
        raise Rejection(409, "A model of the project is in training")
    exchange.world.remove_project(project.id)
    return empty(204)
