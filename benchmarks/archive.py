"""An archive of thousands of images: seconds, peak memory, and whether the same images give the same bytes.

    python -m benchmarks.archive [NUMBER [BYTES]]

Files of random bytes are made in a temporary folder, 5,000 of 1 MB unless told otherwise (twice that much disk is needed). A
process of its own then makes the archive and puts it into a store that is a folder; a second one does so again, and finds it
there. Making reads each file twice, storing once more.
"""

import asyncio
import hashlib
import os
import resource
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import BinaryIO

from reconciler.archive.pack import Member, pack
from reconciler.archive.store import ArchiveStore, parse_store
from reconciler.clock import SystemClock

NUMBER, BYTES = 5_000, 1_000_000


def make(folder: Path, number: int, size: int) -> None:
    """Files that cannot be compressed, as images are."""
    folder.mkdir(parents=True)
    for one in range(number):
        (folder / f"{one:05}.png").write_bytes(os.urandom(size))


def opened(path: Path) -> BinaryIO:
    """The bytes of a file."""
    return path.open("rb")


def members(folder: Path) -> list[Member]:
    """What a plan knows of the files: name, size and digest."""
    found = []
    for path in sorted(folder.iterdir()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        name = f"{path.stem}.a{digest[:16]}.png"
        found.append(Member(name=name, size=path.stat().st_size, digest=digest, open=partial(opened, path)))
    return found


def measure(folder: str, store: str) -> None:
    """One archive, in this process: digest, bytes, seconds to make it, seconds to store it, whether it was new, peak memory."""
    found, clock = members(Path(folder)), SystemClock()
    began = clock.now()
    archive = pack(found)
    made = clock.now()
    is_new = asyncio.run(ArchiveStore(parse_store(f"file://{store}")).put(archive))
    stored = clock.now()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(archive.digest, archive.size, f"{made - began:.1f}", f"{stored - made:.1f}", is_new, peak)


def main(number: int = NUMBER, size: int = BYTES) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as place:
        folder, store = Path(place, "images"), Path(place, "store")
        make(folder, number, size)
        print(f"{number:,} files of {size:,} bytes\n")
        print("| run | bytes of the archive | made in | stored in | peak memory | digest |\n|---|---|---|---|---|---|")
        for run in ("first", "again"):
            command = [sys.executable, "-m", "benchmarks.archive", "measure", str(folder), str(store)]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            digest, total, made, stored, is_new, peak = told
            put = f"{stored} s" if is_new == "True" else "it was there"
            print(f"| {run} | {int(total):,} | {made} s | {put} | {peak} MB | `{digest[:16]}` |")


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        measure(*sys.argv[2:])
    else:
        main(*map(int, sys.argv[1:]))
