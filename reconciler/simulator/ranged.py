"""A file behind an address, whole or from a place on: what stores of files do with `Range` and `If-Range`."""

import hashlib
import re
from pathlib import Path
from typing import Final

from reconciler.simulator.request import Request, Response

EMBEDDED_BYTES: Final = 32 * 1024**2
"""A file that is larger is handed out from the disk, in pieces."""

_FROM: Final = re.compile(r"bytes=(\d{1,15})-")


def file_answer(path: Path, kind: str, request: Request, *, takes_ranges: bool) -> Response:
    """The file, or what of it is asked for: its end from a byte on, if it still is the file that the client knows."""
    with path.open("rb") as file:
        tag = f'"{hashlib.file_digest(file, "sha256").hexdigest()[:32]}"'
    size = path.stat().st_size
    headers = {"content-type": kind, "etag": tag}
    start = _start(request, tag) if takes_ranges else 0
    if start >= size > 0:
        return Response(status=416, headers={"content-range": f"bytes */{size}"})
    if start:
        headers["content-range"] = f"bytes {start}-{size - 1}/{size}"
    headers["content-length"] = str(size - start)
    status = 206 if start else 200
    if size - start > EMBEDDED_BYTES:
        return Response(status=status, headers=headers, file=path, skip=start)
    with path.open("rb") as file:
        file.seek(start)
        return Response(status=status, headers=headers, body=file.read())


def _start(request: Request, tag: str) -> int:
    """The first byte that is asked for; 0 where all of it is, or the client knows another file."""
    found = _FROM.fullmatch(request.header("range") or "")
    return int(found[1]) if found and request.header("if-range") in {None, tag} else 0
