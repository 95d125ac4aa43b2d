"""The report as a browser shows it: light, dark, printed, by keyboard; and what it does not do."""

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from reconciler.core.change import FieldChange
from reconciler.core.content_change import ImageChange, ImageEffect
from reconciler.core.reason import Reason, Why
from reconciler.core.refusal import Note
from reconciler.core.state import AliasState
from reconciler.files.image.thumbnail import thumbnail
from reconciler.render.album import Album, Thumbnails, data_uri
from tests.conftest import ROOT
from tests.render import sample
from tests.render.html import album
from tests.render.html.watched import Opener, Scheme, quiet
from tests.render.printed import render_html

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

ATTACK = (
    "<script>document.title = 'owned'</script><img src=x onerror=\"document.title='owned'\">"
    "<svg onload=\"document.title='owned'\"></svg><style>body{display:none}</style>"
    "<img src='http://evil.invalid/beacon.png'><link rel=stylesheet href='http://evil.invalid/a.css'>"
    "<meta http-equiv=refresh content='0;url=http://evil.invalid/'>"
)


def real_page() -> str:
    """The drawings of the quickstart as they would come into a dataset."""
    drawings = sorted((ROOT / "examples" / "quickstart" / "images").glob("*.png"))
    images = tuple(
        sample.added(path.name, caption=path.with_suffix(".txt").read_text("utf-8").strip()) for path in drawings
    )
    pictures = {}
    for image, path in zip(images, drawings, strict=True):
        with path.open("rb") as file:
            small = thumbnail(file)
        assert small is not None
        pictures[image.key] = data_uri(small)
    plan = sample.plan(changes=(sample.dataset(images=images), sample.model()))
    return render_html(plan, digest=album.DIGEST, album=Album(thumbnails=Thumbnails(pictures=pictures)))


def ground(page: "Page") -> tuple[int, ...]:
    """The colour of the top left corner of a screenshot."""
    with Image.open(io.BytesIO(page.screenshot())) as image:
        assert image.size == (1280, 900)
        colour = image.convert("RGB").getpixel((3, 3))
    assert isinstance(colour, tuple)
    return tuple(map(int, colour))


def test_light_and_dark(opened: Opener) -> None:
    """The page follows the reader's own setting."""
    for scheme, is_light in (("light", True), ("dark", False)):
        seen = opened(album.page(), scheme)
        with quiet(seen):
            assert (min(ground(seen.page)) > 200) is is_light
            assert (max(ground(seen.page)) < 60) is not is_light


@pytest.mark.parametrize("width", [1280, 390])
def test_everything_fits_the_screen(opened: Opener, width: int) -> None:
    """Nothing is pushed out sideways, on a telephone neither; pictures are at least 160 px wide."""
    seen = opened(real_page(), width=width)
    with quiet(seen):
        assert seen.page.evaluate("document.documentElement.scrollWidth") == width
        for picture in seen.page.locator("figure img").all():
            picture.scroll_into_view_if_needed()
            box = picture.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 160
            assert picture.evaluate("image => image.complete && image.naturalWidth") == 192


BROKEN = """
root => {
  const broken = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    for (const word of node.data.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(one => one.top)).size > 1) broken.push(word[0]);
    }
  }
  return broken;
}
"""
"""The words below an element that stand on more than one line."""


def test_no_word_of_a_table_is_broken_on_a_telephone(opened: Opener) -> None:
    """Not the long names of parameters and aliases either."""
    fields = (
        FieldChange(path="training.learning_rate", before=None, after=0.0001),
        FieldChange(path="training.total_training_steps", before=1500, after=2000),
        FieldChange(path="training_mode", before="fully_automated", after="expert"),
    )
    aliases = (AliasState(ref=sample.MODEL, alias="candidate-of-the-spring-campaign", target="current"),)
    plan = sample.plan(changes=(sample.dataset(), sample.model(fields=fields)), aliases=aliases)
    seen = opened(render_html(plan, digest=album.DIGEST), width=390)
    with quiet(seen):
        tables = seen.page.locator("table").all()
        assert tables
        assert [word for table in tables for word in table.evaluate(BROKEN)] == []
        assert seen.page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("level", [0, 255])
def test_what_strikes_a_removed_image_is_seen_on_any_picture(opened: Opener, scheme: Scheme, level: int) -> None:
    """The line has two tones: of a white picture on a dark page, one of them is dark."""
    plain = io.BytesIO()
    Image.new("RGB", (192, 192), (level, level, level)).save(plain, "WEBP", lossless=True)
    removed = ImageChange(effect=ImageEffect.REMOVED, name="old.png", key="a1", caption="old.")
    plan = sample.plan(changes=(sample.dataset(images=(removed,)), sample.model()))
    pictures = Thumbnails(pictures={"a1": data_uri(plain.getvalue())})
    seen = opened(render_html(plan, digest=album.DIGEST, album=Album(thumbnails=pictures)), scheme)
    with quiet(seen), Image.open(io.BytesIO(seen.page.locator(".is-removed .mat").screenshot())) as shot:
        middle = shot.convert("L").crop(
            (shot.width // 2 - 8, shot.height // 2, shot.width // 2 + 8, shot.height // 2 + 1)
        )
        assert max(abs(one - level) for one in middle.tobytes()) > 150


def test_a_card_shows_the_whole_caption_with_its_prefix(opened: Opener) -> None:
    """Nothing of it is cut off."""
    seen = opened(real_page(), width=390)
    with quiet(seen):
        prefix = seen.page.locator("figcaption .prefix").first
        assert prefix.inner_text() == sample.AFTER.strip()
        assert prefix.evaluate("one => getComputedStyle(one).textOverflow") == "clip"
        assert prefix.evaluate("one => one.getClientRects().length") > 1


def test_the_first_screen_answers(opened: Opener) -> None:
    """What will happen, what it costs and what to look at stand above the fold."""
    seen = opened(real_page())
    for words in (
        "1 dataset gets a new version",
        "trainings",
        "limit 1",
        "What to look at",
        "is trained, 1 to 3 hours",
    ):
        box = seen.page.get_by_text(words).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 900, words


def test_a_script_in_a_caption_does_not_run(opened: Opener) -> None:
    """It is text: nothing runs, nothing is fetched, nothing is hidden."""
    plan = sample.plan(
        changes=(
            sample.dataset(
                reason=Reason(why=Why.CALLED_BEFORE, name=ATTACK), images=(sample.added(ATTACK, caption=ATTACK),)
            ),
            sample.model(),
        ),
        notes=(Note(rule="stray", ref=None, text=ATTACK),),
    )
    seen = opened(render_html(plan, digest=album.DIGEST))
    with quiet(seen):
        seen.page.wait_for_timeout(300)
        assert seen.page.title() == "Plan 5f2c 91aa"
        assert "onerror=" in seen.page.locator("figcaption .words").inner_text()


def test_the_policy_holds_even_where_escaping_would_not(opened: Opener) -> None:
    """The same words as markup: the browser itself refuses to run or fetch any of them."""
    unescaped = album.page().replace(
        "<main>", f"<main>{ATTACK.replace('<meta', '<x-meta').replace('<style', '<x-style')}"
    )
    seen = opened(unescaped)
    seen.page.wait_for_timeout(300)
    assert seen.page.title() == "Plan 5f2c 91aa"
    assert [message for message in seen.console if "Content Security Policy" in message]
    foreign = [url for url in seen.requests if not url.startswith(("data:image/", "file:"))]
    assert {seen.failures.get(url) for url in foreign} <= {"csp"}


def test_by_keyboard(opened: Opener) -> None:
    """The first key leads to the skip links, which then show; a fold opens with Enter; the focus can be seen."""
    seen = opened(album.page())
    page = seen.page
    with quiet(seen):
        skip = page.get_by_role("link", name="Skip to the images")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        assert skip.evaluate("link => link === document.activeElement")
        assert skip.evaluate("link => link.getBoundingClientRect().left >= 0")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "images"
        fold = page.locator("summary").first
        fold.focus()
        page.keyboard.press("Enter")
        assert page.locator("details").first.evaluate("fold => fold.open")
        assert fold.evaluate("fold => getComputedStyle(fold).outlineStyle") == "solid"


def test_in_print_nothing_is_folded(opened: Opener) -> None:
    """On paper there is nothing to click: all of it is there, black on white."""
    seen = opened(album.page(), "dark")
    page = seen.page
    page.emulate_media(media="print")
    with quiet(seen):
        assert ground(page) == (255, 255, 255)
        last = page.locator("details figure").last.bounding_box()
        assert last is not None
        assert last["height"] > 100
        assert page.pdf().startswith(b"%PDF")


def test_in_print_frames_stand_in_reading_order(opened: Opener) -> None:
    """A paper is read from left to right and cannot be searched: no frame is moved up to fill a gap."""
    images = tuple(
        ImageChange(effect=ImageEffect.REPLACED, name=f"{n:02}.png", key=f"k{n}", replaces=f"r{n}", size=1)
        if n % 3
        else sample.added(f"{n:02}.png")
        for n in range(24)
    )
    seen = opened(render_html(sample.plan(changes=(sample.dataset(images=images),)), digest=album.DIGEST))
    page = seen.page
    page.emulate_media(media="print")
    with quiet(seen):
        boxes = [(one.bounding_box(), one.locator(".number").inner_text()) for one in page.locator(".frame").all()]
        placed = sorted((round(box["y"]), round(box["x"]), int(number)) for box, number in boxes if box)
        assert [number for _, _, number in placed] == list(range(1, 25))


def test_in_print_the_steps_stay_with_their_heading(opened: Opener) -> None:
    """Wherever on a page they begin, the heading, the line that counts them and the first of them are on one page."""
    seen = opened(album.page())
    page = seen.page
    with quiet(seen):
        page.emulate_media(media="print")
        for selector in ("#steps h2", "#steps summary"):
            assert page.locator(selector).evaluate("one => getComputedStyle(one).breakAfter") == "avoid"
        assert page.locator(".branches > li").first.evaluate("one => getComputedStyle(one).breakInside") == "avoid"
