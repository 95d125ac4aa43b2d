"""The steps that make one dataset version: begin, check, remove, guide, regenerate, upload, caption, complete."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from reconciler.core.action import (
    Action,
    CheckClone,
    ClaimDraft,
    CloneDataset,
    CompleteDataset,
    CreateDataset,
    KeyedText,
    Regenerate,
    RemoveImage,
    SetDraftAside,
    SetGuide,
    Step,
    UploadArchive,
    UploadImage,
    WriteCaptions,
    counted,
)
from reconciler.core.change import Change, DatasetChange, FieldChange, Origin
from reconciler.core.content_change import ImageChange, ImageEffect
from reconciler.core.cost import Cost
from reconciler.core.planning.calls import SET_ASIDE, DatasetCalls
from reconciler.core.planning.first_steps import FirstSteps
from reconciler.core.text import count
from reconciler.core.uploads import Archive, OneByOne

_COMING = (ImageEffect.ADDED, ImageEffect.REPLACED)


def dataset_actions(change: Change, before: FirstSteps) -> tuple[Action, ...]:
    """All steps of a version, each stage needing the whole stage before it."""
    if not isinstance(change, DatasetChange):
        return ()
    needs = before.needs(change.wish.project, change.ref)
    project_id = before.project_ids.get(change.wish.project)
    actions: list[Action] = []
    for stage in _stages(change, project_id):
        made = tuple(_action(change, needs, *row) for row in stage)
        if made:
            needs = tuple(action.id for action in made)
            actions += made
    return tuple(actions)


_Row = tuple[str, Step, Cost, str, tuple[FieldChange, ...]]
"""Words of the id, the step, its cost, the label of the thing inside the dataset, field changes."""


def _action(
    change: DatasetChange,
    needs: tuple[str, ...],
    words: str,
    step: Step,
    cost: Cost,
    label: str,
    fields: tuple[FieldChange, ...],
) -> Action:
    return Action(
        id=f"{change.ref} v{change.version} {words}",
        ref=change.ref,
        step=step,
        needs=needs,
        version=change.version,
        fingerprint=change.fingerprint,
        label=label,
        fields=fields,
        cost=cost,
    )


def _stages(change: DatasetChange, project_id: int | None) -> Iterator[Iterable[_Row]]:
    calls = DatasetCalls(change)
    if change.aside is not None:
        aside = SetDraftAside(id=change.aside.id, name=change.aside.name)
        yield ((f"set aside {change.aside.id}", aside, Cost(calls=SET_ASIDE), f"draft {change.aside.id}", ()),)
    yield (_begin(change, project_id, Cost(calls=calls.begin)),)
    if change.source_id is not None:
        yield (("check", CheckClone(source_id=change.source_id), Cost(calls=calls.check), "", ()),)
    yield [_removal(image) for image in change.images if image.effect not in _COMING] + [
        _replaced(image) for image in change.images if image.effect is ImageEffect.REPLACED
    ]
    if change.guide:
        step = SetGuide(guide=change.wish.guide)
        yield (("guide", step, Cost(calls=calls.guide), change.wish.guide.field, change.guide),)
    if change.origin is not Origin.CREATE:
        cost = Cost(calls=calls.regenerate, regenerations=change.regenerated)
        yield (("regenerate", Regenerate(), cost, "", ()),)
    yield [_upload(change, portion) for portion in change.wish.uploads.portions(change.coming)]
    yield (_caption(change, calls),)
    yield (("complete" if change.wish.completed else "verify", CompleteDataset(), Cost(calls=calls.complete), "", ()),)


def _begin(change: DatasetChange, project_id: int | None, cost: Cost) -> _Row:
    match change.origin:
        case Origin.CREATE:
            step = CreateDataset(project_id=project_id, training_version=change.training_version)
            return "create", step, cost, "", ()
        case Origin.CLONE:
            assert change.source_id is not None
            assert change.source_version is not None
            clone = CloneDataset(source_id=change.source_id, source_version=change.source_version)
            return "clone", clone, cost, "", ()
        case Origin.RESUME:
            assert change.origin_id is not None
            return "claim", ClaimDraft(id=change.origin_id), cost, "", ()


def _removal(image: ImageChange) -> _Row:
    step = RemoveImage(key=image.key, id=image.id)
    words = f"remove {image.name} {image.key if image.id is None else image.id}"
    return words, step, counted(step) + Cost(calls=1), image.name, ()


def _replaced(image: ImageChange) -> _Row:
    """The bytes that go where a file of the same name brings others."""
    step = RemoveImage(key=image.replaces)
    return f"remove {image.name} {image.replaces}", step, counted(step) + Cost(calls=1), image.name, ()


def _upload(change: DatasetChange, portion: tuple[ImageChange, ...]) -> _Row:
    """What is sent together is one step."""
    uploads, step = change.wish.uploads, _upload_step(change, portion)
    sent = 0 if change.awaits_archive else sum(image.size for image in portion)
    cost = counted(step) + Cost(calls=uploads.calls, bytes=sent)
    if isinstance(step, UploadImage):
        return f"upload {portion[0].name}", step, cost, portion[0].name, ()
    return "await archive" if step.is_sent else "archive", step, cost, count(step.images, "image"), ()


def _upload_step(change: DatasetChange, portion: tuple[ImageChange, ...]) -> UploadImage | UploadArchive:
    wish = change.wish
    match wish.uploads:
        case OneByOne():
            (image,) = portion
            return UploadImage(key=image.key)
        case Archive():
            return UploadArchive(
                images=len(portion), with_captions=bool(wish.zipped_texts), is_sent=change.awaits_archive
            )
        case other:
            assert_never(other)


def _caption(change: DatasetChange, calls: DatasetCalls) -> _Row:
    declared = [
        KeyedText(key=image.key, text=image.caption) for image in change.wish.images if image.caption is not None
    ]
    carried = [KeyedText(key=kept.key, text=kept.text, declared=False) for kept in change.kept]
    coming = {image.key for image in change.coming} - change.captioned_by_archive
    new = {text.key for text in declared if text.key in coming}
    at_once = 0 if change.wish.uploads.is_once else len(new)
    written = {caption.key for caption in change.captions} | new
    written |= {kept.key for kept in change.kept if kept.version is not None}
    rewrites = len(change.losses.captions)
    label = count(len(written), "caption") if written else ""
    step = WriteCaptions(texts=tuple(sorted(declared + carried, key=lambda text: text.key)))
    return "caption", step, Cost(calls=calls.caption(len(written), at_once), rewrites=rewrites), label, ()
