"""Which file of git is each live image that people uploaded? Certain, likely or unknown, and by what.

Nothing here reads a picture: whoever asks hands over how far the pixels of two images are apart, as far as it knows.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import field
from enum import StrEnum
from pathlib import PurePosixPath

from reconciler.core.adoption import Compared
from reconciler.core.desired import DesiredImage
from reconciler.core.guide import Guide
from reconciler.core.live import RemoteImage
from reconciler.core.name import image_key, parse_image_key
from reconciler.core.text import normal
from reconciler.core.value import dataclass

SAME = 2.0
"""Percent. Up to it, two pictures are one that was cropped, scaled or compressed by the service: 0.54 was the most measured."""

LIKE = 4.0
"""Percent. Up to it, a name that agrees is believed; beyond it, it is another picture (docs/decisions/0045)."""

_SIGNS = re.compile(r"[\W_]+")

Distance = Callable[[RemoteImage, DesiredImage], float | None]
"""How far the pixels of a live image and a file are apart, 0 to 100 percent; None where they were not compared."""


class Certainty(StrEnum):
    CERTAIN = "certain"
    LIKELY = "likely"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A live image and the file that it is taken for; None where it is unknown. `distance` is that of the pixels."""

    live: RemoteImage
    file: DesiredImage | None
    certainty: Certainty
    compared: Compared
    distance: float | None = None
    why: str = ""
    """What stands in the way of more certainty, a clause."""


def likenesses(
    live: Iterable[RemoteImage],
    files: Sequence[DesiredImage],
    *,
    guide: Guide | None,
    distance: Distance,
    seen: Collection[int] = (),
) -> tuple[Likeness, ...]:
    """Each live image with the file that it is taken for, in the order of the names on the live side.

    `seen` are ids of the live images whose pictures are at hand.
    """
    ordered = sorted(live, key=lambda one: (one.image_name, one.id))
    search = _Search(
        live=ordered, files=files, guide=guide, distance=distance, seen=frozenset(seen), named=_ByName(files)
    )
    found = search.run()
    return tuple(found[image.id] for image in search.live)


