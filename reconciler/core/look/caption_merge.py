"""Captions of git and of the live side merged three ways: what only one side changed is taken, the rest is a conflict.

The third side is the ancestor: what git declared when the live version was made of it. A caption that is missing says nothing,
on either side: it is never a change, and never in the way of one.
"""

from collections.abc import Callable
from enum import StrEnum

from reconciler.core.value import dataclass

Same = Callable[[str, str], bool]
"""Do two captions say the same? Under a schema they are compared as JSON documents."""


class Side(StrEnum):
    """Who is right where both sides changed a caption."""

    OURS = "ours"
    """Git."""
    THEIRS = "theirs"
    """The live side."""


class MergeOutcome(StrEnum):
    """What becomes of the caption of one image in git."""

    SAME = "same"
    """Both sides say the same, or neither says anything."""
    TAKEN = "taken"
    """Git gets what the live side says."""
    KEPT = "kept"
    """Git keeps what only git says; the next apply writes it to the live side."""
    CONFLICT = "conflict"
    """Both sides say something else, and nobody chose."""
    UNCOMMITTED = "uncommitted"
    """Git would get what the live side says, but no commit holds what would be written over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionSides:
    """What each side says about one image; None for a side that says nothing.

    `committed` is what the last commit says where `ours`, from the working tree, is read.
    """

    ours: str | None
    theirs: str | None
    ancestor: str | None = None
    committed: str | None = None


def merged(sides: CaptionSides, same: Same, choice: Side | None = None) -> MergeOutcome:
    """The outcome for one image. `choice` decides a conflict, and nothing else."""
    ours, theirs = sides.ours, sides.theirs
    if theirs is None:
        return MergeOutcome.SAME if ours is None else MergeOutcome.KEPT
    if ours is None:
        return MergeOutcome.TAKEN
    if same(ours, theirs):
        return MergeOutcome.SAME
    side = _changed_alone(sides, same) or choice
    if side is None:
        return MergeOutcome.CONFLICT
    if side is Side.OURS:
        return MergeOutcome.KEPT
    is_committed = sides.committed is not None and same(sides.committed, ours)
    return MergeOutcome.TAKEN if is_committed else MergeOutcome.UNCOMMITTED


def _changed_alone(sides: CaptionSides, same: Same) -> Side | None:
    """The side that changed the caption since the ancestor where the other did not; of two that differ."""
    if sides.ancestor is None or sides.ours is None or sides.theirs is None:
        return None
    if same(sides.theirs, sides.ancestor):
        return Side.OURS
    return Side.THEIRS if same(sides.ours, sides.ancestor) else None
