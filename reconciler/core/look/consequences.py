"""What merging a change does without a call: aliases that move, manifests that go, policies and limits that differ.

Two trees are compared. What is live says which versions aliases name, where an account was asked.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from functools import cached_property

from reconciler.core.account import Account
from reconciler.core.adoption import Compared
from reconciler.core.change import RemovalChange, Scalar
from reconciler.core.consequence import (
    AbsenceDeclared,
    AccountRepinned,
    AdoptionMove,
    AliasMove,
    Consequence,
    DefinitionKept,
    ExpectationGone,
    LimitLoosened,
    ManifestGone,
    Named,
    PolicyMove,
)
from reconciler.core.desired import CURRENT, Desired, DesiredModel
from reconciler.core.diff.alias import is_version, resolve_aliases
from reconciler.core.diff.election import ModelMember
from reconciler.core.fingerprint import declared_fingerprint
from reconciler.core.limit import LIMIT_NAMES, Limits
from reconciler.core.look.elsewhere import other_root
from reconciler.core.look.in_force import coming
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.core.state import AliasState, State
from reconciler.core.text import in_words
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A change to be merged: the trees before and after it, the plan of it, and the live versions of each model.

    `live` is None where no account was asked.
    """

    before: Desired
    after: Desired
    plan: Plan
    live: Mapping[Ref, tuple[ModelMember, ...]] | None = None


def consequences(merge: Merge) -> tuple[Consequence, ...]:
    """All of them, what programs notice first."""
    pairs = [(_former(merge, model), model) for model in merge.after.models.values()]
    known = [(before, after) for before, after in pairs if before is not None and not _is_quiet(merge, before, after)]
    return (
        *(move for before, after in known for move in _alias_moves(merge, before, after)),
        *_absences(merge),
        *_gone(merge),
        *(move for before, after in known for move in _policy_moves(before, after)),
        *_kept(merge, (after for _, after in known)),
        *_adoptions(merge),
    )


def loosened(before: Limits, after: Limits) -> Iterator[LimitLoosened]:
    """Each limit that lets more through: this is how somebody could get around one, in the request that goes over it."""
    for name in LIMIT_NAMES:
        then, now = getattr(before, name), getattr(after, name)
        if then is not None and (now is None or now > then):
            yield LimitLoosened(limit=name, before=then, after=now)


def forgotten(before: Mapping[str, int], after: Mapping[str, int]) -> Iterator[ExpectationGone]:
    """Each number that the tree no longer says it expects."""
    for name in sorted(before.keys() - after.keys()):
        yield ExpectationGone(name=name, before=before[name])


def repinned(before: Account | None, after: Account | None) -> Iterator[AccountRepinned]:
    """That another account is pinned, or none any more."""
    if before is not None and before != after:
        yield AccountRepinned(before=str(before), after=None if after is None else str(after))


def _former(merge: Merge, model: DesiredModel) -> DesiredModel | None:
    """The model as it was before, also where it had another name."""
    former = merge.before.models.get(model.ref)
    if former is None and model.moved_from is not None:
        former = merge.before.models.get(Ref(model.ref.kind, model.moved_from))
    return former


def _is_quiet(merge: Merge, before: DesiredModel, after: DesiredModel) -> bool:
    """Is it the very same manifest, of which the plan says nothing but that it is in sync?"""
    states = merge.plan.unchanged_of(after.ref)
    return (
        before is after and not merge.plan.changes_of(after.ref) and all(one.state is State.IN_SYNC for one in states)
    )


@dataclass(frozen=True)
class _Definition:
    """One side of a model; its fingerprint is computed when it is asked for: most models move no alias."""

    tree: Desired
    model: DesiredModel

    @cached_property
    def fingerprint(self) -> str:
        return declared_fingerprint(self.model, self.tree)


def _alias_moves(merge: Merge, before: DesiredModel, after: DesiredModel) -> Iterator[AliasMove]:
    """Of a model that both trees declare: of a new one everything is new."""
    then, now = dict(before.aliases), dict(after.aliases)
    sides = _Definition(merge.before, before), _Definition(merge.after, after)
    is_still = not merge.plan.changes_of(after.ref)
    for alias in sorted({*then, *now}):
        if then.get(alias) == now.get(alias) and (is_still or then[alias] != CURRENT):
            continue
        source = _named(merge, after.ref, sides[0], then[alias], sides) if alias in then else None
        target, is_pending = None, False
        if alias in now:
            named = _named(merge, after.ref, sides[1], now[alias], sides)
            state = AliasState(ref=after.ref, alias=alias, target=now[alias])
            target, is_pending = _once_trained(merge, state, named)
        move = AliasMove(ref=after.ref, alias=alias, before=source, after=target, is_pending=is_pending)
        if not _is_idle(move):
            yield move


