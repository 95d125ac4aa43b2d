"""The schemas of our own description of the API: bodies from the table of fields, answers written out here."""

from collections.abc import Mapping
from typing import Final, assert_never

from reconciler.simulator.body import FIELDS, IP_TYPES, MEDIA, Field
from reconciler.simulator.operations.training import RANGES

Schema = dict[str, object]

TEXT: Final[Schema] = {"type": "string"}
ID: Final[Schema] = {"type": "integer", "minimum": 1}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
TIME: Final[Schema] = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$"}
MAYBE_TEXT: Final[Schema] = {"type": ["string", "null"]}
MAYBE_ID: Final[Schema] = {"type": ["integer", "null"]}


def one_of(*values: str | None) -> Schema:
    """One of some words."""
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


_STAMPS: Final[dict[str, Schema]] = {"created_at": TIME, "updated_at": TIME}

ANSWERS: Final[dict[str, Schema]] = {
    "Project": closed(
        {
            "id": ID,
            "project_name": TEXT,
            "project_description": TEXT,
            "ip_name": MAYBE_TEXT,
            "ip_description": MAYBE_TEXT,
            "ip_medium": one_of(*MEDIA),
            "ip_type": one_of(*IP_TYPES),
            "status": one_of("active"),
            **_STAMPS,
        },
        optional=("updated_at",),
    ),
    "Dataset": closed(
        {
            "id": ID,
            "project_id": ID,
            "name": TEXT,
            "caption_prefix": TEXT,
            "status": one_of("draft", "completed"),
            "captions_update_status": one_of("empty", "in_progress", "completed"),
            "upload_type": one_of("basic", "advanced"),
            "captions_source": one_of("automatic", "manual", None),
            "images_count": COUNT,
            "images": {**many(link("Image")), "maxItems": 200},
            "models": many(link("Model")),
            "model_ids": many(ID),
            **_STAMPS,
        },
        optional=("images", "models", "model_ids"),
    ),
    "Image": closed(
        {
            "id": ID,
            "dataset_id": ID,
            "caption": MAYBE_TEXT,
            "caption_source": one_of("automatic", "manual", "unknown", None),
            "upload_source_url": MAYBE_TEXT,
            "image_name": TEXT,
            "image_url": {"type": "string", "pattern": "^https://"},
            "thumbnail_url": {"type": "string", "pattern": "^https://"},
            **_STAMPS,
        },
        optional=("upload_source_url",),
    ),
    "Model": closed(
        {
            "id": ID,
            "project_id": ID,
            "dataset_id": MAYBE_ID,
            "name": TEXT,
            "description": TEXT,
            "status": one_of(
                "Created", "InProgress", "Completed", "Failed", "Stopping", "Stopped", "syncing", "completed"
            ),
            "training_mode": one_of("fully_automated", "expert"),
            "training_version": one_of("light", "max", "bria-2.3", "bria-3.2"),
            "generation_prefix": TEXT,
            "active_model_version": {"type": "string", "pattern": "^(default|[0-9]+)$"},
            "checkpoint_steps": many({"type": "string", "pattern": "^[0-9]+$"}),
            "custom_metadata": TEXT,
            "training_parameters": {"type": "object"},
            **_STAMPS,
        },
        optional=("training_parameters",),
    ),
    "Prefix": closed({"prefix": {"type": "string", "minLength": 1}}),
    "Checkpoint": closed({"checkpoint_step": ID, "training_job_id": ID, "created_at": TIME}),
    "Checkpoints": closed({"checkpoints": many(link("Checkpoint")), "active_model_version": TEXT}),
    "ModelDownload": closed(
        {
            "download_url": TEXT,
            "base_model_name": one_of("BRIA-2.3", "BRIA-3.2"),
            "base_model_card": TEXT,
            "prompt_prefix": TEXT,
        }
    ),
    "DatasetDownload": closed({"download_url": TEXT}),
    "ErrorMessage": closed({"message": TEXT}),
    "ErrorFields": closed({"errors": many(closed({"msg": TEXT, "field_name": TEXT, "field_input": TEXT}))}),
    "ErrorString": closed({"error": TEXT}),
    "ErrorText": TEXT,
    "ErrorDetail": closed({"detail": TEXT}),
    "ErrorList": many(closed({"type": TEXT, "loc": many(TEXT), "msg": TEXT})),
}


def body_of(operation: str) -> Schema:
    """The body of an operation; more than the table of fields says is added where two fields depend on each other."""
    fields = FIELDS[operation]
    schema: Schema = {
        "type": "object",
        "properties": {field.name: _field(field) for field in fields},
        "required": [field.name for field in fields if field.required],
    }
    return schema | _RULES.get(operation, {})


def _field(field: Field) -> Schema:
    """One field; null in one that may be left out counts as leaving it out."""
    schema = _value(field)
    if field.required:
        return schema
    if "enum" in schema:
        return one_of(*field.values, None)
    return {"anyOf": [schema, {"type": "null"}]}


def _value(field: Field) -> Schema:
    match field.kind:
        case "text":
            if field.values:
                return one_of(*field.values)
            return {"type": "string", "minLength": 1} if field.filled else TEXT
        case "flag":
            return {"type": "boolean"}
        case "id":
            return ID
        case "integer" | "number":
            least, most = RANGES[field.name]
            return {"type": field.kind, "minimum": least, "maximum": most}
        case "texts":
            return {**many(TEXT), "minItems": field.least, "maxItems": field.most}
        case "object":
            return body_of("project-parameters")
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
}
