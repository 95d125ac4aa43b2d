"""Which live version of a manifest is meant: the one that a person names, else the one that counts."""

from collections.abc import Iterable

from reconciler.app.exceptions import Refused, refused
from reconciler.app.history import datasets_of, models_of
from reconciler.app.planning import Planned
from reconciler.core.change import RenameChange
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.alias import is_version, resolve_version
from reconciler.core.diff.election import ALIVE, Member, ModelMember, newest_completed
from reconciler.core.fingerprint import declared_fingerprint
from reconciler.core.live import ModelStatus
from reconciler.core.look.in_force import in_force, serving
from reconciler.core.ref import Ref


def chosen_model(planned: Planned, ref: Ref, version: str, rule: str) -> ModelMember:
    """The trained version of that alias, number or fingerprint, else the one that programs should use."""
    alive = [
        member for member in models_of(planned, AccountIndex(planned.observed), ref) if member.model.status in ALIVE
    ]
    if not version:
        chosen = serving(alive, in_force(planned.plan, ref))
        if chosen is None or chosen.model.status is not ModelStatus.COMPLETED:
            raise refused(rule, f"no version of {ref} is trained yet", *_to_rename(planned, ref))
        return chosen
    states = (state for state in planned.plan.aliases if state.ref == ref and state.alias == version)
    model = planned.desired.models.get(ref)
    current = "" if model is None else declared_fingerprint(model, planned.desired)
    state = next(states, None) or resolve_version(ref, version, current, alive)
    found = next((member for member in alive if member.model.id == state.id), None)
    if found is None:
        raise _unknown(ref, str(state.problem), rule, "an alias, v2 or a fingerprint", *_to_rename(planned, ref))
    return found


def _to_rename(planned: Planned, ref: Ref) -> tuple[str, ...]:
    """What to do first where its live versions still bear a former name."""
    is_renamed = any(isinstance(change, RenameChange) for change in planned.plan.changes_of(ref))
    return ("Its live versions have their former name still: `reconciler apply` renames them.",) if is_renamed else ()


def chosen_dataset(planned: Planned, ref: Ref, version: str, rule: str) -> Member:
    """The completed version of that number or fingerprint, else the one in force, else the newest."""
    members = datasets_of(planned, AccountIndex(planned.observed), ref)
    completed = [member for member in members if member.dataset.is_completed and not member.is_marked]
    if not version:
        force = in_force(planned.plan, ref)
        chosen = next((one for one in completed if one.dataset.id == force), None) or newest_completed(completed)
        if chosen is None:
            raise refused(rule, f"no version of {ref} is complete yet, and what is in a draft still changes")
        return chosen
    named = [one for one in members if _is_named(one, version)]
    found = [one for one in named if one in completed]
    if len({one.name.fingerprint for one in found}) > 1:
        raise _unknown(ref, f"{version!r} fits {len(found)} versions", rule, "v2 or a fingerprint")
    if not found:
        why = "is a draft, and what is in a draft still changes" if named else "is no complete version"
        raise _unknown(ref, f"{version!r} {why}", rule, "v2 or a fingerprint")
    return _first(found)


def _is_named(member: Member, version: str) -> bool:
    if is_version(version):
        return member.name.version == int(version[1:])
    return member.name.fingerprint.startswith(version)


def _first(found: Iterable[Member]) -> Member:
    return min(found, key=lambda one: one.dataset.id)


def _unknown(ref: Ref, problem: str, rule: str, forms: str, *ways: str) -> Refused:
    last = f"`reconciler history {ref}` lists the versions; {forms} names one."
    return refused(rule, f"{ref}: {problem}", *ways, last)
