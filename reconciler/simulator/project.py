"""Projects: create, list, read, change, delete with all they hold."""

from dataclasses import replace
from typing import Final

from reconciler.simulator.call import Call
from reconciler.simulator.captioner import default_prefix
from reconciler.simulator.field import Body, text
from reconciler.simulator.naming import keep_name, make_room, merged, settle_name
from reconciler.simulator.request import Rejection, Response, answer, empty
from reconciler.simulator.switch import Switches
from reconciler.simulator.world import Model, Project, World

ILLUSTRATION_ONLY: Final = ("object_variants", "multi_object_set", "icons", "character_variants")
TRIFLE: Final = 2e-6  # an object's `updated_at` is two microseconds after its `created_at`


def create_project(call: Call) -> Response:
    """POST /tailored-gen/projects."""
    return call.created_project(add_project(call, call.body()))


def add_project(call: Call, body: Body) -> Project:
    """Check and store a new project."""
    check_kind(body)
    make_room(call, "project", len(call.world.projects.all()))
    names = [project.project_name for project in call.world.projects.all()]
    project = Project(
        id=call.world.projects.claim(),
        project_name=settle_name(call, "project", text(body, "project_name") or "", names),
        project_description=text(body, "project_description"),
        ip_name=text(body, "ip_name"),
        ip_description=text(body, "ip_description"),
        ip_medium=text(body, "ip_medium") or "",
        ip_type=text(body, "ip_type") or "other",
        training_version=text(body, "training_version"),
        created=call.now,
        updated=call.now + TRIFLE,
    )
    call.world.projects.put(project)
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


def list_projects(call: Call) -> Response:
    """GET /tailored-gen/projects."""
    return answer(200, [call.show.project(row, listed=True) for row in call.lists().projects.all()])


def get_project(call: Call) -> Response:
    """GET /tailored-gen/projects/{project_id}."""
    return answer(200, call.show.project(call.project()))


def update_project(call: Call) -> Response:
    """PUT /tailored-gen/projects/{project_id}."""
    before = call.project()
    body = call.body()
    _refuse_immutable(call)
    keep_name(body, "project_name")
    name = before.project_name
    if "project_name" in body:
        others = [row.project_name for row in call.world.projects.all() if row.id != before.id]
        name = settle_name(call, "project", text(body, "project_name") or "", others)
    fields = ("project_description", "ip_name", "ip_description")
    own = {"project_description": before.project_description}
    own |= {"ip_name": before.ip_name, "ip_description": before.ip_description}
    after = merged(call, body, {field: field for field in fields}, own)
    project = replace(
        before,
        project_name=name,
        project_description=after["project_description"],
        ip_name=after["ip_name"],
        ip_description=after["ip_description"],
    )
    if project != before:
        project = replace(project, updated=call.now)
    call.world.projects.put(project)
    if call.is_("project_edit_updates_prefix", "drafts_only"):
        _renew_prefixes(call, before, project)
    return answer(200, call.show.trimmed("project", call.show.project(project)))


def _refuse_immutable(call: Call) -> None:
    """`ip_type` and `ip_medium` are not fields of this body, so they are looked for by name."""
    if call.is_("put_immutable_project", "400"):
        for name in ("ip_type", "ip_medium"):
            if name in call.raw():
                raise Rejection(400, f"{name} cannot be changed", name=name)


def prefix_of(project: Project) -> str:
    """The prefix that the project's datasets get by default."""
    return default_prefix(project.ip_medium, project.ip_type, project.ip_name, project.ip_description)


def _renew_prefixes(call: Call, before: Project, after: Project) -> None:
    for dataset in call.world.datasets.of(after.id):
        if dataset.status == "draft" and dataset.caption_prefix == prefix_of(before):
            call.world.datasets.put(replace(dataset, caption_prefix=prefix_of(after), updated=call.now))


def delete_project(call: Call) -> Response:
    """DELETE /tailored-gen/projects/{project_id}: its datasets, images and models go with it."""
    if call.deleted_before(call.world.projects, call.ids[0]):
        return empty(204)
    project = call.project()
    if any(busy(model, call.switches) for model in call.world.models.of(project.id)):
        raise Rejection(409, "A model of the project is in training")
    remove_project(call.world, project.id)
    return empty(204)


def busy(model: Model, switches: Switches) -> bool:
    """Whether a model's training forbids deleting it or what it is made from."""
    stopping = model.status == "Stopping" and switches["delete_while_stopping"] == "409"
    return model.status == "InProgress" or stopping


def remove_project(world: World, number: int) -> None:
    """Take a project away with everything in it."""
    for dataset in world.datasets.of(number):
        remove_dataset(world, dataset.id)
    for model in world.models.of(number):
        remove_model(world, model)
    world.projects.drop(number)


def remove_dataset(world: World, number: int) -> None:
    """Take a dataset away with its images; models made from it stay."""
    for image in world.images.of(number):
        remove_image(world, image.id)
    for timer in world.timers.of(number):
        world.timers.drop(timer.id)
        for image_id in timer.images:
            remove_image(world, image_id)
    world.datasets.drop(number)


def remove_image(world: World, number: int) -> None:
    """Take an image away, and with it the caption that may be on its way."""
    for timer in world.timers.of(number):
        world.timers.drop(timer.id)
    world.images.drop(number)


def remove_model(world: World, model: Model) -> None:
    """Mark a model as deleted; its training, if any, is over."""
    for timer in world.timers.of(model.id):
        world.timers.drop(timer.id)
    world.models.put(replace(model, status="Deleted", updated=world.time))
