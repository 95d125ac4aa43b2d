"""How images get into a draft: what one takes, and what is sent together."""

import re
from pathlib import Path

import pytest

from reconciler.core.uploads import ONE_BY_ONE, Archive, uploads_of


@pytest.mark.parametrize(
    ("held", "coming", "takes"), [(0, 200, True), (0, 201, False), (199, 1, True), (200, 1, False), (200, 0, True)]
)
def test_one_by_one_up_to_200(held: int, coming: int, takes: bool) -> None:
    """At any time while the dataset is a draft."""
    assert ONE_BY_ONE.takes([1] * coming, held=held) is takes


@pytest.mark.parametrize(
    ("held", "sizes", "takes"),
    [
        (0, [1] * 5_000, True),
        (0, [1] * 5_001, False),
        (0, [1_000_000_000] * 5, True),
        (0, [1_000_000_000] * 5 + [1], False),
        (1, [1], False),
        (5_000, [], False),
    ],
)
def test_an_archive_takes_all_at_once_and_nothing_after_it(held: int, sizes: list[int], takes: bool) -> None:
    """Up to 5,000 images and 5 GB, into an empty dataset."""
    assert Archive().takes(sizes, held=held) is takes


def test_what_is_sent_together_is_one_portion() -> None:
    """An image by itself, or all of them; nothing where there is none."""
    assert ONE_BY_ONE.portions("abc") == (("a",), ("b",), ("c",))
    assert Archive().portions("abc") == (("a", "b", "c"),)
    assert Archive().portions("") == ONE_BY_ONE.portions("") == ()


@pytest.mark.parametrize(
    ("word", "uploads"), [(None, ONE_BY_ONE), ("basic", ONE_BY_ONE), ("advanced", Archive()), ("later", Archive())]
)
def test_the_word_of_the_api(word: str | None, uploads: object) -> None:
    """A dataset that does not say it is a basic one; to one of an unknown type nothing is added."""
    assert uploads_of(word) == uploads


def test_nothing_else_knows_the_word_of_an_upload_type() -> None:
    """The manifest types name what may be written; all others hold an `Uploads` and ask it."""
    root = Path(__file__).parents[2] / "reconciler"
    modules = {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*.py")}
    found = {name for name, text in modules.items() if re.search(r"[\"'](?:basic|advanced)[\"']", text)}
    assert {name for name in found if not name.startswith(("simulator/", "core/manifest/"))} == {"core/uploads.py"}
