"""Problems and states as JSON for machines; ASCII only, so that no foreign character acts on a terminal."""

from collections.abc import Iterable

from reconciler.core.look.surroundings import NOTHING_AROUND, Surroundings
from reconciler.core.plan import Plan
from reconciler.core.problem import Problem, in_order
from reconciler.core.refusal import Note, Refusal
from reconciler.core.state import AliasState
from reconciler.core.strictjson import dumps
from reconciler.render.fingerprint import ModelFingerprint
from reconciler.render.status import active_checkpoint, checkpoints, object_statuses


def problems_json(problems: Iterable[Problem]) -> str:
    """`{"problems": [{"rule", "severity", "path", "line", "column", "summary", "detail", "remedy"}]}`."""
    return dumps(_listed(problems))


def _listed(problems: Iterable[Problem]) -> dict[str, object]:
    found = [
        {
            "rule": problem.rule,
            "severity": problem.severity.value,
            "path": problem.location.path,
            "line": problem.location.line or None,
            "column": problem.location.column or None,
            "summary": problem.summary,
            "detail": problem.detail,
            "remedy": problem.remedy,
        }
        for problem in in_order(problems)
    ]
    return {"problems": found}


def fingerprints_json(problems: Iterable[Problem], models: Iterable[ModelFingerprint]) -> str:
    """The problems, and the fingerprint of each model with that of the dataset it is trained on."""
    found = [
        {
            "ref": str(one.ref),
            "fingerprint": one.fingerprint,
            "dataset": str(one.dataset),
            "dataset_fingerprint": one.dataset_fingerprint,
        }
        for one in models
    ]
    return dumps({**_listed(problems), "models": found})


def status_json(plan: Plan, around: Surroundings = NOTHING_AROUND) -> str:
    """Every object with its live version and aliases, what git does not know, what of that this tool made, stored archives, refusals and notes."""
    found = [
        {
            "ref": str(one.ref),
            "id": one.id,
            "version": one.version,
            "fingerprint": one.fingerprint,
            "state": one.state,
            "in_sync": not one.wish and one.state != "refused",
            "wish": one.wish or None,
            "adopted": one.is_adopted,
            "aliases": {state.alias: _alias(state) for state in plan.aliases_of(one.ref)},
            "checkpoints": list(checkpoints(one, around)),
            "active_checkpoint": active_checkpoint(one, around),
        }
        for one in object_statuses(plan)
    ]
    strays = [
        {"kind": stray.kind.value, "id": stray.id, "name": stray.name, "project_id": stray.project_id}
        for stray in around.strays
    ]
    leftovers = [
        {"ref": str(one.ref), "ids": [live.id for live in one.objects], "manifest": one.manifest or None}
        for one in around.leftovers
    ]
    archives = [
        {"store": one.store, "digest": one.digest, "size": one.size, "stored_at": one.stored_at}
        for one in around.archives
    ]
    said = {"refusals": _said(plan.refusals), "notes": _said(plan.notes)}
    return dumps({"objects": found, "strays": strays, "leftovers": leftovers, "archives": archives, **said})


def _alias(state: AliasState) -> dict[str, object]:
    facts = {"target": state.target, "id": state.id, "version": state.version, "fingerprint": state.fingerprint}
    return {**facts, "problem": state.problem or None}


def _said(facts: Iterable[Refusal | Note]) -> list[dict[str, object]]:
    return [
        {
            "rule": fact.rule,
            "ref": None if fact.ref is None else str(fact.ref),
            "text": fact.summary if isinstance(fact, Refusal) else fact.text,
            **({"remedies": list(fact.remedies)} if isinstance(fact, Refusal) else {}),
        }
        for fact in facts
    ]
