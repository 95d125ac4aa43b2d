"""Compare a declared model with its live versions: in force, to be started, to be trained anew, held, or refused."""

from collections.abc import Iterator
from dataclasses import replace

from reconciler.core.change import FieldChange, ModelChange
from reconciler.core.desired import Desired, DesiredModel
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.alias import is_version, resolve_aliases
from reconciler.core.diff.assessment import TrainingData, Verdict
from reconciler.core.diff.election import ALIVE, ModelMember, next_version
from reconciler.core.diff.live_elsewhere import model_elsewhere
from reconciler.core.diff.mirror import mirrored, plain
from reconciler.core.diff.model_context import (
    ModelContext,
    basis_of,
    definition_change,
    description_change,
    duplicate_notes,
    unwanted_notes,
    wished_description,
)
from reconciler.core.diff.model_course import course_of
from reconciler.core.diff.training import Course, Decision, failures
from reconciler.core.live import ModelStatus, RemoteModel, called, live_name
from reconciler.core.loss import StoppedTraining
from reconciler.core.reason import Reason, Why
from reconciler.core.refusal import Note, Refusal
from reconciler.core.run_options import RunOptions
from reconciler.core.state import State, Unchanged
from reconciler.core.text import quoted

STATES = {
    ModelStatus.COMPLETED: State.IN_SYNC,
    ModelStatus.IN_PROGRESS: State.TRAINING,
    ModelStatus.CREATED: State.CREATED,
}
"""The state of a living model that needs nothing."""


def assess_model(
    model: DesiredModel,
    training_data: TrainingData,
    desired: Desired,
    index: AccountIndex,
    project_id: int | None,
    asked: RunOptions,
) -> Verdict:
    """The verdict on a model whose dataset stands, or is made by this plan."""
    fingerprint, decision = course_of(model, training_data.fingerprint, index, project_id, asked)
    context = ModelContext(
        model=model,
        fingerprint=fingerprint,
        training_data=training_data,
        desired=desired,
        index=index,
        project_id=project_id,
        versions=index.models(model.ref.name, project_id),
        asked=asked,
    )
    verdict = _judge(context, decision)
    if model.mirror_aliases and not verdict.refusals and not _spends(verdict):
        verdict = replace(verdict, changes=(*verdict.changes, *_mirrors(context, verdict)))
    return Verdict(
        changes=verdict.changes,
        refusals=verdict.refusals,
        notes=(*verdict.notes, *duplicate_notes(context), *unwanted_notes(context)),
        unchanged=verdict.unchanged,
        aliases=resolve_aliases(model, context.fingerprint, context.versions),
        basis=(basis_of(context),),
    )


def _judge(context: ModelContext, decision: Decision) -> Verdict:
    member = decision.member
    match decision.course:
        case Course.STANDS | Course.STARTS:
            assert member is not None
            return _living(context, member, starts=decision.course is Course.STARTS)
        case Course.UNSETTLED:
            assert member is not None
            return _unsettled(context, member)
        case Course.FAILED | Course.STOPPED | Course.KEPT | Course.WAITS:
            assert member is not None
            return _left(context, decision.course, member)
        case Course.TRAINS:
            if context.ref not in context.asked.accepted:
                refusal = model_elsewhere(
                    context.model, context.fingerprint, context.desired, context.index, context.project_id
                )
                if refusal:
                    return Verdict(refusals=(refusal,))
            return _new_version(context, decision)


def _living(context: ModelContext, member: ModelMember, *, starts: bool) -> Verdict:
    live = member.model
    fields = description_change(context, live)
    if not starts and not fields:
        return Verdict(unchanged=(_unchanged(context, member, STATES[live.status]),))
    mirrors = fields and plain(str(fields[0].before)) == plain(str(fields[0].after))
    why = Why.NEVER_STARTED if starts else Why.ALIASES_MOVED if mirrors else Why.DESCRIPTION_CHANGED
    reason = Reason(why=why)
    return Verdict(changes=(_change(context, member.name.version, live, starts=starts, fields=fields, reason=reason),))


def _spends(verdict: Verdict) -> bool:
    return any(isinstance(change, ModelChange) and (change.creates or change.starts) for change in verdict.changes)


def _mirrors(context: ModelContext, verdict: Verdict) -> Iterator[ModelChange]:
    """Versions, but for one that changes anyway, whose description names other aliases than git does."""
    changing = {change.id for change in verdict.changes if isinstance(change, ModelChange)}
    aliases = resolve_aliases(context.model, context.fingerprint, context.versions)
    for member in context.versions:
        live = member.model
        wish, now = mirrored(live.description or "", aliases, live.id), live.description or ""
        if live.status in ALIVE and wish != now and live.id not in changing:
            fields = (FieldChange(path="description", before=now, after=wish),)
            reason = Reason(why=Why.ALIASES_MOVED)
            made = _change(context, member.name.version, live, starts=False, fields=fields, reason=reason)
            yield replace(made, description=wish, name=live.name, fingerprint=member.name.fingerprint)


