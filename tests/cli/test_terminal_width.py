"""The width of the layout: the terminal's, 100 where there is none, and never less than 60."""

import fcntl
import os
import pty
import struct
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pytest

from reconciler.cli.terminal_width import columns_of
from tests.cli.conftest import Cli


@contextmanager
def terminal(columns: int) -> Iterator[TextIO]:
    """A pseudo-terminal of this width, open for writing."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with os.fdopen(slave, "w") as stream:
        yield stream
    os.close(master)


@pytest.mark.parametrize(("columns", "width"), [(0, 100), (40, 60), (60, 60), (80, 80), (200, 200)])
def test_the_terminal_tells_its_width(columns: int, width: int) -> None:
    """Zero is what a terminal says that does not know."""
    with terminal(columns) as stream:
        assert columns_of(stream, {}) == width


@pytest.mark.parametrize(
    ("told", "width"), [("", 100), ("70", 70), ("30", 60), ("0", 100), ("wide", 100), ("-5", 100), ("9" * 30, 100)]
)
def test_a_person_may_tell_the_width_for_a_pager(told: str, width: int) -> None:
    with Path(os.devnull).open("w") as stream:
        assert columns_of(stream, {"COLUMNS": told}) == width


def test_help_and_results_follow_the_width(tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example at the end of a help stays as it is typed."""
    monkeypatch.setenv("COLUMNS", "60")
    for arguments in (["plan", "--help"], ["plan"]):
        said = cli(*arguments).out.partition("Example:")[0]
        assert 50 < max(map(len, said.splitlines())) <= 60


def test_a_sentence_on_stderr_is_laid_out_for_a_terminal_only(
    tree: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a log it stays on one line, where people search for it."""
    monkeypatch.setenv("BRIA_API_TOKEN", "canary-7f3e9a1c5b")
    monkeypatch.setenv("RECONCILER_ENDPOINT", "simulator")
    assert max(map(len, cli("plan").err.splitlines())) > 150
    monkeypatch.setenv("COLUMNS", "70")
    assert 60 < max(map(len, cli("plan").err.splitlines())) <= 70
