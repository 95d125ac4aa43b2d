"""What a command needs before it can work: the console, the settings, the day; with warnings about the environment."""

import logging
from collections.abc import Collection, Mapping
from dataclasses import field
from datetime import date

from reconciler.api.endpoint import origins_of
from reconciler.api.network import Network, is_loopback, unused_variables
from reconciler.api.token import FILE_VARIABLE, VARIABLE, exposure
from reconciler.app.exceptions import WrongUsage
from reconciler.app.settings import Settings, resolve_settings, unknown_variables
from reconciler.cli.advice import advice_of
from reconciler.cli.console import Console
from reconciler.cli.options import current_day
from reconciler.cli.shared_options import Invocation
from reconciler.core.text import quoted, visible
from reconciler.core.value import dataclass

COLORS = ("auto", "always", "never")


@dataclass(frozen=True, slots=True)
class CommandContext:
    """The console, settings and day of one command."""

    console: Console
    settings: Settings
    today: date
    """The day on which rules with a last day are judged."""
    _said: set[str] = field(default_factory=set)

    def say_once(self, sentence: str) -> None:
        """A sentence on stderr, unless it was said before or is empty."""
        if sentence and sentence not in self._said:
            self._said.add(sentence)
            self.console.say_line(sentence)


def open_context(invocation: Invocation, raised: Mapping[str, int] | None = None) -> CommandContext:
    """Console, settings and day. Variables of the environment that mean nothing are named on stderr."""
    console = open_console(invocation)
    for sentence in unknown_variables(invocation.environ):
        console.say_line(f"warning: {sentence}")
    return CommandContext(console, resolve_settings(invocation.given, invocation.environ, raised=raised), current_day())


def open_console(invocation: Invocation) -> Console:
    """The console with the colour that was asked for. Log lines go to its stderr too."""
    color = str(invocation.given.get("color") or invocation.environ.get("RECONCILER_COLOR") or "auto")
    if color not in COLORS:
        raise WrongUsage(f"RECONCILER_COLOR: {quoted(color)} is none of {', '.join(COLORS)}")
    console = Console(invocation.environ, color, advice_of(invocation.given))
    _log_to(console, _verbosity(invocation))
    return console


def _verbosity(invocation: Invocation) -> int:
    given = invocation.given.get("verbose")
    if isinstance(given, int):
        return given
    text = invocation.environ.get("RECONCILER_VERBOSE") or "0"
    if text not in {"0", "1", "2"}:
        raise WrongUsage(f"RECONCILER_VERBOSE: {quoted(text)} is none of 0, 1 and 2")
    return int(text)


def warn_of_unused_token(context: CommandContext) -> None:
    """Warn if there is a token, and the simulator was not asked for by hand or ends with the process.

    Somebody may take that for the account.
    """
    settings = context.settings
    endpoint, environ = settings.endpoint, settings.environ
    is_meant = endpoint.store is not None and not settings.is_simulated_by_tree
    if endpoint.is_simulator and not is_meant and (environ.get(VARIABLE) or environ.get(FILE_VARIABLE)):
        lasts = "nothing of it lasts" if endpoint.store is None else "nothing reaches Bria"
        context.console.say_line(
            f"warning: this is the built-in simulator: the token is not used, and {lasts}. "
            "Take the line `endpoint:` out of reconciler.yaml (or out of the environment) to work on the account."
        )


def announce_network(context: CommandContext, hosts: Collection[str] = ()) -> None:
    """Say once what the environment decides about requests that are about to be sent, and nothing of a secret (H79).

    Those are requests to the endpoint, and to the hosts of pictures. Nothing is said where they stay on this machine.
    """
    settings = context.settings
    origins = [settings.endpoint.origin, *(origin for host in hosts for origin in origins_of(host))]
    away = [origin for origin in origins if origin.startswith("https:") and not is_loopback(origin)]
    context.say_once(_network_words(settings.network, [origin for origin in origins if origin.startswith("https:")]))
    for name in unused_variables(settings.environ) if away else ():
        context.say_once(f"warning: {name} is set and is not used.")
    if not settings.endpoint.is_simulator and (words := exposure(settings.environ)):
        context.say_once(f"warning: {words}.")


def _network_words(network: Network, origins: Collection[str]) -> str:
    """How requests to these origins travel; empty where no variable has a say in it."""
    proxies = {proxy.origin: proxy.variable for origin in origins if (proxy := network.proxy_for(origin))}
    said = [f"Requests go through the proxy {origin} ({variable})" for origin, variable in proxies.items()]
    if origins and network.ca_variables:
        said.append(f"Servers are verified by the certificates of {' and '.join(network.ca_variables)}")
    return ". ".join([*said, ""]).rstrip() if said else ""


class _ToConsole(logging.Handler):
    """Log records as lines on stderr, made safe and masked like everything else that is printed."""

    def __init__(self, console: Console, level: int = logging.NOTSET) -> None:
        super().__init__(level)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """One line."""
        self._console.say_line(f"{record.levelname.lower()}: {visible(record.getMessage())}")


def _log_to(console: Console, verbosity: int) -> None:
    """Print our own log. Of a library's log only what it would print anyway, made safe first (H81)."""
    logger = logging.getLogger("reconciler")
    logger.propagate = False
    logger.setLevel({0: logging.WARNING, 1: logging.INFO}.get(verbosity, logging.DEBUG))
    logger.handlers = [_ToConsole(console)]
    logging.lastResort = _ToConsole(console, logging.WARNING)
