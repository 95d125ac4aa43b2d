"""Aliases of models: which version answers, which one will, and which aliases nothing answers to."""

from collections.abc import Iterable

from reconciler.core.consequence import AliasMove
from reconciler.core.desired import CURRENT
from reconciler.core.look.in_force import Coming, coming
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.core.state import AliasState
from reconciler.core.value import dataclass
from reconciler.render.view import Role, Text, joined, say
from reconciler.render.words import short


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasReport:
    """One alias of a model: what answers to it now, and which version will once that is trained.

    `now` is in words, also where nothing answers; `next` is empty where the alias stays.
    """

    name: str
    target: str
    now: str
    next: str = ""
    answers: bool
    is_asked: bool
    """False where no account was asked what is live."""

    @property
    def words(self) -> str:
        """`production v2 (a51be07) stays`, or `candidate -> v3 (a9f3c1a) once it is trained`."""
        if self.next:
            return f"{self.name} -> {self.next} once it is trained"
        if self.answers:
            return f"{self.name} {self.now} stays"
        return f"{self.name}: {self.now}" if self.is_asked else f"{self.name} names {self.now}"


def alias_reports(plan: Plan, ref: Ref) -> tuple[AliasReport, ...]:
    """The aliases of a model, in the order of its manifest."""
    return tuple(_report(plan, state) for state in plan.aliases_of(ref))


def _report(plan: Plan, state: AliasState) -> AliasReport:
    following = coming(plan, state)
    if following is not None and following.fingerprint == state.fingerprint:
        following = None
    return AliasReport(
        name=state.alias,
        target=state.target,
        now=_now(plan, state),
        next="" if following is None else _words(plan, following),
        answers=state.version is not None,
        is_asked=not plan.subject.base,
    )


def _now(plan: Plan, state: AliasState) -> str:
    """The version that answers: `v2 (a51be07)`, or the fingerprint alone where no account was asked."""
    if state.version is not None:
        return _version(plan, state.version, state.fingerprint or "")
    if not plan.subject.base:
        return "nothing answers"
    moves = (one for one in plan.consequences if isinstance(one, AliasMove))
    move = next((one for one in moves if one.ref == state.ref and one.alias == state.alias), None)
    if move is None:
        if coming(plan, state) is not None:
            return "nothing"
        return "what the manifest asks for" if state.target == CURRENT else short(state.target)
    return "nothing" if move.before is None else short(move.before.fingerprint or move.before.target)


def _words(plan: Plan, following: Coming) -> str:
    """`v3 (a9f3c1a)`."""
    if following.version is None and not plan.subject.base:
        return f"the next version ({short(following.fingerprint)})"
    return _version(plan, following.version, following.fingerprint)


def _version(plan: Plan, version: int | None, fingerprint: str) -> str:
    return short(fingerprint) if plan.subject.base else f"v{version} ({short(fingerprint)})"


def unanswered(plan: Plan) -> tuple[AliasState, ...]:
    """Aliases that nothing live answers to now, nor after this plan or a running training.

    Empty if no account was asked.
    """
    if plan.subject.base:
        return ()
    return tuple(state for state in plan.aliases if state.id is None and coming(plan, state) is None)


def no_answer(state: AliasState) -> str:
    """`the alias production of model/lora-max answers to nothing: v3 is not trained yet`."""
    return f"the alias {state.alias} of {state.ref} answers to nothing: {state.problem}"


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
