"""The manifest format as types: what may be written in an envelope and in the spec of each kind."""

# mypy: disable-error-code="explicit-any"
# Pydantic gives every model a signature of its own, with Any in it; no Any is written here.

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, JsonValue, WithJsonSchema

from reconciler.core.guide import Family
from reconciler.core.manifest.strict import Strict
from reconciler.core.manifest.training_spec import Training
from reconciler.core.promotion import Promotion
from reconciler.core.uploads import Uploads, uploads_of

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
    Field(
        json_schema_extra={"pattern": "^[a-z0-9]([a-z0-9-]{0,26}[a-z0-9])?$", "maxLength": 28},
        description="The identity: lower-case letters, digits and hyphens, at most 28, unique for each kind.",
    ),
]
SingleLine = Annotated[str, Field(json_schema_extra={"pattern": r"^[^\r\n]*$"})]
HistoryLimit = Annotated[
    int | None,
    Field(ge=1, le=100, description="How many versions `--prune` keeps, 1 to 100; all of them if left out."),
]
Version = Annotated[str, Field(json_schema_extra={"pattern": "^(current|[a-z][0-9a-f]{6,12}|v[1-9][0-9]{0,8})$"})]


class Moved(Strict):
    """What the object was called before, so that what is live is renamed and not made anew."""

    former: str = Field(
        alias="from",
        description=(
            "The former metadata.name of a dataset or model, or the name that somebody gave it in the console; "
            "the former project_name of a project."
        ),
        json_schema_extra={"minLength": 1, "maxLength": 200, "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*$"},
    )


class Metadata(Strict):
    """Who an object is."""

    name: Name
    ensure: Literal["present", "absent"] = Field(
        "present", description="absent: delete every live version of it. Then all that finds it is enough."
    )
    moved: Moved | None = None


class ProjectMetadata(Metadata):
    """Who a project is."""

    id: Annotated[int | None, Field(ge=1, lt=2**63)] = Field(
        None, description="The live id of an existing project to take over; can be dropped once it holds an object."
    )


class ProjectSpec(Strict):
    """A project: what the images show. The fields are those of the API."""

    project_name: SingleLine | None = Field(None, description="The live name; the name of the manifest if left out.")
    project_description: str | None = Field(None, description="A note for people.")
    ip_name: SingleLine | None = Field(
        None, description="What the character is called, 1 to 3 words. Required for defined_character."
    )
    ip_description: SingleLine | None = Field(
        None,
        description="What it looks like, up to 6 words. Required for defined_character and object_variants.",
    )
    ip_medium: IpMedium = Field(description="Photographs or illustrations. Cannot be changed later.")
    ip_type: IpType = Field(description="What kind of thing is learned. Cannot be changed later.")
    family: Family | None = Field(
        None,
        description=(
            "prefix or schema: how its datasets guide their captions, with a caption_prefix or a visual_schema. "
            "It follows from the datasets if left out."
        ),
    )


class Images(Strict):
    """Which files are the images of a dataset."""

    path: str = Field(description="The folder of the images, relative to this file.")
    include: Annotated[list[str], Field(min_length=1)] | None = Field(
        None,
        description=(
            "Patterns of files below the folder; all images below it if left out. "
            "* stands for anything but a slash, ** for any folders, ? for one character, [a-z] for one of these."
        ),
    )
    increase_resolution: bool = Field(
        default=True, description="Let Bria scale images with sides of 256 to 1023 pixels up to 1024."
    )


class Captions(Strict):
    """Where the captions come from."""

    source: Literal["automatic", "sidecar", "file"] = Field(
        description=(
            "automatic: Bria writes them. sidecar: pose.txt or pose.caption beside pose.png (pose.json with a "
            "visual_schema). file: captions.yaml, metadata.jsonl or metadata.csv in the image folder or below it."
        )
    )


