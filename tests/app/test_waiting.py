"""Waiting for trainings, on simulated time: all of them, a model as it is described, or what an alias names."""

from dataclasses import replace

import pytest

from reconciler.app.exceptions import WrongUsage
from reconciler.app.planning import Planned
from reconciler.app.session import clock_of, session
from reconciler.app.settings import resolve_settings
from reconciler.app.waiting import Awaited, Wanted, require_declared, wait_for_trainings
from reconciler.cli.wait_flow import outcome_words, wait_exit_code
from reconciler.core.desired import Desired
from reconciler.core.live import ModelStatus, Observed, RemoteModel, by_identity
from reconciler.core.state import AliasState, State, Unchanged
from tests.core import build
from tests.render import sample

MAX = build.MODEL
CANDIDATE = Wanted(ref=MAX, alias="candidate")
OLD, NEW = "a000000000000", "a111111111111"


def planned(*unchanged: Unchanged, target: str = "current", status: ModelStatus = ModelStatus.IN_PROGRESS) -> Planned:
    """A model with one alias that nothing answers to, and one version in the account."""
    alias = AliasState(ref=MAX, alias="candidate", target=target, problem="it is not trained yet")
    model = build.model(aliases=(("candidate", target),))
    live = RemoteModel(id=999, name=f"max v2 ({NEW})", status=status, project_id=12)
    return Planned(
        plan=sample.plan(unchanged=unchanged, aliases=(alias,)),
        desired=build.tree(build.dataset(), model),
        observed=Observed(live=by_identity([live])),
        project_ids={build.PROJECT: 12},
        versions=1,
    )


def standing(state: State) -> Unchanged:
    return Unchanged(ref=MAX, id=999, version=2, fingerprint=NEW, state=state)


async def ended(of: Planned, *wanted: Wanted) -> tuple[Awaited, ...]:
    """Wait in an empty account: whatever has an id is gone."""
    settings = resolve_settings({"endpoint": "simulator"}, {})
    async with session(settings, clock_of(settings)) as opened:
        return await wait_for_trainings(opened, of, wanted, patience=None, told=lambda running, seconds: None)


@pytest.mark.anyio
@pytest.mark.parametrize("state", ["training", "waiting"])
async def test_a_model_that_is_gone_is_not_waited_for(state: State) -> None:
    """Deleted in the console meanwhile: said, and no success; a superseded training is one too."""
    found = await ended(planned(standing(state)))
    assert found == (Awaited(name="model/max", id=999, status=None),)
    assert outcome_words(found[0]) == "gone (id 999)"
    assert wait_exit_code(found) == 1


@pytest.mark.anyio
async def test_nothing_is_wanted_of_a_model_that_stands() -> None:
    """Without a REF only what is in training counts."""
    assert await ended(planned(standing(State.IN_SYNC))) == ()


@pytest.mark.anyio
@pytest.mark.parametrize(("state", "found"), [("training", 999), ("in sync", 999), ("waiting", None), ("kept", None)])
async def test_a_model_is_waited_for_as_it_is_described(state: State, found: int | None) -> None:
    """A superseded or kept version is not it."""
    (one,) = await ended(planned(standing(state)), Wanted(ref=MAX))
    assert (one.name, one.id) == ("model/max", found)
    if found is None:
        assert "`reconciler plan` says why" in outcome_words(one)
        assert wait_exit_code([one]) == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("target", "found"), [("current", 999), ("a111111", 999), ("v2", 999), ("a000000", None), ("v3", None)]
)
async def test_an_alias_is_waited_for_by_what_it_names(target: str, found: int | None) -> None:
    """The version that is described, or one in training by its fingerprint or number."""
    (one,) = await ended(planned(standing(State.TRAINING), target=target), CANDIDATE)
    assert (one.name, one.id) == ("model/max@candidate", found)
    if found is None:
        assert outcome_words(one) == "not in training: it is not trained yet"


@pytest.mark.anyio
async def test_an_alias_that_is_answered_needs_no_waiting() -> None:
    """And one of a project that is not live has nothing to wait for."""
    of = planned()
    alias = replace(of.plan.aliases[0], id=7, problem="")
    (one,) = await ended(replace(of, plan=replace(of.plan, aliases=(alias,))), CANDIDATE)
    assert one.id == 7
    (none,) = await ended(replace(planned(target="v2"), project_ids={}), CANDIDATE)
    assert none.id is None


def test_what_no_manifest_declares_is_wrong_usage() -> None:
    """A model, or an alias of it."""
    with pytest.raises(WrongUsage, match="No manifest declares model/max"):
        require_declared(Desired(), [Wanted(ref=MAX)])
    with pytest.raises(WrongUsage, match="model/max has no alias nope"):
        require_declared(planned().desired, [CANDIDATE, Wanted(ref=MAX, alias="nope")])


@pytest.mark.parametrize(
    ("status", "words", "code"),
    [
        (ModelStatus.COMPLETED, "trained (id 1)", 0),
        (ModelStatus.IN_PROGRESS, "still in training (id 1)", 5),
        (ModelStatus.FAILED, "failed (id 1)", 1),
        (ModelStatus.STOPPED, "stopped (id 1)", 1),
    ],
)
def test_how_a_training_ended(status: ModelStatus, words: str, code: int) -> None:
    """In words of ours, else in the API's; the exit code says a failure before a deadline."""
    one = Awaited(name="model/max", id=1, status=status)
    running = Awaited(name="x", id=2, status=ModelStatus.IN_PROGRESS)
    assert outcome_words(one) == words
    assert wait_exit_code([one]) == code
    assert wait_exit_code([running, one]) == (1 if code == 1 else 5)
