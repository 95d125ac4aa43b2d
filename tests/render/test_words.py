"""Small phrases."""

import pytest

from reconciler.render.words import capitalised, declared, duration


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("project 12 holds a model", "Project 12 holds a model"),
        ("nothing, after all", "Nothing, after all"),
        ("dataset/lora-poses is new", "dataset/lora-poses is new"),
        ("ip_medium is set", "ip_medium is set"),
        ("lora-poses v2 is gone", "lora-poses v2 is gone"),
        ('"Lora" is gone', '"Lora" is gone'),
        ("", ""),
    ],
)
def test_a_sentence_begins_with_a_capital_letter_unless_a_name_begins_it(text: str, expected: str) -> None:
    assert capitalised(text) == expected


def test_what_there_is_none_of_is_not_listed() -> None:
    assert declared(projects=1, datasets=0, images=0, models=0) == "1 project"
    assert declared(projects=1, datasets=2, images=9, models=1) == "1 project, 2 datasets (9 images), 1 model"
    assert declared(projects=0, datasets=0, images=0, models=0) == "nothing is declared"


def test_a_duration_of_a_simulated_clock_says_so() -> None:
    assert duration(8880, is_simulated=True) == "2 h 28 min (simulated)"
    assert duration(8880) == "2 h 28 min"
