"""The command line of this checkout as a program that starts fast, for the tests of scripts that start it many times.

Most of the time of a short command goes into importing libraries. Here one process imports them once and forks for each
command. What runs is the real command line in a process of its own, with the caller's arguments, environment, folder and
streams; its exit code, or the signal that killed it, goes back to the caller. Tests of the start itself, of streams and of
signals use the real one.

    python tests/warm.py serve SOCKET          # says `ready` once commands are taken
    python tests/warm.py ask SOCKET ARGS...    # a command; `PID_FILE` in the environment names a file for its process id

`ask` is what a script waits for, so it imports nothing but `socket`.
"""

import marshal
import os
import signal
import socket
import sys

ANSWER = 1
"""Bytes of an answer: the exit code. Without one, the command was killed."""


def ask(path: str, arguments: list[str]) -> int:
    """Have a command run with our streams, folder and environment; its exit code."""
    here = os.open(".", os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        request = marshal.dumps((arguments, dict(os.environ)))
        socket.send_fds(connection, [len(request).to_bytes(4, "big")], [0, 1, 2, here])
        connection.sendall(request)
        answer = connection.recv(ANSWER)
    if not answer:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer[0]


def serve(path: str) -> None:
    """Import everything, then fork for each command."""
    import gc
    import pkgutil
    from importlib import import_module

    import reconciler

    for module in pkgutil.walk_packages(reconciler.__path__, "reconciler."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children here
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        os.write(1, b"ready\n")
        while True:
            connection, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                _run(connection)
            connection.close()


def _run(connection: socket.socket) -> None:
    """In the child: become the command that was asked for."""
    size, streams, _, _ = socket.recv_fds(connection, 4, 4)
    request = b""
    while len(request) < int.from_bytes(size, "big"):
        request += connection.recv(1 << 16)
    arguments, environ = marshal.loads(request)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, stream in enumerate(streams[:3]):
        os.dup2(stream, number)
    os.fchdir(streams[3])
    for stream in streams:
        os.close(stream)
    os.environ.clear()
    os.environ.update(environ)
    if "PID_FILE" in environ:
        with open(environ["PID_FILE"], "w", encoding="ascii") as file:  # noqa: PTH123 - as `echo $$ > FILE` would
            file.write(f"{os.getpid()}\n")
    sys.argv = ["reconciler", *arguments]
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - as the interpreter's own
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    code = 1
    try:
        from reconciler.__main__ import main

        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        connection.sendall(bytes([code]))
        os._exit(code)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    sys.exit(ask(sys.argv[2], sys.argv[3:]))
