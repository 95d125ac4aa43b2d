"""What goes: absent manifests, old versions, and objects that are only renamed."""

from dataclasses import replace

import pytest

from reconciler.core.action import Verb
from reconciler.core.change import DatasetChange, RemovalChange, RenameChange
from reconciler.core.cost import Cost
from reconciler.core.desired import Absent, Desired
from reconciler.core.diff.diff import diff
from reconciler.core.fingerprint import model_fingerprint
from reconciler.core.kind import Kind
from reconciler.core.limit import Limits
from reconciler.core.live import ModelStatus, Observed
from reconciler.core.loss import RemovedObject
from reconciler.core.plan import Plan, Subject
from reconciler.core.planning.limit_check import check, expected
from reconciler.core.planning.planner import plan
from reconciler.core.planning.selection import chosen
from reconciler.core.reason import Reason, Why
from reconciler.core.ref import Ref
from reconciler.core.refusal import Refusal
from reconciler.core.run_options import NOTHING_ASKED, RunOptions
from tests.core.build import (
    DATASET,
    HERE,
    MODEL,
    PROJECT,
    account,
    dataset,
    image,
    live_dataset,
    live_image,
    live_model,
    live_project,
    model,
    print_of,
    project,
    tree,
)

SUBJECT = Subject(endpoint="simulator", tier="starter", projects=1, datasets=1, images=1, models=1)
ONE = dataset(image("a"))
PRINT = print_of(ONE)
MODEL_PRINT = model_fingerprint(model(), PRINT)
LIVE = live_dataset(10, f"poses v2 ({PRINT})", live_image(1, "a"))
OLD = live_dataset(9, "poses v1 (a000000000000)", live_image(2, "b"))
TRAINED = live_model(20, f"max v2 ({MODEL_PRINT})")
OLD_MODEL = live_model(19, "max v1 (a111111111111)", dataset_id=9)
PRUNE = RunOptions(prunes=True)


def absent(*refs: Ref) -> dict[Ref, Absent]:
    """These refs with `ensure: absent`."""
    return {ref: Absent(ref=ref, location=HERE, project=PROJECT, project_name="Branded Character") for ref in refs}


def planned(desired: Desired, observed: Observed, asked: RunOptions = NOTHING_ASKED) -> Plan:
    """The plan of a tree."""
    return plan(diff(desired, observed, asked), subject=SUBJECT, limits=Limits())


def deleted(plan_: Plan) -> list[str]:
    """The ids of the steps that delete or stop, in order."""
    return [action.id for action in plan_.actions if action.verb in {Verb.DELETE, Verb.STOP}]


def test_absent_everything_goes_in_order() -> None:
    """Models before their datasets, datasets before their project; each is listed."""
    plan_ = planned(
        Desired(absent=absent(PROJECT, DATASET, MODEL)), account(live_project(), LIVE, OLD, TRAINED, OLD_MODEL)
    )
    assert deleted(plan_) == [
        "model/max delete model 19",
        "model/max delete model 20",
        "dataset/poses delete dataset 9",
        "dataset/poses delete dataset 10",
        "project/lora delete project 1",
    ]
    assert plan_.cost.deletions == 5
    seen: set[str] = set()
    for action in plan_.actions:
        assert set(action.needs) <= seen
        seen.add(action.id)


def test_a_training_is_stopped_before_its_model_goes() -> None:
    """A running training is stopped first, as a step of its own."""
    running = live_model(20, f"max v2 ({MODEL_PRINT})", ModelStatus.IN_PROGRESS)
    desired = replace(tree(ONE), absent=absent(MODEL))
    assert deleted(planned(desired, account(live_project(), LIVE, running))) == [
        "model/max stop 20",
        "model/max delete model 20",
    ]


def test_absent_and_gone_is_in_sync() -> None:
    """Nothing of it is live: nothing to do, said as `absent`."""
    found = diff(Desired(absent=absent(PROJECT, DATASET, MODEL)), account())
    assert not found.changes
    assert {item.state for item in found.unchanged} == {"absent"}


def test_a_dataset_in_use_stays() -> None:
    """A dataset on which a model was trained that stays is refused."""
    desired = replace(tree(), absent=absent(DATASET))
    (refusal,) = diff(desired, account(live_project(), LIVE, TRAINED)).refusals
    assert refusal.rule == "absent-in-use"
    assert "id 20" in refusal.summary


def test_a_project_with_strays_stays() -> None:
    """What git does not know would go with it: refused."""
    stray = live_dataset(30, "Holiday", live_image(3, "h"))
    (refusal,) = diff(Desired(absent=absent(PROJECT, DATASET)), account(live_project(), LIVE, stray)).refusals
    assert refusal.rule == "absent-holds-strays"


