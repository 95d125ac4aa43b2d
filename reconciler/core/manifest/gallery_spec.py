"""The format of a gallery as types. A module of its own, which only trees with a gallery and the JSON Schema need."""

from typing import Annotated, Literal

from reconciler.core.manifest.spec import Name
from reconciler.core.manifest.strict import Strict
from reconciler.core.typed import Key
from reconciler.core.value import dataclass

Share = Annotated[float, Key(ge=0, le=1, is_finite=True)]
Ratio = Literal["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9"]
CASES = 200
"""Cases of one gallery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidanceKeys(Strict):
    """A guidance method with its picture."""

    method: Literal["canny", "depth", "recoloring", "color_grid"]
    image: Annotated[str, Key(description="A picture, relative to this file.")]
    scale: Annotated[Share, Key(description="How strictly the picture is followed, 0 to 1.")] = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePromptKeys(Strict):
    """A picture to draw after."""

    image: Annotated[str | None, Key(description="A picture, relative to this file, or a public address.")] = None
    images: Annotated[
        Annotated[list[str], Key(min_length=1)] | None, Key(description="Several public addresses instead of `image`.")
    ] = None
    mode: Annotated[
        Literal["regular", "style_only"] | None, Key(description="All of it (regular), or its style alone.")
    ] = None
    scale: Annotated[Share | None, Key(description="0 to 1; 1 if left out.")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureKeys(Strict):
    """The picture whose structure is kept."""

    image: Annotated[str, Key(description="A picture, relative to this file, or a public address.")]
    influence: Annotated[Share | None, Key(description="0 to 1; 0.75 if left out.")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonKeys(Strict):
    """The person of a portrait."""

    image: Annotated[
        str, Key(description="A picture from the torso upward, relative to this file, or a public address.")
    ]
    id_strength: Annotated[Share | None, Key(description="0 to 1; 0.7 if left out.")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseKeys(Strict):
    """One case. Its parameters are those of `reconciler generate`, by the names of their options with _ for -."""

    name: Name
    kind: Annotated[
        Literal["image", "vector", "reimagine", "portrait", "structured"],
        Key(description="What is drawn. Not every model draws everything."),
    ] = "image"
    prompt: Annotated[str | None, Key(description="What is to be drawn. A portrait has none.")] = None
    structured_prompt: Annotated[
        str | None, Key(description="A JSON file with a structured prompt, relative to this file; schema family only.")
    ] = None
    seed: Annotated[
        int, Key(description="The same seed draws the same picture; without one nothing could be compared.")
    ]
    aspect_ratio: Ratio | None = None
    steps: int | None = None
    fast: bool | None = None
    negative_prompt: str | None = None
    influence: Annotated[float | None, Key(is_finite=True)] = None
    prefix: Annotated[bool, Key(description="false: the prefix of the model does not stand before the prompt.")] = True
    guidance: Annotated[list[GuidanceKeys] | None, Key(description="Two at most, of one aspect ratio.")] = None
    image_prompt: ImagePromptKeys | None = None
    structure: Annotated[StructureKeys | None, Key(description="For kind: reimagine.")] = None
    person: Annotated[PersonKeys | None, Key(description="For kind: portrait.")] = None
    guidance_scale: int | None = None
    enhance_prompt: bool | None = None
    enhance_image: bool | None = None
    moderation: bool | None = None
    prompt_moderation: bool | None = None
    ip_signal: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryMetadata(Strict):
    """What a gallery is called."""

    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class GallerySpec(Strict):
    """A gallery: what each version of a model is to draw. It has no live side."""

    model: Annotated[Name, Key(description="metadata.name of the model that draws.")]
    path: Annotated[str, Key(description="The folder of its results, relative to this file. Nothing else lies in it.")]
    checkpoints: Annotated[
        Annotated[list[Annotated[int, Key(ge=1)]], Key(min_length=1)] | None,
        Key(description="Steps of checkpoints that draw too, for models of training_mode expert."),
    ] = None
    cases: Annotated[list[CaseKeys], Key(min_length=1, max_length=CASES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryBody(Strict):
    """A gallery manifest."""

    apiVersion: Literal["reconciler/v1"]  # noqa: N815 - the word of the envelope
    kind: Literal["Gallery"]
    metadata: GalleryMetadata
    spec: GallerySpec
