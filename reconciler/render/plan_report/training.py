"""Why a model is trained and with what: the causes link by link, its parameters, and the aliases that follow."""

from collections.abc import Iterator

from reconciler.core.change import ModelChange, Scalar
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass, replace
from reconciler.render.plan_report.effect import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """Something that defines a training, before and after, as text; `before` is empty for a first version."""

    name: str
    before: str
    after: str
    stays: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingCause:
    """One link of the chain from what was edited to what programs notice; `anchor` names the section that tells more."""

    kind: str
    name: str = ""
    lines: tuple[str, ...] = ()
    anchor: str = ""
    tone: Tone = Tone.PLAIN
    stays: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingReport:
    """What a model is trained on and with, and why.

    Where only its description changes, nothing is said but what changes.
    """

    changed: tuple[Parameter, ...]
    dataset: Ref
    version: str
    """The version of the dataset, in words; empty where it stays and no account was asked which one that is."""
    definition: str = ""
    """Mode, version and dataset in one line."""
    parameters: tuple[tuple[str, str], ...] = ()
    unchanged: tuple[Parameter, ...] = ()
    """What else defines the training; of a first version all of it is new."""
    causes: tuple[TrainingCause, ...] = ()
    """From what was edited to what programs notice."""

    @property
    def lines(self) -> tuple[str, ...]:
        """What the model is trained on, and with which parameters: a line each."""
        parameters = ", ".join(f"{name} {value}" for name, value in self.parameters)
        return tuple(filter(None, (self.definition, parameters)))


def training_report(change: ModelChange, *, version: str, data: str) -> TrainingReport:
    """The training of a model, without its causes. `version` is that of the dataset in words, `data` both of them."""
    told = TrainingReport(changed=tuple(_changed(change)), dataset=change.dataset, version=version)
    if not change.creates and not change.starts:
        return told
    return replace(
        told,
        definition=f"{change.definition} on {data}",
        parameters=tuple((name, str(value)) for name, value in change.parameters),
        unchanged=tuple(_unchanged(change)),
    )


def _changed(change: ModelChange) -> Iterator[Parameter]:
    for field in sorted(change.fields, key=lambda field: field.path):
        yield Parameter(name=field.path, before=scalar(field.before), after=scalar(field.after), stays=False)


def _unchanged(change: ModelChange) -> Iterator[Parameter]:
    changed = {field.path.removeprefix("training.") for field in change.fields}
    ours = (("training_mode", change.training_mode), ("training_version", change.training_version))
    for name, value in (*ours, *change.parameters):
        if name not in changed and value is not None:
            text, is_first = scalar(value), change.base_version is None
            yield Parameter(name=name, before="" if is_first else text, after=text, stays=not is_first)


def scalar(value: Scalar) -> str:
    """A value of a manifest as text."""
    if value is None:
        return "nothing"
    return str(value).lower() if isinstance(value, bool) else str(value)
