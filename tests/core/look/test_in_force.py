"""Which live version counts is read from the plan in one place, so that history, output and aliases name the same one."""

import pytest

from reconciler.core.desired import DesiredModel
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.diff import diff
from reconciler.core.fingerprint import model_fingerprint
from reconciler.core.limit import Limits
from reconciler.core.live import ModelStatus, Observed, RemoteModel
from reconciler.core.look.in_force import begun, coming, in_force, own_fingerprint, serving, under_way
from reconciler.core.plan import Plan, Subject
from reconciler.core.planning.planner import plan
from reconciler.core.state import State, Unchanged
from tests.core.build import (
    MODEL,
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

ONE = dataset(image("a"))
PRINT = model_fingerprint(model(), print_of(ONE))
WANTED = live_model(20, f"max v1 ({PRINT})")
NEWER = live_model(30, "max v2 (a000000000000)")
SUBJECT = Subject(endpoint="simulator", tier="starter", projects=1, datasets=1, images=1, models=1)


def live_side(*models: RemoteModel) -> Observed:
    """The dataset is complete; these are its models."""
    return account(live_project(), live_dataset(10, f"poses v1 ({print_of(ONE)})", live_image(1, "a")), *models)


def planned(wanted: DesiredModel, *models: RemoteModel) -> Plan:
    """The plan of a tree with this model."""
    return plan(diff(tree(ONE, wanted), live_side(*models)), subject=SUBJECT, limits=Limits())


@pytest.mark.parametrize(
    ("state", "counts", "has_begun", "runs", "own"),
    [
        ("in sync", True, True, False, True),
        ("training", True, True, True, True),
        ("created", True, False, False, True),
        ("kept", True, False, False, False),
        ("waiting", False, False, True, False),
        ("failed", False, True, False, True),
        ("stopped", False, True, False, True),
        ("held", False, False, False, True),
    ],
)
def test_what_each_state_says(state: State, *, counts: bool, has_begun: bool, runs: bool, own: bool) -> None:
    """In force, begun as described, in training, and whose fingerprint it is: one table for all who ask."""
    one = Unchanged(ref=MODEL, id=20, version=1, fingerprint=PRINT, state=state)
    found = Plan(tool="", subject=SUBJECT, limits=Limits(), unchanged=(one,))
    assert in_force(found, MODEL) == (20 if counts else None)
    assert begun(found, MODEL) == (20 if has_begun else None)
    assert bool(under_way(found)) is runs
    assert own_fingerprint(one) == (PRINT if own else None)


def test_a_version_that_gets_another_description_is_in_force() -> None:
    """Git went back to the definition of v1 and describes it anew: the alias, the history and the output agree."""
    wanted = model(description="new words", aliases=(("production", "current"),))
    found = planned(wanted, WANTED, NEWER)
    (alias,) = found.aliases
    versions = AccountIndex(live_side(WANTED, NEWER)).models("max", 1)
    chosen = serving(versions, in_force(found, MODEL))
    assert chosen is not None
    assert in_force(found, MODEL) == alias.id == chosen.model.id == WANTED.id


def test_a_description_of_another_version_puts_nothing_in_force() -> None:
    """Aliases that are written into the description of an older version are no word about the wanted one."""
    old = live_model(10, "max v1 (a000000000000)", description="aliases: old")
    failed = live_model(20, f"max v2 ({PRINT})", ModelStatus.FAILED)
    found = planned(model(mirror_aliases=True), old, failed)
    assert [change.kind for change in found.changes] == ["model"]
    assert in_force(found, MODEL) is None
    assert begun(found, MODEL) == failed.id


def test_nothing_is_in_force_where_a_version_is_made() -> None:
    """The older one is not what git asks for; programs go on with it until the next one is trained."""
    found = planned(model(aliases=(("production", "current"),)), NEWER)
    assert in_force(found, MODEL) is None
    assert serving(AccountIndex(live_side(NEWER)).models("max", 1), None) is not None
    next_one = coming(found, found.aliases[0])
    assert next_one is not None
    assert (next_one.version, next_one.fingerprint) == (3, PRINT)
