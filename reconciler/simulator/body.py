"""The fields of each request body as one table, by era, and the check of a body against it."""

import json
from collections.abc import Mapping
from typing import Final, assert_never

from reconciler.simulator.answer_keys import ERAS
from reconciler.simulator.field import CURRENT, LEGACY, MIXED, WITH_PREFIX, WITH_SCHEMA, Field, FieldKind
from reconciler.simulator.generation.fields import GENERATION_FIELDS
from reconciler.simulator.request import JSON, Rejection, Request
from reconciler.simulator.switch import Switches
from reconciler.simulator.world import FIBO

Body = Mapping[str, object]


IP_TYPES: Final = (
    "multi_object_set",
    "object_variants",
    "icons",
    "defined_character",
    "character_variants",
    "stylized_scene",
    "other",
)
MEDIA: Final = ("photography", "illustration")
SCHEDULERS: Final = ("linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup")
FAMILIES: Final = ("max", "light", "3.2", "2.3", "fibo")
VERSIONS: Final = ("light", "max", "bria-2.3", "bria-3.2")

_NAME: Final = Field(name="name", filled=True)
_DESCRIPTION: Final = Field(name="description")
_IP: Final = (Field(name="ip_name"), Field(name="ip_description"))
_FAMILY: Final = Field(
    name="training_version", values=FAMILIES, eras=MIXED, switch="training_version_today", switch_eras=CURRENT
)
_WEBHOOK: Final = Field(name="webhook_url", filled=True, eras=(), switch="webhook_on_training", switch_eras=ERAS)

FIELDS: Final[Mapping[str, tuple[Field, ...]]] = {
    "create-project": (
        Field(name="project_name", required=True, filled=True),
        Field(name="project_description"),
        *_IP,
        Field(name="ip_medium", required=True, values=MEDIA),
        Field(name="ip_type", required=True, values=IP_TYPES),
        _FAMILY,
    ),
    "update-project": (Field(name="project_name", filled=True), Field(name="project_description"), *_IP),
    "create-dataset": (
        Field(name="project_id", kind="id", required=True),
        Field(name="name", required=True, filled=True),
        Field(name="upload_type", values=("basic", "advanced")),
        _FAMILY,
    ),
    "update-dataset": (
        _NAME,
        Field(name="caption_prefix", eras=WITH_PREFIX),
        Field(name="visual_schema", eras=WITH_SCHEMA),
        Field(name="status"),
    ),
    "clone-dataset": (_NAME, _DESCRIPTION),
    "upload-image": (
        Field(name="file"),
        Field(name="image_url"),
        Field(name="image_name", filled=True),
        Field(name="increase_resolution", kind="flag"),
        Field(name="content_moderation", kind="flag"),
    ),
    "update-image-caption": (Field(name="caption"), Field(name="regenerate_caption", kind="flag")),
    "regenerate-all-captions": (_WEBHOOK,),
    "bulk-upload-images": (
        Field(name="zip_url", required=True, filled=True),
        Field(name="automatic_captioning", kind="flag", eras=WITH_PREFIX),
        Field(name="content_moderation", kind="flag"),
        _WEBHOOK,
    ),
    "generate-prefix": (
        Field(name="image_urls", kind="texts", least=1, most=6),
        Field(name="images", kind="texts", least=1, most=6),
        Field(name="ip_type", values=("stylized_scene", "defined_character", "object_variants")),
        Field(name="ip_medium", values=MEDIA),
        Field(name="ip_name"),
        Field(name="content_moderation", kind="flag"),
    ),
    "generate-visual-schema": (
        Field(name="images", kind="texts", required=True, least=5, most=10),
        Field(name="content_moderation", kind="flag"),
    ),
    "refine-json": (
        Field(name="dataset_id", kind="id", required=True),
        Field(name="structured_prompt", required=True, filled=True),
        Field(name="instruction", required=True, filled=True),
        Field(name="context_images", kind="texts"),
    ),
    "create-model": (
        Field(name="name", required=True, filled=True),
        Field(name="dataset_id", kind="id", required=True),
        Field(name="training_mode", values=("fully_automated", "expert")),
        Field(name="training_version", values=VERSIONS, eras=LEGACY),
        Field(
            name="training_version",
            values=(*VERSIONS, FIBO),
            eras=MIXED,
            switch="training_version_today",
            switch_eras=CURRENT,
        ),
        _DESCRIPTION,
    ),
    "update-model": (_NAME, _DESCRIPTION),
    "start-training": (
        Field(name="lr_scheduler", values=SCHEDULERS),
        Field(name="learning_rate", kind="number"),
        Field(name="total_training_steps", kind="integer"),
        Field(name="rank", kind="integer"),
        Field(name="checkpoint_interval", kind="integer"),
        Field(name="max_train_steps", kind="integer", eras=WITH_PREFIX),
        Field(name="lr_warmup_steps", kind="integer", eras=WITH_SCHEMA),
        _WEBHOOK,
    ),
    "upload-model": (
        Field(name="model_url", required=True, filled=True),
        Field(name="training_version", required=True, values=("bria-2.3", "bria-3.2"), eras=WITH_PREFIX),
        Field(name="model_name", filled=True),
        Field(name="caption_prefix", eras=WITH_PREFIX),
        Field(name="project_id", kind="id"),
        Field(name="project_parameters", kind="object"),
    ),
    "project-parameters": (
        Field(name="project_name", required=True, filled=True),
        Field(name="ip_medium", required=True, values=MEDIA),
        Field(name="project_description"),
        Field(name="ip_type", values=IP_TYPES),
    ),
    **GENERATION_FIELDS,
}

