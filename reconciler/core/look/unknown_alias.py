"""Aliases whose fingerprint nothing knows: not the tree, not its history, not the account. A typo, most often.

After the merge such an alias would answer to nothing, and the programs that ask for it would fail.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from reconciler.core.desired import CURRENT, Desired, DesiredModel
from reconciler.core.diff.alias import is_version
from reconciler.core.fingerprint import declared_fingerprint
from reconciler.core.look.in_force import coming
from reconciler.core.manifest.suggestion import nearest
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note, Refusal
from reconciler.core.state import AliasState
from reconciler.core.text import quoted

UNKNOWN = "alias-unknown"


class History(StrEnum):
    """How much of the history of the manifests could be asked."""

    WHOLE = "whole"
    PART = "part"
    NONE = "none"
    """The manifests lie in no repository."""


FETCH = "fetch the whole history (`git fetch --unshallow`, or `fetch-depth: 0` where a workflow checks out)"


def unknown_aliases(plan: Plan, desired: Desired, base: Desired | None = None) -> Iterator[AliasState]:
    """Aliases whose fingerprint neither the trees nor, where it was asked, the account knows.

    With a base only those that the change sets: what was merged before is not its fault.
    """
    for state in plan.aliases:
        if state.is_live or state.target == CURRENT or is_version(state.target) or coming(plan, state) is not None:
            continue
        if base is not None and _merged_before(state, desired, base):
            continue
        trees = (desired, *([] if base is None else [base]))
        known = (print_ for tree in trees for print_ in fingerprints_in(tree, desired, state.ref))
        if not any(print_.startswith(state.target) for print_ in known):
            yield state


def fingerprints_in(tree: Desired, desired: Desired, ref: Ref) -> tuple[str, ...]:
    """The fingerprints that a model has in a tree of now or earlier, also under its former name."""
    return tuple(declared_fingerprint(model, tree) for model in _models(tree, desired.models.get(ref)))


def _models(tree: Desired, model: DesiredModel | None) -> Iterator[DesiredModel]:
    """A model in a tree, also under its former name."""
    if model is None:
        return
    names = [model.ref, *([] if model.moved_from is None else [Ref(model.ref.kind, model.moved_from)])]
    yield from (tree.models[ref] for ref in names if ref in tree.models)


def _merged_before(state: AliasState, desired: Desired, base: Desired) -> bool:
    return any((state.alias, state.target) in model.aliases for model in _models(base, desired.models.get(state.ref)))


def unknown_refusal(
    state: AliasState, known: Iterable[str], *, is_asked: bool, history: History, is_guarded: bool = False
) -> Refusal:
    """An alias that nothing would answer to after the merge. `known` are fingerprints of the model that there are."""
    asked = ", no version in the account" if is_asked else ""
    follow = "" if is_guarded else ", or write `current` for what the manifest describes"
    way = f"Copy a fingerprint from `reconciler history {state.ref}`{follow}."
    meant = nearest(state.target, {print_[: len(state.target)] for print_ in known})
    ways = (
        "" if meant is None else f"Did you mean {meant}?",
        way,
        f"If an older commit has it: {FETCH}." if history is History.PART else "",
    )
    return Refusal(
        rule=UNKNOWN,
        ref=state.ref,
        summary=f"the alias {state.alias} names {quoted(state.target)}, and nothing has that fingerprint: "
        f"not what the manifest describes{asked}{_COMMITS[history]}",
        remedies=tuple(filter(None, ways)),
    )


_COMMITS = {
    History.WHOLE: ", no commit of this repository",
    History.PART: ", no commit that is here",
    History.NONE: "",
}


def unknown_note(state: AliasState) -> Note:
    """The same where only a part of the history is here, so that nobody can be sure."""
    text = (
        f"the alias {state.alias} names {quoted(state.target)}, and nothing here has that fingerprint. Not all of the "
        f"history is here, so an older commit may have it: check the fingerprint, or {FETCH}"
    )
    return Note(rule=UNKNOWN, ref=state.ref, text=text)
