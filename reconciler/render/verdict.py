"""The verdict on a plan: one sentence that says what will happen, and whether anything is lost by it."""

from collections import Counter
from collections.abc import Iterator

from reconciler.core.change import NOTHING_LOST, Change, Effect, RemovalChange, RemovedObject, RenameChange
from reconciler.core.plan import Plan
from reconciler.core.text import count

Phrase = tuple[str, str, str]
"""What is counted, and what happens to one of it, and to many."""

_VERSION_GONE: Phrase = ("version", "is deleted", "are deleted")
_VERSION_MADE: Phrase = ("dataset", "gets a new version", "get a new version")
_TRAINED: Phrase = ("model", "is trained", "are trained")
_PHRASES: dict[tuple[str, Effect], Phrase] = {
    ("project", Effect.CREATE): ("project", "is created", "are created"),
    ("project", Effect.TAKE_OVER): ("project", "is taken over", "are taken over"),
    ("project", Effect.UPDATE): ("project", "changes", "change"),
    ("dataset", Effect.CREATE): ("dataset", "is created", "are created"),
    ("dataset", Effect.FILL_DRAFT): ("open draft", "is filled", "are filled"),
    ("dataset", Effect.NEXT_VERSION): _VERSION_MADE,
    ("dataset", Effect.FRESH_VERSION): _VERSION_MADE,
    ("model", Effect.TRAIN): _TRAINED,
    ("model", Effect.START): _TRAINED,
    ("model", Effect.CREATE): ("model", "is created", "are created"),
    ("model", Effect.UPDATE): ("model", "gets another description", "get another description"),
}


def verdict(plan: Plan) -> str:
    """`1 dataset gets a new version, 1 model is trained, nothing is destroyed.`"""
    if plan.is_empty:
        return "Nothing can be done: see below."
    counted = Counter(phrase for change in plan.changes for phrase in _phrases(change))
    parts = [_at_least(phrase, plan) + _counted(number, *phrase) for phrase, number in counted.items()]
    return f"{', '.join([*parts, *_destroyed(plan)])}."


def _at_least(phrase: Phrase, plan: Plan) -> str:
    """How many versions are live only an account knows; a plan that was compared with git asked none."""
    return "at least " if plan.subject.base and phrase == _VERSION_GONE else ""


def _counted(number: int, noun: str, one: str, many: str) -> str:
    return f"{count(number, noun)} {one if number == 1 else many}"


def _phrases(change: Change) -> Iterator[Phrase]:
    if isinstance(change, RemovalChange):
        yield from (_removed(item) for item in change.objects)
    elif isinstance(change, RenameChange):
        yield from (("live object", "is renamed", "are renamed") for _ in change.objects)
    else:
        yield _PHRASES[change.kind, change.effect]


def _removed(item: RemovedObject) -> Phrase:
    return _VERSION_GONE if item.kind.has_versions else (item.kind.value, "is deleted", "are deleted")


def _destroyed(plan: Plan) -> Iterator[str]:
    """What is lost beyond the deletions that were counted, or that nothing is."""
    lost = sum((change.losses for change in plan.changes), NOTHING_LOST)
    if images := len(lost.destroyed_images):
        yield _counted(images, "image", "is removed from an open draft", "are removed from open drafts")
    if captions := len(lost.captions):
        yield _counted(captions, "hand-written caption", "is overwritten", "are overwritten")
    if stops := len(lost.trainings):
        yield _counted(stops, "running training", "is stopped", "are stopped")
    if not lost.is_for_good and not lost.trainings:
        yield "nothing is destroyed"
