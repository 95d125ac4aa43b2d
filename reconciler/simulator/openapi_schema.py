"""The schemas of our own description of the API: bodies from the table of fields, answers from the table of keys."""

from collections.abc import Mapping
from typing import Final, assert_never

from reconciler.simulator.answer_keys import ANSWER_KEYS, IN_CLONE, IN_DATASET
from reconciler.simulator.body import IP_TYPES, MEDIA, VERSIONS, fields_of
from reconciler.simulator.field import Field
from reconciler.simulator.generation.schema import ANSWERS, RULES
from reconciler.simulator.operations.training import RANGES

Schema = dict[str, object]

TEXT: Final[Schema] = {"type": "string"}
ID: Final[Schema] = {"type": "integer", "minimum": 1}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
TIME: Final[Schema] = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$"}
MAYBE_TEXT: Final[Schema] = {"type": ["string", "null"]}
MAYBE_ID: Final[Schema] = {"type": ["integer", "null"]}


def one_of(*values: str | int | None) -> Schema:
    """One of some values."""
    return {"enum": list(values)}


def link(name: str) -> Schema:
    """A schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def many(schema: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": schema}


def closed(properties: Mapping[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    """An object with these keys and no others."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


ERRORS: Final[dict[str, Schema]] = {
    "ErrorMessage": closed({"message": TEXT}),
    "ErrorFields": closed({"errors": many(closed({"msg": TEXT, "field_name": TEXT, "field_input": TEXT}))}),
    "ErrorString": closed({"error": TEXT}),
    "ErrorText": TEXT,
    "ErrorDetail": closed({"detail": TEXT}),
    "ErrorList": many(closed({"type": TEXT, "loc": many(TEXT), "msg": TEXT})),
    "ErrorEnvelope": closed(
        {"error": closed({"code": {"type": "integer"}, "message": TEXT, "details": TEXT}), "request_id": TEXT}
    ),
}

_URL: Final[Schema] = {"type": "string", "pattern": "^https://"}
_STAMPS: Final[dict[str, Schema]] = {"created_at": TIME, "updated_at": TIME}
_FAMILIES: Final = one_of("max", "light", "3.2", "2.3", "fibo", None)
_PROJECT: Final[Mapping[str, Schema]] = {
    "id": ID,
    "project_name": TEXT,
    "project_description": TEXT,
    "ip_name": TEXT,
    "ip_description": TEXT,
    "ip_medium": one_of(*MEDIA),
    "ip_type": one_of(*IP_TYPES),
    "training_version": _FAMILIES,
    "status": one_of("active"),
    **_STAMPS,
}
_DATASET: Final[Mapping[str, Schema]] = {
    "id": ID,
    "project_id": ID,
    "name": TEXT,
    "caption_prefix": MAYBE_TEXT,
    "visual_schema": MAYBE_TEXT,
    "training_version": _FAMILIES,
    "status": one_of("draft", "completed"),
    "captions_update_status": one_of("empty", "in_progress", "completed"),
    "upload_type": one_of("basic", "advanced"),
    "captions_source": one_of("automatic", "manual", None),
    "images_count": COUNT,
    "model_ids": many({"type": "string", "pattern": "^[0-9]+$"}),
    **_STAMPS,
}
_IMAGE: Final[Mapping[str, Schema]] = {
    "id": ID,
    "dataset_id": ID,
    "caption": MAYBE_TEXT,
    "caption_source": one_of("automatic", "manual", "unknown", "pending", None),
    "upload_source_url": MAYBE_TEXT,
    "image_name": TEXT,
    "image_url": _URL,
    "thumbnail_url": _URL,
    **_STAMPS,
}
_MODEL: Final[Mapping[str, Schema]] = {
    "id": ID,
    "project_id": ID,
    "dataset_id": MAYBE_ID,
    "name": TEXT,
    "description": TEXT,
    "status": one_of("Created", "InProgress", "Completed", "Failed", "Stopping", "Stopped", "syncing", "completed"),
    "training_mode": one_of("fully_automated", "expert"),
    "training_version": one_of(*VERSIONS, "fibo"),
    "generation_prefix": MAYBE_TEXT,
    "active_model_version": {"type": "string", "pattern": "^(default|[0-9]+)$"},
    "checkpoint_steps": many({"type": "string", "pattern": "^[0-9]+$"}),
    "custom_metadata": TEXT,
    "training_parameters": {"type": "object"},
    **_STAMPS,
}
_CHECKPOINT: Final[Mapping[str, Schema]] = {"checkpoint_step": ID, "training_job_id": ID, "created_at": TIME}
_OTHERS: Final[Mapping[str, Mapping[str, Schema]]] = {
    "get-bulk-upload-status": {
        "status": one_of("pending", "processing", "completed", "failed"),
        "progress_percentage": {**COUNT, "maximum": 100},
        "total_processed": COUNT,
        "done": COUNT,
        "failed": COUNT,
        "failed_images": many(closed({"filename": TEXT, "error_code": COUNT, "error_message": TEXT})),
    },
    "list-checkpoints": {"checkpoints": many(closed(_CHECKPOINT)), "active_model_version": TEXT},
    "get-checkpoint": _CHECKPOINT,
    "download-tailored-model": {
        "download_url": TEXT,
        "base_model_name": one_of("BRIA-2.3", "BRIA-3.2", "BRIA-FIBO"),
        "base_model_card": TEXT,
        "prompt_prefix": TEXT,
    },
    "download-dataset": {"download_url": TEXT, "captions_url": TEXT},
}
_HELPERS: Final[Mapping[str, str]] = {
    "generate-prefix": "prefix",
    "generate-visual-schema": "visual_schema",
    "refine-json": "structured_prompt",
}
_OPTIONAL: Final = ("models", "model_ids", "captions_url")
_ON_REQUEST: Final = ("training_parameters", "checkpoint_steps")
_LISTS: Final = (
    "get-projects", "get-datasets", "get-datasets-by-project", "get-images", "get-models", "get-models-by-project",
)  # fmt: skip


