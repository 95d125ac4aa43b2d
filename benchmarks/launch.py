"""Run a command and write down what it took. A process of its own, and a small one: `-I -S launch.py FILE COMMAND ...`

A process begins with the peak of memory of the one that it was forked from, so whoever measures must be smaller than what is measured.
"""

import os
import sys
import time


def main(result: str, *command: str) -> int:
    """Write seconds on the clock, seconds of the processor and the peak of memory (in the system's unit); the command's exit code."""
    began = time.perf_counter()  # noqa: TID251 - the time of a process, from outside of it
    child = os.posix_spawn(command[0], command, os.environ)
    _, status, used = os.wait4(child, 0)
    taken = time.perf_counter() - began  # noqa: TID251
    with open(result, "w") as file:  # noqa: PTH123 - pathlib is large; digits are ASCII
        file.write(f"{taken} {used.ru_utime + used.ru_stime} {used.ru_maxrss}")
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
