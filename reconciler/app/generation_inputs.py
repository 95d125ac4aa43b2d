"""Pictures and texts that a person names on the command line for a generation, read from this machine."""

import json
from base64 import b64encode
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from reconciler.app.exceptions import WrongUsage
from reconciler.core.order import MOST_BYTES, Guidance, Method, Picture
from reconciler.core.text import in_words, quoted, shown
from reconciler.files.image.image_file import inspect


def picture_of(flag: str, text: str) -> Picture:
    """A file, or the address of a public picture, which this tool does not ask. WrongUsage where it is neither."""
    if text.startswith(("http://", "https://")):
        label = text.partition("?")[0].partition("#")[0]
        return Picture(label=shown(label), digest=sha256(text.encode()).hexdigest(), address=text)
    return file_of(flag, text)


def file_of(flag: str, text: str) -> Picture:
    """A picture file: PNG, JPEG or WebP."""
    data = _read(flag, text)
    found = inspect(BytesIO(data))
    if found.facts is None:
        flaw = found.flaw.summary if found.flaw is not None else "this is a Git LFS pointer: run `git lfs pull`"
        raise WrongUsage(f"{flag}: {shown(text)}: {flaw}.")
    return Picture(
        label=shown(text),
        digest=found.digest,
        width=found.facts.width,
        height=found.facts.height,
        base64=b64encode(data).decode("ascii"),
    )


def guidance_of(text: str) -> Guidance:
    """`canny=pose.png` or `canny=pose.png:0.8`."""
    name, equals, rest = text.partition("=")
    known = [method.value for method in Method]
    if not equals or not rest or name not in known:
        raise WrongUsage(
            f"--guide: write METHOD=FILE or METHOD=FILE:SCALE, where METHOD is {in_words(known, 'or')}; not {quoted(text)}."
        )
    path, colon, number = rest.rpartition(":")
    scale = _scale(number) if colon else None
    if colon and scale is None and not Path(rest).exists():
        raise WrongUsage(f"--guide: the scale of {name} is 0 to 1, not {quoted(number)}.")
    return Guidance(
        method=Method(name),
        picture=file_of("--guide", rest if scale is None else path),
        scale=1.0 if scale is None else scale,
    )


def structured_of(text: str) -> str:
    """A structured prompt from a file: a JSON object, as it stands there, or the record of an earlier result that has one."""
    data = _read("--structured-prompt", text)
    words = ""
    try:
        words = data.decode()
        found = json.loads(words)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise WrongUsage(f"--structured-prompt: {shown(text)} holds no JSON object.")
    told = found.get("structured_prompt")
    return told if isinstance(told, str) else words


def _read(flag: str, text: str) -> bytes:
    try:
        with Path(text).open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no path"
        raise WrongUsage(f"{flag}: {shown(text)} cannot be read: {reason}.") from None
    if len(data) > MOST_BYTES:
        raise WrongUsage(f"{flag}: {shown(text)} is larger than {MOST_BYTES // 2**20} MiB.")
    return data


def _scale(text: str) -> float | None:
    try:
        scale = float(text)
    except ValueError:
        return None
    return scale if 0.0 <= scale <= 1.0 else None
