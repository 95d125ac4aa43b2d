"""What people make without this project: by calls of the API and by edits in the console, with names of their own.

    hand = ByHand(simulator)
    project = hand.project("BriaPhant")
    dataset = hand.dataset(project, "My elephants", [Picture("1.png", drawn(1)), Picture("1.png", drawn(2))])
    model = hand.model(dataset, "elephant final 2")

`notebook(hand)` makes the world of a notebook and of the people after it: names from people, two images of one name, one
picture twice, numbers as names, captions edited in the console, in both families. `tree_of(folder, world)` writes the
manifests and files from which it was made.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw

from reconciler.simulator import Simulator, console
from tests.simulator.outsider import directly, made, raw64

PREFIX = "A photo of a character named Briaphant, a purple skinned elephant, "
SCHEMA = {"style": "paper craft", "subject": {"kind": "kite"}}


@cache
def drawn(seed: int, width: int = 320, height: int = 300, form: str = "PNG") -> bytes:
    """A picture that looks like no other: a few coloured boxes on a coloured ground."""
    random = Random(seed)

    def colour() -> tuple[int, int, int]:
        return random.randrange(256), random.randrange(256), random.randrange(256)

    image = Image.new("RGB", (width, height), colour())
    draw = ImageDraw.Draw(image)
    for _ in range(6):
        left, top = random.randrange(width - 60), random.randrange(height - 60)
        draw.rectangle((left, top, left + random.randrange(40, width), top + random.randrange(40, height)), colour())
    file = BytesIO()
    image.save(file, form)
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class Picture:
    """One image as somebody uploads it: its name, its bytes, and the caption that they gave it in the console, if any."""

    name: str
    content: bytes
    caption: str | None = None


class ByHand:
    """A person, or a script of theirs, at work on a simulated account."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.api = directly(simulator)

    def project(self, name: str, **fields: object) -> int:
        """A project."""
        return self.api.project(project_name=name, **fields)

    def dataset(
        self,
        project: int,
        name: str,
        pictures: Iterable[Picture],
        *,
        guide: str | Mapping[str, object] | None = PREFIX,
        status: str = "completed",
        **fields: object,
    ) -> int:
        """A dataset with its guide, images and captions. A mapping as guide makes it one of the schema family."""
        if guide is not None and not isinstance(guide, str):
            fields = {"training_version": "fibo", **fields}
        dataset = self.api.dataset(project, name=name, **fields)
        if isinstance(guide, str):
            console.edit_dataset(self.simulator, dataset, caption_prefix=guide)
        elif guide is not None:
            console.edit_dataset(self.simulator, dataset, visual_schema=json.dumps(guide))
        for picture in pictures:
            self.image(dataset, picture)
        console.edit_dataset(self.simulator, dataset, status=status)
        return dataset

    def zipped(self, project: int, name: str, address: str, **fields: object) -> int:
        """A dataset whose images the API fetches as a zip from an address, with the captions that it writes itself."""
        dataset = self.api.dataset(project, name=name, upload_type="advanced", **fields)
        console.edit_dataset(self.simulator, dataset, caption_prefix=PREFIX)
        body = {"zip_url": address, "automatic_captioning": True}
        answer = self.api.post(f"/tailored-gen/datasets/{dataset}/images/bulk-upload", body)
        assert answer.status_code == 202, answer.text
        while (
            self.api.get(f"/tailored-gen/datasets/{dataset}/images/bulk-upload/status").json()["status"] != "completed"
        ):
            pass
        console.edit_dataset(self.simulator, dataset, status="completed")
        return dataset

    def image(self, dataset: int, picture: Picture) -> int:
        """One image in a draft."""
        path = f"/tailored-gen/datasets/{dataset}/images"
        image = made(self.api.post(path, {"file": raw64(picture.content), "image_name": picture.name}))
        if picture.caption is not None:
            console.edit_image(self.simulator, image, caption=picture.caption)
        return image

    def model(
        self,
        dataset: int,
        name: str,
        *,
        parameters: Mapping[str, object] | None = None,
        status: str | None = "Completed",
        **fields: object,
    ) -> int:
        """A model, expert where it has parameters; trained to this end, or not started at all."""
        if parameters is not None:
            fields = {"training_mode": "expert", **fields}
        model = self.api.model(dataset, name=name, **fields)
        if status is not None:
            answer = self.api.post(f"/tailored-gen/models/{model}/start_training", dict(parameters or {}))
            assert answer.status_code == 200, answer.text
            console.end_training(self.simulator, model, status)
        return model


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeDataset:
    """A dataset of the world, and the name that a manifest gives it."""

    ref: str
    project: str
    id: int
    guide: str | Mapping[str, object]
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeModel:
    """A model of the world, and the name that a manifest gives it."""

    ref: str
    dataset: str
    id: int
    spec: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeByHand:
    """What was made: ids of projects by the names that manifests give them, datasets and models."""

    projects: Mapping[str, int]
    datasets: tuple[MadeDataset, ...]
    models: tuple[MadeModel, ...]

    def adopted(self) -> list[tuple[str, int]]:
        """Refs and ids of all that has versions, datasets first."""
        return [(f"dataset/{one.ref}", one.id) for one in self.datasets] + [
            (f"model/{one.ref}", one.id) for one in self.models
        ]


PROJECTS = {
    "briaphant": {"project_name": "BriaPhant project (Mon)", "ip_medium": "photography", "ip_type": "defined_character"}
    | {"ip_name": "BriaPhant", "ip_description": "a purple skinned elephant"},
    "kites": {"project_name": "Kites, take 2", "ip_medium": "illustration", "ip_type": "other"},
}
ELEPHANTS = (
    *(Picture(f"{number}.png", drawn(number)) for number in (1, 2, 3, 4)),
    Picture("5", drawn(5), "seen from behind."),
    Picture("elephant at dusk (final).png", drawn(6), "standing at dusk.\nIt looks left."),
)
"""Numbers as names, with and without a suffix, and captions that somebody wrote in the console."""

SHARED = (
    Picture("image.png", drawn(11)),
    Picture("image.png", drawn(12), "a mug with a handle."),
    Picture("mug.png", drawn(13)),
    Picture("mug copy.png", drawn(13)),
    Picture("plate.png", drawn(14)),
)
"""Two pictures under one name, and one picture under two names."""

KITES = tuple(
    Picture(f"kite-{letter}.png", drawn(20 + number), '{"colour": "red"}' if number == 1 else None)
    for number, letter in enumerate("abcdef")
)


def notebook(hand: ByHand, *, schema: bool = True) -> MadeByHand:
    """The world of a notebook and of the people after it; with `schema`, a project of the schema family too."""
    elephants = _project(hand, "briaphant")
    poses = hand.dataset(elephants, "BriaPhant dataset", ELEPHANTS)
    shared = hand.dataset(elephants, "objects v2 FINAL", SHARED, guide="A photo of ")
    datasets = [
        MadeDataset(ref="elephants", project="briaphant", id=poses, guide=PREFIX, pictures=ELEPHANTS),
        MadeDataset(ref="objects", project="briaphant", id=shared, guide="A photo of ", pictures=SHARED),
    ]
    models = [
        MadeModel(
            ref="elephant-max",
            dataset="elephants",
            id=hand.model(poses, "elephant final 2", training_version="max"),
            spec={"training_mode": "fully_automated", "training_version": "max"},
        ),
        MadeModel(
            ref="objects-expert",
            dataset="objects",
            id=hand.model(shared, "Objects r64", parameters={"rank": 64}, training_version="bria-3.2"),
            spec={"training_mode": "expert", "training_version": "bria-3.2", "training": {"rank": 64}},
        ),
    ]
    projects = {"briaphant": elephants}
    if schema:
        projects["kites"] = _project(hand, "kites")
        kites = hand.dataset(projects["kites"], "Kites 2026-11", KITES, guide=SCHEMA)
        datasets.append(MadeDataset(ref="kites", project="kites", id=kites, guide=SCHEMA, pictures=KITES))
        model = hand.model(kites, "kites!")
        models.append(MadeModel(ref="kites-auto", dataset="kites", id=model, spec={"training_mode": "fully_automated"}))
    return MadeByHand(projects=projects, datasets=tuple(datasets), models=tuple(models))


def _project(hand: ByHand, name: str) -> int:
    fields: dict[str, object] = {**PROJECTS[name]}
    return hand.project(str(fields.pop("project_name")), **fields)


def tree_of(folder: Path, world: MadeByHand, *, pins: bool = False) -> Path:
    """The root of manifests that declare what was made, with its files. JSON is YAML, so no writer is needed.

    A picture that was uploaded twice is one file. Files of one name stand in folders of their own. With `pins`, each project
    bears its live id.
    """
    root = folder / "manifests"
    for name, id_ in world.projects.items():
        metadata = {"name": name} | ({"id": id_} if pins else {})
        family = {"family": "schema"} if name == "kites" else {}
        _write(root, "Project", metadata, {**PROJECTS[name], **family})
    for dataset in world.datasets:
        images = root / dataset.ref
        seen: set[bytes] = set()
        captions = {}
        for number, picture in enumerate(dataset.pictures):
            if picture.content in seen:
                continue
            seen.add(picture.content)
            name = picture.name if picture.name.endswith(".png") else f"{picture.name}.png"
            path = images / (name if not (images / name).exists() else f"{number}/{name}")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(picture.content)
            if picture.caption is not None:
                captions[str(path.relative_to(images))] = picture.caption
        if captions:
            (images / "captions.yaml").write_text(json.dumps(captions, indent=1) + "\n")
        guide = "caption_prefix" if isinstance(dataset.guide, str) else "visual_schema"
        spec = {"project": dataset.project, guide: dataset.guide, "images": {"path": f"{dataset.ref}/"}}
        source = "file" if captions else "automatic"
        _write(root, "Dataset", {"name": dataset.ref}, {**spec, "captions": {"source": source}})
    for model in world.models:
        _write(root, "Model", {"name": model.ref}, {"dataset": model.dataset, **model.spec})
    return root


def _write(root: Path, kind: str, metadata: Mapping[str, object], spec: Mapping[str, object]) -> None:
    root.mkdir(exist_ok=True)
    document = {"apiVersion": "reconciler/v1", "kind": kind, "metadata": metadata, "spec": spec}
    (root / f"{kind.lower()}-{metadata['name']}.yaml").write_text(json.dumps(document, indent=1) + "\n")
