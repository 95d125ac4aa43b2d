"""What a plan will not do, and what it says aloud without doing anything."""

from reconciler.core.ref import Ref
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a plan will not do, and the way on. `ref` is None where it concerns the whole plan."""

    rule: str
    ref: Ref | None
    summary: str
    remedies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A fact that changes nothing and is said aloud: strays, duplicates, held models, leftover drafts."""

    rule: str
    ref: Ref | None
    text: str
