"""What differs inside a dataset: images and captions that come, go, stay or are lost."""

from enum import StrEnum

from reconciler.core.value import dataclass


class ImageEffect(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    REPLACED = "replaced"
    TWIN = "twin"
    """The second live image with one digest: removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageChange:
    """One image that comes or goes. `name` is the file's (added, replaced) or the live label (removed)."""

    effect: ImageEffect
    name: str
    key: str
    id: int | None = None
    """Id of the live image, where the effect is TWIN."""
    size: int = 0
    path: str = ""
    replaces: str = ""
    """Key of the live image of the same label that goes, where the effect is REPLACED."""
    caption: str | None = None
    """The declared caption of an added image, or the live one of a removed image."""
    hand_written: bool = False
    """A removed image whose caption a person wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionChange:
    """One caption that git declares and the live side has not."""

    key: str
    name: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCaption:
    """A caption that a person wrote on the live side and git does not declare: kept, carried over, shown."""

    key: str
    name: str
    text: str
    version: int | None
    """The version it is carried over from; None where it stands in the draft itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostImage:
    """An image that is live in the base or in the open draft, and that the version to be made does not hold.

    It is found by its key. So an image that is replaced under its name is lost, and one whose file was renamed is not.
    """

    key: str
    """Empty for a live image that carries no digest."""
    name: str
    """The label that it has on the live side."""
    kept_in: int | None
    """The completed version that still holds it; None where no version does, and it is gone for good."""
    caption: str | None = None
    """Its caption, where a person or git wrote that."""
    by_person: bool = False
    """A person wrote the caption and git never declared it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostCaption:
    """A caption that a person wrote, that git never declared, and that the version to be made replaces by git's."""

    key: str
    name: str
    before: str
    after: str
