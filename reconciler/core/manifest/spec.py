"""The manifest format as types: what may be written in an envelope and in the spec of each kind."""

from typing import Annotated, Literal

from reconciler.core.guide import Family
from reconciler.core.manifest.strict import Strict
from reconciler.core.manifest.training_spec import Training
from reconciler.core.promotion import Promotion
from reconciler.core.strictjson import Value
from reconciler.core.typed import Key
from reconciler.core.uploads import Uploads, uploads_of
from reconciler.core.value import dataclass

API_VERSION = "reconciler/v1"

IpMedium = Literal["photography", "illustration"]
IpType = Literal[
    "defined_character",
    "stylized_scene",
    "object_variants",
    "multi_object_set",
    "icons",
    "character_variants",
    "other",
]
TrainingVersion = Literal["light", "max", "bria-2.3", "bria-3.2"]

Name = Annotated[
    str,
    Key(
        schema={"pattern": "^[a-z0-9]([a-z0-9-]{0,26}[a-z0-9])?$", "maxLength": 28},
        description="The identity: lower-case letters, digits and hyphens, at most 28, unique for each kind.",
    ),
]
SingleLine = Annotated[str, Key(schema={"pattern": r"^[^\r\n]*$"})]
HistoryLimit = Annotated[
    int | None,
    Key(ge=1, le=100, description="How many versions `--prune` keeps, 1 to 100; all of them if left out."),
]
Version = Annotated[str, Key(schema={"pattern": "^(current|[a-z][0-9a-f]{6,12}|v[1-9][0-9]{0,8})$"})]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Strict):
    """What the object was called before, so that what is live is renamed and not made anew."""

    former: Annotated[
        str,
        Key(
            name="from",
            description="The former metadata.name of a dataset or model, or the name that somebody gave it in the console; "
            "the former project_name of a project.",
            schema={"minLength": 1, "maxLength": 200, "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*$"},
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata(Strict):
    """Who an object is."""

    name: Name
    ensure: Annotated[
        Literal["present", "absent"],
        Key(description="absent: delete every live version of it. Then all that finds it is enough."),
    ] = "present"
    moved: Moved | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectMetadata(Metadata):
    """Who a project is."""

    id: Annotated[
        int | None,
        Key(
            ge=1,
            lt=2**63,
            description="The live id of an existing project to take over; can be dropped once it holds an object.",
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSpec(Strict):
    """A project: what the images show. The fields are those of the API."""

    project_name: Annotated[
        SingleLine | None, Key(description="The live name; the name of the manifest if left out.")
    ] = None
    project_description: Annotated[str | None, Key(description="A note for people.")] = None
    ip_name: Annotated[
        SingleLine | None,
        Key(description="What the character is called, 1 to 3 words. Required for defined_character."),
    ] = None
    ip_description: Annotated[
        SingleLine | None,
        Key(description="What it looks like, up to 6 words. Required for defined_character and object_variants."),
    ] = None
    ip_medium: Annotated[IpMedium, Key(description="Photographs or illustrations. Cannot be changed later.")]
    ip_type: Annotated[IpType, Key(description="What kind of thing is learned. Cannot be changed later.")]
    family: Annotated[
        Family | None,
        Key(
            description="prefix or schema: how its datasets guide their captions, with a caption_prefix or a visual_schema. "
            "It follows from the datasets if left out."
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Images(Strict):
    """Which files are the images of a dataset."""

    path: Annotated[str, Key(description="The folder of the images, relative to this file.")]
    include: Annotated[
        Annotated[list[str], Key(min_length=1)] | None,
        Key(
            description="Patterns of files below the folder; all images below it if left out. "
            "* stands for anything but a slash, ** for any folders, ? for one character, [a-z] for one of these."
        ),
    ] = None
    increase_resolution: Annotated[
        bool, Key(description="Let Bria scale images with sides of 256 to 1023 pixels up to 1024.")
    ] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Captions(Strict):
    """Where the captions come from."""

    source: Annotated[
        Literal["automatic", "sidecar", "file"],
        Key(
            description="automatic: Bria writes them. sidecar: pose.txt or pose.caption beside pose.png (pose.json with a "
            "visual_schema). file: captions.yaml, metadata.jsonl or metadata.csv in the image folder or below it."
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver(Strict):
    """Findings of `reconciler doctor` that are accepted; what Bria would refuse cannot be."""

    rule: Annotated[str, Key(description="The id of the rule, as `reconciler doctor` prints it.")]
    images: Annotated[
        Annotated[list[str], Key(min_length=1)] | None,
        Key(description="Patterns of images below the image folder, as in `include`; all findings if left out."),
    ] = None
    reason: Annotated[str, Key(description="Why, for whoever reads it later.", schema={"minLength": 1})]
    until: Annotated[
        str | None,
        Key(
            description="The last day on which it holds, as 2027-01-31; for good if left out.",
            schema={"pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSpec(Strict):
    """A dataset: images with captions, of one project."""

    project: Annotated[Name, Key(description="metadata.name of its project.")]
    upload_type: Annotated[
        Literal["basic", "advanced"],
        Key(description="basic: up to 200 images, one by one. advanced: up to 5,000 images and 5 GB, in one archive."),
    ] = "basic"
    caption_prefix: Annotated[
        str | None,
        Key(
            description="The text that every caption continues. A dataset needs this, or a visual_schema, or a visual_schema_file: "
            "one of the three, and never written by a default."
        ),
    ] = None
    visual_schema: Annotated[
        dict[str, Value] | None,
        Key(
            whole_schema={"type": "object"},
            description="The JSON document that every caption follows, in the schema family.",
        ),
    ] = None
    visual_schema_file: Annotated[
        str | None, Key(description="A file that holds it as JSON, relative to this file, instead of visual_schema.")
    ] = None
    images: Images
    captions: Annotated[Captions | None, Key(description="Automatic captions if left out.")] = None
    status: Annotated[
        Literal["draft", "completed"],
        Key(description="draft: the dataset is filled but not completed, so that its captions can be reviewed."),
    ] = "completed"
    clone: Annotated[
        Literal["auto", "never"],
        Key(description="auto: a new version starts as a copy of the one before. never: all images are sent anew."),
    ] = "auto"
    history_limit: HistoryLimit = None
    waive: Annotated[list[Waiver] | None, Key(description="Findings of `reconciler doctor` that are accepted.")] = None

    @property
    def guide_keys(self) -> tuple[str, ...]:
        """The keys by which a guide is declared; a manifest needs exactly one."""
        keys = ("caption_prefix", "visual_schema", "visual_schema_file")
        return tuple(key for key in keys if getattr(self, key) is not None)

    @property
    def guide_file(self) -> str | None:
        """The file that holds its guide, relative to this one; None where the manifest says the guide itself."""
        return self.visual_schema_file

    @property
    def family(self) -> Family:
        """How captions are guided; a dataset that declares no guide yet is taken for one with a prefix."""
        return "schema" if self.guide_keys and "caption_prefix" not in self.guide_keys else "prefix"

    @property
    def uploads(self) -> Uploads:
        """How images get into it."""
        return uploads_of(self.upload_type)

    @property
    def scales_up(self) -> bool:
        """Are small images scaled up? Those of an archive never are."""
        return self.images.increase_resolution and self.uploads.can_scale_up


_DEFAULT_VERSION = {"fully_automated": "max", "expert": "bria-3.2"}


EVERY_CASE = "all"
"""What `cases` of a promotion says instead of a list."""
_CASES: dict[str, Value] = {
    "oneOf": [{"const": EVERY_CASE}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]
}


_Names = Annotated[list[str], Key(min_length=1)]


def _listed(value: object) -> object:
    """`all` as None: whatever else is no list is told as one that is missing."""
    return None if value == EVERY_CASE else value


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionKeys(Strict):
    """Which aliases move only to a version that people have looked at and approved."""

    aliases: Annotated[
        _Names,
        Key(
            description="The aliases that are guarded, such as production. They name a fingerprint; all others move freely."
        ),
    ]
    gallery: Annotated[Name, Key(description="metadata.name of the gallery that has to be complete and approved.")]
    cases: Annotated[
        _Names | None,
        Key(before=_listed, whole_schema=_CASES, description="all (default), or the names of the cases that count."),
    ] = None

    @property
    def promotion(self) -> Promotion:
        """The same as a value."""
        cases = None if self.cases is None else tuple(dict.fromkeys(self.cases))
        return Promotion(aliases=tuple(dict.fromkeys(self.aliases)), gallery=self.gallery, cases=cases)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec(Strict):
    """A model: trained on one dataset."""

    dataset: Annotated[Name, Key(description="metadata.name of its dataset.")]
    description: Annotated[str | None, Key(description="A note for people.")] = None
    training_mode: Annotated[
        Literal["fully_automated", "expert"], Key(description="expert: the training parameters can be set.")
    ] = "fully_automated"
    training_version: Annotated[
        TrainingVersion | None,
        Key(
            description="light or max (default) for fully_automated, bria-2.3 or bria-3.2 (default) for expert. "
            "A model on a dataset with a visual_schema has none."
        ),
    ] = None
    training: Training | None = None
    mirror_aliases: Annotated[
        bool, Key(description="Write the aliases of each version into its description on the live side.")
    ] = False
    aliases: Annotated[
        dict[str, Version] | None,
        Key(
            description="Names for versions of this model: `current`, or the first characters of a fingerprint (a51be07).",
            schema={"propertyNames": {"pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"}},
        ),
    ] = None
    promotion: Annotated[
        PromotionKeys | None, Key(description="What guards aliases; they all move freely if left out.")
    ] = None
    history_limit: HistoryLimit = None

    def version_for(self, family: Family) -> str | None:
        """The training_version: declared, else Bria's default for the training mode; None in the schema family."""
        if family == "schema":
            return None
        return self.training_version or _DEFAULT_VERSION[self.training_mode]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body(Strict):
    """What a manifest of every kind says about itself; a kind adds its `spec`."""

    apiVersion: Literal["reconciler/v1"]  # noqa: N815 - the word of the envelope
    kind: str
    metadata: Metadata

    @property
    def parent(self) -> str | None:
        """The name of the object that it is declared in or on."""
        return None

    @property
    def live_name(self) -> str | None:
        """The name that the live side gives it, where the manifest says another than its own."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectBody(Body):
    """A project manifest."""

    kind: Literal["Project"]
    metadata: ProjectMetadata
    spec: ProjectSpec

    @property
    def live_name(self) -> str | None:
        """A project's name is free."""
        return self.spec.project_name


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetBody(Body):
    """A dataset manifest."""

    kind: Literal["Dataset"]
    spec: DatasetSpec

    @property
    def parent(self) -> str:
        """The name of its project."""
        return self.spec.project


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelBody(Body):
    """A model manifest."""

    kind: Literal["Model"]
    spec: ModelSpec

    @property
    def parent(self) -> str:
        """The name of its dataset."""
        return self.spec.dataset
