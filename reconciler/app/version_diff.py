"""Compare two versions: two live ones, read in full, or those of two revisions of the tree, offline."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from reconciler.app.exceptions import WrongUsage
from reconciler.app.history import datasets_of, models_of, require_known
from reconciler.app.planning import Planned
from reconciler.app.revision import desired_at
from reconciler.app.session import Session
from reconciler.app.validate import resolve_tree
from reconciler.core.desired import Desired
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.election import ALIVE, Member, ModelMember
from reconciler.core.kind import Kind
from reconciler.core.live import RemoteDataset, RemoteModel
from reconciler.core.look.dataset_diff import DatasetVersion, compare_datasets
from reconciler.core.look.history import version_title
from reconciler.core.look.version_diff import Difference, ModelVersion, compare_models, compare_trees
from reconciler.core.ref import Ref
from reconciler.files.git.revision import short_revision
from reconciler.files.load import load

WORKING_TREE = "working tree"


async def compare_live(opened: Session, planned: Planned, ref: Ref, numbers: tuple[int, int]) -> Difference:
    """What differs between two live versions, each read in full. WrongUsage names the versions there are."""
    index = AccountIndex(planned.observed)
    if ref.kind is Kind.MODEL:
        versions = models_of(planned, index, ref)
        require_known(planned, ref, versions)
        return await _compare_models(opened, ref, *(_chosen_model(versions, ref, number) for number in numbers))
    datasets = datasets_of(planned, index, ref)
    require_known(planned, ref, datasets)
    ids = [_chosen_dataset(datasets, ref, number).dataset.id for number in numbers]
    read = await _read(opened, ids)
    gone = [number for number, id_ in zip(numbers, ids, strict=True) if id_ not in read]
    if gone:
        raise WrongUsage(f"{ref} v{gone[0]} was deleted just now.")
    return compare_datasets(ref, read[ids[0]], read[ids[1]])


def _working_tree(root: Path) -> Desired:
    return resolve_tree(load(root))


def compare_revisions(root: Path, ref: Ref, before: str, after: str | None) -> Difference:
    """What differs between two revisions of the tree, or a revision and the working tree: nothing is sent.

    Raises WrongUsage if one of them does not declare the object, and ProblemsFound if one of them is broken.
    """
    labels = short_revision(before), WORKING_TREE if after is None else short_revision(after)
    earlier = desired_at(root, before)
    later = _working_tree(root) if after is None else desired_at(root, after)
    for tree, label in zip((earlier, later), labels, strict=True):
        if ref not in tree.refs:
            raise WrongUsage(f"No manifest declares {ref} at {label}; there are {_names(tree, ref.kind)}.")
    return compare_trees(ref, earlier, later, labels)


def _names(tree: Desired, kind: Kind) -> str:
    return ", ".join(str(ref) for ref in tree.refs if ref.kind is kind) or f"no {kind.value}s"


async def _compare_models(opened: Session, ref: Ref, before: ModelMember, after: ModelMember) -> Difference:
    models = await asyncio.gather(*(_with_parameters(opened, member.model) for member in (before, after)))
    datasets = await _read(opened, [model.dataset_id for model in models if model.dataset_id is not None])
    versions = [
        ModelVersion(label=f"v{member.name.version}", model=model, dataset=datasets.get(model.dataset_id or 0))
        for member, model in zip((before, after), models, strict=True)
    ]
    return compare_models(ref, *versions)


async def _with_parameters(opened: Session, listed: RemoteModel) -> RemoteModel:
    """The model read by its id, which tells its training parameters; as it was listed if it is gone by now."""
    read = await opened.client.get_model(listed.id)
    return listed if read is None or read.is_gone else read


async def _read(opened: Session, ids: Iterable[int]) -> dict[int, DatasetVersion]:
    """Datasets read in full, each once; one that is not there any more is left out."""
    wanted = sorted(set(ids))
    found = await asyncio.gather(*(opened.client.get_dataset(id_) for id_ in wanted))
    return {dataset.id: _version(dataset) for dataset in found if dataset is not None}


def _version(dataset: RemoteDataset) -> DatasetVersion:
    title = version_title(dataset.name)
    return DatasetVersion(label=title.rpartition(" ")[2], title=title, dataset=dataset)


def _chosen_dataset(versions: tuple[Member, ...], ref: Ref, version: int) -> Member:
    """The dataset of a version: completed before open, of equals the lowest id."""
    found = [member for member in versions if member.name.version == version]
    if not found:
        raise _unknown(ref, version, versions)
    return min(found, key=lambda member: (not member.dataset.is_completed, member.is_marked, member.dataset.id))


def _chosen_model(versions: tuple[ModelMember, ...], ref: Ref, version: int) -> ModelMember:
    """The model of a version: living before ended before Deleted, of equals the lowest id."""
    found = [member for member in versions if member.name.version == version]
    if not found:
        raise _unknown(ref, version, versions)
    return min(found, key=lambda member: (member.model.status not in ALIVE, member.model.is_gone, member.model.id))


def _unknown(ref: Ref, version: int, versions: Iterable[Member | ModelMember]) -> WrongUsage:
    known = ", ".join(f"v{number}" for number in sorted({member.name.version for member in versions}))
    return WrongUsage(f"There is no {ref} v{version}; " + (f"there are {known}." if known else "no version is live."))
