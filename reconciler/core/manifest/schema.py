"""The JSON Schemas of manifests and overlays for editors, made from the same types that validate."""

from collections.abc import Sequence
from itertools import combinations

from reconciler.core.kind import Kind
from reconciler.core.manifest.gallery_spec import GalleryBody
from reconciler.core.manifest.judge import json_schema
from reconciler.core.manifest.kinds import RULES
from reconciler.core.manifest.overlay import KEYS_OF, ObjectKeys, OverlayFile
from reconciler.core.manifest.reading import GALLERY
from reconciler.core.manifest.spec import API_VERSION
from reconciler.core.strictjson import Value
from reconciler.core.text import in_words

DRAFT = "http://json-schema.org/draft-07/schema#"
IDENTITY = "urn:reconciler:v1:manifest"
OVERLAY_IDENTITY = "urn:reconciler:v1:overlay"
NAME = "[a-z0-9]([a-z0-9-]{0,26}[a-z0-9])?"


def manifest_schema() -> dict[str, Value]:
    """A draft-07 schema of one document; `if`/`then` on `kind`, so that an editor's message names the right key."""
    definitions: dict[str, Value] = {}
    branches: list[Value] = []
    for kind, rules in sorted(RULES.items()):
        schema = _plain(json_schema(rules.body))
        assert isinstance(schema, dict)
        found, properties = schema.get("$defs"), schema["properties"]
        assert isinstance(found, dict)
        assert isinstance(properties, dict)
        definitions |= found
        parts: dict[str, Value] = {"metadata": properties["metadata"], "spec": properties["spec"]}
        condition: dict[str, Value] = {"properties": {"kind": {"const": kind.title}}, "required": ["kind"]}
        branches.append({"if": condition, "then": {"properties": parts, **_needs(definitions, kind)}})
    branches.append(_gallery(definitions))
    kinds: list[Value] = [*(kind.title for kind in sorted(RULES)), GALLERY]
    return {
        "$schema": DRAFT,
        "$id": IDENTITY,
        "title": "A manifest of reconciler",
        "description": f"One {in_words(Kind, 'or')} of Bria's Tailored Generation API, or a gallery of what a model draws.",
        "type": "object",
        "properties": {
            "apiVersion": {"const": API_VERSION, "description": "The version of this format."},
            "kind": {"enum": kinds, "description": "What is declared."},
            "metadata": {"type": "object"},
            "spec": {"type": "object"},
        },
        "required": ["apiVersion", "kind", "metadata"],
        "additionalProperties": False,
        "allOf": branches,
        "definitions": dict(sorted(definitions.items())),
    }


def _gallery(definitions: dict[str, Value]) -> dict[str, Value]:
    """The branch of a gallery, which is no object and is never absent; its definitions are added."""
    schema = _plain(json_schema(GalleryBody))
    assert isinstance(schema, dict)
    found, properties = schema["$defs"], schema["properties"]
    assert isinstance(found, dict)
    assert isinstance(properties, dict)
    definitions |= found
    return {
        "if": {"properties": {"kind": {"const": GALLERY}}, "required": ["kind"]},
        "then": {
            "properties": {"metadata": properties["metadata"], "spec": properties["spec"]},
            "required": ["spec"],
        },
    }


def overlay_schema() -> dict[str, Value]:
    """A draft-07 schema of an overlay; what it may say of an object depends on the kind in the object's ref."""
    schema = _plain(json_schema(OverlayFile))
    assert isinstance(schema, dict)
    definitions, properties = schema["$defs"], schema["properties"]
    assert isinstance(definitions, dict)
    assert isinstance(properties, dict)
    keys = definitions.pop(ObjectKeys.__name__)
    assert isinstance(keys, dict)
    told = keys["properties"]
    objects = properties["objects"]
    assert isinstance(told, dict)
    assert isinstance(objects, dict)
    del objects["additionalProperties"]
    by_ref: dict[str, Value] = {
        f"^{kind.value}/{NAME}$": {
            "type": "object",
            "properties": {key: told[key] for key in KEYS_OF[kind]},
            "additionalProperties": False,
        }
        for kind in Kind
    }
    return {
        "$schema": DRAFT,
        "$id": OVERLAY_IDENTITY,
        "title": "An overlay of reconciler",
        "description": "What one account has different from others; never what an object holds.",
        "type": "object",
        "properties": {
            **properties,
            "objects": {**objects, "patternProperties": by_ref, "additionalProperties": False},
        },
        "additionalProperties": False,
        "definitions": dict(sorted(definitions.items())),
    }


def _needs(definitions: dict[str, Value], kind: Kind) -> dict[str, Value]:
    """The keys that a spec must have, moved out of its definition: an absent manifest needs only what finds the object.

    The types do not ask for the guide of a dataset, so that the API can be asked for one. A manifest needs exactly one.
    """
    spec = definitions[f"{kind.title}Spec"]
    assert isinstance(spec, dict)
    required = spec.pop("required")
    assert isinstance(required, list)
    present: dict[str, Value] = {"required": required, **_exactly_one(RULES[kind].needs_one_of)}
    absent: Value = [] if kind.parent is None else [kind.parent.value]
    is_absent: Value = {"properties": {"ensure": {"const": "absent"}}, "required": ["ensure"]}
    return {
        "if": {"properties": {"metadata": is_absent}},
        "then": {"properties": {"spec": {"required": absent}}, "required": ["spec"]} if absent else {},
        "else": {"properties": {"spec": present}, "required": ["spec"]},
    }


def _exactly_one(keys: Sequence[str]) -> dict[str, Value]:
    """One of these keys and no second one. An editor names the first where there is none, which `oneOf` would not."""
    if not keys:
        return {}
    first, *others = keys
    pairs: list[Value] = [{"required": list(pair)} for pair in combinations(keys, 2)]
    some: list[Value] = [{"required": [key]} for key in others]
    return {"if": {"anyOf": some}, "then": {"not": {"anyOf": pairs}}, "else": {"required": [first]}}


def _plain(value: Value) -> Value:
    """The schema without null: an optional key is left out and never written without a value."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    plain = {key: _plain(item) for key, item in value.items() if not (key == "default" and item is None)}
    choices = plain.get("anyOf")
    if isinstance(choices, list):
        del plain["anyOf"]
        for choice in choices:
            if isinstance(choice, dict) and choice != {"type": "null"}:
                plain = choice | plain
    return plain
