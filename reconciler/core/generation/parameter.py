"""The parameters of each operation that draws: flag, field, default, range. Every default that is known is sent."""

from collections.abc import Mapping
from typing import Final

from reconciler.core.order import Drawer, Draws, Order, Value
from reconciler.core.value import dataclass

RATIOS: Final = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9")
MOST_SEED: Final = 2147483647
TEXT_TO_IMAGE, TEXT_TO_VECTOR = "text-to-image-tailored", "text-to-vector-tailored"
REIMAGINE, PORTRAIT = "reimagine-structure-reference", "restyle-portrait"
IMAGE, STRUCTURED = "image-generate-tailored", "structured-prompt-generate-tailored"
FROM_TEXT: Final = (TEXT_TO_IMAGE, TEXT_TO_VECTOR)
"""The operations that take guidance methods and an image prompt."""

SECOND: Final = (IMAGE, STRUCTURED)
"""The operations of the API's second version: jobs, whose status is asked for."""

_OPERATIONS: Final[Mapping[tuple[str, Draws], str]] = {
    ("prefix", Draws.IMAGE): TEXT_TO_IMAGE,
    ("prefix", Draws.VECTOR): TEXT_TO_VECTOR,
    ("prefix", Draws.REIMAGINE): REIMAGINE,
    ("prefix", Draws.PORTRAIT): PORTRAIT,
    ("schema", Draws.IMAGE): IMAGE,
    ("schema", Draws.STRUCTURED): STRUCTURED,
}


def operation_of(draws: Draws, drawer: Drawer) -> str | None:
    """The contract's name of the operation that draws this with this model; None where there is none."""
    return _OPERATIONS.get((drawer.family, draws))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter. A default of None is not sent: either it is random, or nobody knows it."""

    flag: str
    name: str
    default: Value | None = None
    least: float | None = None
    most: float | None = None

    def is_beyond(self, value: Value) -> bool:
        """Is a value out of the range?"""
        if self.least is None or self.most is None or isinstance(value, str):
            return False
        return not self.least <= value <= self.most

    @property
    def span(self) -> str:
        """`0 to 2147483647`, with all digits; empty where no range is known."""
        if self.least is None or self.most is None:
            return ""
        return " to ".join(str(int(one) if one == int(one) else one) for one in (self.least, self.most))


def _whole(flag: str, name: str, default: int | None, least: int, most: int) -> Parameter:
    return Parameter(flag=flag, name=name, default=default, least=least, most=most)


def _share(flag: str, name: str, default: float | None, most: float = 1.0) -> Parameter:
    return Parameter(flag=flag, name=name, default=default, least=0.0, most=most)


def _plain(flag: str, name: str, default: Value | None = None) -> Parameter:
    return Parameter(flag=flag, name=name, default=default)


_SEED: Final = _whole("seed", "seed", None, 0, MOST_SEED)
_RATIO: Final = _plain("aspect-ratio", "aspect_ratio", "1:1")
_WAITS: Final = _plain("sync", "sync", default=False)
_RESULTS: Final = _whole("results", "num_results", 1, 1, 4)
_CHECKED: Final = _plain("moderation", "content_moderation", default=False)

_FROM_TEXT: Final = (
    _RESULTS,
    _RATIO,
    _WAITS,
    _plain("fast", "fast"),
    _whole("steps", "steps_num", None, 1, 50),
    _SEED,
    _plain("negative-prompt", "negative_prompt"),
    _share("influence", "model_influence", 1.0),
    _plain("enhance-prompt", "prompt_enhancement", default=False),
    _plain("enhance-image", "enhance_image"),
    _CHECKED,
    _plain("prompt-moderation", "prompt_content_moderation"),
    _plain("ip-signal", "ip_signal"),
    _plain("image-prompt-mode", "image_prompt_mode"),
    _share("image-prompt-scale", "image_prompt_scale", None),
)

PARAMETERS: Final[Mapping[str, tuple[Parameter, ...]]] = {
    TEXT_TO_IMAGE: _FROM_TEXT,
    TEXT_TO_VECTOR: _FROM_TEXT,
    REIMAGINE: (
        _RESULTS,
        _WAITS,
        _plain("fast", "fast", default=True),
        _whole("steps", "steps_num", 12, 1, 50),
        _SEED,
        _share("structure-influence", "structure_ref_influence", 0.75),
        _share("influence", "tailored_model_influence", 0.5),
        _plain("enhance-image", "enhance_image", default=False),
        _CHECKED,
        _plain("prompt-moderation", "prompt_content_moderation", default=True),
        _plain("ip-signal", "ip_signal", default=False),
    ),
    PORTRAIT: (
        _share("influence", "tailored_model_influence", 0.9),
        _share("id-strength", "id_strength", 0.7),
        _whole("steps", "steps_num", None, 1, 50),
        _SEED,
        _plain("enhance-image", "enhance_image", default=False),
        _CHECKED,
    ),
    IMAGE: (
        _RATIO,
        _whole("steps", "steps_num", 50, 20, 50),
        _SEED,
        _plain("negative-prompt", "negative_prompt"),
        _whole("guidance-scale", "guidance_scale", 5, 3, 5),
        _share("influence", "tailored_model_influence", 1.0, 1.5),
        _plain("prompt-moderation", "prompt_content_moderation", default=True),
        _plain("moderation", "visual_output_content_moderation", default=True),
    ),
    STRUCTURED: (_SEED, _plain("prompt-moderation", "prompt_content_moderation", default=True)),
}


def values_of(operation: str, order: Order, drawer: Drawer) -> dict[str, Value]:
    """Every parameter that is sent, by its field: what was said, else the default.

    The ratio of a guidance picture rules the output, so none is sent beside one. The speed follows from the model (V08).
    """
    usual: dict[str, Value] = {}
    if operation in FROM_TEXT:
        usual = {"fast": drawer.is_fast, "steps": 8 if drawer.is_fast else 30}
        if order.image_prompt:
            usual |= {"image-prompt-mode": "regular", "image-prompt-scale": 1.0}
    found: dict[str, Value] = {}
    for parameter in PARAMETERS[operation]:
        value = order.given.get(parameter.flag, usual.get(parameter.flag, parameter.default))
        if value is not None and not (parameter is _RATIO and order.guidance):
            found[parameter.name] = value
    return found
