"""The policy on which money is spent: every course that a model can take."""

from dataclasses import replace

import pytest

from reconciler.core.change import ModelChange
from reconciler.core.desired import DesiredModel
from reconciler.core.diff.diff import diff
from reconciler.core.diff.election import ModelMember, model_members
from reconciler.core.diff.training import Course, decide, failures
from reconciler.core.fingerprint import model_fingerprint
from reconciler.core.live import ModelStatus
from reconciler.core.reason import Reason, Why
from reconciler.core.run_options import RunOptions
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

WANTED = "aaaaaaaaaaaaa"
OTHER = "abbbbbbbbbbbb"


def family(*versions: tuple[int, str, ModelStatus]) -> tuple[ModelMember, ...]:
    """Live models as (version, fingerprint, status); ids follow the order."""
    live = [
        live_model(20 + position, f"max v{version} ({print_})", status)
        for position, (version, print_, status) in enumerate(versions)
    ]
    return model_members(live, "max")


@pytest.mark.parametrize(
    ("wanted", "live", "course"),
    [
        (model(), (), Course.TRAINS),
        (model(), ((1, OTHER, ModelStatus.COMPLETED),), Course.TRAINS),
        (model(retrain="never"), (), Course.TRAINS),
        (model(retrain="never"), ((1, OTHER, ModelStatus.COMPLETED),), Course.KEPT),
        (model(), ((1, WANTED, ModelStatus.COMPLETED),), Course.STANDS),
        (model(), ((1, WANTED, ModelStatus.IN_PROGRESS),), Course.STANDS),
        (model(), ((1, WANTED, ModelStatus.CREATED),), Course.STARTS),
        (model(start=False), ((1, WANTED, ModelStatus.CREATED),), Course.STANDS),
        (model(), ((1, OTHER, ModelStatus.IN_PROGRESS),), Course.WAITS),
        (model(start=False), ((1, OTHER, ModelStatus.IN_PROGRESS),), Course.TRAINS),
        (model(on_superseded="stop"), ((1, OTHER, ModelStatus.IN_PROGRESS),), Course.TRAINS),
        (model(), ((1, WANTED, ModelStatus.FAILED),), Course.FAILED),
        (model(on_failure="retrain"), ((1, WANTED, ModelStatus.FAILED),), Course.TRAINS),
        (
            model(on_failure="retrain"),
            ((1, WANTED, ModelStatus.FAILED), (2, WANTED, ModelStatus.FAILED)),
            Course.FAILED,
        ),
        (model(), ((1, WANTED, ModelStatus.STOPPED),), Course.STOPPED),
        (model(), ((1, WANTED, ModelStatus.STOPPING),), Course.STOPPED),
        (model(on_failure="retrain"), ((1, WANTED, ModelStatus.STOPPED),), Course.STOPPED),
        (model(), ((1, WANTED, ModelStatus.UNKNOWN),), Course.UNSETTLED),
        (model(), ((1, WANTED, ModelStatus.DELETED),), Course.TRAINS),
    ],
)
def test_the_course(wanted: DesiredModel, live: tuple[tuple[int, str, ModelStatus], ...], course: Course) -> None:
    """What becomes of a model, given its policy and what is live."""
    assert decide(wanted, WANTED, family(*live)).course is course


@pytest.mark.parametrize("status", [ModelStatus.FAILED, ModelStatus.STOPPED])
def test_retry_is_a_persons_order(status: ModelStatus) -> None:
    """`--retry` trains anew what failed or was stopped; while it is being stopped it waits."""
    live = family((1, WANTED, status))
    assert decide(model(), WANTED, live, retry=True).course is Course.TRAINS
    stopping = family((1, WANTED, ModelStatus.STOPPING))
    assert decide(model(), WANTED, stopping, retry=True).course is Course.STOPPED


def test_start_is_a_persons_order() -> None:
    """`--start` starts a model in spite of `start: false`."""
    live = family((1, WANTED, ModelStatus.CREATED))
    assert decide(model(start=False), WANTED, live, start=True).course is Course.STARTS


def test_superseded_trainings_are_stopped_where_asked() -> None:
    """`on_superseded: stop` names every running training of another definition."""
    live = family((1, OTHER, ModelStatus.IN_PROGRESS), (2, "acccccccccccc", ModelStatus.COMPLETED))
    decision = decide(model(on_superseded="stop"), WANTED, live)
    assert [member.model.id for member in decision.stops] == [20]


def test_failures_are_counted_from_what_is_live() -> None:
    """Only Failed ones of this fingerprint count."""
    live = family((1, WANTED, ModelStatus.FAILED), (2, OTHER, ModelStatus.FAILED), (3, WANTED, ModelStatus.STOPPED))
    assert failures(WANTED, live) == 1


ONE = dataset(image("a"))
LIVE = live_dataset(10, f"poses v1 ({print_of(ONE)})", live_image(1, "a"))
PRINT = model_fingerprint(model(), print_of(ONE))


def test_a_waiting_model_is_said_aloud_and_not_trained() -> None:
    """The next version waits until the superseded training has ended."""
    running = live_model(20, f"max v1 ({OTHER})", ModelStatus.IN_PROGRESS)
    found = diff(tree(ONE, model()), account(live_project(), LIVE, running))
    assert not found.changes
    assert [(item.state, item.version) for item in found.unchanged if item.ref == MODEL] == [("waiting", 1)]
    assert "training-superseded" in [note.rule for note in found.notes]


