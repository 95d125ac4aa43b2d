"""What this process asks of the system meanwhile: files that it opens, programs, and every step towards a network."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")


@dataclass(slots=True)
class Heard:
    """Names of files in the order in which they were opened, command lines of programs, and events of sockets."""

    files: list[str] = field(default_factory=list)
    programs: list[str] = field(default_factory=list)
    network: list[str] = field(default_factory=list)


_listeners: list[Heard] = []


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if not _listeners:
        return
    if event == "open" and isinstance(arguments[0], str | bytes):
        for heard in _listeners:
            heard.files.append(os.fsdecode(arguments[0]))
    elif event == "subprocess.Popen":
        for heard in _listeners:
            heard.programs.append(str(arguments[1]))
    elif event in _NETWORK:
        for heard in _listeners:
            heard.network.append(f"{event} {arguments[1:]}")


sys.addaudithook(_hear)  # it cannot be taken away again, and does nothing while nobody listens


@contextmanager
def listening() -> Iterator[Heard]:
    """Whatever code of this process does it, while the block runs."""
    heard = Heard()
    _listeners.append(heard)
    try:
        yield heard
    finally:
        _listeners.remove(heard)
