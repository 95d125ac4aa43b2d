"""How a versioned object, two versions and two revisions are named on the command line."""

import re
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from reconciler.core.ref import Ref

_VERSIONS = re.compile(r"v([1-9][0-9]{0,8})\.\.v([1-9][0-9]{0,8})", re.ASCII)


def read_versioned(text: str) -> "Ref":
    """`dataset/NAME` or `model/NAME`: the kinds that have versions."""
    from reconciler.core.kind import Kind
    from reconciler.core.ref import parse_ref
    from reconciler.core.text import in_words

    try:
        ref = parse_ref(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if not ref.kind.has_versions:
        versioned = in_words((kind.plural for kind in Kind if kind.has_versions), "and")
        raise click.BadParameter(f"{text!r} has no versions; {versioned} have")
    return ref


def read_versions(text: str) -> tuple[int, int]:
    """`v1..v3`."""
    found = _VERSIONS.fullmatch(text)
    if found is None:
        raise click.BadParameter(f"write two versions as v1..v2, not {text!r}")
    return int(found[1]), int(found[2])


def read_revisions(text: str) -> tuple[str, str | None]:
    """`A..B`, or `A`: the second is None, which is the working tree. Whether they exist is for git to say."""
    before, dots, after = text.partition("..")
    if not before or (dots and not after) or ".." in after or after.startswith("."):
        raise click.BadParameter(f"write one revision, or two as main..HEAD, not {text!r}")
    return before, after or None
