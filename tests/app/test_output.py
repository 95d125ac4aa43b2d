"""Outputs for programs: lines that are added to a file of others, and refusals where a line would not do."""

import os
from pathlib import Path

import pytest

from reconciler.app.exceptions import Refused, WrongUsage
from reconciler.app.output import append, env_lines, github_file
from reconciler.render.output import LiveAlias, LiveModel


@pytest.mark.parametrize(
    ("before", "after"), [(None, "a=1\n"), ("", "a=1\n"), ("x=0\n", "x=0\na=1\n"), ("x=0", "x=0\na=1\n")]
)
def test_lines_are_added_on_lines_of_their_own(tmp_path: Path, before: str | None, after: str) -> None:
    """Whatever an earlier step left there."""
    place = tmp_path / "outputs"
    if before is not None:
        place.write_text(before)
    append(place, "a=1\n")
    assert place.read_text() == after


def test_what_is_no_file_is_wrong_usage(tmp_path: Path) -> None:
    """A folder, a pipe, a path that leads nowhere."""
    os.mkfifo(tmp_path / "pipe")
    for name, words in (("pipe", "is not a regular file"), ("", "cannot be written"), ("no/such", "cannot be written")):
        with pytest.raises(WrongUsage, match=words):
            append(tmp_path / name, "a=1\n")


def test_github_says_where() -> None:
    """An empty variable says nothing."""
    assert github_file({"GITHUB_OUTPUT": "/x/y"}) == Path("/x/y")
    assert github_file({"GITHUB_OUTPUT": ""}) is github_file({}) is None


def test_lines_that_will_not_do_are_refused() -> None:
    """Exit 4: two values of one name, or a value that would end its line."""
    with pytest.raises(Refused, match="would stand for two things"):
        env_lines([LiveModel(name="a", aliases=(LiveAlias(name="b"),)), LiveModel(name="a-b")])
    with pytest.raises(Refused, match="a line cannot hold"):
        env_lines([LiveModel(name="a", status="x\ny")])
    assert env_lines([LiveModel(name="a")]) == "MODEL_A_STATUS=absent\n"
