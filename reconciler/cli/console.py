"""The two streams: results on stdout, everything else on stderr. Decides on colour, and masks the token in all output."""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from typing import TextIO

from reconciler.cli.advice import Advice
from reconciler.cli.terminal_width import columns_of, known_columns
from reconciler.core.text import visible
from reconciler.render.text import Style, plain, render_text, safe_line
from reconciler.render.view import Line, Role, View, say, screen

_RESET = "\x1b[0m"
_CODES = {
    Role.QUIET: "2",
    Role.STRONG: "1",
    Role.CREATE: "32",
    Role.COME: "32",
    Role.CHANGE: "33",
    Role.VERSION: "36",
    Role.DELETE: "31",
    Role.GONE: "31",
    Role.TRAIN: "35",
    Role.COST: "35",
    Role.REFUSED: "31",
    Role.PROBLEM: "31",
    Role.WARNING: "33",
    Role.UNCHANGED: "2",
}


class OutputLost(Exception):
    """Stdout cannot be written to, as with a full disk. A closed pipe does not raise this."""


def coloured(text: str, role: Role) -> str:
    """The style of a terminal with colours."""
    return f"\x1b[{_CODES[role]}m{text}{_RESET}" if role in _CODES else text


def is_log(environ: Mapping[str, str]) -> bool:
    """Is the output read as a log, even if it claims to be a terminal?"""
    return bool(environ.get("NO_COLOR") or environ.get("CI")) or environ.get("TERM") == "dumb"


class Console:
    """Writes views and lines. If the reader of a stream is gone, the command goes on in silence.

    Commands that they advise are completed by `advice`. Finished text (a file, a format for machines) is written as it is.
    """

    def __init__(self, environ: Mapping[str, str], color: str = "auto", advice: Advice | None = None) -> None:
        self._environ = environ
        self._color = color
        self.advice = advice or Advice({})
        self._out = _ready(sys.stdout)
        self._err = _ready(sys.stderr)
        self._secrets: tuple[str, ...] | None = None
        self._diverted: Callable[[str], None] | None = None

    @property
    def is_interactive(self) -> bool:
        """Can a person be asked?"""
        return _is_terminal(sys.stdin) and _is_terminal(self._err)

    @property
    def is_live(self) -> bool:
        """May lines on stderr be redrawn?"""
        return self._color != "never" and _is_terminal(self._err) and not is_log(self._environ)

    @property
    def error_stream(self) -> TextIO:
        """Where progress goes."""
        return self._err

    def result(self, view: View) -> None:
        """A view on stdout."""
        self._write(self._out, self._laid_out(view, self._out))

    def result_text(self, text: str) -> None:
        """Finished text on stdout: JSON, a plan file."""
        self._write(self._out, text)

    def say(self, view: View) -> None:
        """A view on stderr."""
        self._tell(self._laid_out(view, self._err))

    def say_line(self, text: str) -> None:
        """One sentence on stderr: laid out for a terminal, one line in a log, where people search for it."""
        text = self.advice.sentence(text)
        width = known_columns(self._err, self._environ)
        if width is None:
            self._tell(safe_line(visible(text)) + "\n")
        else:
            self._tell(render_text(screen([Line(text=say(text), hang=2)]), width=width))

    def _laid_out(self, view: View, stream: TextIO) -> str:
        return render_text(self.advice.view(view), style=self._style(stream), width=columns_of(stream, self._environ))

    def divert(self, write: Callable[[str], None] | None) -> None:
        """Send lines for stderr elsewhere, as long as part of the terminal is redrawn. None ends it."""
        self._diverted = write

    def _tell(self, text: str) -> None:
        if self._diverted is not None and text:
            self._diverted(self.masked(text))
        else:
            self._write(self._err, text)

    def ask(self, question: str) -> str:
        """What a person answers; empty if there is no answer.

        The handler is replaced before the question is written: Ctrl-C must end the program from the moment in which the
        question can be seen. The handler of an event loop would only set a flag, and the read would go on.
        """
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            self._write(self._err, question)
            return "" if sys.stdin is None else sys.stdin.readline().strip()
        finally:
            signal.signal(signal.SIGINT, before)

    def masked(self, text: str) -> str:
        """The text with the token and the password of a proxy masked, in case they got in."""
        if self._secrets is None:
            found = {*_token_forms(self._environ), *_proxy_forms(self._environ)}
            # Longest first: a short form may be a part of a longer one, and would leave the rest of that one readable.
            self._secrets = tuple(sorted(found, key=lambda form: (-len(form), form)))
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, "***")
        return text

    def _style(self, stream: TextIO) -> Style:
        return coloured if self._is_coloured(stream) else plain

    def _is_coloured(self, stream: TextIO) -> bool:
        if self._color != "auto":
            return self._color == "always"
        if self._environ.get("NO_COLOR"):
            return False
        if self._environ.get("FORCE_COLOR"):
            return True
        return _is_terminal(stream) and not is_log(self._environ)

    def _write(self, stream: TextIO, text: str) -> None:
        try:
            stream.write(self.masked(text))
            stream.flush()
        except BrokenPipeError:
            _silence(stream)
        except (OSError, ValueError) as error:
            _silence(stream)
            if stream is self._out:
                raise OutputLost(str(error)) from None


def _token_forms(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The forms in which the token of this environment could be printed; none if there is none, or it cannot be read."""
    if not environ.get("BRIA_API_TOKEN") and not environ.get("BRIA_API_TOKEN_FILE"):
        return ()
    from reconciler.api.token import TokenRefused, printed_forms, read_token

    try:
        token = read_token(environ)
    except TokenRefused:
        return ()
    return () if token is None else printed_forms(token.value)


def _proxy_forms(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The same of the password of a proxy."""
    if not environ.get("HTTPS_PROXY") and not environ.get("https_proxy"):
        return ()
    from reconciler.api.network import network_of, secrets_of
    from reconciler.api.token import printed_forms

    return tuple(form for secret in secrets_of(network_of(environ)) for form in printed_forms(secret))


def _ready(stream: TextIO | None) -> TextIO:
    """A stream on which no character fails. A stream that is closed from the start is replaced by one to nowhere."""
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - lives as long as the process
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
    return stream


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def _silence(stream: TextIO) -> None:
    """Point the stream to nowhere, so that the interpreter's flush at the end does not fail."""
    try:
        number = stream.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)
