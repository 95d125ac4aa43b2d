"""The day on which rules with a last day are judged: `--today`, or the machine's."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import click

_F = TypeVar("_F", bound=Callable[..., Any])


def read_day(context: click.Context, parameter: click.Parameter, value: str | None) -> date | None:
    """A date as 2027-01-31."""
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"write a date as 2027-01-31, not {value!r}", context, parameter) from None


def day_option(what: str) -> Callable[[_F], _F]:
    """`--today DATE`."""
    return click.option("--today", metavar="DATE", callback=read_day, help=f"Judge {what} as on this day. [today]")


def this_day() -> date:
    """The calendar day: the clock of runs counts seconds from no particular day, and a rule ends on one."""
    from datetime import datetime

    return datetime.now().astimezone().date()  # noqa: TID251 - the one place that asks for the day
