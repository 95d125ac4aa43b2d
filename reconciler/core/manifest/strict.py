"""What all types of written values share: they are strict, and tell everything that does not fit."""

# mypy: disable-error-code="explicit-any"
# Pydantic gives every model a signature of its own, with Any in it; no Any is written here.

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from reconciler.core.value import dataclass


class Strict(BaseModel):
    """Text stays text, numbers stay numbers, and an unknown key is an error."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One value that does not fit its type: pydantic's id of the fault, the steps to it, and the types' own words."""

    kind: str
    steps: tuple[str | int, ...]
    message: str


_M = TypeVar("_M", bound=Strict)


def fit(model: type[_M], value: object) -> _M | tuple[Mismatch, ...]:
    """The value as this type, or everything that does not fit."""
    try:
        found = model.model_validate(value)
    except ValidationError as error:
        return tuple(
            Mismatch(kind=found["type"], steps=found["loc"], message=found["msg"])
            for found in error.errors(include_url=False, include_input=False, include_context=False)
        )
    _share_sets(found)
    return found


_SAID: dict[frozenset[str], set[str]] = {}
"""Each set of written fields that a value has, once."""


def _share_sets(model: BaseModel) -> None:
    """Let a value share with all others the set of the fields that were written. They were a seventh of a large tree's memory."""
    said = model.__pydantic_fields_set__
    object.__setattr__(model, "__pydantic_fields_set__", _SAID.setdefault(frozenset(said), said))
    for value in model.__dict__.values():
        if hasattr(value, "__pydantic_fields_set__"):  # asking for the type runs code of the library each time
            _share_sets(value)
