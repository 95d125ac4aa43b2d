"""The types of manifests as pydantic has them: it says all that does not fit, and what the JSON Schema is.

A value that fits is made without it (`core.typed`), so this module is imported only where something is wrong, or for a schema.
Whether a value fits is one rule with two readers: a property test holds them to each other.
"""

# mypy: disable-error-code="explicit-any"
# Pydantic gives every model a signature of its own, with Any in it; no Any is written here.

from dataclasses import MISSING, fields
from typing import Annotated, Union, get_args, get_origin

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    WithJsonSchema,
    create_model,
)

from reconciler.core.manifest.strict import Mismatch, Strict
from reconciler.core.strictjson import Value
from reconciler.core.typed import Key, by_type, is_union

_CONFIG = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


def mismatches(model: type[Strict], value: object) -> tuple[Mismatch, ...]:
    """All that does not fit; nothing if it is sound."""
    try:
        as_pydantic(model).model_validate(value)
    except ValidationError as error:
        return tuple(
            Mismatch(kind=found["type"], steps=found["loc"], message=found["msg"])
            for found in error.errors(include_url=False, include_input=False, include_context=False)
        )
    return ()


def json_schema(model: type[Strict]) -> dict[str, Value]:
    """The JSON Schema of a type, with the definitions that it refers to."""
    schema: dict[str, Value] = as_pydantic(model).model_json_schema(ref_template="#/definitions/{model}")
    return schema


@by_type
def as_pydantic(model: type[Strict]) -> type[BaseModel]:
    """The same type for pydantic."""
    told = {
        each.name: (_annotation(each.type), ... if each.default is MISSING else each.default)
        for each in fields(model)
        if each.name != "written"
    }
    made: type[BaseModel] = create_model(model.__name__, __config__=_CONFIG, __doc__=model.__doc__, **told)  # type: ignore[call-overload]  # fields by their names
    return made


def _annotation(annotation: object) -> object:
    """An annotation with pydantic's types in place of ours, and with its words for what is said beside them."""
    if annotation == Value:
        return JsonValue
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        return as_pydantic(annotation)
    below = get_args(annotation)
    if get_origin(annotation) is Annotated:
        said = (part for key in below[1:] if isinstance(key, Key) for part in _parts(key))
        return Annotated[_annotation(below[0]), *said]
    if is_union(annotation):
        return Union[tuple(_annotation(one) for one in below)]  # noqa: UP007 - of types that are not known here
    if get_origin(annotation) is list:
        return list[_annotation(below[0])]  # type: ignore[misc]  # made here
    if get_origin(annotation) is dict:
        return dict[str, _annotation(below[1])]  # type: ignore[misc]
    return annotation


def _parts(key: Key) -> list[object]:
    """What pydantic knows of a key."""
    told = {name: getattr(key, name) for name in ("ge", "gt", "le", "lt", "min_length", "max_length")}
    told |= {"description": key.description or None, "alias": key.name or None, "json_schema_extra": key.schema}
    told |= {"allow_inf_nan": False if key.is_finite else None}
    given = {name: value for name, value in told.items() if value is not None}
    parts: list[object] = [Field(**given)] if given else []
    if key.before is not None:
        parts.append(BeforeValidator(key.before))
    if key.whole_schema is not None:
        parts.append(WithJsonSchema(dict(key.whole_schema)))
    return parts
