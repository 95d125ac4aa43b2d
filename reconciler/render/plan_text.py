"""The report on a plan as a screen: context, verdict, cost, objects, refusals, what is said aloud, and the way on."""

from collections import Counter
from collections.abc import Iterable, Iterator

from reconciler.core.refusal import Refusal
from reconciler.core.text import count
from reconciler.render.plan_report.amount import Amount
from reconciler.render.plan_report.changed import ChangedObject
from reconciler.render.plan_report.consequence import ConsequenceReport
from reconciler.render.plan_report.content import Entries
from reconciler.render.plan_report.effect import Tone
from reconciler.render.plan_report.report import (
    NoteReport,
    PlanReport,
    RefusalReport,
    UnchangedObject,
    notes_told_once,
    refusal_entries,
    told_once,
)
from reconciler.render.plan_rows import alias_rows, changed_item
from reconciler.render.view import (
    Block,
    Figure,
    Figures,
    Item,
    Items,
    Line,
    Paragraph,
    Role,
    Row,
    Span,
    Text,
    View,
    joined,
    say,
    screen,
)
from reconciler.render.words import digest_words


def plan_view(report: PlanReport, *, command: str = "reconciler apply") -> View:
    """The whole report. `command` is what would refuse a plan that holds refusals."""
    if report.is_quiet:
        return screen([Line(text=say(report.sentence))], [*_unusual(report), *_absent(report)], _said(report))
    return screen(
        [Line(text=say(report.context, Role.QUIET)), *_first(report)],
        [Line(text=say(report.sentence, Role.STRONG)), *_warned(report), *_amounts(report.amounts)],
        [*_objects(report.objects), *_unusual(report), *_in_sync(report), *_absent(report)],
        _besides(report),
        refusals(report.refusals),
        _said(report),
        [Line(text=_way_on(report, command))] if report.way else [],
    )


def _first(report: PlanReport) -> list[Block]:
    return [Line(text=say(note.text, Role.WARNING)) for note in report.first]


def _warned(report: PlanReport) -> list[Block]:
    """A plan that would be refused says so at once."""
    if not report.refusals or report.is_empty:
        return []
    return [Line(text=say(f"Refused for {count(len(report.refusals), 'reason')}: see below.", Role.REFUSED))]


def _amounts(found: tuple[Amount, ...]) -> list[Block]:
    figures = tuple(Figure(label=one.label, text=_amount(one)) for one in found)
    return [Figures(figures=figures)] if figures else []


def _amount(one: Amount) -> Text:
    return joined(say(part.words, _ROLES[part.tone]) for part in one.quantities) or say(one.words)


_ROLES = {Tone.PLAIN: Role.PLAIN, Tone.COSTS: Role.COST, Tone.DESTROYS: Role.COST}


def _objects(found: Entries[ChangedObject]) -> list[Block]:
    items = tuple(map(changed_item, found.listed))
    blocks: list[Block] = [Items(items=items)] if items else []
    if found.hidden:
        kinds = Counter(one.kind for one in found.hidden)
        rest = ", ".join(count(number, f"more {kind}") for kind, number in kinds.items())
        blocks.append(Line(text=say(f"  … and {rest} (all of them with `--format json`)", Role.QUIET)))
    return blocks


def _besides(report: PlanReport) -> list[Block]:
    """What merging does without a call; what lets more through than before is a warning."""
    found = report.consequences
    blocks: list[Block] = [
        Line(text=say(f"warning: {one.sentence}", Role.COST)) for one in found.listed if one.is_warning
    ]
    items = tuple(
        Item(sign=Role.CHANGE, name=str(one.ref), text=say(one.text), rows=tuple(_galleries(one, report)))
        for one in found.listed
        if not one.is_warning
    )
    blocks += [Items(items=items)] if items else []
    if hidden := len(found.hidden):
        blocks.append(Line(text=say(f"  … and {hidden:,} more (all of them with `--format json`)", Role.QUIET)))
    return blocks


def _galleries(one: ConsequenceReport, report: PlanReport) -> Iterator[Row]:
    """What is there of both versions of an alias that moves, and what shows it."""
    for gallery in report.galleries:
        if gallery.shows(one.ref, one.alias):
            yield Row(label="gallery", text=say(f"{gallery.gallery.name}: `{gallery.command}` shows both"))
            for column in gallery.gallery.columns:
                yield Row(label=column.title, text=say(column.words))


def _unusual(report: PlanReport) -> list[Block]:
    """Objects that stay, in a state that a person wants to know."""
    items = tuple(map(_standing, report.unusual.listed))
    blocks: list[Block] = [Items(items=items)] if items else []
    if hidden := len(report.unusual.hidden):
        blocks.append(Line(text=say(f"  … and {hidden:,} more (`reconciler status` lists them)", Role.QUIET)))
    return blocks


def _standing(one: UnchangedObject) -> Item:
    return Item(
        sign=Role.UNCHANGED,
        name=str(one.ref),
        versions=one.version,
        text=say(one.state),
        rows=tuple(alias_rows(one.aliases)),
    )


def _in_sync(report: PlanReport) -> list[Block]:
    if not report.in_sync:
        return []
    return [Line(text=say(f". {count(report.in_sync, 'object')} unchanged", Role.UNCHANGED))]


def _absent(report: PlanReport) -> list[Block]:
    """Absent manifests that have nothing left to delete."""
    if not report.absent:
        return []
    way = "its manifest can go" if report.absent == 1 else "their manifests can go"
    return [Line(text=say(f". {count(report.absent, 'object')} absent, as declared: {way}", Role.UNCHANGED))]


def refusals_view(found: Iterable[Refusal]) -> View:
    """Refusals alone, where a command ends with them."""
    return screen(refusals(refusal_entries(found)))


def refusals(found: Entries[RefusalReport]) -> list[Block]:
    """Each refusal with the ways on."""
    return [Paragraph(lead=say(one.text, Role.REFUSED), rest=tuple(say(way) for way in one.ways)) for one in found]


def _said(report: PlanReport) -> list[Block]:
    """Aliases that nothing answers to, never folded; then the notes."""
    return [*warnings(report.warnings), *notes(report.notes)]


def warnings(found: Iterable[NoteReport]) -> list[Block]:
    """A line for each warning, such as an alias that nothing live answers to; those that say the same are one."""
    return [Line(text=(Span("warning: ", Role.WARNING), Span(one.text))) for one in told_once(found)]


def notes(found: Entries[NoteReport]) -> list[Block]:
    """What changes nothing and is said aloud; what must be seen comes first, and what says the same is said once."""
    found = notes_told_once(found)
    blocks: list[Block] = [Line(text=_note(one)) for one in found.listed]
    if found.hidden:
        hidden = count(len(found.hidden), "more note")
        blocks.append(Line(text=say(f"… and {hidden} (`--format json` lists them)", Role.QUIET)))
    return blocks


def _note(note: NoteReport) -> Text:
    return (Span("note: ", Role.QUIET), Span(note.text))


def _way_on(report: PlanReport, command: str) -> Text:
    if report.refusals:
        return say(f"`{command}` refuses this plan; nothing was sent. Digest {digest_words(report.digest)}.")
    return say(f"{report.way} Digest {digest_words(report.digest)}.".strip())