def test_a_superseded_training_is_stopped_in_the_plan() -> None:
    """What is stopped is named in the change."""
    running = live_model(20, f"max v1 ({OTHER})", ModelStatus.IN_PROGRESS)
    found = diff(tree(ONE, model(on_superseded="stop")), account(live_project(), LIVE, running))
    (change,) = [change for change in found.changes if isinstance(change, ModelChange)]
    assert [stopped.id for stopped in change.stops] == [20]


def test_retrain_never_keeps_the_old_version_in_force() -> None:
    """In sync with a note; with no live version at all it is trained once."""
    old = live_model(20, f"max v1 ({OTHER})")
    found = diff(tree(ONE, model(retrain="never")), account(live_project(), LIVE, old))
    assert not found.changes
    assert "training-kept" in [note.rule for note in found.notes]


def test_a_retry_takes_the_next_number() -> None:
    """`apply --retry model/max`: the failed version keeps its number, the reason says how often it failed."""
    failed = live_model(20, f"max v1 ({PRINT})", ModelStatus.FAILED)
    found = diff(tree(ONE, model()), account(live_project(), LIVE, failed), RunOptions(retry=(MODEL,)))
    (change,) = [change for change in found.changes if isinstance(change, ModelChange)]
    assert change.version == 2
    assert change.reason == Reason(why=Why.TRAINING_FAILED, number=1)


def test_aliases_say_what_answers() -> None:
    """A fingerprint's first characters, `current`, a number; only trained versions answer."""
    wanted = model(
        aliases=(("candidate", "current"), ("first", "v1"), ("nobody", "a1234567"), ("production", OTHER[:7]))
    )
    old = live_model(20, f"max v1 ({OTHER})")
    world = account(live_project(), LIVE, old, live_model(21, f"max v2 ({PRINT})", ModelStatus.IN_PROGRESS))
    states = {state.alias: (state.version, state.problem) for state in diff(tree(ONE, wanted), world).aliases}
    assert states == {
        "candidate": (None, "v2 is not trained yet"),
        "first": (1, ""),
        "nobody": (None, 'no trained version is "a1234567"'),
        "production": (1, ""),
    }


def test_an_ambiguous_alias_answers_nothing() -> None:
    """Two versions begin with the same characters."""
    wanted = model(aliases=(("production", "abbbbbb"),))
    world = account(
        live_project(),
        LIVE,
        live_model(20, f"max v1 ({OTHER})"),
        live_model(21, "max v2 (abbbbbbbbbbbc)"),
        live_model(22, f"max v3 ({PRINT})"),
    )
    (state,) = diff(tree(ONE, wanted), world).aliases
    assert state.problem == '"abbbbbb" fits 2 versions'


def test_current_waits_with_its_dataset() -> None:
    """While the dataset is a draft nothing is current."""
    wanted = model(aliases=(("candidate", "current"),))
    (state,) = diff(tree(dataset(image("a"), completed=False), wanted), account(live_project())).aliases
    assert state.problem == "its dataset is not complete"
    (later,) = diff(tree(ONE, wanted), account(live_project(), LIVE)).aliases
    assert later.problem == "what the manifest asks for is not trained yet"


def test_aliases_are_mirrored_where_asked() -> None:
    """A promotion shows its before and after: the description of each version names its aliases."""
    old, new = live_model(20, f"max v1 ({OTHER})", description="Hero"), live_model(21, f"max v2 ({PRINT})")
    wanted = model(aliases=(("production", OTHER[:7]),), mirror_aliases=True, description="Hero")
    first = diff(tree(ONE, wanted), account(live_project(), LIVE, old, replace(new, description="Hero")))
    (change,) = [change for change in first.changes if isinstance(change, ModelChange)]
    assert (change.id, change.version, change.description) == (20, 1, "Hero\naliases: production")
    promoted = replace(wanted, aliases=(("production", PRINT[:7]),))
    was = replace(old, description="Hero\naliases: production")
    second = diff(tree(ONE, promoted), account(live_project(), LIVE, was, replace(new, description="Hero")))
    moved = {change.id: change for change in second.changes if isinstance(change, ModelChange)}
    assert (moved[21].description, moved[21].reason) == ("Hero\naliases: production", Reason(why=Why.ALIASES_MOVED))
    assert (moved[20].description, moved[20].name) == ("Hero", f"max v1 ({OTHER})")
    named = replace(new, description="Hero\naliases: production")
    assert not diff(tree(ONE, promoted), account(live_project(), LIVE, replace(old, description="Hero"), named)).changes


def test_unmirrored_descriptions_are_left_alone() -> None:
    """Without the wish, a line of aliases is a description like any other."""
    live = live_model(21, f"max v1 ({PRINT})", description="aliases: production")
    assert not diff(tree(ONE, model()), account(live_project(), LIVE, live)).changes
    mirroring = model(mirror_aliases=True)
    (change,) = diff(tree(ONE, mirroring), account(live_project(), LIVE, live)).changes
    assert isinstance(change, ModelChange)
    assert change.description == ""
