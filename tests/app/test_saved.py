"""A saved plan is input, not authority: what is executed is what planning gives now."""

from dataclasses import replace

from reconciler.app.saved import Terms, bind
from reconciler.core.change import ModelChange
from reconciler.core.kind import Kind
from reconciler.core.limit import Limits
from reconciler.core.plan import Plan
from reconciler.core.reason import Reason, Why
from reconciler.core.ref import Ref
from reconciler.core.refusal import Refusal
from reconciler.core.run_options import RunOptions
from reconciler.core.state import State, Unchanged
from tests.render import sample

TODAY = Terms(limits=Limits())


def test_unrelated_movement_does_not_matter() -> None:
    """Only the saved plan's own objects are executed, and from what planning says now."""
    now = sample.plan()
    part = [action for action in now.actions if action.ref != sample.MODEL]
    shown = tuple(change for change in now.changes if change.ref != sample.MODEL)
    bound = bind(replace(now, actions=tuple(part), changes=shown), now, TODAY)
    assert bound.refusals == ()
    assert bound.actions == tuple(part)
    assert bound.changes == shown


def test_what_a_plan_shows_must_be_what_it_does() -> None:
    """H60: a file that hides a training or an image that goes, or gives another reason, would deceive whoever reads it."""
    now = sample.plan()
    other = (
        sample.dataset(reason=Reason(why=Why.NOTHING_STAYS)),
        *(one for one in now.changes if one.ref != sample.DATASET),
    )
    for changes in ((), now.changes[1:], other):
        (refusal, *_) = bind(replace(now, changes=changes), now, TODAY).refusals
        assert "what the file shows of it is not what would be done" in refusal.summary


def test_limits_are_those_of_today() -> None:
    """A saved plan cannot bring its own."""
    now = sample.plan(limits=Limits(trainings=9))
    assert [one.rule for one in bind(now, now, Terms(limits=Limits(trainings=0))).refusals] == ["limit-trainings"]


def test_a_refusal_then_or_now_stops_it() -> None:
    """What was refused when it was made, and what is refused about its objects since."""
    refusal = Refusal(rule="take-over", ref=sample.PROJECT, summary="no")
    other = Refusal(rule="take-over", ref=Ref(Kind.PROJECT, "other"), summary="no")
    plan = sample.plan()
    assert bind(replace(plan, refusals=(refusal,)), plan, TODAY).refusals == (refusal,)
    assert bind(plan, replace(plan, refusals=(refusal, other)), TODAY).refusals == (refusal,)


def test_an_edited_plan_is_stale() -> None:
    """H53: one action more than planning gives."""
    plan = sample.plan()
    more = replace(plan, actions=(*plan.actions, sample.upload("evil")))
    assert [one.rule for one in bind(more, plan, TODAY).refusals] == ["plan-stale"]


def test_what_the_tree_expects_and_shares_of_deletions_are_judged_today() -> None:
    """On what is applied, which may be a part of what planning gives."""
    now = sample.plan()
    expects = Terms(limits=Limits(), expect={"trainings": 0})
    assert [one.rule for one in bind(now, now, expects).refusals] == ["expect-trainings"]
    gone = (sample.removed(1, "x"), sample.removed(2, "y"))
    going = sample.plan(
        changes=(sample.removal(*gone, ref=sample.MODEL),), actions=sample.in_place_actions(), wishes=()
    )
    few = Terms(limits=Limits(deletions_percent=10), versions=10)
    assert [one.rule for one in bind(going, going, few).refusals] == ["limit-deletions-percent"]


def standing(state: State) -> Unchanged:
    return Unchanged(ref=sample.MODEL, id=81, version=2, fingerprint="a51be07aa9c13", state=state)


def said(saved: Plan, now: Plan, terms: Terms) -> str:
    return "; ".join(remedy for refusal in bind(saved, now, terms).refusals for remedy in refusal.remedies)


def without_model(plan: Plan, *changes: ModelChange, state: State | None = None) -> Plan:
    """What planning gives where nobody asks for the training."""
    kept = tuple(change for change in plan.changes if change.ref != sample.MODEL)
    actions = tuple(action for action in plan.actions if action.ref != sample.MODEL)
    unchanged = (*plan.unchanged, *([standing(state)] if state else []))
    return replace(plan, changes=(*kept, *changes), actions=actions, unchanged=unchanged)


def test_what_a_person_asked_for_is_asked_for_again() -> None:
    """A plan file trains nothing that failed or was not to be started, and prunes nothing, by its own word."""
    retried = sample.plan(asked=RunOptions(retry=(sample.MODEL,)))
    started = sample.plan(asked=RunOptions(start=(sample.MODEL,)))
    for state in (State.FAILED, State.STOPPED):
        now = without_model(sample.plan(), state=state)
        assert said(retried, now, TODAY) == "Say it again: `--retry model/lora-max`."
    created = without_model(sample.plan(), state=State.CREATED)
    assert said(started, created, TODAY) == "Say it again: `--start model/lora-max`."
    only_created = without_model(sample.plan(), sample.model(starts=False))
    assert said(started, only_created, TODAY) == "Say it again: `--start model/lora-max`."
    assert "Plan again" in said(started, replace(created, asked=started.asked), TODAY)
    saved = sample.plan(asked=RunOptions(prunes=True))
    pruned = sample.removal(sample.removed(1, "x"), reason=Reason(why=Why.PRUNED))
    pruning = replace(saved, changes=(*saved.changes, pruned))
    assert said(pruning, sample.plan(), TODAY) == "Say it again: `--prune`."
    assert said(pruning, pruning, TODAY) == ""
    thinning = replace(saved, changes=(*saved.changes, sample.checkpoints()))
    assert said(thinning, sample.plan(), TODAY) == "Say it again: `--prune`."
    assert said(thinning, thinning, TODAY) == ""
    absent = Unchanged(ref=sample.DATASET, id=None, version=None, fingerprint=None, state=State.ABSENT)
    assert "--prune" not in said(pruning, replace(sample.plan(), unchanged=(absent,)), TODAY)


def test_an_order_that_changed_nothing_need_not_be_said_again() -> None:
    """`--retry` and `--prune` in vain: the plan is what it would be without them."""
    idle = sample.plan(changes=(), actions=(), asked=RunOptions(retry=(sample.MODEL,), prunes=True))
    assert said(idle, sample.plan(changes=(), actions=()), TODAY) == ""
