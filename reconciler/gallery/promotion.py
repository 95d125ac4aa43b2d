"""The promotion gate: a guarded alias moves only to a version whose gallery is complete and approved.

An alias counts as guarded if the tree guards it, or the base did: else the request that takes the guard away could move the alias.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.core.desired import CURRENT, Desired, DesiredModel
from reconciler.core.diff.alias import is_version
from reconciler.core.fingerprint import declared_fingerprint
from reconciler.core.gallery import DesiredGallery
from reconciler.core.promotion import Promotion
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass
from reconciler.gallery.approval import Approval, BadApproval, differing, unfit

Approvals = Callable[[str, str], Approval | BadApproval | None]
"""The approval of a fingerprint in the folder of a gallery, as one tree has it."""

Pictures = Callable[[str, str, Iterable[str]], Mapping[str, str]]
"""The digests that records say, of those cases that were there: by the folder of a gallery, a fingerprint and names of cases."""

DIGITS = 13
"""Characters of a whole fingerprint."""

LEAST_DIGITS = 7
"""Characters of one that an alias needs at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What has to be there and approved before an alias moves. `gallery` holds the cases that count, and no others.

    `missing` is the name of a gallery that is not declared any more, where there is nothing else to judge by.
    """

    gallery: DesiredGallery | None
    missing: str = ""
    is_former: bool = False
    """Does the base ask for it, and the tree not (so) any more?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A guarded alias that names something else than the base, or of which no base tells what it named.

    `target` is as the tree has it; `declared` is the fingerprint of what the manifests describe, of the tree and of the base.
    """

    ref: Ref
    alias: str
    target: str
    guards: tuple[Guard, ...]
    declared: tuple[str, ...]
    former: str = ""
    """The name that the model had before, if it was renamed."""

    @property
    def key(self) -> "Key":
        """What it is known by among others."""
        return self.ref, self.alias

    @property
    def is_number(self) -> bool:
        """Does it name a version of one account, so that nobody can say what was approved?"""
        return is_version(self.target)

    def fits(self, known: Iterable[str]) -> tuple[str, ...]:
        """The whole fingerprints that the target may stand for, sorted; none where only a few digits of one are known.

        `known` are those of versions that are there: in galleries and, where it was asked, in the account.
        """
        if self.target == CURRENT:
            return self.declared[:1]
        if self.is_number:
            return ()
        if len(self.target) == DIGITS:
            return (self.target,)
        return tuple(sorted({one for one in (*known, *self.declared) if one.startswith(self.target)}))


Key = tuple[Ref, str]
"""A model and one of its aliases."""


def moves(desired: Desired, base: Desired | None, refs: Iterable[Ref]) -> Iterator[Move]:
    """The guarded aliases to judge, of the models among `refs`. Without a base each guarded one is judged."""
    for ref in sorted(refs):
        model = desired.models.get(ref)
        before = None if model is None or base is None else former_model(model, base)
        if model is None or (model.promotion is None and (before is None or before.promotion is None)):
            continue
        declared = _declared(model, desired, before, base)
        for alias, target in model.aliases:
            guards = tuple(_guards(alias, model, desired, before, base))
            if not guards or (base is not None and _stays(alias, target, before, declared)):
                continue
            former = model.moved_from or ""
            yield Move(ref=ref, alias=alias, target=target, guards=guards, declared=declared, former=former)


def former_model(model: DesiredModel, base: Desired) -> DesiredModel | None:
    """The model as the base declares it, also under its former name."""
    found = base.models.get(model.ref)
    if found is None and model.moved_from is not None:
        found = base.models.get(Ref(model.ref.kind, model.moved_from))
    return found


def _declared(
    model: DesiredModel, desired: Desired, before: DesiredModel | None, base: Desired | None
) -> tuple[str, ...]:
    now = declared_fingerprint(model, desired)
    return (now,) if before is None or base is None else (now, declared_fingerprint(before, base))


def _stays(alias: str, target: str, before: DesiredModel | None, declared: tuple[str, ...]) -> bool:
    """Does an alias name what it named before? More digits of a fingerprint are judged: they may be those of another one.

    The same few digits move, too, where they fit what the manifest describes now and did not before.
    """
    was = None if before is None else dict(before.aliases).get(alias)
    if was is None:
        return False
    now, then = declared
    is_same = was == target or (was == CURRENT and then.startswith(target))
    return is_same and (now == then or (target != CURRENT and not now.startswith(target)))


def _guards(
    alias: str, model: DesiredModel, desired: Desired, before: DesiredModel | None, base: Desired | None
) -> Iterator[Guard]:
    """What each side asks for. Where the tree asks for all that the base asked for, that is told once."""
    own = guard_of(alias, model.promotion, desired)
    if own is not None:
        yield own
    if before is None or base is None or before.promotion is None or alias not in before.promotion.aliases:
        return
    was = _as_of_now(before.promotion, model.promotion, base, desired)
    if own is None or not _is_asked_by(own, was):
        yield replace(was, is_former=True)


def _is_asked_by(own: Guard, was: Guard) -> bool:
    """Does the guard of the tree ask for all that the base asked for?"""
    if own.gallery is None or was.gallery is None or own.gallery.name != was.gallery.name:
        return False
    return {case.name for case in was.gallery.cases} <= {case.name for case in own.gallery.cases}


def guard_of(alias: str, promotion: Promotion | None, tree: Desired) -> Guard | None:
    """What one tree asks for before an alias moves; None where it moves freely."""
    if promotion is None or alias not in promotion.aliases:
        return None
    gallery = tree.galleries.get(promotion.gallery)
    return Guard(gallery=None, missing=promotion.gallery) if gallery is None else _guard(promotion, gallery)


def _guard(promotion: Promotion, gallery: DesiredGallery) -> Guard:
    asked = promotion.asked(gallery)
    return Guard(gallery=replace(gallery, cases=tuple(case for case in gallery.cases if case.name in asked)))


def _as_of_now(was: Promotion, own: Promotion | None, base: Desired, desired: Desired) -> Guard:
    """What the base asks for, with the gallery and the cases as the tree defines them now, as far as it still has them.

    A gallery that is gone, where the model names one that is new, was renamed. That asks for no less: each case of the base counts.
    """
    then, now = base.galleries.get(was.gallery), desired.galleries.get(was.gallery)
    if now is None and own is not None and own.gallery not in base.galleries:
        now = desired.galleries.get(own.gallery)
    if then is None or now is None:  # a gallery that came with its model from another root is known here alone
        known = then or now
        return Guard(gallery=None, missing=was.gallery) if known is None else _guard(was, known)
    asked = was.asked(then)
    cases = tuple(now.case(case.name) or case for case in then.cases if case.name in asked)
    return Guard(gallery=replace(now, cases=cases))


def may_name(alias: str, fingerprint: str, text: bytes) -> bool:
    """May an alias name a version in a file? Few of the trees of a history have to be read for that."""
    label, digits = re.escape(alias.encode()), fingerprint[:LEAST_DIGITS].encode()
    return re.search(rb"%s[\"']?\s*:\s*[\"']?(?:%s|%s)" % (label, CURRENT.encode(), digits), text) is not None


def allowed_there(
    move: Move, fingerprint: str, model: DesiredModel, tree: Desired, approval: Approvals, pictures: Pictures
) -> bool:
    """Did an alias name this version in an earlier tree, and rightly so: complete and approved, or not guarded then?

    Of pictures the digests are compared that their records say: no picture of then is hashed again.
    """
    target = dict(model.aliases).get(move.alias)
    if target is None or is_version(target):
        return False
    named = declared_fingerprint(model, tree) if target == CURRENT else target
    whole, part = (named, fingerprint) if len(named) > len(fingerprint) else (fingerprint, named)
    if not whole.startswith(part):
        return False
    guard = guard_of(move.alias, model.promotion, tree)
    if guard is None:
        return True
    if guard.gallery is None:
        return False
    found = approval(guard.gallery.folder, whole)
    if not isinstance(found, Approval) or unfit(found, guard.gallery.name, whole) is not None:
        return False
    cases = guard.gallery.cases
    drawn = pictures(guard.gallery.folder, whole, [case.name for case in cases])
    return all(case.name in drawn for case in cases) and not differing(found, cases, drawn)
