"""What `ensure: absent` deletes: every live version of a manifest, listed one by one, or nothing and a refusal."""

from collections.abc import Iterable
from dataclasses import replace

from reconciler.core.change import RemovalChange
from reconciler.core.desired import Absent, Declared, Desired, DesiredProject
from reconciler.core.diff.assessment import Verdict
from reconciler.core.diff.comparison import Comparison
from reconciler.core.diff.find_project import find_absent_project
from reconciler.core.diff.kinds import RULES
from reconciler.core.live import LiveKey
from reconciler.core.loss import RemovedObject
from reconciler.core.plan import Basis
from reconciler.core.reason import Reason, Why
from reconciler.core.ref import Ref
from reconciler.core.refusal import Refusal
from reconciler.core.state import State, Unchanged
from reconciler.core.text import quoted


def assess_absences(comparison: Comparison) -> Iterable[Verdict]:
    """A verdict for each absent manifest, in the order of the refs.

    They are judged in the opposite order: an object may go only if what stands on it goes too.
    """
    desired = comparison.desired
    ids = {**_absent_projects(comparison), **comparison.project_ids}
    going: set[LiveKey] = set()
    verdicts: dict[Ref, Verdict] = {}
    for ref in sorted(desired.absent, reverse=True):
        if (rules := RULES.get(ref.kind)) is not None:
            absent = desired.absent[ref]
            found = rules.removed(comparison, ref, ids.get(absent.project), frozenset(going))
            verdicts[ref] = _verdict(absent, found)
            going |= {(item.kind, item.id) for change in verdicts[ref].changes for item in _items(change)}
    return [verdicts[ref] for ref in sorted(verdicts)]


def all_absent(desired: Desired) -> Desired:
    """The same tree as if every manifest said `ensure: absent`; `reconciler destroy` asks for that."""
    gone = {**desired.absent, **{ref: _as_absent(one, desired) for ref, one in desired.present.items()}}
    absent = {ref: gone[ref] for ref in sorted(gone)}
    return Desired(absent=absent, warnings=desired.warnings, adopted=desired.adopted, elsewhere=desired.elsewhere)


def _as_absent(one: Declared, desired: Desired) -> Absent:
    absent = Absent(ref=one.ref, location=one.location, project=desired.project_of(one.ref))
    if isinstance(one, DesiredProject):
        return replace(absent, project_name=one.project_name, id=one.id)
    return absent


def _absent_projects(comparison: Comparison) -> dict[Ref, int]:
    """The live projects of absent manifests."""
    found = {}
    for ref, absent in comparison.desired.absent.items():
        if ref == absent.project:
            project = find_absent_project(absent, comparison.desired, comparison.index)
            if project is not None:
                found[ref] = project.id
    return found


def _items(change: object) -> tuple[RemovedObject, ...]:
    return change.objects if isinstance(change, RemovalChange) else ()


def _verdict(absent: Absent, found: tuple[RemovedObject, ...] | Refusal) -> Verdict:
    if isinstance(found, Refusal):
        return Verdict(refusals=(found,), basis=(_basis(absent, ()),))
    basis = (_basis(absent, found),)
    if not found:
        gone = Unchanged(ref=absent.ref, id=None, version=None, fingerprint=None, state=State.ABSENT)
        return Verdict(unchanged=(gone,), basis=basis)
    change = RemovalChange(ref=absent.ref, reason=Reason(why=Why.ABSENT), objects=found)
    return Verdict(changes=(change,), basis=basis)


def _basis(absent: Absent, objects: Iterable[RemovedObject]) -> Basis:
    facts = tuple(f"{item.kind.value} {item.id} {quoted(item.name)}" for item in objects)
    return Basis(ref=absent.ref, facts=facts or (f"nothing of {absent.ref} is live",))
