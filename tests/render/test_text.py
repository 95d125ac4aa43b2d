import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.guide import PrefixGuide
from reconciler.render.difference import Wording
from reconciler.render.guide import guide_text
from reconciler.render.text import cells, render_text, safe_line
from reconciler.render.view import (
    Figure,
    Figures,
    Item,
    Items,
    Line,
    Paragraph,
    Role,
    Row,
    Span,
    View,
    folded,
    joined,
    say,
    screen,
)
from reconciler.render.words import difference, duration, megabytes, quoted_text

HOSTILE = st.text(alphabet=st.sampled_from("a ::#[\x1b\n\r\x07\u202e\u2028\u009b\u00e9\u4f60"), max_size=60)


def plain(*blocks: Line | Items | Figures | Paragraph, width: int = 100) -> str:
    return render_text(screen(blocks), width=width)


def test_an_empty_view_prints_nothing() -> None:
    """No section, no newline."""
    assert render_text(View(sections=())) == ""
    assert screen([], []) == View(sections=())


def test_views_add_up() -> None:
    """One screen below the other, a blank line between."""
    both = screen([Line(text=say("a"))]) + screen([Line(text=say("b"))])
    assert render_text(both) == "a\n\nb\n"


def test_a_long_line_goes_on_below_where_its_text_began() -> None:
    """Words wrap at the width, with a hanging indent."""
    item = Item(sign=Role.CREATE, name="dataset/a", versions="v1", text=say("word " * 12))
    lines = plain(Items(items=(item,)), width=40).splitlines()
    assert lines[0].startswith("+ dataset/a  v1  word word")
    assert all(len(line) <= 40 for line in lines)
    assert lines[1].startswith(" " * 17 + "word")


def test_a_word_that_no_line_can_hold_is_cut() -> None:
    """Text without blanks (CJK, a URL) fills the lines by columns, not by characters."""
    text = plain(Line(text=say("\u4f60" * 70)), width=100)
    assert [cells(line) for line in text.splitlines()] == [100, 40]


def test_columns_count_what_a_terminal_shows() -> None:
    """Wide characters take two columns, combining ones none."""
    assert cells("abc") == 3
    assert cells("\u4f60\u597d") == 4
    assert cells("e\u0301") == 1


def test_figures_stand_in_two_columns_where_they_fit() -> None:
    """Else one below the other; an odd one stands alone."""
    figures = Figures(figures=tuple(Figure(label=name, text=say("1")) for name in ("a", "b", "c")))
    assert plain(figures) == "  a  1    b  1\n  c  1\n"
    assert plain(figures, width=10) == "  a  1\n  b  1\n  c  1\n"


def test_a_paragraph_sets_its_rest_in() -> None:
    """By two, or by four where it is deep."""
    assert plain(Paragraph(lead=say("a"), rest=(say("b"),))) == "a\n  b\n"
    assert plain(Paragraph(lead=say("a"), rest=(say("b"),), deep=True)) == "a\n    b\n"


def test_items_without_signs_or_versions_have_no_columns_for_them() -> None:
    """A list of names alone is just that."""
    rows = (Row(text=say("because"), label=""), Row(text=(), sign=Role.DELETE, head="x", label="images"))
    assert plain(Items(items=(Item(sign=None, name="b"), Item(sign=None, name="a", rows=rows)))) == (
        "b\na\n    because\n    images           - x\n"
    )


def test_colour_goes_around_words_and_never_around_blanks() -> None:
    """A style is applied to runs of one role."""
    text = (Span("a ", Role.GONE), Span("b ", Role.GONE), Span(" c"))
    assert render_text(screen([Line(text=text)]), style=lambda word, role: f"<{role}:{word}>") == "<gone:a b>  c\n"


def test_blank_text_is_a_blank_line() -> None:
    """Trailing blanks are never printed."""
    assert plain(Line(text=say("   ")), Line(text=say("a "))) == "\na\n"


@pytest.mark.parametrize(
    ("line", "safe"),
    [
        ("::error file=x::", "<U+003A>:error file=x::"),
        ("  ::add-mask::a", "  <U+003A>:add-mask::a"),
        ("x ##[set-output]", "x #<U+0023>[set-output]"),
        ("##vso[task]", "#<U+0023>vso[task]"),
        ("a :: b ## c", "a :: b ## c"),
    ],
)
def test_no_line_is_a_command_to_a_runner(line: str, safe: str) -> None:
    """H38: a runner trims a line before it looks for `::`, and looks for `##[` anywhere."""
    assert safe_line(line) == safe


