"""Which model may draw what, and which pictures and parameters go with it: sentences for a person, before anything is sent."""

from collections.abc import Iterator
from typing import Final

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
from reconciler.core.generation.wrong import Say, Wrong, as_option
from reconciler.core.order import Drawer, Draws, Order
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


def misuse(order: Order, say: Say = as_option) -> Iterator[Wrong]:
    """What is wrong with an order whatever the model is."""
    if len(order.guidance) > MOST_METHODS:
        yield _wrong("guide", f"at most {MOST_METHODS} guidance methods go together, not {len(order.guidance)}")
    if order.guidance and "aspect-ratio" in order.given:
        both = f"{say('aspect-ratio')} does not go with {say('guide')}"
        yield _wrong("aspect-ratio", f"{both}: the ratio of the guidance picture rules")
    sizes = {guide.picture.label: (guide.picture.width, guide.picture.height) for guide in order.guidance}
    ratios = [width / height for width, height in sizes.values() if height]  # of a Git LFS pointer nobody knows it
    if ratios and max(ratios) / min(ratios) > 1 + _NEAR:
        told = in_words(
            [f"{label} has {width} x {height}" for label, (width, height) in sizes.items() if height], "and"
        )
        yield _wrong("guide", f"guidance pictures need one aspect ratio: {told}")
    if any(not picture.address for picture in order.image_prompt) and len(order.image_prompt) > 1:
        yield _wrong("image-prompt", f"{say('image-prompt')} takes one file, or addresses")
    if order.draws is not Draws.PORTRAIT and order.person is not None:
        yield _wrong("person", f"{say('person')} goes with {say('kind portrait')}")
    if order.draws is not Draws.REIMAGINE and order.structure is not None:
        yield _wrong("structure", f"{say('structure')} goes with {say('kind reimagine')}")


def misfit(order: Order, drawer: Drawer, say: Say = as_option) -> Iterator[Wrong]:
    """What does not go with the operation by which this model draws it."""
    operation = operation_of(order.draws, drawer)
    if operation is None:
        return
    yield from _prompts(operation, order, say)
    yield from _pictures(operation, order, say)
    yield from misplaced_checkpoint(order, drawer, say)
    yield from _parameters(operation, order, drawer, say)


def misplaced_checkpoint(order: Order, drawer: Drawer, say: Say = as_option) -> Iterator[Wrong]:
    """Why this model does not draw from that checkpoint."""
    if order.checkpoint is None:
        return
    if operation_of(order.draws, drawer) in SECOND or not drawer.is_expert:
        what = "is for models of training_mode expert and the prefix family"
        yield _wrong("checkpoint", f"{say('checkpoint')} {what}; {drawer.ref} has none")
    elif drawer.checkpoints is not None and str(order.checkpoint) not in drawer.checkpoints:
        known = in_words(drawer.checkpoints, "and") if drawer.checkpoints else "none"
        yield _wrong("checkpoint", f"{drawer.ref} has no checkpoint {order.checkpoint}; the API lists {known}")


def _prompts(operation: str, order: Order, say: Say) -> Iterator[Wrong]:
    if operation == PORTRAIT and order.prompt:
        yield _wrong("prompt", "a portrait takes no prompt")
    if operation not in (PORTRAIT, IMAGE) and not order.prompt.strip():
        yield _wrong("prompt", "a prompt is needed: say what is to be drawn")
    if order.structured_prompt and operation not in (IMAGE, STRUCTURED):
        yield _wrong("structured-prompt", f"{say('structured-prompt')} is for models of the schema family")
    if operation == IMAGE and not order.prompt.strip():
        if not order.structured_prompt:
            yield _wrong("prompt", f"a prompt is needed, or {say('structured-prompt')}")
        elif "seed" not in order.given:
            words = f"{say('structured-prompt')} without a prompt repeats a picture, and needs its {say('seed')}"
            yield _wrong("structured-prompt", words)


def _pictures(operation: str, order: Order, say: Say) -> Iterator[Wrong]:
    if operation == PORTRAIT and order.person is None:
        yield _wrong("person", f"a portrait needs {say('person')}, a picture from the torso upward")
    said = [flag for flag in ("image-prompt-mode", "image-prompt-scale") if flag in order.given]
    if operation in FROM_TEXT:
        if said and not order.image_prompt:
            yield _wrong(said[0], f"{say(said[0])} needs {say('image-prompt')}")
        return
    for flag, pictures in (("guide", order.guidance), ("image-prompt", order.image_prompt)):
        if pictures:
            takes = f"goes with {say('kind image')} or vector, and models of the prefix family"
            yield _wrong(flag, f"{say(flag)} {takes}")


def _parameters(operation: str, order: Order, drawer: Drawer, say: Say) -> Iterator[Wrong]:
    known = {parameter.flag: parameter for parameter in PARAMETERS[operation]}
    for flag, value in order.given.items():
        parameter = known.get(flag)
        if parameter is None:
            kind = say(f"kind {order.draws.value}")
            yield _wrong(flag, f"{say(flag)} does not go with {kind} and a model of the {drawer.family} family")
        elif parameter.is_beyond(value):
            yield _wrong(flag, f"{say(flag)} is {parameter.span} here, not {value}")
    if operation not in FROM_TEXT:
        return
    values = values_of(operation, order, drawer)
    if values["fast"] is not drawer.is_fast:
        flag = "fast" if values["fast"] else "slow"
        yield _wrong("fast", f"{say(flag)} does not fit {drawer.ref}, which is {drawer.version}")
    results = values["num_results"]
    if not drawer.is_fast and isinstance(results, int) and results > _SLOW_RESULTS:
        noun = "vector" if operation == TEXT_TO_VECTOR else "picture"
        words = f"a model of version {drawer.version} draws at most {count(_SLOW_RESULTS, noun)} at a time"
        yield _wrong("results", words)


def _wrong(flag: str, words: str) -> Wrong:
    return Wrong(flag=flag, words=words)
