"""Shows an apply while it runs: a board that is redrawn on a terminal, plain lines elsewhere."""

from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self

from reconciler.cli.console import Console
from reconciler.clock import Clock, is_simulated, time_of_day
from reconciler.core.event import Event
from reconciler.core.plan import Plan
from reconciler.render.progress import Board, board_lines
from reconciler.render.text import render_text
from reconciler.render.training_time import TimeOfDay
from reconciler.render.view import Line, screen

if TYPE_CHECKING:
    from rich.live import Live

REDRAWS_A_SECOND = 4


class Progress:
    """Takes the events of an apply, inside `with`."""

    def __init__(self, plan: Plan, console: Console, clock: Clock) -> None:
        self._clock = clock
        self._began = clock.now()
        self._board = Board(plan, _time_of_day(clock), is_simulated=is_simulated(clock))
        self._console = console
        self._live: Live | None = None

    def __enter__(self) -> Self:
        if self._console.is_live:
            self._live = self._board_on_terminal()
            self._live.start()
            self._console.divert(self._print_above_board)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._say(self._board.close())
        if self._live is not None:
            self._console.divert(None)
            self._live.stop()

    def feed(self, event: Event) -> None:
        """Take in an event, and print the lines that it is worth."""
        self._say(self._board.feed(event))

    def _say(self, lines: tuple[Line, ...]) -> None:
        if lines:
            self._console.say(screen(lines))

    def _board_on_terminal(self) -> "Live":
        """A board at the bottom of the terminal. rich gets only text that `render` has made safe."""
        from rich.console import Console as RichConsole
        from rich.live import Live
        from rich.text import Text

        terminal = RichConsole(file=self._console.error_stream, force_terminal=True, highlight=False, markup=False)

        def draw() -> Text:
            # Events come when something happens; what is said of a wait is true in between as well.
            self._board.now = max(self._board.now, self._clock.now() - self._began)
            text = render_text(screen(board_lines(self._board)), width=max(terminal.width - 1, 40))
            return Text(text.rstrip("\n"), no_wrap=True, overflow="ellipsis")

        return Live(
            console=terminal,
            get_renderable=draw,
            refresh_per_second=REDRAWS_A_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def _print_above_board(self, text: str) -> None:
        """Print finished lines above the board."""
        from rich.text import Text

        assert self._live is not None
        self._live.console.print(Text.from_ansi(text.rstrip("\n")), soft_wrap=True)


def _time_of_day(clock: Clock) -> TimeOfDay | None:
    """The local time at so many seconds from now on; None where the clock shows simulated time."""
    if is_simulated(clock):
        return None
    began = time_of_day().astimezone()
    return lambda seconds: began + timedelta(seconds=seconds)
