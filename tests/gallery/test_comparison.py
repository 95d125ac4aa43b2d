"""Versions side by side: what is there of each case, and what was asked for differently."""

from reconciler.core.gallery import CaseState, Column
from reconciler.gallery.comparison import ComparedColumn, Difference, compared
from tests.gallery import looks
from tests.gallery.looks import CANDIDATE, CASES, NEW, OLD, PRODUCTION

WAVING = CASES[0]


def test_cases_are_rows_and_versions_columns() -> None:
    """In the order of the manifest and of what was asked for; what is not there is missing."""
    made = compared(looks.gallery(), (CANDIDATE, PRODUCTION), looks.results(looks.result(WAVING)))
    assert [one.case.name for one in made.cases] == ["waving", "badge", "house", "portrait", "words"]
    assert [cell.column for cell in made.cases[0].cells] == [NEW, OLD]
    assert [cell.state for cell in made.cases[0].cells] == [CaseState.MISSING, CaseState.PRESENT]
    assert (made.number_of(CaseState.PRESENT, 1), made.number_of(CaseState.MISSING, 1)) == (1, 4)
    assert not made.is_whole


def test_what_differs_is_named_with_its_values() -> None:
    """Prompt, seed and every parameter; what is the same is told apart."""
    made = compared(
        looks.gallery(WAVING),
        (PRODUCTION, CANDIDATE),
        looks.results(
            looks.result(WAVING),
            looks.result(WAVING, NEW, record=looks.record(WAVING, NEW, seed=8, steps_num=30, negative_prompt="people")),
        ),
    )
    (one,) = made.cases
    assert made.is_whole
    assert one.different == (
        Difference(name="seed", values=(7, 8)),
        Difference(name="steps_num", values=(8, 30)),
        Difference(name="negative_prompt", values=(None, "people")),
    )
    assert dict(one.same) == {
        "kind": "image",
        "training_version": "light",
        "prompt": "waving with one hand",
        "sent_prompt": "A drawing of waving with one hand",
        "aspect_ratio": "1:1",
        "content_moderation": False,
        "fast": True,
        "include_generation_prefix": False,
        "model_influence": 1.0,
        "num_results": 1,
        "prompt_enhancement": False,
        "sync": False,
    }


def test_version_and_fingerprint_are_no_difference() -> None:
    """They are what a column is."""
    made = compared(
        looks.gallery(WAVING),
        (PRODUCTION, CANDIDATE),
        looks.results(looks.result(WAVING), looks.result(WAVING, NEW)),
    )
    assert made.cases[0].different == ()


def test_numbers_are_compared_as_numbers() -> None:
    """1 is 1.0, and true is not 1."""
    made = compared(
        looks.gallery(WAVING),
        (PRODUCTION, CANDIDATE),
        looks.results(
            looks.result(WAVING, record=looks.record(WAVING, model_influence=1, fast=True)),
            looks.result(WAVING, NEW, record=looks.record(WAVING, NEW, model_influence=1.0, fast=1)),
        ),
    )
    assert [one.name for one in made.cases[0].different] == ["fast"]


def test_a_cell_without_a_record_differs_in_nothing() -> None:
    """What a missing picture was asked for is not known; that is no difference."""
    made = compared(looks.gallery(WAVING), (PRODUCTION, CANDIDATE), looks.results(looks.result(WAVING)))
    assert made.cases[0].different == ()
    assert ("seed", 7) in made.cases[0].same


def test_a_prompt_that_is_sent_as_written_is_told_once() -> None:
    """A model without a prefix. Where one of two has one, both are told."""
    bare = looks.record(WAVING, sent_prompt=WAVING.order.prompt)
    both = compared(
        looks.gallery(WAVING),
        (PRODUCTION, CANDIDATE),
        looks.results(looks.result(WAVING, record=bare), looks.result(WAVING, NEW, record=bare)),
    )
    assert "sent_prompt" not in dict(both.cases[0].same)
    one = compared(
        looks.gallery(WAVING),
        (PRODUCTION, CANDIDATE),
        looks.results(looks.result(WAVING, record=bare), looks.result(WAVING, NEW)),
    )
    assert [each.name for each in one.cases[0].different] == ["sent_prompt"]


def test_a_record_that_says_odd_things_is_compared_all_the_same() -> None:
    """People may edit JSON: nothing of it stops a report."""
    odd = looks.result(WAVING, record={"parameters": ["no"], "seed": {"a": [1]}, "kind": None, "prompt": ["x"]})
    made = compared(looks.gallery(WAVING), (PRODUCTION, CANDIDATE), looks.results(odd, looks.result(WAVING, NEW)))
    assert "seed" in [one.name for one in made.cases[0].different]


def test_a_checkpoint_is_a_column_of_its_own() -> None:
    """With its own result."""
    step = ComparedColumn(column=Column(OLD.fingerprint, 500))
    made = compared(
        looks.gallery(WAVING), (PRODUCTION, step), looks.results(looks.result(WAVING, Column(OLD.fingerprint, 500)))
    )
    assert [cell.state for cell in made.cases[0].cells] == [CaseState.MISSING, CaseState.PRESENT]
