"""Refuse an alias that nothing will answer to. The history of git is read only where neither tree nor account knows it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler.app.validate import resolve_tree
from reconciler.core.desired import Desired
from reconciler.core.look.unknown_alias import defines, unknown_aliases, unknown_note, unknown_refusal
from reconciler.core.plan import Plan
from reconciler.core.problem import ProblemsFound
from reconciler.core.state import AliasState
from reconciler.files.git.past_trees import past_trees
from reconciler.files.git.repository import RevisionRefused
from reconciler.files.load import load


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """Which aliases no commit knows, and whether all commits could be asked."""

    unknown: tuple[AliasState, ...]
    is_whole: bool


def with_alias_check(plan: Plan, desired: Desired, root: Path, base: Desired | None = None) -> Plan:
    """The plan with a refusal for each alias whose fingerprint nothing knows.

    It is a warning where no account was asked and only a part of the history is here.
    """
    unknown = tuple(unknown_aliases(plan, desired, base))
    if not unknown:
        return plan
    past = _asked_history(root, desired, unknown)
    is_asked = not plan.subject.base
    if is_asked or past.is_whole:
        refusals = tuple(unknown_refusal(state, is_asked=is_asked, is_whole=past.is_whole) for state in past.unknown)
        return replace(plan, refusals=(*plan.refusals, *refusals))
    return replace(plan, notes=(*plan.notes, *map(unknown_note, past.unknown)))


def _asked_history(root: Path, desired: Desired, unknown: tuple[AliasState, ...]) -> _Past:
    """The newest commits first, and no further than the last alias is found."""
    left = unknown
    try:
        with past_trees(root) as past:
            for folder in past:
                left = tuple(_unknown_in(folder, desired, left))
                if not left:
                    break
            return _Past(unknown=left, is_whole=past.is_whole)
    except RevisionRefused:
        return _Past(unknown=left, is_whole=False)


def _unknown_in(folder: Path, desired: Desired, left: Iterable[AliasState]) -> Iterable[AliasState]:
    """A tree with problems was never applied, so no version comes from it."""
    try:
        tree = resolve_tree(load(folder, cache=folder.parent / "cache"))
    except ProblemsFound:
        return left
    return [state for state in left if not defines(tree, desired, state)]
