"""Unchanged objects in words: what state each is in, and of which version that is said."""

from reconciler.core.change import Unchanged
from reconciler.core.kind import Kind
from reconciler.core.look.in_force import own_fingerprint
from reconciler.render.alias import short
from reconciler.render.cost import TRAINING_TIME

IN_SYNC = "in sync"
ABSENT = "absent"
QUIET = frozenset({IN_SYNC, ABSENT})
"""States that a plan only counts."""

WAITING = "waiting"


def state_words(one: Unchanged) -> str:
    """`in sync, 24 images`, `training, 1 to 3 hours, on dataset/lora-poses v3`."""
    match one.state:
        case "waiting":
            return f"waits: v{one.version}, now superseded, is still in training"
        case "kept":
            which = "what is live" if one.version is None else f"v{one.version}"
            return f"kept: {which} stays in force (training.retrain is never)"
        case "absent":
            return "absent, as declared"
        case "training":
            state = f"training, {TRAINING_TIME}"
        case state:
            pass
    return ", ".join(part for part in (state, one.detail) if part)


def wish_words(one: Unchanged) -> str:
    """What would make it as git declares it, where it is not so by itself."""
    match one.state:
        case "waiting":
            return "apply trains the next version after that"
        case "failed" | "stopped":
            return f"`reconciler apply --retry {one.ref}` trains it anew"
        case _:
            return ""


def version_words(one: Unchanged) -> str:
    """`v3`, and for a model also which definition that is: `v3 (a51be07)`."""
    if one.version is None:
        return ""
    print_ = own_fingerprint(one) if one.ref.kind is Kind.MODEL else None
    return f"v{one.version} ({short(print_)})" if print_ else f"v{one.version}"
