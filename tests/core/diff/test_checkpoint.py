"""`keep_checkpoints`: what pruning deletes of trained versions, and what keeps it from deleting anything."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.action import Action, DeleteCheckpoint
from reconciler.core.change import CheckpointChange
from reconciler.core.desired import Desired
from reconciler.core.diff.diff import diff
from reconciler.core.fingerprint import model_fingerprint
from reconciler.core.limit import Limits
from reconciler.core.live import ModelStatus, RemoteModel
from reconciler.core.loss import RemovedCheckpoints
from reconciler.core.plan import Plan, Subject
from reconciler.core.planning.limit_check import check
from reconciler.core.planning.plan_file import dump_plan, load_plan
from reconciler.core.planning.planner import plan
from reconciler.core.planning.review_binding import meaning
from reconciler.core.run_options import NOTHING_ASKED, RunOptions
from tests.core.build import (
    account,
    dataset,
    image,
    live_dataset,
    live_image,
    live_model,
    live_project,
    model,
    print_of,
    tree,
)

SUBJECT = Subject(endpoint="simulator", tier="starter", projects=1, datasets=1, images=1, models=1)
DATA = dataset(image("a"))
PRINT = print_of(DATA)
EXPERT = model(training_mode="expert", training_version="bria-3.2", keep_checkpoints=(1000, 1500))
MODEL_PRINT = model_fingerprint(EXPERT, PRINT)
NAME, OLD_NAME = f"max v2 ({MODEL_PRINT})", "max v1 (a111111111111)"
LIVE = live_dataset(10, f"poses v2 ({PRINT})", live_image(1, "a"))
OLD = live_dataset(9, "poses v1 (a000000000000)", live_image(2, "b"))
PRUNE = RunOptions(prunes=True)


def trained(id_: int = 20, name: str = NAME, steps: str = "500 1000 1500", **fields: object) -> RemoteModel:
    """An expert model whose last checkpoint is active."""
    known: dict[str, object] = {
        "training_mode": "expert",
        "training_version": "bria-3.2",
        "checkpoint_steps": tuple(steps.split()),
        "active_version": (steps.split() or ["default"])[-1],
    }
    return live_model(id_, name, **(known | fields))  # type: ignore[arg-type]


def planned(*models: RemoteModel, desired: Desired | None = None, asked: RunOptions = PRUNE) -> Plan:
    observed = account(live_project(), LIVE, OLD, *models)
    return plan(diff(desired or tree(DATA, EXPERT), observed, asked), subject=SUBJECT, limits=Limits())


def keeping(*steps: int) -> Desired:
    """The tree with another list."""
    return tree(DATA, replace(EXPERT, policy=replace(EXPERT.policy, keep_checkpoints=steps)))


def deleted(plan_: Plan) -> list[tuple[int, int]]:
    """Model and step of each checkpoint that goes, in order."""
    steps = (action.step for action in plan_.actions)
    return [(step.id, step.checkpoint) for step in steps if isinstance(step, DeleteCheckpoint)]


def test_what_is_not_listed_goes_of_every_trained_version() -> None:
    """Oldest version first; each checkpoint is a step of its own that a limit counts."""
    old = trained(19, OLD_NAME, "250 500 750 1000", dataset_id=9)
    found = planned(old, trained())
    assert deleted(found) == [(19, 250), (19, 500), (19, 750), (20, 500)]
    (change,) = found.changes
    assert isinstance(change, CheckpointChange)
    assert change.losses.checkpoints == (
        RemovedCheckpoints(id=19, name=OLD_NAME, steps=(250, 500, 750), kept=(1000,), active=1000),
        RemovedCheckpoints(id=20, name=NAME, steps=(500,), kept=(1000, 1500), active=1500),
    )
    assert (change.cost.deletions, found.cost.deletions) == (4, 4)
    assert change.losses.is_for_good
    assert found.actions[0].id == "model/max delete checkpoint 250 of model 19"


def test_without_prune_nothing_goes() -> None:
    assert planned(trained(), asked=NOTHING_ASKED).is_empty


def test_a_manifest_without_the_key_deletes_nothing() -> None:
    desired = tree(DATA, replace(EXPERT, policy=replace(EXPERT.policy, keep_checkpoints=None)))
    assert planned(trained(), desired=desired).is_empty


def test_the_active_one_stays_though_nobody_lists_it() -> None:
    """An empty list keeps the active one alone, and another step than the last may be active."""
    assert deleted(planned(trained(), desired=keeping(500))) == [(20, 1000)]
    assert deleted(planned(trained(), desired=keeping())) == [(20, 500), (20, 1000)]
    assert deleted(planned(trained(active_version="500"), desired=keeping(1500))) == [(20, 1000)]


@pytest.mark.parametrize("status", [one for one in ModelStatus if one is not ModelStatus.COMPLETED])
def test_a_training_at_work_is_left_alone(status: ModelStatus) -> None:
    """Only what is completed has checkpoints that can be deleted; whatever the list shows of another."""
    older = trained(19, OLD_NAME, status=status, dataset_id=9)
    assert (19, 500) not in deleted(planned(older, trained()))


@pytest.mark.parametrize(
    ("fields", "doubt"),
    [
        ({"checkpoint_steps": None}, "the list of models does not show its checkpoints"),
        ({"checkpoint_steps": ("500", "last")}, "the list of models does not show its checkpoints"),
        ({"active_version": None}, "the list of models does not say which of its checkpoints is active"),
        ({"active_version": "default"}, "the list of models does not say which of its checkpoints is active"),
        ({"active_version": "2000"}, "the list of models does not say which of its checkpoints is active"),
        ({"training_mode": None, "checkpoint_steps": None}, "the list of models does not show its checkpoints"),
    ],
)
def test_a_doubt_deletes_nothing_and_is_told(fields: dict[str, object], doubt: str) -> None:
    """Of the one version; another, of which all is known, is not kept back by it."""
    older = trained(19, OLD_NAME, dataset_id=9)
    found = planned(older, replace(trained(), **fields))  # type: ignore[arg-type]
    assert deleted(found) == [(19, 500)]
    (note,) = found.notes
    assert (note.rule, note.text) == ("checkpoints-kept", f'no checkpoint of "{NAME}" (id 20) is deleted: {doubt}')


def test_a_slip_of_the_pen_deletes_nothing() -> None:
    """150 for 1500: a list of steps that are not there was not written for this version."""
    found = planned(trained(), desired=keeping(150))
    assert found.is_empty
    words = "it has checkpoints 500, 1000 and 1500, and `keep_checkpoints` lists none of them"
    assert found.notes[0].text.endswith(words)


def test_nothing_is_said_of_a_version_that_has_no_checkpoints() -> None:
    """None is left, or its training was automatic before the manifest said expert."""
    automatic = trained(19, OLD_NAME, training_mode="fully_automated", checkpoint_steps=None, dataset_id=9)
    found = planned(automatic, trained(steps=""))
    assert (found.actions, found.notes) == ((), ())


def test_a_version_that_goes_takes_its_checkpoints_along() -> None:
    """They are not deleted one by one first, and a limit counts the version alone."""
    desired = tree(DATA, replace(EXPERT, history_limit=1))
    found = planned(trained(19, OLD_NAME, dataset_id=9), trained(steps="1000 1500"), desired=desired)
    assert [action.id for action in found.actions] == ["model/max delete model 19"]


def test_a_renamed_model_is_renamed_first() -> None:
    """The step knows the model by the name that it has by then."""
    was = trained(name=f"old-max v2 ({MODEL_PRINT})")
    rename, delete = planned(was, desired=tree(DATA, replace(EXPERT, moved_from="old-max"))).actions
    assert delete.needs == (rename.id,)
    assert isinstance(delete.step, DeleteCheckpoint)
    assert delete.step.name == NAME


def test_an_adopted_version_is_called_as_git_calls_it() -> None:
    """The same plan may give it that name, so the step must know it before and after."""
    (action,) = planned(trained(adopted_from="Our hero", name=NAME)).actions[-1:]
    assert isinstance(action.step, DeleteCheckpoint)
    assert action.step.name == NAME


def test_a_next_version_is_made_first() -> None:
    """Where it cannot be trained, the one before keeps all that it has."""
    desired = tree(dataset(image("a"), image("b")), EXPERT)
    actions = planned(trained(), desired=desired).actions
    delete = next(action for action in actions if isinstance(action.step, DeleteCheckpoint))
    made = [action.id for action in actions if action.ref == EXPERT.ref and action is not delete]
    assert made
    assert set(made) == set(delete.needs)


def test_a_limit_counts_versions_and_checkpoints_together() -> None:
    """`deletions` counts both; `deletions_percent` is a share of versions and counts no checkpoint."""
    found = planned(trained())
    both = found.changes + found.changes
    assert [one.summary for one in check(both, found.cost, Limits(deletions=1))] == [
        "2 checkpoints would be deleted; the limit is 1"
    ]
    assert not check(both, found.cost, Limits(deletions=2))
    assert not check(both, found.cost, Limits(deletions_percent=0), versions=10)
    desired = tree(DATA, replace(EXPERT, history_limit=1))
    mixed = planned(trained(19, OLD_NAME, dataset_id=9), trained(), desired=desired)
    (refusal,) = check(mixed.changes, mixed.cost, Limits(deletions=1))
    assert refusal.summary == "1 live object and 1 checkpoint would be deleted; the limit is 1"
    assert refusal.remedies[0].startswith("Allow it once with `--allow deletions=2`")


def test_the_plan_file_holds_it() -> None:
    """Written and read again it is the same, and what a reviewer allowed is named."""
    found = planned(trained())
    assert load_plan(dump_plan(found)) == found
    assert [str(one) for one in meaning(found)] == [f"model/max: deletes the checkpoint 500 of max {MODEL_PRINT}"]


def test_a_step_costs_what_it_deletes() -> None:
    """Nobody is shown a deletion at no cost."""
    (action,) = planned(trained()).actions
    assert isinstance(action, Action)
    assert (action.cost.deletions, action.cost.calls, action.verb.value) == (1, 2, "delete")
    assert action.label == f"checkpoint 500 of {NAME}"


@given(
    steps=st.sets(st.integers(1, 9), max_size=6),
    listed=st.none() | st.sets(st.integers(1, 9), max_size=4),
    active=st.none() | st.integers(1, 9),
    status=st.sampled_from([ModelStatus.COMPLETED, ModelStatus.IN_PROGRESS]),
)
def test_what_is_listed_or_active_never_goes(
    steps: set[int], listed: set[int] | None, active: int | None, status: ModelStatus
) -> None:
    """A law: whatever the lists show, the steps that go are live, not listed, not active; and after that nothing goes."""
    policy = replace(EXPERT.policy, keep_checkpoints=None if listed is None else tuple(sorted(listed)))
    desired = tree(DATA, replace(EXPERT, policy=policy))
    told = " ".join(map(str, sorted(steps)))
    live = trained(steps=told, active_version=None if active is None else str(active), status=status)
    gone = {step for _, step in deleted(planned(live, desired=desired))}
    assert gone <= steps - (listed or set()) - {active}
    if listed is None or active not in steps or status is not ModelStatus.COMPLETED:
        assert gone == set()
    left = trained(steps=" ".join(map(str, sorted(steps - gone))), active_version=live.active_version, status=status)
    assert deleted(planned(left, desired=desired)) == []
