"""The report on a plan as one tree of values: what is shown, in which order, and what is never folded away.

It is built once. Text, Markdown, HTML and JSON only print it: each passes foreign text, which the tree holds as it came,
through a gate of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from reconciler.core.look.unknown_alias import UNKNOWN
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note, Refusal
from reconciler.core.state import State
from reconciler.core.text import count
from reconciler.core.value import dataclass
from reconciler.render.album import NO_ALBUM, Album, ReportedFinding
from reconciler.render.alias import AliasReport, alias_reports, no_answer, unanswered
from reconciler.render.alike import alike, said_of_all, shape
from reconciler.render.plan_report.amount import Amount, amounts
from reconciler.render.plan_report.changed import ChangedObject
from reconciler.render.plan_report.changes import changed_objects, in_order, with_sheets
from reconciler.render.plan_report.consequence import ConsequenceReport, consequence_reports
from reconciler.render.plan_report.contact_sheet import PictureSums
from reconciler.render.plan_report.content import Entries, entries
from reconciler.render.plan_report.effect import Tone
from reconciler.render.plan_report.step import ObjectSteps, object_steps
from reconciler.render.plan_report.verdict import Clause, compared, context, stage, verdict
from reconciler.render.state import QUIET, state_words, version_words
from reconciler.render.words import capitalised, sentence

if TYPE_CHECKING:
    from reconciler.render.plan_report.gallery import MovedGalleryReport

FIRST = "nothing-ours"
"""The note that is said before the verdict: this may be the wrong account."""
FOLD_OBJECTS = 20
"""Objects that a screen lists besides those that cost or destroy."""
FOLD_NOTES = 10
FOLD_CONSEQUENCES = 10

TAKE_OVER = "take-over"
OVERLAY_LIMIT = "overlay-limit"
"""The note of a limit that an overlay loosens: it may cost more than elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """Something to look at: whose, what, and the section that tells more."""

    text: str
    anchor: str
    name: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalReport:
    """What is refused, as a sentence, and the ways on. `summary` is the sentence without the object."""

    rule: str
    ref: Ref | None
    summary: str
    text: str
    ways: tuple[str, ...]


class Weight(StrEnum):
    """Where a note stands. Only a light one may be folded away."""

    FIRST = "first"
    WARNING = "warning"
    TAKE_OVER = "take-over"
    LIGHT = "light"


