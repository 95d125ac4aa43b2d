"""A plan as a screen: context, verdict, cost, objects, refusals, what is said aloud, and the way on."""

from collections import Counter

from reconciler.core.change import Note, Refusal, State
from reconciler.core.look.loosened import LOOSER, NO_EXPECT
from reconciler.core.plan import Plan, Subject
from reconciler.core.ref import Ref
from reconciler.core.text import count
from reconciler.render.alias import alias_rows, no_answer, unanswered
from reconciler.render.change import is_weighty, item, rank
from reconciler.render.cost import figures, tier_words
from reconciler.render.state import QUIET, state_words, version_words
from reconciler.render.verdict import verdict
from reconciler.render.view import Block, Item, Items, Line, Paragraph, Role, Text, View, folded, joined, say, screen

FOLD_OBJECTS = 20
"""Light objects that are listed; those that train, destroy or take over always are."""
FOLD_NOTES = 10
FOLD_REFUSALS = 20

LOOSENING = frozenset({LOOSER, NO_EXPECT})
"""Notes that another plan may cost more than it could before."""
WEIGHTY = LOOSENING | {"take-over"}
"""Notes that are never folded."""

FIRST = "nothing-ours"
"""The note that is said on the second line, before the verdict."""


def plan_view(plan: Plan, *, digest: str, way: str, command: str = "reconciler apply") -> View:
    """The whole plan. `way` is the sentence that says how to go on; empty where that is asked next.

    `command` is what would refuse a plan that holds refusals.
    """
    if plan.is_empty and not plan.refusals:
        return screen([Line(text=say(in_sync(plan)))], [*_unusual(plan), *_absent(plan)], _said(plan))
    objects = _objects(plan)
    return screen(
        [Line(text=say(context(plan.subject), Role.QUIET)), *_first(plan.notes)],
        [Line(text=say(verdict(plan), Role.STRONG)), *_warned(plan), *([] if plan.is_empty else [figures(plan)])],
        [*objects, *_unusual(plan), *_unchanged(plan), *_absent(plan)],
        refusals(plan.refusals),
        _said(plan),
        [Line(text=_way_on(plan, digest, way, command))] if way else [],
    )


def _first(found: tuple[Note, ...]) -> list[Block]:
    """What must be read before anything else: this may be the wrong account."""
    return [Line(text=say(f"{note.text.capitalize()}.", Role.WARNING)) for note in found if note.rule == FIRST]


def context(subject: Subject) -> str:
    """`manifests: 1 project, 1 dataset (24 images), 1 model · simulator · starter (60 calls a minute)`."""
    if subject.base:
        return f"manifests: {objects(subject)} · {compared(subject)}"
    parts = [f"manifests: {objects(subject)}", subject.endpoint, tier_words(subject.tier)]
    return " · ".join(part for part in parts if part)


def compared(subject: Subject) -> str:
    """`compared with git main, nothing was asked of the API`."""
    return f"compared with git {subject.base}, nothing was asked of the API"


def objects(subject: Subject) -> str:
    """`1 project, 1 dataset (24 images), 1 model`."""
    images = f" ({count(subject.images, 'image')})" if subject.datasets else ""
    return (
        f"{count(subject.projects, 'project')}, {count(subject.datasets, 'dataset')}{images}, "
        f"{count(subject.models, 'model')}"
    )


def in_sync(plan: Plan) -> str:
    """The one line of a plan that has nothing to do, or nothing before a superseded training has ended."""
    if plan.subject.base:
        return f"This change does nothing on the live side: {compared(plan.subject)}."
    calls = count(plan.calls, "call")
    waiting = sum(one.state is State.WAITING for one in plan.unchanged)
    if waiting:
        verb = "waits" if waiting == 1 else "wait"
        return f"Nothing to do yet: {count(waiting, 'model')} {verb} for a training to end. {calls}."
    return f"In sync: {objects(plan.subject)}. {calls}."


def _warned(plan: Plan) -> list[Block]:
    """A plan that would be refused says so at once."""
    if not plan.refusals or plan.is_empty:
        return []
    return [Line(text=say(f"Refused for {count(len(plan.refusals), 'reason')}: see below.", Role.REFUSED))]


