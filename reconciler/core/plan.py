"""A plan: a value that says what will be done, in which order, why, and what it costs."""

from dataclasses import dataclass, field
from functools import reduce

from reconciler.core.action import Action, Cost
from reconciler.core.change import AliasState, Change, DatasetWish, Note, Refusal, Unchanged
from reconciler.core.limit import Limits
from reconciler.core.ref import Ref

FORMAT = 1
"""Version of the plan file; a reader refuses any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What was planned: how many objects the manifests declare, on which endpoint, at which tier."""

    endpoint: str
    tier: str
    projects: int
    datasets: int
    images: int
    models: int
    base: str = ""
    """The git revision whose tree was taken as live, by its short name; empty where the API was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What an object's actions rely on, a line a fact; that something is absent is a fact too."""

    ref: Ref
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that `apply` will do, already ordered: every action stands after what it needs."""

    format: int = FORMAT
    tool: str
    subject: Subject
    changes: tuple[Change, ...] = ()
    actions: tuple[Action, ...] = ()
    wishes: tuple[DatasetWish, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[Note, ...] = ()
    unchanged: tuple[Unchanged, ...] = ()
    aliases: tuple[AliasState, ...] = ()
    basis: tuple[Basis, ...] = ()
    limits: Limits = field(default_factory=Limits)
    accepted: tuple[Ref, ...] = ()
    """Refs whose refusals were lifted by `--accept` when the plan was made; `apply` must be told again."""
    calls: int = 0
    """API calls that observing took."""

    @property
    def cost(self) -> Cost:
        return reduce(Cost.__add__, (action.cost for action in self.actions), Cost())

    @property
    def is_empty(self) -> bool:
        return not self.actions

    def wish(self, ref: Ref) -> DatasetWish:
        return next(wish for wish in self.wishes if wish.ref == ref)
