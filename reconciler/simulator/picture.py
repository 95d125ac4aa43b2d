"""Pictures behind the addresses of images, where the bytes of uploads are kept: as they came, cropped, or small."""

import re
import zipfile
from contextlib import suppress
from io import BytesIO
from typing import Final

from reconciler.simulator.archive import ArchiveFolder, read_entry
from reconciler.simulator.place import PICTURES
from reconciler.simulator.request import Rejection, Request, Response
from reconciler.simulator.world import Image, World

SIDES: Final = {"cropped": 1024, "thumbnail": 256}
"""Pixels of a side of each form that is no original."""

_PATH: Final = re.compile(rf"{PICTURES}/(original|cropped|thumbnail)/([0-9a-f]{{16}})/(\d{{1,18}})\.png")
_TYPES: Final = ((b"\x89PNG", "image/png"), (b"\xff\xd8", "image/jpeg"), (b"RIFF", "image/webp"))


def serve_picture(world: World, kept: ArchiveFolder, request: Request) -> Response:
    """The picture of an image; no token is asked for."""
    found = _PATH.fullmatch(request.path)
    image = None if found is None else world.images.get(int(found[3]))
    if found is None or image is None or not image.sha256.startswith(found[2]):
        raise Rejection(404, "Not Found", shape="detail")
    data = _bytes_of(world, kept, image)
    if data is None:
        raise Rejection(404, "Not Found", shape="detail")
    body = data if found[1] == "original" else cropped(data, SIDES[found[1]])
    kind = next((kind for start, kind in _TYPES if body.startswith(start)), "application/octet-stream")
    return Response(status=200, headers={"content-type": kind}, body=body)


def cropped(data: bytes, side: int) -> bytes:
    """The picture as the documents of the legacy era say that it is stored: scaled, and its centre cut out."""
    from PIL import Image as Pillow  # noqa: PLC0415 - a world without pictures should not wait for Pillow
    from PIL import ImageOps  # noqa: PLC0415

    buffer = BytesIO()
    with Pillow.open(BytesIO(data)) as picture:
        ImageOps.fit(picture.convert("RGB"), (side, side)).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _bytes_of(world: World, kept: ArchiveFolder, image: Image) -> bytes | None:
    """The file that was uploaded; None where it is not kept, as one that came as an address."""
    with suppress(OSError):
        if image.archive:
            with zipfile.ZipFile(world.archives.file(image.archive)) as archive:
                return read_entry(archive, archive.getinfo(image.archive_entry))
        return kept.file(image.sha256).read_bytes()
    return None
