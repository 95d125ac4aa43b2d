"""The manifest format as types: what may be written in an envelope and in the spec of each kind."""

# mypy: disable-error-code="explicit-any"
# Pydantic gives every model a signature of its own, with Any in it; no Any is written here.

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, ValidationError, WithJsonSchema

from reconciler.core.guide import Family
from reconciler.core.promotion import Promotion
from reconciler.core.training import DEFAULT_POLICY, TrainingParameters, TrainingPolicy
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
Scheduler = Literal["linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup"]

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


class Strict(BaseModel):
    """Text stays text, numbers stay numbers, and an unknown key is an error."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


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


class PolicyKeys(Strict):
    """Whether and when a model is trained, and what is kept of it: these keys are never sent."""

    start: bool = Field(default=True, description="false: create the model, but do not start the training.")
    retrain: Literal["always", "never"] = Field(
        "always", description="never: once a version is trained, a new version of its dataset trains no other."
    )
    on_failure: Literal["keep", "retrain"] = Field(
        "keep", description="retrain: after a failed training, make the version anew and train that."
    )
    retries: Annotated[int, Field(ge=1, le=5)] = Field(
        1, description="How often at most with `on_failure: retrain`, 1 to 5."
    )
    on_superseded: Literal["wait", "stop"] = Field(
        "wait", description="stop: where a newer version is to be trained, stop the training of the older one."
    )
    keep_checkpoints: list[Annotated[int, Field(ge=1)]] | None = Field(
        None,
        description=(
            "Steps whose checkpoints `reconciler apply --prune` leaves beside the active one; it deletes the others. "
            "All stay if left out. For training_mode expert in the prefix family only."
        ),
    )

    @property
    def policy(self) -> TrainingPolicy:
        """The same as a value."""
        if self.model_fields_set.isdisjoint(_POLICIES):
            return DEFAULT_POLICY
        return TrainingPolicy(
            start=self.start,
            retrain=self.retrain,
            on_failure=self.on_failure,
            retries=self.retries,
            on_superseded=self.on_superseded,
            keep_checkpoints=None if self.keep_checkpoints is None else tuple(sorted(set(self.keep_checkpoints))),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Between which values a parameter should be, as the API's newer documents say; `below` is another parameter.

    The documents in force name no bounds, so a breach of them is a warning; only one of `below` is an error.
    """

    low: float
    high: float
    below: str = ""

    def __call__(self, schema: dict[str, JsonValue]) -> None:
        """Say it in the JSON Schema of the field."""
        if self.below:
            schema["description"] = f"From {_plain(self.low)}, and not above {self.below}."
        else:
            schema["description"] = f"{_plain(self.low)} to {_plain(self.high)}."


def _plain(number: float) -> str:
    """A number without an exponent: 0.000001."""
    return f"{number:.6f}".rstrip("0").rstrip(".")


class ParameterKeys(Strict):
    """What a model is trained with. What is declared is sent, and counts in the fingerprint; the rest Bria chooses.

    All that is known of a parameter stands at its field: another one is a field more here, and nothing elsewhere.
    """

    rank: Annotated[int | None, Field(ge=1)] = Field(None, json_schema_extra=Bounds(low=4, high=256))
    learning_rate: Annotated[float | None, Field(gt=0, allow_inf_nan=False)] = Field(
        None, json_schema_extra=Bounds(low=1e-6, high=1e-3)
    )
    lr_scheduler: Scheduler | None = None
    lr_warmup_steps: Annotated[int | None, Field(ge=0)] = Field(None, json_schema_extra=Bounds(low=0, high=1000))
    total_training_steps: Annotated[int | None, Field(ge=1)] = Field(None, json_schema_extra=Bounds(low=1, high=5000))
    checkpoint_interval: Annotated[int | None, Field(ge=1)] = Field(
        None, json_schema_extra=Bounds(low=100, high=5000, below="total_training_steps")
    )

    @property
    def parameters(self) -> TrainingParameters:
        """The declared ones, sorted by name."""
        values = ((name, getattr(self, name)) for name in sorted(self.model_fields_set & _PARAMETERS))
        return tuple((name, value) for name, value in values if value is not None)

    def leaves_no_checkpoint_after(self, step: int) -> str:
        """Why a training with what is declared leaves no checkpoint after so many steps, as a sentence; empty if it may.

        There is one at each interval and one at the end.
        """
        total, interval = self.total_training_steps, self.checkpoint_interval
        if total is not None and step > total:
            return f"It ends after {total} steps."
        if interval is not None and step % interval and step != total:
            return f"It leaves one every {interval} steps, and one at its end."
        return ""

    @classmethod
    def bounds_of(cls, name: str) -> Bounds | None:
        """The bounds of a parameter; None where it has none."""
        bounds = cls.model_fields[name].json_schema_extra
        return bounds if isinstance(bounds, Bounds) else None


_POLICIES, _PARAMETERS = frozenset(PolicyKeys.model_fields), frozenset(ParameterKeys.model_fields)


class Training(ParameterKeys, PolicyKeys):
    """Whether and when the model is trained, and with what. Parameters are for training_mode expert only."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One value that does not fit its type: pydantic's id of the fault, the steps to it, and the types' own words."""

    kind: str
    steps: tuple[str | int, ...]
    message: str


_M = TypeVar("_M", bound=Strict)


def fit(model: type[_M], value: object) -> _M | tuple[Mismatch, ...]:
    """The value as this type, or everything that does not fit."""
    try:
        found = model.model_validate(value)
    except ValidationError as error:
        return tuple(
            Mismatch(kind=found["type"], steps=found["loc"], message=found["msg"])
            for found in error.errors(include_url=False, include_input=False, include_context=False)
        )
    _share_sets(found)
    return found


_SAID: dict[frozenset[str], set[str]] = {}
"""Each set of written fields that a value has, once."""


def _share_sets(model: BaseModel) -> None:
    """Let a value share with all others the set of the fields that were written. They were a seventh of a large tree's memory."""
    said = model.__pydantic_fields_set__
    object.__setattr__(model, "__pydantic_fields_set__", _SAID.setdefault(frozenset(said), said))
    for value in model.__dict__.values():
        if hasattr(value, "__pydantic_fields_set__"):  # asking for the type runs code of the library each time
            _share_sets(value)
