"""What Ctrl-C and the other signals to end do while something that must end in order runs."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def called_on_signals(pull: Callable[[], None]) -> Iterator[None]:
    """Call `pull` for each of them while the block runs.

    The handlers from before come back afterwards, so that a Ctrl-C while the report is printed ends the program. A
    signal that was ignored when the program started, as under `nohup`, stays ignored.
    """
    loop = asyncio.get_running_loop()
    found = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    before = {number: handler for number, handler in found.items() if handler is not signal.SIG_IGN}
    for number in before:
        loop.add_signal_handler(number, pull)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
