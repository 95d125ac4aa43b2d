"""The replay of `examples/gallery`: three versions draw, people look, and production moves only after that."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.render.html.reading import read
from tests.stories.test_review import settled

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

Golden = Callable[[str, str], None]
REVIEWED = (
    "1-first", "2-serve", "3-other-words", "4-promotion", "5-seen", "6-approved", "7-third", "8-third-promotion",
    "9-roll-back",
)  # fmt: skip
PAGES = ("lora-two", "lora-three", "kites")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """One replay: the folder of its reports, and what it said."""

    reports: Path
    said: str

    def of(self, step: int) -> str:
        """What it said in one step."""
        return self.said.partition(f"\n{step}. ")[2].partition(f"\n{step + 1}. ")[0]

    def page(self, name: str) -> str:
        return (self.reports / f"{name}.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory, warm_command: Path) -> Replay:
    """With nothing of the machine's surroundings."""
    stage = tmp_path_factory.mktemp("gallery")
    environ = {
        "PATH": os.pathsep.join([str(warm_command.parent), os.environ["PATH"]]),
        "PYTHON": sys.executable,
        "HOME": str(stage / "home"),
        "XDG_CACHE_HOME": str(stage / "cache"),
        "NO_COLOR": "1",
        "COLUMNS": "200",
    }
    played = subprocess.run(
        ["bash", str(ROOT / "examples" / "gallery" / "replay.sh"), str(stage / "reports")],
        env=environ,
        capture_output=True,
        check=False,
        text=True,
        timeout=200,
    )
    assert played.returncode == 0, played.stdout + played.stderr
    return Replay(reports=stage / "reports", said=played.stdout)


def test_each_case_is_drawn_once_by_each_version(replay: Replay) -> None:
    """Six cases of three versions, and three of the kites; what is there costs nothing."""
    assert replay.said.count(": drawn\n") == 3 * 6 + 3
    assert "v1 (a097c9faa75d1): 6 there already." in replay.of(2)
    for name in ("market.png", "badge.svg", "tea-room.png", "portrait.png", "pose.png", "evening.png"):
        assert len(set(re.findall(rf"manifests/lora/looks/\w+/{re.escape(name)}\n", replay.said))) == 3
    assert "manifests/kites/looks/a65513d1d3ddb/as-words.prompt.json\n" in replay.of(2)


def test_a_promotion_is_refused_until_it_was_seen(replay: Replay) -> None:
    """Nothing is drawn: refused. Drawn and not approved: refused. Approved: done, at three calls and no training."""
    assert "review:  production moves from `a097c9f` to `a84dc8b`, refused: see below." in replay.of(5)
    assert (
        "gallery/lora-looks is not complete (missing: market, badge, tea-room, portrait, pose, evening)" in replay.of(5)
    )
    assert "refused: see below." in replay.of(6)
    done = replay.of(7)
    assert "review:  production moves from `a097c9f` to `a84dc8b`, nothing is sent." in done
    assert "applied: In sync: 2 projects, 2 datasets (14 images), 2 models. 3 calls.\n" in done
    assert "production v2 (id 40003)" in done


def test_going_back_needs_no_approval(replay: Replay) -> None:
    """The third version took over; what was approved before may be named again at once."""
    assert "review:  production moves from `a84dc8b` to `af7ae91`, nothing is sent." in replay.of(8)
    back = replay.of(9)
    assert "gallery approve" not in back
    assert "review:  production moves from `af7ae91` to `a84dc8b`, nothing is sent." in back


@pytest.mark.parametrize("step", REVIEWED)
def test_what_the_reviewer_reads(replay: Replay, golden: Golden, step: str) -> None:
    # Not as .md: what it links lies in the repository that was made for the replay.
    comment = (replay.reports / f"{step}.md").read_text(encoding="utf-8")
    golden(f"gallery-story/{step}.md.txt", settled(comment))


@pytest.mark.parametrize("name", [*PAGES, "5-seen", "6-approved"])
def test_what_the_pages_say(replay: Replay, golden: Golden, name: str) -> None:
    """The words of each page, a line for each block. Results stand in it as data, and nothing else is asked for."""
    page = replay.page(name)
    words = re.sub(r"\b\d+ kB", "0 kB", read(page).lines)  # how well a library packs pixels is its own matter
    golden(f"gallery-story/{name}.html.txt", settled(words))
    sources = [str(image.attributes["src"]) for image in read(page).all("img")]
    assert sources
    assert all(source.startswith("data:image/") for source in sources)
    assert not read(page).all("script")
    assert not read(page).all("svg")


@contextmanager
def opened(chromium: "Browser", path: Path, width: int, *, is_dark: bool) -> Iterator["tuple[Page, list[str]]"]:
    """A page in a window of so many pixels, and what the browser complained of or asked a network for."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if is_dark else "light"
    )
    said: list[str] = []
    try:
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda asked: said.append(asked.url) if asked.url[:5] not in {"file:", "data:"} else None)
        page.goto(path.as_uri())
        yield page, said
    finally:
        context.close()


@pytest.mark.browser
@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_fit_the_window(replay: Replay, chromium: "Browser", width: int, *, is_dark: bool) -> None:
    """Nothing is cut off at the side, and the browser has nothing to complain of."""
    for name in ("lora-three", "kites", "6-approved"):
        with opened(chromium, replay.reports / f"{name}.html", width, is_dark=is_dark) as (page, said):
            assert page.evaluate("document.documentElement.scrollWidth") == width, name
        assert said == []


@pytest.mark.browser
def test_the_pages_are_walked_by_keyboard_alone(replay: Replay, chromium: "Browser") -> None:
    """To the first picture, enlarge it, through its versions, to the next case, and back to where it was."""
    focused = "document.activeElement.getAttribute('href')"
    with opened(chromium, replay.reports / "lora-three.html", 1280, is_dark=False) as (page, said):

        def tab_to(target: str) -> None:
            for _ in range(40):
                page.keyboard.press("Tab")
                if page.evaluate(focused) == target:
                    return
            raise AssertionError(f"Tab never leads to {target}")

        def shown() -> str:
            found = page.evaluate("document.querySelector('figure:target').id")
            assert isinstance(found, str)
            return found

        tab_to("#picture-1-1")
        page.keyboard.press("Enter")
        assert shown() == "picture-1-1"
        for target in ("#picture-1-2", "#picture-1-3", "#picture-2-3"):
            tab_to(target)
            page.keyboard.press("Enter")
            assert shown() == target[1:]
        box = page.locator("figure:target img").bounding_box()
        assert box is not None
        assert (box["width"] > 700, box["height"] > 700) == (True, True)
        tab_to("#picture-2-3-place")
        page.keyboard.press("Enter")
        assert page.locator("figure:target").count() == 0
    assert said == []
