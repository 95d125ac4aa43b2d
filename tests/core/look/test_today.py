"""What the API of today may do to the prefix family: said where the account does not rule it out."""

from dataclasses import replace

import pytest

from reconciler.core.change import Change
from reconciler.core.guide import BOTH, Family
from reconciler.core.live import DatasetStatus, ModelStatus, Observed, RemoteDataset, RemoteModel
from reconciler.core.look.today import SMALL, UNSEEN, today
from reconciler.core.wish import WishImage
from tests.execute.world import OTHER_SCHEMA
from tests.render import sample

DATASET = RemoteDataset(id=2, name="poses v1", project_id=1, status=DatasetStatus.COMPLETED)
MODEL = RemoteModel(id=3, name="expert v1", status=ModelStatus.COMPLETED, dataset_id=2, project_id=1, description="")


def account(*knows: Family, version: str | None = "max") -> Observed:
    return Observed().updated(replace(DATASET, knows=frozenset(knows)), replace(MODEL, training_version=version))


def said(observed: Observed, *changes: Change) -> list[str]:
    return [note.rule for note in today(sample.plan(changes=changes), observed)]


def few(images: int = 3, **wish: object) -> Change:
    image = WishImage(key="a", name="a.png", digest="a" * 64, path="a.png", size=1)
    return sample.dataset(wish=sample.wish(images=(image,) * images, **wish))


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        (Observed(), [SMALL]),
        (account("prefix"), []),
        (account(*BOTH), [SMALL]),
        (account("prefix", version=None), [SMALL]),
    ],
)
def test_a_small_dataset_is_told_unless_only_the_old_api_answers(observed: Observed, expected: list[str]) -> None:
    """V94: plans think of five images where the account is not surely an old one."""
    assert said(observed, few()) == expected


def test_what_no_rule_of_today_can_touch() -> None:
    assert said(Observed(), few(5)) == []
    assert said(Observed(), few(completed=False)) == []
    assert said(Observed(), few(guide=OTHER_SCHEMA)) == []


def test_a_model_is_told_where_no_model_shows_its_version() -> None:
    """V90: it may be made of the other family, and only its training would show it."""
    model = sample.model(training_version="max")
    assert said(account("prefix", version=None), model) == [UNSEEN]
    assert said(account("prefix"), model) == []
    assert said(Observed(), model) == []
    assert said(account("prefix", version=None), replace(model, starts=False)) == []
    assert said(account("prefix", version=None), replace(model, training_version=None)) == []