OPTIONAL_BODIES: Final = ("start-training", "clone-dataset", "regenerate-all-captions")


def fields_of(operation: str, era: str, switches: Switches | None = None) -> tuple[Field, ...]:
    """The fields of an operation's body that an era documents, and those that a switch makes it take besides."""
    return tuple(
        field
        for field in FIELDS[operation]
        if era in field.eras or (switches is not None and _switched(field, switches) == "honoured")
    )


def _switched(field: Field, switches: Switches) -> str:
    return switches[field.switch] if field.switch and switches["era"] in field.switch_eras else ""


def read_body(request: Request, operation: str, switches: Switches) -> Body:
    """The body's documented fields; nulls are gone unless `null_field=cleared`."""
    if not request.body:
        if operation in OPTIONAL_BODIES:
            return {}
        raise Rejection(400, "The request needs a JSON body", name="body")
    return check_body(decoded(request), operation, switches)


def decoded(request: Request) -> object:
    """The JSON in a body; Rejection 400 where there is none."""
    media = (request.header("content-type") or "").partition(";")[0].strip().lower()
    if media != JSON:
        raise Rejection(400, f"The body must be {JSON}", name="body", given=media)
    try:
        return json.loads(request.body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Rejection(400, "The body is not valid JSON", name="body") from None


def _no_constant(text: str) -> object:
    raise ValueError(f"{text} is not JSON")


def check_body(document: object, operation: str, switches: Switches) -> Body:
    """A decoded body held against the table of its fields."""
    if not isinstance(document, dict):
        raise Rejection(400, "The body must be a JSON object", name="body", given=document)
    known = {field.name: field for field in fields_of(operation, switches["era"], switches)}
    for field in FIELDS[operation]:
        if field.name in document and field.name not in known and _switched(field, switches) == "400_message":
            given = document[field.name]
            raise Rejection(400, f"{field.name} is not supported", name=field.name, given=given, shape="message")
    extra = next((name for name in document if name not in known), None)
    if extra is not None and switches["extra_fields"] != "ignore":
        raise Rejection(int(switches["extra_fields"]), f"Unknown field {extra}", name=extra, given=document[extra])
    body: dict[str, object] = {}
    for name, field in known.items():
        if name in document and _kept(field, document[name], switches):
            body[name] = document[name]
        elif field.required:
            raise Rejection(400, f"{name} is required", name=name)
    return body


def _kept(field: Field, value: object, switches: Switches) -> bool:
    """Whether a value goes on; raises Rejection when it is wrong."""
    if value is None:
        if switches["null_field"] == "400":
            raise Rejection(400, f"{field.name} must not be null", name=field.name, given=value)
        return switches["null_field"] == "cleared" and not field.required
    _check_kind(field, value)
    if field.values and value not in field.values:
        raise Rejection(400, f"{field.name} must be one of {', '.join(field.values)}", name=field.name, given=value)
    if field.filled and value == "":
        raise Rejection(400, f"{field.name} must not be empty", name=field.name, given=value)
    if field.most and isinstance(value, list) and not field.least <= len(value) <= field.most:
        raise Rejection(400, f"{field.name} takes {field.least} to {field.most} items", name=field.name, given="")
    return True


_WORDS: Final[Mapping[FieldKind, str]] = {
    "text": "a string",
    "flag": "true or false",
    "id": "an id",
    "integer": "a whole number",
    "number": "a number",
    "texts": "a list of strings",
    "object": "an object",
}


def _check_kind(field: Field, value: object) -> None:
    if not _is_kind(field.kind, value):
        raise Rejection(400, f"{field.name} must be {_WORDS[field.kind]}", name=field.name, given=value)


def _is_kind(kind: FieldKind, value: object) -> bool:
    match kind:
        case "text":
            return isinstance(value, str) and _is_unicode(value)
        case "flag":
            return isinstance(value, bool)
        case "id":
            return id_of(value) is not None
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "texts":
            return isinstance(value, list) and all(isinstance(item, str) for item in value)
        case "object":
            return isinstance(value, dict)
        case other:
            assert_never(other)


def _is_unicode(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def id_of(value: object) -> int | None:
    """The id in a body or a path: a whole number, or its digits as a string; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18:
        return int(value)
    return None


def text(body: Body, name: str) -> str | None:
    """A text field of a checked body, or None when it is not there."""
    value = body.get(name)
    return value if isinstance(value, str) else None


def flag(body: Body, name: str, *, default: bool) -> bool:
    """A true-or-false field of a checked body."""
    value = body.get(name)
    return value if isinstance(value, bool) else default


def whole(body: Body, name: str) -> int | None:
    """A whole number of a checked body, or None when it is not there."""
    value = body.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def texts(body: Body, name: str) -> list[str]:
    """A list-of-strings field of a checked body, empty when it is not there."""
    value = body.get(name)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
