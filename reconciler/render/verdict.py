"""The verdict on a plan: one sentence that says what will happen, and whether anything is lost by it."""

from collections import Counter
from collections.abc import Iterator
from typing import assert_never

from reconciler.core.change import (
    Change,
    DatasetChange,
    ModelChange,
    Origin,
    ProjectChange,
    RemovalChange,
    RemovedObject,
    RenameChange,
)
from reconciler.core.plan import Plan
from reconciler.core.text import count
from reconciler.render.change import lost_images
from reconciler.render.cost import caption_sums

Phrase = tuple[str, str, str]
"""What is counted, and what happens to one of it, and to many."""

_VERSION_GONE: Phrase = ("version", "is deleted", "are deleted")


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
    match change:
        case ProjectChange(id=None):
            yield "project", "is created", "are created"
        case ProjectChange(takes_over=True):
            yield "project", "is taken over", "are taken over"
        case ProjectChange():
            yield "project", "changes", "change"
        case DatasetChange(origin=Origin.RESUME):
            yield "open draft", "is filled", "are filled"
        case DatasetChange(base_version=None):
            yield "dataset", "is created", "are created"
        case DatasetChange():
            yield "dataset", "gets a new version", "get a new version"
        case ModelChange():
            yield from _model(change)
        case RemovalChange():
            yield from (_removed(item) for item in change.objects)
        case RenameChange():
            yield from (("live object", "is renamed", "are renamed") for _ in change.objects)
        case other:
            assert_never(other)


def _model(change: ModelChange) -> Iterator[Phrase]:
    if change.starts:
        yield "model", "is trained", "are trained"
    elif change.creates:
        yield "model", "is created", "are created"
    else:
        yield "model", "gets another description", "get another description"


def _removed(item: RemovedObject) -> Phrase:
    return _VERSION_GONE if item.kind.has_versions else (item.kind.value, "is deleted", "are deleted")


def _destroyed(plan: Plan) -> Iterator[str]:
    """What is lost beyond the deletions that were counted, or that nothing is."""
    images = sum(lost_images(change) for change in plan.changes if isinstance(change, DatasetChange))
    captions = caption_sums(plan).rewritten
    stops = sum(_stops(change) for change in plan.changes)
    if images:
        yield _counted(images, "image", "is removed from an open draft", "are removed from open drafts")
    if captions:
        yield _counted(captions, "hand-written caption", "is overwritten", "are overwritten")
    if stops:
        yield _counted(stops, "running training", "is stopped", "are stopped")
    if not images and not captions and not stops and not any(change.kind == "removal" for change in plan.changes):
        yield "nothing is destroyed"


def _stops(change: Change) -> int:
    """Running trainings that a change stops."""
    if isinstance(change, ModelChange):
        return len(change.stops)
    return sum(item.stops for item in change.objects) if isinstance(change, RemovalChange) else 0
