"""What a person asked of one run, beyond what the tree says."""

from reconciler.core.ref import Ref
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """Orders of a person; a plan records them.

    `accepted` lifts refusals about objects; `retry` trains anew what failed or was stopped; `start` starts models in
    spite of `start: false`; `prunes` deletes old versions; `reads_all` compares committed content as well. Refs are in
    their order, each once, so that the same orders give the same plan file.
    """

    accepted: tuple[Ref, ...] = ()
    retry: tuple[Ref, ...] = ()
    start: tuple[Ref, ...] = ()
    prunes: bool = False
    reads_all: bool = False

    def __post_init__(self) -> None:
        for name in ("accepted", "retry", "start"):
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))


NOTHING_ASKED = RunOptions()
