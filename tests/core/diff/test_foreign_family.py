"""The schema family, which this release does not write: recognised in one place, for a dataset and for a project."""

from dataclasses import replace

import pytest

from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.foreign_family import is_foreign, is_foreign_project
from reconciler.core.guide import Family
from tests.core.build import account, live_dataset, live_project

DRAFT = live_dataset(1, "poses v1 draft a9f3c1a2b7d40 3f2a")


def test_foreign_family() -> None:
    """A dataset with a schema, or without any prefix where it was read by id, is not written here."""
    assert not is_foreign(DRAFT)
    assert is_foreign(replace(DRAFT, family="schema"))
    assert is_foreign(replace(DRAFT, guide=None))


@pytest.mark.parametrize(
    ("own", "others", "foreign"),
    [
        ((), (), False),
        (("prefix",), ("schema",), False),
        (("prefix", "schema"), (), True),
        ((None,), ("schema",), True),
        ((), ("schema", "prefix"), False),
    ],
)
def test_a_project_is_judged_by_its_own_datasets_first(
    own: tuple[Family | None, ...], others: tuple[Family, ...], *, foreign: bool
) -> None:
    """What the lists tell of the project counts; where they tell nothing, what the rest of the account shows."""
    inside = [live_dataset(number, "x", family=family) for number, family in enumerate(own, start=1)]
    outside = [live_dataset(number, "x", family=family, project_id=2) for number, family in enumerate(others, start=9)]
    index = AccountIndex(account(live_project(), live_project(2), *inside, *outside))
    assert is_foreign_project(1, index) is foreign
