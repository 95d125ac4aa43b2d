"""A plan: a value that says what will be done, in which order, why, and what it costs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar

from reconciler.core.action import Action, listed
from reconciler.core.change import Change
from reconciler.core.consequence import Consequence
from reconciler.core.cost import Cost, total
from reconciler.core.limit import Limits
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note, Refusal
from reconciler.core.rest import UnchangedRows
from reconciler.core.run_options import NOTHING_ASKED, RunOptions
from reconciler.core.state import AliasState, Unchanged
from reconciler.core.value import dataclass
from reconciler.core.wish import DatasetWish

FORMAT = 2
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
    account: str = ""
    """The name of the account that the tree pins; empty where it pins none, and on a simulator of this process."""
    overlay: str = ""
    """The overlay that was put over the manifests; empty where there was none."""
    destroys: bool = False
    """Was it made by `reconciler destroy`, as if every manifest were absent?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What an object's actions rely on, a line a fact; that something is absent is a fact too."""

    ref: Ref
    facts: tuple[str, ...]


class _About(Protocol):
    @property
    def ref(self) -> Ref: ...


_T = TypeVar("_T", bound=_About)

if TYPE_CHECKING:
    AllUnchanged = Sequence[Unchanged]
else:
    AllUnchanged = tuple[Unchanged, ...]  # what a plan file holds, and what is read in one


@dataclass(frozen=True, kw_only=True)
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
    consequences: tuple[Consequence, ...] = ()
    """What merging does without a call. Known only where a plan is made against the tree before."""
    unchanged: AllUnchanged = ()
    """What stays as it is. Of a large tree most of it is made when it is asked for (`core.rest`)."""
    aliases: tuple[AliasState, ...] = ()
    basis: tuple[Basis, ...] = ()
    limits: Limits = field(default_factory=Limits)
    asked: RunOptions = NOTHING_ASKED
    """What a person asked for when the plan was made, by `--accept`, `--retry`, `--start`, `--prune` and `--refresh`.

    It explains the plan and binds nobody: whoever applies a saved plan must ask for the same again.
    """
    calls: int = 0
    """API calls that observing took."""

    @cached_property
    def cost(self) -> Cost:
        """What all actions spend together, and the lists that are read once they are done."""
        return total((Cost(calls=len(listed(self.actions))), *(action.cost for action in self.actions)))

    @property
    def is_empty(self) -> bool:
        return not self.actions

    @property
    def needs_review(self) -> bool:
        """Is there anything to do, anything refused, or anything that merging does without a call?"""
        return bool(self.actions or self.refusals or self.consequences)

    def changes_of(self, ref: Ref) -> tuple[Change, ...]:
        """What changes of one object."""
        return self._changes.get(ref, ())

    def unchanged_of(self, ref: Ref) -> tuple[Unchanged, ...]:
        """What stays of one object as it is."""
        found = self._unchanged.get(ref, ())
        return found or (self.unchanged.rest.of(ref) if isinstance(self.unchanged, UnchangedRows) else ())

    @property
    def compared(self) -> Sequence[Unchanged]:
        """What was looked at and stays as it is. All else that stays is in sync, and `in_sync_apart` counts it."""
        return self.unchanged.compared if isinstance(self.unchanged, UnchangedRows) else self.unchanged

    @property
    def in_sync_apart(self) -> int:
        """Objects that are known to be in sync and were not looked at."""
        return len(self.unchanged) - len(self.compared)

    def aliases_of(self, ref: Ref) -> tuple[AliasState, ...]:
        """The aliases of one model, in the order of the manifest."""
        return self._aliases.get(ref, ())

    def wish(self, ref: Ref) -> DatasetWish | None:
        """What one dataset is to be; None where the plan does not say."""
        return self._wishes.get(ref)

    @cached_property
    def _wishes(self) -> Mapping[Ref, DatasetWish]:
        return {wish.ref: wish for wish in reversed(self.wishes)}

    @cached_property
    def _changes(self) -> Mapping[Ref, tuple[Change, ...]]:
        return _by_ref(self.changes)

    @cached_property
    def _unchanged(self) -> Mapping[Ref, tuple[Unchanged, ...]]:
        return _by_ref(self.compared)

    @cached_property
    def _aliases(self) -> Mapping[Ref, tuple[AliasState, ...]]:
        return _by_ref(self.aliases)


def _by_ref(things: Iterable[_T]) -> dict[Ref, tuple[_T, ...]]:
    found: dict[Ref, list[_T]] = defaultdict(list)
    for one in things:
        found[one.ref].append(one)
    return {ref: tuple(listed) for ref, listed in found.items()}
