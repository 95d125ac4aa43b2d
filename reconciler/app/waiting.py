"""Wait for trainings that are under way: one list call watches them all."""

from collections.abc import Callable, Iterable

from reconciler.app.exceptions import WrongUsage, undeclared
from reconciler.app.history import models_of
from reconciler.app.planning import Planned
from reconciler.app.session import Session
from reconciler.app.simulated_waits import at_least
from reconciler.core.desired import CURRENT, Desired
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.alias import is_version
from reconciler.core.diff.election import ModelMember
from reconciler.core.live import ModelStatus, RemoteModel
from reconciler.core.look.in_force import begun, under_way
from reconciler.core.manifest.suggestion import did_you_mean
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.core.state import AliasState
from reconciler.core.value import dataclass

POLL = 90.0
"""Seconds between two looks."""

RUNNING = frozenset({ModelStatus.IN_PROGRESS, ModelStatus.STOPPING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be trained: a model as its manifest describes it, or the version that an alias names."""

    ref: Ref
    alias: str = ""

    def __str__(self) -> str:
        return f"{self.ref}@{self.alias}" if self.alias else str(self.ref)


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """What was waited for, and the status of the live model now; None if it is gone, or was never there."""

    name: str
    id: int | None
    status: ModelStatus | None
    problem: str = ""
    """Why nothing could be waited for."""


Told = Callable[[int, float], None]


def require_declared(desired: Desired, wanted: Iterable[Wanted]) -> None:
    """Raises WrongUsage with the first model or alias that no manifest declares."""
    for one in wanted:
        model = desired.models.get(one.ref)
        if model is None:
            raise undeclared(one.ref, desired.refs)
        if one.alias and one.alias not in dict(model.aliases):
            hint = did_you_mean(one.alias, dict(model.aliases))
            raise WrongUsage(f"{one.ref} has no alias {one.alias}. {hint}".strip())


async def wait_for_trainings(
    opened: Session, planned: Planned, wanted: Iterable[Wanted] = (), *, patience: float | None, told: Told
) -> tuple[Awaited, ...]:
    """Return once nothing that is wanted trains any more, or `patience` seconds are over.

    Nothing wanted: every declared model that is in training, superseded ones too. `told` gets the number of trainings
    that still run and the seconds waited so far.
    """
    wanted = tuple(wanted)
    ids = {str(one): _id(one, planned) for one in wanted} if wanted else _running(planned.plan)
    reasons = {str(one): _reason(one, planned) for one in wanted}
    models = await _watch(opened, {id_ for id_ in ids.values() if id_ is not None}, patience, told)
    return tuple(_awaited(name, id_, models, reasons.get(name, "")) for name, id_ in ids.items())


async def _watch(opened: Session, ids: set[int], patience: float | None, told: Told) -> dict[int, RemoteModel]:
    """List the models until none of these is in training, or the time is over. Returns the last list."""
    began = opened.clock.now()
    while True:
        models = {model.id: model for model in await opened.client.list_models()} if ids else {}
        running = sum(id_ in models and models[id_].status in RUNNING for id_ in ids)
        seconds = opened.clock.now() - began
        if not running or (patience is not None and seconds >= patience):
            return models
        told(running, seconds)
        poll = at_least(POLL, 0.1, opened.client.server_time)
        await opened.clock.sleep(poll if patience is None else min(poll, patience - seconds))


def _awaited(name: str, id_: int | None, models: dict[int, RemoteModel], problem: str) -> Awaited:
    if id_ is None:
        return Awaited(name=name, id=None, status=None, problem=problem)
    return Awaited(name=name, id=id_, status=models[id_].status if id_ in models else None)


def _running(plan: Plan) -> dict[str, int | None]:
    """Declared models in training, by ref."""
    return {str(one.ref): one.id for one in under_way(plan) if one.id is not None}


def _id(one: Wanted, planned: Planned) -> int | None:
    """The live model that is wanted, trained or in training; None if there is none."""
    if not one.alias:
        return begun(planned.plan, one.ref)
    state = _state(one, planned.plan)
    if state.id is not None:
        return state.id
    if state.target == CURRENT:
        return begun(planned.plan, one.ref)
    versions = models_of(planned, AccountIndex(planned.observed), one.ref)
    running = [member for member in versions if member.model.status in RUNNING]
    named = [member for member in running if _is_named(state.target, member)]
    return named[0].model.id if named else None


def _state(one: Wanted, plan: Plan) -> AliasState:
    return next(state for state in plan.aliases if (state.ref, state.alias) == (one.ref, one.alias))


def _is_named(target: str, member: ModelMember) -> bool:
    if is_version(target):
        return member.name.version == int(target[1:])
    return member.name.fingerprint.startswith(target)


def _reason(one: Wanted, planned: Planned) -> str:
    """Why there may be nothing to wait for."""
    if one.alias and (problem := _state(one, planned.plan).problem):
        return f"not in training: {problem}"
    return "not in training: what its manifest describes is not begun; `reconciler plan` says why"
