"""The page of a gallery: what it says, what it holds, and what foreign words cannot do to it."""

import unicodedata
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import example, given, settings

from reconciler.core.gallery import CaseResult, CaseState
from reconciler.core.problem import Location
from reconciler.core.strictjson import Value
from reconciler.gallery.comparison import ComparedColumn, Comparison, compared
from reconciler.render.gallery_picture import BUDGET, ShownResult, ShownResults, edge_for, fitting_edge, picture_uri
from reconciler.render.gallery_report import gallery_report
from reconciler.render.html.gallery_page import render_gallery
from tests.gallery import looks
from tests.gallery.looks import CASES, NEW, OLD, PRODUCTION
from tests.render.html import gallery
from tests.render.html.reading import read
from tests.render.html.test_hostile import FRAGMENTS, HOSTILE, skeleton

Golden = Callable[[str, str], None]


def test_the_page_reads_from_top_to_bottom(golden: Golden) -> None:
    """Verdict, versions with their approval, what to do, then case by case; what differs stands under each picture."""
    golden("html/gallery.txt", read(gallery.page()).lines)


def test_one_file_that_asks_for_nothing() -> None:
    """A policy, no script, no link out; every picture has words, a heading is over each case, and no id stands twice."""
    found = read(gallery.page())
    policy = next(one for one in found.all("meta") if one.attributes.get("http-equiv") == "Content-Security-Policy")
    assert policy.attributes["content"] == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert not {one.tag for one in found.elements} & {
        "script",
        "svg",
        "iframe",
        "object",
        "embed",
        "form",
        "link",
        "base",
    }
    ids = [one.attributes["id"] for one in found.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    assert {one.attributes["href"] for one in found.all("a")} <= {f"#{name}" for name in ids}
    assert all(one.attributes["alt"] for one in found.all("img"))
    assert len(found.all("h1")) == 1
    assert len(found.all("h3")) == len(CASES)
    assert not found.strays
    assert not found.unclosed


def test_a_picture_stands_in_the_page_once() -> None:
    """It is the same one that a key makes large: no picture weighs twice."""
    page = gallery.page()
    assert page.count("data:image/svg+xml") == 1
    assert len(read(page).all("img")) == page.count("data:image/") == 6


def test_vector_graphics_are_a_picture_and_no_markup() -> None:
    """Only `<img>` has them, as data: a browser runs and fetches nothing for those."""
    page = gallery.page()
    assert "<svg" not in page
    (vector,) = [one for one in read(page).all("img") if "svg" in str(one.attributes["src"])]
    assert str(vector.attributes["src"]).startswith("data:image/svg+xml;base64,")


def test_every_cell_leads_to_its_neighbours_and_back() -> None:
    """Also one without a picture: whoever comes to it by a key must get away from it."""
    page = gallery.page()
    for row in gallery.report().rows:
        for cell in row.cells:
            start = page.index(f'id="{cell.anchor}" ')
            bar = page[start : page.index("</p>", start)]
            wanted = [one for one in (cell.right, cell.left, cell.below, cell.above) if one]
            assert [part.partition('"')[0] for part in bar.split('href="#')[1:]] == [*wanted, f"{cell.anchor}-place"]


def test_what_is_not_there_is_led_to() -> None:
    """From what to do about it to its place, a dozen of a state; more are counted."""
    cases = tuple(looks.case(f"case-{number}") for number in range(15))
    made = compared(looks.gallery(*cases), (PRODUCTION,), looks.results(looks.result(cases[0])))
    found = read(render_gallery(gallery_report(made), "0"))
    led = [one for one in found.all("a") if str(one.attributes["href"]).endswith("-place")]
    close = len(cases)
    assert len(led) - close == 12
    assert led[0].attributes["href"] == "#picture-2-1-place"
    assert "case-12: production, v2 (a51be07) and 2 more\n" in found.lines


def test_a_gallery_without_columns_says_so() -> None:
    """Nothing is drawn, and no version is known."""
    text = read(gallery.page(compared(looks.gallery(), (), {}))).lines
    assert "5 cases in 0 versions: nothing to compare." in text


def test_the_fewer_pictures_the_larger_they_are() -> None:
    """12 stand there nearly as they came; 600 are still large enough to judge."""
    assert [edge_for(number) for number in (0, 12, 24, 25, 120, 600, 601, 5000)] == [
        1024, 1024, 1024, 768, 768, 512, 320, 192,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "bytes_each", "edge"),
    [(120, 40_000, 768), (600, 40_000, 512), (600, 90_000, 320), (5000, 90_000, 192), (25, 0, 768)],
)
def test_heavy_pictures_are_made_smaller_before_any_is_left_out(number: int, bytes_each: int, edge: int) -> None:
    """By as much as the first of them say; where none could be made, the size stays."""
    sizes = [bytes_each, bytes_each] if bytes_each else []
    assert fitting_edge(edge_for(number), number, sizes) == edge