class Waiver(Strict):
    """Findings of `reconciler doctor` that are accepted; what Bria would refuse cannot be."""

    rule: str = Field(description="The id of the rule, as `reconciler doctor` prints it.")
    images: Annotated[list[str], Field(min_length=1)] | None = Field(
        None, description="Patterns of images below the image folder, as in `include`; all findings if left out."
    )
    reason: str = Field(description="Why, for whoever reads it later.", json_schema_extra={"minLength": 1})
    until: str | None = Field(
        None,
        description="The last day on which it holds, as 2027-01-31; for good if left out.",
        json_schema_extra={"pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    )


class DatasetSpec(Strict):
    """A dataset: images with captions, of one project."""

    project: Name = Field(description="metadata.name of its project.")
    upload_type: Literal["basic", "advanced"] = Field(
        "basic",
        description="basic: up to 200 images, one by one. advanced: up to 5,000 images and 5 GB, in one archive.",
    )
    caption_prefix: str | None = Field(
        None,
        description=(
            "The text that every caption continues. A dataset needs this, or a visual_schema, or a visual_schema_file: "
            "one of the three, and never written by a default."
        ),
    )
    visual_schema: Annotated[dict[str, JsonValue] | None, WithJsonSchema({"type": "object"})] = Field(
        None, description="The JSON document that every caption follows, in the schema family."
    )
    visual_schema_file: str | None = Field(
        None, description="A file that holds it as JSON, relative to this file, instead of visual_schema."
    )
    images: Images
    captions: Captions | None = Field(None, description="Automatic captions if left out.")
    status: Literal["draft", "completed"] = Field(
        "completed", description="draft: the dataset is filled but not completed, so that its captions can be reviewed."
    )
    clone: Literal["auto", "never"] = Field(
        "auto", description="auto: a new version starts as a copy of the one before. never: all images are sent anew."
    )
    history_limit: HistoryLimit = None
    waive: list[Waiver] | None = Field(None, description="Findings of `reconciler doctor` that are accepted.")

    @property
    def guide_keys(self) -> tuple[str, ...]:
        """The keys by which a guide is declared; a manifest needs exactly one."""
        keys = ("caption_prefix", "visual_schema", "visual_schema_file")
        return tuple(key for key in keys if getattr(self, key) is not None)

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
_CASES = {"oneOf": [{"const": EVERY_CASE}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}


_Names = Annotated[list[str], Field(min_length=1)]


def _listed(value: object) -> object:
    """`all` as None: whatever else is no list is told as one that is missing."""
    return None if value == EVERY_CASE else value


class PromotionKeys(Strict):
    """Which aliases move only to a version that people have looked at and approved."""

    aliases: _Names = Field(
        description="The aliases that are guarded, such as production. They name a fingerprint; all others move freely."
    )
    gallery: Name = Field(description="metadata.name of the gallery that has to be complete and approved.")
    cases: Annotated[_Names | None, BeforeValidator(_listed), WithJsonSchema(_CASES)] = Field(
        None, description="all (default), or the names of the cases that count."
    )

    @property
    def promotion(self) -> Promotion:
        """The same as a value."""
        cases = None if self.cases is None else tuple(dict.fromkeys(self.cases))
        return Promotion(aliases=tuple(dict.fromkeys(self.aliases)), gallery=self.gallery, cases=cases)


class ModelSpec(Strict):
    """A model: trained on one dataset."""

    dataset: Name = Field(description="metadata.name of its dataset.")
    description: str | None = Field(None, description="A note for people.")
    training_mode: Literal["fully_automated", "expert"] = Field(
        "fully_automated", description="expert: the training parameters can be set."
    )
    training_version: TrainingVersion | None = Field(
        None,
        description=(
            "light or max (default) for fully_automated, bria-2.3 or bria-3.2 (default) for expert. "
            "A model on a dataset with a visual_schema has none."
        ),
    )
    training: Training | None = None
    mirror_aliases: bool = Field(
        default=False, description="Write the aliases of each version into its description on the live side."
    )
    aliases: dict[str, Version] | None = Field(
        None,
        description="Names for versions of this model: `current`, or the first characters of a fingerprint (a51be07).",
        json_schema_extra={"propertyNames": {"pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"}},
    )
    promotion: PromotionKeys | None = Field(None, description="What guards aliases; they all move freely if left out.")
    history_limit: HistoryLimit = None

    def version_for(self, family: Family) -> str | None:
        """The training_version: declared, else Bria's default for the training mode; None in the schema family."""
        if family == "schema":
            return None
        return self.training_version or _DEFAULT_VERSION[self.training_mode]


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


class ProjectBody(Body):
    """A project manifest."""

    kind: Literal["Project"]
    metadata: ProjectMetadata
    spec: ProjectSpec

    @property
    def live_name(self) -> str | None:
        """A project's name is free."""
        return self.spec.project_name


class DatasetBody(Body):
    """A dataset manifest."""

    kind: Literal["Dataset"]
    spec: DatasetSpec

    @property
    def parent(self) -> str:
        """The name of its project."""
        return self.spec.project


class ModelBody(Body):
    """A model manifest."""

    kind: Literal["Model"]
    spec: ModelSpec

    @property
    def parent(self) -> str:
        """The name of its dataset."""
        return self.spec.dataset
