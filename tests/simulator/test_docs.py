"""The page about the simulator says what is true."""

import re
from pathlib import Path

from reconciler.simulator import SWITCHES, parse_fault, parse_switch
from reconciler.simulator.fault import AFTER, ARGUMENT, BEFORE
from reconciler.simulator.switch_table import Switch

PAGE = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")


def row(switch: Switch) -> str:
    """The line of a switch in the tables of the page."""
    values = ", ".join(f"**{value}**" if value == switch.default else value for value in switch.values)
    more = ", any number" if switch.number else ""
    return f"| {switch.unknown or ''} | `{switch.knob}` | {values}{more} | {switch.meaning} |"


def test_tables_of_switches() -> None:
    """The page has the line of every switch, and no line of a switch that does not exist."""
    lines = [line for line in PAGE.splitlines() if re.match(r"\| (U\d\d)? ?\| `", line)]
    assert sorted(lines) == sorted(map(row, SWITCHES.values()))


def test_table_of_faults() -> None:
    """The page names every fault, with a number where it takes one."""
    (table,) = re.findall(r"\| kind \|(.*?)\n\n", PAGE, re.DOTALL)
    named = set(re.findall(r"`([a-z0-9_]+)(?::SECONDS)?`", table.replace("`Retry-After`", "")))
    assert named == {*BEFORE, *AFTER}
    assert set(re.findall(r"`(\w+):SECONDS`", table)) == set(ARGUMENT)


def test_examples_of_options() -> None:
    """The command in the page has settings and faults that exist; so have the remarks on values."""
    (setting,) = re.findall(r"--set (\S+=\S+) --fault", PAGE)
    assert parse_switch(setting)
    (fault,) = re.findall(r"--fault '([^']+:[a-z_]+)'", PAGE)
    assert parse_fault(fault).kind == "lost_answer"
    for remark in re.findall(r"^- `(\w+=\w+)`", PAGE, re.MULTILINE):
        parse_switch(remark)


def test_example_in_python() -> None:
    """The Python in the page runs."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(code, "docs/simulator.md", "exec"), {})
