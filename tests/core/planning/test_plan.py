"""The order of a plan, its cost, its limits, its file, and when it is stale."""

import json
from dataclasses import replace

import pytest

from reconciler.core.action import Verb
from reconciler.core.diff.assessment import Assessment
from reconciler.core.diff.diff import diff
from reconciler.core.kind import Kind
from reconciler.core.limit import Limits, allow
from reconciler.core.live import Observed
from reconciler.core.plan import Plan, Subject
from reconciler.core.planning.plan_file import PlanDamaged, digest, dump_plan, load_plan
from reconciler.core.planning.planner import plan, select
from reconciler.core.planning.selection import chosen
from reconciler.core.planning.stale_plan import compare
from reconciler.core.ref import Ref
from tests.core.build import (
    DATASET,
    MODEL,
    PROJECT,
    account,
    dataset,
    image,
    live_dataset,
    live_image,
    live_project,
    model,
    tree,
)

SUBJECT = Subject(endpoint="simulator", tier="starter", projects=1, datasets=1, images=2, models=1)
WANTED = tree(dataset(image("a", "text a."), image("b")), model())
CHANGED = account(
    live_project(),
    live_dataset(10, "poses v1 (a000000000000)", live_image(1, "a", "old.", "manual"), live_image(2, "z")),
)


def planned(observed: Observed, limits: Limits | None = None) -> Plan:
    """The plan of the wanted tree."""
    return plan(diff(WANTED, observed), subject=SUBJECT, limits=limits or Limits())


def test_a_first_apply_in_order() -> None:
    """Every action stands after its needs: project, dataset, images, captions, completion, model, training."""
    assert [action.id for action in planned(account()).actions] == [
        "project/lora create",
        "dataset/poses v1 create",
        "dataset/poses v1 guide",
        "dataset/poses v1 upload a.png",
        "dataset/poses v1 upload b.png",
        "dataset/poses v1 caption",
        "dataset/poses v1 complete",
        "model/max v1 create",
        "model/max v1 train",
    ]


def test_a_clone_in_order() -> None:
    """Clone, check, remove, regenerate, upload, caption, complete; then the model."""
    actions = planned(CHANGED).actions
    assert [action.verb for action in actions] == [
        Verb.CLONE,
        Verb.CHECK,
        Verb.REMOVE,
        Verb.REGENERATE,
        Verb.UPLOAD,
        Verb.CAPTION,
        Verb.COMPLETE,
        Verb.CREATE,
        Verb.TRAIN,
    ]
    seen: set[str] = set()
    for action in actions:
        assert set(action.needs) <= seen
        seen.add(action.id)


def test_costs_are_summed() -> None:
    """What people watch: uploads, bytes, trainings, rewrites."""
    cost = planned(account()).cost
    assert (cost.uploads, cost.bytes, cost.trainings, cost.rewrites) == (2, 200, 1, 0)


def test_trainings_over_the_limit_are_said_with_the_way_on() -> None:
    """The plan still renders and says that apply will refuse it."""
    (refusal,) = planned(account(), Limits(trainings=0)).refusals
    assert refusal.summary == "1 model would be trained; the limit is 0"
    assert "--allow trainings=1" in refusal.remedies[0]


def test_rewrites_of_hand_written_captions_are_limited_to_none() -> None:
    """A person wrote `old.`, the base's fingerprint does not vouch for it: replacing it needs to be allowed."""
    plan_ = planned(CHANGED)
    assert plan_.cost.rewrites == 1
    assert [refusal.rule for refusal in plan_.refusals] == ["limit-caption-rewrites"]
    assert not planned(CHANGED, allow(Limits(), {"caption_rewrites": 1})).refusals


def test_an_unknown_limit_is_an_error() -> None:
    """`--allow trainigs=3` is no silent nothing."""
    with pytest.raises(KeyError):
        allow(Limits(), {"trainigs": 3})


def test_a_plan_survives_its_file() -> None:
    """decode(encode(plan)) == plan, and equal plans are equal bytes."""
    plan_ = planned(CHANGED)
    assert load_plan(dump_plan(plan_)) == plan_
    assert dump_plan(plan_) == dump_plan(planned(CHANGED))
    assert json.loads(dump_plan(plan_))["digest"] == digest(plan_)


