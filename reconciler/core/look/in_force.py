"""Which live version of a manifest counts: the one in force, the one whose training was begun, the one to come.

The comparison decides it: `diff.training` and `diff.election` by the fingerprint, `diff.dataset` by the content. The plan
says what was decided, and this module reads it from the plan for all that need to know.
"""

from collections.abc import Iterable

from reconciler.core.change import ModelChange
from reconciler.core.desired import CURRENT
from reconciler.core.diff.election import ModelMember, newest_model
from reconciler.core.live import ModelStatus
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.core.state import AliasState, State, Unchanged
from reconciler.core.value import dataclass

_IN_FORCE = frozenset({State.IN_SYNC, State.TRAINING, State.CREATED, State.DRAFT, State.KEPT})
_BEGUN = frozenset({State.IN_SYNC, State.TRAINING, State.FAILED, State.STOPPED})
_UNDER_WAY = frozenset({State.TRAINING, State.WAITING})
_OF_ANOTHER_DEFINITION = frozenset({State.KEPT, State.WAITING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """The version that an alias will name once it is trained. `version` is None if its number is not known yet."""

    version: int | None
    fingerprint: str


def in_force(plan: Plan, ref: Ref) -> int | None:
    """The id of the live version that git asks for, or that it keeps instead; None if there is none.

    A version that only gets another description, or is only to be started, is the one that git asks for. Other changes
    of live versions (aliases written into their descriptions) stand in the plan beside it, so what is unchanged counts
    first.
    """
    if unchanged := plan.unchanged_of(ref):
        return next((one.id for one in unchanged if one.state in _IN_FORCE), None)
    changes = (change for change in plan.changes_of(ref) if isinstance(change, ModelChange))
    return next((change.id for change in changes if not change.creates), None)


def begun(plan: Plan, ref: Ref) -> int | None:
    """The id of the live model that is what the manifest describes, if it is trained or its training was begun."""
    return next((one.id for one in plan.unchanged_of(ref) if one.state in _BEGUN), None)


def under_way(plan: Plan) -> tuple[Unchanged, ...]:
    """Declared models in training, also those whose running training is of a version that git does not ask for now."""
    return tuple(one for one in plan.unchanged if one.state in _UNDER_WAY)


def own_fingerprint(one: Unchanged) -> str | None:
    """The fingerprint of the live version; None if the plan tells only that of what the manifest asks for."""
    return None if one.state in _OF_ANOTHER_DEFINITION else one.fingerprint


def coming(plan: Plan, alias: AliasState) -> Coming | None:
    """What this plan trains, or what is in training already, if that is what the alias names."""
    for change in plan.changes_of(alias.ref):
        if isinstance(change, ModelChange) and change.starts:
            return _if_named(alias, Coming(version=change.version, fingerprint=change.fingerprint))
    for one in plan.unchanged_of(alias.ref):
        if one.state in _UNDER_WAY and one.fingerprint is not None:
            version = None if own_fingerprint(one) is None else one.version
            return _if_named(alias, Coming(version=version, fingerprint=one.fingerprint))
    return None


def _if_named(alias: AliasState, found: Coming) -> Coming | None:
    return found if alias.target == CURRENT or found.fingerprint.startswith(alias.target) else None


def serving(versions: Iterable[ModelMember], in_force_id: int | None) -> ModelMember | None:
    """The version that programs should generate with, of the living versions of a model.

    The one in force if it is trained, else the newest trained one, else the newest one that is under way.
    """
    versions = tuple(versions)
    trained = [one for one in versions if one.model.status is ModelStatus.COMPLETED]
    chosen = next((one for one in trained if one.model.id == in_force_id), None)
    return chosen or newest_model(trained) or newest_model(versions)
