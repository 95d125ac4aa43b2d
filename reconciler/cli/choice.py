"""Options that several commands share, and how their values are read."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from reconciler.core.ref import Kind, Ref

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
    from reconciler.core.ref import Kind, parse_ref

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


def scoped(function: _F) -> _F:
    """`--target` and `--exclude`."""
    target = click.option(
        "--target", "targets", multiple=True, metavar="REF", callback=read_refs, help="Only this, and what it needs."
    )
    exclude = click.option(
        "--exclude", "excluded", multiple=True, metavar="REF", callback=read_refs, help="Not this, nor what needs it."
    )
    return target(exclude(function))


def lenient(function: _F) -> _F:
    """`--accept` and `--allow`."""
    accept = click.option(
        "--accept",
        "accepted",
        multiple=True,
        metavar="REF",
        callback=read_refs,
        help="Lift a refusal about this object (a take-over, what looks like a rename).",
    )
    allow = click.option(
        "--allow",
        "raised",
        multiple=True,
        metavar="LIMIT=N",
        callback=read_limits,
        help="Another limit for this run: trainings, uploads, image_removals, deletions, caption_rewrites, "
        "image_removals_percent, deletions_percent.",
    )
    return accept(allow(function))


def asking(function: _F) -> _F:
    """`--retry`, `--start` and `--prune`: what a person asks for beyond the manifests, once."""
    retry = click.option(
        "--retry",
        multiple=True,
        metavar="REF",
        callback=read_models,
        help="Train this model anew although its last training failed or was stopped.",
    )
    start = click.option(
        "--start",
        multiple=True,
        metavar="REF",
        callback=read_models,
        help="Start the training of this model in spite of `start: false`.",
    )
    prune = click.option(
        "--prune", is_flag=True, help="Delete old versions beyond `history_limit`, and unused duplicates."
    )
    return retry(start(prune(function)))


def form(*choices: str) -> Callable[[_F], _F]:
    """`--format`, the first of the choices unless told."""
    return click.option(
        "--format", "form", type=click.Choice(choices), default=choices[0], show_default=True, help="How to print it."
    )
