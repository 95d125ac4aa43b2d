"""The table of switches, and how they are set."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from reconciler.simulator import SWITCHES, Simulator, SwitchError, parse_switch
from tests.simulator.unknown import TESTED

SOURCE = Path(__file__).parents[2] / "reconciler" / "simulator"


def test_every_unknown_has_its_switch() -> None:
    """Each undocumented behaviour has one switch; the numbers between are of none."""
    ids = sorted((switch.unknown[0], int(switch.unknown[1:])) for switch in SWITCHES.values() if switch.unknown)
    later = [number for number in (*range(1, 46), *range(50, 89), *range(90, 109)) if number != 73]
    assert ids == [*(("U", number) for number in range(1, 78)), *(("V", number) for number in later)]


def test_every_value_is_tested() -> None:
    """Every value of every undocumented behaviour that is played has a test."""
    for module in ("object", "clone", "model", "family", "caption", "upload", "archive", "generation"):
        import_module(f"tests.simulator.test_unknown_{module}")
    import_module("tests.simulator.test_transport")
    for switch in SWITCHES.values():
        if switch.unknown and not switch.reserved:
            assert TESTED.get(switch.name) == set(switch.values), switch.name


def test_every_switch_is_used() -> None:
    """Every switch that can be set is looked at somewhere, and every one that is looked at exists."""
    texts = [path.read_text() for path in SOURCE.rglob("*.py") if path.name != "switch_table.py"]
    used = {
        name
        for text in texts
        for name in re.findall(r'(?:switches\[|plays\(|seconds\(|number\(|switch=\(?)\s*"(\w+)"', text)
    }
    assert used == {switch.name for switch in SWITCHES.values() if not switch.reserved}


def test_parse() -> None:
    """A switch is written SWITCH=VALUE; numbers are taken where they mean something."""
    assert parse_switch("trailing_slash=404") == ("trailing_slash", "404")
    assert parse_switch(" list_lag_seconds = 2.5 ") == ("list_lag_seconds", "2.5")
    assert parse_switch("training_hours=by_id") == ("training_hours", "by_id")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("trailing_slash", "SWITCH=VALUE"),
        ("trailing_slashes=404", "did you mean 'trailing_slash'?"),
        ("zzz=404", "no switch 'zzz'; docs/simulator.md"),
        ("trailing_slash=maybe", "takes same, redirect_307, 404"),
        ("trailing_slash=7", "takes same, redirect_307, 404"),
        ("list_lag_seconds=-1", "any number from 0 on"),
        ("list_lag_seconds=1e3", "any number"),
        ("list_lag_seconds=1.x", "any number"),
        ("list_lag_seconds=", "any number"),
        ("rate_limit=9999999999999", "any number"),
        ("activate_checkpoint=absent", "reserved"),
    ],
)
def test_settings_that_make_no_sense(text: str, words: str) -> None:
    """A wrong switch or value is refused with a sentence that says what is right."""
    with pytest.raises(SwitchError, match=re.escape(words)):
        parse_switch(text)


def test_simulator_checks_its_switches() -> None:
    """A simulator takes no switch that does not exist."""
    with pytest.raises(SwitchError):
        Simulator(switches={"slash": "404"})
