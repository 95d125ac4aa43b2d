import re

import pytest
from hypothesis import given

from reconciler.render.markdown.gate import cell, code, marker_line, prose
from tests.render.markdown.hostile import FRAGMENTS, hostile, inlines, plain_words, types

OURS = [
    "1 dataset gets a new version, 1 model is trained, nothing is destroyed.",
    "note: project 12 holds 3 datasets and 2 models that git does not know.",
    "hand-written captions stay -> nothing goes (limit 30 % of a dataset), 1,500 or 4.1 MB … v3 · starter",
]


@pytest.mark.parametrize("text", OURS)
def test_our_own_sentences_stay_as_they_are(text: str) -> None:
    """Words, short numbers and a few signs need no code."""
    assert prose(text) == text


def test_what_a_sentence_quotes_becomes_code() -> None:
    """Names, options, places, files and fingerprints stand in code; the punctuation around them does not."""
    text = 'dataset/lora-hero is new, but "lora-poses v2 (a9f3c1a2b7d40)" (id 457) holds `--allow x=1`, see a.yaml (a51be07).'
    assert prose(text) == (
        '`dataset/lora-hero` is new, but `"lora-poses v2 (a9f3c1a2b7d40)"` (id 457) holds `--allow x=1`,'
        " see `a.yaml` (`a51be07`)."
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@team", "`@team`"),
        ("#1 and GH-1 and a/b#1", "`#1` and `GH-1` and `a/b#1`"),
        ("deadbeef defaced 1234567", "`deadbeef` `defaced` `1234567`"),
        ("http://x.y javascript:alert(1)", "`http://x.y` `javascript:alert(1`)"),
        ("![](http://x) [x](y)", "`![](http://x`) `[x](y`)"),
        ("1. first", "`1.` first"),
        (", then", "`,` then"),
        ("/close", "`/close`"),
        (":tada:", "`:tada`:"),
        ("a lone ` here", "a lone `` ` `` here"),
        ('a lone " here', 'a lone `"` here'),
        ("x`a``b`y", "x`ab`y"),
        ('"a"`b`', '`"a"b`'),
        ("a\nb\u202ec", "`a\\nb<U+202E>c`"),
        ("<b>&amp;", "`<b>&amp`;"),
        ("  ", "(empty)"),
        ("", "(empty)"),
    ],
)
def test_nothing_that_a_forge_acts_on_is_left_bare(text: str, shown: str) -> None:
    """Mentions, issues, commits, addresses, lists, quick actions, emoji, tags."""
    assert prose(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "`plain`"),
        ("", "(empty)"),
        ("   ", "(empty)"),
        ("`", "`` ` ``"),
        ("a ``` b", "````a ``` b````"),
        (" a ", "`  a  `"),
        ("<!-- reconciler:plan:x -->", "`<U+003C>!-- reconciler:plan:x -->`"),
        ("a\r\nb", "`a\\r\\nb`"),
    ],
)
def test_a_code_span_holds_anything(text: str, shown: str) -> None:
    """Its fence is longer than any run of backticks; no line end and no comment gets in."""
    assert code(text) == shown


def test_a_long_text_is_cut() -> None:
    """A caption of a megabyte does not fill the comment."""
    assert code("x" * 1000, 10) == "`xxxxxxxxx…`"


@given(text=hostile())
def test_a_code_span_is_one_code_token_whatever_it_holds(text: str) -> None:
    """Read by a real parser, with nothing beside it."""
    (block,) = inlines(f"a {code(text)} b")
    if text.strip(" ") and "(empty)" not in code(text):
        assert types(block) == ["text", "code_inline", "text"]


@given(text=hostile())
def test_a_sentence_makes_no_token_but_text_and_code(text: str) -> None:
    """No link, image, tag, heading, list or table comes of any text, and bare text is only harmless words."""
    for block in inlines(f"- {prose(text)}"):
        assert set(types(block)) <= {"text", "code_inline"}
        assert plain_words(block), block.content


@given(text=hostile())
def test_a_table_keeps_its_cells(text: str) -> None:
    """A bar inside a cell breaks no table."""
    table = f"| a | b |\n|---|---|\n| {cell(text)} | x |"
    contents = [token.content for token in inlines(table)]
    assert len(contents) == 4
    assert contents[-1] == "x"


@pytest.mark.parametrize("text", [*FRAGMENTS, "reconciler:plan:a--b", "ü", "-->"])
def test_a_marker_is_one_comment_of_one_line(text: str) -> None:
    """Whatever the root is called."""
    line = marker_line(text)
    assert re.fullmatch(r"<!-- [A-Za-z0-9._:/@+%-]* -->", line)
    assert "--" not in line[4:-3]
