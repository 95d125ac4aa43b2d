"""The first screen: the verdict in phrases, the costs as figures, and what a reviewer should look at."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from reconciler.core.change import Change, DatasetChange, ModelChange, ProjectChange, RemovalChange, RenameChange
from reconciler.core.plan import Plan
from reconciler.core.text import count
from reconciler.render.alias import no_answer, unanswered
from reconciler.render.cost import TRAINING_TIME, figures
from reconciler.render.html.why_trained import sums, versions
from reconciler.render.plan import FIRST, LOOSENING, about, in_sync
from reconciler.render.reason import reason_words
from reconciler.render.verdict import verdict
from reconciler.render.view import Role


class Tone(StrEnum):
    """What a phrase is about; also the class of the element that shows it."""

    PLAIN = "plain"
    COSTS = "costs"
    DESTROYS = "destroys"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words of the verdict, or of a list, in one tone; `anchor` is empty where nothing tells more."""

    text: str
    tone: Tone = Tone.PLAIN
    head: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """One cost: the number that is read first, then the rest of it."""

    label: str
    number: str
    rest: str
    tone: Tone


_COSTS = re.compile(r"\b(trained|taken over|take over)\b")
_LOSES = re.compile(r"\b(deleted|removed|overwritten|stopped)\b")
_LIMIT = re.compile(r"\s*\((limit [^()]*)\)$")
_NUMBER = re.compile(r"((?:at least )?\d(?:[\d,]*\d)?|none)\s*(.*)", re.DOTALL)


def headline(plan: Plan) -> tuple[Phrase, ...]:
    """The verdict, clause by clause, each in its tone."""
    if plan.is_empty and not plan.refusals:
        return (Phrase(text=in_sync(plan)),)
    clauses = verdict(plan).split(", ")
    ends = [","] * (len(clauses) - 1) + [""]
    return tuple(Phrase(text=clause + end, tone=_tone(clause)) for clause, end in zip(clauses, ends, strict=True))


def _tone(clause: str) -> Tone:
    return Tone.DESTROYS if _LOSES.search(clause) else Tone.COSTS if _COSTS.search(clause) else Tone.PLAIN


def amounts(plan: Plan) -> tuple[Amount, ...]:
    """The costs, as the terminal says them."""
    if plan.is_empty:
        return ()
    found = []
    for figure in figures(plan).figures:
        text = "".join(span.text for span in figure.text)
        matched = _NUMBER.match(text)
        number, rest = (matched[1], matched[2]) if matched else ("", text)
        marked = any(span.role is Role.COST for span in figure.text)
        found.append(
            Amount(
                label=figure.label,
                number="0" if number == "none" else number,
                rest=_LIMIT.sub(r", \1", rest).lstrip(", "),
                tone=_weight(figure.label, plan) if marked else Tone.PLAIN,
            )
        )
    return tuple(found)


def _weight(label: str, plan: Plan) -> Tone:
    """What a cost that is marked is about. An image removed from a cloned version is not lost."""
    if label == "trainings":
        return Tone.COSTS
    lost = any(change.losses.destroyed_images for change in plan.changes)
    return Tone.PLAIN if label == "removals" and not lost else Tone.DESTROYS


def to_look_at(plan: Plan, changes: Iterable[tuple[Change, str]], findings: int) -> tuple[Phrase, ...]:
    """What a reviewer should judge, what costs and what is lost first; each leads to its section."""
    found = [phrase for change, anchor in changes for phrase in _of_change(change, plan, anchor)]
    if findings:
        found.append(Phrase(text=f"{count(findings, 'finding')} about images and captions", anchor="findings"))
    if number := len(warnings(plan)):
        found.append(Phrase(text=f"{count(number, 'alias', 'aliases')} without an answer", anchor="said"))
    if plan.notes:
        found.append(Phrase(text=f"{count(len(plan.notes), 'note')} on what changes nothing", anchor="said"))
    return tuple(found)


def _of_change(change: Change, plan: Plan, anchor: str) -> Iterator[Phrase]:
    head = str(change.ref)
    match change:
        case ModelChange() if change.starts:
            stops = f", {count(len(change.stops), 'running training')} stopped" if change.stops else ""
            what = f"{versions(plan, change.base_version, change.version)} is trained, {TRAINING_TIME}{stops}"
            yield Phrase(head=head, text=what, tone=Tone.COSTS, anchor=anchor)
        case ModelChange():
            yield Phrase(
                head=head, text="created, not trained" if change.creates else "changed in place", anchor=anchor
            )
        case RemovalChange():
            number = "every live version" if plan.subject.base else count(len(change.objects), "live object")
            what = f"{number} deleted for good"
            yield Phrase(head=head, text=what, tone=Tone.DESTROYS, anchor=anchor)
        case DatasetChange():
            tone = Tone.DESTROYS if change.losses.is_for_good else Tone.PLAIN
            yield Phrase(
                head=head, text=", ".join(sums(change)) or reason_words(change.reason), tone=tone, anchor=anchor
            )
        case ProjectChange():
            what = "taken over" if change.takes_over else "created" if change.id is None else "changed in place"
            yield Phrase(head=head, text=what, tone=Tone.COSTS if change.takes_over else Tone.PLAIN, anchor=anchor)
        case RenameChange():
            yield Phrase(head=head, text=f"{count(len(change.objects), 'live object')} renamed in place", anchor=anchor)
        case other:
            assert_never(other)


def warnings(plan: Plan) -> tuple[str, ...]:
    """Aliases that nothing answers to."""
    return tuple(about(None, no_answer(state)) for state in unanswered(plan))


def first_words(plan: Plan) -> tuple[Phrase, ...]:
    """What must be read before anything else: this may be the wrong account, another plan may cost more than before."""
    wrong = [Phrase(text=f"{note.text.capitalize()}.", tone=Tone.DESTROYS) for note in plan.notes if note.rule == FIRST]
    looser = [
        Phrase(text=f"Warning: {about(note.ref, note.text)}", tone=Tone.COSTS)
        for note in plan.notes
        if note.rule in LOOSENING
    ]
    return (*wrong, *looser)
