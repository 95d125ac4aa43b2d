"""Options that several commands share, and how their values are read."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from reconciler.core.kind import Kind
    from reconciler.core.ref import Ref

_F = TypeVar("_F", bound=Callable[..., Any])


def read_refs(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> "tuple[Ref, ...]":
    """`kind/name`, any number of times."""
    from reconciler.core.ref import parse_ref

    try:
        return tuple(parse_ref(value) for value in values)
    except ValueError as error:
        raise click.BadParameter(str(error), context, parameter) from None


def read_models(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> "tuple[Ref, ...]":
    """`model/name` or the bare name, any number of times."""
    from reconciler.core.kind import Kind
    from reconciler.core.ref import parse_ref

    try:
        return tuple(parse_ref(value, Kind.MODEL) for value in values)
    except ValueError as error:
        raise click.BadParameter(str(error), context, parameter) from None


def read_ref(kind: "Kind", text: str) -> "Ref":
    """A name, or `kind/name` of this kind."""
    from reconciler.core.ref import parse_ref

    try:
        return parse_ref(text, kind)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def read_limits(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, int]:
    """`LIMIT=N`, any number of times; whether the limit exists is for the settings to say."""
    found = {}
    for value in values:
        name, equals, number = value.partition("=")
        if not equals or not number.isascii() or not number.isdigit() or len(number) > 6:
            raise click.BadParameter(f"write LIMIT=N, as trainings=2, not {value!r}", context, parameter)
        found[name] = int(number)
    return found


def read_hosts(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """`HOST` or `HOST:PORT`, any number of times."""
    if values:
        from reconciler.api.address import HostRefused, origins_of

        try:
            for value in values:
                origins_of(value)
        except HostRefused as error:
            raise click.BadParameter(str(error), context, parameter) from None
    return values


def form(*choices: str) -> Callable[[_F], _F]:
    """`--format`, the first of the choices unless told."""
    return click.option(
        "--format", "form", type=click.Choice(choices), default=choices[0], show_default=True, help="How to print it."
    )


def length(function: _F) -> _F:
    """`--length`, of Markdown."""
    return click.option(
        "--length",
        type=click.Choice(("comment", "summary")),
        default="comment",
        show_default=True,
        help="Markdown: what a comment holds (65,536 characters) or the summary of a CI step (1 MiB).",
    )(function)
