"""Aliases written into live descriptions, if a manifest asks for it, so that the console shows them too."""

from collections.abc import Iterable

from reconciler.core.pattern import pattern
from reconciler.core.state import AliasState

_LINE = pattern(r"(?:\n|^)aliases: [a-z0-9-]+(?:, [a-z0-9-]+)*$")


def plain(description: str) -> str:
    """A description without its line of aliases."""
    return _LINE.sub("", description)


def mirrored(description: str, aliases: Iterable[AliasState], model_id: int) -> str:
    """A description with the line of the aliases that name this model; without a line if no alias does."""
    names = sorted(state.alias for state in aliases if state.id == model_id)
    lines = [text for text in (plain(description), f"aliases: {', '.join(names)}" if names else "") if text]
    return "\n".join(lines)
