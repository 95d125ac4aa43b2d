"""Where an alias moves: what both versions drew stands beside it, in every form of a plan."""

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from reconciler.core.kind import Kind
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.gallery.comparison import compared
from reconciler.gallery.moved import MovedGallery
from reconciler.render.album import Album, Thumbnails
from reconciler.render.html.page import render_html
from reconciler.render.markdown import render_markdown
from reconciler.render.plan_json import plan_report_json
from reconciler.render.plan_report.report import PlanReport, plan_report
from reconciler.render.plan_text import plan_view
from reconciler.render.text import render_text
from tests.gallery import looks
from tests.render import sample
from tests.render.html import gallery
from tests.render.html.reading import read

Golden = Callable[[str, str], None]
FORGE = "https://forge.invalid/o/r/blob/" + "a" * 40 + "/manifests"


def moved() -> MovedGallery:
    made = looks.comparison()
    before, after = made.columns
    columns = replace(before, names=("before",)), replace(after, names=("after",))
    return MovedGallery(ref=sample.MODEL, aliases=("production",), comparison=replace(made, columns=columns))


def report(*found: MovedGallery, pictures: bool = False) -> PlanReport:
    plan = Plan(tool="0", subject=sample.subject(), consequences=(sample.MOVE,))
    album = Album(galleries=found or (moved(),))
    if pictures:
        album = Album(thumbnails=Thumbnails(), galleries=album.galleries, results=gallery.shown(looks.comparison()))
    return plan_report(plan, digest="0" * 64, album=album)


def test_the_page_embeds_both_versions(golden: Golden) -> None:
    """Beside the move a link to them, below it case by case; what to look at leads there, too."""
    page = read(render_html(report(pictures=True)))
    golden("html/moved-gallery.txt", page.lines)
    ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    assert [one.attributes["href"] for one in page.all("a")].count("#gallery-1") == 2
    assert {one.attributes["href"] for one in page.all("a")} <= {f"#{name}" for name in ids}
    assert len([one for one in page.all("img") if str(one.attributes["src"]).startswith("data:image/")]) == 6


def test_two_galleries_on_one_page_do_not_meet() -> None:
    """Their anchors differ, and each has its own section."""
    other = replace(moved(), aliases=("candidate",))
    page = read(render_html(report(moved(), other, pictures=True)))
    ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    assert {"gallery-1", "gallery-2", "gallery-2-picture-1-1"} <= set(ids)


def test_a_comment_names_cases_and_leads_to_files(golden: Golden) -> None:
    """The state of each case is the link, and what was not asked alike is named."""
    golden("markdown/moved-gallery.md", render_markdown(report(), files=FORGE))
    by_path = render_markdown(report(), files="manifests")
    assert "[present](manifests/looks/a51be07aa9c13/waving.png)" in by_path
    assert "](" not in render_markdown(report(), files="")


def test_a_screen_says_what_is_there_and_what_shows_it(golden: Golden) -> None:
    """Below the alias that moves."""
    golden("plan/moved-gallery.txt", render_text(plan_view(report())))


def test_json_has_the_comparison_without_pictures() -> None:
    """Each value under its name; a reader of it decides nothing anew."""
    (told,) = json.loads(plan_report_json(report()))["galleries"]
    assert (told["ref"], told["aliases"]) == ("model/lora-max", ["production"])
    assert [one["approval"] for one in told["gallery"]["columns"]] == ["approved", "not approved"]
    first = told["gallery"]["rows"][0]
    assert first["different"] == ["sent_prompt", "steps_num"]
    assert [one["state"] for one in first["cells"]] == ["present", "present"]
    assert [one["uri"] for one in first["cells"]] == ["", ""]


@pytest.mark.parametrize(("cases", "limit", "words"), [(400, 65_000, "… and "), (4000, 65_000, "… and "), (5, 900, "")])
def test_a_comment_holds_as_much_as_it_can(cases: int, limit: int, words: str) -> None:
    """Rows go before anything that costs or destroys, and the move itself always stands there."""
    made = looks.comparison()
    rows = tuple(made.cases[number % 5] for number in range(cases))
    text = render_markdown(
        report(replace(moved(), comparison=replace(moved().comparison, cases=rows))), files=FORGE, limit=limit
    )
    assert len(text.encode()) <= limit
    assert words in text
    assert "production moves from v2 (`a51be07`) to v3 (`af43611`)" in text
    assert text.count("<details>") == text.count("</details>")


def test_a_short_comment_names_the_galleries_alone() -> None:
    """Once there is no room for their states; a shorter one leaves them out, and never the moves."""
    many = [replace(moved(), aliases=(f"alias-{number}",)) for number in range(12)]
    whole = render_markdown(report(*many), files=FORGE)
    brief = render_markdown(report(*many), files=FORGE, limit=1400)
    assert "**12 galleries of models whose aliases move:** `model/lora-max gallery/lora-looks`, " in brief
    terse = render_markdown(report(*many), files=FORGE, limit=500)
    assert "galleries" not in terse
    for text in (whole, brief, terse):
        assert "production moves from v2 (`a51be07`) to v3 (`af43611`)" in text


def test_a_version_of_which_nothing_is_known_has_no_column() -> None:
    """That is said, and no table follows."""
    nothing = replace(moved(), comparison=compared(looks.gallery(), (), {}))
    text = render_markdown(report(nothing))
    assert "nothing is drawn of the versions that are named" in text
    assert "<details>" not in text
    assert "`reconciler gallery report lora-looks` shows both" in render_text(plan_view(report(nothing)))


def test_hostile_words_stay_words_in_a_comment() -> None:
    """Paths become harmless addresses, and words of records become code."""
    bad = "a|b](http://evil.invalid)<img src=x>`@team #1"
    made = moved().comparison
    row = made.cases[0]
    cells = tuple(
        replace(cell, file=f"{bad}/x.png", record={**cell.record, "parameters": {bad: place}})
        for place, cell in enumerate(row.cells)
    )
    case = replace(row.case, name=bad)
    redone = compared(
        replace(made.gallery, cases=(case,), name=bad), made.columns, {(cell.column, bad): cell for cell in cells}
    )
    text = render_markdown(
        report(MovedGallery(ref=Ref(Kind.MODEL, "lora-max"), aliases=(bad,), comparison=redone)), files=FORGE
    )
    bare = re.sub(r"(`+).*?\1", "", text.split("</summary>")[1])
    targets = re.findall(r"\]\(([^)]*)\)", bare)
    assert len(targets) == 2
    assert all(one.startswith(f"{FORGE}/a%7Cb%5D%28http") for one in targets)
    bare = re.sub(r"\]\([^)]*\)", "]", bare)
    assert "evil" not in bare
    assert "@team" not in bare
    assert "<img" not in bare
