"""The `training` of a model as types: whether and when it is trained, and with what."""

from typing import Annotated, Literal

from reconciler.core.manifest.strict import Strict
from reconciler.core.strictjson import Value
from reconciler.core.training import DEFAULT_POLICY, TrainingParameters, TrainingPolicy
from reconciler.core.typed import Key, key_of, keys_of, names_of
from reconciler.core.value import dataclass

Scheduler = Literal["linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup"]


@dataclass(frozen=True, kw_only=True)
class PolicyKeys(Strict):
    """Whether and when a model is trained, and what is kept of it: these keys are never sent."""

    start: Annotated[bool, Key(description="false: create the model, but do not start the training.")] = True
    retrain: Annotated[
        Literal["always", "never"],
        Key(description="never: once a version is trained, a new version of its dataset trains no other."),
    ] = "always"
    on_failure: Annotated[
        Literal["keep", "retrain"],
        Key(description="retrain: after a failed training, make the version anew and train that."),
    ] = "keep"
    retries: Annotated[int, Key(ge=1, le=5, description="How often at most with `on_failure: retrain`, 1 to 5.")] = 1
    on_superseded: Annotated[
        Literal["wait", "stop"],
        Key(description="stop: where a newer version is to be trained, stop the training of the older one."),
    ] = "wait"
    keep_checkpoints: Annotated[
        list[Annotated[int, Key(ge=1)]] | None,
        Key(
            description="Steps whose checkpoints `reconciler apply --prune` leaves beside the active one; it deletes the others. "
            "All stay if left out. For training_mode expert in the prefix family only."
        ),
    ] = None

    @property
    def policy(self) -> TrainingPolicy:
        """The same as a value."""
        if self.written.isdisjoint(_POLICIES):
            return DEFAULT_POLICY
        return TrainingPolicy(
            start=self.start,
            retrain=self.retrain,
            on_failure=self.on_failure,
            retries=self.retries,
            on_superseded=self.on_superseded,
            keep_checkpoints=None if self.keep_checkpoints is None else tuple(sorted(set(self.keep_checkpoints))),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Between which values a parameter should be, as the API's newer documents say; `below` is another parameter.

    The documents in force name no bounds, so a breach of them is a warning; only one of `below` is an error.
    """

    low: float
    high: float
    below: str = ""

    def __call__(self, schema: dict[str, Value]) -> None:
        """Say it in the JSON Schema of the field."""
        if self.below:
            schema["description"] = f"From {_plain(self.low)}, and not above {self.below}."
        else:
            schema["description"] = f"{_plain(self.low)} to {_plain(self.high)}."


def _plain(number: float) -> str:
    """A number without an exponent: 0.000001."""
    return f"{number:.6f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, kw_only=True)
class ParameterKeys(Strict):
    """What a model is trained with. What is declared is sent, and counts in the fingerprint; the rest Bria chooses.

    All that is known of a parameter stands at its field: another one is a field more here, and nothing elsewhere.
    """

    rank: Annotated[int | None, Key(ge=1, schema=Bounds(low=4, high=256))] = None
    learning_rate: Annotated[float | None, Key(gt=0, is_finite=True, schema=Bounds(low=1e-6, high=1e-3))] = None
    lr_scheduler: Scheduler | None = None
    lr_warmup_steps: Annotated[int | None, Key(ge=0, schema=Bounds(low=0, high=1000))] = None
    total_training_steps: Annotated[int | None, Key(ge=1, schema=Bounds(low=1, high=5000))] = None
    checkpoint_interval: Annotated[
        int | None, Key(ge=1, schema=Bounds(low=100, high=5000, below="total_training_steps"))
    ] = None

    @property
    def parameters(self) -> TrainingParameters:
        """The declared ones, sorted by name."""
        values = ((name, getattr(self, name)) for name in sorted(self.written & _PARAMETERS))
        return tuple((name, value) for name, value in values if value is not None)

    def leaves_no_checkpoint_after(self, step: int) -> str:
        """Why a training with what is declared leaves no checkpoint after so many steps, as a sentence; empty if it may.

        There is one at each interval and one at the end.
        """
        total, interval = self.total_training_steps, self.checkpoint_interval
        if total is not None and step > total:
            return f"It ends after {total} steps."
        if interval is not None and step % interval and step != total:
            return f"It leaves one every {interval} steps, and one at its end."
        return ""

    @classmethod
    def bounds_of(cls, name: str) -> Bounds | None:
        """The bounds of a parameter; None where it has none."""
        return _BOUNDS.get(name)


_POLICIES, _PARAMETERS = names_of(PolicyKeys), names_of(ParameterKeys)
_BOUNDS = {
    name: bounds
    for name, (_, written) in keys_of(ParameterKeys).items()
    if isinstance(bounds := key_of(written).schema, Bounds)
}


@dataclass(frozen=True, kw_only=True)
class Training(ParameterKeys, PolicyKeys):
    """Whether and when the model is trained, and with what. Parameters are for training_mode expert only."""
