"""Images: list, read, upload and delete one."""

from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from reconciler.simulator.body import Body, check_body, flag, text
from reconciler.simulator.exchange import Exchange
from reconciler.simulator.guide import with_automatic_caption
from reconciler.simulator.image_file import ImageFile, decode, image_at, is_large_enough, moderate
from reconciler.simulator.request import Rejection, Response, answer, empty
from reconciler.simulator.world import CREATION_TICK, Dataset, Image, Timer
from reconciler.simulator.write_rules import (
    after_edit,
    numbered_name,
    refuse_during_bulk_upload,
    refuse_during_regeneration,
    refuse_single_edit,
)

MOST_IMAGES: Final = 200
MOST_BYTES: Final = 12 * 1024 * 1024


def list_images(exchange: Exchange) -> Response:
    """GET /tailored-gen/datasets/{dataset_id}/images."""
    images = exchange.presenter.order(exchange.world.images.of(exchange.dataset().id))
    if exchange.plays("images_list", "cap_200"):
        images = images[:200]
    return answer(200, [exchange.presenter.image(exchange.operation, image) for image in images])


def get_image(exchange: Exchange) -> Response:
    """GET /tailored-gen/datasets/{dataset_id}/images/{image_id}."""
    return exchange.answer_image(200, exchange.image())


def delete_image(exchange: Exchange) -> Response:
    """DELETE /tailored-gen/datasets/{dataset_id}/images/{image_id}."""
    dataset = exchange.dataset()
    if exchange.deleted_before(exchange.world.images, exchange.ids[1]):
        return empty(204)
    image = exchange.image()
    refuse_single_edit(exchange, dataset)
    if dataset.status == "completed":
        raise Rejection(409, "The dataset is completed")
    refuse_during_regeneration(exchange, dataset.id)
    refuse_during_bulk_upload(exchange, dataset.id)
    exchange.world.remove_image(image.id)
    exchange.world.datasets.put(replace(dataset, updated=exchange.now))
    return empty(204)


def upload_image(exchange: Exchange) -> Response:
    """POST /tailored-gen/datasets/{dataset_id}/images."""
    dataset = exchange.dataset()
    if dataset.upload_type != "basic":
        status = int(exchange.switches["single_upload_on_advanced"])
        raise Rejection(status, "An advanced dataset takes one zip archive, not single images")
    body, part = _parts(exchange)
    if dataset.status == "completed":
        raise Rejection(409, "The dataset is completed")
    if exchange.world.images.count_of(dataset.id) >= MOST_IMAGES:
        raise Rejection(409, f"The dataset has {MOST_IMAGES} images already")
    refuse_during_regeneration(exchange, dataset.id)
    picture, url = _picture(exchange, body, part)
    _check_resolution(exchange, picture, 256 if flag(body, "increase_resolution", default=True) else 1024)
    image = _image(exchange, dataset, body, picture, url)
    exchange.world.images.put(image)
    exchange.world.datasets.put(replace(after_edit(exchange, dataset), updated=exchange.now))
    image = _first_caption(exchange, dataset, image)
    if exchange.plays("caption_failure", "500"):
        return answer(500, {"message": "The image could not be captioned"})
    return exchange.answer_image(201, image)


def _parts(exchange: Exchange) -> tuple[Body, bytes | None]:
    """The body's fields, and the file where it came as multipart."""
    header = exchange.request.header("content-type") or ""
    if not header.lower().startswith("multipart/form-data") or not exchange.plays("upload_encodings", "also_multipart"):
        return exchange.body(), None
    from email.parser import BytesParser  # noqa: PLC0415 - for one value of one switch
    from email.policy import HTTP  # noqa: PLC0415

    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {header}\r\n\r\n".encode() + exchange.request.body)
    fields: dict[str, object] = {}
    data = None
    for part in message.iter_parts():
        name = str(part.get_param("name", "", header="content-disposition"))
        content = part.get_payload(decode=True)
        payload = content if isinstance(content, bytes) else b""
        if name == "file":
            data = payload
        else:
            word = payload.decode(errors="replace")
            fields[name] = {"true": True, "false": False}.get(word, word)
    return check_body(fields, exchange.operation, exchange.switches), data


