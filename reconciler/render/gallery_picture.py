"""How the results of a gallery are shown: as pictures in data URIs, as text, or with a clause that says why not."""

import base64
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Final

from reconciler.core.value import dataclass

_URI: Final = re.compile(r"data:image/(?:webp|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}")

STEPS: Final = ((24, 1024), (150, 768), (600, 512), (1500, 320))
"""Pictures of a page, and the longer edge that each of so many gets: the fewer there are, the closer a person can look."""

SMALLEST: Final = 192
BUDGET: Final = 40_000_000
"""Bytes of all pictures of a page, as they stand in it."""

_FILLED: Final = 0.9
"""The part of it that is planned with: no picture is as large as another."""
_STEP: Final = 64
_OF_BASE64: Final = 4 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownResult:
    """One result. `uri` is a picture, with its sides in pixels where they are known; `lines` are a result of words.

    ValueError where the address is no picture. If both are empty, `reason` is a clause that says why.
    """

    uri: str = field(default="", repr=False)
    width: int = 0
    height: int = 0
    lines: tuple[str, ...] = field(default=(), repr=False)
    reason: str = ""

    def __post_init__(self) -> None:
        if self.uri and _URI.fullmatch(self.uri) is None:
            raise ValueError("a picture of a gallery is a data URI of a WebP or SVG picture in base64")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownResults:
    """Results by the digest of their file. `edge` is the longer edge of the pictures; vector graphics have none."""

    by_digest: Mapping[str, ShownResult] = field(default_factory=dict)
    edge: int = 0
    reason: str = "no picture was read"
    """Why there is nothing of a result that is not here."""

    def of(self, digest: str) -> ShownResult:
        """What is shown of a file."""
        return self.by_digest.get(digest) or ShownResult(reason=self.reason)


NO_RESULTS: Final = ShownResults()


def edge_for(number: int) -> int:
    """Pixels of the longer edge where a page shows so many pictures."""
    return next((edge for most, edge in STEPS if number <= most), SMALLEST)


def fitting_edge(edge: int, number: int, sizes: Sequence[int]) -> int:
    """The edge at which so many pictures fit into a page, where some of them, made with `edge`, have these bytes."""
    expected = number * sum(sizes) / max(len(sizes), 1) * _OF_BASE64
    if expected <= _FILLED * BUDGET:
        return edge
    return max(SMALLEST, int(edge * math.sqrt(_FILLED * BUDGET / expected)) // _STEP * _STEP)


def picture_uri(webp: bytes) -> str:
    """A picture of pixels as a data URI."""
    return f"data:image/webp;base64,{base64.b64encode(webp).decode('ascii')}"


def vector_uri(svg: bytes) -> str:
    """Vector graphics as a data URI. A browser runs nothing and fetches nothing for a picture in `<img>`."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode('ascii')}"