def answer_of(operation: str, era: str) -> Schema | None:
    """The answer to an operation that succeeds, in an era; None where it has no body."""
    if operation in ANSWERS:
        return ANSWERS[operation]
    if operation in _HELPERS:
        return closed({_HELPERS[operation]: {"type": "string", "minLength": 1}})
    if operation not in ANSWER_KEYS[era] or operation == "stop-training":
        return None
    schema = _object(operation, era)
    return many(schema) if operation in _LISTS else schema


def _object(operation: str, era: str) -> Schema:
    """One object with the keys that the table lists for an operation."""
    keys = ANSWER_KEYS[era][operation]
    known = _properties(operation, keys)
    properties = {key: known[key] for key in keys if key in known}
    if "images" in keys:
        place = IN_CLONE if operation == "clone-dataset" else IN_DATASET
        properties["images"] = {**many(_object(place, era)), "maxItems": 200}
    if "models" in keys:
        properties["models"] = many(_object("get-models-by-project", era))
    listed = _ON_REQUEST if operation in _LISTS else ()
    return closed(properties, optional=(*_OPTIONAL, *listed))


def _properties(operation: str, keys: tuple[str, ...]) -> Mapping[str, Schema]:
    if operation in _OTHERS:
        return _OTHERS[operation]
    if "project_name" in keys:
        return _PROJECT
    if "captions_update_status" in keys:
        return _DATASET
    return _IMAGE if "image_name" in keys else _MODEL


def body_of(operation: str, era: str) -> Schema:
    """The body of an operation; more than the table of fields says is added where two fields depend on each other."""
    fields = fields_of(operation, era)
    schema: Schema = {
        "type": "object",
        "properties": {field.name: _field(field, era) for field in fields},
        "required": [field.name for field in fields if field.required],
    }
    return schema | _RULES.get(operation, {})


def _field(field: Field, era: str) -> Schema:
    """One field; null in one that may be left out counts as leaving it out."""
    schema = _value(field, era)
    if field.required:
        return schema
    if "enum" in schema:
        return one_of(*field.values, None)
    return {"anyOf": [schema, {"type": "null"}]}


def _value(field: Field, era: str) -> Schema:
    match field.kind:
        case "text":
            if field.values:
                return one_of(*field.values)
            return {"type": "string", "minLength": 1} if field.filled else TEXT
        case "flag":
            return one_of(False, True, 0, 1) if field.lax else {"type": "boolean"}
        case "id":
            return ID
        case "integer" | "number":
            least, most = field.span or RANGES[field.name]
            return {"type": field.kind, "minimum": least, "maximum": most}
        case "texts":
            counted = {"minItems": field.least, "maxItems": field.most} if field.most else {}
            return {**many(TEXT), **counted}
        case "object":
            return body_of("project-parameters", era)
        case other:
            assert_never(other)


def _exactly_one(*names: str) -> Schema:
    return {"oneOf": [{"required": [name]} for name in names]}


_NEEDS_NAME: Final[Schema] = {
    "if": {"properties": {"ip_type": {"const": "defined_character"}}},
    "then": {"required": ["ip_name", "ip_description"]},
}

_RULES: Final[Mapping[str, Schema]] = {
    "create-project": _NEEDS_NAME,
    "upload-image": {"anyOf": [{"required": ["file"]}, {"required": ["image_url"]}]},
    "generate-prefix": _exactly_one("image_urls", "images"),
    "upload-model": _exactly_one("project_id", "project_parameters"),
    **RULES,
}
