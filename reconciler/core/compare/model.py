"""Compare a declared model with its live versions: in force, to be started, to be trained anew, held, or refused."""

from collections.abc import Iterator
from dataclasses import replace

from reconciler.core.change import FieldChange, ModelChange, Note, Refusal, StoppedTraining, Unchanged
from reconciler.core.compare.alias import is_version, resolve_aliases
from reconciler.core.compare.assessment import Standing, Verdict
from reconciler.core.compare.census import Census
from reconciler.core.compare.election import ALIVE, ModelMember, next_version
from reconciler.core.compare.mandate import Mandate
from reconciler.core.compare.mirror import mirrored, plain
from reconciler.core.compare.model_case import (
    ModelCase,
    basis_of,
    definition_change,
    description_change,
    duplicate_notes,
    unwanted_notes,
    wished_description,
)
from reconciler.core.compare.rename import model_elsewhere
from reconciler.core.compare.training import Course, Decision, decide, failures
from reconciler.core.desired import Desired, DesiredModel
from reconciler.core.fingerprint import model_fingerprint
from reconciler.core.observed import ModelStatus, RemoteModel
from reconciler.core.text import count, quoted

STATES = {
    ModelStatus.COMPLETED: "in sync",
    ModelStatus.IN_PROGRESS: "training",
    ModelStatus.CREATED: "created",
}
"""The word for a living model that needs nothing."""


_NEW_WORDS = "its description changed"


def assess_model(
    model: DesiredModel,
    standing: Standing,
    desired: Desired,
    census: Census,
    project_id: int | None,
    mandate: Mandate,
) -> Verdict:
    """The verdict on a model whose dataset stands, or is made by this plan."""
    case = ModelCase(
        model=model,
        fingerprint=model_fingerprint(model, standing.fingerprint),
        standing=standing,
        desired=desired,
        census=census,
        project_id=project_id,
        family=census.models(model.ref.name, project_id),
        mandate=mandate,
    )
    verdict = _judge(case)
    if model.mirror_aliases and not verdict.refusals and not _spends(verdict):
        verdict = replace(verdict, changes=(*verdict.changes, *_mirrors(case, verdict)))
    return Verdict(
        changes=verdict.changes,
        refusals=verdict.refusals,
        notes=(*verdict.notes, *duplicate_notes(case), *unwanted_notes(case)),
        unchanged=verdict.unchanged,
        aliases=resolve_aliases(model, case.fingerprint, case.family),
        basis=(basis_of(case),),
    )


def _judge(case: ModelCase) -> Verdict:
    decision = decide(
        case.model,
        case.fingerprint,
        case.family,
        retry=case.ref in case.mandate.retry,
        start=case.ref in case.mandate.start,
    )
    member = decision.member
    match decision.course:
        case Course.STANDS | Course.STARTS:
            assert member is not None
            return _living(case, member, starts=decision.course is Course.STARTS)
        case Course.UNSETTLED:
            assert member is not None
            return _unsettled(case, member)
        case Course.FAILED | Course.STOPPED | Course.KEPT | Course.WAITS:
            assert member is not None
            return _left(case, decision.course, member)
        case Course.TRAINS:
            if case.ref not in case.mandate.accepted:
                refusal = model_elsewhere(case.model, case.fingerprint, case.desired, case.census, case.project_id)
                if refusal:
                    return Verdict(refusals=(refusal,))
            return _new_version(case, decision)


def _living(case: ModelCase, member: ModelMember, *, starts: bool) -> Verdict:
    live = member.model
    fields = description_change(case, live)
    if not starts and not fields:
        return Verdict(unchanged=(_unchanged(case, member, STATES[live.status]),))
    mirrors = fields and plain(str(fields[0].before)) == plain(str(fields[0].after))
    reason = "it was created and never started" if starts else "its aliases moved" if mirrors else _NEW_WORDS
    return Verdict(changes=(_change(case, member.name.version, live, starts=starts, fields=fields, reason=reason),))


def _spends(verdict: Verdict) -> bool:
    return any(isinstance(change, ModelChange) and (change.creates or change.starts) for change in verdict.changes)


def _mirrors(case: ModelCase, verdict: Verdict) -> Iterator[ModelChange]:
    """Versions, but for one that changes anyway, whose description names other aliases than git does."""
    changing = {change.id for change in verdict.changes if isinstance(change, ModelChange)}
    aliases = resolve_aliases(case.model, case.fingerprint, case.family)
    for member in case.family:
        live = member.model
        wish, now = mirrored(live.description or "", aliases, live.id), live.description or ""
        if live.status in ALIVE and wish != now and live.id not in changing:
            fields = (FieldChange(path="description", before=now, after=wish),)
            made = _change(case, member.name.version, live, starts=False, fields=fields, reason="its aliases moved")
            yield replace(made, description=wish, name=live.name, fingerprint=member.name.fingerprint)


