"""Which model may draw what, and which pictures and parameters go with it: sentences for a person, before anything is sent."""

from collections.abc import Iterator
from typing import Final

from reconciler.core.generation.order import Drawer, Draws, Order
from reconciler.core.generation.parameter import (
    FROM_TEXT,
    IMAGE,
    PARAMETERS,
    PORTRAIT,
    SECOND,
    STRUCTURED,
    TEXT_TO_VECTOR,
    operation_of,
    values_of,
)
from reconciler.core.text import count, in_words

MOST_METHODS: Final = 2
_OF_PORTRAITS: Final = ("light", "bria-2.3")
_NEAR: Final = 0.01
"""How far two aspect ratios may lie apart: sides are whole numbers."""

_SLOW_RESULTS: Final = 2


def wrong_model(draws: Draws, drawer: Drawer) -> str | None:
    """Why this model does not draw this; None where it does."""
    if operation_of(draws, drawer) is None:
        can = [one.value for one in Draws if operation_of(one, drawer) is not None]
        return f"{drawer.ref} is of the {drawer.family} family, whose models draw {in_words(can, 'and')}, not {draws.value}"
    if draws is Draws.PORTRAIT and drawer.version not in _OF_PORTRAITS:
        takes = in_words(_OF_PORTRAITS, "or")
        return f"portraits need a model of training_version {takes}; {drawer.ref} is {drawer.version}"
    if draws is Draws.VECTOR and drawer.medium == "photography":
        return f"vectors need a model of illustrations; the project of {drawer.ref} says ip_medium: photography"
    return None


def misuse(order: Order) -> Iterator[str]:
    """What is wrong with an order whatever the model is."""
    if len(order.guidance) > MOST_METHODS:
        yield f"at most {MOST_METHODS} guidance methods go together, not {len(order.guidance)}"
    if order.guidance and "aspect-ratio" in order.given:
        yield "--aspect-ratio does not go with --guide: the ratio of the guidance picture rules"
    sizes = {guide.picture.label: (guide.picture.width, guide.picture.height) for guide in order.guidance}
    ratios = [width / height for width, height in sizes.values()]
    if ratios and max(ratios) / min(ratios) > 1 + _NEAR:
        told = in_words([f"{label} has {width} x {height}" for label, (width, height) in sizes.items()], "and")
        yield f"guidance pictures need one aspect ratio: {told}"
    if any(not picture.address for picture in order.image_prompt) and len(order.image_prompt) > 1:
        yield "--image-prompt takes one file, or addresses"
    if order.draws is not Draws.PORTRAIT and order.person is not None:
        yield "--person goes with --kind portrait"
    if order.draws is not Draws.REIMAGINE and order.structure is not None:
        yield "--structure goes with --kind reimagine"


def misfit(order: Order, drawer: Drawer) -> Iterator[str]:
    """What does not go with the operation by which this model draws it."""
    operation = operation_of(order.draws, drawer)
    if operation is None:
        return
    yield from _prompts(operation, order)
    yield from _pictures(operation, order)
    yield from _checkpoint(operation, order, drawer)
    yield from _parameters(operation, order, drawer)


def _checkpoint(operation: str, order: Order, drawer: Drawer) -> Iterator[str]:
    if order.checkpoint is None:
        return
    if operation in SECOND or not drawer.is_expert:
        yield f"--checkpoint is for models of training_mode expert and the prefix family; {drawer.ref} has none"
    elif drawer.checkpoints is not None and str(order.checkpoint) not in drawer.checkpoints:
        known = in_words(drawer.checkpoints, "and") if drawer.checkpoints else "none"
        yield f"{drawer.ref} has no checkpoint {order.checkpoint}; the API lists {known}"


def _prompts(operation: str, order: Order) -> Iterator[str]:
    if operation == PORTRAIT and order.prompt:
        yield "a portrait takes no prompt"
    if operation not in (PORTRAIT, IMAGE) and not order.prompt.strip():
        yield "a prompt is needed: say what is to be drawn"
    if order.structured_prompt and operation not in (IMAGE, STRUCTURED):
        yield "--structured-prompt is for models of the schema family"
    if operation == IMAGE and not order.prompt.strip():
        if not order.structured_prompt:
            yield "a prompt is needed, or --structured-prompt"
        elif "seed" not in order.given:
            yield "--structured-prompt without a prompt repeats a picture, and needs its --seed"


def _pictures(operation: str, order: Order) -> Iterator[str]:
    if operation == PORTRAIT and order.person is None:
        yield "a portrait needs --person, a picture from the torso upward"
    said = [flag for flag in ("image-prompt-mode", "image-prompt-scale") if flag in order.given]
    if operation in FROM_TEXT:
        if said and not order.image_prompt:
            yield f"--{said[0]} needs --image-prompt"
        return
    for flag, pictures in (("guide", order.guidance), ("image-prompt", order.image_prompt)):
        if pictures:
            yield f"--{flag} goes with --kind image or vector, and models of the prefix family"


def _parameters(operation: str, order: Order, drawer: Drawer) -> Iterator[str]:
    known = {parameter.flag: parameter for parameter in PARAMETERS[operation]}
    for flag, value in order.given.items():
        parameter = known.get(flag)
        if parameter is None:
            yield f"--{flag} does not go with --kind {order.draws.value} and a model of the {drawer.family} family"
        elif parameter.is_beyond(value):
            yield f"--{flag} is {parameter.least:g} to {parameter.most:g} here, not {value:g}"
    if operation not in FROM_TEXT:
        return
    values = values_of(operation, order, drawer)
    if values["fast"] is not drawer.is_fast:
        yield f"--{'fast' if values['fast'] else 'slow'} does not fit {drawer.ref}, which is {drawer.version}"
    results = values["num_results"]
    if not drawer.is_fast and isinstance(results, int) and results > _SLOW_RESULTS:
        noun = "vector" if operation == TEXT_TO_VECTOR else "picture"
        yield f"a model of version {drawer.version} draws at most {count(_SLOW_RESULTS, noun)} at a time"