def _picture(exchange: Exchange, body: Body, part: bytes | None) -> tuple[ImageFile, str | None]:
    """The picture that is uploaded, and its address where it came from one."""
    file, url = text(body, "file"), text(body, "image_url")
    has_file = file is not None or part is not None
    if has_file and url is not None:
        rule = exchange.switches["both_sources"]
        if rule == "400":
            raise Rejection(400, "Send file or image_url, not both", name="file")
        has_file = rule == "file_wins"
    wanted = flag(body, "content_moderation", default=False)
    moderate(text(body, "image_name") or "", "file", wanted=wanted)
    if url is not None and not has_file:
        moderate(url, "image_url", wanted=wanted)
        return image_at(url, "image_url"), url
    if not has_file:
        raise Rejection(400, "Either file or image_url is required", name="file")
    data = part or decode(file or "", "file", data_uri=exchange.plays("upload_encodings", "also_data_uri"))
    if len(data) > MOST_BYTES and exchange.plays("max_upload_bytes", "12MB_413"):
        raise Rejection(413, "The file is larger than 12 MB", name="file")
    return exchange.image_reader.read(data, "file"), None


def _check_resolution(exchange: Exchange, image: ImageFile, least: int) -> None:
    if not is_large_enough(image, least, exchange.switches["resolution_rule"]):
        raise Rejection(412, f"The image is {image.width} x {image.height}; its sides must be {least} or more")


def _image(exchange: Exchange, dataset: Dataset, body: Body, picture: ImageFile, url: str | None) -> Image:
    images = exchange.world.images.of(dataset.id)
    if exchange.plays("duplicate_content", "409") and any(image.sha256 == picture.sha256 for image in images):
        raise Rejection(409, "The dataset has this image already")
    number = exchange.world.images.claim()
    given = text(body, "image_name") or _name_in(url) or f"image_{number}.png"
    return Image(
        id=number,
        dataset_id=dataset.id,
        caption=None,
        caption_source=None,
        upload_source_url=url,
        image_name=_named(exchange, given, {image.image_name or "" for image in images}),
        sha256=picture.sha256,
        size=picture.size,
        width=picture.width,
        height=picture.height,
        created=exchange.now,
        updated=exchange.now + CREATION_TICK,
    )


def _name_in(url: str | None) -> str:
    return "" if url is None else urlsplit(url).path.rsplit("/", 1)[-1]


def _named(exchange: Exchange, name: str, taken: set[str]) -> str:
    """The image name that is stored; `renamed` drops the suffix, so every name comes back changed."""
    match exchange.switches["image_name_rules"]:
        case "unique_409" if name in taken:
            raise Rejection(409, f"The dataset has an image named {name!r} already", name="image_name")
        case "renamed":
            return numbered_name(name.rpartition(".")[0] or name, taken)
        case _:
            return name


def _first_caption(exchange: Exchange, dataset: Dataset, image: Image) -> Image:
    """The image with its caption, or with what stands in for one that is still to come."""
    if not exchange.plays("caption_failure", "never"):
        return image
    if dataset.guide is None:
        image = replace(image, caption_source="pending")
    elif exchange.plays("caption_timing", "inline"):
        captioned = with_automatic_caption(dataset, image, dataset.guide, exchange.now)
        image = replace(captioned, updated=image.updated)
    else:
        due = exchange.now + exchange.switches.seconds("caption_seconds")
        exchange.world.set_timer(Timer(id=0, kind="caption", target=image.id, due=due, guide=dataset.guide))
        image = replace(
            image, caption_source="pending" if exchange.plays("caption_timing", "delayed_pending") else None
        )
    exchange.world.images.put(image)
    return image
