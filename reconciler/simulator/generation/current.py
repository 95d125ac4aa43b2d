"""The v2 operations: an image, a structured prompt or a video as a job, and the status service that tells of it."""

import base64
import json
from collections.abc import Callable
from typing import Final

from reconciler.simulator.body import Body, id_of, text, whole
from reconciler.simulator.exchange import Exchange
from reconciler.simulator.generation.drawing import sides
from reconciler.simulator.generation.legacy import digest, random_seed, ratio_of
from reconciler.simulator.generation.reading import read_current
from reconciler.simulator.generation.result import (
    DAY,
    LIFETIMES,
    address_of,
    drawing_named,
    host_of,
    name_of,
)
from reconciler.simulator.generation.row import Drawing
from reconciler.simulator.generation.rules import CURRENT, LEGACY, usable
from reconciler.simulator.guide import read_structure
from reconciler.simulator.image_file import image_at
from reconciler.simulator.request import Rejection, Response, answer
from reconciler.simulator.world import Model

Document = dict[str, object]

_FOREVER: Final = 1000 * 365 * DAY
_SILENT: Final = ("sync", "prompt_content_moderation", "visual_output_content_moderation", "tailored_model_id", "seed")


def image(exchange: Exchange) -> Response:
    """POST /v2/image/generate/tailored."""
    return _enveloped(exchange, _image)


def structured(exchange: Exchange) -> Response:
    """POST /v2/structured_prompt/generate/tailored."""
    return _enveloped(exchange, _structured)


def video(exchange: Exchange) -> Response:
    """POST /v2/video/generate/tailored/image-to-video."""
    return _enveloped(exchange, _video)


def _enveloped(exchange: Exchange, act: Callable[[Exchange], Response]) -> Response:
    """What v2 refuses, it refuses in its envelope, unless the shape of the refusal is in doubt."""
    try:
        return act(exchange)
    except Rejection as wrong:
        raise Rejection(
            wrong.status, wrong.message, name=wrong.name, given=wrong.given, shape=wrong.shape or "envelope"
        ) from None


def _image(exchange: Exchange) -> Response:
    body = read_current(exchange)
    model = usable(exchange, id_of(body["tailored_model_id"]) or 0, CURRENT)
    prompt, given = text(body, "prompt") or "", text(body, "structured_prompt") or ""
    seed = whole(body, "seed")
    if not prompt and not given:
        raise Rejection(400, "Send prompt or structured_prompt", name="prompt")
    if given and not prompt and seed is None and exchange.plays("structured_without_seed", "400_message"):
        raise Rejection(400, "structured_prompt alone needs a seed", name="seed", shape="message")
    _require_clean(body, prompt)
    seed = random_seed(exchange) if seed is None else seed
    told = given if given and not prompt else _structured_prompt(exchange, model, prompt, given)
    is_watched = bool(body.get("visual_output_content_moderation", True))
    blocked = is_watched and "borderline" in f"{prompt} {given}".lower()
    drawing = _job(exchange, model, body, "image", seed, told, "png", blocked=blocked)
    return _begun(exchange, drawing, waits=bool(body.get("sync", False)))


def _structured(exchange: Exchange) -> Response:
    body = read_current(exchange)
    model = usable(exchange, id_of(body["tailored_model_id"]) or 0, CURRENT)
    prompt = text(body, "prompt") or ""
    _require_clean(body, prompt)
    seed = whole(body, "seed")
    seed = random_seed(exchange) if seed is None else seed
    told = _structured_prompt(exchange, model, prompt, text(body, "structured_prompt") or "")
    drawing = _job(exchange, model, body, "structured", seed, told, "")
    return _begun(exchange, drawing, waits=bool(body.get("sync", False)))


def _video(exchange: Exchange) -> Response:
    body = read_current(exchange)
    versions = CURRENT if exchange.plays("video_model_family", "fibo_only") else (*CURRENT, *LEGACY)
    model = usable(exchange, id_of(body["tailored_model_id"]) or 0, versions)
    source = text(body, "image") or ""
    seen = image_at(source, "image").sha256 if "://" in source else _file(exchange, source)
    seed = whole(body, "seed")
    seed = random_seed(exchange) if seed is None else seed
    return _begun(exchange, _job(exchange, model, {"image": seen}, "video", seed, "", "mp4"), waits=False)


def _file(exchange: Exchange, source: str) -> str:
    try:
        data = base64.b64decode(source, validate=True)
    except ValueError:
        raise Rejection(400, "image is neither an address nor base64", name="image") from None
    return exchange.image_reader.read(data, "image").sha256