def _edited(**fields: object) -> str:
    """A plan file whose plan was edited, with the digest made to fit, as a forger would."""
    outer = json.loads(dump_plan(planned(CHANGED)))
    outer["plan"].update(fields)
    from reconciler.core.planning.plan_file import _digest

    return json.dumps({"digest": _digest(outer["plan"]), "plan": outer["plan"]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not valid JSON"),
        (dump_plan(planned(account()))[:-40], "not valid JSON"),
        ("[1]", "no plan file"),
        ('{"plan": {}}', "format is None"),
        ('{"plan": {"format": 99}}', "format is 99"),
        ('{"plan": {"format": 1, "format": 1}}', "not valid JSON"),
        ('{"plan": {"format": NaN}}', "not valid JSON"),
        (dump_plan(planned(account())).replace("upload a.png", "upload c.png"), "digest does not fit"),
        (_edited(tool=7), "a plan's form"),
        (_edited(extra=1), "holds things that no plan holds"),
        ("[" * 100_000, "not valid JSON"),
    ],
)
def test_a_damaged_plan_file_is_refused(text: str, message: str) -> None:
    """H54, H55: cut, changed, of another version, doubled keys, NaN, nesting: one sentence each."""
    with pytest.raises(PlanDamaged, match=message):
        load_plan(text)


def _with_needs(needs: dict[int, list[str]]) -> str:
    actions = json.loads(dump_plan(planned(account())))["plan"]["actions"]
    for position, value in needs.items():
        actions[position]["needs"] = value
    return _edited(actions=actions)


@pytest.mark.parametrize(
    "needs",
    [
        {0: ["dataset/poses v1 create"]},
        {1: ["dataset/poses v1 create"]},
        {1: ["nothing of that name"]},
    ],
    ids=["cycle", "self", "missing"],
)
def test_needs_that_do_not_stand_before_are_refused(needs: dict[int, list[str]]) -> None:
    """H55: cycle, self-need, need of nothing."""
    with pytest.raises(PlanDamaged, match="does not stand before it"):
        load_plan(_with_needs(needs))


def test_two_actions_of_one_id_are_refused() -> None:
    """H55: duplicate ids."""
    actions = json.loads(dump_plan(planned(account())))["plan"]["actions"]
    with pytest.raises(PlanDamaged, match="two actions are called"):
        load_plan(_edited(actions=[actions[0], actions[0]]))


def test_a_fresh_plan_is_not_stale() -> None:
    """Unrelated movement does not matter."""
    moved = CHANGED.updated(live_project(9, project_name="Other"))
    assert not compare(planned(CHANGED), planned(moved))


def test_a_plan_is_stale_where_its_object_moved() -> None:
    """Which object, and how: the facts then and now."""
    moved = account(
        live_project(), live_dataset(10, "poses v1 (a000000000000)", live_image(1, "a"), live_image(3, "y"))
    )
    refusals = compare(planned(CHANGED), planned(moved))
    assert DATASET in [refusal.ref for refusal in refusals]
    assert "then dataset 10" in refusals[0].summary
    assert "now dataset 10" in refusals[0].summary


def test_a_plan_from_nothing_is_bound_by_what_must_be_absent() -> None:
    """H58: made from an empty account and applied twice: refused object by object the second time."""
    refusals = compare(planned(account()), planned(CHANGED))
    assert {refusal.ref for refusal in refusals} >= {PROJECT, DATASET}
    assert any("was this plan applied before?" in refusal.summary for refusal in refusals)


def test_a_changed_tree_makes_a_plan_stale() -> None:
    """The manifests moved, the account did not."""
    other = plan(
        diff(tree(dataset(image("a", "text a."), image("c")), model()), account()), subject=SUBJECT, limits=Limits()
    )
    assert any(
        "the manifests, or what it needs, changed since" in r.summary for r in compare(planned(account()), other)
    )


def test_a_plan_for_another_endpoint_is_foreign() -> None:
    """H57: a plan made against the simulator does nothing in production."""
    now = replace(planned(account()), subject=replace(SUBJECT, endpoint="https://engine.prod.bria-api.com/v1"))
    assert [refusal.rule for refusal in compare(planned(account()), now)] == ["plan-foreign"]


def test_a_refusal_today_stands_in_the_reason() -> None:
    """What was fine then and is refused now says why."""
    taken = account(live_project(ip_medium="photography"), live_dataset(10, "poses v1 (a000000000000)"))
    reasons = [refusal.summary for refusal in compare(planned(account()), planned(taken))]
    assert any("it is refused now" in reason for reason in reasons)


def test_targets_bring_what_they_need_and_exclusions_what_needs_them() -> None:
    """`--target dataset/poses` plans its project too; `--exclude dataset/poses` leaves its model out."""
    assert chosen(WANTED, [DATASET]) == {PROJECT, DATASET}
    assert chosen(WANTED, [MODEL]) == {PROJECT, DATASET, MODEL}
    assert chosen(WANTED, (), [DATASET]) == {PROJECT}
    assert chosen(WANTED) == {PROJECT, DATASET, MODEL}
    with pytest.raises(LookupError):
        chosen(WANTED, [Ref(Kind.MODEL, "nobody")])


def test_selecting_leaves_the_rest_out() -> None:
    """Actions of refs that were not chosen are not planned."""
    part: Assessment = select(diff(WANTED, account()), chosen(WANTED, [DATASET]))
    refs = {action.ref for action in plan(part, subject=SUBJECT, limits=Limits()).actions}
    assert refs == {PROJECT, DATASET}
