"""The steps that rename live objects in place, and those that delete: last, and models before their datasets."""

from collections.abc import Iterable

from reconciler.core.action import Action, DeleteCheckpoint, DeleteObject, RenameObject, StopTraining, counted
from reconciler.core.change import CheckpointChange, RemovalChange, RenameChange
from reconciler.core.cost import Cost
from reconciler.core.kind import Kind
from reconciler.core.loss import RemovedObject
from reconciler.core.planning.calls import DELETE, RENAME, STOP
from reconciler.core.ref import Ref


def rename_actions(change: RenameChange) -> tuple[Action, ...]:
    """One step for each object; only its name is sent."""
    return tuple(
        Action(
            id=f"{change.ref} rename {item.kind.value} {item.id}",
            ref=change.ref,
            step=RenameObject(
                kind=item.kind, id=item.id, before=item.before, after=item.after, description=item.description
            ),
            label=item.after,
            cost=Cost(calls=RENAME),
        )
        for item in change.objects
    )


def removal_actions(changes: Iterable[RemovalChange], before: Iterable[Action]) -> tuple[Action, ...]:
    """All deletions of a plan: trainings are stopped, then models go, then datasets, then projects.

    What the plan makes for the same manifest comes first, so that no version is deleted before the next one exists.
    """
    changes, made = tuple(changes), _made(before)
    actions: list[Action] = []
    earlier: tuple[str, ...] = ()
    for kind in reversed(Kind):
        stage: list[Action] = []
        for change in changes:
            for item in change.objects:
                if item.kind is kind:
                    stage += _deletion(change, item, made.get(change.ref, ()) + earlier)
        actions += stage
        earlier += tuple(action.id for action in stage)
    return tuple(actions)


def checkpoint_actions(changes: Iterable[CheckpointChange], before: Iterable[Action]) -> tuple[Action, ...]:
    """A step for each checkpoint that goes, after all that the plan makes for the same manifest."""
    made = _made(before)
    return tuple(
        _checkpoint(change.ref, DeleteCheckpoint(id=one.id, name=one.name, checkpoint=step), made.get(change.ref, ()))
        for change in changes
        for one in change.versions
        for step in one.steps
    )


def _checkpoint(ref: Ref, step: DeleteCheckpoint, needs: tuple[str, ...]) -> Action:
    return Action(
        id=f"{ref} delete checkpoint {step.checkpoint} of model {step.id}",
        ref=ref,
        step=step,
        needs=needs,
        label=f"checkpoint {step.checkpoint} of {step.name}",
        cost=counted(step) + Cost(calls=DELETE),
    )


def _made(before: Iterable[Action]) -> dict[Ref, tuple[str, ...]]:
    """The steps of each object so far, by their ids."""
    made: dict[Ref, tuple[str, ...]] = {}
    for action in before:
        made[action.ref] = (*made.get(action.ref, ()), action.id)
    return made


def _deletion(change: RemovalChange, item: RemovedObject, needs: tuple[str, ...]) -> tuple[Action, ...]:
    stops: tuple[Action, ...] = ()
    if item.stops:
        step = StopTraining(id=item.id, name=item.name)
        stops = (_action(change, f"stop {item.id}", step, item, needs, Cost(calls=STOP)),)
        needs += tuple(stop.id for stop in stops)
    delete = DeleteObject(kind=item.kind, id=item.id, name=item.name)
    words = f"delete {item.kind.value} {item.id}"
    return (*stops, _action(change, words, delete, item, needs, counted(delete) + Cost(calls=DELETE)))


def _action(
    change: RemovalChange,
    words: str,
    step: StopTraining | DeleteObject,
    item: RemovedObject,
    needs: tuple[str, ...],
    cost: Cost,
) -> Action:
    return Action(
        id=f"{change.ref} {words}",
        ref=change.ref,
        step=step,
        needs=needs,
        label=item.name,
        cost=cost,
    )