def _unsettled(case: ModelCase, member: ModelMember) -> Verdict:
    live = member.model
    refusal = Refusal(
        rule="model-status-unknown",
        ref=case.ref,
        summary=f"{quoted(live.name)} (id {live.id}) has the status {quoted(live.word)}, which is not settled",
        remedies=("Look at it in the console, and plan again when it is settled.",),
    )
    return Verdict(refusals=(refusal,))


def _left(case: ModelCase, course: Course, member: ModelMember) -> Verdict:
    """Nothing is trained, for a reason that is said aloud."""
    live, name = member.model, quoted(member.model.name)
    match course:
        case Course.FAILED:
            state, rule = "failed", "training-failed"
            text = f"{name} (id {live.id}) failed; it is not trained again by itself: `apply --retry {case.ref}`"
        case Course.STOPPED:
            state, rule = "stopped", "training-stopped"
            text = f"{name} (id {live.id}) was stopped by a person; `apply --retry {case.ref}` trains it anew"
        case Course.KEPT:
            state, rule = "kept", "training-kept"
            text = f"{name} stays in force although its definition changed: `retrain: never`"
        case _:
            state, rule = "waiting", "training-superseded"
            text = f"the next version waits until {name} (id {live.id}), now superseded, has ended its training"
    note = Note(rule=rule, ref=case.ref, text=text)
    return Verdict(unchanged=(_unchanged(case, member, state),), notes=(note,))


def _new_version(case: ModelCase, decision: Decision) -> Verdict:
    named = [int(target[1:]) for _, target in case.model.aliases if is_version(target)]
    version = next_version(case.family, named)
    newest = case.newest
    fields = () if newest is None else definition_change(case, newest.model)
    starts = case.model.start or case.ref in case.mandate.start
    change = _change(case, version, None, starts=starts, fields=fields, reason=_reason(case, fields))
    stops = tuple(StoppedTraining(id=m.model.id, name=m.model.name) for m in decision.stops)
    return Verdict(changes=(replace(change, stops=stops),))


def _reason(case: ModelCase, fields: tuple[FieldChange, ...]) -> str:
    if failed := failures(case.fingerprint, case.family):
        return f"its training failed {count(failed, 'time')}, and `on_failure: retrain` or `--retry` asks for another"
    if case.standing.id is None:
        return f"{case.model.dataset} changes" if case.newest else "no version of it is live"
    if fields or (case.newest is not None and case.newest.model.dataset_id == case.standing.id):
        return "its training definition changed"
    if case.newest is None:
        if any(member.model.is_gone for member in case.family):
            return "its last version was deleted"
        return (
            f"{case.model.dataset} was complete before this apply and has no model: "
            "deleted in the console, or a run that was cut off?"
        )
    return f"its newest version was trained on another content than {case.model.dataset} v{case.standing.version}"


def _change(
    case: ModelCase,
    version: int,
    live: RemoteModel | None,
    *,
    starts: bool,
    fields: tuple[FieldChange, ...],
    reason: str,
) -> ModelChange:
    newest = case.newest
    description = case.model.description if live is None else wished_description(case, live)
    if description is None and live is not None:
        description = live.description
    return ModelChange(
        ref=case.ref,
        version=version,
        fingerprint=case.fingerprint,
        dataset=case.model.dataset,
        dataset_version=case.standing.version,
        dataset_fingerprint=case.standing.named,
        dataset_id=case.standing.id,
        dataset_name=case.standing.live_name,
        id=None if live is None else live.id,
        name=f"{case.ref.name} v{version} ({case.fingerprint})",
        base_version=None if newest is None else newest.name.version,
        creates=live is None,
        starts=starts,
        reason=reason,
        fields=fields,
        training_mode=case.model.training_mode,
        training_version=case.model.training_version,
        description=description if description is not None else "",
        parameters=case.model.parameters,
    )


def _unchanged(case: ModelCase, member: ModelMember, state: str) -> Unchanged:
    return Unchanged(
        ref=case.ref,
        id=member.model.id,
        version=member.name.version,
        fingerprint=case.fingerprint,
        state=state,
        detail=f"on {case.model.dataset} v{case.standing.version}",
    )
