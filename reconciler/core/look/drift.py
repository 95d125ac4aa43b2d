"""Why does the live side differ from git: was it changed in the console, in git since, or is it under way?

Health is another question: a training that failed is no difference, and nothing in git mends it by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

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
from reconciler.core.diff.account_index import AccountIndex, in_numbers
from reconciler.core.diff.authorship import is_disproved
from reconciler.core.diff.content_match import unfit
from reconciler.core.diff.mirror import plain
from reconciler.core.live import Live, Observed, RemoteDataset, called
from reconciler.core.look.drift_report import Cause, Drift, DriftReport, Ill
from reconciler.core.look.ignore import STRAYS
from reconciler.core.look.in_force import coming
from reconciler.core.name import DraftName, FinalName, parse_dataset_name, parse_model_name
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.core.refusal import Refusal
from reconciler.core.state import State
from reconciler.core.text import quoted
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A plan, made with everything read, the tree and the live side that it is of, and the live project of each one.

    `base` is the tree that was applied last, where one is known: what it said already, git did not change since.
    """

    plan: Plan
    desired: Desired
    observed: Observed
    project_ids: Mapping[Ref, int]
    base: Desired | None = None


def find_drift(looked: Looked) -> DriftReport:
    """Classify what the plan would change, and what no manifest declares."""
    plan = looked.plan
    finder = _DriftFinder(plan, looked.desired, looked.observed, looked.base)
    drifts = [*finder.refused(), *finder.changed(), *_strays(looked), *finder.under_way()]
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
    desired: Desired
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
        return Cause.DELETED if ref in self.base.present else Cause.GIT

    def _fields(self, ref: Ref, fields: Iterable[FieldChange]) -> Iterator[Drift]:
        for field in fields:
            before, after = _said(field.before), _said(field.after)
            text = f"{field.path} is {before}, git says {after}"
            yield Drift(ref=ref, cause=self._who(ref, field), text=text, field=field.path)

    def _who(self, ref: Ref, field: FieldChange) -> Cause:
        if self.base is None:
            return Cause.EITHER
        if self._is_alias_line(field) and self._moves_aliases(ref):
            return Cause.GIT
        declared = self.base.present.get(ref)
        value = getattr(declared, field.path, None)
        then, now = plain(str(value or "")), plain(str(field.after or ""))
        return Cause.CONSOLE if declared is not None and value is not None and then == now else Cause.GIT

    @staticmethod
    def _is_alias_line(field: FieldChange) -> bool:
        """Do two descriptions differ only in the line of aliases?"""
        return field.path == "description" and plain(str(field.before or "")) == plain(str(field.after or ""))

    def _moves_aliases(self, ref: Ref) -> bool:
        """Did a commit since the base change the aliases of a model, or whether the live side shows them?"""
        then = None if self.base is None else self.base.models.get(ref)
        now = self.desired.models.get(ref)
        return then is None or now is None or (then.aliases, then.mirror_aliases) != (now.aliases, now.mirror_aliases)

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
            yield Drift(ref=change.ref, cause=Cause.DELETED, text="the version that git asks for was deleted")
        elif change.base_version is None:
            yield Drift(ref=change.ref, cause=self._missing(change.ref), text="no version of it is live")
        else:
            text = f"v{change.base_version} is as it was made, and git asks for another definition"
            yield Drift(ref=change.ref, cause=Cause.GIT, text=text)

    def _was_deleted(self, change: ModelChange) -> bool:
        names = [parse_model_name(one.name) for one in self.observed.models.values() if one.is_gone]
        return any(name and name.base == change.ref.name and name.fingerprint == change.fingerprint for name in names)


def _strays(looked: Looked) -> Iterator[Drift]:
    """What a project holds and no manifest declares; nothing will change it.

    Somebody made it elsewhere, unless its name is one that this tool gives: then a commit took its manifest away, or another
    tree holds that.
    """
    index = AccountIndex(looked.observed)
    for ref, project_id in sorted(looked.project_ids.items()):
        found: dict[Cause, list[Live]] = defaultdict(list)
        for live in index.strays(project_id, looked.desired):
            found[_maker(live, looked.base)].append(live)
        for cause, group in found.items():
            text = f"project {project_id} holds {in_numbers(group)} {_STRAYS[cause]}"
            text += "; `reconciler status --strays` lists them"
            yield Drift(ref=ref, cause=cause, text=text, field=STRAYS)


def _maker(live: Live, base: Desired | None) -> Cause:
    """Who made a stray, by its name."""
    name = live.kind.parse_name(live.name)
    if name is None:
        return Cause.CONSOLE
    return Cause.GIT if base is not None and Ref(live.kind, name.base) in base.present else Cause.EITHER


_STRAYS = {
    Cause.CONSOLE: "that git does not know",
    Cause.EITHER: "that this tool made and no manifest declares: a commit took it away, or another tree holds it",
    Cause.GIT: "whose manifests a commit took away: what is live of them stays",
}


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
