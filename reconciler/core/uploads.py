"""How images get into a draft: one by one, or all of them once in one archive.

This module alone knows what an upload type means. All others hold an `Uploads` and ask it.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal, TypeVar

from reconciler.core.value import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class OneByOne:
    """Each image is a request of its own, at any time while the dataset is a draft."""

    upload_type: Literal["basic"] = "basic"

    what: ClassVar[str] = "a basic dataset"
    most_images: ClassVar[int] = 200
    more: ClassVar[str] = "write `upload_type: advanced`, which takes up to 5,000 in one archive"
    """What to do where there are more images, as a clause."""
    most_bytes: ClassVar[None] = None
    """Bytes of all images together; None where only each by itself is limited."""
    entry_bytes: ClassVar[int] = 0
    calls: ClassVar[int] = 1
    """API calls of one portion."""
    is_once: ClassVar[bool] = False
    """Does a dataset take images only once, so that none can be added to those that it holds?"""
    can_scale_up: ClassVar[bool] = True
    """Does the API take small images and scale them up, where `increase_resolution` asks for it?"""

    def takes(self, sizes: Sequence[int], *, held: int) -> bool:
        """Can a draft that holds so many images take more, of these sizes in bytes?"""
        return held + len(sizes) <= self.most_images

    def portions(self, images: Sequence[T]) -> tuple[tuple[T, ...], ...]:
        """The images that are sent together: each portion is one step of a plan."""
        return tuple((image,) for image in images)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """All images are sent in one zip, into an empty dataset, and only once: it takes no other image afterwards."""

    upload_type: Literal["advanced"] = "advanced"

    what: ClassVar[str] = "an advanced dataset"
    most_images: ClassVar[int] = 5_000
    more: ClassVar[str] = "make two datasets"
    most_bytes: ClassVar[int] = 5_000_000_000
    """The documents say 5 GB; read as the smaller of its two meanings, so that no archive is refused on arrival."""
    entry_bytes: ClassVar[int] = 1_000
    """Bytes that an image takes besides its own: its name, twice, and a caption with a name of its own."""
    calls: ClassVar[int] = 4
    """The upload is started, its status is read before and at least once after, and then the images are counted."""
    is_once: ClassVar[bool] = True
    can_scale_up: ClassVar[bool] = False

    def takes(self, sizes: Sequence[int], *, held: int) -> bool:
        """Can a draft that holds so many images take more, of these sizes in bytes?"""
        return held == 0 and len(sizes) <= self.most_images and sum(sizes) <= self.most_bytes

    def portions(self, images: Sequence[T]) -> tuple[tuple[T, ...], ...]:
        """The images that are sent together: each portion is one step of a plan."""
        return (tuple(images),) if images else ()


Uploads = OneByOne | Archive

ONE_BY_ONE = OneByOne()
"""How images get into a dataset that says nothing else."""


def uploads_of(upload_type: str | None) -> Uploads:
    """The meaning of the API's word; a dataset that does not say its upload type is a basic one.

    A word that this release does not know is taken for an archive: nothing is ever added to such a dataset.
    """
    return ONE_BY_ONE if upload_type in {None, ONE_BY_ONE.upload_type} else Archive()
