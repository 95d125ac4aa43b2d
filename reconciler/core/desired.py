"""What the manifests ask for, resolved: every reference found, every image hashed, every caption matched."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, Literal

from reconciler.core.adoption import NOTHING_ADOPTED, Adoption
from reconciler.core.guide import Family, Guide
from reconciler.core.kind import Kind
from reconciler.core.late_sequence import LateSequence
from reconciler.core.name import DIGEST_BYTES
from reconciler.core.problem import Location, Problem
from reconciler.core.promotion import Promotion
from reconciler.core.ref import Ref, in_order
from reconciler.core.training import DEFAULT_POLICY, TrainingParameters, TrainingPolicy
from reconciler.core.uploads import ONE_BY_ONE, Uploads
from reconciler.core.value import dataclass

if TYPE_CHECKING:
    from reconciler.core.gallery import DesiredGallery


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredImage:
    """One image file of a dataset.

    `digest` is the SHA-256 of the bytes, 64 hex digits. `name` is the path below the image folder (a label, never
    an identity), `path` the path below the manifest root. `caption` is the declared text in its normal form, or
    None where nothing is declared. `has_content` is False for a Git LFS pointer.
    """

    digest: str
    size: int
    name: str
    path: str
    caption: str | None = None
    has_content: bool = True


class UncaptionedImages(LateSequence[DesiredImage]):
    """Images without declared captions, sorted by digest. The objects are made when the first one is asked for.

    `column` holds their digests, sorted, 32 bytes each, one behind the other.
    """

    __slots__ = ("column",)

    def __init__(self, column: bytes, make: Callable[[], tuple[DesiredImage, ...]]) -> None:
        super().__init__(make)
        self.column = column

    @property
    def digests(self) -> list[str]:
        """The digest of each image, 64 hex digits."""
        digits, step = self.column.hex(), 2 * DIGEST_BYTES
        return [digits[at : at + step] for at in range(0, len(digits), step)]

    def __len__(self) -> int:
        return len(self.column) // DIGEST_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What every manifest says, whatever its kind.

    `moved_from` is the former `project_name` of a project; of any other kind it is the former name of the manifest, or
    the live name that somebody gave the object in the console.
    """

    ref: Ref
    location: Location
    moved_from: str | None = None

    @property
    def parent(self) -> Ref | None:
        """The object that it is declared in or on; None for a project, which stands in nothing."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredProject(Declared):
    """A project manifest. A field that is None is not declared and stays as it is on the live side."""

    id: int | None = None
    project_name: str
    project_description: str | None = None
    ip_name: str | None = None
    ip_description: str | None = None
    ip_medium: str
    ip_type: str
    family: Family | None = None
    """Declared; None where it follows from the datasets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredDataset(Declared):
    """A dataset manifest with its images, sorted by digest."""

    project: Ref
    uploads: Uploads = ONE_BY_ONE
    guide: Guide
    images: Sequence[DesiredImage]
    captions_source: Literal["automatic", "sidecar", "file"] = "automatic"
    increase_resolution: bool = True
    completed: bool = True
    clone: Literal["auto", "never"] = "auto"
    history_limit: int | None = None
    """Versions to keep when old ones are pruned; None keeps all."""

    @property
    def parent(self) -> Ref:
        """Its project."""
        return self.project

    @property
    def digests(self) -> Sequence[str]:
        """The digest of each image."""
        if isinstance(self.images, UncaptionedImages):
            return self.images.digests
        return [image.digest for image in self.images]

    @property
    def joined_digests(self) -> bytes:
        """The same, one behind the other: what two datasets with the same images have in common."""
        if isinstance(self.images, UncaptionedImages):
            return self.images.column
        return bytes.fromhex("".join(self.digests))

    @property
    def captions(self) -> tuple[str | None, ...] | None:
        """The declared caption of each image; None if no image has one."""
        if isinstance(self.images, UncaptionedImages):
            return None
        captions = tuple(image.caption for image in self.images)
        return None if all(caption is None for caption in captions) else captions


CURRENT = "current"
"""The alias target that stands for the version that the manifest asks for, whatever its fingerprint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredModel(Declared):
    """A model manifest. `parameters` holds the declared training parameters only, sorted by name."""

    dataset: Ref
    description: str | None = None
    training_mode: Literal["fully_automated", "expert"]
    training_version: str | None
    """None in the schema family, which has no such field."""
    parameters: TrainingParameters = ()
    policy: TrainingPolicy = DEFAULT_POLICY
    aliases: tuple[tuple[str, str], ...] = ()
    mirror_aliases: bool = False
    """Write the aliases of each version into its live description, so that the console shows them too."""
    promotion: Promotion | None = None
    """What guards aliases; None where all of them move freely."""
    history_limit: int | None = None

    @property
    def parent(self) -> Ref:
        """Its dataset."""
        return self.dataset


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A manifest with `ensure: absent`: all live versions of it are to be deleted.

    `project` is the project that it lives in; a project lives in itself. A project is found by `project_name` or `id`.
    """

    ref: Ref
    location: Location
    project: Ref
    project_name: str = ""
    id: int | None = None


Thing = tuple[Kind, str, str | int]
"""What manifests know a live object by: its kind, the name of all its versions, and the name or the id of its project."""


