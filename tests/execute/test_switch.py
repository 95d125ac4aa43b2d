"""Every value of every undocumented behaviour, through the stories that meet it: in sync at last, or what is said instead."""

from pathlib import Path

import pytest

from reconciler.execute import Archives
from reconciler.simulator.generation.switch_table import GENERATION
from reconciler.simulator.switch_table import PLAYED
from tests.execute.switch_outcomes import STORIES, Told, Value, table
from tests.execute.switched import Setting

PAGE = Path(__file__).parents[2] / "docs" / "simulator.md"
BEGIN, END = "<!-- outcomes: written by pytest --update-golden -->\n", "<!-- end of outcomes -->\n"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A row for each story and value. The gate leaves out those that differ in nothing from what another story tells."""
    if "told" not in metafunc.fixturenames:
        return
    plays_all = metafunc.config.getoption("--all-switches")
    rows = [(told, value) for told in STORIES for value in told.values if plays_all or told.is_in_the_gate(value)]
    names = [f"{told.name}-{switch}-{value}" for told, (switch, value) in rows]
    metafunc.parametrize(("told", "value"), rows, ids=names)


async def test_a_value(told: Told, value: Value, archives: Archives, tmp_path: Path) -> None:
    """F25: one switch at a time; a story fails by itself where something is lost or paid for twice."""
    switch, chosen = value
    said = await told.tells(Setting(switches={**told.base, switch: chosen}, archives=archives, folder=tmp_path))
    if value in told.said:
        assert told.said[value] in said
    else:
        assert not said


def test_no_value_is_left_out() -> None:
    """Each value that differs from the default is met by a story; figures are no behaviours, and no apply generates."""
    met = {value for told in STORIES for value in told.values}
    assert not [
        (switch.name, value)
        for switch in PLAYED
        if switch.unknown is not None and switch not in GENERATION
        for value in switch.values
        if value != switch.default and (switch.name, value) not in met
    ]
    assert all(set(told.said) <= set(told.values) for told in STORIES)


def test_the_page_says_what_becomes_of_each_value(update_golden: bool) -> None:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    between, _, after = rest.partition(END)
    assert after
    if update_golden:
        PAGE.write_text(before + BEGIN + table() + END + after, encoding="utf-8")
        return
    assert between == table(), "run pytest tests/execute/test_switch.py --update-golden"
