"""The page of a gallery as a browser shows it: by keyboard, on a telephone, in print; and what vector graphics cannot do."""

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from reconciler.core.gallery import Column
from reconciler.core.plan import Plan
from reconciler.gallery.comparison import ComparedColumn, Comparison, compared
from reconciler.gallery.moved import MovedGallery
from reconciler.render.album import Album, Thumbnails
from reconciler.render.gallery_picture import ShownResult, ShownResults, picture_uri, vector_uri
from reconciler.render.gallery_report import gallery_report
from reconciler.render.html.gallery_page import render_gallery
from reconciler.render.html.page import render_html
from reconciler.render.plan_report.report import plan_report
from tests.gallery import looks
from tests.gallery.looks import CASES
from tests.render import sample
from tests.render.html import gallery
from tests.render.html.watched import Opener, Scheme, quiet

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

EVIL = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 10" '
    b'onload="top.document.title=1"><script>top.document.title="owned"; alert(1)</script>'
    b'<style>@import url("http://evil.invalid/a.css");</style><image href="http://evil.invalid/b.png" width="9" height="9"/>'
    b'<use xlink:href="http://evil.invalid/c.svg#a"/><foreignObject width="9" height="9">'
    b'<iframe xmlns="http://www.w3.org/1999/xhtml" src="http://evil.invalid/d"></iframe></foreignObject>'
    b'<rect width="10" height="10" fill="teal"/></svg>'
)


def webp(colour: str, width: int = 512, height: int = 512) -> ShownResult:
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "WEBP")
    return ShownResult(uri=picture_uri(file.getvalue()), width=width, height=height)


def page(made: Comparison | None = None) -> str:
    """Real pictures of several shapes."""
    made = made or looks.comparison()
    shown = dict(gallery.shown(made).by_digest)
    wide = {"waving": (512, 512), "house": (512, 288), "portrait": (288, 512)}
    for row in made.cases:
        for cell, colour in zip(row.cells, ("teal", "orange", "navy", "olive", "plum", "tan"), strict=False):
            if cell.digest and cell.file.endswith(".png"):
                shown[cell.digest] = webp(colour, *wide.get(row.case.name, (512, 512)))
    return render_gallery(gallery_report(made, ShownResults(by_digest=shown, edge=512)), "0.1.0")


def columns(number: int) -> Comparison:
    """The first two cases in so many versions, all drawn."""
    found = [Column(f"a{place:012x}") for place in range(number)]
    cases = CASES[0], CASES[2]
    return compared(
        looks.gallery(*cases),
        [ComparedColumn(column=one, names=("candidate-of-the-spring-campaign",), number=9) for one in found],
        looks.results(*(looks.result(case, one) for case in cases for one in found)),
    )


def reaches(page: "Page", fragment: str) -> None:
    """The page shows that part of itself, as soon as it has heard of the key or the click."""
    page.wait_for_function("wanted => location.hash === wanted", arg=fragment)


def focused(page: "Page") -> str:
    """What has the focus: the words of a link, or the id of an element."""
    return str(
        page.evaluate(
            "(one => one.textContent.trim() || one.id || one.querySelector('img')?.alt)(document.activeElement)"
        )
    )


def test_by_keyboard_alone(opened: Opener) -> None:
    """Enter makes a picture as large as the screen; Tab leads to the next version and the next case, and Close to where it was."""
    seen = opened(page())
    with quiet(seen):
        press = seen.page.keyboard.press
        first = seen.page.locator("a.enlarge").first
        first.focus()
        press("Enter")
        frame = seen.page.locator("#picture-1-1")
        assert frame.bounding_box() == {"x": 0, "y": 0, "width": 1280, "height": 900}
        walked = []
        for _ in range(3):
            press("Tab")
            walked.append(focused(seen.page))
        assert walked == ["Next version", "Next case", "Close"]
        frame.get_by_role("link", name="Next version").focus()
        press("Enter")
        reaches(seen.page, "#picture-1-2")
        assert seen.page.locator("#picture-1-2").bounding_box() == {"x": 0, "y": 0, "width": 1280, "height": 900}
        press("Tab")
        assert focused(seen.page) == "Version before"
        press("Tab")
        press("Enter")
        reaches(seen.page, "#picture-2-2")
        seen.page.go_back()
        reaches(seen.page, "#picture-1-2")
        seen.page.locator("#picture-1-2").get_by_role("link", name="Close").focus()
        press("Enter")
        assert focused(seen.page).startswith(("Version before", "picture-1-2-place"))
        press("Tab")
        assert seen.page.evaluate("document.activeElement.getAttribute('href')") == "#picture-1-2"


def test_what_lies_behind_a_large_picture_is_out_of_reach(opened: Opener) -> None:
    """Tab goes round in its own links only, so nobody types into what cannot be seen."""
    seen = opened(page())
    with quiet(seen):
        seen.page.goto(seen.page.url + "#picture-2-1")
        inside = []
        for _ in range(12):
            seen.page.keyboard.press("Tab")
            inside.append(
                seen.page.evaluate(
                    "one => !!document.activeElement.closest('#picture-2-1') || document.activeElement === document.body"
                )
            )
        assert all(inside)
        assert not seen.page.locator("h1").is_visible()
        assert not seen.page.locator("#picture-1-1").is_visible()


