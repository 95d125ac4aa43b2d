"""All that is measured, as one table.

    python -m benchmarks [--only NAME ...] [--quick] [--out FILE]

Everything, in full, is written to `benchmarks/RESULTS.md`; a part of it is printed only, unless `--out` says where it goes.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from benchmarks.process import PROGRAM, load, machine, now
from benchmarks.row import HEAD, Row, Scale, line
from reconciler.clock import time_of_day

MODULES = ("start", "manifests", "base", "live", "scan", "uploads", "report", "gallery")
"""Modules of this package with a function `rows(scale)`, in the order of the table."""

RESULTS = Path(__file__).parent / "RESULTS.md"

_TEXT = """\
# Results

What each row measures, and how: [README](README.md). Written by `make benchmarks`{how}.

{conditions}

A figure is the median of the rounds, a ratio the median of the ratios of the rounds, in which ours and its anchor ran in turn. Time
is that on the clock; beside it stands the ratio of processor time (user and system, with children), which other work on the machine
disturbs less (where there is no anchor, the seconds themselves). Where few rounds stand, one takes long. A goal holds for the ratio where there is one, and for our own figure elsewhere.

{table}
"""


def measured(name: str, scale: Scale) -> Iterator[Row]:
    """The rows of a module."""
    found: Iterator[Row] = import_module(f"benchmarks.{name}").rows(scale)
    return found


def conditions(before: str, after: str, taken: Mapping[str, float]) -> str:
    """The machine, the versions, the load, and the minutes that each part took."""
    program = os.environ.get(PROGRAM, RESULTS.parent)
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=program, check=True, capture_output=True, text=True
    ).stdout.strip()
    parts = ", ".join(f"{name} {minutes:.1f}" for name, minutes in taken.items())
    peers = f"octoDNS {version('octodns')}, PyYAML {version('PyYAML')}"
    return (
        f"{time_of_day():%Y-%m-%d}, commit {commit}. {machine()}, {peers}. "
        f"Load before: {before}, after: {after}. It took {sum(taken.values()):.1f} minutes: {parts}."
    )


def table(names: Sequence[str], scale: Scale, taken: dict[str, float]) -> Iterator[str]:
    """Lines of the table, each as soon as it is measured. A part that fails has a line that says so, and the next one follows.

    `taken` is told the minutes of each part.
    """
    yield HEAD
    for name in names:
        began = now()
        try:
            yield from map(line, measured(name, scale))
        except RuntimeError as error:
            yield f"| `{name}` failed: {' '.join(str(error).split())} {'| ' * 8}|"
        taken[name] = (now() - began) / 60


def main(arguments: list[str]) -> None:
    """Measure, print each row as soon as it is there, and write the table. Ends with 1 where a part failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", action="append", choices=MODULES, help="measure this part (may be repeated)")
    parser.add_argument("--quick", action="store_true", help="smaller trees, at most three rounds")
    parser.add_argument("--out", type=Path, help="write the table there")
    chosen = parser.parse_args(arguments)
    is_whole = not chosen.quick and not chosen.only
    taken: dict[str, float] = {}
    before = load()
    print(f"{machine()}; load {before}\n", flush=True)
    lines = []
    for each in table(chosen.only or MODULES, Scale.QUICK if chosen.quick else Scale.FULL, taken):
        print(each, flush=True)
        lines.append(each)
    told = conditions(before, load(), taken)
    print(f"\n{told}")
    out = chosen.out or (RESULTS if is_whole else None)
    if out:
        how = "" if is_whole else f" (`{' '.join(arguments)}`)"
        out.write_text(_TEXT.format(how=how, conditions=told, table="\n".join(lines)), encoding="utf-8")
    if any("` failed: " in each for each in lines):
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
