"""How long a command takes before it works: runs on the smallest tree beside the import of the libraries that it stands on.

    python -m benchmarks.start [ROUNDS]

The quickstart is copied into a repository of its own. Each command runs as a process, in turn; a ratio is the median of the ratios of
each round. Processor time (user and system, with that of child processes) says more than time on the clock where others use the machine.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.tree import git

ROUNDS = 15
EXAMPLE = Path(__file__).parents[1] / "examples" / "quickstart"

_AS_USUAL = """\
import gc, sys
gc.set_threshold = gc.freeze = lambda *_: None
sys.argv = ["reconciler", "plan", "--endpoint", "simulator"]
from reconciler.__main__ import main
main()
"""

COMMANDS = {
    "click, pydantic and httpx imported": ["-c", "import click, pydantic, httpx"],
    "`python -c pass`": ["-c", "pass"],
    "`--version`": ["-m", "reconciler", "--version"],
    "`--help`": ["-m", "reconciler", "--help"],
    "`validate`": ["-m", "reconciler", "validate"],
    "`plan --base HEAD`": ["-m", "reconciler", "plan", "--base", "HEAD"],
    "`plan` on a simulator": ["-m", "reconciler", "plan", "--endpoint", "simulator"],
    "the same, garbage looked for as usual": ["-c", _AS_USUAL],
}


def measured(arguments: Sequence[str], folder: Path, environ: dict[str, str]) -> tuple[float, float]:
    """Seconds of the processor and of the clock that a run of Python takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()  # noqa: TID251 - the time of a process, from outside of it
    subprocess.run([sys.executable, *arguments], cwd=folder, env=environ, check=True, capture_output=True)
    taken = time.perf_counter() - began  # noqa: TID251
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, taken


def main(arguments: list[str]) -> None:
    """Print the table."""
    rounds = int(arguments[0]) if arguments else ROUNDS
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {rounds} rounds")
    print(f"load before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="reconciler-benchmark-") as place:
        folder = Path(place)
        shutil.copytree(EXAMPLE, folder / "manifests")
        for step in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "-m", "x")):
            git(folder, *step)
        environ = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "PYTHONDONTWRITEBYTECODE": ""}
        for words in COMMANDS.values():
            measured(words, folder, environ)  # so that all is compiled, and the images are in the cache
        runs = [{name: measured(words, folder, environ) for name, words in COMMANDS.items()} for _ in range(rounds)]
    anchor = next(iter(COMMANDS))
    print("\n| run | ms of the processor | ms on the clock | beside the import |\n|---|---|---|---|")
    for name in COMMANDS:
        processor, clock = (statistics.median(run[name][at] for run in runs) * 1000 for at in (0, 1))
        ratio = statistics.median(run[name][0] / run[anchor][0] for run in runs)
        print(f"| {name} | {processor:.0f} | {clock:.0f} | {ratio:.2f} |")
    print(f"\nload after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
