"""What each story of versions costs, counted at the simulator, and the table that tells people so."""

import re
from pathlib import Path

import pytest

from tests.stories.versions import STORIES, Stage

PAGE = Path(__file__).parent.parent.parent / "docs" / "versioning.md"
ROW = re.compile(r"^\| (?P<name>[^|]+) \| (?P<calls>\d+) \| (?P<uploads>\d+) \| (?P<trainings>\d+) \|$", re.MULTILINE)


@pytest.mark.parametrize("name", STORIES)
async def test_a_story_costs_what_it_says(name: str) -> None:
    """Calls, uploads and trainings of the story's last step are those that it states."""
    story, bill = STORIES[name]
    assert await story(Stage()) == bill


def test_the_page_tells_the_same() -> None:
    """The table in docs/versioning.md is the stories', row by row."""
    printed = {
        row["name"].strip(): (int(row["calls"]), int(row["uploads"]), int(row["trainings"]))
        for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))
    }
    assert printed == {name: (bill.calls, bill.uploads, bill.trainings) for name, (_, bill) in STORIES.items()}
