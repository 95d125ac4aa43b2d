"""Unchanged objects in words: what state each is in, and of which version that is said."""

from reconciler.core.kind import Kind
from reconciler.core.look.in_force import own_fingerprint
from reconciler.core.reason import Why
from reconciler.core.state import State, Unchanged
from reconciler.core.text import count
from reconciler.render.reason import reason_words
from reconciler.render.tier import TRAINING_TIME
from reconciler.render.words import short

QUIET = frozenset({State.IN_SYNC, State.ABSENT})
"""States that a plan only counts."""


def state_words(one: Unchanged) -> str:
    """`in sync, 24 images`, `training, 1 to 3 hours, on dataset/lora-poses v3`."""
    match one.state:
        case State.WAITING:
            return f"waits: v{one.version}, now superseded, is still in training"
        case State.KEPT:
            which = "what is live" if one.version is None else f"v{one.version}"
            return f"kept: {which} stays in force (training.retrain is never)"
        case State.ABSENT:
            return "absent, as declared"
        case State.TRAINING:
            state = f"training, {TRAINING_TIME}"
        case _:
            state = one.state.value
    return ", ".join(part for part in (state, detail_words(one)) if part)


def detail_words(one: Unchanged) -> str:
    """`24 images, kept open for review`, `on dataset/lora-poses v3`, `dataset/lora-poses was refused`."""
    parts = []
    if one.images is not None:
        parts.append(count(one.images, "image"))
    if one.state is State.DRAFT:
        parts.append("kept open for review")
    if one.dataset is not None:
        parts.append(f"on {one.dataset}" + ("" if one.dataset_version is None else f" v{one.dataset_version}"))
    if one.reason is not None:
        is_adopted = one.reason.why is Why.ADOPTED
        parts.append("adopted" if is_adopted else reason_words(one.reason))
    return ", ".join(parts)


def wish_words(one: Unchanged) -> str:
    """What a person can do to make it as git declares; empty if there is nothing to do."""
    match one.state:
        case State.WAITING:
            return "apply trains the next version after that"
        case State.FAILED | State.STOPPED:
            return f"`reconciler apply --retry {one.ref}` trains it anew"
        case _:
            return ""


def version_words(one: Unchanged) -> str:
    """`v3`, and for a model also which definition that is: `v3 (a51be07)`."""
    if one.version is None:
        return ""
    print_ = own_fingerprint(one) if one.ref.kind is Kind.MODEL else None
    return f"v{one.version} ({short(print_)})" if print_ else f"v{one.version}"
