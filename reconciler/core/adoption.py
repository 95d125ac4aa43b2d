"""What git adopted: live objects that people made by hand, and what each of them is taken for.

Everything else in this project knows content by names that this tool gave. Adoption is one translation, made where the
answers of the API are read and before anything is compared: an adopted object bears the name that we had given it, and so
does each of its images. A clone keeps the names of images, so those of later versions are translated too.

Nothing here is proved by bytes. An entry is an act of trust that people review, and every object that was translated
remembers the name that the API shows (`adopted_from`).
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import field, replace
from enum import StrEnum
from pathlib import PurePosixPath

from reconciler.core.kind import Kind
from reconciler.core.live import Live, LiveKey, Observed, RemoteDataset, RemoteImage, RemoteModel
from reconciler.core.name import DraftName, FinalName, image_key, live_image_name, parse_image_key
from reconciler.core.problem import Location
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass

ADOPTED_FILE = "adopted.yaml"
"""The file beside manifests that says what was adopted."""

ADOPTED_VERSION = 1
"""The number of a version that was adopted: nothing of its manifest is live before."""

NO_RUN = "0000"
"""The mark in the name of an adopted draft: no run has filled it."""


class Compared(StrEnum):
    """By what a live image was taken for a file, the strongest first."""

    DIGEST = "digest"
    """Its live name carries the digest."""
    PIXELS = "pixels"
    NAME = "name"
    CAPTION = "caption"
    NOTHING = "nothing"
    """Git has no file for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedImage:
    """One live image and the file that it is taken for; `file` and `digest` are empty where git has none.

    `id` is there only where other images of the dataset bear the same name. `distance` is that of the pixels, in percent.
    """

    name: str
    file: str = ""
    digest: str = ""
    compared: Compared
    distance: float | None = None
    id: int | None = None

    @property
    def known_name(self) -> str:
        """The name that this tool had given it. An image without a file gets one that no file has, so that it is told apart."""
        name = self.file or PurePosixPath(self.name).name or "image"
        return live_image_name(name, self._identity)

    @property
    def key(self) -> str:
        """The key under which it is compared."""
        return image_key(self._identity)

    @property
    def _identity(self) -> str:
        text = f"adopted {self.id} {self.name}".encode("utf-8", "surrogatepass")
        return self.digest or hashlib.sha256(text).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """One entry: the live object `id` is the first version of `ref`.

    `account` is a project by which the account is known, `project` the one that holds the object. `fingerprint` is what git
    declared when it was adopted. `keeps_name` says that it shall not be renamed. `dataset` is the fingerprint of the
    dataset that a model was trained on; `unknown` are fields of its definition that the API does not tell.
    """

    ref: Ref
    location: Location = field(default=Location(""), compare=False)
    account: int
    project: int
    id: int
    fingerprint: str
    keeps_name: bool = False
    images: tuple[AdoptedImage, ...] = ()
    dataset: str = ""
    unknown: tuple[str, ...] = ()
    former: str = field(default="", compare=False)
    """The manifest's name before it was moved, which versions may bear until the next apply."""

    @property
    def key(self) -> LiveKey:
        return (self.ref.kind, self.id)

    @property
    def shared_names(self) -> frozenset[str]:
        """Names that images with different content bear: in a clone, nothing tells these apart."""
        keys = {(image.name, image.key) for image in self.images}
        return frozenset(name for name, number in Counter(name for name, _ in keys).items() if number > 1)

    @property
    def doubles(self) -> int:
        """Images beyond the first of each content."""
        return len(self.images) - len({image.key for image in self.images})

    def holds(self, live: Live) -> bool:
        """Can a live object belong to it? One whose answer does not tell its project is taken for one that does."""
        return live.project_id in {None, self.project}

    def is_about(self, live: Live) -> bool:
        """Is a live object the one that was adopted, and not by its name a version of another manifest?"""
        return live.id == self.id and self.holds(live) and not self.bears_other_name(live.name)

    def bears_other_name(self, name: str) -> bool:
        """Does a name say that something is a version of another manifest? No entry takes a version away from that."""
        own = self.ref.kind.parse_name(name)
        return own is not None and own.base not in {self.ref.name, self.former}

    def known_name(self, live: Live) -> str:
        """What it is known by: its own name, where that is a name of the manifest's versions already."""
        if (own := self.ref.kind.parse_name(live.name)) is not None:
            return str(replace(own, base=self.ref.name))
        base, version, fingerprint = self.ref.name, ADOPTED_VERSION, self.fingerprint
        if isinstance(live, RemoteDataset) and live.is_draft:
            return str(DraftName(base=base, version=version, fingerprint=fingerprint, mark=NO_RUN))
        return str(FinalName(base=base, version=version, fingerprint=fingerprint))


