"""The steps of a plan and what each waits for, object by object; alike neighbours are told as one."""

from collections.abc import Iterator
from itertools import groupby

from reconciler.core.action import Action, Verb
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.core.text import count
from reconciler.core.value import dataclass
from reconciler.render.plan_report.effect import Tone

NAMES = 40
"""Labels of alike steps that are named."""
_TONES = {Verb.TRAIN: Tone.COSTS, Verb.DELETE: Tone.DESTROYS, Verb.STOP: Tone.DESTROYS}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeSteps:
    """Alike steps of one object: the verb, how many, on what, the calls they take, and the objects they wait for."""

    words: str
    labels: str
    calls: str
    after: tuple[str, ...]
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectSteps:
    """The steps of one object, in the order of the plan."""

    ref: Ref
    steps: tuple[AlikeSteps, ...]
    calls: str


def object_steps(plan: Plan) -> tuple[ObjectSteps, ...]:
    """All steps of the plan, in the order in which their objects first appear."""
    owners = {action.id: action.ref for action in plan.actions}
    by_ref: dict[Ref, list[Action]] = {}
    for action in plan.actions:
        by_ref.setdefault(action.ref, []).append(action)
    return tuple(
        ObjectSteps(
            ref=ref,
            steps=tuple(_alike(ref, actions, owners)),
            calls=count(sum(action.cost.calls for action in actions), "call"),
        )
        for ref, actions in by_ref.items()
    )


def _alike(ref: Ref, actions: list[Action], owners: dict[str, Ref]) -> Iterator[AlikeSteps]:
    for verb, run in groupby(actions, key=lambda action: action.verb):
        alike = list(run)
        labels = [action.label for action in alike if action.label]
        others = {owners[need] for action in alike for need in action.needs if need in owners} - {ref}
        more = f" … and {len(labels) - NAMES:,} more" if len(labels) > NAMES else ""
        yield AlikeSteps(
            words=verb.value if len(alike) == 1 else f"{verb.value} ({len(alike):,} times)",
            labels=", ".join(labels[:NAMES]) + more,
            calls=count(sum(action.cost.calls for action in alike), "call"),
            after=tuple(str(other) for other in sorted(others)),
            tone=_TONES.get(verb, Tone.PLAIN),
        )
