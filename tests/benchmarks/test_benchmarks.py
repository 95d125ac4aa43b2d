"""Every module of the benchmarks runs, on trees so small that nothing is measured; and the table says what it should."""

from pathlib import Path

import pytest

import benchmarks
from benchmarks import manifests
from benchmarks.__main__ import MODULES, main, measured
from benchmarks.process import Usage
from benchmarks.row import Goal, Scale, exponent, growth_row, line, memory_row, plain_row, time_row

FRAME = {"__init__", "__main__", "launch", "octodns", "process", "row", "tree", "world"}
APART = {"archive"}
"""Needs ten gigabytes of disk: it is run by hand."""


@pytest.mark.parametrize("name", MODULES)
def test_a_module_runs(name: str) -> None:
    rows = list(measured(name, Scale.TINY))
    assert rows
    assert len({row.what for row in rows}) == len(rows), "each row of the table says what it is"
    for row in rows:
        assert row.rounds > 0
        assert (row.ratio is None) == (row.anchor is None) or not row.unit, "only a growth has an anchor and no ratio"


def test_every_module_is_in_the_table() -> None:
    found = {path.stem for path in Path(benchmarks.__path__[0]).glob("*.py")}
    assert found - FRAME - APART == set(MODULES)


@pytest.fixture
def few_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one part that reads nothing but its own memory, smaller than a quick run has it."""
    monkeypatch.setitem(manifests.FILES, Scale.QUICK, 2)


@pytest.mark.usefixtures("few_files")
def test_a_part_is_written_where_it_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "part.md"
    main(["--quick", "--only", "manifests", "--out", str(out)])
    written = out.read_text()
    assert "YAML with positions" in written
    assert "octoDNS" in written, "the versions of the anchors"
    assert "Load before" in capsys.readouterr().out


@pytest.mark.usefixtures("few_files")
def test_a_part_that_fails_is_told_and_the_others_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("benchmarks.process.LAUNCHER", Path("missing.py"))
    with pytest.raises(SystemExit) as ended:
        main(["--quick", "--only", "start", "--only", "manifests"])
    assert ended.value.code == 1
    out = capsys.readouterr().out
    assert "| `start` failed:" in out
    assert "YAML with positions" in out


def usages(*seconds: float) -> list[Usage]:
    return [Usage(clock=one, processor=one, peak=10 * one) for one in seconds]


def test_a_ratio_is_the_median_of_those_of_the_rounds() -> None:
    found = list(zip(usages(1, 2, 30), usages(2, 8, 10), strict=True))
    row = time_row("a", "b", found, Goal(0.5))
    assert (row.ours, row.anchor, row.ratio, row.verdict) == (2, 8, 0.5, "met")
    assert memory_row("a", "b", found, Goal(0.4)).verdict == "**missed**"


def test_a_goal_may_be_the_least_or_our_own_figure() -> None:
    assert plain_row("a", [0.7, 0.6, 0.5], "GB/s", Goal(0.6, is_least=True)).verdict == "met"
    assert plain_row("a", [3.1], "s", Goal(3.0)).verdict == "**missed**"
    assert not plain_row("a", [3.1], "s").verdict


def test_growth_is_told_by_its_exponent() -> None:
    assert exponent({10: 1.0, 100: 10.0, 1000: 100.0}) == pytest.approx(1.0)
    assert exponent({10: 1.0, 100: 100.0}) == pytest.approx(2.0)
    pairs = {size: list(zip(usages(size), usages(size**2), strict=True)) for size in (10, 100)}
    [row] = growth_row("a", "b", pairs)
    assert [row.ours, row.anchor] == pytest.approx([1.0, 2.0])
    assert not list(growth_row("a", "b", {10: pairs[10]})), "one size does not grow"


def test_a_line_of_the_table() -> None:
    assert "| 14.0 ms |" in line(plain_row("a start", [0.014], "s"))
    row = time_row("a plan", "git", list(zip(usages(1.5), usages(1), strict=True)), Goal(1.6))
    assert line(row) == "| a plan | 1.50 s | 1.00 s | git | 1.50 | 1.50 | ≤ 1.6 | met | 1 |"
