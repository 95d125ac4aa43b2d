"""What is live, object by object, beside what git declares."""

from dataclasses import replace

from reconciler.core.change import Effect
from reconciler.core.kind import Kind
from reconciler.core.look.in_force import own_fingerprint
from reconciler.core.look.surroundings import NOTHING_AROUND, KeptArchive, Stray, Surroundings
from reconciler.core.plan import Plan
from reconciler.core.reason import Why
from reconciler.core.ref import Ref
from reconciler.core.state import Unchanged
from reconciler.core.text import count
from reconciler.core.value import dataclass
from reconciler.render.alias import standing_aliases
from reconciler.render.leftover import leftover_sections
from reconciler.render.plan_report.changed import ChangedObject
from reconciler.render.plan_report.changes import changed_objects
from reconciler.render.plan_report.report import note_entries, refusal_entries, unanswered_aliases
from reconciler.render.plan_report.verdict import context
from reconciler.render.plan_text import notes, refusals, warnings
from reconciler.render.state import state_words, version_words, wish_words
from reconciler.render.view import Block, Item, Items, Line, Role, Row, Text, View, say, screen
from reconciler.render.words import megabytes, quoted_text

_DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectStatus:
    """One object as `status` knows it; `wish` is empty where git and the live side agree."""

    ref: Ref
    id: int | None
    version: int | None
    state: str
    word: str
    """The state in words for people; `state` is the word for machines."""
    versions: str = ""
    fingerprint: str | None = None
    wish: str = ""
    is_adopted: bool = False
    """Did people make it, and was it not verified by bytes?"""


def object_statuses(plan: Plan) -> tuple[ObjectStatus, ...]:
    """Every object of a plan, in the order of the refs."""
    found = {one.ref: _unchanged(one) for one in plan.unchanged}
    changed = changed_objects(plan)
    for one in changed:
        if one.effect is not Effect.RENAME:
            found[one.ref] = _changed(one)
    for one in changed:
        if one.effect is Effect.RENAME:
            found[one.ref] = _renamed(one, found.get(one.ref))
    for refusal in plan.refusals:
        if refusal.ref is not None and refusal.ref not in found:
            found[refusal.ref] = ObjectStatus(ref=refusal.ref, id=None, version=None, state="refused", word="refused")
    return tuple(found[ref] for ref in sorted(found))


def status_view(plan: Plan, *, around: Surroundings = NOTHING_AROUND, strays: bool = False) -> View:
    """The screen of `status`; strays are counted, or listed if that is asked for."""
    found = object_statuses(plan)
    items = tuple(_item(status, plan, around) for status in found)
    said = tuple(note for note in plan.notes if note.rule != "stray" and (strays or note.rule != _DUPLICATE))
    hidden = sum(note.rule == _DUPLICATE for note in plan.notes if not strays)
    return screen(
        [Line(text=say(context(plan.subject), Role.QUIET))],
        [Items(items=items)] if items else [],
        refusals(refusal_entries(plan.refusals)),
        [
            *warnings(unanswered_aliases(plan)),
            *notes(note_entries(said)),
            *([] if strays else _counted_strays(around.strays, hidden)),
        ],
        *(_listed(around) if strays else []),
        _archives(around.archives),
        [Line(text=say(_sum(found), Role.STRONG))],
    )


def _counted_strays(strays: tuple[Stray, ...], duplicates: int) -> list[Block]:
    """`also live, not in git: 2 datasets, 1 model (`reconciler status --strays`)`."""
    numbers = [(sum(stray.kind is kind for stray in strays), kind.value, kind.plural) for kind in Kind]
    numbers.append((duplicates, _DUPLICATE, f"{_DUPLICATE}s"))
    parts = [count(number, noun, plural) for number, noun, plural in numbers if number]
    if not parts:
        return []
    return [Line(text=say(f"Also live, not in git: {', '.join(parts)} (`reconciler status --strays`).", Role.QUIET))]


