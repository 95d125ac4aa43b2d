"""What download addresses give: of an advanced dataset its images as a zip file and its automatic captions, and a model.

Like an archive that comes in, one that goes out is written to a file image by image, and never held in memory.
"""

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs

from reconciler.simulator.archive import read_entry
from reconciler.simulator.picture import SIDES, cropped
from reconciler.simulator.place import DOWNLOADS
from reconciler.simulator.ranged import file_answer
from reconciler.simulator.request import Rejection, Request, Response
from reconciler.simulator.switch import Switches
from reconciler.simulator.world import Image, Model, World
from reconciler.simulator.write_rules import numbered_name

IMAGES: Final = "images"
CAPTIONS: Final = "captions"
MODEL: Final = "model.safetensors"
_PIECES: Final = 8192
"""Digests of 32 bytes in the file of a model."""

_PATH: Final = re.compile(r"/downloads/(\d{1,18})/(images|captions|model\.safetensors)")
_ALWAYS: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every entry: the same images are the same file, so that a download that broke off can go on."""


def signed_path(number: int, kind: str, expires: int) -> str:
    """The path and query of an address that works until a moment of simulated time."""
    return f"{DOWNLOADS}{number}/{kind}?expires={expires}&signature={_signature(number, kind, expires)}"


def _signature(number: int, kind: str, expires: int) -> str:
    return hashlib.sha256(f"{number}/{kind}/{expires}".encode()).hexdigest()[:32]


def serve_download(world: World, switches: Switches, request: Request) -> Response:
    """The file behind an address. The signature is enough; a token is refused, for it must not be sent to where files lie."""
    if request.header("api_token"):
        raise Rejection(400, "The token must not be sent to the address of a download")
    found = _PATH.fullmatch(request.path)
    query = parse_qs(request.query)
    expires = query.get("expires", [""])[0]
    if found is None or not expires.isdigit() or len(expires) > 18:
        raise Rejection(404, "Not Found", shape="detail")
    number, kind = int(found[1]), found[2]
    if query.get("signature") != [_signature(number, kind, int(expires))] or world.time > int(expires):
        raise Rejection(403, "The address has expired, or its signature is wrong")
    path = world.archives.file(f"download-{number}-{kind}")
    form = _written(world, switches, number, kind, path)
    return file_answer(path, form, request, takes_ranges=switches["download_range"] == "honoured")


def _written(world: World, switches: Switches, number: int, kind: str, path: Path) -> str:
    """Write the file as it is now, and return its type."""
    if kind == MODEL:
        model = world.models.get(number)
        if model is None or model.status == "Deleted":
            raise Rejection(404, "Not Found", shape="detail")
        path.write_bytes(weights(model))
        return "binary/octet-stream"
    if world.datasets.get(number) is None:
        raise Rejection(404, "Not Found", shape="detail")
    images = world.images.of(number)
    if kind == CAPTIONS:
        form, body = _captions(images, switches["captions_file_format"])
        path.write_bytes(body)
        return form
    _write(world, switches, images, path)
    return "application/zip"


def weights(model: Model) -> bytes:
    """A small file in the form of `safetensors`, another one for each model."""
    data = b"".join(hashlib.sha256(f"{model.id} {model.created} {at}".encode()).digest() for at in range(_PIECES))
    tensor = {"dtype": "F16", "shape": [len(data) // 2], "data_offsets": [0, len(data)]}
    head = json.dumps({"__metadata__": {"training_version": model.training_version}, "lora": tensor}).encode()
    return len(head).to_bytes(8, "little") + head + data


def _write(world: World, switches: Switches, images: Iterable[Image], path: Path) -> None:
    """The zip of a dataset; an image whose bytes are not kept (one that was uploaded alone) is left out."""
    layout, processed = switches["download_layout"], switches["download_bytes"] == "processed"
    lines: list[str] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as target:
        for name, image, data in _with_bytes(world, images):
            target.writestr(_entry(name), cropped(data, SIDES["cropped"]) if processed else data)
            if layout == "images_and_txt":
                target.writestr(_entry(f"{name.rpartition('.')[0] or name}.txt"), image.caption or "")
            lines.append(json.dumps({"file_name": name, "text": image.caption}, ensure_ascii=False))
        if layout == "images_and_metadata":
            target.writestr(_entry("metadata.jsonl"), "\n".join(lines))


def _with_bytes(world: World, images: Iterable[Image]) -> Iterator[tuple[str, Image, bytes]]:
    """Images with a name of their own and their bytes, archive by archive, one at a time."""
    taken: set[str] = set()
    for file, rows in _by_archive(images).items():
        path = world.archives.file(file)
        if not path.exists():
            continue
        with zipfile.ZipFile(path) as archive:
            for image in rows:
                data = read_entry(archive, archive.getinfo(image.archive_entry))
                name = numbered_name(image.image_name or f"{image.id}.png", taken)
                taken.add(name)
                yield name, image, data or b""


def _by_archive(images: Iterable[Image]) -> dict[str, list[Image]]:
    rows: dict[str, list[Image]] = {}
    for image in images:
        if image.archive:
            rows.setdefault(image.archive, []).append(image)
    return rows


def _entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, _ALWAYS)


def _captions(images: Iterable[Image], form: str) -> tuple[str, bytes]:
    rows = [(image.image_name or str(image.id), image.caption or "") for image in images]
    match form:
        case "csv":
            text = io.StringIO()
            csv.writer(text).writerows([("file_name", "caption"), *rows])
            kind, body = "text/csv", text.getvalue().encode()
        case "jsonl":
            lines = [json.dumps({"file_name": name, "caption": caption}) for name, caption in rows]
            kind, body = "application/jsonl", "\n".join(lines).encode()
        case "txt_zip":
            kind, body = "application/zip", _texts(rows)
        case _:
            kind, body = "application/json", json.dumps(dict(rows)).encode()
    return kind, body


def _texts(rows: Iterable[tuple[str, str]]) -> bytes:
    buffer, taken = io.BytesIO(), set[str]()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, caption in rows:
            stem = numbered_name(name.rpartition(".")[0] or name, taken)
            taken.add(stem)
            target.writestr(_entry(f"{stem}.txt"), caption)
    return buffer.getvalue()
