"""The answers of generation for our own description of the API."""

from collections.abc import Mapping
from typing import Final

Schema = dict[str, object]

_TEXT: Final[Schema] = {"type": "string"}
_URL: Final[Schema] = {"type": "string", "format": "uri"}
_SEED: Final[Schema] = {"type": ["integer", "string"]}


def _object(properties: Mapping[str, Schema], *required: str) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


_RESULT: Final = _object(
    {"urls": {"type": "array", "items": _URL}, "seed": {"type": "integer"}, "uuid": _TEXT, "warning": _TEXT},
    "urls", "seed", "uuid",
)  # fmt: skip
_RESULTS: Final = _object({"result": {"type": "array", "items": _RESULT}}, "result")
_ACCEPTED: Final = _object({"request_id": _TEXT, "status_url": _URL}, "request_id", "status_url")
_CONTENT: Final = _object({"image_url": _URL, "video_url": _URL, "structured_prompt": _TEXT, "seed": _SEED})
_ERROR: Final = _object({"code": {"type": ["integer", "string"]}, "message": _TEXT, "details": _TEXT}, "code")
_STATUS: Final = _object(
    {
        "status": {"enum": ["IN_PROGRESS", "COMPLETED", "ERROR", "UNKNOWN"]},
        "request_id": _TEXT,
        "result": _CONTENT,
        "error": _ERROR,
    },
    "status",
    "request_id",
)
WAITED: Final = _object({"result": _CONTENT, "request_id": _TEXT}, "result", "request_id")
"""The v2 answer with `sync` true."""

ANSWERS: Final[Mapping[str, Schema]] = {
    "text-to-image-tailored": _RESULTS,
    "text-to-image-checkpoint-tailored": _RESULTS,
    "text-to-vector-tailored": _RESULTS,
    "text-to-vector-checkpoint-tailored": _RESULTS,
    "reimagine-structure-reference": _RESULTS,
    "reimagine-tailored": _RESULTS,
    "restyle-portrait": _object({"image_res": _URL}, "image_res"),
    "image-generate-tailored": _ACCEPTED,
    "structured-prompt-generate-tailored": _ACCEPTED,
    "generate-video-from-tailored-image": _ACCEPTED,
    "get_status": _STATUS,
}

NOT_FOUND: Final = _object({"status": {"enum": ["NOT_FOUND"]}}, "status")

_ONE_IMAGE: Final = [{"required": ["id_image_url"]}, {"required": ["id_image_file"]}]
_PROMPTS: Final = [
    {"required": ["prompt"]},
    {"required": ["structured_prompt", "seed"]},
    {"required": ["structured_prompt", "prompt"]},
]
_MODEL: Final[Schema] = {"required": ["tailored_model_id"]}
RULES: Final[Mapping[str, Schema]] = {
    "reimagine-structure-reference": {"required": ["prompt", "tailored_model_id"]},
    "restyle-portrait": {"anyOf": _ONE_IMAGE},
    "image-generate-tailored": {**_MODEL, "anyOf": _PROMPTS},
    "structured-prompt-generate-tailored": {"required": ["tailored_model_id", "prompt"]},
    "generate-video-from-tailored-image": {"required": ["tailored_model_id", "image"]},
}
"""What a body has to hold besides the table of fields."""
