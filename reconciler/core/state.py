"""How objects stand that a plan leaves alone, and which version each alias of a model names."""

from enum import StrEnum

from reconciler.core.reason import Reason
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass


class State(StrEnum):
    """How an object stands that needs nothing in this plan; the answer to "why is it left alone?"."""

    IN_SYNC = "in sync"
    TRAINING = "training"
    CREATED = "created"
    """A model that is not to be started."""
    DRAFT = "draft"
    """A dataset that is kept open."""
    HELD = "held"
    """It waits for another object, one that was refused or is kept as a draft."""
    WAITING = "waiting"
    """The training of a superseded version must end first."""
    KEPT = "kept"
    """What is live stays in force although the definition changed (`retrain: never`)."""
    FAILED = "failed"
    STOPPED = "stopped"
    ABSENT = "absent"
    """Nothing of it is live, as its manifest says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """An object that is left as it is, and what is worth telling of it."""

    ref: Ref
    id: int | None
    version: int | None
    fingerprint: str | None
    state: State
    images: int | None = None
    """Images of a dataset."""
    dataset: Ref | None = None
    """The dataset that a model stands on, and its version; None where no account was asked for that."""
    dataset_version: int | None = None
    reason: Reason | None = None
    """Why it is held, or that it was adopted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasState:
    """One alias of a model and the trained version that answers to it; `problem` says why none does (a clause)."""

    ref: Ref
    alias: str
    target: str
    id: int | None = None
    version: int | None = None
    fingerprint: str | None = None
    problem: str = ""
    is_live: bool = False
    """Is a version live that it names, trained or not?"""