_APART = frozenset({Weight.FIRST, Weight.WARNING})
"""Notes that do not stand among the notes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteReport:
    """A fact that is said aloud, as a sentence."""

    rule: str
    ref: Ref | None
    text: str
    weight: Weight


@dataclass(frozen=True, slots=True, kw_only=True)
class UnchangedObject:
    """An object that stays, in a state that a person wants to know."""

    ref: Ref
    version: str
    state: str
    aliases: tuple[AliasReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReport:
    """All that is said about a plan."""

    tool: str
    digest: str
    context: str
    """What was planned, and where."""
    stage: tuple[str, ...]
    """The account and the overlay, as far as they have names."""
    compared: str
    """With what it was compared; empty where an account was asked."""
    is_empty: bool
    """Does the plan do nothing?"""
    verdict: tuple[Clause, ...]
    amounts: tuple[Amount, ...]
    look_at: tuple[Pointer, ...]
    refusals: Entries[RefusalReport]
    consequences: Entries[ConsequenceReport]
    """What merging does without a call. Aliases, and what lets more through, are never folded away."""
    galleries: "tuple[MovedGalleryReport, ...]"
    """What the versions drew that aliases name before and after."""
    objects: Entries[ChangedObject]
    """What costs and what destroys is never folded away."""
    unusual: Entries[UnchangedObject]
    in_sync: int
    """Objects that stay as they are and are only counted."""
    absent: int
    """Manifests that say `ensure: absent` and have nothing left to delete."""
    warnings: tuple[NoteReport, ...]
    """Aliases that nothing answers to, or that nothing here knows, as sentences."""
    first: tuple[NoteReport, ...]
    """What must be read before the verdict."""
    notes: Entries[NoteReport]
    accepted: tuple[Ref, ...]
    findings: tuple[ReportedFinding, ...]
    unseen: int
    """Images of which nobody read the pixels."""
    pictures: PictureSums
    steps: tuple[ObjectSteps, ...]
    way: str
    """How to go on, as a sentence; empty where that is asked next."""

    @property
    def is_quiet(self) -> bool:
        """Is there nothing to do, nothing refused, and nothing that merging does without a call?"""
        return self.is_empty and not self.refusals and not self.consequences

    @property
    def sentence(self) -> str:
        """The verdict as one sentence."""
        return ", ".join(clause.text for clause in self.verdict) + "."


def plan_report(
    plan: Plan, *, digest: str, way: str = "", album: Album = NO_ALBUM, has_steps: bool = True
) -> PlanReport:
    """The report on a plan. An album adds pictures of the images that change, and what was found about them.

    Not all printers tell the steps: whoever knows that they are not told saves making them.
    """
    made = changed_objects(plan)
    objects, pictures = with_sheets(in_order(made), plan, album)
    warnings = (*unanswered_aliases(plan), *(note for note in map(_note, plan.notes) if note.weight is Weight.WARNING))
    notes = note_entries(plan.notes)
    besides = _besides(plan)
    galleries = _galleries(album)
    changed = {one.ref for one in made}
    return PlanReport(
        tool=plan.tool,
        digest=digest,
        context=context(plan.subject),
        stage=stage(plan.subject),
        compared=compared(plan.subject) if plan.subject.base else "",
        is_empty=plan.is_empty,
        verdict=verdict(plan, made, besides),
        amounts=amounts(plan, made),
        look_at=(
            *_look_at(objects, besides),
            *(Pointer(name=one.name, text="; ".join(one.states), anchor=one.anchor) for one in galleries),
            *_said(len(album.findings), len(warnings), notes),
        ),
        refusals=refusal_entries(plan.refusals),
        consequences=besides,
        galleries=galleries,
        objects=entries(
            (one for one in objects if one.is_weighty), (one for one in objects if not one.is_weighty), FOLD_OBJECTS
        ),
        unusual=entries((), _unusual(plan), FOLD_OBJECTS),
        in_sync=plan.in_sync_apart
        + sum(one.state is State.IN_SYNC and one.ref not in changed for one in plan.compared),
        absent=sum(one.state is State.ABSENT and one.ref not in changed for one in plan.compared),
        warnings=warnings,
        first=tuple(note for note in map(_note, plan.notes) if note.weight is Weight.FIRST),
        notes=notes,
        accepted=plan.asked.accepted,
        findings=album.findings,
        unseen=album.unseen,
        pictures=pictures,
        steps=object_steps(plan) if has_steps else (),
        way=way,
    )


def _galleries(album: Album) -> "tuple[MovedGalleryReport, ...]":
    if not album.galleries:
        return ()
    from reconciler.render.plan_report.gallery import moved_gallery_reports

    return moved_gallery_reports(album)


def _besides(plan: Plan) -> Entries[ConsequenceReport]:
    found = consequence_reports(plan.consequences)
    loud = [one for one in found if one.alias or one.is_warning]
    return entries(loud, [one for one in found if not one.alias and not one.is_warning], FOLD_CONSEQUENCES)


def _look_at(objects: Sequence[ChangedObject], besides: Entries[ConsequenceReport]) -> Iterator[Pointer]:
    """What a reviewer should judge, what costs and what is lost first; each leads to its section."""
    for one in objects:
        yield Pointer(name=str(one.ref), text=one.pointer, tone=one.tone, anchor=one.anchor)
    for told in besides.listed:
        yield Pointer(name="" if told.ref is None else str(told.ref), text=told.text, tone=told.tone, anchor="besides")


def _said(findings: int, warnings: int, notes: Entries[NoteReport]) -> Iterator[Pointer]:
    """What else there is to read."""
    if findings:
        yield Pointer(text=f"{count(findings, 'finding')} about images and captions", anchor="findings")
    if warnings:
        yield Pointer(text=count(warnings, "warning"), anchor="said")
    if notes:
        yield Pointer(text=f"{count(len(notes), 'note')} on what changes nothing", anchor="said")


def unanswered_aliases(plan: Plan) -> tuple[NoteReport, ...]:
    """A warning for each alias that nothing live answers to."""
    return tuple(
        NoteReport(rule="alias-unanswered", ref=one.ref, text=sentence(None, no_answer(one)), weight=Weight.WARNING)
        for one in unanswered(plan)
    )


def told_once(found: Iterable[NoteReport]) -> tuple[NoteReport, ...]:
    """Notes for people: those that say the same of many objects are one. JSON keeps each of them."""
    groups = alike(found, lambda one: (one.rule, shape(one.text)))
    return tuple(replace(group[0], text=said_of_all(group[0].text, [one.ref for one in group])) for group in groups)


def notes_told_once(found: Entries[NoteReport]) -> Entries[NoteReport]:
    """The same of the notes of a report; what must be seen still comes first, each by itself."""
    return entries(found.loud, told_once(found.quiet), FOLD_NOTES)


def refusal_entries(found: Iterable[Refusal]) -> Entries[RefusalReport]:
    """Refusals as sentences, in their order; none is ever folded away."""
    return entries(map(_refusal, found), (), 0)


def _refusal(one: Refusal) -> RefusalReport:
    return RefusalReport(
        rule=one.rule,
        ref=one.ref,
        summary=one.summary,
        text=capitalised(sentence(one.ref, one.summary)),
        ways=one.remedies,
    )


def note_entries(found: Iterable[Note]) -> Entries[NoteReport]:
    """Notes as sentences, without warnings and those that are said before the verdict; what must be seen comes first."""
    notes = [note for note in map(_note, found) if note.weight not in _APART]
    loud = [note for note in notes if note.weight is Weight.TAKE_OVER]
    return entries(loud, [note for note in notes if note.weight is not Weight.TAKE_OVER], FOLD_NOTES)


def _note(one: Note) -> NoteReport:
    weight = _weight(one.rule)
    text = f"{capitalised(one.text)}." if weight is Weight.FIRST else sentence(one.ref, one.text)
    return NoteReport(rule=one.rule, ref=one.ref, text=text, weight=weight)


def _weight(rule: str) -> Weight:
    return {
        FIRST: Weight.FIRST,
        UNKNOWN: Weight.WARNING,
        OVERLAY_LIMIT: Weight.WARNING,
        TAKE_OVER: Weight.TAKE_OVER,
    }.get(rule, Weight.LIGHT)


def _unusual(plan: Plan) -> Iterator[UnchangedObject]:
    return (
        UnchangedObject(
            ref=one.ref, version=version_words(one), state=state_words(one), aliases=alias_reports(plan, one.ref)
        )
        for one in plan.compared
        if one.state not in QUIET
    )
