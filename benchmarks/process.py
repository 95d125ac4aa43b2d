"""Runs of programs, and what they take: seconds and memory, seen from outside."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PROGRAM = "BENCHMARK_PROGRAM"
"""The variable that names the folder of another version of the program, to measure it instead of this one."""

TOKEN = "benchmark-0123456789"  # noqa: S105 - of no account
LAUNCHER = Path(__file__).parent / "launch.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a process took with all its children: seconds on the clock, seconds of the processor, the peak of memory in MiB."""

    clock: float
    processor: float
    peak: float = 0.0


def ours(*arguments: str) -> list[str]:
    """The command line of our program, begun as a script of today's installers does."""
    return [sys.executable, "-c", "import sys; from reconciler.__main__ import main; sys.exit(main())", *arguments]


def environment(cache: Path, **more: str) -> dict[str, str]:
    """Variables of a run: nothing of the person who measures but where programs lie, and a cache of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    if PROGRAM in os.environ:
        kept["PYTHONPATH"] = os.environ[PROGRAM]
    return kept | {"XDG_CACHE_HOME": str(cache), "BRIA_API_TOKEN": TOKEN} | more


def run(command: Sequence[str], folder: Path, environ: Mapping[str, str], output: Path | None = None) -> Usage:
    """Run a program to its end; it must succeed. What it prints goes to a file, or nowhere."""
    program = shutil.which(command[0], path=environ.get("PATH"))
    assert program is not None, command[0]
    with tempfile.TemporaryDirectory(prefix="reconciler-benchmark-") as place:
        result, errors = Path(place) / "usage", Path(place) / "errors"
        launched = [sys.executable, "-I", "-S", str(LAUNCHER), str(result), program, *command[1:]]
        with Path(output or os.devnull).open("wb") as out, errors.open("wb") as said:
            ended = subprocess.run(launched, cwd=folder, env=environ, stdout=out, stderr=said, check=False)
        if ended.returncode:
            said_last = errors.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise RuntimeError(f"{' '.join(command)} ended with {ended.returncode}: {said_last}")
        clock, processor, peak = map(float, result.read_text(encoding="ascii").split())
    return Usage(clock=clock, processor=processor, peak=peak / (1024**2 if sys.platform == "darwin" else 1024))


def timed(work: Callable[[], object]) -> Usage:
    """The same for a function of this process; its memory is not told."""
    began, used = now(), time.process_time()
    work()
    return Usage(clock=now() - began, processor=time.process_time() - used)


def in_turn(runs: Mapping[str, Callable[[], Usage]], rounds: int) -> dict[str, list[Usage]]:
    """Run all of them in each round; every second round goes backwards, so that none always follows the same one."""
    taken: dict[str, list[Usage]] = {name: [] for name in runs}
    for number in range(rounds):
        names = list(runs)
        for name in names if number % 2 == 0 else reversed(names):
            taken[name].append(runs[name]())
    return taken


def pairs(taken: Mapping[str, Sequence[Usage]], ours: str, anchor: str) -> list[tuple[Usage, Usage]]:
    """Ours and the anchor's of each round."""
    return list(zip(taken[ours], taken[anchor], strict=True))


def now() -> float:
    """Seconds on the clock."""
    return time.perf_counter()  # noqa: TID251 - the time of a process, from outside of it


def machine() -> str:
    """What was measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    git = subprocess.run(["git", "version"], check=True, capture_output=True, text=True).stdout.split()[2]
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.platform()}, Python {sys.version.split()[0]}, git {git}"
    )


def load() -> str:
    """How many processes wanted a processor in the last minute: 0.0 on a machine that did nothing else."""
    return f"{os.getloadavg()[0]:.1f}"
