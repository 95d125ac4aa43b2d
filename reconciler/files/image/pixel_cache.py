"""What was measured in images, kept by their digests: a hint that saves decoding them again.

One line for each image, with its own checksum; a line that is not exactly what was written is dropped. The key is the
content, so nothing in it ever grows old; the least recently used lines go where there are too many.
"""

import base64
import contextlib
import hashlib
import json
import re
from pathlib import Path

from reconciler.doctor.pixels import SIDE, Measured, Pixels, Unreadable
from reconciler.files.whole_file import replace_path

FORMAT = "reconciler pixels 1"
"""First line of the file; another one is not read. Counts up whenever measuring finds something else."""

LINES = 20_000
"""Images that are remembered; 25 MB of text."""

_BYTES = 64 * 1024 * 1024
_DIGEST = re.compile("[0-9a-f]{64}")


def default_pixel_cache() -> Path:
    """In the user's cache folder; one file for all trees, because a digest means the same in each."""
    import platformdirs  # noqa: PLC0415 - where the cache is named, it is not needed

    return platformdirs.user_cache_path("reconciler") / "pixels"


class PixelCache:
    """Measures by digest. Reading, looking up and saving never fail: without a usable file it is empty."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = _read(path)
        self._changed = False

    def get(self, digest: str) -> Measured | None:
        """What is known of these bytes; it counts as used."""
        found = self._known.pop(digest, None)
        if found is not None:
            self._known[digest] = found
        return found

    def put(self, digest: str, found: Measured) -> None:
        """Remember what was measured."""
        self._known[digest] = found
        self._changed = True

    def save(self) -> None:
        """Write it where something is new: to a new file that then takes the place of the old."""
        if not self._changed:
            return
        kept = list(self._known.items())[-LINES:]
        lines = [FORMAT, *(_line(digest, found) for digest, found in kept)]
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_path(self._path, ("\n".join(lines) + "\n").encode(), private=True)


def _read(path: Path) -> dict[str, Measured]:
    try:
        if path.stat().st_size > _BYTES:
            return {}
        head, *lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError):
        return {}
    found: dict[str, Measured] = {}
    for line in lines if head == FORMAT else ():
        checksum, _, text = line.partition(" ")
        if text and checksum == _checksum(text):
            with contextlib.suppress(ValueError, TypeError, LookupError, RecursionError):
                digest, measured = _decoded(text)
                found[digest] = measured
    return found


def _line(digest: str, found: Measured) -> str:
    fields: list[object] = [digest]
    if isinstance(found, Unreadable):
        fields += [found.reason]
    else:
        cells = base64.b64encode(found.cells).decode()
        fields += [f"{found.hash:032x}", cells, found.contrast, found.blur, found.clear]
    text = json.dumps(fields, separators=(",", ":"))
    return f"{_checksum(text)} {text}"


def _decoded(text: str) -> tuple[str, Measured]:
    digest, *fields = json.loads(text)
    if _DIGEST.fullmatch(digest) is None:
        raise ValueError(digest)
    if len(fields) == 1:
        return digest, Unreadable(reason=str(fields[0]))
    bits, cells, contrast, blur, clear = fields
    colours = base64.b64decode(cells, validate=True)
    if len(colours) != 3 * SIDE * SIDE:
        raise ValueError(cells)
    return digest, Pixels(
        hash=int(bits, 16), cells=colours, contrast=float(contrast), blur=float(blur), clear=float(clear)
    )


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