@dataclass(slots=True, kw_only=True)
class _Search:
    """The strongest evidence first. What it decides leaves fewer images to the weaker kinds."""

    live: list[RemoteImage]
    files: Sequence[DesiredImage]
    guide: Guide | None
    distance: Distance
    seen: frozenset[int]
    named: "_ByName"
    found: dict[int, Likeness] = field(default_factory=dict)

    def run(self) -> dict[int, Likeness]:
        """Pictures are compared with the files of their name first, then with all."""
        self._by_digest()
        self._by_pixels()
        for _ in self.live:
            before = len(self.found)
            self._by_name()
            self._by_caption()
            if len(self.found) == before:
                break
        for image in self._left():
            self.found[image.id] = self._unknown(image)
        return self.found

    def _left(self) -> list[RemoteImage]:
        return [image for image in self.live if image.id not in self.found]

    def _free(self) -> list[DesiredImage]:
        """Files that no live image was taken for yet."""
        taken = {one.file.digest for one in self.found.values() if one.file is not None}
        return [file for file in self.files if file.digest not in taken]

    def _take(
        self,
        image: RemoteImage,
        file: DesiredImage,
        certainty: Certainty,
        compared: Compared,
        *,
        distance: float | None = None,
        why: str = "",
    ) -> None:
        self.found[image.id] = Likeness(
            live=image, file=file, certainty=certainty, compared=compared, distance=distance, why=why
        )

    def _by_digest(self) -> None:
        """A name that this tool gave, as in a dataset that somebody copied in the console."""
        by_key = {image_key(file.digest): file for file in self.files}
        for image in self.live:
            file = by_key.get(parse_image_key(image.image_name) or "")
            if file is not None:
                self._take(image, file, Certainty.CERTAIN, Compared.DIGEST)

    def _by_pixels(self) -> None:
        """The same picture is the same file, whatever it is called; two live images may be one file twice."""
        for image in self._left():
            named = self.named.like(image)
            measured = sorted(self._measured(image, named) or self._measured(image, self.files), key=lambda one: one[0])
            same = [(far, file) for far, file in measured if far <= SAME]
            if same:
                far, file = same[0]
                others = [other for _, other in same if other.digest != file.digest]
                why = "" if not others or len(named) == 1 else f"{others[0].name} looks the same"
                certainty = Certainty.LIKELY if why else Certainty.CERTAIN
                self._take(image, file, certainty, Compared.PIXELS, distance=far, why=why)
            elif measured and len(named) == 1 and measured[0][0] <= LIKE:
                far, file = measured[0]
                self._take(
                    image, file, Certainty.LIKELY, Compared.PIXELS, distance=far, why="its picture differs a little"
                )

    def _measured(self, image: RemoteImage, files: Iterable[DesiredImage]) -> list[tuple[float, DesiredImage]]:
        """The files whose pixels were compared with those of an image; those that are one picture with it first."""
        found = [(far, file) for file in files if (far := self.distance(image, file)) is not None]
        return found if any(far <= LIKE for far, _ in found) else []

    def _by_caption(self) -> None:
        """A text that a person wrote and git declares for one file alone."""
        declared: dict[str, list[DesiredImage]] = defaultdict(list)
        for file in self._free():
            if file.caption is not None:
                declared[self._text(file.caption)].append(file)
        written: dict[str, list[RemoteImage]] = defaultdict(list)
        for image in self._comparable() if declared else ():
            if image.is_hand_written and image.caption is not None:
                written[self._text(image.caption)].append(image)
        for text, images in written.items():
            files = declared.get(text, [])
            if len(files) == len(images) == 1:
                self._take(images[0], files[0], Certainty.LIKELY, Compared.CAPTION)

    def _text(self, caption: str) -> str:
        return normal(caption) if self.guide is None else self.guide.canonical_caption(caption)

    def _by_name(self) -> None:
        """A name that one live image and one file alone have, of those that are left."""
        left, named = self._comparable(), _ByName(self._free())
        wanted = {image.id: named.like(image) for image in left}
        rivals = Counter(file.digest for files in wanted.values() for file in files)
        for image in left:
            files = wanted[image.id]
            if len(files) == 1 and rivals[files[0].digest] == 1:
                self._take(image, files[0], Certainty.LIKELY, Compared.NAME)

    def _comparable(self) -> list[RemoteImage]:
        """Images that are left, but for those whose pixels were compared with what bears their name: only these count then."""
        return [image for image in self._left() if not self._is_seen(image)]

    def _is_seen(self, image: RemoteImage) -> bool:
        if image.id not in self.seen:
            return False
        return all(self.distance(image, file) is not None for file in self.named.like(image))

    def _unknown(self, image: RemoteImage) -> Likeness:
        named = self.named.like(image)
        measured = [far for file in named if (far := self.distance(image, file)) is not None]
        if measured:
            why = f"{named[0].name} bears its name and is another picture (distance {min(measured):.1f})"
        elif self._is_seen(image):
            why = "no file looks like it"
        elif named:
            why = "its name says no more: several images, or several files, bear it"
        else:
            why = "no file bears its name"
        far = min(measured, default=None)
        return Likeness(
            live=image, file=None, certainty=Certainty.UNKNOWN, compared=Compared.NOTHING, distance=far, why=why
        )


class _ByName:
    """Files by their names, in every sense in which a name may have changed on its way."""

    def __init__(self, files: Iterable[DesiredImage]) -> None:
        self._files: list[dict[str, list[DesiredImage]]] = [defaultdict(list) for _ in _FORMS]
        for file in files:
            for form, found in zip(_FORMS, self._files, strict=True):
                found[form(file.name)].append(file)

    def like(self, image: RemoteImage) -> list[DesiredImage]:
        """The files that bear the name of a live image, in the strictest sense in which any does."""
        for form, found in zip(_FORMS, self._files, strict=True):
            wanted = form(image.image_name)
            if wanted and (files := found.get(wanted)):
                return files
        return []


def _base(name: str) -> str:
    return PurePosixPath(name).name


def _stem(name: str) -> str:
    return _base(name).rpartition(".")[0] or _base(name)


def _label(name: str) -> str:
    """Without what a file system or a form may have changed: letter case, spaces, signs, how accents are written."""
    return _SIGNS.sub("-", unicodedata.normalize("NFKC", _stem(name)).casefold()).strip("-")


_FORMS: tuple[Callable[[str], str], ...] = (str, _base, _stem, _label)
"""How a name may have changed on its way, the strictest first."""


def without_live(found: Iterable[Likeness], files: Sequence[DesiredImage]) -> Iterator[DesiredImage]:
    """Files that no live image is taken for."""
    taken = {one.file.digest for one in found if one.file is not None}
    return (file for file in files if file.digest not in taken)
