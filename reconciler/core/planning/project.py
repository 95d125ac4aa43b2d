"""The step that makes a project, or that changes it."""

from collections.abc import Iterator

from reconciler.core.action import Action, CreateProject, UpdateProject
from reconciler.core.change import Change, ProjectChange
from reconciler.core.cost import Cost
from reconciler.core.planning.calls import PROJECT
from reconciler.core.planning.first_steps import FirstSteps


def project_actions(change: Change, _: FirstSteps) -> Iterator[Action]:
    """One step: all fields are sent at once."""
    if isinstance(change, ProjectChange):
        step = CreateProject(body=change.body) if change.id is None else UpdateProject(id=change.id, body=change.body)
        yield Action(
            id=f"{change.ref} {'create' if change.id is None else 'update'}",
            ref=change.ref,
            step=step,
            fields=change.fields,
            cost=Cost(calls=PROJECT),
        )
