"""Uploads of images: ours beside a raw socket that builds the same bodies, both into a sink in another process.

    python -m benchmarks --only uploads

A body is JSON around the file in base64. Ours hashes each file on its way and sends its last bytes only if the digest is that of the
plan; the raw socket hashes nothing, and sends one file after another on one connection. Seconds are those of the transfers, without the
start of the process. Memory is the peak of the process, beside that of one which has sent a few bytes only.
"""

import asyncio
import json
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path
from subprocess import PIPE, Popen

from benchmarks.process import TOKEN, Usage, environment, in_turn, now, pairs, run, timed
from benchmarks.row import Goal, Pair, Row, Scale

MEGABYTE = 1000**2
FILES = {
    Scale.FULL: {2 * MEGABYTE: 200, 12 * MEGABYTE: 32},
    Scale.QUICK: {2 * MEGABYTE: 50},
    Scale.TINY: {2000: 3},
}
"""Bytes of a file, and how many are sent."""

ROUNDS = 7
CONCURRENCY = 8
SHARE = Goal(0.6, is_least=True)
MEMORY_OF_EACH = 2.0
"""MiB above the idle client that one transfer may take."""

HEAD = '{"image_name": "%s", "increase_resolution": false, "file": "'
HOME = Path(__file__).parents[1]


# ---------------------------------------------------------------- processes
def sink() -> None:
    """Take whatever is sent, and answer that it was an image."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        while True:
            connection, _ = server.accept()
            threading.Thread(target=_swallow, args=(connection,), daemon=True).start()


def _swallow(connection: socket.socket) -> None:
    answer = b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"id": 1}'
    space = memoryview(bytearray(1024**2))
    with connection:
        while True:
            head = b""
            while b"\r\n\r\n" not in head:
                if not (piece := connection.recv(65536)):
                    return
                head += piece
            head, _, body = head.partition(b"\r\n\r\n")
            left = _length(head) - len(body)
            while left > 0:
                left -= connection.recv_into(space, min(left, len(space)))
            connection.sendall(answer)


def _length(head: bytes) -> int:
    line = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return int(line.partition(b":")[2])


def send_raw(port: int, folder: Path) -> None:
    """Send every file of a folder; prints what it took."""
    files = sorted(folder.iterdir())

    def send(connection: socket.socket) -> None:
        for file in files:
            body = b"".join((HEAD.encode() % file.name.encode(), b64encode(file.read_bytes()), b'"}'))
            head = f"POST /v1/images HTTP/1.1\r\nHost: sink\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode())
            connection.sendall(body)
            assert connection.recv(65536).startswith(b"HTTP/1.1 201"), "the sink takes everything"

    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _print(timed(partial(send, connection)))


def _print(usage: Usage) -> None:
    print(usage.clock, usage.processor)


def send_ours(port: int, folder: Path) -> None:
    """The same with the product's client, which has sent its first file before: the first loads what it needs."""
    from reconciler.api.caller import Pace  # noqa: PLC0415 - the raw process must be small
    from reconciler.api.client import Client  # noqa: PLC0415
    from reconciler.api.endpoint import parse_endpoint  # noqa: PLC0415
    from reconciler.api.token import Token  # noqa: PLC0415
    from reconciler.app.images import FileSource  # noqa: PLC0415
    from reconciler.clock import SystemClock  # noqa: PLC0415
    from reconciler.files.tree import Tree  # noqa: PLC0415

    digests: dict[str, str] = json.loads((folder.parent / f"{folder.name}.json").read_text())
    endpoint = parse_endpoint(f"http://127.0.0.1:{port}")

    async def send(sources: list[FileSource]) -> Usage:
        pace = Pace(concurrency=CONCURRENCY)
        async with Client(endpoint, Token(TOKEN), clock=SystemClock(), pace=pace) as client:
            upload = partial(client.upload_image, 1, increase_resolution=False)
            await upload(image_name="first.png", source=sources[0])
            began, used = now(), time.process_time()
            await asyncio.gather(*(upload(image_name=one.path, source=one) for one in sources))
            return Usage(clock=now() - began, processor=time.process_time() - used)

    with Tree(folder) as tree:
        sources = [
            FileSource(tree=tree, path=name, digest=digest, size=(folder / name).stat().st_size)
            for name, digest in digests.items()
        ]
        _print(asyncio.run(send(sources)))


