"""Fingerprints: what a dataset or a model *is*, in one letter and 12 hex digits.

Algorithm `a`: SHA-256 over compact UTF-8 JSON (keys sorted, no spaces, non-ASCII kept), first 12 hex digits.

- dataset: `["dataset", FAMILY, GUIDE, UPLOAD_TYPE, [[KEY, CAPTION or null], ...]]`, images sorted by key; FAMILY is
  `prefix` or `schema`; GUIDE and CAPTION in their canonical form (of the prefix family: NFC, LF, trimmed; of the schema
  family: the JSON written anew, see `core.guide`); KEY as in live image names (`a` and 16 hex digits of the SHA-256).
- model: `["model", DATASET_FINGERPRINT, TRAINING_MODE, TRAINING_VERSION, {PARAMETER: VALUE}]`, declared parameters
  only; a parameter that can have a fraction is a float, also where it is declared without one (`1.0`).

File names, descriptions, formatting, order, machine and platform do not count. Because keys stand in live names, the
fingerprint of a live dataset can be computed from the API's answers alone.
"""

import hashlib
import json
from collections.abc import Iterable
from math import isfinite
from struct import unpack

from reconciler.core.desired import Desired, DesiredDataset, DesiredModel, UncaptionedImages
from reconciler.core.guide import Guide
from reconciler.core.name import DIGEST_BYTES, KEY_DIGITS, KEY_LETTER, image_key
from reconciler.core.uploads import Uploads

ALGORITHM = "a"
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)

_BETWEEN = f'",null],["{KEY_LETTER}'
"""What stands between the keys of two images without a caption."""


def dataset_fingerprint(dataset: DesiredDataset) -> str:
    """The fingerprint of a declared dataset."""
    if isinstance(dataset.images, UncaptionedImages):
        return _bare_fingerprint(dataset.guide, dataset.uploads, dataset.images.column)
    images = ((image_key(image.digest), image.caption) for image in dataset.images)
    return content_fingerprint(dataset.guide, dataset.uploads, images)


def content_fingerprint(guide: Guide, uploads: Uploads, images: Iterable[tuple[str, str | None]]) -> str:
    """The fingerprint of a dataset's content, given as (key, declared caption or None)."""
    rows = sorted([key, None if caption is None else guide.canonical_caption(caption)] for key, caption in images)
    return _digest(["dataset", guide.family, guide.canonical, uploads.upload_type, rows])


def _bare_fingerprint(guide: Guide, uploads: Uploads, digests: bytes) -> str:
    """The same as `content_fingerprint` where no caption is declared, in a tenth of the time: trees are large.

    `digests` are sorted, 32 bytes each. So the keys are sorted, too: they are what the digests begin with.
    """
    head = _text(["dataset", guide.family, guide.canonical, uploads.upload_type, []])
    size, rest = KEY_DIGITS // 2, DIGEST_BYTES - KEY_DIGITS // 2
    keys = b"".join(unpack(f"{size}s{rest}x" * (len(digests) // DIGEST_BYTES), digests)).hex(",", size)
    rows = f'["{KEY_LETTER}{keys.replace(",", _BETWEEN)}",null]' if keys else ""
    return _digest_of(f"{head[:-2]}{rows}]]")


def model_fingerprint(model: DesiredModel, dataset: str) -> str:
    """The fingerprint of a declared model on a dataset's fingerprint."""
    # The same text as that of `_text`, which takes three times as long; a comparison makes one for each model.
    parameters = ",".join([f"{_text(name)}:{_number(value)}" for name, value in sorted(dict(model.parameters).items())])
    mode, version = (
        _text(model.training_mode),
        "null" if model.training_version is None else _text(model.training_version),
    )
    return _digest_of(f'["model",{_text(dataset)},{mode},{version},{{{parameters}}}]')


def declared_fingerprint(model: DesiredModel, desired: Desired) -> str:
    """The fingerprint of a model as a tree declares it, on the dataset that the tree declares."""
    return model_fingerprint(model, dataset_fingerprint(desired.datasets[model.dataset]))


def _number(value: object) -> str:
    """The value of a parameter. Whole numbers and floats are written as Python writes them."""
    return repr(value) if type(value) is int or (type(value) is float and isfinite(value)) else _text(value)


def _digest(value: object) -> str:
    return _digest_of(_text(value))


def _text(value: object) -> str:
    return _ENCODER.encode(value)


def _digest_of(text: str) -> str:
    return ALGORITHM + hashlib.sha256(text.encode()).hexdigest()[:12]
