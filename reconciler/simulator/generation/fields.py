"""The fields of requests that use a trained model: v1 text to image and vector, reimagine and portrait, and v2."""

from collections.abc import Mapping
from typing import Final

from reconciler.simulator.answer_keys import ERAS
from reconciler.simulator.field import Field

RATIOS: Final = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9")
CONTROLNETS: Final = ("controlnet_canny", "controlnet_depth", "controlnet_recoloring", "controlnet_color_grid")
MODES: Final = ("regular", "style_only")
MOST_SEED: Final = 2147483647
_UNIT: Final = (0.0, 1.0)
_INFLUENCE: Final = (0.0, 1.5)
_STEPS: Final = (1, 10**9)


def _text(name: str, *, required: bool = False, values: tuple[str, ...] = ()) -> Field:
    return Field(name=name, required=required, filled=required, values=values)


def _flags(*names: str, lax: bool) -> tuple[Field, ...]:
    return tuple(Field(name=name, kind="flag", lax=lax) for name in names)


def _amount(name: str, span: tuple[float, float]) -> Field:
    return Field(name=name, kind="number", span=span)


def _whole(name: str, least: int, most: int) -> Field:
    return Field(name=name, kind="integer", span=(least, most))


def _guidance(number: int) -> tuple[Field, ...]:
    name = f"guidance_method_{number}"
    return _text(name, values=CONTROLNETS), _amount(f"{name}_scale", _UNIT), _text(f"{name}_image_file")


_V1_SEED: Final = _whole("seed", -1, MOST_SEED)
_V2_SEED: Final = _whole("seed", 0, MOST_SEED)
_V1_STEPS: Final = _whole("steps_num", 1, 50)
_MEDIUM: Final = Field(
    name="medium", values=("photography", "art"), eras=(), switch="medium_on_tailored", switch_eras=ERAS
)
_WEBHOOK: Final = Field(name="webhook_url", filled=True, eras=(), switch="webhook_on_generation", switch_eras=ERAS)

_FROM_TEXT: Final = (
    _text("prompt", required=True),
    _whole("num_results", 1, 4),
    _text("aspect_ratio", values=RATIOS),
    *_flags("sync", "fast", "include_generation_prefix", "prompt_enhancement", "enhance_image", lax=True),
    *_flags("content_moderation", "prompt_content_moderation", "ip_signal", lax=True),
    _V1_STEPS,
    _V1_SEED,
    _text("negative_prompt"),
    _amount("model_influence", _INFLUENCE),
    *_guidance(1),
    *_guidance(2),
    _text("image_prompt_mode", values=MODES),
    _amount("image_prompt_scale", _UNIT),
    _text("image_prompt_file"),
    Field(name="image_prompt_urls", kind="texts"),
    _MEDIUM,
)

_REIMAGINE: Final = (
    _text("prompt", required=True),
    _text("structure_image_url"),
    _text("structure_image_file"),
    _amount("structure_ref_influence", _UNIT),
    _whole("num_results", 1, 4),
    *_flags("sync", "fast", "include_generation_prefix", "enhance_image", lax=True),
    *_flags("content_moderation", "prompt_content_moderation", "ip_signal", lax=True),
    _V1_SEED,
    _V1_STEPS,
    Field(name="tailored_model_id", kind="id"),
    _whole("tailored_checkpoint_step", *_STEPS),
    _amount("tailored_model_influence", _INFLUENCE),
    _MEDIUM,
)

_PORTRAIT: Final = (
    _text("id_image_url"),
    _text("id_image_file"),
    Field(name="tailored_model_id", kind="id", required=True),
    _whole("tailored_checkpoint_step", *_STEPS),
    _amount("tailored_model_influence", _INFLUENCE),
    _amount("id_strength", _UNIT),
    _V1_STEPS,
    *_flags("enhance_image", "content_moderation", lax=True),
    _V1_SEED,
    _MEDIUM,
)


def _v2(*fields: Field) -> tuple[Field, ...]:
    """A v2 body: whether the model may be named in another field is up to a switch, so it is demanded elsewhere."""
    return Field(name="tailored_model_id", kind="id"), *fields, _V2_SEED, _WEBHOOK


GENERATION_FIELDS: Final[Mapping[str, tuple[Field, ...]]] = {
    "text-to-image-tailored": _FROM_TEXT,
    "text-to-image-checkpoint-tailored": _FROM_TEXT,
    "text-to-vector-tailored": _FROM_TEXT,
    "text-to-vector-checkpoint-tailored": _FROM_TEXT,
    "reimagine-structure-reference": _REIMAGINE,
    "reimagine-tailored": _REIMAGINE,
    "restyle-portrait": _PORTRAIT,
    "image-generate-tailored": _v2(
        _amount("tailored_model_influence", _INFLUENCE),
        _text("prompt"),
        _text("structured_prompt"),
        _text("negative_prompt"),
        _whole("guidance_scale", 3, 5),
        _text("aspect_ratio", values=RATIOS),
        _whole("steps_num", 20, 50),
        *_flags("sync", "prompt_content_moderation", "visual_output_content_moderation", lax=False),
    ),
    "structured-prompt-generate-tailored": _v2(
        _text("prompt", required=True),
        _text("structured_prompt"),
        *_flags("sync", "prompt_content_moderation", lax=False),
    ),
    "generate-video-from-tailored-image": _v2(_text("image", required=True)),
}
