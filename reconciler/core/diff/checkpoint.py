"""Checkpoints of trained versions that pruning deletes: those that `keep_checkpoints` does not list.

What lists show has to be enough, and nothing brings a checkpoint back. So where they leave a doubt, nothing is deleted, and a
note says so.
"""

from collections.abc import Iterator

from reconciler.core.change import CheckpointChange
from reconciler.core.diff.assessment import Verdict
from reconciler.core.diff.comparison import Comparison, Kept
from reconciler.core.live import ModelStatus, RemoteModel, called
from reconciler.core.loss import RemovedCheckpoints
from reconciler.core.plan import Basis
from reconciler.core.reason import Reason, Why
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note
from reconciler.core.text import in_words, quoted


def dispensable_checkpoints(comparison: Comparison, ref: Ref, project_id: int, kept: Kept) -> Verdict:
    """What goes of the trained versions of a model that stay; nothing where its manifest does not list what to keep.

    Only completed versions count: the API has no checkpoints of others, and a training at work is left alone.
    """
    listed = comparison.desired.models[ref].policy.keep_checkpoints
    if listed is None:
        return Verdict()
    members = comparison.index.models(ref.name, project_id)
    trained = [
        member.model
        for member in sorted(members, key=lambda member: (member.name.version, member.model.id))
        if member.model.status is ModelStatus.COMPLETED and (member.model.kind, member.model.id) not in kept.going
    ]
    expert = [live for live in trained if not live.is_assumed and live.training_mode != "fully_automated"]
    doubts = {live.id: doubt for live in expert if (doubt := _doubt(live, listed))}
    notes = (_note(ref, live, doubts[live.id]) for live in expert if live.id in doubts)
    going = tuple(one for live in expert if live.id not in doubts for one in _going(live, listed))
    if not going:
        return Verdict(notes=tuple(notes))
    change = CheckpointChange(ref=ref, reason=Reason(why=Why.NOT_KEPT), versions=going)
    return Verdict(changes=(change,), notes=tuple(notes), basis=(Basis(ref=ref, facts=tuple(map(_fact, going))),))


def _doubt(live: RemoteModel, listed: tuple[int, ...]) -> str:
    """Why no checkpoint of a version is deleted, as a clause; empty where all that has to be known is known.

    A list of steps none of which is there was written for another training, or is a slip of the pen: 150 for 1500 would delete
    all but the active one.
    """
    steps = live.checkpoints
    if steps is None:
        return "the list of models does not show its checkpoints"
    if steps and live.active_checkpoint is None:
        return "the list of models does not say which of its checkpoints is active"
    if steps and listed and not set(steps) & set(listed):
        return f"it has {_steps(steps)}, and `keep_checkpoints` lists none of them"
    return ""


def _going(live: RemoteModel, listed: tuple[int, ...]) -> Iterator[RemovedCheckpoints]:
    """What goes of one version; the active checkpoint stays whatever is listed."""
    active, steps = live.active_checkpoint, live.checkpoints or ()
    stays = tuple(step for step in steps if step in listed or step == active)
    goes = tuple(step for step in steps if step not in stays)
    if goes and active is not None:
        yield RemovedCheckpoints(id=live.id, name=live.name, steps=goes, kept=stays, active=active)


def _note(ref: Ref, live: RemoteModel, doubt: str) -> Note:
    text = f"no checkpoint of {called(live)} is deleted: {doubt}"
    return Note(rule="checkpoints-kept", ref=ref, text=text)


def _fact(one: RemovedCheckpoints) -> str:
    return f"model {one.id} {quoted(one.name)}, {_steps((*one.kept, *one.steps))}, active {one.active}"


def _steps(steps: tuple[int, ...]) -> str:
    return ("checkpoint " if len(steps) == 1 else "checkpoints ") + in_words(map(str, sorted(steps)), "and")
