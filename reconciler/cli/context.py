"""What a command needs before it can work: the console, the settings, and warnings about the surroundings."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from reconciler.api.token import FILE_VARIABLE, VARIABLE
from reconciler.app.fault import Unusable
from reconciler.app.settings import Settings, resolve_settings, strange_variables
from reconciler.cli.console import Console
from reconciler.cli.shared_options import Frame
from reconciler.cli.today_option import this_day
from reconciler.core.text import quoted, visible

COLORS = ("auto", "always", "never")


@dataclass(frozen=True, slots=True)
class Context:
    """One command at work."""

    console: Console
    settings: Settings
    today: date
    """The day on which rules with a last day are judged."""


def begin(frame: Frame, raised: Mapping[str, int] | None = None) -> Context:
    """Console and settings; whatever in the environment means nothing is said on stderr."""
    console = open_console(frame)
    for sentence in strange_variables(frame.environ):
        console.say_line(f"warning: {sentence}")
    settings = resolve_settings(frame.given, frame.environ, raised=raised)
    _warn_of_proxies(console, settings)
    return Context(console, settings, this_day())


def open_console(frame: Frame) -> Console:
    """The console in the colour that was asked for; log lines of ours go to its stderr."""
    color = str(frame.given.get("color") or frame.environ.get("RECONCILER_COLOR") or "auto")
    if color not in COLORS:
        raise Unusable(f"RECONCILER_COLOR: {quoted(color)} is none of {', '.join(COLORS)}")
    console = Console(frame.environ, color)
    _log_to(console, _verbosity(frame))
    return console


def _verbosity(frame: Frame) -> int:
    given = frame.given.get("verbose")
    if isinstance(given, int):
        return given
    text = frame.environ.get("RECONCILER_VERBOSE") or "0"
    if text not in {"0", "1", "2"}:
        raise Unusable(f"RECONCILER_VERBOSE: {quoted(text)} is none of 0, 1 and 2")
    return int(text)


def warn_of_play(context: Context) -> None:
    """A token beside a simulator that ends with the process: somebody may take it for the account."""
    endpoint, environ = context.settings.endpoint, context.settings.environ
    if endpoint.is_simulator and endpoint.store is None and (environ.get(VARIABLE) or environ.get(FILE_VARIABLE)):
        context.console.say_line(
            "warning: this is the built-in simulator: the token is not used, and nothing of it lasts. "
            "Take `endpoint: simulator` out of reconciler.yaml (or out of the environment) to work on the account."
        )


def _warn_of_proxies(console: Console, settings: Settings) -> None:
    """Variables that other programs obey and this one does not (H79)."""
    if settings.endpoint.is_simulator:
        return
    from reconciler.api.transport import ignored_settings

    for name in ignored_settings(settings.environ):
        console.say_line(f"warning: {name} is set and is not used.")


class _ToConsole(logging.Handler):
    """Log records as lines of stderr, through the same gate and net as everything else."""

    def __init__(self, console: Console, level: int = logging.NOTSET) -> None:
        super().__init__(level)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """One line."""
        self._console.say_line(f"{record.levelname.lower()}: {visible(record.getMessage())}")


def _log_to(console: Console, verbosity: int) -> None:
    """Our own log in full; of a library's only what it would print anyway, and that by way of our gate (H81)."""
    logger = logging.getLogger("reconciler")
    logger.propagate = False
    logger.setLevel({0: logging.WARNING, 1: logging.INFO}.get(verbosity, logging.DEBUG))
    logger.handlers = [_ToConsole(console)]
    logging.lastResort = _ToConsole(console, logging.WARNING)
