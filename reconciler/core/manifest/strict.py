"""A value of a manifest, or of another file of a tree, as one of its types, or all that does not fit."""

from typing import TypeVar

from reconciler.core.typed import Misfit, Typed, read
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Strict(Typed):
    """Text stays text, numbers stay numbers, and an unknown key is an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One value that does not fit its type: pydantic's id of the fault, the steps to it, and its own words."""

    kind: str
    steps: tuple[str | int, ...]
    message: str


_M = TypeVar("_M", bound=Strict)


def fit(model: type[_M], value: object) -> _M | tuple[Mismatch, ...]:
    """The value as this type, or everything that does not fit."""
    try:
        return read(model, value)
    except Misfit:
        from reconciler.core.manifest.judge import mismatches

        found = mismatches(model, value)
        assert found, f"a {model.__name__} fits for one reader and not for the other"
        return found
