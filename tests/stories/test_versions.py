"""What each story of versions costs in both families, counted at the simulator, and the table that tells people so."""

import re
from pathlib import Path

import pytest

from reconciler.core.guide import Family
from reconciler.execute import Archives
from tests.stories.archive_versions import ARCHIVE_STORIES, ArchiveStage
from tests.stories.versions import STORIES, Stage

PAGE = Path(__file__).parent.parent.parent / "docs" / "versioning.md"
ROW = re.compile(r"^\| (?P<name>[^|]+?) (?P<figures>(?:\| \d+ ){6})\|$", re.MULTILINE)
FAMILIES: tuple[Family, ...] = ("prefix", "schema")
READ_WHILE_IT_WORKS = 3
"""How often the status of an archive is read while the simulator works on it."""
IN_BOTH = ("first training", "caption edit", "guide edit", "image swap", "revert")


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", STORIES)
async def test_a_story_costs_what_it_says(name: str, family: Family) -> None:
    """Calls, uploads and trainings of the story's last step are those that it states; each plan promised its calls."""
    story, *bills = STORIES[name]
    stage = Stage(family=family)
    assert await story(stage) == bills[FAMILIES.index(family)]
    assert [promised for promised, _ in stage.applies] == [made for _, made in stage.applies]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", IN_BOTH)
async def test_an_account_that_knows_both_families_costs_the_same(name: str, family: Family) -> None:
    """Era `mixed`: each family finds itself there."""
    story, *bills = STORIES[name]
    assert await story(Stage(family=family, era="mixed")) == bills[FAMILIES.index(family)]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", ARCHIVE_STORIES)
async def test_a_story_of_archives_costs_what_it_says(name: str, family: Family, archives: Archives) -> None:
    """An upload is an archive there; each plan promised its calls, but for those that waiting for an archive takes."""
    story, *bills = ARCHIVE_STORIES[name]
    stage = ArchiveStage(family=family, archives=archives)
    assert await story(stage) == bills[FAMILIES.index(family)]
    waiting = [made - promised for promised, made in stage.applies]
    assert sum(waiting) == READ_WHILE_IT_WORKS * stage.spent().uploads


def test_the_page_tells_the_same() -> None:
    """The tables in docs/versioning.md are the stories', row by row."""
    printed = {
        row["name"].strip(): [int(figure) for figure in row["figures"].split("|")[1:]]
        for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))
    }
    told = {
        name: [figure for bill in bills for figure in (bill.calls, bill.uploads, bill.trainings)]
        for name, (_, *bills) in {**STORIES, **ARCHIVE_STORIES}.items()
    }
    assert printed == told
