"""The announced end of the prefix family in a plan: said once, of what is trained, unless it is waived."""

from dataclasses import replace

from reconciler.core.change import Change
from reconciler.core.desired import Desired
from reconciler.core.guide import LEGACY_END
from reconciler.core.kind import Kind
from reconciler.core.look.announced_end import announced_end
from reconciler.core.ref import Ref
from tests.render import sample


def notes(*changes: Change, desired: Desired = Desired()) -> list[str]:  # noqa: B008 - a frozen value
    return [note.rule for note in announced_end(sample.plan(changes=changes), desired)]


def test_it_is_said_once_of_what_is_trained() -> None:
    one = sample.model(training_version="max")
    other = replace(one, ref=Ref(Kind.MODEL, "lora-light"), training_version="light")
    assert notes(one, other) == [LEGACY_END]


def test_nothing_is_said_where_nothing_of_the_family_is_trained() -> None:
    one = sample.model(training_version="max")
    assert notes(replace(one, starts=False)) == []
    assert notes(replace(one, training_version=None)) == []
    assert notes(sample.dataset()) == []


def test_a_dataset_may_waive_it() -> None:
    one = sample.model(training_version="max")
    waived = Desired(waived=frozenset({(one.dataset, LEGACY_END)}))
    assert notes(one, desired=waived) == []
    assert notes(one, replace(one, dataset=Ref(Kind.DATASET, "other")), desired=waived) == [LEGACY_END]
