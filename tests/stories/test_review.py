"""Nine pull requests are replayed; what their reviewer reads at each is kept as golden files."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.render.html.reading import read

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

STEPS = (
    "1-new-character", "2-two-drawings", "3-other-words", "4-new-parameters", "5-promotion",
    "6-roll-back", "7-typo", "8-frozen", "9-tidy",
)  # fmt: skip
SCREEN = 900
RELEASE = [
    (re.compile(r"\b[0-9a-f]{64}\b"), "0" * 64),
    (re.compile(r"\b([Dd]igest `?|Plan )[0-9a-f]{4} [0-9a-f]{4}"), r"\g<1>0000 0000"),
    (re.compile(r"\breconciler \d+\.\d+\S*"), "reconciler 0."),
]
"""What differs with each release: a plan's digest, for the plan names the tool that made it, and the tool's version."""


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory, warm_command: Path) -> Path:
    """The folder of all reports, after one replay with nothing of the machine's surroundings."""
    stage = tmp_path_factory.mktemp("review")
    environ = {
        "PATH": os.pathsep.join([str(warm_command.parent), os.environ["PATH"]]),
        "HOME": str(stage / "home"),
        "XDG_CACHE_HOME": str(stage / "cache"),
        "NO_COLOR": "1",
    }
    replay = subprocess.run(
        ["bash", str(ROOT / "examples" / "review" / "replay.sh"), str(stage / "reports")],
        env=environ,
        capture_output=True,
        check=False,
        text=True,
        timeout=100,
    )
    assert replay.returncode == 0, replay.stdout + replay.stderr
    assert replay.stdout.count("\napplied: ") == len(STEPS) - 1, "one is closed"
    return stage / "reports"


def settled(text: str) -> str:
    for pattern, replacement in RELEASE:
        text = pattern.sub(replacement, text)
    return text


@pytest.mark.parametrize("step", STEPS)
def test_what_the_reviewer_reads(reports: Path, golden: Callable[[str, str], None], step: str) -> None:
    """The comment as it is, and the words of the page, a line for each block."""
    comment = (reports / f"{step}.md").read_text(encoding="utf-8")
    page = (reports / f"{step}.html").read_text(encoding="utf-8")
    golden(f"review/{step}.md", settled(comment))
    golden(f"review/{step}.html.txt", settled(read(page).lines))


def test_all_four_drawings_are_shown(reports: Path) -> None:
    """Also the two that go: their pictures come from the base revision."""
    page = read((reports / "2-two-drawings.html").read_text(encoding="utf-8"))
    pictures = {image.attributes["alt"]: str(image.attributes["src"]) for image in page.all("img")}
    assert sorted(name.partition(".")[0] for name in map(str, pictures)) == ["lantern", "paint", "umbrella", "wink"]
    assert all(source.startswith("data:image/") for source in pictures.values())


@pytest.mark.browser
def test_the_first_screen_is_enough_to_decide_whether_to_read_on(reports: Path, chromium: "Browser") -> None:
    """What will happen and what is trained stand on a laptop's screen before anything is scrolled, in silence."""
    context = chromium.new_context(viewport={"width": 1280, "height": SCREEN})
    said: list[str] = []
    try:
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto((reports / "2-two-drawings.html").as_uri())
        for words in ("1 model is trained,", "trainings", "limit 1", "is trained, 1 to 3 hours", "2 removed, 2 added"):
            box = page.get_by_text(words).first.bounding_box()
            assert box is not None, words
            assert box["y"] + box["height"] <= SCREEN, words
    finally:
        context.close()
    assert said == []
