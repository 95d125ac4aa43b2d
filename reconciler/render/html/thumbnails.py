"""The pictures of a report, by the keys of images, as data URIs."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_URI = re.compile(r"data:image/(?:webp|png|jpeg);base64,[A-Za-z0-9+/]+={0,2}")


def data_uri(webp: bytes) -> str:
    """A WebP picture as the address of itself."""
    return f"data:image/webp;base64,{base64.b64encode(webp).decode('ascii')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnails:
    """What can be shown of each image, and why the others cannot. ValueError where an address is no picture.

    A key stands for an image's bytes, so it does not matter on which side a picture was found. `reasons` are clauses by
    key (`Git LFS content missing`); `reason` is that of every other image.
    """

    pictures: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    reason: str = "not in this checkout"

    def __post_init__(self) -> None:
        for uri in self.pictures.values():
            if _URI.fullmatch(uri) is None:
                raise ValueError("a thumbnail is a data URI of a WebP, PNG or JPEG picture in base64")

    def uri(self, key: str) -> str | None:
        """The picture of an image, None where there is none."""
        return self.pictures.get(key)

    def reason_for(self, key: str) -> str:
        """Why there is no picture of it."""
        return self.reasons.get(key, self.reason)


NO_THUMBNAILS = Thumbnails()
