"""A gallery in words."""

import pytest

from reconciler.core.gallery import CaseState, Column
from reconciler.core.strictjson import Value
from reconciler.gallery.approval import Approved, Differs, Standing
from reconciler.gallery.comparison import ComparedColumn, compared
from reconciler.render.gallery_text import report_view
from reconciler.render.gallery_words import run_command, standing_words, value_words
from reconciler.render.text import render_text
from tests.gallery import looks
from tests.render.html import gallery


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "yes"),
        (False, "no"),
        (0.75, "0.75"),
        (1.0, "1"),
        (7, "7"),
        ({"sha256": "c0ffee00" * 8}, "picture c0ffee00"),
        ({"address_sha256": "c0ffee00" * 8}, "picture at an address (c0ffee00)"),
        ([{"sha256": "ab" * 32}, "x"], "picture abababab and x"),
        ([], "nothing"),
        ({"a": 1, "b": [True]}, "a 1, b yes"),
    ],
)
def test_values_of_records(value: Value, words: str) -> None:
    """As a person reads them, whatever a file holds."""
    assert value_words(value) == words


@pytest.mark.parametrize(
    ("approved", "words"),
    [
        (Approved.YES, "approved"),
        (Approved.WITHOUT, "not approved"),
        (Approved.INCOMPLETE, "not approved"),
        (Approved.DAMAGED, "not approved: its approval file is no JSON"),
        (Approved.VOID, "approval void: a is not in it, b is defined otherwise, c has another picture"),
    ],
)
def test_whether_a_version_is_approved(approved: Approved, words: str) -> None:
    """And why an approval does not count, as a refusal says it."""
    void = {"a": Differs.NEW, "b": Differs.DEFINITION, "c": Differs.PICTURE}
    one = Standing(fingerprint="a51be07aa9c13", approved=approved, void=void, reason="is no JSON")
    assert standing_words(one) == words
    assert standing_words(None) == ""


@pytest.mark.parametrize(
    ("count", "versions"),
    [
        (1, "--version a51be07aa9c10"),
        (3, "--version a51be07aa9c10 --version a51be07aa9c11 --version a51be07aa9c12"),
        (4, "--version FINGERPRINT"),
    ],
)
def test_a_command_names_the_versions_that_lack_a_case(count: int, versions: str) -> None:
    """Without one, the version that programs use would draw."""
    columns = [ComparedColumn(column=Column(f"a51be07aa9c1{at}", step)) for at in range(count) for step in (None, 500)]
    found = compared(looks.gallery(), columns, {})
    assert run_command(found, CaseState.MISSING, "--x") == f"`reconciler gallery run lora-looks {versions} --x`"


def test_a_screen_says_what_the_page_holds() -> None:
    """The verdict, the versions, what is not here, and what to do."""
    text = render_text(report_view(gallery.report()))
    assert text.startswith("gallery/lora-looks: 5 cases in 2 versions: 7 present, 1 stale, 1 unknown, 1 damaged.\n")
    assert "production, v2 (a51be07)             5 present, approved\n" in text
    assert 'warning: older names "v1", of which nothing is here.\n' in text
    assert "no content:\n  The picture lies in Git LFS and is not here: `git lfs pull` fetches it.\n" in text
