"""The upload of one image to a basic dataset."""

from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from reconciler.simulator.call import Call
from reconciler.simulator.dataset import after_edit, refuse_during_regeneration
from reconciler.simulator.field import Body, check_body, fields_of, flag, text
from reconciler.simulator.naming import vary
from reconciler.simulator.picture import Picture, decode, moderate, pretend
from reconciler.simulator.project import TRIFLE
from reconciler.simulator.request import Rejection, Response, answer
from reconciler.simulator.timers import set_timer, write_caption
from reconciler.simulator.world import Dataset, Image, Timer

MOST_IMAGES: Final = 200
MOST_BYTES: Final = 12 * 1024 * 1024


def upload_image(call: Call) -> Response:
    """POST /tailored-gen/datasets/{dataset_id}/images."""
    dataset = call.dataset()
    if dataset.upload_type != "basic":
        raise Rejection(400, "An advanced dataset takes one zip archive, not single images")
    body, part = _parts(call)
    if dataset.status == "completed":
        raise Rejection(409, "The dataset is completed")
    if call.world.images.count_of(dataset.id) >= MOST_IMAGES:
        raise Rejection(409, f"The dataset has {MOST_IMAGES} images already")
    refuse_during_regeneration(call, dataset.id)
    picture, url = _picture(call, body, part)
    _check_resolution(call, picture, 256 if flag(body, "increase_resolution", default=True) else 1024)
    image = _image(call, dataset, body, picture, url)
    call.world.images.put(image)
    call.world.datasets.put(replace(after_edit(call, dataset), updated=call.now))
    image = _first_caption(call, dataset, image)
    if call.is_("caption_failure", "500"):
        return answer(500, {"message": "The image could not be captioned"})
    return call.wrote_image(201, image)


def _parts(call: Call) -> tuple[Body, bytes | None]:
    """The body's fields, and the file where it came as multipart."""
    header = call.request.header("content-type") or ""
    if not header.lower().startswith("multipart/form-data") or not call.is_("upload_encodings", "also_multipart"):
        return call.body(), None
    from email.parser import BytesParser  # noqa: PLC0415 - for one value of one switch
    from email.policy import HTTP  # noqa: PLC0415

    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {header}\r\n\r\n".encode() + call.request.body)
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
    return check_body(fields, fields_of(call.operation, call.switches["era"]), call.switches), data


def _picture(call: Call, body: Body, part: bytes | None) -> tuple[Picture, str | None]:
    """The picture that is uploaded, and its address where it came from one."""
    file, url = text(body, "file"), text(body, "image_url")
    has_file = file is not None or part is not None
    if has_file and url is not None:
        rule = call.switches["both_sources"]
        if rule == "400":
            raise Rejection(400, "Send file or image_url, not both", name="file")
        has_file = rule == "file_wins"
    wanted = flag(body, "content_moderation", default=False)
    moderate(text(body, "image_name") or "", "file", wanted=wanted)
    if url is not None and not has_file:
        moderate(url, "image_url", wanted=wanted)
        return pretend(url, "image_url"), url
    if not has_file:
        raise Rejection(400, "Either file or image_url is required", name="file")
    data = part or decode(file or "", "file", data_uri=call.is_("upload_encodings", "also_data_uri"))
    if len(data) > MOST_BYTES and call.is_("max_upload_bytes", "12MB_413"):
        raise Rejection(413, "The file is larger than 12 MB", name="file")
    return call.pictures.look(data, "file"), None


def _check_resolution(call: Call, picture: Picture, least: int) -> None:
    shorter = min(picture.width, picture.height)
    match call.switches["resolution_rule"]:
        case "shorter_side_exclusive":
            enough = shorter > least
        case "area":
            enough = picture.width * picture.height >= least * least
        case _:
            enough = shorter >= least
    if not enough:
        raise Rejection(412, f"The image is {picture.width} x {picture.height}; its sides must be {least} or more")


def _image(call: Call, dataset: Dataset, body: Body, picture: Picture, url: str | None) -> Image:
    images = call.world.images.of(dataset.id)
    if call.is_("duplicate_content", "409") and any(image.sha256 == picture.sha256 for image in images):
        raise Rejection(409, "The dataset has this image already")
    number = call.world.images.claim()
    given = text(body, "image_name") or _name_in(url) or f"image_{number}.png"
    return Image(
        id=number,
        dataset_id=dataset.id,
        caption=None,
        caption_source=None,
        upload_source_url=url,
        image_name=_named(call, given, {image.image_name or "" for image in images}),
        sha256=picture.sha256,
        size=picture.size,
        width=picture.width,
        height=picture.height,
        created=call.now,
        updated=call.now + TRIFLE,
    )


def _name_in(url: str | None) -> str:
    return "" if url is None else urlsplit(url).path.rsplit("/", 1)[-1]


def _named(call: Call, name: str, taken: set[str]) -> str:
    """The image name that is stored; `renamed` drops the suffix, so every name comes back changed."""
    match call.switches["image_name_rules"]:
        case "unique_409" if name in taken:
            raise Rejection(409, f"The dataset has an image named {name!r} already", name="image_name")
        case "renamed":
            return vary(name.rpartition(".")[0] or name, taken)
        case _:
            return name


def _first_caption(call: Call, dataset: Dataset, image: Image) -> Image:
    """The image with its caption, or with what stands in for one that is still to come."""
    if not call.is_("caption_failure", "never"):
        return image
    if call.is_("era", "current") and dataset.visual_schema is None:
        image = replace(image, caption_source="pending")
    elif call.is_("caption_timing", "inline"):
        captioned = write_caption(call.world, call.switches, dataset, image, dataset.caption_prefix)
        image = replace(captioned, updated=image.updated)
    else:
        due = call.now + call.switches.seconds("caption_seconds")
        set_timer(call.world, Timer(id=0, kind="caption", target=image.id, due=due, prefix=dataset.caption_prefix))
        image = replace(image, caption_source="pending" if call.is_("caption_timing", "delayed_pending") else None)
    call.world.images.put(image)
    return image
