"""What a command raised, as a sentence and an exit code."""

import os
import traceback
from pathlib import Path

from reconciler.api.error import CallFailed
from reconciler.api.network import NetworkRefused
from reconciler.app.exceptions import Refused, WrongUsage
from reconciler.cli.advice import advice_of
from reconciler.cli.console import Console, OutputLost
from reconciler.cli.exit_codes import FAILED, PROBLEMS, REFUSED, USAGE
from reconciler.cli.shared_options import Invocation
from reconciler.core.problem import ProblemsFound
from reconciler.files.journal import JournalFailed
from reconciler.render.plan_text import refusals_view
from reconciler.render.problem import problems_view


def explain(error: Exception, invocation: Invocation) -> int:
    """Say on stderr what happened, and return the exit code."""
    console = Console(invocation.environ, str(invocation.given.get("color", "auto")), advice_of(invocation.given))
    match error:
        case ProblemsFound(problems=problems, end=end):
            console.say(problems_view(problems, end=end))
            return PROBLEMS
        case Refused(refusals=found):
            console.say(refusals_view(found))
            return REFUSED
        case WrongUsage():
            console.say_line(str(error))
            return USAGE
        case NetworkRefused():
            console.say_line(f"{error}; nothing was sent.")
            return USAGE
        case CallFailed(operation=operation, message=message):
            console.say_line(f"{operation}: {message}")
            return FAILED
        case JournalFailed():
            console.say_line(f"{error}; nothing more was sent.")
            return FAILED
        case OutputLost():
            console.say_line(f"The output could not be written: {error}.")
            return FAILED
        case _:
            return _own_fault(error, console)


def _own_fault(error: Exception, console: Console) -> int:
    """A fault of this program: keep the traceback in a file, without values of variables and without the token."""
    from reconciler import __version__

    text = f"reconciler {__version__}\n{''.join(traceback.format_exception(error))}"
    place = _write_log(console.masked(text))
    name = type(error).__name__
    if place is None:
        console.say_line(f"reconciler met a fault of its own ({name}); no file for the details could be written.")
    else:
        console.say_line(f"reconciler met a fault of its own ({name}). Please report it with {place}.")
    return FAILED


def _write_log(text: str) -> Path | None:
    """Write the fault log, readable by this user alone; None if it cannot be written."""
    import platformdirs

    try:
        folder = platformdirs.user_log_path("reconciler", appauthor=False)
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / "fault.log"
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        return None
    return place