# ---------------------------------------------------------------- measuring
@contextmanager
def sinking() -> Iterator[int]:
    """A sink in a process of its own; its port."""
    with Popen(_command("sink"), env=_environment(Path()), stdout=PIPE) as process:
        assert process.stdout is not None, "it was asked for"
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def _command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "benchmarks.uploads", *map(str, arguments)]


def _environment(cache: Path) -> dict[str, str]:
    environ = environment(cache)
    return environ | {"PYTHONPATH": os.pathsep.join([*filter(None, [environ.get("PYTHONPATH")]), str(HOME)])}


def write_files(folder: Path, size: int, number: int) -> None:
    """So many files of random bytes, and their digests beside the folder."""
    folder.mkdir()
    digests = {}
    for at in range(number):
        content = os.urandom(size)
        (folder / f"pose-{at:03}.png").write_bytes(content)
        digests[f"pose-{at:03}.png"] = sha256(content).hexdigest()
    folder.with_suffix(".json").write_text(json.dumps(digests))


def sent(who: str, port: int, folder: Path) -> Usage:
    """A process that sends a folder: the seconds of its transfers, the memory of all of it."""
    told = folder.parent / "told"
    taken = run(_command(who, port, folder), folder.parent, _environment(folder.parent / "cache"), told)
    clock, processor = map(float, told.read_text().split())
    return Usage(clock=clock, processor=processor, peak=taken.peak)


def rows(scale: Scale) -> Iterator[Row]:
    """Throughput and memory by the size of a file."""
    with tempfile.TemporaryDirectory(prefix="reconciler-benchmark-") as place, sinking() as port:
        idle = Path(place) / "idle"
        write_files(idle, 10, 1)
        for size, number in FILES[scale].items():
            folder = Path(place) / f"files-{size}"
            write_files(folder, size, number)
            runs = {
                "raw": partial(sent, "raw", port, folder),
                "ours": partial(sent, "ours", port, folder),
                "idle": partial(sent, "ours", port, idle),
            }
            in_turn(runs, 1)
            taken = in_turn(runs, scale.rounds(ROUNDS))
            what = f"upload of {number} files of {size / MEGABYTE:g} MB"
            yield throughput_row(what, size * number, pairs(taken, "ours", "raw"))
            yield memory_above(f"{what}: memory", pairs(taken, "ours", "idle"))


def throughput_row(what: str, volume: int, found: list[Pair]) -> Row:
    """Megabytes of images in a second; a ratio above 1 is faster than the socket."""
    return Row(
        what=what,
        ours=statistics.median(volume / MEGABYTE / ours.clock for ours, _ in found),
        unit="MB/s",
        goal=SHARE,
        rounds=len(found),
        beside="a raw socket",
        anchor=statistics.median(volume / MEGABYTE / raw.clock for _, raw in found),
        ratio=statistics.median(raw.clock / ours.clock for ours, raw in found),
        processor=statistics.median(raw.processor / ours.processor for ours, raw in found),
    )


def memory_above(what: str, found: list[Pair]) -> Row:
    """How much more than an idle client, in MiB; the goal is for all transfers that are under way at once."""
    above = [ours.peak - idle.peak for ours, idle in found]
    return Row(
        what=f"{what} above the idle client, {CONCURRENCY} at once",
        ours=statistics.median(above),
        unit="MiB",
        goal=Goal(MEMORY_OF_EACH * CONCURRENCY),
        rounds=len(found),
    )


if __name__ == "__main__":
    if sys.argv[1] == "sink":
        sink()
    else:
        {"raw": send_raw, "ours": send_ours}[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]))
