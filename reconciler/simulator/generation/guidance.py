"""Images that go into a generation: guidance methods, an image prompt, a structure, a portrait."""

from dataclasses import dataclass
from typing import Final

from reconciler.simulator.body import Body, text, texts
from reconciler.simulator.exchange import Exchange
from reconciler.simulator.generation.reading import refusal
from reconciler.simulator.image_file import ImageFile, decode, image_at
from reconciler.simulator.request import Rejection, Shape

_NEAR: Final = 0.01
"""How far two aspect ratios may lie apart: sides are whole numbers."""

_LEAST_FACE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The digests of the images that a request brings, by field, and the aspect ratio that they rule."""

    digests: dict[str, str]
    ratio: float | None = None


def blocked_input(exchange: Exchange, name: str) -> Rejection:
    """The 422 of moderation, which names the field."""
    shapes: dict[str, Shape] = {
        "ErrMessage": "message", "ErrErrorString": "error", "ErrPydanticList": "list", "ErrDetail": "detail",
    }  # fmt: skip
    shape = shapes[exchange.switches["moderation_error_shape"]]
    return Rejection(422, f"Content moderation refused {name}", name=name, shape=shape)


def require_clean(exchange: Exchange, body: Body) -> None:
    """The words and the addresses of a v1 request; the first hit ends it. `unsafe` is what moderation looks for."""
    if body.get("prompt_content_moderation", True) and "unsafe" in (text(body, "prompt") or "").lower():
        raise blocked_input(exchange, "prompt")
    if not body.get("content_moderation", False):
        return
    urls = {name: [text(body, name) or ""] for name in ("structure_image_url", "id_image_url")}
    urls["image_prompt_urls"] = texts(body, "image_prompt_urls")
    for name, addresses in urls.items():
        if any("unsafe" in address.lower() for address in addresses):
            raise blocked_input(exchange, name)


def image_of(exchange: Exchange, body: Body, url: str, file: str) -> tuple[str, ImageFile] | None:
    """The image that one of two fields brings, with the name of the field; the address wins."""
    address, data = text(body, url), text(body, file)
    if address:
        return url, image_at(address, url)
    return None if not data else (file, _file(exchange, data, file))


def _file(exchange: Exchange, data: str, name: str) -> ImageFile:
    data_uri = exchange.plays("upload_encodings", "also_data_uri")
    return exchange.image_reader.read(decode(data, name, data_uri=data_uri), name)


def guided(exchange: Exchange, body: Body) -> Inputs:
    """Guidance methods and image prompt of a request from text."""
    methods = _methods(exchange, body)
    images = {f"{name}_image_file": _guide(exchange, body, name) for name in methods}
    ratios = [image.width / image.height for image in images.values()]
    if ratios and max(ratios) / min(ratios) > 1 + _NEAR and exchange.plays("guidance_ratio_mismatch", "400_message"):
        raise refusal("400_message", "Guidance images must have one aspect ratio", name="guidance_method_2_image_file")
    digests = {name: image.sha256 for name, image in images.items()} | _image_prompt(exchange, body)
    with_both = methods and "image_prompt_mode" in body
    if with_both and exchange.plays("image_prompt_with_controlnet", "400_message"):
        raise refusal("400_message", "An image prompt goes with no guidance method", name="image_prompt_mode")
    return Inputs(digests=digests, ratio=ratios[0] if ratios else None)


def _methods(exchange: Exchange, body: Body) -> list[str]:
    named = [name for name in ("guidance_method_1", "guidance_method_2") if name in body]
    if named == ["guidance_method_2"]:
        if exchange.plays("guidance_gap", "400_message"):
            raise refusal("400_message", "guidance_method_2 needs guidance_method_1", name="guidance_method_2")
        return []
    return named


def _guide(exchange: Exchange, body: Body, name: str) -> ImageFile:
    field = f"{name}_image_file"
    data = text(body, field)
    if not data:
        raise refusal("400_message", f"{name} needs {field}", name=field)
    return _file(exchange, data, field)


def _image_prompt(exchange: Exchange, body: Body) -> dict[str, str]:
    file, urls = text(body, "image_prompt_file"), texts(body, "image_prompt_urls")
    if "image_prompt_mode" not in body and not file and not urls:
        return {}
    if bool(file) == bool(urls):
        message = "An image prompt needs image_prompt_file or image_prompt_urls, one of them"
        raise refusal("400_message", message, name="image_prompt_file")
    if file:
        return {"image_prompt_file": _file(exchange, file, "image_prompt_file").sha256}
    return {"image_prompt_urls": " ".join(image_at(url, "image_prompt_urls").sha256 for url in urls)}


def structured_by(exchange: Exchange, body: Body) -> Inputs:
    """The structure reference of reimagine, which may be left out."""
    found = image_of(exchange, body, "structure_image_url", "structure_image_file")
    if found is None:
        return Inputs(digests={})
    name, image = found
    return Inputs(digests={name: image.sha256}, ratio=image.width / image.height)


def portrayed(exchange: Exchange, body: Body) -> Inputs:
    """The person of a portrait."""
    found = image_of(exchange, body, "id_image_url", "id_image_file")
    if found is None:
        raise refusal("400_message", "Send id_image_url or id_image_file", name="id_image_file")
    name, image = found
    rule = exchange.switches["restyle_no_face"]
    if rule != "200" and min(image.width, image.height) < _LEAST_FACE:
        raise refusal(rule, "No face was found in the image", name=name)
    return Inputs(digests={name: image.sha256})
