"""The commit log: what was asked, what the API answered, and whether the world changed."""

import base64
import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the commit log.

    `status` is the API's answer, seen by the client or not; 0 for a request that was lost on its way.
    `committed` says whether the request changed the world. File data in `body` is replaced by digest and size.
    """

    seq: int
    time: float
    method: str
    path: str
    query: str
    body: object
    status: int
    committed: bool


def logged_body(body: bytes) -> object:
    """A body as the log keeps it: decoded, with file data replaced by its digest and size."""
    if not body:
        return None
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return digest_of(body)
    if not isinstance(document, dict):
        return document
    for name in ("file", "images"):
        value = document.get(name)
        if isinstance(value, str):
            document[name] = digest_of(value)
        elif isinstance(value, list):
            document[name] = [digest_of(item) if isinstance(item, str) else item for item in value]
    return document


def digest_of(data: str | bytes) -> dict[str, object]:
    """Digest and size of file data, decoded where it is base64."""
    raw = data if isinstance(data, bytes) else data.encode(errors="replace")
    if isinstance(data, str):
        with suppress(ValueError):
            raw = base64.b64decode(data, validate=True)
    return {"sha256": hashlib.sha256(raw).hexdigest(), "size": len(raw)}