class Adoption:
    """All entries of a tree, and the translation of what the API answers."""

    def __init__(self, entries: Mapping[Ref, Adopted] | None = None) -> None:
        self.entries: Mapping[Ref, Adopted] = dict(entries or {})
        self._by_key = {entry.key: entry for entry in self.entries.values()}
        self._former = {Ref(entry.ref.kind, entry.former): entry for entry in self.entries.values() if entry.former}

    def __iter__(self) -> Iterator[Adopted]:
        return iter(self.entries.values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Adoption) and self.entries == other.entries

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.entries)))

    def in_account(self, projects: Collection[int]) -> "Adoption":
        """The entries that are about an account with these projects."""
        return Adoption({ref: entry for ref, entry in self.entries.items() if entry.account in projects})

    def account(self, observed: Observed) -> Observed:
        """A look at the account, with everything in it as git knows it."""
        if not self.entries:
            return observed
        datasets = [self.dataset(one) for one in observed.datasets.values()]
        return observed.updated(*datasets, *(self.model(one) for one in observed.models.values()))

    def of(self, ref: Ref) -> Adopted | None:
        """The entry of a manifest."""
        return self.entries.get(ref)

    def dataset(self, live: RemoteDataset) -> RemoteDataset:
        """A dataset as git knows it."""
        if not self.entries:
            return live
        entry = self._by_key.get((live.kind, live.id))
        if entry is not None and entry.is_about(live):
            return _adopted_dataset(entry, live)
        name = live.kind.parse_name(live.name)
        ref = None if name is None else Ref(Kind.DATASET, name.base)
        later = None if ref is None else self.of(ref) or self._former.get(ref)
        if later is None or live.images is None or not later.holds(live):
            return live
        return replace(live, images=_with_known_names(later, live.images, are_its_own=False))

    def model(self, live: RemoteModel) -> RemoteModel:
        """A model as git knows it."""
        entry = self._by_key.get((live.kind, live.id))
        if entry is None or not entry.is_about(live):
            return live
        return replace(live, name=entry.known_name(live), adopted_from=live.name)


NOTHING_ADOPTED = Adoption()


def _adopted_dataset(entry: Adopted, live: RemoteDataset) -> RemoteDataset:
    """Under its known name. A frozen dataset shows each content once: the copies go with the next version, in the draft."""
    images, number = live.images, live.images_count
    copies = 0 if live.is_draft else entry.doubles
    if images is not None:
        images = _with_known_names(entry, images, are_its_own=True)
    if copies:
        number = None if number is None else number - copies
        images = None if images is None else _each_once(entry, images)
    name = entry.known_name(live)
    return replace(live, name=name, adopted_from=live.name, images=images, images_count=number, copies=copies)


def _with_known_names(entry: Adopted, images: tuple[RemoteImage, ...], *, are_its_own: bool) -> tuple[RemoteImage, ...]:
    """Images under the names that we had given them; those that the entry does not know stay as they are.

    In the adopted dataset itself the id tells apart what shares a name. A clone has other ids.
    """
    shared = entry.shared_names
    by_id = {image.id: image for image in entry.images if image.id is not None} if are_its_own else {}
    by_name = {image.name: image for image in entry.images if image.name not in shared}
    found = []
    for image in images:
        known = by_id.get(image.id) or by_name.get(image.image_name)
        found.append(
            image if known is None else replace(image, image_name=known.known_name, adopted_from=image.image_name)
        )
    return tuple(found)


def _each_once(entry: Adopted, images: tuple[RemoteImage, ...]) -> tuple[RemoteImage, ...]:
    """Without the copies that the entry names: of each of its contents the lowest id stays."""
    keys = {image.key for image in entry.images}
    first: dict[str, int] = {}
    for image in sorted(images, key=lambda image: image.id):
        first.setdefault(parse_image_key(image.image_name) or "", image.id)
    stays = {first[key] for key in keys & first.keys()}
    return tuple(image for image in images if parse_image_key(image.image_name) not in keys or image.id in stays)
