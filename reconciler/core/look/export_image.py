"""File names for live images: those that people gave, as far as every machine can hold them side by side."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from reconciler.core.live import RemoteImage
from reconciler.core.manifest.image import FORMAT_OF
from reconciler.core.manifest.portable import comparable, unportable
from reconciler.core.name import image_file_name
from reconciler.core.text import visible
from reconciler.core.value import dataclass

_STEM_LIMIT = 120
_UNFIT = re.compile(r'[<>:"|?*\\/]+')
_ENDING = re.compile(r"-(mask|cond)label$")
"""Training tools give these endings to masks, which are never taken for images of a dataset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageName:
    """A live image with the stem of its file; `suffix` is that of its name, empty where it has none of an image."""

    live: RemoteImage
    stem: str
    suffix: str

    @property
    def name(self) -> str:
        """The file that a caption names, where no picture is at hand whose bytes would tell the format."""
        return self.stem + self.suffix

    @property
    def is_changed(self) -> bool:
        """Does the file get another name than the image has?"""
        return self.name != image_file_name(self.live.image_name)

    def file_for(self, form: str) -> str:
        """The file name of a picture in this format: with the suffix of the live name, if that is one of the format."""
        if FORMAT_OF.get(self.suffix.lower()) == form:
            return self.name
        return self.stem + next(suffix for suffix, other in FORMAT_OF.items() if other == form)


def image_names(images: Iterable[RemoteImage]) -> tuple[ImageName, ...]:
    """A name for each image, by id, no two of which share a stem: so a caption beside it means one image."""
    taken: set[str] = set()
    found = []
    for image in sorted(images, key=lambda one: one.id):
        called = image_file_name(image.image_name)
        suffix = PurePosixPath(called).suffix
        suffix = suffix if suffix.lower() in FORMAT_OF else ""
        stem = _free(_portable(called.removesuffix(suffix), image.id), taken)
        taken.add(comparable(stem))
        found.append(ImageName(live=image, stem=stem, suffix=suffix))
    return tuple(found)


def _portable(text: str, id_: int) -> str:
    """The text as a file name that every machine can hold, and that is not hidden."""
    plain = "".join(char for char in _UNFIT.sub("-", text) if visible(char) == char)[:_STEM_LIMIT].strip(" .")
    plain = _ENDING.sub(r"-\1-label", plain)
    if not plain or unportable(plain) is not None:
        return f"image-{id_}"
    return plain


def _free(stem: str, taken: set[str]) -> str:
    name, number = stem, 1
    while comparable(name) in taken:
        number += 1
        name = f"{stem}-{number}"
    return name
