"""Switches: how the simulator behaves where the API's documents say nothing."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from reconciler.simulator.switch_kind import Switch
from reconciler.simulator.switch_table import PLAYED, RESERVED

SWITCHES: Final[Mapping[str, Switch]] = MappingProxyType({switch.name: switch for switch in (*PLAYED, *RESERVED)})


class SwitchError(ValueError):
    """A switch or a value that does not exist; the message is fit for a user."""


def parse_switch(text: str) -> tuple[str, str]:
    """The name and the value in `SWITCH=VALUE`, both checked."""
    name, equals, value = text.partition("=")
    if not equals:
        raise SwitchError(f"write a switch as SWITCH=VALUE, not {text!r}")
    check(name.strip(), value.strip())
    return name.strip(), value.strip()


def check(name: str, value: str) -> None:
    """Raise SwitchError unless the switch exists, may be set, and takes this value."""
    switch = SWITCHES.get(name)
    if switch is None:
        near = get_close_matches(name, SWITCHES, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "docs/simulator.md has the table of switches"
        raise SwitchError(f"there is no switch {name!r}; {hint}")
    if switch.reserved:
        raise SwitchError(f"switch {name!r} is reserved: the simulator does not play this part of the API yet")
    if value in switch.values or (switch.number and _is_number(value)):
        return
    more = " or any number from 0 on" if switch.number else ""
    raise SwitchError(f"switch {name!r} cannot be {value!r}; it takes {', '.join(switch.values)}{more}")


def _is_number(text: str) -> bool:
    whole, _, fraction = text.partition(".")
    return whole.isascii() and whole.isdigit() and len(text) <= 12 and (fraction == "" or fraction.isdigit())


class Switches:
    """The value of every switch, defaults where nothing was said."""

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        for name, value in (chosen or {}).items():
            check(name, value)
        self._values = {name: switch.default for name, switch in SWITCHES.items()} | dict(chosen or {})

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def number(self, name: str) -> float | None:
        """The number a switch is set to, or None where it is set to one of its words."""
        value = self._values[name]
        return float(value) if _is_number(value) else None

    def seconds(self, name: str) -> float:
        """The number of a switch that has no words."""
        return float(self._values[name])
