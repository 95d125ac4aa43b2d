"""The format of a gallery as types. A module of its own, which only trees with a gallery and the JSON Schema need."""

# mypy: disable-error-code="explicit-any"
# Pydantic gives every model a signature of its own, with Any in it; no Any is written here.

from typing import Annotated, Literal

from pydantic import Field

from reconciler.core.manifest.spec import Name
from reconciler.core.manifest.strict import Strict

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Ratio = Literal["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9"]
CASES = 200
"""Cases of one gallery."""


class GuidanceKeys(Strict):
    """A guidance method with its picture."""

    method: Literal["canny", "depth", "recoloring", "color_grid"]
    image: str = Field(description="A picture, relative to this file.")
    scale: Share = Field(1.0, description="How strictly the picture is followed, 0 to 1.")


class ImagePromptKeys(Strict):
    """A picture to draw after."""

    image: str | None = Field(None, description="A picture, relative to this file, or a public address.")
    images: Annotated[list[str], Field(min_length=1)] | None = Field(
        None, description="Several public addresses instead of `image`."
    )
    mode: Literal["regular", "style_only"] | None = Field(None, description="All of it (regular), or its style alone.")
    scale: Share | None = Field(None, description="0 to 1; 1 if left out.")


class StructureKeys(Strict):
    """The picture whose structure is kept."""

    image: str = Field(description="A picture, relative to this file, or a public address.")
    influence: Share | None = Field(None, description="0 to 1; 0.75 if left out.")


class PersonKeys(Strict):
    """The person of a portrait."""

    image: str = Field(description="A picture from the torso upward, relative to this file, or a public address.")
    id_strength: Share | None = Field(None, description="0 to 1; 0.7 if left out.")


class CaseKeys(Strict):
    """One case. Its parameters are those of `reconciler generate`, by the names of their options with _ for -."""

    name: Name
    kind: Literal["image", "vector", "reimagine", "portrait", "structured"] = Field(
        "image", description="What is drawn. Not every model draws everything."
    )
    prompt: str | None = Field(None, description="What is to be drawn. A portrait has none.")
    structured_prompt: str | None = Field(
        None, description="A JSON file with a structured prompt, relative to this file; schema family only."
    )
    seed: Annotated[
        int, Field(description="The same seed draws the same picture; without one nothing could be compared.")
    ]
    aspect_ratio: Ratio | None = None
    steps: int | None = None
    fast: bool | None = None
    negative_prompt: str | None = None
    influence: Annotated[float | None, Field(allow_inf_nan=False)] = None
    prefix: bool = Field(default=True, description="false: the prefix of the model does not stand before the prompt.")
    guidance: list[GuidanceKeys] | None = Field(None, description="Two at most, of one aspect ratio.")
    image_prompt: ImagePromptKeys | None = None
    structure: StructureKeys | None = Field(None, description="For kind: reimagine.")
    person: PersonKeys | None = Field(None, description="For kind: portrait.")
    guidance_scale: int | None = None
    enhance_prompt: bool | None = None
    enhance_image: bool | None = None
    moderation: bool | None = None
    prompt_moderation: bool | None = None
    ip_signal: bool | None = None


class GalleryMetadata(Strict):
    """What a gallery is called."""

    name: Name


class GallerySpec(Strict):
    """A gallery: what each version of a model is to draw. It has no live side."""

    model: Name = Field(description="metadata.name of the model that draws.")
    path: str = Field(description="The folder of its results, relative to this file. Nothing else lies in it.")
    checkpoints: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1)] | None = Field(
        None, description="Steps of checkpoints that draw too, for models of training_mode expert."
    )
    cases: Annotated[list[CaseKeys], Field(min_length=1, max_length=CASES)]


class GalleryBody(Strict):
    """A gallery manifest."""

    apiVersion: Literal["reconciler/v1"]  # noqa: N815 - the word of the envelope
    kind: Literal["Gallery"]
    metadata: GalleryMetadata
    spec: GallerySpec
