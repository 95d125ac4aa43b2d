"""Which objects a run is about: `--target` with all it needs, less `--exclude` with all that needs it.

A run that destroys is about the opposite: the targets and all that stands on them.
"""

from collections.abc import Iterable

from reconciler.core.desired import Desired
from reconciler.core.ref import Ref


def chosen(desired: Desired, targets: Iterable[Ref] = (), excluded: Iterable[Ref] = ()) -> frozenset[Ref]:
    """The refs to plan for; LookupError carries the first ref that no manifest declares."""
    targets, excluded = tuple(targets), tuple(excluded)
    declared = set(desired.refs)
    for ref in (*targets, *excluded):
        if ref not in declared:
            raise LookupError(ref)
    wanted = {need for ref in targets for need in _needs(ref, desired)} if targets else declared
    if not excluded:
        return frozenset(wanted)
    return frozenset(ref for ref in wanted if not any(need in excluded for need in _needs(ref, desired)))


def _needs(ref: Ref, desired: Desired) -> tuple[Ref, ...]:
    """The ref and all that it stands on. An object that is deleted needs all that is deleted before it."""
    return _goes_before(ref, desired) if ref in desired.absent else (ref, *desired.ancestors(ref))


def _goes_before(ref: Ref, desired: Desired) -> tuple[Ref, ...]:
    """An absent object, and the absent objects of its project whose kind stands on its kind: they are deleted first."""
    project = desired.absent[ref].project
    inside = (other.ref for other in desired.absent.values() if other.project == project and other.ref != ref)
    return (ref, *(other for other in inside if other.kind in ref.kind.below))


def to_destroy(desired: Desired, targets: Iterable[Ref] = ()) -> frozenset[Ref]:
    """The refs that are deleted with the targets: each target and all that stands on it; all refs if there is none."""
    targets = frozenset(targets)
    if not targets:
        return frozenset(desired.refs)
    absent = {ref for ref, one in desired.absent.items() if one.project in targets}
    return targets | absent | {one.ref for target in targets for one in desired.inside(target)}
