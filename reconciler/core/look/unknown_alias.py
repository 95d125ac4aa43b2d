"""Aliases whose fingerprint nothing knows: not the tree, not its history, not the account. A typo, most often.

After the merge such an alias would answer to nothing, and the programs that ask for it would fail.
"""

from collections.abc import Iterator

from reconciler.core.desired import CURRENT, Desired, DesiredModel
from reconciler.core.diff.alias import is_version
from reconciler.core.fingerprint import declared_fingerprint
from reconciler.core.look.in_force import coming
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note, Refusal
from reconciler.core.state import AliasState
from reconciler.core.text import quoted

UNKNOWN = "alias-unknown"
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
        if not any(defines(tree, desired, state) for tree in (desired, *([] if base is None else [base]))):
            yield state


def defines(tree: Desired, desired: Desired, state: AliasState) -> bool:
    """Is the model of a tree, now or earlier, what an alias names?"""
    models = _models(tree, desired.models.get(state.ref))
    return any(declared_fingerprint(model, tree).startswith(state.target) for model in models)


def _models(tree: Desired, model: DesiredModel | None) -> Iterator[DesiredModel]:
    """A model in a tree, also under its former name."""
    if model is None:
        return
    names = [model.ref, *([] if model.moved_from is None else [Ref(model.ref.kind, model.moved_from)])]
    yield from (tree.models[ref] for ref in names if ref in tree.models)


def _merged_before(state: AliasState, desired: Desired, base: Desired) -> bool:
    return any((state.alias, state.target) in model.aliases for model in _models(base, desired.models.get(state.ref)))


def unknown_refusal(state: AliasState, *, is_asked: bool, is_whole: bool) -> Refusal:
    """An alias that nothing would answer to after the merge."""
    asked = ", no version in the account" if is_asked else ""
    commits = "no commit of this repository" if is_whole else "no commit that is here"
    way = (
        f"Copy a fingerprint from `reconciler history {state.ref}`, or write `current` for what the manifest describes."
    )
    return Refusal(
        rule=UNKNOWN,
        ref=state.ref,
        summary=f"the alias {state.alias} names {quoted(state.target)}, and nothing has that fingerprint: "
        f"not what the manifest describes{asked}, {commits}",
        remedies=(way,) if is_whole else (way, f"If an older commit has it: {FETCH}."),
    )


def unknown_note(state: AliasState) -> Note:
    """The same where only a part of the history is here, so that nobody can be sure."""
    text = (
        f"the alias {state.alias} names {quoted(state.target)}, and nothing here has that fingerprint. Not all of the "
        f"history is here, so an older commit may have it: check the fingerprint, or {FETCH}"
    )
    return Note(rule=UNKNOWN, ref=state.ref, text=text)