def _unsettled(context: ModelContext, member: ModelMember) -> Verdict:
    live = member.model
    refusal = Refusal(
        rule="model-status-unknown",
        ref=context.ref,
        summary=f"{called(live)} has the status {quoted(live.word)}, which is not settled",
        remedies=("Look at it in the console, and plan again when it is settled.",),
    )
    return Verdict(refusals=(refusal,))


def _left(context: ModelContext, course: Course, member: ModelMember) -> Verdict:
    """Nothing is trained, for a reason that is said aloud."""
    live, name = member.model, called(member.model)
    match course:
        case Course.FAILED:
            state, rule = State.FAILED, "training-failed"
            text = f"{name} failed; it is not trained again by itself: `apply --retry {context.ref}`"
        case Course.STOPPED:
            state, rule = State.STOPPED, "training-stopped"
            text = f"{name} was stopped by a person; `apply --retry {context.ref}` trains it anew"
        case Course.KEPT:
            state, rule = State.KEPT, "training-kept"
            text = f"{live_name(live)} stays in force although its definition changed: `retrain: never`"
        case _:
            state, rule = State.WAITING, "training-superseded"
            text = f"the next version waits until {name}, now superseded, has ended its training"
    note = Note(rule=rule, ref=context.ref, text=text)
    return Verdict(unchanged=(_unchanged(context, member, state),), notes=(note,))


def _new_version(context: ModelContext, decision: Decision) -> Verdict:
    named = [int(target[1:]) for _, target in context.model.aliases if is_version(target)]
    version = next_version(context.versions, named)
    newest = context.newest
    fields = () if newest is None else definition_change(context, newest.model)
    starts = context.model.policy.start or context.ref in context.asked.start
    change = _change(context, version, None, starts=starts, fields=fields, reason=_reason(context, fields))
    stops = tuple(StoppedTraining(id=m.model.id, name=m.model.name) for m in decision.stops)
    return Verdict(changes=(replace(change, stops=stops),))


def _reason(context: ModelContext, fields: tuple[FieldChange, ...]) -> Reason:
    dataset, newest = context.model.dataset, context.newest
    if failed := failures(context.fingerprint, context.versions):
        return Reason(why=Why.TRAINING_FAILED, number=failed)
    if context.training_data.id is None:
        return Reason(why=Why.DATASET_CHANGES, ref=dataset) if newest else Reason(why=Why.NOT_LIVE)
    if fields or (newest is not None and newest.model.dataset_id == context.training_data.id):
        return Reason(why=Why.DEFINITION_CHANGED)
    if newest is None:
        is_deleted = any(member.model.is_gone for member in context.versions)
        return Reason(why=Why.LAST_VERSION_DELETED) if is_deleted else Reason(why=Why.NO_MODEL_YET, ref=dataset)
    return Reason(why=Why.TRAINED_ON_ANOTHER_CONTENT, ref=dataset, version=context.training_data.version)


def _change(
    context: ModelContext,
    version: int,
    live: RemoteModel | None,
    *,
    starts: bool,
    fields: tuple[FieldChange, ...],
    reason: Reason,
) -> ModelChange:
    newest = context.newest
    description = context.model.description if live is None else wished_description(context, live)
    if description is None and live is not None:
        description = live.description
    return ModelChange(
        ref=context.ref,
        version=version,
        fingerprint=context.fingerprint,
        dataset=context.model.dataset,
        dataset_version=context.training_data.version,
        dataset_fingerprint=context.training_data.named,
        dataset_id=context.training_data.id,
        dataset_name=context.training_data.live_name,
        id=None if live is None else live.id,
        name=f"{context.ref.name} v{version} ({context.fingerprint})",
        base_version=None if newest is None else newest.name.version,
        creates=live is None,
        starts=starts,
        reason=reason,
        fields=fields,
        training_mode=context.model.training_mode,
        training_version=context.model.training_version,
        description=description if description is not None else "",
        parameters=context.model.parameters,
    )


def _unchanged(context: ModelContext, member: ModelMember, state: State) -> Unchanged:
    return Unchanged(
        ref=context.ref,
        id=member.model.id,
        version=member.name.version,
        fingerprint=context.fingerprint,
        state=state,
        dataset=context.model.dataset,
        dataset_version=context.training_data.version,
        reason=None if member.model.adopted_from is None else Reason(why=Why.ADOPTED),
    )
