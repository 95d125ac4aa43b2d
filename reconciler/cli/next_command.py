"""The way on from a plan: the command to type, with what must be said again."""

import shlex
from collections.abc import Mapping

from reconciler.app.planning import Scope
from reconciler.cli.shared_options import Frame
from reconciler.core.plan import Plan


def equal_words(saved: str | None) -> str:
    """A sentence with the way on from a plan that asked nothing of the API."""
    if saved is None:
        return "`reconciler apply` plans again, on what is live then."
    return f"Saved. Apply what it holds, and no more, with `reconciler apply --within {shlex.quote(saved)}`."


def show_words(plan: Plan, place: str) -> str:
    """A sentence with the way on from a plan file."""
    if plan.subject.destroys:
        return "`reconciler destroy` deletes this, and nothing else applies it."
    flag = "--within " if plan.subject.base else ""
    return f"Apply it with `reconciler apply {flag}{shlex.quote(place)}`."


def apply_words(frame: Frame, scope: Scope, raised: Mapping[str, int], saved: str | None) -> str:
    """A sentence with the `reconciler apply` that does what was planned."""
    lenient = [f"--accept {ref}" for ref in scope.accepted] + [f"--allow {name}={raised[name]}" for name in raised]
    lenient += [f"--retry {ref}" for ref in scope.retry] + [f"--start {ref}" for ref in scope.start]
    lenient += ["--prune"] if scope.prunes else []
    scoped = [f"--target {ref}" for ref in scope.targets] + [f"--exclude {ref}" for ref in scope.excluded]
    shared = [f"--{name} {shlex.quote(str(frame.given[name]))}" for name in ("root", "endpoint") if name in frame.given]
    if saved is not None:
        command = " ".join(["reconciler apply", shlex.quote(saved), *shared, *lenient])
        return f"Saved. Apply it with `{command}`."
    command = " ".join(["reconciler apply", *shared, *scoped, *lenient])
    return f"Apply with `{command}`, or save this plan with `--out plan.json`."
