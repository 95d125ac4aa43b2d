"""How long a command takes before it works: runs on the smallest tree beside the import of the libraries that it stands on.

    python -m benchmarks --only start

The quickstart is copied into a repository of its own. Each command runs as a process of Python, all in turn.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks.process import Usage, environment, in_turn, ours, pairs, run
from benchmarks.row import Goal, Row, Scale, time_row
from benchmarks.tree import commit
from benchmarks.world import served

ROUNDS = 15
EXAMPLE = Path(__file__).parents[1] / "examples" / "quickstart"

LIBRARIES = "importing click, pydantic, httpx"
ANCHORS = {
    "`python -c pass`": "pass",
    "importing click": "import click",
    LIBRARIES: "import click, pydantic, httpx",
}
COMMANDS = {
    "--version": ("`python -c pass`", Goal(1.2)),
    "--help": ("importing click", Goal(1.2)),
    "validate": (LIBRARIES, Goal(1.3)),
    "plan --base HEAD": (LIBRARIES, Goal(1.3)),
    "plan --endpoint simulator": (LIBRARIES, Goal(1.3)),
}
SERVED = "plan --endpoint http://127.0.0.1"
"""The same against a simulator in another process, as in a real account: what it imports is not ours."""

"""Our command lines, each with its anchor."""


def rows(scale: Scale) -> Iterator[Row]:
    """A row for each command."""
    with ExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory(prefix="reconciler-benchmark-"))
        folder = Path(place) / "tree"
        shutil.copytree(EXAMPLE, folder / "manifests")
        commit(folder)
        environ = environment(Path(place) / "cache")
        lines = {line: ours(*line.split()) for line in COMMANDS}
        address = stack.enter_context(served(Path(place) / "world.db"))
        lines[SERVED] = ours("plan", "--endpoint", address)
        lines |= {name: [sys.executable, "-c", code] for name, code in ANCHORS.items()}

        def start(line: str) -> Usage:
            return run(lines[line], folder, environ)

        runs = {line: partial(start, line) for line in lines}
        in_turn(runs, 1)  # so that all is compiled, and the images are in the cache
        taken = in_turn(runs, scale.rounds(ROUNDS))
    for line, (anchor, goal) in {**COMMANDS, SERVED: (LIBRARIES, Goal(1.3))}.items():
        yield time_row(f"`{line}` on the quickstart", anchor, pairs(taken, line, anchor), goal)
