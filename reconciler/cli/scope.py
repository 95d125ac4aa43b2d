"""The options that say what a plan is about and what a person asks for: one set for `plan` and `apply`."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from reconciler.cli.choice import read_limits, read_models, read_refs

_F = TypeVar("_F", bound=Callable[..., int])

_OPTIONS = (
    click.option(
        "--target", "targets", multiple=True, metavar="REF", callback=read_refs, help="Only this, and what it needs."
    ),
    click.option(
        "--exclude", "excluded", multiple=True, metavar="REF", callback=read_refs, help="Not this, nor what needs it."
    ),
    click.option(
        "--accept",
        "accepted",
        multiple=True,
        metavar="REF",
        callback=read_refs,
        help="Lift a refusal about this object (a take-over, what looks like a rename).",
    ),
    click.option(
        "--allow",
        "raised",
        multiple=True,
        metavar="LIMIT=N",
        callback=read_limits,
        help="Another limit for this run: trainings, uploads, image_removals, deletions, caption_rewrites, "
        "image_removals_percent, deletions_percent.",
    ),
    click.option(
        "--retry",
        multiple=True,
        metavar="REF",
        callback=read_models,
        help="Train this model anew although its last training failed or was stopped.",
    ),
    click.option(
        "--start",
        multiple=True,
        metavar="REF",
        callback=read_models,
        help="Start the training of this model in spite of `start: false`.",
    ),
    click.option(
        "--prune",
        "prunes",
        is_flag=True,
        help="Delete old versions beyond `history_limit`, and unused duplicates.",
    ),
)
_FIELDS = ("targets", "excluded", "accepted", "retry", "start", "prunes")


def scoped(function: _F) -> Callable[..., int]:
    """The options, handed to the command as `scope`, a Scope, and `raised`, the limits by name."""

    @wraps(function)
    def command(*args: Any, **given: Any) -> int:
        from reconciler.app.planning import Scope

        scope = Scope(**{name: given.pop(name) for name in _FIELDS})
        return function(*args, scope=scope, **given)

    decorated: Callable[..., int] = command
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated
