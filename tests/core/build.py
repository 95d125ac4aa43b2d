"""Small worlds for tests: a desired tree and a live side, a line each."""

import dataclasses
import hashlib
from dataclasses import replace

from reconciler.core.desired import Desired, DesiredDataset, DesiredImage, DesiredModel, DesiredProject
from reconciler.core.fingerprint import dataset_fingerprint
from reconciler.core.guide import PrefixGuide
from reconciler.core.kind import Kind
from reconciler.core.live import (
    DatasetStatus,
    ModelStatus,
    Observed,
    RemoteDataset,
    RemoteImage,
    RemoteModel,
    RemoteProject,
    by_identity,
)
from reconciler.core.name import live_image_name
from reconciler.core.problem import Location
from reconciler.core.ref import Ref
from reconciler.core.training import TrainingPolicy

PREFIX = "An illustration of a character named Lora,"
PROJECT = Ref(Kind.PROJECT, "lora")
DATASET = Ref(Kind.DATASET, "poses")
MODEL = Ref(Kind.MODEL, "max")
HERE = Location("manifests/lora.yaml", 1, 1)


def sha(text: str) -> str:
    """The digest of an image that is named by its content."""
    return hashlib.sha256(text.encode()).hexdigest()


def image(name: str, caption: str | None = None, *, content: str = "") -> DesiredImage:
    """An image file `NAME.png` whose bytes are its name, or `content`."""
    return DesiredImage(
        digest=sha(content or name), size=100, name=f"{name}.png", path=f"images/{name}.png", caption=caption
    )


def dataset(*images: DesiredImage, prefix: str = PREFIX, **fields: object) -> DesiredDataset:
    """The declared dataset."""
    made = DesiredDataset(
        ref=DATASET,
        location=HERE,
        project=PROJECT,
        guide=PrefixGuide(text=prefix),
        images=tuple(sorted(images, key=lambda image: image.digest)),
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def model(**fields: object) -> DesiredModel:
    """The declared model; keys of its policy stand beside its own fields, as in a manifest."""
    policy = {
        field.name: fields.pop(field.name) for field in dataclasses.fields(TrainingPolicy) if field.name in fields
    }
    made = DesiredModel(
        ref=MODEL,
        location=HERE,
        dataset=DATASET,
        training_mode="fully_automated",
        training_version="max",
        policy=TrainingPolicy(**policy),  # type: ignore[arg-type]
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def project(**fields: object) -> DesiredProject:
    """The declared project."""
    made = DesiredProject(
        ref=PROJECT,
        location=HERE,
        project_name="Branded Character",
        ip_name="Lora",
        ip_description="a girl",
        ip_medium="illustration",
        ip_type="defined_character",
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def tree(
    data: DesiredDataset | None = None, trained: DesiredModel | None = None, of: DesiredProject | None = None
) -> Desired:
    """A tree of one project, and one dataset and model where they are given."""
    objects = (of or project(), *([] if data is None else [data]), *([] if trained is None else [trained]))
    return Desired(present={one.ref: one for one in objects})


def live_project(id_: int = 1, **fields: object) -> RemoteProject:
    """The live project."""
    made = RemoteProject(
        id=id_,
        project_name="Branded Character",
        project_description="",
        ip_name="Lora",
        ip_description="a girl",
        ip_medium="illustration",
        ip_type="defined_character",
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def live_image(
    id_: int, name: str, caption: str | None = "seen.", source: str | None = "automatic", *, content: str = ""
) -> RemoteImage:
    """A live image with the key of `content`, or of its name."""
    return RemoteImage(
        id=id_,
        image_name=live_image_name(f"{name}.png", sha(content or name)),
        caption=caption,
        caption_source=source,
    )


def live_dataset(id_: int, name: str, *images: RemoteImage, prefix: str = PREFIX, **fields: object) -> RemoteDataset:
    """A live dataset, read in full; completed unless its name says draft."""
    made = RemoteDataset(
        id=id_,
        name=name,
        status=DatasetStatus.DRAFT if " draft " in name else DatasetStatus.COMPLETED,
        project_id=1,
        family="prefix",
        guide=PrefixGuide(text=prefix),
        upload_type="basic",
        images_count=len(images),
        images=images,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def live_model(id_: int, name: str, status: ModelStatus = ModelStatus.COMPLETED, **fields: object) -> RemoteModel:
    """A live model on dataset 10."""
    made = RemoteModel(id=id_, name=name, status=status, word=status.value, dataset_id=10, project_id=1, description="")
    return replace(made, **fields)  # type: ignore[arg-type]


def account(*things: RemoteProject | RemoteDataset | RemoteModel) -> Observed:
    """A live side that holds these."""
    return Observed(live=by_identity(things))


def print_of(data: DesiredDataset) -> str:
    """The fingerprint of a declared dataset."""
    return dataset_fingerprint(data)
