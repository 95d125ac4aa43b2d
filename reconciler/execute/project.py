"""Creating and updating projects."""

from collections.abc import Mapping
from functools import partial

from reconciler.core.action import CreateProject, UpdateProject
from reconciler.core.guide import BOTH, Family
from reconciler.core.kind import Kind
from reconciler.core.live import RemoteProject
from reconciler.core.ref import Ref
from reconciler.core.run.ending import Ending, another_apply, failed, left_by, succeeded
from reconciler.core.run.list_convergence import expected_listing
from reconciler.core.run.project import alike_projects, elect_project, is_as_sent
from reconciler.core.text import quoted
from reconciler.execute.action_run import ActionRun, Poll, end
from reconciler.execute.family import require_family


async def create_project(action_run: ActionRun, step: CreateProject) -> Ending:
    """Create, settle, elect. What the project is to hold is made in it meanwhile, so that all of it settles at once."""
    run, body = action_run.run, dict(step.body)

    async def find() -> RemoteProject | None:
        return await _elected(action_run, await run.projects.fresh(), body)

    project = await action_run.create(partial(run.client.create_project, body), find)
    settled_at = run.clock.now() + run.options.settle
    declared = next((wish.guide.family for wish in run.plan.wishes if wish.project == action_run.action.ref), None)
    _require_as_sent(action_run, project, body, declared)
    run.ids[action_run.action.ref, None] = project.id
    if _is_certain(declared, body):
        action_run.open()
    if not await action_run.settled(settled_at):
        return succeeded(f"created (id {project.id})", project.id)
    listed = await _listed(action_run, project, settled_at)
    if any(one.knows == BOTH for one in listed):
        run.asks_for |= BOTH
    elected = await _elected(action_run, listed, body) or project
    run.ids[action_run.action.ref, None] = elected.id
    if elected.id != project.id:
        detail = f"project {elected.id} of another apply is elected; project {project.id} is left alone"
        return succeeded(detail, elected.id)
    return succeeded(f"created (id {project.id})", project.id)


def _require_as_sent(
    action_run: ActionRun, project: RemoteProject, body: Mapping[str, str], declared: Family | None
) -> None:
    """See that the API made what was asked for, and learn from its answer how to ask for a dataset.

    The answer to a creation names versions in every newer era, lists only where both families are known: there alone
    the documents let a request name one. For the prefix family it is worth the try: without it none would be made.
    """
    if project.knows == BOTH:
        action_run.run.asks_for.add("prefix")
    if declared is not None:
        require_family(action_run, Kind.PROJECT, project.id, project.family, declared)
    if project.project_name != body["project_name"]:
        detail = f"the API stores the name {quoted(body['project_name'])} as {quoted(project.project_name)}"
        end(failed(f"{detail}; stopped there (project {project.id})", project.id))


async def _listed(action_run: ActionRun, project: RemoteProject, since: float) -> tuple[RemoteProject, ...]:
    """A list that was asked for so late, or later, and shows the own project."""
    run = action_run.run
    listed = await run.projects.since(since)
    poll = Poll(action_run, run.options.settle * 3)
    while not any(one.id == project.id for one in listed):
        if not await poll.again():
            end(failed(f"project {project.id} was created but is in no list; plan again", project.id))
        listed = await run.projects.fresh()
    return listed


def _is_certain(declared: Family | None, body: Mapping[str, str]) -> bool:
    """Is it known how to ask for a dataset of the declared family, or do only lists tell?

    The answer to a creation tells it of the prefix family. Of the other it tells where the request named a version.
    """
    return declared != "schema" or "training_version" in body


async def require_elected_project(action_run: ActionRun, ref: Ref, project_id: int, made_id: int) -> None:
    """See that a draft was made in the project that counts: this run may have made both at once, and lost."""
    election = action_run.run.elections.get((ref, None))
    if election is None:
        return
    await action_run.waiting(election.over())
    if election.is_lost:
        end(left_by(election.action, election.ending, has_begun=True))
    if (elected := action_run.run.ids[ref, None]) != project_id:
        detail = f"project {elected} is elected, and draft {made_id} is in project {project_id}"
        end(another_apply(f"{detail}; it was left alone, plan again", made_id))


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
