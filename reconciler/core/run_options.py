"""What a person asked of one run, beyond what the tree says."""

from dataclasses import dataclass

from reconciler.core.ref import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """Orders of a person.

    `accepted` lifts refusals about objects; `retry` trains anew what failed or was stopped; `start` starts models in
    spite of `start: false`; `prunes` deletes old versions; `reads_all` compares committed content as well.
    """

    accepted: frozenset[Ref] = frozenset()
    retry: frozenset[Ref] = frozenset()
    start: frozenset[Ref] = frozenset()
    prunes: bool = False
    reads_all: bool = False


NOTHING_ASKED = RunOptions()
