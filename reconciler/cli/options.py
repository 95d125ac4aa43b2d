"""Options that several commands have, and how the values of options and arguments are read."""

import re
from collections.abc import Callable
from datetime import date
from functools import partial, wraps
from typing import Any, TypeVar

import click

from reconciler.cli.ref_type import ANY, MODEL, RefType
from reconciler.cli.shared_options import keep
from reconciler.core.pattern import pattern
from reconciler.core.text import calendar_day

_F = TypeVar("_F", bound=Callable[..., Any])
_VERSIONS = pattern(r"v([1-9][0-9]{0,8})\.\.v([1-9][0-9]{0,8})", re.ASCII)


def format_option(*choices: str) -> Callable[[_F], _F]:
    """`--format`, by default the first of the choices."""
    return click.option(
        "--format", "form", type=click.Choice(choices), default=choices[0], show_default=True, help="How to print it."
    )


def length_option(function: _F) -> _F:
    """`--length`, of Markdown."""
    return click.option(
        "--length",
        type=click.Choice(("comment", "summary")),
        default="comment",
        show_default=True,
        help="Markdown: what a comment holds (65,536 characters) or the summary of a CI step (1 MiB).",
    )(function)


def today_option(what: str) -> Callable[[_F], _F]:
    """`--today DATE`: the day on which rules with a last day are judged."""
    return click.option("--today", metavar="DATE", callback=_read_day, help=f"Judge {what} as on this day. [today]")


def yes_option(function: _F) -> _F:
    """`--yes`."""
    return click.option("--yes", is_flag=True, help="Do not ask.")(function)


def target_option(text: str) -> Callable[[_F], _F]:
    """`--target REF`, any number of times, as `targets`."""
    return _refs_option("--target", "targets", text)


def limits_option(*names: str) -> Callable[[_F], _F]:
    """`--allow LIMIT=N`, any number of times, as `raised`: numbers by the name of the limit. `names` are those that count here."""
    text = f"Another limit for this run: {', '.join(names)}."
    read = partial(_read_limits, names)
    return click.option("--allow", "raised", multiple=True, metavar="LIMIT=N", callback=read, help=text)


def hosts_option(text: str) -> Callable[[_F], _F]:
    """`--pictures-from HOST`, any number of times, as `hosts`: from where files may be fetched."""
    return click.option("--pictures-from", "hosts", multiple=True, metavar="HOST", callback=_read_hosts, help=text)


def results_options(function: _F) -> _F:
    """Where results of a drawing come from, and for how long they are looked for: `hosts` and `patience`."""
    timeout = click.option(
        "--timeout",
        "patience",
        type=click.FloatRange(1, 86400),
        default=600.0,
        metavar="SECONDS",
        help="Give up looking for results after so long. [600]",
    )
    return hosts_option("Fetch results from this host, without the token.")(timeout(function))


def diff_option(text: str = "Show what would be written, and write nothing.") -> Callable[[_F], _F]:
    """`--diff`, as `shows_diff`."""
    return click.option("--diff", "shows_diff", is_flag=True, help=text)


def archive_options(function: _F) -> _F:
    """`--archive-store` and `--archive-expiry`, which become settings."""
    store = click.option(
        "--archive-store",
        metavar="URL",
        expose_value=False,
        callback=keep,
        help="Where archives of `upload_type: advanced` are put: s3://, gs://, az:// or file://. "
        "[RECONCILER_ARCHIVE_STORE]",
    )
    expiry = click.option(
        "--archive-expiry",
        metavar="TIME",
        expose_value=False,
        callback=keep,
        help="How long the address of an archive is good for, as 90m, 24h or 7d. [24h]",
    )
    return store(expiry(function))


