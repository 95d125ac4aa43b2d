"""The steps that make one model version: create, start; or update the description in place."""

from reconciler.core.action import Action, CreateModel, StartTraining, Step, StopTraining, UpdateModel, counted
from reconciler.core.change import Change, ModelChange
from reconciler.core.cost import Cost
from reconciler.core.planning.calls import CREATE_MODEL, PUT_AND_READ, START, STOP
from reconciler.core.planning.first_steps import FirstSteps


def model_actions(change: Change, before: FirstSteps) -> tuple[Action, ...]:
    """All steps of a model; its creation waits for the dataset version if the same plan makes that."""
    if not isinstance(change, ModelChange):
        return ()
    needs = before.needs(change.dataset, change.ref)
    actions: list[Action] = []
    for stopped in change.stops:
        stop = StopTraining(id=stopped.id, name=stopped.name)
        actions.append(_action(change, f"stop {stopped.id}", stop, needs, Cost(calls=STOP)))
    if change.creates:
        step = CreateModel(
            dataset=change.dataset,
            dataset_id=change.dataset_id,
            dataset_name=change.dataset_name,
            training_mode=change.training_mode,
            training_version=change.training_version,
            description=change.description,
        )
        # A dataset that the same plan completes has just been read.
        cost = Cost(calls=CREATE_MODEL + (change.dataset_id is not None))
        actions.append(_action(change, "create", step, needs + before.made.get(change.dataset, ()), cost))
    elif change.fields and change.id is not None:
        update = UpdateModel(id=change.id, name=change.name, description=change.description)
        actions.append(_action(change, "update", update, needs, Cost(calls=PUT_AND_READ)))
    if change.starts:
        needs += tuple(action.id for action in actions if isinstance(action.step, StopTraining | CreateModel))
        start = StartTraining(id=change.id, parameters=change.parameters)
        actions.append(
            _action(change, "train", start, needs, counted(start) + Cost(calls=START + (not change.creates)))
        )
    return tuple(actions)


def _action(change: ModelChange, words: str, step: Step, needs: tuple[str, ...], cost: Cost) -> Action:
    return Action(
        id=f"{change.ref} v{change.version} {words}",
        ref=change.ref,
        step=step,
        needs=needs,
        version=change.version,
        fingerprint=change.fingerprint,
        fields=change.fields,
        cost=cost,
    )
