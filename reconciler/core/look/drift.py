"""Why does the live side differ from git: was it changed in the console, in git since, or is it under way?

Health is another question: a training that failed is no difference, and nothing in git mends it by itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.core.change import (
    Change,
    DatasetChange,
    Effect,
    FieldChange,
    ModelChange,
    Origin,
    RemovalChange,
    RenameChange,
)
from reconciler.core.desired import Desired
from reconciler.core.diff.authorship import is_disproved
from reconciler.core.diff.content_match import unfit
from reconciler.core.diff.mirror import plain
from reconciler.core.live import Observed, RemoteDataset, called
from reconciler.core.look.drift_report import Cause, Drift, DriftReport, Ill
from reconciler.core.look.ignore import STRAYS
from reconciler.core.look.in_force import coming
from reconciler.core.name import DraftName, FinalName, parse_dataset_name, parse_model_name
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.core.refusal import Refusal
from reconciler.core.state import State
from reconciler.core.text import quoted


def find_drift(plan: Plan, observed: Observed, base: Desired | None = None) -> DriftReport:
    """Classify what a plan, made with everything read, would change.

    `base` is the tree that was applied last, where one is known: what it said already, git did not change since.
    """
    finder = _DriftFinder(plan, observed, base)
    drifts = [*finder.refused(), *finder.changed(), *finder.strays(), *finder.under_way()]
    order = list(Cause)
    return DriftReport(
        drifts=tuple(sorted(drifts, key=lambda drift: (order.index(drift.cause), drift.ref, drift.text))),
        ills=tuple(_ills(plan)),
        declared=frozenset(one.ref for one in (*plan.changes, *plan.unchanged, *plan.refusals) if one.ref is not None),
    )


_UNDER_WAY = {
    State.TRAINING: "is in training",
    State.WAITING: "waits for a superseded training to end",
    State.HELD: "waits",
}


@dataclass(frozen=True, slots=True)
class _DriftFinder:
    plan: Plan
    observed: Observed
    base: Desired | None

    def refused(self) -> Iterator[Drift]:
        for one in self.plan.refusals:
            if one.ref is not None:
                yield Drift(ref=one.ref, cause=_blamed(one), text=one.summary)

    def changed(self) -> Iterator[Drift]:
        refused = {one.ref for one in self.plan.refusals}
        for change in self.plan.changes:
            if change.ref not in refused:
                yield from self._of(change)

    def strays(self) -> Iterator[Drift]:
        """What a project holds that git does not know: nothing will change it, and somebody made it elsewhere."""
        for note in self.plan.notes:
            if note.rule == "stray" and note.ref is not None:
                text = f"{note.text}; `reconciler status --strays` lists them"
                yield Drift(ref=note.ref, cause=Cause.CONSOLE, text=text, field=STRAYS)

    def under_way(self) -> Iterator[Drift]:
        for one in self.plan.unchanged:
            if one.state in _UNDER_WAY:
                cause = Cause.HELD if one.state is State.HELD else Cause.PROGRESS
                yield Drift(ref=one.ref, cause=cause, text=_UNDER_WAY[one.state], rest=one, differs=False)

    def _of(self, change: Change) -> Iterator[Drift]:
        match change:
            case DatasetChange():
                yield self._dataset(change)
            case ModelChange():
                yield from self._model(change)
            case RemovalChange():
                yield Drift(ref=change.ref, cause=Cause.GIT, text="is to be deleted", rest=change.reason)
            case RenameChange():
                yield Drift(ref=change.ref, cause=Cause.GIT, text="is to be renamed", rest=change.reason)
            case _ if change.effect is Effect.CREATE:
                yield Drift(ref=change.ref, cause=self._missing(change.ref), text="is not live")
            case _:
                yield from self._fields(change.ref, change.fields)

    def _missing(self, ref: Ref) -> Cause:
        """Something that is not there: new in git, unless the base had it already."""
        if self.base is None:
            return Cause.EITHER
        return Cause.CONSOLE if ref in self.base.refs and ref not in self.base.absent else Cause.GIT

    def _fields(self, ref: Ref, fields: Iterable[FieldChange]) -> Iterator[Drift]:
        for field in fields:
            before, after = _said(field.before), _said(field.after)
            text = f"{field.path} is {before}, git says {after}"
            yield Drift(ref=ref, cause=self._who(ref, field), text=text, field=field.path)

    def _who(self, ref: Ref, field: FieldChange) -> Cause:
        if self.base is None:
            return Cause.EITHER
        declared = self.base.present.get(ref)
        value = getattr(declared, field.path, None)
        then, now = plain(str(value or "")), plain(str(field.after or ""))
        return Cause.CONSOLE if declared is not None and value is not None and then == now else Cause.GIT

    def _dataset(self, change: DatasetChange) -> Drift:
        for live, name in self._versions(change.ref):
            if name.fingerprint == change.fingerprint:
                return self._lying(change, live, unfit(live, change.wish) if live.images is not None else ())
            if name.version == change.base_version and _lies(live, name):
                return self._lying(change, live)
        if change.origin is Origin.RESUME:
            return Drift(ref=change.ref, cause=Cause.PROGRESS, text="an open draft is not finished", rest=change.reason)
        if change.base_version is None:
            return Drift(ref=change.ref, cause=self._missing(change.ref), text="no version of it is live")
        text = f"v{change.base_version} is as it was made, and git asks for another content ({change.fingerprint})"
        return Drift(ref=change.ref, cause=Cause.GIT, text=text)

    def _lying(self, change: DatasetChange, live: RemoteDataset, reasons: tuple[str, ...] = ()) -> Drift:
        """`reasons` say what differs, where its name is what git asks for."""
        text = f"{called(live)} does not hold what its name says{': ' if reasons else ''}{'; '.join(reasons)}"
        return Drift(ref=change.ref, cause=Cause.CONSOLE, text=text)

    def _versions(self, ref: Ref) -> Iterator[tuple[RemoteDataset, FinalName]]:
        """Committed versions: completed, and named as one."""
        for live in self.observed.datasets.values():
            name = parse_dataset_name(live.name)
            if live.is_completed and name is not None and not isinstance(name, DraftName) and name.base == ref.name:
                yield live, name

    def _model(self, change: ModelChange) -> Iterator[Drift]:
        if not change.creates:
            if change.starts:
                yield Drift(ref=change.ref, cause=Cause.PROGRESS, text="was created and is not started yet")
            yield from self._fields(change.ref, change.fields)
            return
        behind = [one for one in self.plan.changes if isinstance(one, DatasetChange) and one.ref == change.dataset]
        if behind:
            cause = self._dataset(behind[0]).cause
            yield Drift(ref=change.ref, cause=cause, text=f"is to be trained on the next version of {change.dataset}")
        elif self._was_deleted(change):
            yield Drift(ref=change.ref, cause=Cause.CONSOLE, text="the version that git asks for was deleted")
        elif change.base_version is None:
            yield Drift(ref=change.ref, cause=self._missing(change.ref), text="no version of it is live")
        else:
            text = f"v{change.base_version} is as it was made, and git asks for another definition"
            yield Drift(ref=change.ref, cause=Cause.GIT, text=text)

    def _was_deleted(self, change: ModelChange) -> bool:
        names = [parse_model_name(one.name) for one in self.observed.models.values() if one.is_gone]
        return any(name and name.base == change.ref.name and name.fingerprint == change.fingerprint for name in names)


def _lies(live: RemoteDataset, name: FinalName) -> bool:
    """Was it read, and is it certain that it is not what its name says?"""
    return live.images is not None and is_disproved(name.fingerprint, live.content)


def _blamed(one: Refusal) -> Cause:
    return Cause.CONSOLE if one.rule in {"dataset-disagrees", "dataset-renamed-live"} else Cause.EITHER


def _said(value: str | float | bool | None) -> str:
    return "empty" if value is None or value == "" else quoted(str(value))


def _ills(plan: Plan) -> Iterator[Ill]:
    for one in plan.unchanged:
        if one.state in {State.FAILED, State.STOPPED}:
            version = "" if one.version is None else f" of v{one.version}"
            yield Ill(
                ref=one.ref, text=f"the training{version} {'failed' if one.state is State.FAILED else 'was stopped'}"
            )
    for state in plan.aliases:
        if state.id is None and coming(plan, state) is None:
            yield Ill(ref=state.ref, text=f"the alias {state.alias} answers to nothing: {state.problem}")
