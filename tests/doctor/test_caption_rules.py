"""The prefix names the subject; captions go on where the prefix ends, and say what differs."""

import pytest

from reconciler.core.manifest.spec import ProjectSpec
from reconciler.core.typed import read
from reconciler.doctor.caption_rules import (
    has_letter_case,
    judge_captions,
    judge_prefix,
    longest_runs,
    missing_words,
    phrases,
    words,
)
from reconciler.doctor.finding import Finding
from tests.doctor.build import HERE, PREFIX, caption


def judged(*texts: str, prefix: str = PREFIX) -> list[Finding]:
    captions = [caption(text, f"i{number}.png") for number, text in enumerate(texts)]
    return list(judge_captions(captions, prefix, "Lora", HERE))


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        pytest.param("waving with both arms on a meadow.", [], id="a continuation as Bria writes it"),
        pytest.param("", [], id="empty is another rule's business"),
        pytest.param(f"{PREFIX} waving with both arms.", [], id="repeating the prefix is another rule's business"),
        pytest.param("LED lights around her face.", [], id="an abbreviation is a capital anyway"),
        pytest.param("I love rain on my face!", [], id="the pronoun I"),
        pytest.param("Lora's hat lies on a chair.", ["caption-start"], id="the name in the genitive is no subject"),
        pytest.param("Waving with both arms.", ["caption-start"], id="a capital"),
        pytest.param("8 balloons in one hand.", [], id="a number is no capital"),
        pytest.param('holding a sign that says "hello there."', [], id="a full stop inside quotes"),
        pytest.param("waving with both arms", ["caption-end"], id="no full stop"),
        pytest.param("waving.", ["caption-brief"], id="one word"),
        pytest.param("微笑む。", [], id="words of another script are not counted"),
        pytest.param("word " * 61 + "more.", ["caption-wordy"], id="more than sixty words"),
        pytest.param("She waves with both arms.", ["caption-subject"], id="a pronoun"),
        pytest.param("she's waving with both arms.", ["caption-subject"], id="a pronoun with its verb"),
        pytest.param("Lora waves with both arms.", ["caption-subject"], id="the name as subject"),
        pytest.param("a photo of a girl on a meadow.", ["caption-subject"], id="a photo of"),
        pytest.param("The small picture shows two hills.", ["caption-subject"], id="the picture shows"),
        pytest.param("a painting easel stands behind her.", [], id="a painting as a thing"),
        pytest.param("sitting in a cafÃ© near the sea.", ["caption-mojibake"], id="UTF-8 read as Latin-1"),
        pytest.param("sitting in a caf\ufffd near the sea.", ["caption-mojibake"], id="a lost letter"),
        pytest.param("sitting in a café near the sea.", [], id="an accent"),
        pytest.param("sitting below a Ω sign here.", [], id="a letter outside the old encoding"),
        pytest.param("a girl with purple hair waves.", ["caption-repeats"], id="words of the prefix"),
    ],
)
def test_one_caption(text: str, rules: list[str]) -> None:
    assert [finding.rule for finding in judged(text)] == rules


def test_one_word_and_two_are_one_finding() -> None:
    """So that they stand together, with what to do once."""
    brief = [finding for finding in judged("waving.", "sitting down.", "reading.") if finding.rule == "caption-brief"]
    assert len(brief) == 3
    assert {finding.summary for finding in brief} == {"this caption has only one or two words"}


def test_a_finding_names_the_image_and_quotes_the_caption() -> None:
    (finding,) = judged("Waving with both arms.")
    assert finding.images == ("i0.png",)
    assert str(finding.location) == "m/images/i0.txt"
    assert finding.detail == '"Waving with both arms."'


def test_one_caption_for_two_images_is_told_of_the_second() -> None:
    (finding,) = judged("waving with both arms.", "Waving with both arms.".lower())
    assert (finding.rule, finding.images) == ("caption-same", ("i1.png",))
    assert finding.detail == '"waving with both arms.", as for i0.png.'
    assert judged("", "") == []


def test_what_nearly_every_caption_says_is_advice_at_the_manifest() -> None:
    texts = [f"{verb} up high, in front of a white wall." for verb in ("jumping", "waving", "sitting", "reading", "at")]
    (finding,) = judged(*texts)
    assert (finding.rule, finding.location, finding.images) == ("caption-constant", HERE, ())
    assert finding.detail == '"a white wall" stands in 5 of 5.'


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(["on a wide green meadow."] * 5, id="equal captions count once"),
        pytest.param([f"sitting alone at noon {n}." for n in range(4)], id="four captions are too few"),
        pytest.param(
            [f"seen at {n}, wearing a blue dress." if n < 3 else f"asleep in room {n}." for n in range(5)], id="half"
        ),
    ],
)
def test_what_is_not_constant(texts: list[str]) -> None:
    assert "caption-constant" not in [finding.rule for finding in judged(*texts)]


def test_without_a_prefix_captions_are_judged_all_the_same() -> None:
    assert [finding.rule for finding in judged("Waving with both arms.", prefix="")] == ["caption-start"]


def spec(ip_type: str = "defined_character", **fields: str | None) -> ProjectSpec:
    told = {"ip_name": "Lora", "ip_description": "a female character with purple hair", "ip_medium": "illustration"}
    return read(ProjectSpec, {key: value for key, value in {**told, **fields, "ip_type": ip_type}.items() if value})


@pytest.mark.parametrize(
    ("prefix", "project", "found"),
    [
        pytest.param(PREFIX, spec(), [], id="as Bria writes it"),
        pytest.param("", spec(), [], id="no prefix is another rule's business"),
        pytest.param(PREFIX, None, [], id="no project"),
        pytest.param(PREFIX.replace("Lora", "LORA"), spec(), [], id="the name in capitals"),
        pytest.param(PREFIX.replace("Lora", "Nina"), spec(), ["prefix-name"], id="another name"),
        pytest.param(PREFIX.replace("Lora", "Nina"), spec("other"), [], id="only characters have names"),
        pytest.param(
            "A mug with a wide handle,", spec("object_variants", ip_description="a mug, wide handle"), [], id="ok"
        ),
        pytest.param(PREFIX, spec(ip_description="a girl with green hair"), ["prefix-description"], id="edited since"),
        pytest.param("A landscape,", spec("stylized_scene"), [], id="a scene is not described"),
        pytest.param(f"{PREFIX[:-1]}.", spec(), ["prefix-end"], id="a full stop"),
    ],
)
def test_prefixes(prefix: str, project: ProjectSpec | None, found: list[str]) -> None:
    assert [finding.rule for finding in judge_prefix(prefix, project, HERE)] == found


def test_the_missing_words_are_named() -> None:
    (finding,) = judge_prefix(PREFIX, spec(ip_description="a girl with green hair"), HERE)
    assert finding.summary == "the prefix lacks 2 words of ip_description"
    assert finding.detail == '"girl", "green".'


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
    assert has_letter_case(text) is latin


def test_missing_words_are_those_that_say_something() -> None:
    assert missing_words("a young woman with red hair", "An illustration of a woman, hair in plaits,") == [
        "young",
        "red",
    ]
    assert missing_words("紫の髪", "An illustration,") == ["紫の髪"]


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
    assert longest_runs(phrases(told) & phrases(text), text) == runs
