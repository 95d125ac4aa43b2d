"""Which dataset's captions are pulled into git, and from which of its live versions."""

from dataclasses import replace
from pathlib import Path

from reconciler.app.exceptions import refused, undeclared
from reconciler.app.history import datasets_of
from reconciler.app.planning import Planned
from reconciler.app.session import Session
from reconciler.app.validate import resolve_tree
from reconciler.core.desired import Desired, DesiredDataset
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.election import newest_completed, open_drafts
from reconciler.core.live import RemoteDataset
from reconciler.core.look.in_force import in_force
from reconciler.core.manifest.loaded import Loaded, Manifest
from reconciler.core.manifest.spec import DatasetBody
from reconciler.core.name import DraftName, parse_dataset_name
from reconciler.core.problem import Location, ProblemsFound
from reconciler.core.ref import Ref
from reconciler.core.text import quoted
from reconciler.core.typed import changed
from reconciler.core.value import dataclass
from reconciler.files.caption.pull import CaptionSource
from reconciler.files.load import load


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where captions are pulled to: the tree, the dataset's manifest in it, and the source that it declares."""

    desired: Desired
    manifest: Manifest
    source: CaptionSource

    @property
    def dataset(self) -> DesiredDataset:
        return self.desired.datasets[self.manifest.ref]

    @property
    def place(self) -> Location:
        """Where the source is declared, or would be."""
        return self.manifest.document.at("spec", "captions", "source")


def read_target(root: Path, ref: Ref, overlay: str = "") -> Target:
    """The tree, also if only the captions that are to be pulled are missing; WrongUsage if there is no such dataset."""
    loaded = load(root, overlay=overlay)
    manifest = next((one for one in loaded.manifests if one.ref == ref), None)
    try:
        desired = resolve_tree(loaded)
    except ProblemsFound:
        desired = resolve_tree(_without_captions(loaded, ref))
    if manifest is None or not isinstance(manifest.body, DatasetBody):
        raise undeclared(ref, desired.refs)
    captions = manifest.body.spec.captions
    source: CaptionSource = "automatic" if captions is None else captions.source
    return Target(desired=desired, manifest=manifest, source=source)


def _without_captions(loaded: Loaded, ref: Ref) -> Loaded:
    """The same tree as if no caption of this dataset were declared."""
    manifests, folders = list(loaded.manifests), dict(loaded.folders)
    for place, manifest in enumerate(manifests):
        if manifest.ref == ref and isinstance(manifest.body, DatasetBody):
            spec = changed(manifest.body.spec, captions=None)
            manifests[place] = replace(manifest, body=changed(manifest.body, spec=spec))
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