@given(st.lists(HOSTILE, min_size=1, max_size=4), st.integers(40, 100))
def test_whatever_the_words_every_line_is_inert(words: list[str], width: int) -> None:
    """H36-H38: no control or format character, no runner command, no line too long, in any block."""
    texts = [say(word, Role.COST) for word in words]
    item = Item(
        sign=Role.TRAIN,
        name=words[0],
        versions="v1",
        text=joined(texts),
        rows=tuple(Row(label=" ", sign=Role.CREATE, head=word, text=say(word)) for word in words),
    )
    view = screen(
        [Line(text=joined(texts, between=" "))],
        [Items(items=(item,))],
        [Paragraph(lead=texts[0], rest=tuple(texts))],
        [Figures(figures=tuple(Figure(label="x", text=text) for text in texts))],
    )
    for line in render_text(view, width=width).splitlines():
        assert line.isprintable() or not line
        assert not line.lstrip().startswith("::")
        assert "##[" not in line


@pytest.mark.parametrize(("total", "shown"), [(6, (6, 0)), (7, (7, 0)), (8, (6, 2))])
def test_a_fold_never_hides_a_single_thing(total: int, shown: tuple[int, int]) -> None:
    """The line that says "1 more" could have said the thing itself."""
    assert folded(total, 6) == shown


@pytest.mark.parametrize(
    ("size", "text"),
    [(90, "90 bytes"), (812_400, "812 kB"), (4_100_000, "4.1 MB"), (5e9, "5.0 GB"), (999_951, "1.0 MB")],
)
def test_sizes_in_decimal_units(size: int, text: str) -> None:
    """As a file manager shows them."""
    assert megabytes(int(size)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "0 s"),
        (58, "58 s"),
        (89, "89 s"),
        (240, "4 minutes"),
        (4800, "80 minutes"),
        (6000, "1 h 40 min"),
        (7200, "2 hours"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    """As exact as a person needs."""
    assert duration(seconds) == text


def flat(text: tuple[Span, ...]) -> str:
    return "".join(span.text for span in text)


def compared(before: str, after: str) -> str:
    return flat(difference(Wording(before, after)))


def test_a_changed_word_is_marked_between_the_words_that_stay() -> None:
    """What goes in square brackets, what comes in braces."""
    assert compared("a girl with hair", "a female character with hair") == ("a [-girl-] {+female character+} with hair")
    assert compared("a b", "a b c") == "a b {+c+}"


def test_far_from_a_change_the_words_are_left_out() -> None:
    """A long text shows the words around its changes."""
    words = " ".join(f"w{number}" for number in range(60))
    shown = compared(f"{words} x {words}", f"{words} y {words}")
    assert shown == "… w54 w55 w56 w57 w58 w59 [-x-] {+y+} w0 w1 w2 w3 w4 w5 …"


def test_texts_that_differ_in_blanks_alone_say_so() -> None:
    """No word changed: the reader is told what did."""
    assert compared("a  b", "a b") == '"a b" (only white space differs from 4 characters before)'


def test_huge_texts_are_shown_as_before_and_after() -> None:
    """A word-by-word comparison takes quadratic time: it is not begun."""
    shown = compared("a " * 100_000, "b " * 100_000)
    assert shown.startswith("[-a a")
    assert len(shown) < 400


def test_a_quoted_text_is_cut() -> None:
    """With an ellipsis."""
    assert flat(quoted_text("x" * 500)).endswith('x…"')


def test_words_that_only_go() -> None:
    """Nothing comes in their place."""
    assert compared("a b c", "a c") == "a [-b-] c"


def captions(*names: str, width: int) -> list[str]:
    """The lines of a dataset with these images, each with a caption of some words."""
    rows = tuple(
        Row(text=say("word " * 14), label="images" if name == names[0] else " ", sign=Role.CREATE, head=name)
        for name in names
    )
    return plain(Items(items=(Item(sign=Role.CREATE, name="dataset/a", rows=rows),)), width=width).splitlines()


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_captions_have_one_left_edge_whatever_the_names(width: int) -> None:
    """Also those that go on in a further line, and those of images with very long names."""
    lines = captions("a.png", "longer-name.png", "very-" * 12 + "long.png", width=width)
    assert len({line.index("word") for line in lines if "word" in line}) == 1
    assert max(map(cells, lines)) <= width


def test_one_very_long_name_takes_no_room_from_the_others() -> None:
    beside = captions("a.png", width=100)[1].index("word")
    assert captions("a.png", "b" * 60, width=100)[1].index("word") == beside


def test_on_a_narrow_terminal_a_label_stands_above_its_rows() -> None:
    assert captions("a.png", width=60)[1:3] == [
        "    images",
        "      + a.png   word word word word word word word word word",
    ]


def test_a_name_without_room_stands_above_its_text() -> None:
    """No line is empty, and none is too long."""
    item = Item(sign=Role.TRAIN, name="model/" + "m" * 40, text=say("word " * 12))
    lines = plain(Items(items=(item,)), width=60).splitlines()
    assert lines[0] == "* model/" + "m" * 40
    assert lines[1] == "    word word word word word word word word word word word"
    assert len(lines) == 3


def test_a_proposed_prefix_is_one_line_for_programs() -> None:
    text = "An illustration " * 20
    assert guide_text(PrefixGuide(text=text)) == f"{text}\n"
    assert guide_text(PrefixGuide(text="::error::\x1b")) == "<U+003A>:error::<U+001B>\n"