def _named(merge: Merge, ref: Ref, side: _Definition, target: str, known: Iterable[_Definition]) -> Named:
    """What a target of one side names: a live version if one answers, else a fingerprint of the trees."""
    own = side.fingerprint
    if merge.live is not None:
        asked = replace(side.model, aliases=(("", target),))
        (state,) = resolve_aliases(asked, own, merge.live.get(ref, ()))
        if state.id is not None:
            return Named(target=target, version=state.version, fingerprint=state.fingerprint)
    if target == CURRENT:
        return Named(target=target, fingerprint=own)
    if is_version(target):
        return Named(target=target, version=int(target[1:]))
    prints = (one.fingerprint for one in known)
    return Named(target=target, fingerprint=next((one for one in prints if one.startswith(target)), target))


def _once_trained(merge: Merge, state: AliasState, named: Named) -> tuple[Named, bool]:
    """What is named, and whether this plan or a running training is to bring it."""
    following = coming(merge.plan, state)
    if following is None or following.fingerprint != named.fingerprint:
        return named, False
    version = None if merge.live is None else following.version
    return replace(named, version=version), True


def _is_idle(move: AliasMove) -> bool:
    """Does an alias name the same by other words, or follow the manifest as before while that means the same?"""
    if move.before is None or move.after is None or move.moves:
        return False
    return (move.before.target == CURRENT) == (move.after.target == CURRENT)


def _absences(merge: Merge) -> Iterator[AbsenceDeclared]:
    """Where no account was asked; else the deletions themselves stand in the plan."""
    if merge.live is not None:
        return
    told = {change.ref for change in merge.plan.changes if isinstance(change, RemovalChange)}
    for ref in sorted(merge.after.absent.keys() - merge.before.absent.keys() - told):
        yield AbsenceDeclared(ref=ref)


def _gone(merge: Merge) -> Iterator[ManifestGone]:
    moved = ((one.ref.kind, one.moved_from) for one in merge.after.present.values() if one.moved_from is not None)
    former = {Ref(kind, name) for kind, name in moved if kind.has_versions}
    for ref in sorted({*merge.before.present} - {*merge.after.refs} - former):
        model, to = merge.before.models.get(ref), other_root(ref, merge.before, merge.after.elsewhere)
        aliases = tuple(alias for alias, _ in model.aliases) if model and not to else ()
        yield ManifestGone(ref=ref, to=to, aliases=aliases)


def _adoptions(merge: Merge) -> Iterator[AdoptionMove]:
    """Entries that come, differ or go: from then on a live object counts as a version, or does not any more."""
    then, now = merge.before.adopted.entries, merge.after.adopted.entries
    for ref in sorted({*then, *now}):
        if (entry := now.get(ref)) == then.get(ref):
            continue
        if entry is None:
            if ref in merge.after.present:
                yield AdoptionMove(ref=ref, id=None)
            continue
        believed = sum(image.compared not in {Compared.DIGEST, Compared.PIXELS} for image in entry.images)
        yield AdoptionMove(ref=ref, id=entry.id, images=len(entry.images), believed=believed)


def _policy_moves(before: DesiredModel, after: DesiredModel) -> Iterator[PolicyMove]:
    for one in fields(after.policy):
        then, now = getattr(before.policy, one.name), getattr(after.policy, one.name)
        if then != now:
            yield PolicyMove(ref=after.ref, path=f"training.{one.name}", before=_scalar(then), after=_scalar(now))


def _scalar(value: Scalar | tuple[int, ...]) -> Scalar:
    """A value of a policy, a list in words."""
    if not isinstance(value, tuple):
        return value
    return in_words(map(str, value), "and") if value else ""


def _kept(merge: Merge, models: Iterable[DesiredModel]) -> Iterator[DefinitionKept]:
    for model in models:
        for one in merge.plan.unchanged_of(model.ref):
            before = _former(merge, model)
            if one.state is State.KEPT and before is not None:
                new = _Definition(merge.after, model).fingerprint
                if new != _Definition(merge.before, before).fingerprint:
                    yield DefinitionKept(ref=model.ref, fingerprint=new)