def _require_clean(body: Body, prompt: str) -> None:
    if body.get("prompt_content_moderation", True) and "unsafe" in prompt.lower():
        raise Rejection(422, "Content moderation refused the prompt", name="prompt")


def _structured_prompt(exchange: Exchange, model: Model, prompt: str, before: str) -> str:
    """A prompt as JSON: what it says, in the style of the visual schema; one that is refined keeps what it had."""
    known = {} if not before else read_structure(before)
    if known is None:
        raise Rejection(400, "structured_prompt must be a JSON object in a string", name="structured_prompt")
    dataset = None if model.dataset_id is None else exchange.world.datasets.get(model.dataset_id)
    schema = (dataset.visual_schema if dataset is not None else None) or ""
    style = {"visual_schema": digest(schema)[:8]} if schema else {}
    return json.dumps({**known, "short_description": prompt, **style}, ensure_ascii=False)


def _job(
    exchange: Exchange,
    model: Model,
    body: Body,
    job: str,
    seed: int,
    told: str,
    form: str,
    *,
    blocked: bool = False,
) -> Drawing:
    """A job, put into the world. What it draws depends on the structured prompt, so that it can be repeated exactly."""
    looks = {name: value for name, value in body.items() if name not in (*_SILENT, "prompt", "structured_prompt")}
    width, height = sides(ratio_of(body))
    ready = exchange.now + (0.0 if body.get("sync") else exchange.switches.seconds("generation_seconds"))
    failed = exchange.plays("generation_outcome", "failed")
    drawing = Drawing(
        id=exchange.world.drawings.claim(),
        model_id=model.id,
        palette=digest(f"{model.id} {model.active_model_version}"),
        pattern=digest(json.dumps([told, seed, looks], sort_keys=True)),
        seed=seed,
        form=form,
        width=width,
        height=height,
        job=job,
        structured_prompt=told,
        outcome="blocked" if blocked else "failed" if failed else "drawn",
        created=exchange.now,
        ready=ready,
        expires=_FOREVER if job == "video" else ready + LIFETIMES["3d"],
    )
    exchange.world.drawings.put(drawing)
    return drawing


def _begun(exchange: Exchange, drawing: Drawing, *, waits: bool) -> Response:
    """202 and where to ask; or the result itself."""
    name = name_of(drawing.id)
    if not waits:
        return answer(202, {"request_id": name, "status_url": f"{host_of(exchange)}/v2/status/{name}"})
    if drawing.outcome == "blocked":
        raise Rejection(422, "Content moderation refused the result", name="result")
    if drawing.outcome == "failed":
        raise Rejection(500, "The generation failed", name="")
    result = _content(exchange, drawing)
    document = result if exchange.plays("v2_sync_shape", "flat") else {"result": result, "request_id": name}
    reply = answer(200, document)
    seconds = exchange.switches.seconds("generation_seconds")
    return Response(status=200, headers=reply.headers, body=reply.body, delay=seconds)


def _content(exchange: Exchange, drawing: Drawing) -> Document:
    seed = str(drawing.seed) if exchange.plays("status_seed_type", "string") else drawing.seed
    content: Document = {"seed": seed}
    if drawing.structured_prompt:
        content["structured_prompt"] = drawing.structured_prompt
    if drawing.form:
        content["video_url" if drawing.job == "video" else "image_url"] = address_of(exchange, drawing)
    return content


def status(exchange: Exchange) -> Response:
    """GET /v2/status/{request_id}: 200 for every state of a job; 404 for one that is unknown or too old."""
    name = exchange.request.path.rstrip("/").rpartition("/")[2]
    drawing = drawing_named(exchange.world, name)
    ttl = LIFETIMES.get(exchange.switches["status_ttl"])
    if drawing is None or not drawing.job or (ttl is not None and exchange.now > drawing.created + ttl):
        return answer(404, {"status": "NOT_FOUND"})
    if exchange.now < drawing.ready:
        code = int(exchange.switches["status_http_running"])
        return answer(code, {"status": _cased(exchange, "IN_PROGRESS"), "request_id": name})
    if drawing.outcome == "drawn":
        document = {"status": _cased(exchange, "COMPLETED"), "request_id": name, "result": _content(exchange, drawing)}
        return answer(200, document)
    code = 422 if drawing.outcome == "blocked" else 500
    words = "Content moderation refused the result" if code == 422 else "The generation failed"
    given = str(code) if exchange.plays("status_error_code_type", "string") else code
    error = {"code": given, "message": words, "details": ""}
    return answer(200, {"status": _cased(exchange, "ERROR"), "request_id": name, "error": error})


def _cased(exchange: Exchange, word: str) -> str:
    return word.lower() if exchange.plays("status_case_reply", "lower") else word
