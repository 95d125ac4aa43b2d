"""Aliases of models in words: which version answers, which one will, and which alias nothing answers to."""

from collections.abc import Iterable, Iterator

from reconciler.core.change import AliasState
from reconciler.core.look.in_force import coming
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.render.version import version_word
from reconciler.render.view import Role, Row, Text, joined, say

FINGERPRINT_SHOWN = 7
"""Characters of a fingerprint that people see and copy, as git shows a commit."""


def short(fingerprint: str) -> str:
    """`a51be07`."""
    return fingerprint[:FINGERPRINT_SHOWN]


def unanswered(plan: Plan) -> tuple[AliasState, ...]:
    """Aliases that nothing live answers to, and that this plan or a running training will not mend.

    None where nobody asked what is live.
    """
    if plan.subject.base:
        return ()
    return tuple(state for state in plan.aliases if state.id is None and coming(plan, state) is None)


def no_answer(state: AliasState) -> str:
    """`the alias production of model/lora-max answers to nothing: v3 is not trained yet`."""
    return f"the alias {state.alias} of {state.ref} answers to nothing: {state.problem}"


def alias_rows(plan: Plan, ref: Ref) -> Iterator[Row]:
    """A line of a model's item that says what its aliases name now and what they will name."""
    states = plan.aliases_of(ref)
    if states:
        yield Row(label="aliases", text=joined([_words(plan, state) for state in states]))


def _words(plan: Plan, state: AliasState) -> Text:
    """`production v2 (a51be07) stays`, or `candidate -> v3 (a9f3c1a) once it is trained`."""
    if (next_one := coming(plan, state)) is not None and next_one.fingerprint != state.fingerprint:
        version = "the next version" if next_one.version is None else version_word(plan, next_one.version)
        return say(f"{state.alias} -> {version} ({short(next_one.fingerprint)}) once it is trained")
    if state.id is None and plan.subject.base:
        return say(f"{state.alias} ({state.target}): {state.problem}")
    if state.id is None or state.version is None:
        return say(f"{state.alias}: nothing answers", Role.WARNING)
    return say(f"{state.alias} {version_word(plan, state.version)} ({short(state.fingerprint or '')}) stays")


def standing_aliases(plan: Plan, states: Iterable[AliasState]) -> Text:
    """`production v2 (id 81)   candidate v3 (id 92)`, as `status` shows them."""
    return joined([_standing(plan, state) for state in states], between="   ")


def _standing(plan: Plan, state: AliasState) -> Text:
    if state.id is not None:
        return say(f"{state.alias} v{state.version} (id {state.id})")
    next_one = coming(plan, state)
    if next_one is not None and next_one.version is not None:
        return say(f"{state.alias} v{next_one.version} once it is trained")
    return say(f"{state.alias}: {state.problem}", Role.WARNING)
