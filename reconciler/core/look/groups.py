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
  rest, or gives the fingerprint of the rest, is a *crossing*: that group is touched, too, and the part is read once more. The first
  dataset of a project shows its family.
- **What was said about a group is said again**, unless it is about another one, too: such a group is touched.
- **Whatever is unusual is touched**: what is to be deleted, was moved, is kept as a draft or not to be started, is guarded or waived, shares a
  folder by patterns. With galleries, overlays, adopted objects and pointers of DVC no tree is cut at all.

Wherever anything is wrong with the part, or a rule cannot be answered from it, the whole is read, as if nothing had been kept.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import compress

from reconciler.core.desired import Declared, Desired, DesiredDataset, DesiredModel
from reconciler.core.fingerprint import dataset_fingerprint, model_fingerprint
from reconciler.core.kind import Kind
from reconciler.core.manifest.loaded import Loaded, Manifest
from reconciler.core.manifest.spec import DatasetBody
from reconciler.core.problem import Problem
from reconciler.core.ref import Ref
from reconciler.core.rest import Column, Rest
from reconciler.core.value import dataclass

ACROSS = frozenset({"dataset-left-out"})
"""Rules of warnings that ask about datasets of other groups: what they say of a part is not what they say of the whole."""

_OF_SEVERAL = ACROSS | {f"{kind.value}-twin" for kind in Kind}
"""Rules of warnings that are about a group and another one. They are judged anew in each plan."""


class Crossing(Exception):
    """Something in the part is about the rest. `groups` are to be touched, too; where it names none, all must be read."""

    def __init__(self, groups: Collection[int] = ()) -> None:
        super().__init__()
        self.groups = frozenset(groups)


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


def require_apart(loaded: Loaded, groups: Groups, untouched: Sequence[int]) -> None:
    """Crossing if what was read in the part declares, names or was called what the rest declares, or has another project for it."""
    of = {
        kind: dict(zip(objects.names, objects.of, strict=True))
        for kind, objects in ((Kind.DATASET, groups.datasets), (Kind.MODEL, groups.models))
    }
    named = {group for ref in _named(loaded) if (group := of.get(ref.kind, {}).get(ref.name)) is not None}
    crossing = {group for group in named if untouched[group]} | _of_other_projects(loaded, groups, untouched)
    if crossing:
        raise Crossing(crossing)


def _named(loaded: Loaded) -> Iterator[Ref]:
    yield from loaded.broken
    for manifest in loaded.manifests:
        yield manifest.ref
        if manifest.parent is not None:
            yield manifest.parent
        if manifest.moved_from is not None:
            yield Ref(manifest.ref.kind, manifest.moved_from)


def _of_other_projects(loaded: Loaded, groups: Groups, untouched: Sequence[int]) -> set[int]:
    """Groups of the rest whose projects are declared otherwise than they were, or not at all."""
    now = {one.ref.name: project_digest(one) for one in loaded.manifests if one.ref.kind is Kind.PROJECT}
    same = {name for name, digest in groups.projects.items() if now.get(name) == digest}
    rows = zip(groups.datasets.stands, groups.datasets.of, strict=True)
    return {group for project, group in rows if project not in same and untouched[group]}


def require_no_twins(desired: Desired, groups: Groups, untouched: Sequence[int]) -> None:
    """Crossing if an object of the part has the fingerprint of one of the rest. Two objects with one content have one fingerprint."""
    datasets, models = _prints(desired)
    prints = {*datasets.values(), *models.values()}
    crossing = {
        group
        for objects in (groups.datasets, groups.models)
        for print_, group in zip(objects.prints, objects.of, strict=True)
        if print_ in prints and untouched[group]
    }
    if crossing:
        raise Crossing(crossing)


def _prints(desired: Desired) -> tuple[dict[Ref, str], dict[Ref, str]]:
    datasets = {ref: dataset_fingerprint(dataset) for ref, dataset in desired.datasets.items()}
    return datasets, {ref: model_fingerprint(one, datasets[one.dataset]) for ref, one in desired.models.items()}


