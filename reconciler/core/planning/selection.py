"""Which objects a run is about: `--target` with all it needs, less `--exclude` with all that needs it."""

from collections.abc import Iterable

from reconciler.core.desired import Desired
from reconciler.core.ref import Kind, Ref


def chosen(desired: Desired, targets: Iterable[Ref] = (), excluded: Iterable[Ref] = ()) -> frozenset[Ref]:
    """The refs to plan for; LookupError carries the first ref that no manifest declares."""
    targets, excluded = tuple(targets), tuple(excluded)
    declared = set(desired.refs)
    for ref in (*targets, *excluded):
        if ref not in declared:
            raise LookupError(ref)
    wanted = {need for ref in targets for need in _needs(ref, desired)} if targets else declared
    return frozenset(ref for ref in wanted if not any(need in excluded for need in _needs(ref, desired)))


def _needs(ref: Ref, desired: Desired) -> tuple[Ref, ...]:
    """The ref, its dataset and its project; what is deleted needs all that is deleted before it."""
    if ref in desired.absent:
        return _goes_before(ref, desired)
    if ref.kind is Kind.MODEL:
        return (ref, desired.models[ref].dataset, desired.project_of(ref))
    return (ref, desired.project_of(ref))


def _goes_before(ref: Ref, desired: Desired) -> tuple[Ref, ...]:
    """The absent models of a dataset's project, or all that is absent in a project: a project takes its content along."""
    project = desired.absent[ref].project
    inside = (other.ref for other in desired.absent.values() if other.project == project and other.ref != ref)
    kinds = {Kind.PROJECT: {Kind.DATASET, Kind.MODEL}, Kind.DATASET: {Kind.MODEL}, Kind.MODEL: set[Kind]()}[ref.kind]
    return (ref, *(other for other in inside if other.kind in kinds))
