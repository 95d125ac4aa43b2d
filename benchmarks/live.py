"""A plan of an account with thousands of objects, all as git declares them, beside octoDNS with as many records.

    python -m benchmarks --only live

A simulator makes the three lists once; then a small server answers with the same bytes, so that what is measured is ours: reading
the tree, asking, parsing the answers, comparing.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import PIPE, Popen
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from benchmarks.base import write_tree
from benchmarks.octodns import OctoDns
from benchmarks.process import TOKEN, Usage, environment, in_turn, ours, pairs, run
from benchmarks.row import Goal, Pair, Row, Scale, growth_row, memory_row, time_row
from benchmarks.tree import commit
from benchmarks.world import served, write_world
from reconciler.api import operation as op
from reconciler.api.endpoint import parse_endpoint
from reconciler.core.manifest.resolve import resolve
from reconciler.files.load import load

SIZES = {Scale.FULL: (1_000, 10_000), Scale.QUICK: (1_000,), Scale.TINY: (10,)}
GOALS = {10_000: Goal(0.3)}
ROUNDS = 5
LISTS = (op.GET_PROJECTS, op.GET_DATASETS, op.GET_MODELS)


class _Recorded(BaseHTTPRequestHandler):
    """Answers a path with the file that was recorded for it, in the working folder."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """One of the lists."""
        body = Path(urlsplit(self.path).path.rpartition("/")[2]).read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _serve() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Recorded) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


def record(address: str, folder: Path) -> None:
    """Keep the lists that a simulator answers with, each as a file."""
    folder.mkdir()
    for operation in LISTS:
        url = parse_endpoint(address).base + operation.template + operation.query
        with urlopen(Request(url, headers={"api_token": TOKEN})) as answer:  # noqa: S310 - a simulator on this machine
            (folder / operation.template.rpartition("/")[2]).write_bytes(answer.read())


@contextmanager
def answering(folder: Path) -> Iterator[str]:
    """A server of recorded lists in a process of its own; its address."""
    home = str(Path(__file__).parents[1])
    command = [sys.executable, "-m", "benchmarks.live"]
    with Popen(command, cwd=folder, env={"PYTHONPATH": home}, stdout=PIPE) as process:
        assert process.stdout is not None, "it was asked for"
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


@contextmanager
def account(tree: Path, folder: Path) -> Iterator[str]:
    """The address of an account that holds what a tree declares."""
    write_world(folder / "world.db", resolve(load(tree / "manifests", cache=folder / "first")))
    with served(folder / "world.db") as simulator:
        record(simulator, folder / "lists")
    with answering(folder / "lists") as address:
        yield address


def measure(objects: int, rounds: int) -> list[Pair]:
    """Ours and octoDNS in turn."""
    with tempfile.TemporaryDirectory(prefix="reconciler-benchmark-") as place:
        folder = Path(place)
        write_tree(folder / "tree" / "manifests", objects)
        commit(folder / "tree")
        peer = OctoDns(folder / "octodns", objects)
        with account(folder / "tree", folder) as address:
            line = ours("plan", "--detailed-exitcode", "--endpoint", address, "--tier", "enterprise")

            def plan() -> Usage:
                return run(line, folder / "tree", environment(folder / "cache"))

            plan()
            return pairs(in_turn({"peer": peer.plan, "ours": plan}, rounds), "ours", "peer")


def rows(scale: Scale) -> Iterator[Row]:
    """Time and memory by size."""
    by_size = {}
    for objects in SIZES[scale]:
        by_size[objects] = found = measure(objects, scale.rounds(ROUNDS))
        what, beside = f"plan in sync of {objects:,} live objects", f"octoDNS, {objects:,} records"
        yield time_row(what, beside, found, GOALS.get(objects))
        yield memory_row(f"{what}: memory", beside, found)
    yield from growth_row("plan in sync of live objects", "octoDNS", by_size)


if __name__ == "__main__":
    _serve()
