"""Words, without knowing the language."""

import pytest

from reconciler.doctor.words import is_latin, joined, missing, phrases, words


def test_words_are_folded_and_hyphens_part_them() -> None:
    assert words("A Purple-haired girl's hat, naïve!") == ["a", "purple", "haired", "girl's", "hat", "naïve"]


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("waving.", True),
        ("танцует под дождём", True),
        ("雨の中で踊る", False),
        ("123", False),
    ],
)
def test_scripts_with_letters_of_two_cases(text: str, latin: bool) -> None:
    assert is_latin(text) is latin


def test_missing_words_are_those_that_say_something() -> None:
    assert missing("a young woman with red hair", "An illustration of a woman, hair in plaits,") == ["young", "red"]
    assert missing("紫の髪", "An illustration,") == ["紫の髪"]


def test_phrases_stay_within_a_clause_and_need_two_words_of_weight() -> None:
    assert phrases("with purple hair, on a hill") == {("with", "purple", "hair")}


@pytest.mark.parametrize(
    ("told", "text", "runs"),
    [
        ("with long purple hair", "a girl with long purple hair.", ["with long purple hair"]),
        ("with purple hair", "nothing of it here.", []),
        ("red hair, with green eyes", "with green eyes, and more.", ["with green eyes"]),
        (
            "standing before tall trees, under bright stars tonight",
            "standing before tall houses and under bright stars.",
            ["standing before tall", "under bright stars"],
        ),
    ],
)
def test_repeated_phrases_are_told_as_the_longest_runs(told: str, text: str, runs: list[str]) -> None:
    assert joined(phrases(told) & phrases(text), text) == runs
