"""Refuse an alias that nothing will answer to. The history of git is read only where neither tree nor account knows it."""

from dataclasses import replace
from pathlib import Path

from reconciler.core.desired import Desired
from reconciler.core.look.unknown_alias import (
    History,
    fingerprints_in,
    unknown_aliases,
    unknown_note,
    unknown_refusal,
)
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.core.state import AliasState
from reconciler.core.value import dataclass
from reconciler.files.git.past_trees import past_trees
from reconciler.files.git.repository import RevisionRefused


@dataclass(slots=True, kw_only=True)
class _Past:
    """Which aliases no commit knows, the fingerprints that their models had, and how much of the history was asked."""

    unknown: tuple[AliasState, ...]
    known: dict[Ref, set[str]]
    history: History = History.PART

    def ask(self, tree: Desired, desired: Desired) -> None:
        """What one tree knows."""
        for ref in self.known:
            self.known[ref].update(fingerprints_in(tree, desired, ref))
        self.unknown = tuple(
            one for one in self.unknown if not any(print_.startswith(one.target) for print_ in self.known[one.ref])
        )


def with_alias_check(plan: Plan, desired: Desired, root: Path, base: Desired | None = None) -> Plan:
    """The plan with a refusal for each alias whose fingerprint nothing knows.

    It is a warning where no account was asked and only a part of the history is here.
    """
    unknown = tuple(unknown_aliases(plan, desired, base))
    if not unknown:
        return plan
    past = _asked_history(root, desired, unknown)
    is_asked = not plan.subject.base
    if not is_asked and past.history is not History.WHOLE:
        return replace(plan, notes=(*plan.notes, *map(unknown_note, past.unknown)))
    refusals = (
        unknown_refusal(
            one,
            past.known[one.ref],
            is_asked=is_asked,
            history=past.history,
            is_guarded=_is_guarded(desired, one),
        )
        for one in past.unknown
    )
    return replace(plan, refusals=(*plan.refusals, *refusals))


def _is_guarded(desired: Desired, state: AliasState) -> bool:
    promotion = desired.models[state.ref].promotion
    return promotion is not None and state.alias in promotion.aliases


def _asked_history(root: Path, desired: Desired, unknown: tuple[AliasState, ...]) -> _Past:
    """The newest commits first, and no further than the last alias is found."""
    from reconciler.app.revision import each_desired

    past = _Past(unknown=unknown, known={one.ref: set() for one in unknown})
    past.ask(desired, desired)
    try:
        with past_trees(root) as trees:
            for tree in each_desired(trees):
                if tree is not None:
                    past.ask(tree, desired)
                if not past.unknown:
                    break
            past.history = History.WHOLE if trees.is_whole else History.PART
    except RevisionRefused:
        past.history = History.NONE
    return past
