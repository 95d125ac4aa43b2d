"""What was found on the disk, before the rules are checked: manifests, image files, caption texts."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from reconciler.core.adoption import Adopted
from reconciler.core.manifest.document import Document
from reconciler.core.manifest.image import ImageFile
from reconciler.core.manifest.spec import Body
from reconciler.core.problem import Location, Problem
from reconciler.core.ref import Ref
from reconciler.core.text import normal
from reconciler.core.value import dataclass

if TYPE_CHECKING:
    from reconciler.core.manifest.gallery_spec import GalleryBody
    from reconciler.core.order import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsentBody:
    """What is left of a manifest with `ensure: absent`: what finds the object that is to be deleted."""

    parent: str | None = None
    project_name: str | None = None
    id: int | None = None

    @property
    def live_name(self) -> str | None:
        """The name on the live side, if it is another than the manifest's."""
        return self.project_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A document that is a manifest: its ref, its fields, and where they stand."""

    ref: Ref
    body: Body | AbsentBody
    document: Document
    parent: Ref | None = field(init=False, repr=False, compare=False)
    """The object that it is declared in or on: a dataset's project, a model's dataset."""

    def __post_init__(self) -> None:
        kind, name = self.ref.kind.parent, self.body.parent
        object.__setattr__(self, "parent", None if kind is None or name is None else Ref(kind, name))

    @property
    def location(self) -> Location:
        return self.document.at()

    @property
    def is_absent(self) -> bool:
        """Is the object to be deleted?"""
        return isinstance(self.body, AbsentBody)

    @property
    def live_name(self) -> str:
        """The name by which it is found: the `project_name` of a project, else the name that all its versions share."""
        return normal(self.body.live_name or self.ref.name)

    @property
    def moved_from(self) -> str | None:
        """The former name that `metadata.moved` gives. None for an absent manifest, which is not renamed."""
        if isinstance(self.body, AbsentBody) or self.body.metadata.moved is None:
            return None
        former = self.body.metadata.moved.former
        return former if self.ref.kind.has_versions else normal(former)


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryManifest:
    """A gallery as found. `folder` is that of its file, below the root.

    `pictures` and `texts` (structured prompts) are what could be read, by what the manifest calls them.
    """

    name: str
    body: "GalleryBody"
    document: Document
    folder: str = ""
    pictures: "Mapping[str, Picture]" = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionEntry:
    """One text that was found for an image.

    `key` is the path below the image folder in NFC. Sources give it with the image's suffix or without it; the key of a
    sidecar has none. `text` is as found.
    """

    key: str
    text: str
    location: Location
    is_sidecar: bool = False
    is_document: bool = False
    """Was it written as a mapping or in a .json file? Then `text` is JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFolder:
    """What lies in the image folder of one dataset.

    `images` are the files that the manifest includes, sorted by name. `left_out` names image files that it does not
    include, `unclaimed` those of them that no other dataset includes either. `captions` is None if the declared source
    could not be read at all; a Problem says why.
    """

    root: str = ""
    """The manifest root, as problems show it."""
    images: Sequence[ImageFile] = ()
    left_out: tuple[str, ...] = ()
    unclaimed: tuple[str, ...] = ()
    captions: tuple[CaptionEntry, ...] | None = ()
    refused: tuple[str, ...] = ()
    """Names of images that could not be read; a Problem says why for each, and their captions are not judged."""
    unused: tuple[str, ...] = ()
    """Names of files that look like captions and are not read, because the declared source is another."""
    caption_files: tuple[str, ...] = ()
    """Names of the caption files that were read, where they are the declared source."""
    unmatched: tuple[int, ...] = ()
    """Positions of the patterns in `include` that no image matches."""
    other_formats: tuple[str, ...] = ()
    """Names of images in formats that cannot be uploaded."""

    def place(self, image: ImageFile) -> Location:
        """The place of an image's file."""
        path = image.path if self.root in {"", "."} else f"{self.root}/{image.path}"
        return Location(path if path.isascii() else path.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaFile:
    """The file that a manifest names as `visual_schema_file`: its text as found."""

    text: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A whole tree as found. `location` is the root.

    `folders` holds the image folder of each dataset manifest, by the position of the manifest in `manifests`, and
    `schema_files` the file of each that names one; one that is missing here could not be read. `adopted` are the entries
    of all files that say what was adopted. `broken`
    names objects whose manifests have faults: a reference to one of them is not unknown. Where `is_partial` a file of
    the tree could not be read at all, so no reference is known to lead nowhere.
    """

    location: Location
    manifests: tuple[Manifest, ...] = ()
    folders: Mapping[int, ImageFolder] = field(default_factory=dict)
    schema_files: Mapping[int, SchemaFile] = field(default_factory=dict)
    adopted: tuple[Adopted, ...] = ()
    galleries: tuple[GalleryManifest, ...] = ()
    broken: frozenset[Ref] = frozenset()
    is_partial: bool = False
    problems: tuple[Problem, ...] = ()
