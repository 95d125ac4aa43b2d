"""The v1 operations: text to image and to vector, structure reference, portrait. Results come at once or at their address."""

import hashlib
import json
from collections.abc import Mapping
from typing import Final

from reconciler.simulator.body import Body, id_of, text, whole
from reconciler.simulator.exchange import Exchange
from reconciler.simulator.generation.drawing import sides
from reconciler.simulator.generation.guidance import (
    Inputs,
    blocked_input,
    guided,
    portrayed,
    require_clean,
    structured_by,
)
from reconciler.simulator.generation.reading import read_legacy, refusal
from reconciler.simulator.generation.result import LIFETIMES, address_of, host_of, name_of
from reconciler.simulator.generation.row import Drawing
from reconciler.simulator.generation.rules import (
    LEGACY,
    checkpoint,
    portrait_versions,
    prompted,
    require_illustration,
    require_service,
    usable,
)
from reconciler.simulator.request import Response, answer
from reconciler.simulator.world import Model

_SILENT: Final = (
    "sync", "num_results", "seed", "content_moderation", "prompt_content_moderation", "ip_signal", "tailored_model_id",
    "include_generation_prefix", "prompt",
)  # fmt: skip
"""Fields that say nothing of how a picture looks, or are part of it in another way."""

_NUMBERS: Final[Mapping[str, object]] = {"model_influence": 1.0, "tailored_model_influence": 0.5, "negative_prompt": ""}
"""What is drawn with where a field is left out."""


def text_to_image(exchange: Exchange) -> Response:
    """POST /text-to-image/tailored/{model_id}, with or without a checkpoint."""
    require_service(exchange)
    model = usable(exchange, exchange.ids[0], LEGACY)
    return _from_text(exchange, model, "png")


def text_to_vector(exchange: Exchange) -> Response:
    """POST /text-to-vector/tailored/{model_id}, with or without a checkpoint."""
    require_service(exchange)
    model = usable(exchange, exchange.ids[0], LEGACY)
    require_illustration(exchange, model)
    return _from_text(exchange, model, exchange.switches["vector_format"])


def _from_text(exchange: Exchange, model: Model, form: str) -> Response:
    body = read_legacy(exchange)
    require_clean(exchange, body)
    step = checkpoint(exchange, model, exchange.ids[1] if len(exchange.ids) > 1 else None)
    return _results(exchange, model, step, body, guided(exchange, body), form)


def reimagine(exchange: Exchange) -> Response:
    """POST /reimagine, the model in the body; or /reimagine/tailored/{model_id}."""
    require_service(exchange)
    body = read_legacy(exchange)
    number = exchange.ids[0] if exchange.ids else id_of(body.get("tailored_model_id"))
    if number is None:
        rule = exchange.switches["v1_range_error"]
        words = "tailored_model_id is required: only tailored models are played"
        raise refusal("422_list" if rule == "clamp" else rule, words, name="tailored_model_id")
    model = usable(exchange, number, LEGACY)
    require_clean(exchange, body)
    step = checkpoint(exchange, model, whole(body, "tailored_checkpoint_step"))
    return _results(exchange, model, step, body, structured_by(exchange, body), "png")


def restyle_portrait(exchange: Exchange) -> Response:
    """POST /tailored-gen/restyle_portrait: one picture, at once."""
    require_service(exchange)
    body = read_legacy(exchange)
    model = usable(exchange, id_of(body["tailored_model_id"]) or 0, portrait_versions(exchange))
    require_clean(exchange, body)
    step = checkpoint(exchange, model, whole(body, "tailored_checkpoint_step"))
    drawing = _drawn(exchange, model, step, body, portrayed(exchange, body), "png", 0, _seed(exchange, body), 0.0)
    url = address_of(exchange, drawing)
    listed = exchange.plays("restyle_reply", "result_urls")
    return _reply(exchange, {"result": [{"urls": [url]}]} if listed else {"image_res": url}, drawing, waited=True)


def _results(exchange: Exchange, model: Model, step: str, body: Body, inputs: Inputs, form: str) -> Response:
    sync = bool(body.get("sync", exchange.plays("v1_sync_default", "true")))
    body = {**body, "fast": _fast(exchange, model, body)}
    seed, wait = _seed(exchange, body), 0.0 if sync else exchange.switches.seconds("generation_seconds")
    drawings = [
        _drawn(exchange, model, step, body, inputs, form, place, seed, wait) for place in range(_count(exchange, body))
    ]
    if sync and any(drawing.outcome == "blocked" for drawing in drawings):
        return _partly(exchange, drawings)
    return _reply(exchange, {"result": [_entry(exchange, one, body) for one in drawings]}, drawings[0], waited=sync)