def test_a_project_of_that_name_that_is_not_ours_stays() -> None:
    """A project made by hand is never found by its name alone."""
    stray = live_dataset(30, "Holiday", live_image(3, "h"))
    assert not diff(Desired(absent=absent(PROJECT)), account(live_project(), stray)).changes


def test_an_absent_project_is_found_by_its_id() -> None:
    """A pinned id finds it whatever its name."""
    gone = {PROJECT: Absent(ref=PROJECT, location=HERE, project=PROJECT, project_name="x", id=1)}
    assert deleted(planned(Desired(absent=gone), account(live_project()))) == ["project/lora delete project 1"]
    other = {PROJECT: replace(gone[PROJECT], id=99)}
    assert not deleted(planned(Desired(absent=other), account(live_project())))


def kept(limit: int | None, **fields: object) -> Desired:
    """The tree with a history limit on dataset and model."""
    return tree(replace(ONE, history_limit=limit), model(history_limit=limit, **fields))


WORLD = account(live_project(), LIVE, OLD, TRAINED, OLD_MODEL)


def test_pruning_removes_what_is_beyond_the_limit() -> None:
    """Old model first, then the dataset that it alone used; the versions in force stay."""
    assert deleted(planned(kept(1), WORLD, PRUNE)) == ["model/max delete model 19", "dataset/poses delete dataset 9"]


def test_nothing_is_pruned_unasked_or_without_a_limit() -> None:
    """A file that vanished, or an old version, deletes nothing."""
    assert not deleted(planned(kept(1), WORLD))
    assert not deleted(planned(kept(None), WORLD, PRUNE))
    assert not deleted(planned(kept(2), WORLD, PRUNE))


def test_what_an_alias_names_stays_with_its_dataset() -> None:
    """An alias keeps its version, and the version keeps the dataset that it was trained on."""
    assert not deleted(planned(kept(1, aliases=(("production", "a111111"),)), WORLD, PRUNE))


@pytest.mark.parametrize("status", [ModelStatus.IN_PROGRESS, ModelStatus.STOPPING, ModelStatus.UNKNOWN])
def test_nothing_in_training_is_pruned(status: ModelStatus) -> None:
    """A model at work stays."""
    world = account(live_project(), LIVE, OLD, TRAINED, replace(OLD_MODEL, status=status))
    assert not deleted(planned(kept(1), world, PRUNE))


def test_failures_of_the_desired_definition_stay() -> None:
    """They are counted by `on_failure: retrain`, so pruning must not forget them."""
    failed = live_model(18, f"max v1 ({MODEL_PRINT})", ModelStatus.FAILED)
    assert not deleted(planned(kept(1), account(live_project(), LIVE, TRAINED, failed), PRUNE))


def test_duplicates_are_pruned_whatever_the_limit() -> None:
    """A twin that was never trained, and a draft that nobody fills."""
    twin = live_model(21, f"max v2 ({MODEL_PRINT})", ModelStatus.CREATED)
    draft = live_dataset(12, "poses v1 draft a000000000000 3f2a")
    plan_ = planned(kept(None), account(live_project(), LIVE, TRAINED, twin, draft), PRUNE)
    assert deleted(plan_) == ["model/max delete model 21", "dataset/poses delete dataset 12"]


def test_refused_objects_are_not_pruned() -> None:
    """Where an object is refused nothing of it goes."""
    world = account(live_project(ip_medium="photography"), LIVE, OLD, TRAINED, OLD_MODEL)
    assert not deleted(planned(kept(1), world, PRUNE))


@pytest.mark.parametrize(
    ("limits", "rule"),
    [
        (Limits(uploads=1), "limit-uploads"),
        (Limits(deletions=1), "limit-deletions"),
        (Limits(deletions_percent=10), "limit-deletions-percent"),
    ],
)
def test_new_limits(limits: Limits, rule: str) -> None:
    """Uploads and deletions, absolute and by share, each with the way to allow it once."""
    gone = tuple(RemovedObject(kind=Kind.MODEL, id=id_, name="max", reason=Reason(why=Why.ABSENT)) for id_ in (1, 2))
    changes = [RemovalChange(ref=MODEL, reason=Reason(why=Why.ABSENT), objects=gone)]
    (refusal,) = check(changes, Cost(uploads=2, deletions=2), limits, versions=10)
    assert refusal.rule == rule
    assert "--allow" in refusal.remedies[0]
    assert not check(changes, Cost(uploads=2, deletions=2), Limits(), versions=10)


