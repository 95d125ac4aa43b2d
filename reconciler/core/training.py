"""How a model is trained, and its policy: two values, because the first is sent and counted, the second never is."""

from typing import Literal

from reconciler.core.value import dataclass

ParameterValue = int | float | str

TrainingParameters = tuple[tuple[str, ParameterValue], ...]
"""Training parameters by name, sorted. The declared ones are sent, and they count in the fingerprint of the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPolicy:
    """Whether and when a model is trained, and what is kept of it.

    Nothing of this is ever sent or counted in a fingerprint, so that no key that is added here trains a fleet anew.
    """

    start: bool = True
    retrain: Literal["always", "never"] = "always"
    on_failure: Literal["keep", "retrain"] = "keep"
    retries: int = 1
    """Trainings after a failed one, at most, where `on_failure` is `retrain`."""
    on_superseded: Literal["wait", "stop"] = "wait"
    keep_checkpoints: tuple[int, ...] | None = None
    """Steps, sorted, whose checkpoints `--prune` leaves beside the active one; None where it deletes no checkpoint."""


DEFAULT_POLICY = TrainingPolicy()