def plan_options(function: Callable[..., int]) -> Callable[..., int]:
    """What a plan is about and what a person asks for: the options that `plan` and `apply` have in common.

    The command gets them as `scope`, a Scope, and as `raised`, the limits by name.
    """

    @wraps(function)
    def command(*args: Any, **given: Any) -> int:
        from reconciler.app.planning import Scope

        scope = Scope(**{name: given.pop(name) for name in _SCOPE_FIELDS})
        return function(*args, scope=scope, **given)

    decorated: Callable[..., int] = command
    for option in reversed(_PLAN_OPTIONS):
        decorated = option(decorated)
    return decorated


def current_day() -> date:
    """Today on this machine. The clock of runs cannot say it: it counts seconds, and a simulated one starts anywhere."""
    from datetime import datetime

    return datetime.now().astimezone().date()  # noqa: TID251 - the one place that asks for the day


def read_versions(text: str) -> tuple[int, int]:
    """`v1..v3`."""
    found = _VERSIONS.fullmatch(text)
    if found is None:
        raise click.BadParameter(f"write two versions as v1..v2, not {text!r}")
    return int(found[1]), int(found[2])


def read_revisions(text: str) -> tuple[str, str | None]:
    """`A..B`, or `A`: the second is None, which means the working tree. Git says whether the revisions exist."""
    before, dots, after = text.partition("..")
    if not before or (dots and not after) or ".." in after or after.startswith("."):
        raise click.BadParameter(f"write one revision, or two as main..HEAD, not {text!r}")
    return before, after or None


def _read_hosts(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """`HOST` or `HOST:PORT`, any number of times."""
    if values:
        from reconciler.api.endpoint import HostRefused, origins_of

        try:
            for value in values:
                origins_of(value)
        except HostRefused as error:
            raise click.BadParameter(str(error), context, parameter) from None
    return values


def _read_day(context: click.Context, parameter: click.Parameter, value: str | None) -> date | None:
    """A date as 2027-01-31."""
    if value is None:
        return None
    day = calendar_day(value)
    if day is None:
        raise click.BadParameter(f"write a date as 2027-01-31, not {value!r}", context, parameter)
    return day


def _read_limits(
    names: tuple[str, ...], context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, int]:
    """`LIMIT=N`, any number of times. The settings say whether the limit exists."""
    if not values:
        return {}
    from reconciler.core.limit import LIMIT_NAMES

    found = {}
    for value in values:
        name, equals, number = value.partition("=")
        if not equals or not number.isascii() or not number.isdigit() or len(number) > 6:
            raise click.BadParameter(f"write LIMIT=N, as {names[0]}=2, not {value!r}", context, parameter)
        if name in LIMIT_NAMES and name not in names:
            raise click.BadParameter(
                f"{name} does not count here; what counts is {', '.join(names)}", context, parameter
            )
        found[name] = int(number)
    return found


def _refs_option(flag: str, name: str, text: str, *, kind: RefType = ANY) -> Callable[[_F], _F]:
    return click.option(flag, name, multiple=True, metavar="REF", type=kind, help=text)


_PLAN_OPTIONS = (
    target_option("Only this, and what it needs."),
    _refs_option("--exclude", "excluded", "Not this, nor what needs it."),
    _refs_option("--accept", "accepted", "Lift a refusal about this object (a take-over, what looks like a rename)."),
    limits_option(
        "trainings",
        "uploads",
        "image_removals",
        "deletions",
        "caption_rewrites",
        "image_removals_percent",
        "deletions_percent",
    ),
    _refs_option(
        "--retry",
        "retry",
        "Train this model anew although its last training failed or was stopped.",
        kind=MODEL,
    ),
    _refs_option("--start", "start", "Start the training of this model in spite of `start: false`.", kind=MODEL),
    click.option(
        "--prune",
        "prunes",
        is_flag=True,
        help="Delete old versions beyond `history_limit`, unused duplicates, and checkpoints that `keep_checkpoints` leaves out.",
    ),
)
_SCOPE_FIELDS = ("targets", "excluded", "accepted", "retry", "start", "prunes")
"""The options that make a Scope: all of the above but `--allow`."""
