"""Fingerprints of declared models, as a person compares them: the same in every account, computed without asking one."""

from collections.abc import Iterable

from reconciler.core.ref import Ref
from reconciler.core.value import dataclass
from reconciler.render.view import Item, Items, View, say, screen


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFingerprint:
    """A declared model, its fingerprint, and that of the dataset that it is trained on."""

    ref: Ref
    fingerprint: str
    dataset: Ref
    dataset_fingerprint: str


def fingerprints_view(models: Iterable[ModelFingerprint]) -> View:
    """`model/lora-max  a51be07aa9c13 (of dataset/lora-poses a9f3c1a2b7d40)`."""
    items = tuple(
        Item(
            sign=None,
            name=str(one.ref),
            text=say(f"{one.fingerprint} (of {one.dataset} {one.dataset_fingerprint})"),
        )
        for one in models
    )
    return screen([Items(items=items)] if items else [])
