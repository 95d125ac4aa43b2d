"""The keys of every answer, by era and operation, as the API's documents list them: an answer holds these and no others.

A key is left out where the documents say so (`models` and `model_ids` unless asked for, the parameters of models in
lists unless asked for, `captions_url` unless every caption is automatic); a switch may bend what is listed for old
objects, for a project without family, and for create and update answers.
"""

from collections.abc import Mapping
from typing import Final, Literal

Era = Literal["legacy", "mixed", "current"]
Keys = tuple[str, ...]

ERAS: Final[tuple[Era, ...]] = ("legacy", "mixed", "current")
IN_DATASET: Final = "get-dataset-by-id images"
IN_CLONE: Final = "clone-dataset images"
"""The images inside the answers of these two operations."""

_GUIDES: Final[Mapping[Era, Keys]] = {
    "legacy": ("caption_prefix",),
    "mixed": ("caption_prefix", "visual_schema"),
    "current": ("visual_schema",),
}
ALWAYS: Final[Mapping[str, Keys]] = {
    "project": ("id", "project_name"),
    "dataset": ("id", "name", "status"),
    "image": ("id",),
    "model": ("id", "status"),
}
"""What a create or update answer holds at least: the keys that the documents call required."""

_MADE: Final = ("created_at",)
_WRITTEN: Final = ("created_at", "updated_at")


def _projects(era: Era) -> dict[str, Keys]:
    first = ("id", "project_name", "project_description", "ip_name", "ip_description", "ip_medium", "ip_type")
    # The current documents kept `training_version` in the answer to a create, and lost it everywhere else.
    created = () if era == "legacy" else ("training_version",)
    version = ("training_version",) if era == "mixed" else ()
    return {
        "create-project": (*first, *created, "status", *_MADE),
        "get-projects": (*first, *version, "status", *_WRITTEN),
        "get-project-by-id": (*first, *version, "status", *_MADE),
        "update-project": (*first, *version, "status", *_MADE),
    }


def _datasets(era: Era) -> dict[str, Keys]:
    version = ("training_version",) if era == "mixed" else ()
    first = ("id", "project_id", "name", *_GUIDES[era], *version, "status", "captions_update_status")
    source = () if era == "current" else ("captions_source",)
    written = (*first, "upload_type", *source, *_WRITTEN)
    counted = (*first, "upload_type", *source, "images_count", *_WRITTEN)
    return {
        "create-dataset": written,
        "get-datasets": counted,
        "get-datasets-by-project": (*counted, "models", "model_ids"),
        "get-dataset-by-id": (*counted, "images"),
        "update-dataset": written,
        "clone-dataset": (*counted, "images"),
        "regenerate-all-captions": (*first, *_WRITTEN),
    }


def _images() -> dict[str, Keys]:
    image = ("id", "dataset_id", "caption", "caption_source", "image_name", "image_url", "thumbnail_url", *_WRITTEN)
    named = dict.fromkeys(("upload-image", "get-images", "get-image", "update-image-caption", IN_CLONE), image)
    return {**named, IN_DATASET: (*image, "upload_source_url")}


def _models(era: Era) -> dict[str, Keys]:
    family = () if era == "current" else ("training_version", "generation_prefix")
    short = ("id", "name", "description", "status", *family, "project_id", "dataset_id")
    trained = (*short, "training_mode", "active_model_version", "training_parameters", "checkpoint_steps")
    return {
        "create-model": (*trained, "custom_metadata", *_WRITTEN),
        "get-models": (*trained, *_MADE),
        "get-models-by-project": (*trained, *_WRITTEN),
        "get-model": (*trained, *_MADE),
        "update-model": (*short, *_MADE),
        "start-training": (*trained, "custom_metadata", *_WRITTEN),
        "stop-training": (*trained, *_MADE),
        "upload-model": (*short, *_MADE),
    }


def _others(era: Era) -> dict[str, Keys]:
    prompt = () if era == "current" else ("prompt_prefix",)
    return {
        "get-bulk-upload-status": (
            "status", "progress_percentage", "total_processed", "done", "failed", "failed_images"
        ),
        "list-checkpoints": ("checkpoints", "active_model_version"),
        "get-checkpoint": ("checkpoint_step", "training_job_id", "created_at"),
        "download-tailored-model": ("download_url", "base_model_name", "base_model_card", *prompt),
        "download-dataset": ("download_url", "captions_url"),
    }  # fmt: skip


def _keys_of(era: Era) -> Mapping[str, Keys]:
    return {**_projects(era), **_datasets(era), **_images(), **_models(era), **_others(era)}


ANSWER_KEYS: Final[Mapping[str, Mapping[str, Keys]]] = {era: _keys_of(era) for era in ERAS}
