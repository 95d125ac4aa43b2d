"""What is said of archives beforehand: a store is needed, captions cost calls, and the API may not read the address."""

import pytest

from reconciler.core.desired import Desired, DesiredDataset
from reconciler.core.diff.diff import diff
from reconciler.core.guide import SchemaGuide
from reconciler.core.limit import Limits
from reconciler.core.plan import Plan, Subject
from reconciler.core.planning.archive_notes import archive_notes, archives_to_send, missing_store
from reconciler.core.planning.planner import plan
from reconciler.core.uploads import Archive
from tests.core.build import DATASET, account, dataset, image, live_project, tree

ALL = dataset(image("a", "text a."), image("b", "text b."), uploads=Archive())
SOME = dataset(image("a", "text a."), image("b"), uploads=Archive())
NONE = dataset(image("a"), image("b"), uploads=Archive())
BASIC = dataset(image("a", "text a."), image("b", "text b."))
ADVICE = "; if git declared one for every image, they would travel in it"
ONE = "1 caption is written one by one after the archive, a call each"


def planned(desired: Desired) -> Plan:
    subject = Subject(endpoint="simulator", tier="free_trial", projects=1, datasets=1, images=2, models=0)
    return plan(diff(desired, account(live_project())), subject=subject, limits=Limits())


@pytest.mark.parametrize(
    ("data", "captions"), [(ALL, []), (SOME, [ONE + ADVICE]), (NONE, [])], ids=["all", "some", "none"]
)
def test_captions_that_cost_a_call_each_are_told(data: DesiredDataset, captions: list[str]) -> None:
    notes = list(archive_notes(planned(tree(data)), has_store=True))
    assert [note.text for note in notes if note.rule == "archive-captions"] == captions
    assert [note.rule for note in notes if note.rule != "archive-captions"] == ["archive"]


def test_what_captions_cost_is_in_the_plan() -> None:
    """Those that travel cost nothing; the others a call each, and one that reads them."""
    costs = [planned(tree(data)).cost for data in (ALL, SOME, NONE)]
    assert [cost.uploads for cost in costs] == [2, 2, 2]
    assert [cost.calls - costs[0].calls for cost in costs] == [0, 2, 0]


def test_the_schema_family_writes_each_by_itself_and_no_advice_helps() -> None:
    schema = dataset(
        image("a", '{"action": "waves"}'),
        image("b", '{"action": "sits"}'),
        uploads=Archive(),
        guide=SchemaGuide(text="{}"),
    )
    made = planned(tree(schema))
    # Whether the account takes the family is said elsewhere; here it is what the dataset would need.
    texts = [note.text for note in archive_notes(made, has_store=True) if note.rule == "archive-captions"]
    assert texts in ([], ["2 captions are written one by one after the archive, a call each"])


def test_a_store_is_needed_and_said_where_none_is_named() -> None:
    made = planned(tree(ALL))
    assert archives_to_send(made) == (DATASET,)
    assert [note.rule for note in archive_notes(made, has_store=False)] == ["archive", "archive-store-missing"]
    (refusal,) = missing_store(made)
    assert (refusal.rule, refusal.ref) == ("archive-store-missing", None)
    assert "dataset/poses" in refusal.summary


def test_a_basic_dataset_says_nothing_of_archives() -> None:
    made = planned(tree(BASIC))
    assert not archives_to_send(made)
    assert not list(archive_notes(made, has_store=False))
    assert not missing_store(made)
