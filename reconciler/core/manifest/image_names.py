"""Which image a caption means by the name that it gives, and what is wrong with names that mean none."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from reconciler.core.manifest.loaded import CaptionEntry, ImageFolder
from reconciler.core.manifest.suggestion import did_you_mean, nearest
from reconciler.core.problem import Problem
from reconciler.core.text import count, quoted
from reconciler.core.value import dataclass

_LISTED = 3
"""Names in a message. More captions of one file than this, none of which looks like an image's, are told together."""

_GUESSED = 20
"""The most captions of one file for which a guess is looked for: comparing names is slow."""


class ImageNames:
    """Which images a key can mean: the whole name, or the name without suffix."""

    def __init__(self, folder: ImageFolder) -> None:
        self._whole = {image.name for image in folder.images}
        self._stems: dict[str, list[str]] = defaultdict(list)
        self._own: dict[str, list[str]] = defaultdict(list)
        for image in folder.images:
            self._stems[_stem(image.name)].append(image.name)
            self._own[image.name.rpartition("/")[2]].append(image.name)
        aside = (*folder.left_out, *folder.refused)
        self._left_out = {*aside, *map(_stem, aside)}
        self._unclaimed = {*folder.unclaimed, *map(_stem, folder.unclaimed)}

    def of(self, key: str) -> list[str]:
        """The images that a key can mean."""
        return [key] if key in self._whole else self._stems.get(key, [])

    def is_left_out(self, key: str) -> bool:
        """Does it mean an image that the manifest does not include, or that could not be read?"""
        return key in self._left_out

    def is_unclaimed(self, key: str) -> bool:
        """Does it mean an image that no dataset includes?"""
        return key in self._unclaimed and not self.of(key)

    def known(self, *, with_suffix: bool) -> list[str]:
        """All names, for a guess."""
        return sorted(self._whole if with_suffix else self._stems)

    def misplaced(self, key: str) -> "Misplaced | None":
        """The image that is meant by a name with a folder too much or too little; None if none is."""
        dropped, _, rest = key.partition("/")
        while rest:
            if len(owners := self.of(rest)) == 1:
                return Misplaced(owner=owners[0], much=dropped)
            more, _, rest = rest.partition("/")
            dropped = f"{dropped}/{more}"
        found = self._own.get(key, []) if "/" not in key else []
        return Misplaced(owner=found[0], little=found[0].rpartition("/")[0]) if len(found) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Misplaced:
    """An image whose caption names it with a folder too much, or without its folder."""

    owner: str
    much: str = ""
    little: str = ""

    @property
    def cause(self) -> tuple[str, str]:
        return self.much, self.little


def without_image(entries: Iterable[CaptionEntry], names: ImageNames) -> Iterator[Problem]:
    """Captions that no image has. Those that have one cause are one problem."""
    misplaced: dict[tuple[str, str, str], list[tuple[CaptionEntry, Misplaced]]] = defaultdict(list)
    others: dict[str, list[CaptionEntry]] = defaultdict(list)
    for entry in entries:
        found = names.misplaced(entry.key)
        if found is not None:
            misplaced[(entry.location.path if entry.location.line else "", *found.cause)].append((entry, found))
        elif entry.location.line:
            others[entry.location.path].append(entry)
        else:
            yield _ownerless(entry, names)
    for pairs in misplaced.values():
        yield _in_another_folder(pairs)
    for found_in_file in others.values():
        yield from _of_one_file(found_in_file, names)


def _of_one_file(entries: list[CaptionEntry], names: ImageNames) -> Iterator[Problem]:
    """A problem for each caption that looks like an image's, and one for the rest where there are many."""
    known = names.known(with_suffix=True)
    slips = [entry for entry in entries if len(entries) <= _GUESSED and nearest(entry.key, known) is not None]
    rest = [entry for entry in entries if entry not in slips]
    yield from (_ownerless(entry, names) for entry in (*slips, *(rest if len(rest) <= _LISTED else ())))
    if len(rest) > _LISTED:
        yield _strangers(rest)


def _in_another_folder(pairs: list[tuple[CaptionEntry, Misplaced]]) -> Problem:
    entry, found = pairs[0]
    number = len(pairs)
    whose = "this caption names its image" if number == 1 else f"{number:,} captions name their images"
    what = f"with a folder too much, {quoted(found.much, 60)}" if found.much else "without the folder"
    return Problem(
        rule="caption-ownerless",
        location=entry.location,
        summary=f"{whose} {what}",
        detail=f"{quoted(entry.key, 60)} is {quoted(found.owner, 60)}: names count from the folder of the caption file, "
        "which lies in the image folder or below it.",
        remedy=f"Write {quoted(found.owner, 60)}{', and the others alike' if number > 1 else ''}.",
    )


def _strangers(entries: list[CaptionEntry]) -> Problem:
    """Many captions of one file whose images are not there."""
    listed = ", ".join(quoted(entry.key, 40) for entry in entries[:_LISTED])
    return Problem(
        rule="caption-ownerless",
        location=entries[0].location,
        summary=f"{count(len(entries), 'caption')} have no image",
        detail=f"No image of the dataset is named {listed} and so on.",
        remedy="Remove them, or add the images.",
    )


def _ownerless(entry: CaptionEntry, names: ImageNames) -> Problem:
    return Problem(
        rule="caption-ownerless",
        location=entry.location,
        summary="this caption has no image",
        detail=f"No image of the dataset is named {quoted(entry.key, 60)}.",
        remedy=did_you_mean(entry.key, names.known(with_suffix=not entry.is_sidecar)) or "Remove it, or add the image.",
    )


def _stem(name: str) -> str:
    return name[: name.rindex(".")]
