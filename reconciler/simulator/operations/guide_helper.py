"""Helpers for guides: suggest a prefix or a visual schema for some images, refine a JSON document. None stores anything."""

from reconciler.simulator.body import Body, flag, id_of, text, texts
from reconciler.simulator.captioner import suggested_prefix
from reconciler.simulator.exchange import Exchange, found
from reconciler.simulator.guide import read_structure, refined, suggested_schema
from reconciler.simulator.image_file import decode, image_at, moderate
from reconciler.simulator.request import Rejection, Response, answer


def generate_prefix(exchange: Exchange) -> Response:
    """POST /tailored-gen/generate_prefix."""
    body = exchange.body()
    urls, files = texts(body, "image_urls"), texts(body, "images")
    if bool(urls) == bool(files):
        raise Rejection(400, "Send image_urls or images, one of them", name="images")
    kind = text(body, "ip_type") or ""
    if "ip_name" in body and kind != "defined_character":
        raise Rejection(400, "ip_name goes with ip_type defined_character only", name="ip_name")
    pictures = _digests(exchange, body, "image_urls", urls) + _digests(exchange, body, "images", files, urls=False)
    prefix = suggested_prefix(text(body, "ip_medium") or "", kind, text(body, "ip_name"), pictures)
    return answer(200, {exchange.switches["prefix_reply"]: prefix})


def generate_visual_schema(exchange: Exchange) -> Response:
    """POST /tailored-gen/generate_visual_schema: each of the 5 to 10 images is an address or base64."""
    body = exchange.body()
    return answer(200, {"visual_schema": suggested_schema(_digests(exchange, body, "images", texts(body, "images")))})


def refine_structured_prompt(exchange: Exchange) -> Response:
    """POST /tailored-gen/refine_structured_prompt: a schema or a caption of a draft, changed by an instruction.

    The documents demand a draft and list neither 409 nor 415 nor 422 here, so 400 is the status of all that is wrong.
    """
    body = exchange.body()
    number = id_of(body["dataset_id"]) or 0
    dataset = found(exchange.world.datasets.get(number), "dataset", number)
    if dataset.status != "draft":
        raise Rejection(400, "The dataset is completed")
    document = read_structure(text(body, "structured_prompt") or "")
    if document is None:
        raise Rejection(400, "structured_prompt must be a JSON object in a string", name="structured_prompt")
    try:
        _digests(exchange, body, "context_images", texts(body, "context_images"))
    except Rejection as refusal:
        raise Rejection(400, refusal.message, name=refusal.name, given=refusal.given) from None
    return answer(200, {"structured_prompt": refined(document, text(body, "instruction") or "")})


def _digests(exchange: Exchange, body: Body, name: str, images: list[str], *, urls: bool = True) -> list[str]:
    """The digests of images, each an address (where that is allowed) or base64; one bad image fails them all."""
    wanted = flag(body, "content_moderation", default=False)
    data_uri = exchange.plays("upload_encodings", "also_data_uri")
    digests = []
    for number, image in enumerate(images):
        place = f"{name}[{number}]"
        if urls and "://" in image:
            moderate(image, place, wanted=wanted)
            digests.append(image_at(image, place).sha256)
        else:
            digests.append(exchange.image_reader.read(decode(image, place, data_uri=data_uri), place).sha256)
    return digests