def test_what_the_tree_expects_is_held() -> None:
    """`expect: {trainings: 0}` refuses a plan with one, and no flag lifts it."""
    (refusal,) = expected(Cost(trainings=1), {"trainings": 0, "uploads": 0})
    assert refusal.rule == "expect-trainings"
    assert "--allow" not in refusal.remedies[0]


def moved(world: Observed, desired: Desired) -> tuple[list[str], tuple[Refusal, ...], list[Verb]]:
    """New names, refusals, and the verbs of the plan."""
    found = diff(desired, world)
    names = [item.after for change in found.changes if isinstance(change, RenameChange) for item in change.objects]
    verbs = [action.verb for action in planned(desired, world).actions]
    return names, found.refusals, verbs


def test_a_moved_manifest_is_renamed_in_place() -> None:
    """Every version takes the new name; no upload, no training."""
    old = live_dataset(10, f"old-poses v2 ({PRINT})", live_image(1, "a"))
    was = live_model(20, f"old-max v2 ({MODEL_PRINT})")
    desired = tree(replace(ONE, moved_from="old-poses"), model(moved_from="old-max"))
    names, refusals, verbs = moved(account(live_project(), old, was), desired)
    assert names == [f"poses v2 ({PRINT})", f"max v2 ({MODEL_PRINT})"]
    assert not refusals
    assert set(verbs) == {Verb.RENAME}


def test_a_move_that_was_made_is_in_sync() -> None:
    """`moved` may stay in the manifest: nothing bears the former name any more."""
    desired = tree(replace(ONE, moved_from="old-poses"), model(moved_from="old-max"))
    assert moved(account(live_project(), LIVE, TRAINED), desired) == ([], (), [])


def test_objects_renamed_in_the_console_come_home() -> None:
    """By the exact live name, where content and definition are what the manifest says."""
    away = live_dataset(10, "Poses final", live_image(1, "a"))
    hero = live_model(20, "Our hero", training_mode="fully_automated", training_version="max")
    desired = tree(replace(ONE, moved_from="Poses final"), model(moved_from="Our hero"))
    names, refusals, verbs = moved(account(live_project(), away, hero), desired)
    assert names == [f"poses v1 ({PRINT})", f"max v1 ({MODEL_PRINT})"]
    assert not refusals
    assert set(verbs) == {Verb.RENAME}


def test_the_content_of_a_renamed_dataset_is_read_first() -> None:
    """Only its content says which version it is."""
    away = replace(live_dataset(10, "Poses final", live_image(1, "a")), images=None)
    desired = tree(replace(ONE, moved_from="Poses final"))
    assert diff(desired, account(live_project(id_=1), away)).unread | {10} == {10}


@pytest.mark.parametrize(
    ("world", "desired", "rule"),
    [
        (
            account(live_project(), LIVE, live_dataset(11, "old-poses v2 (a000000000000)")),
            tree(replace(ONE, moved_from="old-poses")),
            "moved-both",
        ),
        (
            account(live_project(), live_dataset(10, "Final", live_image(1, "x")), live_model(20, f"max v1 ({PRINT})")),
            tree(replace(ONE, moved_from="Final"), model()),
            "moved-differs",
        ),
        (
            account(live_project(), LIVE, live_model(20, "Hero", dataset_id=99)),
            tree(ONE, model(moved_from="Hero")),
            "moved-differs",
        ),
        (
            account(live_project(), LIVE, live_model(20, "Hero", training_version="light")),
            tree(ONE, model(moved_from="Hero")),
            "moved-differs",
        ),
        (
            account(live_project(), LIVE, live_model(20, "Hero"), live_model(21, "Hero")),
            tree(ONE, model(moved_from="Hero")),
            "moved-ambiguous",
        ),
        (
            account(live_project(), LIVE, TRAINED, live_model(19, "old-max v2 (a111111111111)")),
            tree(ONE, model(moved_from="old-max")),
            "moved-both",
        ),
    ],
)
def test_moves_that_cannot_be(world: Observed, desired: Desired, rule: str) -> None:
    """Two families, other content, another definition, two of one name: refused, nothing renamed."""
    assert rule in [refusal.rule for refusal in diff(desired, world).refusals]


def test_a_move_that_was_cut_off_goes_on() -> None:
    """Some versions bear the new name already, others not yet: no two of them have one number, so the others follow."""
    former = live_dataset(9, "old-poses v1 (a000000000000)", live_image(2, "b"))
    former_model = live_model(19, "old-max v1 (a111111111111)", dataset_id=9)
    world = account(live_project(), LIVE, former, TRAINED, former_model)
    found = diff(tree(replace(ONE, moved_from="old-poses"), model(moved_from="old-max")), world)
    renames = [item.after for change in found.changes if isinstance(change, RenameChange) for item in change.objects]
    assert renames == ["poses v1 (a000000000000)", "max v1 (a111111111111)"]
    assert not found.refusals