def _partly(exchange: Exchange, drawings: list[Drawing]) -> Response:
    """A synchronous answer of which moderation blocked a part."""
    rule = exchange.switches["moderation_partial"]
    if rule == "422_all":
        raise blocked_input(exchange, "result")
    entries: list[dict[str, object]] = []
    for one in drawings:
        if one.outcome != "blocked":
            entries.append(_entry(exchange, one, {}))
        elif rule == "blocked_object":
            entries.append({"urls": [], "seed": one.seed, "uuid": name_of(one.id), "blocked": True})
    return _reply(exchange, {"result": entries}, drawings[0], waited=True)


def _entry(exchange: Exchange, drawing: Drawing, body: Body) -> dict[str, object]:
    warning = {"warning": "The prompt may name protected content"} if body.get("ip_signal") else {}
    return {"urls": [address_of(exchange, drawing)], "seed": drawing.seed, "uuid": name_of(drawing.id), **warning}


def _reply(exchange: Exchange, document: dict[str, object], first: Drawing, *, waited: bool) -> Response:
    if exchange.plays("v1_request_id", "present"):
        name = name_of(first.id)
        document = {**document, "request_id": name, "status_url": f"{host_of(exchange)}/v2/status/{name}"}
    reply = answer(200, document)
    seconds = exchange.switches.seconds("generation_seconds") if waited else 0.0
    return Response(status=200, headers=reply.headers, body=reply.body, delay=seconds)


def _drawn(
    exchange: Exchange,
    model: Model,
    step: str,
    body: Body,
    inputs: Inputs,
    form: str,
    place: int,
    seed: int,
    wait: float,
) -> Drawing:
    """One picture, put into the world; `borderline` in the prompt lets moderation block the first one."""
    given = body.get("include_generation_prefix")
    prompt = prompted(exchange, model, text(body, "prompt") or "", given if isinstance(given, bool) else None)
    files = {name: value for name, value in body.items() if name not in (*_SILENT, *inputs.digests)}
    looks = json.dumps([prompt, seed + place, {**_NUMBERS, **files}, inputs.digests], sort_keys=True)
    width, height = sides(inputs.ratio or ratio_of(body))
    blocked = place == 0 and bool(body.get("content_moderation")) and "borderline" in prompt.lower()
    failed = exchange.plays("generation_outcome", "failed") and wait > 0
    ready = exchange.now + wait
    drawing = Drawing(
        id=exchange.world.drawings.claim(),
        model_id=model.id,
        palette=digest(f"{model.id} {step}"),
        pattern=digest(looks),
        seed=seed + place,
        form=form,
        width=width,
        height=height,
        outcome="blocked" if blocked else "failed" if failed else "drawn",
        created=exchange.now,
        ready=ready,
        expires=ready + LIFETIMES[exchange.switches["v1_result_ttl"]],
    )
    exchange.world.drawings.put(drawing)
    return drawing


def digest(words: str) -> str:
    """What a picture is drawn from."""
    return hashlib.sha256(words.encode()).hexdigest()


def ratio_of(body: Body) -> float:
    """The aspect ratio of a checked body."""
    width, _, height = (text(body, "aspect_ratio") or "1:1").partition(":")
    return int(width) / int(height)


def random_seed(exchange: Exchange) -> int:
    """A seed that nobody chose: another one each time, and the same ones again in the same world."""
    return int(digest(f"seed {exchange.world.count('generations')}")[:7], 16)


def _seed(exchange: Exchange, body: Body) -> int:
    seed = whole(body, "seed")
    if seed is None or (seed == -1 and exchange.plays("seed_negative", "random")):
        return random_seed(exchange)
    return seed


def _fast(exchange: Exchange, model: Model, body: Body) -> bool:
    """Whether the quick way is taken: it fits light models and no others."""
    fits = model.training_version == "light"
    given = body.get("fast")
    if given is None:
        rule = exchange.switches["fast_default"]
        return fits if rule == "by_training_version" else rule == "true"
    rule = exchange.switches["fast_mismatch"]
    mismatched = exchange.operation.startswith("text-") and given is not fits
    if mismatched and rule != "ignored":
        raise refusal(rule, f"fast does not fit version {model.training_version}", name="fast", given=given)
    return bool(given)


def _count(exchange: Exchange, body: Body) -> int:
    """How many pictures are drawn."""
    count = whole(body, "num_results")
    if count is None:
        usual = int(exchange.switches["v1_num_results_default"])
        return usual if body["fast"] else min(usual, 2)
    rule = exchange.switches["slow_many_results"]
    if body["fast"] or count <= 2 or rule == "accepted" or not exchange.operation.startswith("text-"):
        return count
    if rule == "clamp_to_2":
        return 2
    raise refusal("400_message", "With fast=false num_results is 1 or 2", name="num_results", given=count)