class _Index:
    """The objects of a tree by kind and by parent."""

    def __init__(self, present: Mapping[Ref, Declared]) -> None:
        self.present = present
        self.of: dict[Kind, dict[Ref, Declared]] = {kind: {} for kind in Kind}
        self.projects: dict[Ref, DesiredProject] = {}
        self.datasets: dict[Ref, DesiredDataset] = {}
        self.models: dict[Ref, DesiredModel] = {}
        self.children: dict[Ref, list[Declared]] = {}
        self.datasets_of: dict[Ref, list[DesiredDataset]] = {}
        self.models_on: dict[Ref, list[DesiredModel]] = {}
        for ref, one in present.items():
            self.of[ref.kind][ref] = one
            if one.parent is not None:
                self.children.setdefault(one.parent, []).append(one)
            match one:
                case DesiredModel():
                    self.models[ref] = one
                    self.models_on.setdefault(one.dataset, []).append(one)
                case DesiredDataset():
                    self.datasets[ref] = one
                    self.datasets_of.setdefault(one.project, []).append(one)
                case DesiredProject():
                    self.projects[ref] = one
                case _:
                    pass  # of a kind that has no view of its own
        self.project_of: dict[Ref, Ref] = {}
        """Filled as it is asked for."""
        self.former = frozenset(
            (ref.kind, one.moved_from) for ref, one in present.items() if one.moved_from is not None
        )


_NO_INDEX = _Index({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """A whole tree: the objects that shall exist (`present`) and those that shall be deleted, both sorted by ref.

    `projects`, `datasets` and `models` are views of `present`. `warnings` are the problems that stop nothing.
    """

    present: Mapping[Ref, Declared] = field(default_factory=dict)
    absent: Mapping[Ref, Absent] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()
    adopted: Adoption = NOTHING_ADOPTED
    """What people made by hand, and what git takes it for."""
    elsewhere: Mapping[Thing, str] = field(default_factory=dict)
    """What other roots of the repository declare in this account, and which root that is."""
    galleries: "Mapping[str, DesiredGallery]" = field(default_factory=dict)
    """By name. They are no objects: nothing of them is live."""
    waived: frozenset[tuple[Ref, str]] = frozenset()
    """Rules about a whole dataset that its manifest waives on the day of reading."""
    index: _Index = field(default=_NO_INDEX, repr=False, compare=False)
    """Objects by kind and by parent. `replace` hands it on, so that a tree with other warnings is not indexed again."""

    def __post_init__(self) -> None:
        """Index the objects once, so that a question does not walk a large tree."""
        if self.index.present is not self.present:
            object.__setattr__(self, "index", _Index(self.present))

    @property
    def projects(self) -> Mapping[Ref, DesiredProject]:
        """The declared projects."""
        return self.index.projects

    @property
    def datasets(self) -> Mapping[Ref, DesiredDataset]:
        """The declared datasets."""
        return self.index.datasets

    @property
    def models(self) -> Mapping[Ref, DesiredModel]:
        """The declared models."""
        return self.index.models

    @property
    def former(self) -> frozenset[tuple[Kind, str]]:
        """The names, by kind, under which what is declared now was live before."""
        return self.index.former

    def of(self, kind: Kind) -> Mapping[Ref, Declared]:
        """The declared objects of a kind."""
        return self.index.of[kind]

    def ancestors(self, ref: Ref) -> tuple[Ref, ...]:
        """What a declared object stands on, the nearest first: a model's dataset, then its project."""
        one = self.present.get(ref)
        return () if one is None or one.parent is None else (one.parent, *self.ancestors(one.parent))

    def project_of(self, ref: Ref) -> Ref:
        """The project that an object belongs to (a project belongs to itself)."""
        if ref in self.absent:
            return self.absent[ref].project
        known = self.index.project_of.get(ref)
        if known is None:
            one = self.present.get(ref)
            known = ref if one is None or one.parent is None else self.project_of(one.parent)
            self.index.project_of[ref] = known
        return known

    def inside(self, ref: Ref) -> tuple[Declared, ...]:
        """All that stands on a declared object, directly or not: each child, then what stands on that."""
        children = self.index.children.get(ref, ())
        return tuple(one for child in children for one in (child, *self.inside(child.ref)))

    def family_of(self, project: Ref) -> Family | None:
        """The family that a project declares, or that its datasets have; None where neither says one."""
        declared = self.projects[project].family
        return declared or next((dataset.guide.family for dataset in self.datasets_of(project)), None)

    def models_on(self, dataset: Ref) -> tuple[DesiredModel, ...]:
        """The models declared on a dataset."""
        return tuple(self.index.models_on.get(dataset, ()))

    def datasets_of(self, project: Ref) -> tuple[DesiredDataset, ...]:
        """The datasets declared in a project."""
        return tuple(self.index.datasets_of.get(project, ()))

    def updated(self, *objects: Declared) -> "Desired":
        """The same tree with these objects, each in place of the one that has its ref."""
        present = {**self.present, **{one.ref: one for one in objects}}
        return replace(self, present={ref: present[ref] for ref in in_order(present)})

    @property
    def refs(self) -> tuple[Ref, ...]:
        """Every manifest, present or absent."""
        return (*self.present, *self.absent)
