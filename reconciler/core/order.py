"""An order: what a person wants to be drawn, and with which pictures and parameters."""

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from enum import StrEnum
from typing import Final

from reconciler.core.guide import Family, family_of_version
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass

MOST_BYTES: Final = 12 * 1024 * 1024
"""Bytes of a picture that is sent along; the API names 12 MB for uploads."""

Value = str | int | float | bool
"""A parameter as it is sent."""


class Draws(StrEnum):
    """What is drawn."""

    IMAGE = "image"
    VECTOR = "vector"
    REIMAGINE = "reimagine"
    PORTRAIT = "portrait"
    STRUCTURED = "structured"


class Method(StrEnum):
    """A guidance method, as people write it; the API puts `controlnet_` before it."""

    CANNY = "canny"
    DEPTH = "depth"
    RECOLORING = "recoloring"
    COLOR_GRID = "color_grid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that goes into a generation: a file that was read, or a public address that the API is to read.

    `label` is what the person wrote, without the query of an address. `digest` is the SHA-256 of the file, or of the address.
    `path` is the file's path below the manifest root, where a manifest names it. A file that only a Git LFS pointer stands for has
    no sides.
    """

    label: str
    digest: str
    width: int = 0
    height: int = 0
    base64: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """A guidance method with its picture; `scale` says how strictly the picture is followed."""

    method: Method
    picture: Picture
    scale: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a person wants. `given` are the parameters that were said, by the names of their flags."""

    draws: Draws = Draws.IMAGE
    prompt: str = ""
    structured_prompt: str = ""
    given: Mapping[str, Value] = field(default_factory=dict)
    guidance: tuple[Guidance, ...] = ()
    image_prompt: tuple[Picture, ...] = ()
    structure: Picture | None = None
    person: Picture | None = None
    checkpoint: int | None = None
    """The step of an expert training whose checkpoint draws; None for the active one."""
    has_prefix: bool = True
    """Does the prefix of the model stand before the prompt?"""

    @property
    def pictures(self) -> "tuple[Picture, ...]":
        """All pictures that are sent along, or that the API is to read."""
        guides = (guide.picture for guide in self.guidance)
        single = (picture for picture in (self.structure, self.person) if picture is not None)
        return (*guides, *self.image_prompt, *single)

    def with_pictures(self, change: "Callable[[Picture], Picture]") -> "Order":
        """The same with each picture changed."""
        return replace(
            self,
            guidance=tuple(replace(guide, picture=change(guide.picture)) for guide in self.guidance),
            image_prompt=tuple(change(picture) for picture in self.image_prompt),
            structure=None if self.structure is None else change(self.structure),
            person=None if self.person is None else change(self.person),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawer:
    """The model that draws, as far as it matters: `version` is its training version, None in the schema family."""

    ref: Ref
    version: str | None
    medium: str
    prefix: str = ""
    is_expert: bool = False
    checkpoints: tuple[str, ...] | None = None
    """The steps of its checkpoints; None where the account was not asked."""

    @property
    def family(self) -> Family:
        """The family decides which version of the API draws."""
        return family_of_version(self.version) or "schema"

    @property
    def is_fast(self) -> bool:
        """Light models draw in a few steps, all others slowly (V08)."""
        return self.version == "light"
