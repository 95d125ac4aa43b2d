"""Which groups a tree holds that was judged, so that they may be kept (`core.look.groups`)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from reconciler.core.desired import Declared, Desired, DesiredDataset, DesiredModel
from reconciler.core.kind import Kind
from reconciler.core.look.crossing import ACROSS
from reconciler.core.look.groups import Group, Input
from reconciler.core.manifest.loaded import Manifest
from reconciler.core.manifest.spec import DatasetBody
from reconciler.core.problem import Problem
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass

_OF_SEVERAL = ACROSS | {f"{kind.value}-twin" for kind in Kind}
"""Rules of warnings that are about a group and another one. They are judged anew in each plan."""


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