def test_a_click_beside_the_picture_closes_it(opened: Opener) -> None:
    """And so does one on it; the page shows the place where it was."""
    for where in ((30, 450), (640, 450)):
        seen = opened(page())
        with quiet(seen):
            seen.page.locator("a.enlarge").nth(2).click()
            reaches(seen.page, "#picture-2-1")
            seen.page.mouse.click(*where)
            reaches(seen.page, "#picture-2-1-place")
            assert seen.page.locator("h1").is_visible()
            assert seen.page.locator("#picture-2-1").evaluate("one => one.getBoundingClientRect().width") < 800


@pytest.mark.parametrize(("width", "number"), [(1280, 1), (1280, 6), (390, 1), (390, 3)])
def test_everything_fits_the_screen(opened: Opener, width: int, number: int) -> None:
    """Nothing is pushed out sideways; each picture is at least 160 px wide; a large one lies within the screen."""
    seen = opened(page(columns(number)), width=width)
    with quiet(seen):
        assert seen.page.evaluate("document.documentElement.scrollWidth") == width
        for picture in seen.page.locator("figure img").all():
            picture.scroll_into_view_if_needed()
            box = picture.bounding_box()
            assert box is not None
            assert box["width"] >= 160
        seen.page.goto(seen.page.url.partition("#")[0] + "#picture-2-1")
        box = seen.page.locator("#picture-2-1 img").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= 900
        assert box["width"] >= 0.9 * min(width, 900)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_words_can_be_read(opened: Opener, scheme: Scheme) -> None:
    """Every text has a contrast of 4.5 to what is behind it, also over all; each link and picture has a name."""
    seen = opened(page(), scheme)
    with quiet(seen):
        assert seen.page.evaluate(FAINT) == []
        assert seen.page.evaluate(NAMELESS) == 0
        for place in ("picture-1-1", "picture-5-1"):
            seen.page.goto(f"{seen.page.url.partition('#')[0]}#{place}")
            assert seen.page.evaluate(FAINT) == []


NAMELESS = """
() => [...document.querySelectorAll("a, img")]
  .filter(one => !(one.textContent.trim() || one.alt || one.querySelector("img")?.alt)).length
"""
FAINT = """
() => {
  const parts = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(one => one / 255).map(one => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = one => {
    for (; one; one = one.parentElement) {
      const found = parts(getComputedStyle(one).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !one.checkVisibility({visibilityProperty: true})) continue;
    const two = [light(parts(getComputedStyle(one).color)), light(ground(one))].sort((a, b) => b - a);
    if ((two[0] + 0.05) / (two[1] + 0.05) < 4.5) faint.push(walker.currentNode.data.trim());
  }
  return faint;
}
"""
"""The texts that stand out too little from what is behind them (WCAG 2, level AA)."""


def test_vector_graphics_run_and_fetch_nothing(opened: Opener) -> None:
    """Neither in the page nor enlarged: as a picture they are drawn, and that is all."""
    made = looks.comparison()
    shown = {cell.digest: ShownResult(uri=vector_uri(EVIL)) for row in made.cases for cell in row.cells if cell.digest}
    seen = opened(render_gallery(gallery_report(made, ShownResults(by_digest=shown, edge=512)), "0.1.0"))
    with quiet(seen):
        seen.page.locator("a.enlarge").first.click()
        seen.page.wait_for_timeout(300)
        assert seen.page.title() == "Gallery lora-looks"
        assert seen.page.locator("#picture-1-1 img").evaluate("one => one.complete && one.naturalWidth > 0")


def test_in_print_no_picture_lies_over_the_others(opened: Opener) -> None:
    """Whatever was enlarged: all cases are there, black on white, without the links."""
    seen = opened(page(), "dark")
    with quiet(seen):
        seen.page.goto(seen.page.url + "#picture-1-1")
        seen.page.emulate_media(media="print")
        assert seen.page.locator("h1").is_visible()
        assert seen.page.locator("#picture-3-2").is_visible()
        assert not seen.page.locator("#picture-1-1 .ways").is_visible()
        sides = "name => (({y, width}) => [y, width])(document.querySelector(name).getBoundingClientRect())"
        place = f"() => ['#picture-1-1', '#picture-1-2'].map({sides})"  # at one time: the page may still be scrolling
        one, other = seen.page.evaluate(place)
        assert one == other
        assert seen.page.pdf().startswith(b"%PDF")


def test_a_plan_shows_them_in_the_same_way(opened: Opener) -> None:
    """The page of a plan: enlarged, flipped, closed, by the same keys."""
    made = looks.comparison()
    moved = MovedGallery(ref=sample.MODEL, aliases=("production",), comparison=made)
    plan = Plan(tool="0", subject=sample.subject(), consequences=(sample.MOVE,))
    album = Album(
        thumbnails=Thumbnails(), galleries=(moved, replace(moved, aliases=("b",))), results=gallery.shown(made)
    )
    seen = opened(render_html(plan_report(plan, digest="0" * 64, album=album)), width=390)
    with quiet(seen):
        assert seen.page.evaluate("document.documentElement.scrollWidth") == 390
        seen.page.locator("#gallery-2 a.enlarge").first.focus()
        seen.page.keyboard.press("Enter")
        reaches(seen.page, "#gallery-2-picture-1-1")
        seen.page.keyboard.press("Tab")
        seen.page.keyboard.press("Enter")
        reaches(seen.page, "#gallery-2-picture-1-2")
        assert seen.page.evaluate(FAINT) == []