def test_parameters_that_differ_are_another_model() -> None:
    """What the live side tells of its parameters must be what git declares."""
    hero = live_model(20, "Hero", training_mode="expert", training_version="bria-3.2", parameters=(("rank", 8),))
    wanted = model(training_mode="expert", training_version="bria-3.2", parameters=(("rank", 128),), moved_from="Hero")
    assert "moved-differs" in [r.rule for r in diff(tree(ONE, wanted), account(live_project(), LIVE, hero)).refusals]


def test_a_renamed_project_is_renamed_in_place() -> None:
    """`moved: {from: Old}` on a project: its name changes, its datasets stay."""
    desired = tree(ONE, model(), project(moved_from="Old"))
    found = diff(desired, account(live_project(project_name="Old"), LIVE, TRAINED))
    (change,) = found.changes
    assert [(field.before, field.after) for field in change.fields if field.path == "project_name"] == [
        ("Old", "Branded Character")
    ]
    assert not found.refusals


def test_a_moved_project_keeps_its_rules() -> None:
    """Medium and type cannot change with the name."""
    desired = tree(of=project(moved_from="Old"))
    found = diff(desired, account(live_project(project_name="Old", ip_medium="photography")))
    assert [refusal.rule for refusal in found.refusals] == ["project-immutable"]


def test_renames_come_before_what_uses_the_new_name() -> None:
    """A clone of a renamed version waits for its rename."""
    old = live_dataset(10, "old-poses v1 (a000000000000)", live_image(1, "a"), live_image(2, "b"))
    plan_ = planned(
        tree(replace(ONE, moved_from="old-poses")), account(live_project(), old, live_model(9, "x", dataset_id=None))
    )
    clone = next(action for action in plan_.actions if action.verb is Verb.CLONE)
    assert clone.needs == ("dataset/poses rename dataset 10",)


def test_a_removal_lists_what_goes_with_it() -> None:
    """Each object with its id and why."""
    found = diff(replace(tree(), absent=absent(DATASET)), account(live_project(), LIVE))
    (change,) = found.changes
    assert isinstance(change, RemovalChange)
    assert [(item.kind, item.id, item.reason) for item in change.objects] == [
        (Kind.DATASET, 10, Reason(why=Why.WITH_IMAGES, number=1))
    ]


def test_a_project_never_takes_along_what_the_plan_does_not_list() -> None:
    """Targeting an absent project targets all that is absent in it; leaving a part out leaves the project."""
    gone = Desired(absent=absent(PROJECT, DATASET, MODEL))
    assert chosen(gone, [PROJECT]) == {PROJECT, DATASET, MODEL}
    assert chosen(gone, [DATASET]) == {DATASET, MODEL}
    assert chosen(gone, (), [MODEL]) == set()
    assert chosen(gone, [MODEL]) == {MODEL}


def test_what_a_plan_works_on_is_never_pruned_by_it() -> None:
    """The source of a clone, and the model that is started, stay although the limit would let them go."""
    newer = live_dataset(11, "poses v3 (a222222222222)", live_image(3, "a"), live_image(4, "z"))
    other = live_dataset(12, "poses v4 (a333333333333)", live_image(5, "q"))
    world = account(live_project(), newer, other, live_model(20, f"max v2 ({MODEL_PRINT})", ModelStatus.CREATED))
    plan_ = planned(kept(1), world, PRUNE)
    ids = {change.origin_id for change in plan_.changes if isinstance(change, DatasetChange)}
    assert not {step.split()[-1] for step in deleted(plan_)} & {str(id_) for id_ in ids}


def test_a_project_takes_nothing_along_that_is_to_be_renamed() -> None:
    """A dataset declared elsewhere was moved from a name that a version in the absent project bears: that version stays."""
    other = live_project(2, project_name="Old")
    left = live_dataset(11, "old-poses v1 (a000000000000)", live_image(2, "b"), project_id=2)
    gone = Absent(
        ref=Ref(Kind.PROJECT, "old"), location=HERE, project=Ref(Kind.PROJECT, "old"), project_name="Old", id=2
    )
    desired = replace(tree(replace(ONE, moved_from="old-poses")), absent={gone.ref: gone})
    found = diff(desired, account(live_project(), LIVE, other, left))
    assert [refusal.rule for refusal in found.refusals] == ["absent-holds-strays"]
