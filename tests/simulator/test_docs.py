"""The page about the simulator says what is true."""

import re
from pathlib import Path

from reconciler.simulator import parse_fault, parse_switch
from reconciler.simulator.fault import AFTER, ARGUMENT, BEFORE
from reconciler.simulator.switch_kind import Switch
from reconciler.simulator.switch_table import PLAYED, RESERVED

FILE = Path(__file__).parents[2] / "docs" / "simulator.md"
PAGE = FILE.read_text(encoding="utf-8")
BEGIN, END = "<!-- switches: written by pytest --update-golden -->\n", "<!-- end of switches -->\n"
HEAD = "| id | switch | values | what it decides |\n|---|---|---|---|\n"


def row(switch: Switch) -> str:
    """The line of a switch."""
    values = ", ".join(f"**{value}**" if value == switch.default else value for value in switch.values)
    more = ", any number" if switch.number else ""
    return f"| {switch.unknown or ''} | `{switch.name}` | {values}{more} | {switch.meaning} |\n"


def by_id(switch: Switch) -> tuple[str, int]:
    """By letter, then by number."""
    return ((switch.unknown or " ")[0], int((switch.unknown or " 0")[1:]))


def tables() -> str:
    """The tables of all switches."""
    unknown = sorted((switch for switch in PLAYED if switch.unknown), key=by_id)
    figures = [switch for switch in PLAYED if not switch.unknown]
    parts = [
        (None, unknown),
        ("Figures that go with them, and a few more:", figures),
        ("Not played, and listed so that its id has a meaning; setting it is an error:", RESERVED),
    ]
    texts = [(f"{words}\n\n" if words else "") + HEAD + "".join(map(row, rows)) for words, rows in parts]
    return "\n" + "\n".join(texts) + "\n"


def test_tables_of_switches(update_golden: bool) -> None:
    """The page has the line of every switch, and no line of a switch that does not exist."""
    before, _, rest = PAGE.partition(BEGIN)
    between, _, after = rest.partition(END)
    assert after
    if update_golden:
        FILE.write_text(before + BEGIN + tables() + END + after, encoding="utf-8")
        return
    assert between == tables()


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
