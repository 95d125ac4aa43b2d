"""The family of a project, as far as the live side shows it, and the refusal where the manifests say another one."""

from dataclasses import replace

import pytest

from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.diff import diff
from reconciler.core.diff.family import contradicted, is_of_another_family, live_families, version_to_ask_for
from reconciler.core.guide import BOTH, Family, PrefixGuide, SchemaGuide
from reconciler.core.live import RemoteDataset
from reconciler.core.run_options import RunOptions
from tests.core.build import DATASET, PROJECT, account, dataset, image, live_dataset, live_model, live_project, project
from tests.core.build import tree as make_tree

LEFT = "poses v1 draft a9f3c1a2b7d40 3f2a"
SCHEMA = SchemaGuide(text='{"style":"flat"}')
ONE = dataset(image("wave"))


def inside(number: int, family: Family | None, name: str = "x", **fields: object) -> RemoteDataset:
    return replace(live_dataset(number, name, family=family), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("bound", "settled", "drafts", "found"),
    [
        (None, (), (), set()),
        ("fibo", ("prefix",), (), {"schema"}),
        ("light", (), ("schema",), {"prefix"}),
        ("", ("prefix",), ("schema",), {"prefix"}),
        (None, (None,), ("schema",), {"schema"}),
        (None, ("prefix", "schema"), (), {"prefix", "schema"}),
    ],
)
def test_a_project_shows_its_family(
    bound: str | None, settled: tuple[Family | None, ...], drafts: tuple[Family, ...], found: set[Family]
) -> None:
    """What it is bound to counts first, then what is completed in it, then its drafts."""
    datasets = [inside(number, family) for number, family in enumerate(settled, start=1)]
    datasets += [inside(number, family, f"{LEFT}{number}") for number, family in enumerate(drafts, start=5)]
    live = live_project(training_version=bound)
    assert live_families(live, AccountIndex(account(live, *datasets))) == found


def test_a_model_shows_the_family_of_its_project() -> None:
    """A model of version max stands in a project of the prefix family, also where its dataset is gone."""
    index = AccountIndex(account(live_project(), live_model(20, "Theirs", training_version="max")))
    assert live_families(live_project(), index) == {"prefix"}


@pytest.mark.parametrize(
    ("knows", "declared", "refused"),
    [
        (set(), "schema", False),
        ({"schema"}, "prefix", True),
        ({"prefix"}, "schema", True),
        (BOTH, "prefix", False),
        (BOTH, "schema", False),
    ],
)
def test_an_account_that_knows_one_family_takes_no_other(
    knows: frozenset[Family], declared: Family, *, refused: bool
) -> None:
    """A new project is refused where every answer shows the other family; a person may know better."""
    other = inside(9, min(knows, default=None), project_id=2, knows=frozenset(knows))
    index = AccountIndex(account(live_project(2), other))
    found = contradicted(project(), declared, None, index, is_accepted=False)
    assert (found is not None) is refused
    assert contradicted(project(), declared, None, index, is_accepted=True) is None
    assert contradicted(project(), None, None, index, is_accepted=False) is None


def test_versions_are_asked_for_where_both_families_are_known() -> None:
    """Only there would a default choose; elsewhere the field is not in the documents."""
    mixed = AccountIndex(account(live_project(knows=BOTH)))
    legacy = AccountIndex(account(live_project(), inside(9, "prefix")))
    assert version_to_ask_for(mixed, "prefix") == "max"
    assert version_to_ask_for(mixed, "schema") == "fibo"
    assert version_to_ask_for(legacy, "prefix") is None
    assert version_to_ask_for(mixed, None) is None


def test_a_plan_refuses_a_project_of_the_other_family_once() -> None:
    """Before anything is created; dataset and model wait."""
    live = (live_project(), inside(11, "schema", "Holiday", guide=None))
    found = diff(make_tree(ONE, of=project(id=1)), account(*live), RunOptions(accepted=(PROJECT,)))
    assert [(refusal.rule, refusal.ref) for refusal in found.refusals] == [("family", PROJECT)]
    assert not found.changes
    assert found.refusals[0].summary.count("schema family") == 1


def test_a_plan_knows_what_an_earlier_apply_left_behind() -> None:
    """A project with nothing but our own empty draft: `destroy` is the way on."""
    left = live_dataset(11, LEFT, family="schema", guide=None)
    found = diff(make_tree(ONE), account(live_project(), left))
    (refusal,) = found.refusals
    assert not found.notes
    assert "project 1 with the empty draft 11" in refusal.remedies[1]
    assert "reconciler destroy" in refusal.remedies[1]
    followed = diff(make_tree(replace(ONE, guide=SCHEMA)), account(live_project(), left))
    assert not followed.refusals
    assert [change.origin.value for change in followed.changes if change.ref == DATASET] == ["resume"]  # type: ignore[union-attr]


def test_a_clone_that_came_out_as_the_other_family_is_not_filled() -> None:
    """V95: the project stays what it is, the draft is refused, and `clone: never` passes it by."""
    done = live_dataset(10, "poses v1 (a9f3c1a2b7d40)")
    clone = live_dataset(11, "poses v2 draft a9f3c1a2b7d40 3f2a of v1", family="schema", guide=None)
    world = account(live_project(), done, clone)
    (refusal,) = diff(make_tree(ONE), world).refusals
    assert (refusal.rule, refusal.ref) == ("family", DATASET)
    assert "clone: never" in refusal.remedies[0]
    assert not diff(make_tree(replace(ONE, clone="never")), world).refusals


def test_a_dataset_that_shows_nothing_contradicts_nothing() -> None:
    """V97: without any mark the manifests decide."""
    assert not is_of_another_family(inside(1, None), PrefixGuide(text="A, "))
    assert is_of_another_family(inside(1, "schema"), PrefixGuide(text="A, "))
    assert not is_of_another_family(inside(1, "schema"), SCHEMA)