def _listed(around: Surroundings) -> list[list[Block]]:
    """Every stray, none folded, for that is what was asked for: what this tool made and how to delete it, then the rest."""
    if not around.strays:
        return [[Line(text=say("Nothing is live that no manifest declares."))]]
    made = {(live.kind, live.id) for one in around.leftovers for live in one.objects}
    theirs = tuple(
        Item(sign=None, name=stray.kind.value, text=(*quoted_text(stray.name), *_place(stray)))
        for stray in around.strays
        if (stray.kind, stray.id) not in made
    )
    rest: list[Block] = [Line(text=say("Live, not in git:", Role.STRONG)), Items(items=theirs, indent=2)]
    return [*leftover_sections(around.leftovers), *([rest] if theirs else [])]


def _archives(found: tuple[KeptArchive, ...]) -> list[Block]:
    """Every archive of a store: it keeps them until its own rules delete them."""
    if not found:
        return []
    head = f"Archives in {found[0].store} ({megabytes(sum(one.size for one in found))}, never deleted by this tool):"
    items = tuple(
        Item(sign=None, name=one.digest[:12], text=say(f"{megabytes(one.size)}, stored {one.stored_at}"))
        for one in found
    )
    return [Line(text=say(head, Role.STRONG)), Items(items=items, indent=2)]


def _place(stray: Stray) -> Text:
    where = "" if stray.project_id is None else f" in project {stray.project_id}"
    return say(f" (id {stray.id}){where}")


def _unchanged(one: Unchanged) -> ObjectStatus:
    return ObjectStatus(
        ref=one.ref,
        id=one.id,
        version=one.version,
        state=one.state,
        word=state_words(one),
        versions=version_words(one),
        fingerprint=own_fingerprint(one),
        wish=wish_words(one),
        is_adopted=one.reason is not None and one.reason.why is Why.ADOPTED,
    )


def _changed(one: ChangedObject) -> ObjectStatus:
    """An object that apply would change; it is live where it has an id or a version."""
    live = [gone.id for gone in one.removed] + [each.id for each in one.renamed]
    if not one.ref.kind.has_versions and one.id is not None:
        live.append(one.id)
    state = "not live" if not live and one.base_version is None else "differs from git"
    return ObjectStatus(
        ref=one.ref,
        id=live[0] if live and not one.ref.kind.has_versions else None,
        version=one.base_version,
        state=state,
        word=state,
        versions="" if one.base_version is None else f"v{one.base_version}",
        wish=one.apply,
    )


def _renamed(one: ChangedObject, besides: ObjectStatus | None) -> ObjectStatus:
    """A rename is one more thing that apply does with an object."""
    if besides is None:
        return _changed(one)
    return replace(besides, wish=f"{one.apply}; {besides.wish}" if besides.wish else one.apply)


def _item(status: ObjectStatus, plan: Plan, around: Surroundings) -> Item:
    words = [status.word]
    if status.id is not None:
        words.append(f"(id {status.id})")
    text = " ".join(words) + (f"; {status.wish}" if status.wish else "")
    sign = Role.CHANGE if status.wish or status.state == "refused" else Role.UNCHANGED
    rows = tuple(_rows(status, plan, around))
    return Item(sign=sign, name=str(status.ref), versions=status.versions, text=say(text), rows=rows)


def _rows(status: ObjectStatus, plan: Plan, around: Surroundings) -> list[Row]:
    """Aliases, and the checkpoints of an expert training."""
    rows = []
    if states := plan.aliases_of(status.ref):
        rows.append(Row(label="aliases", text=standing_aliases(plan, states)))
    if steps := checkpoints(status, around):
        active = active_checkpoint(status, around)
        which = "" if active is None else f"; {active} is active"
        rows.append(Row(label="checkpoints", text=say(f"after {', '.join(steps)} steps{which}")))
    return rows


def checkpoints(status: ObjectStatus, around: Surroundings) -> tuple[str, ...]:
    """The steps after which the training of a live model left a checkpoint."""
    return () if status.id is None else around.checkpoints.get((status.ref.kind, status.id), ())


def active_checkpoint(status: ObjectStatus, around: Surroundings) -> int | None:
    """The step of the checkpoint that a live model draws with if nobody names another; None where the API does not say."""
    return None if status.id is None else around.active.get((status.ref.kind, status.id))


def _sum(found: tuple[ObjectStatus, ...]) -> str:
    differing = sum(1 for one in found if one.wish or one.state == "refused")
    if not differing:
        return f"{count(len(found), 'object')}, all as git declares."
    return f"{count(len(found), 'object')}, {differing:,} not as git declares: `reconciler plan` shows what apply would do."
