"""Whether a value fits its type is one rule with two readers: ours makes the values, pydantic tells what is wrong."""

from dataclasses import fields
from types import NoneType
from typing import Annotated, Literal, get_args, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import BaseModel

from reconciler.core.manifest.gallery_spec import GalleryBody
from reconciler.core.manifest.judge import as_pydantic, mismatches
from reconciler.core.manifest.overlay import OverlayFile
from reconciler.core.manifest.spec import DatasetBody, ModelBody, ProjectBody
from reconciler.core.manifest.strict import Mismatch, Strict, fit
from reconciler.core.strictjson import Value
from reconciler.core.typed import Key, by_type, is_union, keys_of
from reconciler.files.adopted import AdoptedFile
from reconciler.files.configuration import ConfigurationFile

TYPES = (ProjectBody, DatasetBody, ModelBody, GalleryBody, OverlayFile, ConfigurationFile, AdoptedFile)
NUMBERS = some.one_of(
    some.integers(1, 5),
    some.floats(0.125, 1),
    some.integers(-1, 9),
    some.sampled_from([100, 101, 10_000, 10_001, 2**63 - 1, 2**63, 10**400]),
    some.floats(-1, 2),
)
ODD: some.SearchStrategy[Value] = some.one_of(
    some.none(), some.booleans(), NUMBERS, some.sampled_from([float("inf"), float("nan"), "", "all", "1", [], {}])
)
"""What stands where something else belongs."""


def near(annotation: object) -> some.SearchStrategy[Value]:
    """Values of which most fit."""
    return some.integers(0, 79).flatmap(lambda chance: ODD if chance == 79 else fitting(annotation))


def fitting(annotation: object) -> some.SearchStrategy[Value]:
    """Values that fit, but for what is wrong below them, and for bounds."""
    below = get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        return mapping(annotation)
    if annotation == Value:
        return some.recursive(ODD, lambda item: some.lists(item, max_size=2), max_leaves=3)
    if get_origin(annotation) is Annotated:
        return near(below[0])
    if is_union(annotation):
        return some.one_of(*(some.none() if one is NoneType else near(one) for one in below))
    if get_origin(annotation) is Literal:
        return some.sampled_from(below)
    if get_origin(annotation) is list:
        return some.lists(near(below[0]), max_size=3)
    if get_origin(annotation) is dict:
        return some.dictionaries(some.sampled_from(["a", "b", "model/lora"]), near(below[1]), max_size=2)
    plain: dict[object, some.SearchStrategy[Value]] = {
        str: some.sampled_from(["", "lora", "model/lora", "all"]),
        bool: some.booleans(),
        int: NUMBERS.filter(lambda number: isinstance(number, int)),
        float: NUMBERS,
    }
    return plain[annotation]


@by_type
def mapping(model: type[Strict]) -> some.SearchStrategy[Value]:
    """Some of its keys in any order, those that it needs nearly always, and now and then one that it does not know."""
    keys = {key: near(annotation) for key, (_, annotation) in keys_of(model).items()}
    needed = {key for key, field in as_pydantic(model).model_fields.items() if field.is_required()} & keys.keys()

    def chosen(draw: some.DrawFn) -> Value:
        names = draw(some.lists(some.sampled_from(sorted(keys)), unique=True))
        more = sorted(needed - set(names)) if draw(some.integers(0, 39)) < 39 else []
        other = ["colour"] if draw(some.integers(0, 39)) == 39 else []
        return {name: draw(keys.get(name, ODD)) for name in (*names, *more, *other)}

    return some.composite(chosen)()


def said(value: object) -> object:
    """What a value of either reader says, and which fields were written."""
    if isinstance(value, Strict):
        names = [each.name for each in fields(value) if each.name != "written"]
        return type(value).__name__, value.written, {name: said(getattr(value, name)) for name in names}
    if isinstance(value, BaseModel):
        told = {name: said(getattr(value, name)) for name in type(value).model_fields}
        return type(value).__name__, value.model_fields_set, told
    if isinstance(value, dict):
        return {key: said(item) for key, item in value.items()}
    if isinstance(value, list):
        return [said(item) for item in value]
    return type(value), repr(value)


@pytest.mark.parametrize("model", TYPES)
@given(data=some.data())
def test_both_readers_agree(model: type[Strict], data: some.DataObject) -> None:
    """What one makes a value of, the other finds sound, and both values say the same. Else there is something to tell."""
    value = data.draw(mapping(model))
    made = fit(model, value)
    if isinstance(made, tuple):
        assert made == mismatches(model, value) != ()
    else:
        assert said(made) == said(as_pydantic(model).model_validate(value))


@pytest.mark.parametrize("model", TYPES)
@pytest.mark.parametrize("value", [None, [], "text", 1, {1: 2}, {("a",): 1}])
def test_what_is_no_mapping_of_texts_is_told(model: type[Strict], value: object) -> None:
    assert isinstance(fit(model, value), tuple)


def test_a_schema_of_a_guide_is_kept_as_it_is_written() -> None:
    """Null, and numbers of any size, belong to the JSON of others; a fraction stays one."""
    schema = {"a": [None, 1.0, 10**30, {"b": True}]}
    spec = {"project": "lora", "images": {"path": "."}, "visual_schema": schema}
    made = fit(DatasetBody, {"apiVersion": "reconciler/v1", "kind": "Dataset", "metadata": {"name": "a"}, "spec": spec})
    assert isinstance(made, DatasetBody)
    assert repr(made.spec.visual_schema) == repr(schema)
    assert made.spec.written == spec.keys()


def test_a_key_is_compared_by_itself() -> None:
    """So an annotation with a mapping in it can be part of another one."""
    assert Key(schema={"a": 1}) != Key(schema={"a": 1})
    assert hash(Key(schema={"a": 1}))


def test_what_is_told_is_a_mismatch() -> None:
    (found,) = (one for one in mismatches(OverlayFile, {"limits": {"uploads": -1}}))
    assert found == Mismatch(
        kind="greater_than_equal", steps=("limits", "uploads"), message="Input should be greater than or equal to 0"
    )
