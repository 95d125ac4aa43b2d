"""A simulator in a process of its own, whose account holds just what a tree declares."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.process import ours
from benchmarks.tree import SIDE
from reconciler.core.desired import Desired, DesiredDataset, DesiredModel
from reconciler.core.fingerprint import dataset_fingerprint, declared_fingerprint
from reconciler.core.name import FinalName, live_image_name
from reconciler.simulator import SqliteStore
from reconciler.simulator.world import Dataset, Image, Model, Project, World


def write_world(store: Path, desired: Desired) -> None:
    """The file of a simulator in which all of it is completed and in force."""
    world = World()
    project = next(iter(desired.projects.values()))
    row = Project(
        id=world.projects.claim(),
        project_name=project.project_name,
        project_description=project.project_description,
        ip_name=project.ip_name,
        ip_description=project.ip_description,
        ip_medium=project.ip_medium,
        ip_type=project.ip_type,
        created=0.0,
        updated=0.0,
    )
    world.put(row)
    ids = {dataset.ref: _put_dataset(world, row.id, dataset) for dataset in desired.datasets.values()}
    for model in desired.models.values():
        _put_model(world, row.id, ids[model.dataset], model, declared_fingerprint(model, desired))
    kept = SqliteStore(store)
    kept.begin(world)
    kept.save(world)
    kept.close()


def _put_dataset(world: World, project: int, dataset: DesiredDataset) -> int:
    """Its id."""
    name = FinalName(base=dataset.ref.name, version=1, fingerprint=dataset_fingerprint(dataset))
    row = Dataset(
        id=world.datasets.claim(),
        project_id=project,
        name=str(name),
        caption_prefix=dataset.guide.text,
        status="completed",
        captions_update_status="completed",
        created=0.0,
        updated=0.0,
    )
    world.put(row)
    for image in dataset.images:
        world.put(
            Image(
                id=world.images.claim(),
                dataset_id=row.id,
                caption="standing",
                caption_source="automatic",
                upload_source_url=None,
                image_name=live_image_name(image.name, image.digest),
                sha256=image.digest,
                size=image.size,
                width=SIDE,
                height=SIDE,
                created=0.0,
                updated=0.0,
            )
        )
    return row.id


def _put_model(world: World, project: int, dataset: int, model: DesiredModel, fingerprint: str) -> None:
    row = Model(
        id=world.models.claim(),
        project_id=project,
        dataset_id=dataset,
        name=str(FinalName(base=model.ref.name, version=1, fingerprint=fingerprint)),
        description=model.description,
        status="Completed",
        training_mode=model.training_mode,
        training_version=str(model.training_version),
        training_parameters=dict(model.parameters),
        created=0.0,
        updated=0.0,
    )
    world.put(row)


@contextmanager
def served(store: Path) -> Iterator[str]:
    """A simulator in a process of its own; its address. Its lists come at once: what is measured is ours, and no wait."""
    command = ours("simulate", "--port", "0", "--db", str(store), "--set", "list_latency_ms=0")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None, "it was asked for"
        try:
            yield process.stderr.readline().split()[-1].removesuffix("/v2")
        finally:
            process.terminate()