def _objects(plan: Plan) -> list[Block]:
    ordered = sorted(plan.changes, key=rank)
    weighty = [change for change in ordered if is_weighty(change)]
    light = [change for change in ordered if not is_weighty(change)]
    shown, hidden = folded(len(light), FOLD_OBJECTS)
    items: list[Item] = [item(change, plan) for change in (*weighty, *light[:shown])]
    blocks: list[Block] = [Items(items=tuple(items))] if items else []
    if hidden:
        kinds = Counter(change.kind for change in light[shown:])
        rest = ", ".join(count(number, f"more {kind}") for kind, number in kinds.items())
        blocks.append(Line(text=say(f"  … and {rest} (all of them with `--format json`)", Role.QUIET)))
    return blocks


def _unusual(plan: Plan) -> list[Block]:
    """Unchanged objects whose state a person wants to know: training, held, waiting, failed, stopped."""
    found = [one for one in plan.unchanged if one.state not in QUIET]
    shown, hidden = folded(len(found), FOLD_OBJECTS)
    items = tuple(
        Item(
            sign=Role.UNCHANGED,
            name=str(one.ref),
            versions=version_words(one),
            text=say(state_words(one)),
            rows=tuple(alias_rows(plan, one.ref)),
        )
        for one in found[:shown]
    )
    blocks: list[Block] = [Items(items=items)] if items else []
    if hidden:
        blocks.append(Line(text=say(f"  … and {hidden:,} more (`reconciler status` lists them)", Role.QUIET)))
    return blocks


def _unchanged(plan: Plan) -> list[Block]:
    changed = {change.ref for change in plan.changes}
    quiet = sum(one.state is State.IN_SYNC and one.ref not in changed for one in plan.unchanged)
    return [Line(text=say(f". {count(quiet, 'object')} unchanged", Role.UNCHANGED))] if quiet else []


def _absent(plan: Plan) -> list[Block]:
    """Absent manifests that have nothing left to delete."""
    gone = sum(one.state is State.ABSENT for one in plan.unchanged)
    if not gone:
        return []
    way = "its manifest can go" if gone == 1 else "their manifests can go"
    return [Line(text=say(f". {count(gone, 'object')} absent, as declared: {way}", Role.UNCHANGED))]


def refusals(found: tuple[Refusal, ...]) -> list[Block]:
    """Each refusal with the ways on."""
    shown, hidden = folded(len(found), FOLD_REFUSALS)
    blocks: list[Block] = [
        Paragraph(lead=say(about(one.ref, one.summary), Role.REFUSED), rest=tuple(say(way) for way in one.remedies))
        for one in found[:shown]
    ]
    if hidden:
        blocks.append(Line(text=say(f"… and {count(hidden, 'more refusal')} (`--format json` lists them)")))
    return blocks


def _said(plan: Plan) -> list[Block]:
    """Aliases that nothing answers to, never folded; then the notes."""
    return [*warnings(plan), *notes(plan.notes)]


def warnings(plan: Plan) -> list[Block]:
    """A line for each alias that nothing live answers to."""
    return [
        Line(text=joined([say("warning: ", Role.WARNING), say(about(None, no_answer(state)))], between=""))
        for state in unanswered(plan)
    ]


def notes(found: tuple[Note, ...]) -> list[Block]:
    """What changes nothing and is said aloud; the weighty ones first, and never folded."""
    weighty = [one for one in found if one.rule in WEIGHTY]
    light = [one for one in found if one.rule not in WEIGHTY and one.rule != FIRST]
    shown, hidden = folded(len(light), FOLD_NOTES)
    blocks: list[Block] = [Line(text=_note(one)) for one in (*weighty, *light[:shown])]
    if hidden:
        blocks.append(Line(text=say(f"… and {count(hidden, 'more note')} (`--format json` lists them)", Role.QUIET)))
    return blocks


def _note(note: Note) -> Text:
    if note.rule in LOOSENING:
        return joined([say("warning: ", Role.COST), say(about(note.ref, note.text), Role.COST)], between="")
    return joined([say("note: ", Role.QUIET), say(about(note.ref, note.text))], between="")


def about(ref: Ref | None, text: str) -> str:
    """A fact as a sentence that names its object."""
    subject = "" if ref is None or str(ref) in text else f"{ref}: "
    return f"{subject}{text}" + ("" if text.endswith((".", "?", ":")) else ".")


def grouped(digest: str) -> str:
    """The first eight characters of a digest, as people compare them: `5f2c 91aa`."""
    bare = digest.rpartition(":")[2]
    return f"{bare[:4]} {bare[4:8]}"


def _way_on(plan: Plan, digest: str, way: str, command: str) -> Text:
    if plan.refusals:
        return say(f"`{command}` refuses this plan; nothing was sent. Digest {grouped(digest)}.")
    return say(f"{way} Digest {grouped(digest)}.".strip())
