"""The sections of a page, one for each changed object."""

from dataclasses import dataclass
from typing import assert_never

from reconciler.core.change import (
    DatasetChange,
    FieldChange,
    ModelChange,
    Origin,
    ProjectChange,
    RemovalChange,
    RenameChange,
    RenamedObject,
)
from reconciler.core.diff.category import categories
from reconciler.core.plan import Plan
from reconciler.core.reason import Why
from reconciler.core.ref import Ref
from reconciler.render.finding import Finding
from reconciler.render.html import why_trained
from reconciler.render.html.contact_sheet import Sheet
from reconciler.render.html.difference import Pieces, difference, whole
from reconciler.render.reason import reason_words
from reconciler.render.removal import LOST
from reconciler.render.version import version_word

Anchors = dict[tuple[str, Ref], str]
"""The id of the section of each change, by its kind and its manifest; no word of it is foreign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """A field before and after, as one text."""

    name: str
    words: Pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetPart:
    """The section of a changed dataset."""

    anchor: str
    ref: str
    versions: str
    what: str
    reason: str
    compared: str
    prefix: str
    guide: Pieces
    sums: tuple[str, ...]
    findings: tuple[Finding, ...]
    sheet: Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPart:
    """The section of a changed model."""

    anchor: str
    ref: str
    versions: str
    what: str
    costs: bool
    reason: str
    stops: tuple[str, ...]
    steps: tuple[why_trained.Step, ...]
    parameters: tuple[why_trained.Pair, ...]
    aliases: tuple[why_trained.Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalPart:
    """The section of live objects that go; a line for each."""

    anchor: str
    ref: str
    reason: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPart:
    """The section of a project, or of renamed objects."""

    anchor: str
    ref: str
    what: str
    costs: bool
    reason: str
    fields: tuple[FieldRow, ...]


def dataset(
    change: DatasetChange, plan: Plan, anchors: Anchors, sheet: Sheet, findings: tuple[Finding, ...]
) -> DatasetPart:
    kinds = ", ".join(categories(change))
    guide = change.guide
    return DatasetPart(
        anchor=anchors[change.kind, change.ref],
        ref=str(change.ref),
        versions=why_trained.versions(plan, change.base_version, change.version),
        what=_origin(change, plan) + ("" if change.wish.completed else ", stays a draft"),
        reason=reason_words(change.reason) + (f" ({kinds})" if kinds else ""),
        compared=f"compared with {version_word(plan, change.base_version)}"
        if change.base_version is not None and not plan.subject.base
        else "",
        prefix=change.wish.guide.line,
        guide=_field(guide).words if guide is not None and guide.before is not None else whole(change.wish.guide.line),
        sums=tuple(why_trained.sums(change)),
        findings=findings,
        sheet=sheet,
    )


def _origin(change: DatasetChange, plan: Plan) -> str:
    match change.origin:
        case Origin.CLONE:
            return "cloned, changed as a draft, completed anew"
        case Origin.RESUME:
            return f"the open draft{_id(plan, change.origin_id)} is filled"
        case Origin.CREATE:
            return "created" if change.base_version is None else "made anew, everything is uploaded"
        case other:
            assert_never(other)


def model(change: ModelChange, plan: Plan, behind: dict[Ref, DatasetChange], anchors: Anchors) -> ModelPart:
    dataset = behind.get(change.dataset) if change.creates else None
    if change.starts:
        what = "is trained" if change.creates else "its training starts"
    else:
        what = "is created, not trained" if change.creates else "changes in place, costs nothing"
    return ModelPart(
        anchor=anchors[change.kind, change.ref],
        ref=str(change.ref),
        versions=why_trained.versions(plan, change.base_version, change.version),
        what=what,
        costs=change.starts,
        reason=reason_words(change.reason),
        stops=tuple(f"The running training “{one.name}” (id {one.id}) is stopped: {LOST}." for one in change.stops),
        steps=why_trained.steps(change, plan, dataset, "" if dataset is None else anchors[dataset.kind, dataset.ref])
        if change.creates or change.starts
        else (),
        parameters=why_trained.parameter_pairs(change),
        aliases=why_trained.alias_pairs(plan, change),
    )


def _id(plan: Plan, number: int | None) -> str:
    """` (id 458)`; nothing where no account was asked."""
    return "" if plan.subject.base or number is None else f" (id {number})"


def removal(change: RemovalChange, plan: Plan, anchors: Anchors) -> RemovalPart:
    lines = tuple(
        (
            f"{one.kind.value} “{one.name}”{_id(plan, one.id)}",
            f"its training is stopped first, {LOST}"
            if one.stops
            else ""
            if one.reason.why is Why.ABSENT
            else reason_words(one.reason),
        )
        for one in change.objects
    )
    return RemovalPart(
        anchor=anchors[change.kind, change.ref], ref=str(change.ref), reason=reason_words(change.reason), lines=lines
    )


def other(change: ProjectChange | RenameChange, plan: Plan, anchors: Anchors) -> OtherPart:
    if isinstance(change, RenameChange):
        what, fields = "renamed in place, costs no upload and no training", tuple(map(_renamed, change.objects))
    else:
        fields = tuple(map(_field, change.fields))
        if change.takes_over:
            what = f"takes over the live project {change.id}"
        else:
            what = "created" if change.id is None else f"changed in place{_id(plan, change.id)}, costs nothing"
    takes_over = isinstance(change, ProjectChange) and change.takes_over
    return OtherPart(
        anchor=anchors[change.kind, change.ref],
        ref=str(change.ref),
        what=what,
        costs=takes_over,
        reason=reason_words(change.reason),
        fields=fields,
    )


def _renamed(one: RenamedObject) -> FieldRow:
    return FieldRow(name=f"{one.kind.value} {one.id}", words=difference(one.before, one.after))


def _field(change: FieldChange) -> FieldRow:
    if change.before is None:
        return FieldRow(name=change.path, words=whole(why_trained.scalar(change.after)))
    return FieldRow(
        name=change.path, words=difference(why_trained.scalar(change.before), why_trained.scalar(change.after))
    )
