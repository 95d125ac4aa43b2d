"""What a switch is: a row of the tables of switches, whose first value is the default."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """One switch; `number` means that any number from 0 on is taken besides the listed values."""

    name: str
    unknown: str | None
    values: tuple[str, ...]
    meaning: str
    number: bool = False
    reserved: bool = False

    @property
    def default(self) -> str:
        """The value it has when nobody sets it."""
        return self.values[0]


def choice(unknown: str, name: str, values: str, meaning: str) -> Switch:
    """A switch that takes one of some words."""
    return Switch(name=name, unknown=unknown, values=tuple(values.split()), meaning=meaning)


def number(unknown: str | None, name: str, values: str, meaning: str) -> Switch:
    """A switch that takes any number besides."""
    return Switch(name=name, unknown=unknown, values=tuple(values.split()), meaning=meaning, number=True)


def reserved(unknown: str, name: str, values: str, meaning: str) -> Switch:
    """A switch of what is not played."""
    return Switch(name=name, unknown=unknown, values=tuple(values.split()), meaning=meaning, reserved=True)