def project_digest(manifest: Manifest) -> str:
    """All that the manifest of a project says, and not where it stands."""
    text = json.dumps(manifest.document.value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedFile:
    """A file of manifests that was read. `is_plain` is False where it holds anything else."""

    input: Input
    manifests: tuple[Manifest, ...]
    is_plain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedParts:
    """What was read of a tree, or of a part of it, and found to be without an error. Inputs are by the ref of their dataset.

    `prefix` is what a problem shows before a path below the root.
    """

    files: Sequence[JudgedFile]
    folders: Mapping[Ref, Input]
    schemas: Mapping[Ref, Input]
    desired: Desired
    problems: Sequence[Problem]
    prefix: str


NO_PARTS = JudgedParts(files=(), folders={}, schemas={}, desired=Desired(), problems=(), prefix="")


def groups_in(parts: JudgedParts) -> Iterator[Group]:
    """The groups that may be kept."""
    told: dict[str, list[Problem]] = {}
    for problem in parts.problems:
        shown = problem.location.path
        path = shown.removeprefix(parts.prefix)
        if "\N{REPLACEMENT CHARACTER}" in path or not shown.startswith(parts.prefix):
            return  # where that lies, only bytes could tell
        told.setdefault(path, []).append(replace(problem, location=replace(problem.location, path=path)))
    holders = Counter(folder.path for folder in parts.folders.values())
    for files in _together(parts.files):
        manifests = [manifest for file in files for manifest in file.manifests]
        group = _group(files, manifests, parts)
        if group is None:
            continue
        folders, own = {folder.path for folder in group.folders}, {one.path for one in (*group.files, *group.schemas)}
        paths = [path for path in told if path in own or path.rpartition("/")[0] in folders]
        warnings = tuple(problem for path in paths for problem in told[path])
        shares = paths and any(holders[folder] > 1 for folder in folders)
        if not shares and all(_is_of_one(problem, parts.prefix) for problem in warnings):
            yield replace(group, warnings=warnings)


def _is_of_one(problem: Problem, prefix: str) -> bool:
    """Is a warning about one group alone, in words that hold wherever the root lies?"""
    texts = problem.summary, problem.detail, problem.remedy
    return problem.rule not in _OF_SEVERAL and not (prefix and any(prefix in text for text in texts))


def _group(files: Sequence[JudgedFile], manifests: Sequence[Manifest], parts: JudgedParts) -> Group | None:
    """What these files hold; None if anything of it is unusual."""
    if not all(file.is_plain for file in files):
        return None
    present = parts.desired.present
    objects = [present[manifest.ref] for manifest in manifests if _is_plain(manifest, present)]
    datasets = [one for one in objects if isinstance(one, DesiredDataset)]
    models = [one for one in objects if isinstance(one, DesiredModel)]
    folders = [folder for one in datasets if (folder := parts.folders.get(one.ref)) is not None]
    if len(datasets) + len(models) < len(manifests) or len(folders) < len(datasets):
        return None
    if not {one.dataset for one in models} <= {one.ref for one in datasets}:
        return None
    return Group(
        files=tuple(file.input for file in files),
        folders=tuple(folders),
        schemas=tuple(parts.schemas[one.ref] for one in datasets if one.ref in parts.schemas),
        datasets=tuple(datasets),
        models=tuple(models),
    )


def _is_plain(manifest: Manifest, present: Mapping[Ref, Declared]) -> bool:
    """Is a dataset complete, or a model trained, by the shortest way that leads there?"""
    match present.get(manifest.ref), manifest.body:
        case DesiredDataset() as dataset, DatasetBody(spec=spec):
            return dataset.completed and dataset.moved_from is None and spec.images.include is None and not spec.waive
        case DesiredModel() as model, _:
            return (
                model.policy.start and model.moved_from is None and not model.mirror_aliases and model.promotion is None
            )
        case _:
            return False


def _together(files: Iterable[JudgedFile]) -> list[list[JudgedFile]]:
    """Files by what belongs together: a dataset and the models on it, wherever they stand."""
    above: dict[str, str] = {}

    def first(name: str) -> str:
        while above.setdefault(name, name) != name:
            above[name] = name = above[above[name]]
        return name

    by_file = []
    for file in files:
        datasets = [name for manifest in file.manifests if (name := _dataset_of(manifest)) is not None]
        for name in datasets:
            above[first(name)] = first(datasets[0])
        if datasets:
            by_file.append((datasets[0], file))
    found: dict[str, list[JudgedFile]] = {}
    for name, file in by_file:
        found.setdefault(first(name), []).append(file)
    return list(found.values())


def _dataset_of(manifest: Manifest) -> str | None:
    """The dataset that a manifest declares, or that it says a model is trained on."""
    if manifest.ref.kind is Kind.DATASET:
        return manifest.ref.name
    return None if manifest.parent is None else manifest.parent.name


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
