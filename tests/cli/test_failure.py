"""Every way in which a command can fail has a sentence and an exit code."""

import os

import pytest

from reconciler.api.error import Unauthorised, Unreachable
from reconciler.app.exceptions import WrongUsage, refused
from reconciler.cli.console import Console, OutputLost
from reconciler.cli.failure import explain
from reconciler.cli.shared_options import Invocation
from reconciler.core.problem import Location, Problem, ProblemsFound
from reconciler.files.journal import JournalFailed
from reconciler.render.view import Line, say, screen

PROBLEM = Problem(rule="x", location=Location("a.yaml"), summary="wrong")


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (ProblemsFound([PROBLEM]), 3, "a.yaml  wrong\n\n1 problem, nothing was sent.\n"),
        (refused("r", "no", "do this"), 4, "no.\n  do this\n"),
        (WrongUsage("Not so."), 64, "Not so.\n"),
        (Unreachable("get-models", "the connection was refused"), 1, "get-models: the connection was refused\n"),
        (
            Unauthorised("get-models", "the token was not accepted", 401),
            1,
            "get-models: the token was not accepted\n",
        ),
        (JournalFailed("No space left on device"), 1, "No space left on device; nothing more was sent.\n"),
        (OutputLost("No space left on device"), 1, "The output could not be written: No space left on device.\n"),
    ],
)
def test_a_failure_is_a_sentence(capsys: pytest.CaptureFixture[str], error: Exception, code: int, words: str) -> None:
    """On stderr, with the exit code of the design."""
    assert explain(error, Invocation(os.environ)) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith(words)


def test_lines_above_a_board_are_masked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the terminal is redrawn, what goes to stderr takes another way, through the same net."""
    monkeypatch.setenv("BRIA_API_TOKEN", "canary-7f3e9a1c5b")
    console = Console(os.environ)
    above: list[str] = []
    console.divert(above.append)
    console.say(screen([Line(text=say("canary-7f3e9a1c5b"))]))
    console.say(screen())
    console.say_line("::error::x")
    console.divert(None)
    assert above == ["***\n", "<U+003A>:error::x\n"]
