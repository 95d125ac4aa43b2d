"""The verdict on a plan: what will happen, clause by clause, and whether anything is lost by it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from reconciler.core.loss import all_losses
from reconciler.core.plan import Plan, Subject
from reconciler.core.state import State
from reconciler.core.text import count
from reconciler.core.value import dataclass
from reconciler.render.plan_report.changed import ChangedObject
from reconciler.render.plan_report.consequence import ConsequenceReport, clauses
from reconciler.render.plan_report.effect import Tone
from reconciler.render.tier import tier_words
from reconciler.render.words import declared


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A part of the verdict."""

    text: str
    tone: Tone = Tone.PLAIN


def verdict(
    plan: Plan, objects: Sequence[ChangedObject], besides: Iterable[ConsequenceReport] = ()
) -> tuple[Clause, ...]:
    """`1 dataset gets a new version`, `1 model is trained`, `nothing is destroyed`: one sentence, without its full stop.

    What merging does without a call comes last: `production moves from v2 (a51be07) to v3 (af43611)`.
    """
    heard = (one for one in besides if one.is_notable or plan.is_empty)
    told = tuple(Clause(text=text, tone=tone) for text, tone in clauses(heard))
    if not plan.is_empty:
        return (*_happening(objects), *_lost(objects), *told)
    if told:
        end = "nothing else is sent" if any(one.tone is Tone.DESTROYS for one in told) else "nothing is sent"
        return (*told, Clause(text="refused: see below" if plan.refusals else end))
    return (Clause(text="Nothing can be done: see below" if plan.refusals else _nothing_to_do(plan)),)


def _happening(objects: Sequence[ChangedObject]) -> Iterator[Clause]:
    """What happens, in the order of the plan. What happens to several objects is counted."""
    numbers: Counter[tuple[str, str, str]] = Counter()
    first: dict[tuple[str, str, str], ChangedObject] = {}
    for one in objects:
        key = (one.noun, one.words.one, one.words.many)
        numbers[key] += one.number
        first.setdefault(key, one)
    # A plan that was compared with git knows the versions of the tree, and an account may hold more.
    for key, number in numbers.items():
        words = first[key].words
        least = "at least " if words.is_least and not first[key].is_asked else ""
        yield Clause(text=least + _counted(number, *key), tone=words.tone)


def _lost(objects: Sequence[ChangedObject]) -> Iterator[Clause]:
    """What is lost beyond the deletions that were counted, or that nothing is."""
    lost = all_losses(one.losses for one in objects)
    told = (
        (len(lost.destroyed_images), "image", "is removed from an open draft", "are removed from open drafts"),
        (len(lost.captions), "hand-written caption", "is overwritten", "are overwritten"),
        (len(lost.trainings), "running training", "is stopped", "are stopped"),
    )
    yield from (Clause(text=_counted(*loss), tone=Tone.DESTROYS) for loss in told if loss[0])
    if not lost.is_for_good and not lost.trainings:
        yield Clause(text="nothing is destroyed")


def _counted(number: int, noun: str, one: str, many: str) -> str:
    return f"{count(number, noun)} {one if number == 1 else many}"


def _nothing_to_do(plan: Plan) -> str:
    """Nothing at all, or nothing before a superseded training has ended."""
    if plan.subject.base:
        return f"This change does nothing on the live side{_where('of', plan.subject)}: {compared(plan.subject)}"
    calls = count(plan.calls, "call")
    waiting = sum(one.state is State.WAITING for one in plan.unchanged)
    if waiting:
        verb = "waits" if waiting == 1 else "wait"
        where = _where("in", plan.subject)
        return f"Nothing to do yet{where}: {count(waiting, 'model')} {verb} for a training to end. {calls}"
    return f"In sync{_where('with', plan.subject)}: {_declared(plan.subject)}. {calls}"


def context(subject: Subject) -> str:
    """`manifests: 1 project, 1 dataset (24 images), 1 model · account brand · simulator · starter (60 calls a minute)`."""
    parts = [f"manifests: {_declared(subject)}", *stage(subject)]
    parts += [compared(subject)] if subject.base else [subject.endpoint, tier_words(subject.tier)]
    return " · ".join(part for part in parts if part)


def stage(subject: Subject) -> tuple[str, ...]:
    """`account brand` and `overlay production`, as far as there are any."""
    parts = (("account", subject.account), ("overlay", subject.overlay))
    return tuple(f"{word} {name}" for word, name in parts if name)


def _where(preposition: str, subject: Subject) -> str:
    """` in account brand`, for a sentence."""
    parts = stage(subject)
    return f" {preposition} {', '.join(parts)}" if parts else ""


def compared(subject: Subject) -> str:
    """`compared with git main, nothing was asked of the API`."""
    return f"compared with git {subject.base}, nothing was asked of the API"


def _declared(subject: Subject) -> str:
    """`1 project, 1 dataset (24 images), 1 model`."""
    return declared(projects=subject.projects, datasets=subject.datasets, images=subject.images, models=subject.models)
