"""The captioner of the prefix family: short sentences that continue a prefix.

The same prefix and the same picture give the same sentence every time.
"""

import hashlib
import re
from typing import Final

_POSES: Final = (
    "standing upright", "sitting still", "leaning forward", "looking to the left", "looking up", "turning around",
    "walking slowly", "seen from behind", "seen from the side", "facing the viewer", "resting", "stretching",
    "balancing on one foot", "reaching out", "kneeling", "half turned away",
)  # fmt: skip
_PLACES: Final = (
    "in a quiet street", "in a meadow", "on a wooden floor", "in front of a brick wall", "by a window", "near a pond",
    "in a workshop", "on a hill", "in an empty room", "between tall trees", "on a stone bridge", "at a market stall",
    "on a sandy beach", "in a library", "on a rooftop", "beside a garden fence", "under a wide arch", "in a kitchen",
)  # fmt: skip
_LIGHTS: Final = (
    "in soft morning light", "in warm evening light", "under an overcast sky", "in bright midday sun",
    "in the blue light of dusk", "in the light of a lamp", "with long shadows", "with a pale background",
    "with a blurred background", "in even studio light", "with light falling from above", "in thin fog",
)  # fmt: skip
_TRIES: Final = 8
_DIGEST: Final = re.compile(r"[0-9a-f]{8,}")


def caption(prefix: str, image_name: str | None, sha256: str) -> str:
    """A continuation of the prefix: begins in lower case, ends with a full stop, never repeats the prefix.

    Which words it takes is decided by the prefix and the picture's digest alone; the label in the image's name, where
    it has one, comes first.
    """
    avoided = prefix.strip(" ,.").lower()
    label = label_of(image_name)
    texts = [_compose(prefix, sha256, label, turn) for turn in range(_TRIES)]
    texts += [_compose(prefix, sha256, "", turn) for turn in range(_TRIES)]
    return next((text for text in texts if not avoided or avoided not in text.lower()), texts[-1])


def _compose(prefix: str, sha256: str, label: str, turn: int) -> str:
    digest = hashlib.sha256(f"{prefix}\0{sha256}\0{turn}".encode()).digest()
    number = int.from_bytes(digest[:8], "big")
    number, pose = divmod(number, len(_POSES))
    number, place = divmod(number, len(_PLACES))
    light = _LIGHTS[number % len(_LIGHTS)]
    start = f"{label}, {_POSES[pose]}" if label else _POSES[pose]
    return f"{start} {_PLACES[place]}, {light}."


def label_of(image_name: str | None) -> str:
    """The words in an image's name: what stands before its first dot, without digests and numbers."""
    if image_name is None:
        return ""
    stem = image_name.replace("\\", "/").rsplit("/", 1)[-1].split(".", 1)[0]
    words = re.findall(r"[^\W_]+", stem.lower())
    return " ".join(word for word in words if not _is_number(word))[:60].strip()


def _is_number(word: str) -> bool:
    """Whether a word is a number or a digest, or written in capitals that have no lower case."""
    return word.isdigit() or _DIGEST.fullmatch(word) is not None or any(letter.isupper() for letter in word)


_SUBJECTS: Final = {
    "multi_object_set": "a set of objects",
    "object_variants": "variants of an object",
    "icons": "an icon",
    "defined_character": "a character",
    "character_variants": "variants of a character",
    "stylized_scene": "a scene",
    "other": "a subject",
}


_OPENINGS: Final = {"photography": "A photo of", "illustration": "An illustration of"}


def default_prefix(ip_medium: str, ip_type: str, ip_name: str | None, ip_description: str | None) -> str:
    """The prefix a dataset gets from its project; only the wording for a photographed character was ever observed."""
    opening = _OPENINGS.get(ip_medium, "An image of")
    name = f" named {recase(ip_name)}" if ip_name else ""
    description = f"{ip_description}, " if ip_description else ""
    return f"{opening} {_SUBJECTS.get(ip_type, 'a subject')}{name}, {description}"


def recase(name: str) -> str:
    """A name as the API writes it into a prefix: each word with one capital, its first letter."""
    return " ".join(word.capitalize() for word in name.split())


_STYLES: Final = ("rounded shapes", "thin outlines", "muted colours", "strong contrasts", "soft edges", "flat colours")


def suggested_prefix(ip_medium: str, ip_type: str, ip_name: str | None, pictures: list[str]) -> str:
    """The prefix suggested for some pictures, given as digests or addresses."""
    digest = hashlib.sha256("\0".join(pictures).encode()).digest()
    return default_prefix(ip_medium, ip_type, ip_name, f"with {_STYLES[digest[0] % len(_STYLES)]}")
