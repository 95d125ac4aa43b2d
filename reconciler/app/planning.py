"""Make a plan: read the tree, look at the live side, compare, order."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Literal

from reconciler.app.account import require_account
from reconciler.app.exceptions import undeclared
from reconciler.app.settings import Settings
from reconciler.app.sibling_roots import with_elsewhere
from reconciler.core.change import ModelChange, RemovalChange
from reconciler.core.consequence import LimitLoosened
from reconciler.core.desired import Desired
from reconciler.core.diff.absence import all_absent
from reconciler.core.diff.assessment import Assessment
from reconciler.core.limit import allow
from reconciler.core.live import Observed
from reconciler.core.look.announced_end import announced_end
from reconciler.core.look.elsewhere import declared_twice
from reconciler.core.look.today import today
from reconciler.core.plan import Plan, Subject
from reconciler.core.planning.archive_notes import archive_notes
from reconciler.core.planning.planner import plan, select
from reconciler.core.planning.selection import chosen, to_destroy
from reconciler.core.reason import Reason, Why
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note
from reconciler.core.run_options import RunOptions
from reconciler.core.value import dataclass

if TYPE_CHECKING:
    from reconciler.app.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a plan is about: targets and exclusions, what a person asked for, and how much of the live side is read.

    `destroys` treats every manifest as absent.
    """

    targets: tuple[Ref, ...] = ()
    excluded: tuple[Ref, ...] = ()
    accepted: tuple[Ref, ...] = ()
    refresh: Literal["auto", "full"] = "auto"
    retry: tuple[Ref, ...] = ()
    start: tuple[Ref, ...] = ()
    prunes: bool = False
    destroys: bool = False

    @property
    def asked(self) -> RunOptions:
        return RunOptions(
            accepted=self.accepted,
            retry=self.retry,
            start=self.start,
            prunes=self.prunes,
            reads_all=self.refresh == "full",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan and what it was made of; `versions` are the live ones of all manifests."""

    plan: Plan
    desired: Desired
    observed: Observed
    project_ids: Mapping[Ref, int]
    versions: int


async def make_plan(open_session: "Session", settings: Settings, desired: Desired, scope: Scope) -> Planned:
    """Observe, compare, order. WrongUsage where the scope names what no manifest declares.

    Refused where the token is not of the account that the tree pins.
    """
    from reconciler.observe import survey

    refs = chosen_refs(desired, scope)
    whole = cache(partial(with_elsewhere, settings, desired))  # reads other roots, where an account is pinned

    def compared() -> Desired:
        return all_absent(whole()) if scope.destroys else whole()

    is_alone = settings.account is None
    observed, assessment = await survey(
        open_session.client,
        compared() if is_alone else desired,
        scope.asked,
        completed=None if is_alone else compared,
    )
    desired = whole()
    require_account(settings, observed)
    chosen_part = select(assessment, refs)
    made = plan(
        _undoing(chosen_part) if scope.destroys else chosen_part,
        subject=replace(subject_of(settings, desired), destroys=scope.destroys),
        limits=settings.limits,
        asked=scope.asked,
        expect={} if scope.destroys else settings.expect,
        calls=observed.calls,
    )
    return Planned(
        plan=replace(
            made,
            notes=(
                *overlay_limits(settings, made),
                *made.notes,
                *_idle_orders(scope, made),
                *_archives(made, settings),
                *today(made, observed),
                *announced_end(made, desired),
                *declared_twice(desired),
            ),
        ),
        desired=desired,
        observed=observed,
        project_ids=assessment.project_ids,
        versions=assessment.versions,
    )


def _idle_orders(scope: Scope, made: Plan) -> Iterator[Note]:
    """A word about each `--retry` and `--start` that trains nothing."""
    trained = {change.ref for change in made.changes if isinstance(change, ModelChange) and change.starts}
    words = (
        (scope.retry, "--retry trains nothing: no training of what git declares failed or was stopped"),
        (scope.start, "--start trains nothing: what git declares is trained already, or in training"),
    )
    for refs, text in words:
        yield from (Note(rule="order-idle", ref=ref, text=text) for ref in refs if ref not in trained)


def _archives(made: Plan, settings: Settings) -> Iterator[Note]:
    return archive_notes(made, has_store=settings.archive_store is not None)


def overlay_limits(settings: Settings, made: Plan) -> Iterator[Note]:
    """A word about each limit that the overlay loosens, where anything is done and nothing else tells it."""
    if settings.overlay is None or made.is_empty:
        return
    from reconciler.core.look.consequences import loosened

    told = {one.limit for one in made.consequences if isinstance(one, LimitLoosened)}
    for one in loosened(settings.usual_limits, allow(settings.usual_limits, settings.overlay.limits)):
        if one.limit in told:
            continue
        text = f"the overlay {settings.overlay.name} loosens limits.{one.limit} from {one.before:,} to {one.after:,}"
        yield Note(rule="overlay-limit", ref=None, text=text)


def subject_of(settings: Settings, desired: Desired) -> Subject:
    """What is planned, in numbers."""
    return Subject(
        endpoint=settings.endpoint.origin,
        overlay=settings.overlay_name,
        account="" if settings.endpoint.is_simulator else settings.account_name,
        tier=settings.tier,
        projects=len(desired.projects),
        datasets=len(desired.datasets),
        images=sum(len(dataset.images) for dataset in desired.datasets.values()),
        models=len(desired.models),
    )


def chosen_refs(desired: Desired, scope: Scope) -> frozenset[Ref]:
    """What a scope is about. WrongUsage where it names what no manifest declares."""
    unknown = [ref for ref in (*scope.accepted, *scope.retry, *scope.start) if ref not in desired.refs]
    if unknown:
        raise undeclared(unknown[0], desired.refs)
    try:
        refs = chosen(desired, scope.targets, scope.excluded)
    except LookupError as error:
        raise undeclared(error.args[0], desired.refs) from None
    return to_destroy(desired, scope.targets) if scope.destroys else refs


def _undoing(assessment: Assessment) -> Assessment:
    """The reason of a deletion that no manifest asks for."""
    changes = (
        replace(change, reason=Reason(why=Why.DESTROYED)) if isinstance(change, RemovalChange) else change
        for change in assessment.changes
    )
    return replace(assessment, changes=tuple(changes))
