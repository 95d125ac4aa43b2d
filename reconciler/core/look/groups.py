"""Groups: the parts of a tree that were judged to be sound by themselves, so that a plan need not look at them again.

A *group* is some files of manifests that declare datasets and the models on them, with the image folders and schema files of these
datasets. Nothing outside of it belongs to it but the projects that the datasets stand in. It is kept with git's id of all that it is made of
(`inputs`), once a whole tree was found sound that holds it, with the warnings about it.

A plan against a revision *touches* a group whose inputs are not the same on both sides and in what was kept. All other groups are the *rest*
of both trees (`core.rest`): neither read nor compared. Why that makes the same plan:

- **A group is judged by itself.** The rules for a dataset and its models ask for what the group holds and for the manifest of the project,
  whose digest is kept beside it. So what was sound is sound wherever these are the same.
- **What is common is in sync** (`core.look.settled`): complete and trained on both sides, whatever else changes, as long as the projects
  of the rest turn out to be in sync, too. As there, the first dataset of each project is looked at.
- **Rules across manifests** are about names, former names, contents and families. Whatever the part that was read calls by a name of the
  rest, or gives the fingerprint of the rest, is a *crossing* (`core.look.crossing`): that group is touched, too, and the part is read once more.
  The first dataset of a project shows its family.
- **What was said about a group is said again**, unless it is about another one, too: such a group is touched.
- **Whatever is unusual is touched** (`core.look.grouping`): what is to be deleted, was moved, is kept as a draft or not to be started, is guarded or waived, shares a
  folder by patterns. With galleries, overlays, adopted objects and pointers of DVC no tree is cut at all.

Wherever anything is wrong with the part, or a rule cannot be answered from it, the whole is read, as if nothing had been kept.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from itertools import compress

from reconciler.core.desired import DesiredDataset, DesiredModel
from reconciler.core.fingerprint import dataset_fingerprint, model_fingerprint
from reconciler.core.kind import Kind
from reconciler.core.manifest.loaded import Manifest
from reconciler.core.problem import Problem
from reconciler.core.ref import Ref
from reconciler.core.rest import Column, Rest
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True)
class Input:
    """Something that a group is made of: its path below the root, and git's id of it.

    `weight` counts keys and values of a file of manifests; of an image folder it is how many bytes its files have at most.
    """

    path: str
    oid: str
    weight: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One group: what it is made of, and what it declares."""

    files: tuple[Input, ...]
    folders: tuple[Input, ...]
    schemas: tuple[Input, ...]
    datasets: tuple[DesiredDataset, ...]
    models: tuple[DesiredModel, ...]
    warnings: tuple[Problem, ...] = ()
    """What was said about it, at places below the root."""

    @property
    def inputs(self) -> tuple[Input, ...]:
        """All that it is made of."""
        return (*self.files, *self.folders, *self.schemas)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The inputs of all groups, of one sort; `of` says of which group each is, by its number."""

    paths: Sequence[str] = ()
    oids: Sequence[str] = ()
    weights: Sequence[int] = ()
    of: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """The objects of all groups, of one kind, sorted by name; `stands` is the project of each dataset, and the dataset of each model."""

    names: Sequence[str] = ()
    prints: Sequence[str] = ()
    images: Sequence[int] = ()
    stands: Sequence[str] = ()
    of: Sequence[int] = ()


NO_INPUTS, NO_OBJECTS = Inputs(), Objects()


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """What is kept of a tree, in columns. Groups are numbered from 0. `projects` are digests of manifests, by the name of the project."""

    number: int = 0
    files: Inputs = NO_INPUTS
    folders: Inputs = NO_INPUTS
    schemas: Inputs = NO_INPUTS
    datasets: Objects = NO_OBJECTS
    models: Objects = NO_OBJECTS
    projects: Mapping[str, str] = field(default_factory=dict)
    warnings: Sequence[tuple[int, Problem]] = ()
    """What was said, at places below the root, and about which group."""

    def warnings_of(self, untouched: Sequence[int]) -> Iterator[Problem]:
        """What was said about the groups that are not touched."""
        return (problem for group, problem in self.warnings if untouched[group])

    def rest(self, untouched: Sequence[int]) -> Rest:
        """The groups that are not touched; `untouched` has a 1 for each of them and a 0 for each other one."""
        datasets, models = ([untouched[group] for group in objects.of] for objects in (self.datasets, self.models))
        return Rest(
            datasets=Column(
                names=list(compress(self.datasets.names, datasets)),
                prints=list(compress(self.datasets.prints, datasets)),
                images=list(compress(self.datasets.images, datasets)),
            ),
            models=Column(
                names=list(compress(self.models.names, models)),
                prints=list(compress(self.models.prints, models)),
                behind=list(compress(self.models.stands, models)),
            ),
            projects=frozenset(Ref(Kind.PROJECT, name) for name in {*compress(self.datasets.stands, datasets)}),
        )

    def firsts(self, untouched: Sequence[int]) -> set[int]:
        """The groups with the first dataset of each project of the rest."""
        first: dict[str, int] = {}
        for project, group in zip(self.datasets.stands, self.datasets.of, strict=True):
            if untouched[group]:
                first.setdefault(project, group)
        return set(first.values())


NO_GROUPS = Groups()


def project_digest(manifest: Manifest) -> str:
    """All that the manifest of a project says, and not where it stands."""
    text = json.dumps(manifest.document.value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def inputs_of(groups: Groups, untouched: Sequence[int]) -> set[Input]:
    """All that the groups are made of that are touched."""
    return {
        Input(path, oid, weight)
        for inputs in (groups.files, groups.folders, groups.schemas)
        for path, oid, weight, group in zip(inputs.paths, inputs.oids, inputs.weights, inputs.of, strict=True)
        if not untouched[group]
    }


def kept(found: Sequence[Group], projects: Mapping[str, str], before: Groups, untouched: Sequence[int]) -> Groups:
    """What is to be kept now: what was found, and what was kept before and is not touched."""
    numbers = [-1] * before.number
    for number, group in enumerate(compress(range(before.number), untouched), start=len(found)):
        numbers[group] = number
    datasets = [
        (one.ref.name, dataset_fingerprint(one), len(one.images), one.project.name, number)
        for number, group in enumerate(found)
        for one in group.datasets
    ]
    prints = {name: print_ for name, print_, *_ in datasets}
    models = [
        (one.ref.name, model_fingerprint(one, prints[one.dataset.name]), one.dataset.name, number)
        for number, group in enumerate(found)
        for one in group.models
    ]
    return Groups(
        number=len(found) + sum(untouched),
        files=_inputs([group.files for group in found], before.files, numbers),
        folders=_inputs([group.folders for group in found], before.folders, numbers),
        schemas=_inputs([group.schemas for group in found], before.schemas, numbers),
        datasets=_datasets(datasets, before.datasets, numbers),
        models=_models(models, before.models, numbers),
        projects=projects,
        warnings=(
            *((number, problem) for number, group in enumerate(found) for problem in group.warnings),
            *((numbers[group], problem) for group, problem in before.warnings if numbers[group] >= 0),
        ),
    )


def _inputs(found: Sequence[Sequence[Input]], before: Inputs, numbers: Sequence[int]) -> Inputs:
    rows = [(one.path, one.oid, one.weight, number) for number, inputs in enumerate(found) for one in inputs]
    old = zip(before.paths, before.oids, before.weights, (numbers[group] for group in before.of), strict=True)
    rows += (row for row in old if row[-1] >= 0)
    rows.sort()
    paths, oids, weights, of = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Inputs(paths=paths, oids=oids, weights=weights, of=of)


def _datasets(rows: list[tuple[str, str, int, str, int]], before: Objects, numbers: Sequence[int]) -> Objects:
    of = (numbers[group] for group in before.of)
    rows += (
        row for row in zip(before.names, before.prints, before.images, before.stands, of, strict=True) if row[-1] >= 0
    )
    rows.sort()
    names, prints, images, stands, groups = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    return Objects(names=names, prints=prints, images=images, stands=stands, of=groups)


def _models(rows: list[tuple[str, str, str, int]], before: Objects, numbers: Sequence[int]) -> Objects:
    of = (numbers[group] for group in before.of)
    rows += (row for row in zip(before.names, before.prints, before.stands, of, strict=True) if row[-1] >= 0)
    rows.sort()
    names, prints, stands, groups = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Objects(names=names, prints=prints, stands=stands, of=groups)
