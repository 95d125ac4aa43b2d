"""Bring the live captions of a dataset into the files that git keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from reconciler.app.exceptions import refused, undeclared
from reconciler.app.history import datasets_of
from reconciler.app.planning import Planned
from reconciler.app.session import Session
from reconciler.app.validate import resolve_tree
from reconciler.core.desired import Desired
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.election import newest_completed, open_drafts
from reconciler.core.guide import Guide
from reconciler.core.live import RemoteDataset
from reconciler.core.look.in_force import in_force
from reconciler.core.manifest.loaded import Loaded
from reconciler.core.manifest.spec import DatasetBody
from reconciler.core.name import DraftName, image_key, parse_dataset_name
from reconciler.core.problem import Location, ProblemsFound
from reconciler.core.ref import Ref
from reconciler.core.text import normal, quoted
from reconciler.files.caption.form import FORMS
from reconciler.files.caption.pull import CaptionSource, PulledCaption, PullRefused, write_captions
from reconciler.files.load import load
from reconciler.files.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where captions are pulled to: the tree, the dataset, its declared source, and where that stands."""

    desired: Desired
    ref: Ref
    source: CaptionSource
    place: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledDataset:
    """The name of the live dataset, what became of each caption, and how many images had no live caption.

    `unfit` has the live captions that no file can hold, by the images' paths: no JSON objects in the schema family.
    """

    name: str
    captions: tuple[PulledCaption, ...]
    missing: int
    unfit: Mapping[str, str]


def read_target(root: Path, ref: Ref) -> Target:
    """The tree, also if only the captions that are to be pulled are missing; WrongUsage if there is no such dataset."""
    loaded = load(root)
    body = next((one for one in loaded.manifests if one.ref == ref), None)
    try:
        desired = resolve_tree(loaded)
    except ProblemsFound:
        desired = resolve_tree(_without_captions(loaded, ref))
    if body is None or not isinstance(body.body, DatasetBody):
        raise undeclared(ref, desired.refs)
    captions = body.body.spec.captions
    return Target(
        desired=desired,
        ref=ref,
        source="automatic" if captions is None else captions.source,
        place=body.document.at("spec", "captions", "source"),
    )


def _without_captions(loaded: Loaded, ref: Ref) -> Loaded:
    """The same tree as if no caption of this dataset were declared."""
    manifests, folders = list(loaded.manifests), dict(loaded.folders)
    for place, manifest in enumerate(manifests):
        if manifest.ref == ref and isinstance(manifest.body, DatasetBody):
            spec = manifest.body.spec.model_copy(update={"captions": None})
            manifests[place] = replace(manifest, body=manifest.body.model_copy(update={"spec": spec}))
            if place in folders:
                folders[place] = replace(folders[place], captions=())
    return replace(loaded, manifests=tuple(manifests), folders=folders)


async def live_dataset(opened: Session, planned: Planned, ref: Ref) -> RemoteDataset:
    """The version in force, else the open draft, else the newest completed version, read in full.

    Refused if none is live, or if its captions are not settled.
    """
    found = _chosen(planned, ref)
    live = None if found is None else await opened.client.get_dataset(found)
    if live is None:
        raise refused(
            "pull-absent", f"{ref}: no version of it is live", "Apply first: then there are captions to pull."
        )
    name = parse_dataset_name(live.name)
    if live.is_regenerating or (live.is_draft and isinstance(name, DraftName) and name.is_marked):
        summary = f"{quoted(live.name)} (id {live.id}) is not settled: its captions may still follow another guide"
        raise refused("pull-unsettled", summary, "Run `reconciler apply` first, then pull.")
    return live


def _chosen(planned: Planned, ref: Ref) -> int | None:
    """The version in force, else the draft that is being filled, else the newest completed version."""
    if (found := in_force(planned.plan, ref)) is not None:
        return found
    versions = datasets_of(planned, AccountIndex(planned.observed), ref)
    member = next(iter(open_drafts(versions)), None) or newest_completed(versions)
    return None if member is None else member.dataset.id


def write(root: Path, target: Target, live: RemoteDataset, *, overwrite: bool) -> PulledDataset:
    """Write the captions of the images that the tree holds; refused if a caption file cannot be understood."""
    form = FORMS[target.desired.datasets[target.ref].guide.family]
    folder, texts, missing = _texts(target, live)
    unfit = {name: text for name, text in texts.items() if not form.takes(text)}
    fit = {name: text for name, text in texts.items() if name not in unfit}
    with Tree(root) as tree:
        try:
            captions = write_captions(tree, folder, target.source, fit, form=form, overwrite=overwrite)
        except PullRefused as error:
            raise refused("pull-refused", str(error)) from None
    return PulledDataset(name=live.name, captions=captions, missing=missing, unfit=unfit)


def _texts(target: Target, live: RemoteDataset) -> tuple[str, dict[str, str], int]:
    """The image folder, each image's text without the prefix by its path below it, and how many have none."""
    found = live.content.keyed
    folder, texts, missing = "", {}, 0
    for image in target.desired.datasets[target.ref].images:
        path = PurePosixPath(image.path)
        base = path.parents[len(PurePosixPath(image.name).parts) - 1]
        folder = "" if str(base) == "." else str(base)
        remote = found.get(image_key(image.digest))
        if remote is None or not remote.caption:
            missing += 1
        else:
            texts[str(path.relative_to(base))] = _bare(remote.caption, live.guide)
    return folder, texts, missing


def _bare(caption: str, guide: Guide | None) -> str:
    """A caption as git declares it: without the guide, which the API may have put before it."""
    return normal(caption) if guide is None else guide.own_words(caption)
