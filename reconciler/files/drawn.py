"""Files of what a model drew: looked at, and written as they came, each with a JSON file beside it. Nothing is overwritten."""

import json
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Final

from reconciler.core.value import dataclass
from reconciler.files.image.image_file import inspect
from reconciler.files.whole_file import create_file

_IMAGES: Final = {"PNG": ("png", "image/png"), "JPEG": ("jpg", "image/jpeg"), "WebP": ("webp", "image/webp")}
_SVG_HEAD: Final = 4096
_MOST: Final = 10_000
"""Files of one stem. More than these are a mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnFile:
    """A whole file of a type that is known; the sides are those of a picture of pixels."""

    suffix: str
    media_type: str
    digest: str
    size: int
    width: int | None = None
    height: int | None = None


def looked_at(data: bytes) -> DrawnFile | str:
    """What a file is by its content; a clause where it is none of the types that a model draws, or is damaged (V21)."""
    digest = sha256(data).hexdigest()
    found = inspect(BytesIO(data))
    if found.facts is not None:
        suffix, media_type = _IMAGES[found.facts.format]
        return DrawnFile(
            suffix=suffix,
            media_type=media_type,
            digest=digest,
            size=len(data),
            width=found.facts.width,
            height=found.facts.height,
        )
    if b"<svg" in data[:_SVG_HEAD] and data.rstrip().endswith(b"</svg>"):
        return DrawnFile(suffix="svg", media_type="image/svg+xml", digest=digest, size=len(data))
    if zipfile.is_zipfile(BytesIO(data)):
        return DrawnFile(suffix="zip", media_type="application/zip", digest=digest, size=len(data))
    flaw = found.flaw.summary if found.flaw is not None else "it is a Git LFS pointer"
    return f"what came is no picture: {flaw}"


def write_drawn(folder: Path, stem: str, suffix: str, data: bytes, record: Mapping[str, object]) -> Path:
    """Write a result and its JSON under the first name that is free: `STEM.png`, `STEM-2.png` and so on.

    OSError where the disk says no; the JSON comes last, so a result without one is not whole.
    """
    for number in range(1, _MOST):
        name = stem if number == 1 else f"{stem}-{number}"
        beside = folder / f"{name}.json"
        if any(beside.parent.glob(f"{_escaped(name)}.*")):
            continue
        place = folder / f"{name}.{suffix}"
        if create_file(place, data):
            if create_file(beside, (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode()):
                return place
            place.unlink()  # another run took the name meanwhile
    raise FileExistsError(0, f"{_MOST - 1} results of this name are there", str(folder / stem))


def require_folder(folder: Path) -> None:
    """Make the folder, and show that a file can be written there: OSError before anything is paid for."""
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / f".{sha256(str(folder).encode()).hexdigest()[:12]}.try"
    probe.unlink(missing_ok=True)
    create_file(probe, b"")
    probe.unlink()


def _escaped(name: str) -> str:
    """A name as a pattern that fits nothing else."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