def test_a_page_holds_no_more_than_its_budget() -> None:
    """What goes over it is said in its place, and counted at the end."""
    heavy = ShownResult(uri=picture_uri(b"x" * (BUDGET // 2)), width=1, height=1)
    light = ShownResult(uri=picture_uri(b"x"), width=1, height=1)
    made = compared(
        looks.gallery(*CASES[:2]),
        (PRODUCTION,),
        looks.results(looks.result(CASES[0]), looks.result(CASES[1])),
    )
    first, second = (row.cells[0].digest for row in made.cases)
    both = gallery_report(made, ShownResults(by_digest={first: heavy, second: heavy}, edge=512))
    assert (both.pictures, both.left_out) == (1, 1)
    assert both.rows[1].cells[0].reason == "no picture: one page holds at most 40.0 MB of them"
    assert "1 picture left out: the page has no room for more." in read(render_gallery(both, "0")).lines
    some = gallery_report(made, ShownResults(by_digest={first: heavy, second: light}, edge=512))
    assert (some.pictures, some.left_out, some.bytes) == (2, 0, len(heavy.uri) + len(light.uri))


def test_a_record_that_nobody_can_read_does_not_fill_the_page() -> None:
    """Thousands of keys, a key of a page, a value of a book: as much of each is told as a person reads."""
    many: dict[str, Value] = {f"key-{number}": number for number in range(5000)}
    long = {letter: {"k" * 50_000: letter * 500_000, **many} for letter in "vw"}
    zeroed: dict[str, Value] = {**long["w"], **dict.fromkeys(many, 0)}
    record = {**looks.record(CASES[0]), "parameters": long["v"]}
    other = {**looks.record(CASES[0], NEW), "parameters": zeroed, "file": {"type": "t" * 50_000}}
    made = compared(
        looks.gallery(CASES[0]),
        (PRODUCTION, looks.CANDIDATE),
        looks.results(looks.result(CASES[0], record=record), looks.result(CASES[0], NEW, record=other)),
    )
    assert len(gallery.page(made)) < 100_000
    alone = compared(made.gallery, (PRODUCTION,), looks.results(made.cases[0].cells[0]))
    assert len(gallery.page(alone)) < 100_000


def poisoned(text: str) -> Comparison:
    """Everything that stands in files holds the text: names, prompts, keys and values of records, reasons, paths."""
    cases = tuple(
        replace(one, name=f"{text}{at}", order=replace(one.order, prompt=text)) for at, one in enumerate(CASES[:3])
    )
    found = []
    for one in cases:
        record = looks.record(one, model_influence=text)
        record |= {
            "parameters": {f"{text} influence": text, "structure_image_file": {"sha256": text}},
            "file": {"type": text},
        }
        found.append(looks.result(one, record=record, file=text))
        parameters: dict[str, Value] = {f"{text} influence": f"{text} other", "y": [text]}
        other = {**record, "parameters": parameters, "sent_prompt": f"{text} other"}
        found.append(looks.result(one, NEW, record=other, file=text, state=CaseState.STALE, reason=text))
    found[1] = CaseResult(case=cases[0].name, column=NEW, state=CaseState.DAMAGED, reason=text)
    columns = tuple(ComparedColumn(column=column, names=(text,), number=3) for column in (OLD, NEW))
    made = looks.gallery(*cases, name=text, folder=text, location=Location(text))
    return compared(made, columns, looks.results(*found))


def poisoned_page(text: str) -> str:
    made = poisoned(text)
    pictures = {cell.digest: ShownResult(lines=(text, text)) for cell in made.cases[1].cells}
    pictures |= {made.cases[2].cells[0].digest: ShownResult(reason=text)}
    pictures |= {made.cases[2].cells[1].digest: ShownResult(uri=picture_uri(gallery.DOT), width=1, height=1)}
    report = gallery_report(made, ShownResults(by_digest=pictures, reason=text), unknown=(text,))
    return render_gallery(report, text)


BENIGN = read(poisoned_page("word"))


@given(HOSTILE.filter(lambda text: text.strip() and "\n" not in text and "`" not in text))
@example("".join(FRAGMENTS).replace("\n", "").replace("`", ""))
@settings(max_examples=40)
def test_foreign_words_change_no_element_and_no_attribute(text: str) -> None:
    """The page of a hostile gallery has the elements of a harmless one, in the same order, with the same attributes."""
    html = poisoned_page(text)
    found = read(html)
    assert [one for one in skeleton(found.elements) if "aria-label" not in dict(one[1])] == [
        one for one in skeleton(BENIGN.elements) if "aria-label" not in dict(one[1])
    ]
    assert not found.strays
    assert not found.unclosed
    assert not {char for char in html if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}} - {"\n"}


@pytest.mark.parametrize(
    "uri",
    [
        "https://a/b.png",
        "data:text/html;base64,AAAA",
        "data:image/svg+xml,<svg>",
        'data:image/webp;base64,AAAA" onerror="x',
        "data:image/webp;base64,",
        "data:image/svg+xml;base64,AAAA\n",
    ],
)
def test_a_picture_is_a_picture(uri: str) -> None:
    """Whatever else an address could be is refused before it comes near a page."""
    with pytest.raises(ValueError, match="data URI"):
        ShownResult(uri=uri)
