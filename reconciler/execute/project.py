"""Creating and updating projects."""

from collections.abc import Mapping
from functools import partial

from reconciler.core.action import CreateProject, UpdateProject
from reconciler.core.guide import BOTH
from reconciler.core.kind import Kind
from reconciler.core.live import RemoteProject
from reconciler.core.run.ending import Ending, failed, succeeded
from reconciler.core.run.list_convergence import expected_listing
from reconciler.core.run.project import alike_projects, elect_project, is_as_sent
from reconciler.core.text import quoted
from reconciler.execute.action_run import ActionRun, Poll, end
from reconciler.execute.family import require_family


async def create_project(action_run: ActionRun, step: CreateProject) -> Ending:
    """Create, settle, elect: of projects that two appliers made at once, both go on in the lowest id."""
    run, body = action_run.run, dict(step.body)

    async def find() -> RemoteProject | None:
        return await _elected(action_run, await run.projects.fresh(), body)

    project = await action_run.create(partial(run.client.create_project, body), find)
    made_at = run.clock.now()
    # The answer to a creation names versions in every newer era, lists only where both families are known: there alone
    # the documents let a request name one. For the prefix family it is worth the try: without it none would be made.
    if project.knows == BOTH:
        run.asks_for.add("prefix")
    declared = next((wish.guide.family for wish in run.plan.wishes if wish.project == action_run.action.ref), None)
    if declared is not None:
        require_family(action_run, Kind.PROJECT, project.id, project.family, declared)
    if project.project_name != body["project_name"]:
        detail = f"the API stores the name {quoted(body['project_name'])} as {quoted(project.project_name)}"
        end(failed(f"{detail}; stopped there (project {project.id})", project.id))
    await action_run.pause(run.options.settle)
    listed = await run.projects.since(made_at + run.options.settle)
    poll = Poll(action_run, run.options.settle * 3)
    while not any(one.id == project.id for one in listed):
        if not await poll.again():
            end(failed(f"project {project.id} was created but is in no list; plan again", project.id))
        listed = await run.projects.fresh()
    if any(one.knows == BOTH for one in listed):
        run.asks_for |= BOTH
    elected = await _elected(action_run, listed, body) or project
    run.ids[action_run.action.ref, None] = elected.id
    if elected.id != project.id:
        return succeeded(
            f"project {elected.id} of another apply is elected; project {project.id} stays empty", elected.id
        )
    return succeeded(f"created (id {project.id})", project.id)


async def _elected(
    action_run: ActionRun, listed: tuple[RemoteProject, ...], body: Mapping[str, str]
) -> RemoteProject | None:
    """The project that counts of those like the one that was sent; datasets are asked for only where there are more."""
    alike = alike_projects(listed, body)
    datasets = await action_run.run.client.list_datasets() if len(alike) > 1 else ()
    bases = {wish.ref.name for wish in action_run.run.plan.wishes if wish.project == action_run.action.ref}
    return elect_project(alike, datasets, bases)


async def update_project(action_run: ActionRun, step: UpdateProject) -> Ending:
    """Send all mutable fields; read back."""
    run, body = action_run.run, dict(step.body)

    async def is_done() -> bool:
        project = await run.client.get_project(step.id)
        return project is not None and is_as_sent(project, body)

    await action_run.write(partial(run.client.update_project, step.id, body), is_done)
    project = await run.client.get_project(step.id)
    if project is None:
        end(failed(f"project {step.id} is gone: it was deleted since the plan was made; plan again", step.id))
    if not is_as_sent(project, body):
        end(failed(f"the API stores other values than were sent to project {step.id}", step.id))
    run.ids[action_run.action.ref, None] = project.id
    run.expect_listed(expected_listing(project))
    return succeeded(f"updated (id {project.id})", project.id)
