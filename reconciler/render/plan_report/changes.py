"""The objects of a report, made from the changes of a plan: the one place that tells kinds of change apart."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import assert_never

from reconciler.core.category import categories
from reconciler.core.change import (
    Change,
    CheckpointChange,
    DatasetChange,
    Effect,
    FieldChange,
    ModelChange,
    ProjectChange,
    RemovalChange,
    RenameChange,
)
from reconciler.core.diff.field import field_changes
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.core.value import replace
from reconciler.render.album import Album, ImageRename
from reconciler.render.alias import AliasReport, alias_reports
from reconciler.render.plan_report.changed import ChangedObject
from reconciler.render.plan_report.contact_sheet import PictureSums, contact_sheets, pictured_keys
from reconciler.render.plan_report.content import content_report, entries
from reconciler.render.plan_report.sheet_image import SheetImage, sheet_images
from reconciler.render.plan_report.training import TrainingCause, TrainingReport, training_report
from reconciler.render.reason import reason_words
from reconciler.render.tier import TRAINING_TIME
from reconciler.render.words import short

FOLD_RENAMES = 10
"""Renamed objects of one manifest that a screen lists."""


def changed_objects(plan: Plan) -> tuple[ChangedObject, ...]:
    """All objects that change, in the order of the plan. Their sections are numbered in the order in which they are read."""
    found = [_object(change, plan) for change in plan.changes]
    order = sorted(range(len(found)), key=lambda at: _rank(found[at]))
    numbers = {at: number for number, at in enumerate(order, 1)}
    named = [replace(one, anchor=f"{one.kind}-{numbers[at]}") for at, one in enumerate(found)]
    contents = {one.ref: one for one in named if one.content is not None}
    return tuple(_explained(one, contents) for one in named)


def in_order(objects: Iterable[ChangedObject]) -> list[ChangedObject]:
    """In the order in which they are read: what costs and what destroys first."""
    return sorted(objects, key=_rank)


def _rank(one: ChangedObject) -> tuple[int, bool, str]:
    return one.place, not one.is_weighty, str(one.ref)


def with_sheets(
    objects: Sequence[ChangedObject], plan: Plan, album: Album
) -> tuple[tuple[ChangedObject, ...], PictureSums]:
    """The objects with their images as pictures and what was found about them, and what the pictures take."""
    if album.thumbnails is None:
        return tuple(objects), PictureSums()
    rows = _rows(objects, plan, album.renamed)
    sheets, sums = contact_sheets(list(rows.values()), album.thumbnails, album.by_key)
    by_ref = dict(zip(rows, sheets, strict=True))
    pictured = (
        one
        if one.content is None
        else replace(one, content=replace(one.content, sheet=by_ref[one.ref], findings=album.of_whole(one.ref)))
        for one in objects
    )
    return tuple(pictured), sums


def wanted_pictures(plan: Plan, renamed: tuple[ImageRename, ...] = ()) -> tuple[str, ...]:
    """Keys of the images that a report shows as pictures, at most 400: no others need a thumbnail."""
    return pictured_keys(list(_rows(in_order(changed_objects(plan)), plan, renamed).values()))


def _rows(
    objects: Sequence[ChangedObject], plan: Plan, renamed: tuple[ImageRename, ...]
) -> dict[Ref, tuple[SheetImage, ...]]:
    """The images of each dataset that changes."""
    changes = {change.ref: change for change in plan.changes if isinstance(change, DatasetChange)}
    return {
        one.ref: sheet_images(
            changes[one.ref], renamed, "the version before" if one.before and not one.is_asked else one.before
        )
        for one in objects
        if one.content is not None
    }


def _object(change: Change, plan: Plan) -> ChangedObject:
    """One object, without what depends on the others."""
    made = partial(
        ChangedObject,
        ref=change.ref,
        kind=change.kind,
        effect=change.effect,
        reason=reason_words(change.reason),
        categories=categories(change),
        losses=change.losses,
        is_asked=not plan.subject.base,
    )
    match change:
        case ProjectChange():
            return made(id=change.id, fields=change.fields)
        case DatasetChange():
            return made(
                id=change.origin_id,
                base_version=change.base_version,
                version=change.version,
                fields=_shown_fields(change),
                content=content_report(change),
            )
        case ModelChange():
            return made(
                base_version=change.base_version,
                version=change.version,
                fingerprint=short(change.fingerprint),
                fields=change.fields,
                training=_training(change, plan),
                aliases=alias_reports(plan, change.ref),
            )
        case RemovalChange() | CheckpointChange():
            return made()
        case RenameChange():
            return made(renamed=entries((), change.objects, FOLD_RENAMES))
        case other:
            assert_never(other)


def _shown_fields(change: DatasetChange) -> tuple[FieldChange, ...]:
    """What changes of the guide; a first schema by its keys, as a change of one is shown."""
    document = change.wish.guide.content
    if not change.sets_first_guide or not isinstance(document, dict):
        return change.fields
    field = change.wish.guide.field
    return field_changes({field: {}}, {field: document})


def _training(change: ModelChange, plan: Plan) -> TrainingReport:
    """What a model is trained on; without an account only that another version of the dataset is made is known."""
    if not plan.subject.base:
        version = f"v{change.dataset_version}"
        return training_report(change, version=version, data=f"{change.dataset} {version}")
    made = next((one for one in plan.changes_of(change.dataset) if isinstance(one, DatasetChange)), None)
    if made is None:
        return training_report(change, version="", data=str(change.dataset))
    version = "first version" if made.base_version is None else "next version"
    return training_report(change, version=version, data=f"the {version} of {change.dataset}")


def _explained(one: ChangedObject, contents: Mapping[Ref, ChangedObject]) -> ChangedObject:
    """A model with the causes of its training. A version that is new follows the change of its dataset, if there is one."""
    training = one.training
    if training is None or not training.definition:
        return one
    behind = contents.get(training.dataset) if one.effect in {Effect.TRAIN, Effect.CREATE} else None
    origin = _unchanged_dataset(one, training.dataset, training.version) if behind is None else _changed_dataset(behind)
    return replace(
        one,
        categories=one.categories if behind is None or not one.before else behind.categories + one.categories,
        training=replace(training, causes=(*origin, _trained(one), _followers(one.aliases))),
    )


def _unchanged_dataset(one: ChangedObject, dataset: Ref, version: str) -> tuple[TrainingCause, TrainingCause]:
    stays = TrainingCause(
        kind="dataset", name=str(dataset), lines=(", ".join(filter(None, [version, "unchanged"])),), stays=True
    )
    return TrainingCause(kind="cause", name=one.reason), stays


def _changed_dataset(behind: ChangedObject) -> tuple[TrainingCause, TrainingCause]:
    sums = () if behind.content is None else behind.content.sums
    content = TrainingCause(kind="images and captions", lines=sums, anchor=behind.anchor)
    return content, TrainingCause(kind="dataset", name=str(behind.ref), lines=(behind.versions("→"),))


def _trained(one: ChangedObject) -> TrainingCause:
    trained = f"trained, {TRAINING_TIME}" if one.effect in {Effect.TRAIN, Effect.START} else "not trained"
    return TrainingCause(kind="model", name=str(one.ref), lines=(one.versions("→"), trained), tone=one.tone)


def _followers(aliases: Sequence[AliasReport]) -> TrainingCause:
    if not aliases:
        return TrainingCause(kind="aliases", lines=("none declared: no program is pointed at it",), stays=True)
    return TrainingCause(
        kind="aliases", lines=tuple(map(_follows, aliases)), stays=not any(one.next for one in aliases)
    )


def _follows(one: AliasReport) -> str:
    if one.next:
        return f"{one.name} → {one.next}, once it is trained"
    return f"{one.name} stays on {one.now}" if one.answers else one.words
