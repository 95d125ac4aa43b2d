"""The table: one row for a figure, the anchor that was measured in the same run, and the goal."""

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from benchmarks.process import Usage

Pair = tuple[Usage, Usage]
"""Our run and the anchor's, of the same round."""


class Scale(Enum):
    """How much is measured: all of it, enough to see a trend, or just so much that every line runs."""

    FULL = "full"
    QUICK = "quick"
    TINY = "tiny"

    def rounds(self, full: int) -> int:
        """How often a pair runs, where it runs `full` times in the table that is committed."""
        return {Scale.FULL: full, Scale.QUICK: min(full, 3), Scale.TINY: 1}[self]


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be reached, by the ratio where there is one, by our own figure elsewhere."""

    bound: float
    is_least: bool = False

    def is_met(self, value: float) -> bool:
        """Judged as it is printed: with two digits after the point."""
        value = round(value, 2)
        return value >= self.bound if self.is_least else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.is_least else '≤'} {self.bound:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line. Figures are medians; `ratio` is the median of the ratios of the rounds, `processor` the same of processor time.

    Without an anchor there is no ratio, and `processor` is in the unit of the row.
    """

    what: str
    ours: float
    unit: str
    goal: Goal | None = None
    rounds: int
    beside: str = ""
    anchor: float | None = None
    ratio: float | None = None
    processor: float | None = None

    @property
    def verdict(self) -> str:
        """Met, missed, or nothing where there is no goal."""
        if self.goal is None:
            return ""
        return "met" if self.goal.is_met(self.ours if self.ratio is None else self.ratio) else "**missed**"


def time_row(what: str, beside: str, pairs: Sequence[Pair], goal: Goal | None = None) -> Row:
    """Seconds on the clock, and the ratio of the seconds of the processor beside it."""
    return Row(
        what=what,
        ours=statistics.median(ours.clock for ours, _ in pairs),
        unit="s",
        goal=goal,
        rounds=len(pairs),
        beside=beside,
        anchor=statistics.median(anchor.clock for _, anchor in pairs),
        ratio=statistics.median(ours.clock / anchor.clock for ours, anchor in pairs),
        processor=statistics.median(ours.processor / anchor.processor for ours, anchor in pairs),
    )


def memory_row(what: str, beside: str, pairs: Sequence[Pair], goal: Goal | None = None) -> Row:
    """The peak of memory in MiB."""
    return Row(
        what=what,
        ours=statistics.median(ours.peak for ours, _ in pairs),
        unit="MiB",
        goal=goal,
        rounds=len(pairs),
        beside=beside,
        anchor=statistics.median(anchor.peak for _, anchor in pairs),
        ratio=statistics.median(ours.peak / anchor.peak for ours, anchor in pairs),
    )


def plain_row(what: str, values: Sequence[float], unit: str, goal: Goal | None = None) -> Row:
    """A figure that is held against nothing but a goal of its own."""
    return Row(what=what, ours=statistics.median(values), unit=unit, goal=goal, rounds=len(values))


def seconds_row(what: str, runs: Sequence[Usage], goal: Goal | None = None) -> Row:
    """Seconds on the clock that are held against nothing; those of the processor stand beside them."""
    processor = statistics.median(one.processor for one in runs)
    return replace(plain_row(what, [one.clock for one in runs], "s", goal), processor=processor)


def growth_row(
    what: str, beside: str, by_size: Mapping[int, Sequence[Pair]], goal: Goal | None = None
) -> Iterator[Row]:
    """How the time of the processor grows with the size, ours and the anchor's; nothing where there is one size only."""
    if len(by_size) < 2:
        return
    ours, anchor = (
        exponent({size: statistics.median(pair[side].processor for pair in pairs) for size, pairs in by_size.items()})
        for side in (0, 1)
    )
    sizes = ", ".join(f"{size:,}" for size in by_size)
    yield Row(
        what=f"{what}: exponent of its growth over {sizes}",
        ours=ours,
        unit="",
        goal=goal,
        rounds=min(map(len, by_size.values())),
        beside=beside,
        anchor=anchor,
    )


def exponent(times: Mapping[int, float]) -> float:
    """The slope of a line through the logarithms of sizes and times: 1 is in proportion, 2 is to the square."""
    sizes = [math.log(size) for size in times]
    return statistics.linear_regression(sizes, [math.log(time) for time in times.values()]).slope


HEAD = "| what | ours | anchor | | ratio | of the processor | goal | | rounds |\n|---|---|---|---|---|---|---|---|---|"


def line(row: Row) -> str:
    """A row in Markdown."""
    return (
        f"| {row.what} | {_figure(row.ours, row.unit)} | {_figure(row.anchor, row.unit)} | {row.beside} "
        f"| {_figure(row.ratio)} | {_figure(row.processor, row.unit if row.ratio is None else '')} | {row.goal or ''} | {row.verdict} | {row.rounds} |"
    )


def _figure(value: float | None, unit: str = "") -> str:
    if value is None:
        return ""
    if unit == "s" and abs(value) < 0.1:
        value, unit = value * 1000, "ms"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()
