"""The body of a request that draws, and what is kept of it beside the result: pictures become digests, addresses go."""

from collections.abc import Mapping

from reconciler.core.generation.parameter import (
    FROM_TEXT,
    PORTRAIT,
    REIMAGINE,
    SECOND,
    operation_of,
    values_of,
)
from reconciler.core.order import Drawer, Order, Picture
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: the contract's name of its operation, its body, and the parameters as they are recorded."""

    operation: str
    ids: Mapping[str, int]
    """What stands in the path."""
    body: Mapping[str, object]
    recorded: Mapping[str, object]
    sent_prompt: str

    @property
    def is_job(self) -> bool:
        """Is it begun by one request, and its end asked for by others?"""
        return self.operation in SECOND


def asked(order: Order, drawer: Drawer, model_id: int) -> Asked:
    """The request for an order that the rules allow.

    The prefix is joined here, verbatim, so that what was drawn from can be recorded (V12, V13).
    """
    operation = operation_of(order.draws, drawer)
    assert operation is not None
    values = dict(values_of(operation, order, drawer))
    is_prefixed = order.has_prefix and operation not in (*SECOND, PORTRAIT)
    prompt = (drawer.prefix if is_prefixed else "") + order.prompt
    words: dict[str, object] = {"prompt": prompt} if prompt else {}
    if order.structured_prompt:
        words["structured_prompt"] = order.structured_prompt
    if operation in (*FROM_TEXT, REIMAGINE):
        words["include_generation_prefix"] = False
    if operation in SECOND:
        words["sync"] = False
    guides = _guidance(order)
    pictures = _pictures(order)
    model: dict[str, object] = {} if operation in FROM_TEXT else {"tailored_model_id": str(model_id)}
    step = order.checkpoint
    if step is not None and operation not in FROM_TEXT:
        model["tailored_checkpoint_step"] = step
    sent = {name: _sent(picture) for name, picture in pictures.items()}
    if order.image_prompt and order.image_prompt[0].address:
        sent["image_prompt_urls"] = [picture.address for picture in order.image_prompt]
    parameters = {**values, **words, **guides}
    kept = {name: _kept(picture) for name, picture in pictures.items()}
    if "image_prompt_urls" in sent:
        kept["image_prompt_urls"] = [_kept(picture) for picture in order.image_prompt]
    recorded = {name: value for name, value in {**parameters, **kept}.items() if name not in ("prompt", "seed")}
    ids = {"model_id": model_id} if operation in FROM_TEXT else {}
    is_by_path = step is not None and operation in FROM_TEXT
    return Asked(
        operation=operation.replace("-tailored", "-checkpoint-tailored") if is_by_path else operation,
        ids={**ids, "checkpoint_step": step} if is_by_path and step is not None else ids,
        body={**model, **parameters, **sent},
        recorded=recorded,
        sent_prompt=prompt,
    )


def _guidance(order: Order) -> dict[str, object]:
    """Methods are numbered in the order in which they were said (V45)."""
    found: dict[str, object] = {}
    for number, guide in enumerate(order.guidance, 1):
        found[f"guidance_method_{number}"] = f"controlnet_{guide.method.value}"
        found[f"guidance_method_{number}_scale"] = guide.scale
    return found


def _pictures(order: Order) -> dict[str, Picture]:
    """Single pictures by the field that they are sent in: a file or an address has its own."""
    found = {f"guidance_method_{number}_image_file": guide.picture for number, guide in enumerate(order.guidance, 1)}
    if order.image_prompt and not order.image_prompt[0].address:
        found["image_prompt_file"] = order.image_prompt[0]
    for name, picture in (("structure_image", order.structure), ("id_image", order.person)):
        if picture is not None:
            found[f"{name}_{'url' if picture.address else 'file'}"] = picture
    return found


def _sent(picture: Picture) -> object:
    return picture.address or picture.base64


def _kept(picture: Picture) -> object:
    return {"address_sha256" if picture.address else "sha256": picture.digest}
