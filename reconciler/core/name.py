"""Names on the live side: the only place where versions, fingerprints and phases can be kept.

A draft is named `lora-poses v3 draft a9f3c1a2b7d40 3f2a` (base, version, the fingerprint it is being filled for, the
mark of the run that fills it), then ` of v2` until the clone was checked against version 2, then ` stale` while
captions do not follow the guide, or ` spent` where the draft took its one archive and cannot become what is wanted.
Completed: `lora-poses v3 (a9f3c1a2b7d40)`; models the same. An image is named `poses-wave.a9f86d081884c7d65.png`.
Anything else was named by a person.
"""

import unicodedata
from pathlib import PurePosixPath

from reconciler.core.pattern import pattern
from reconciler.core.value import dataclass

LABEL_LIMIT = 60
DIGEST_BYTES = 32
"""Bytes of a SHA-256."""

KEY_LETTER, KEY_DIGITS = "a", 16
"""How the key of an image begins, and how many digits of its SHA-256 follow."""
"""ASCII characters of the label in an image's live name."""

_BASE = r"(?P<base>[a-z0-9](?:[a-z0-9-]{0,26}[a-z0-9])?)"
_VERSION = r"v(?P<version>[1-9][0-9]{0,8})"
_FINGERPRINT = r"(?P<fingerprint>[a-z][0-9a-f]{12})"
_FINAL = pattern(rf"{_BASE} {_VERSION} \({_FINGERPRINT}\)")
_DRAFT = pattern(
    rf"{_BASE} {_VERSION} draft {_FINGERPRINT} (?P<mark>[0-9a-f]{{4}})"
    r"(?:(?P<spent> spent)|(?: of v(?P<of>[1-9][0-9]{0,8}))?(?P<stale> stale)?)"
)
_IMAGE_KEY = pattern(r"\.([a-z][0-9a-f]{16})(?![0-9a-f])")
_UNSAFE = pattern(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalName:
    """The name of a completed dataset or of a model: the commit marker."""

    base: str
    version: int
    fingerprint: str

    def __str__(self) -> str:
        return f"{self.base} v{self.version} ({self.fingerprint})"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftName:
    """The name of a draft: what it is being filled for, by which run, in which phase."""

    base: str
    version: int
    fingerprint: str
    mark: str
    of: int | None = None
    stale: bool = False
    spent: bool = False
    """Set aside: it took an archive, a dataset takes only one, and it does not hold what is wanted."""

    def __str__(self) -> str:
        phase = (f" of v{self.of}" if self.of is not None else "") + (" stale" if self.stale else "")
        phase = " spent" if self.spent else phase
        return f"{self.base} v{self.version} draft {self.fingerprint} {self.mark}{phase}"

    @property
    def is_marked(self) -> bool:
        """Does the name say that the content is not what its fingerprint says?"""
        return self.of is not None or self.stale or self.spent


LiveName = FinalName | DraftName


def parse_dataset_name(text: str) -> LiveName | None:
    """The name of a dataset of ours; None where a person named it."""
    if " draft " in text and (match := _DRAFT.fullmatch(text)):
        return DraftName(
            base=match["base"],
            version=int(match["version"]),
            fingerprint=match["fingerprint"],
            mark=match["mark"],
            of=int(match["of"]) if match["of"] else None,
            stale=bool(match["stale"]),
            spent=bool(match["spent"]),
        )
    return parse_model_name(text)


def parse_model_name(text: str) -> FinalName | None:
    """The name of a model of ours; None where a person named it."""
    if match := _FINAL.fullmatch(text):
        base, version, fingerprint = match.groups()
        return FinalName(base=base, version=int(version), fingerprint=fingerprint)
    return None


def plain_name(text: str) -> tuple[str, str] | None:
    """Base and fingerprint of a name of ours, whatever its version is, `v?` too; None for a name that a person gave."""
    name = parse_dataset_name(text.replace(" v? ", " v1 ", 1))
    return None if name is None else (name.base, name.fingerprint)


def without_version(text: str) -> str:
    """A name of ours with `v?` in place of its version, for where no account was asked; any other name as it is."""
    name = parse_dataset_name(text)
    return text if name is None else str(name).replace(f" v{name.version} ", " v? ", 1)


def said_name(text: str) -> str:
    """A live name as people read it: `lora-poses (a9f3c1a2b7d40)` where no version of it is known."""
    return text if plain_name(text) is None else text.replace(" v? ", " ", 1)


def image_key(digest: str) -> str:
    """How a live image name carries a SHA-256: the algorithm's letter and its first 16 hex digits."""
    return KEY_LETTER + digest[:KEY_DIGITS]


def parse_image_key(image_name: str) -> str | None:
    """The key in a live image name, its last one; None where it carries none."""
    found = _IMAGE_KEY.findall(image_name)
    return found[-1] if found else None


def image_label(name: str) -> str:
    """`poses/wave.png` as a label: `poses-wave`; ASCII, at most 60 characters."""
    stem = str(PurePosixPath(name).with_suffix(""))
    ascii_text = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return _UNSAFE.sub("-", ascii_text).strip("-")[:LABEL_LIMIT] or "image"


def live_image_name(name: str, digest: str) -> str:
    """The name under which a file is uploaded: label, key and the file's own extension in lower case."""
    return f"{image_label(name)}.{image_key(digest)}{PurePosixPath(name).suffix.lower()}"


def image_file_name(image_name: str) -> str:
    """A live image as people call its file, `poses-wave.png`: the label and the extension; the whole name where it is not ours."""
    key = parse_image_key(image_name)
    return image_name if key is None else "".join(image_name.rsplit(f".{key}", 1))


def parse_image_label(image_name: str) -> str:
    """The label of a live image; the whole name where it is not ours."""
    key = parse_image_key(image_name)
    return image_name if key is None else image_name[: image_name.rindex("." + key)]
