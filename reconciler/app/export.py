"""`export`: manifests of what is live, with captions and pictures where they are wanted. Nothing is written over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path

from reconciler.api.client import Client
from reconciler.api.picture import unnamed_hosts
from reconciler.app.exceptions import WrongUsage, refused
from reconciler.app.export_files import ExportRequest, Tell, Writing, Written, address_of
from reconciler.app.settings import Settings
from reconciler.app.validate import resolve_tree
from reconciler.core.kind import Kind
from reconciler.core.live import Observed, RemoteDataset
from reconciler.core.look.export import (
    Selection,
    guide_value,
    projects_named,
    select,
    without_declared,
)
from reconciler.core.look.overview import overview
from reconciler.core.problem import Problem, ProblemsFound
from reconciler.core.text import in_words, quoted, shown
from reconciler.core.uploads import ONE_BY_ONE
from reconciler.core.value import dataclass
from reconciler.files.declared import paths_of_refs
from reconciler.files.export_folder import ExportFolder
from reconciler.files.load import load


def named_projects(observed: Observed, names: Sequence[str]) -> set[int] | None:
    """Ids of the projects that are named; None where all are meant. WrongUsage if a name means none."""
    if not names:
        return None
    found, missing = projects_named(observed, names)
    if missing:
        known = ", ".join(f"{one.id} {quoted(one.name, 40)}" for one in list(observed.projects.values())[:10])
        raise WrongUsage(f"--project: no live project is called {quoted(missing[0], 60)}. Live are: {known or 'none'}.")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRead:
    """What is exported, and the account with its datasets as far as they have to be read in full.

    `archives` are the addresses from which datasets of archives can be had as a whole, by the ids of the datasets.
    """

    selection: Selection
    observed: Observed
    archives: Mapping[int, str] = field(default_factory=dict, repr=False)


async def read_account(client: Client, observed: Observed, request: ExportRequest) -> AccountRead:
    """Read what an export needs beyond the three lists. WrongUsage if a host is not named from which pictures come."""
    chosen = named_projects(observed, request.projects)
    declared = paths_of_refs(request.folder)
    selection = without_declared(select(overview(observed), chosen), declared)
    for one in selection.exported:
        live = one.live
        if isinstance(live, RemoteDataset) and (request.has_images or request.has_captions or not guide_value(live)):
            read = await client.get_dataset(live.id)
            if read is not None:
                known = {"project_id": read.project_id or live.project_id, "guide": read.guide or live.guide}
                observed = observed.updated(replace(read, family=read.family or live.family, **known))  # type: ignore[arg-type]
    selection = without_declared(select(overview(observed), chosen), declared)
    archives = {}
    if request.has_images:
        archives = await _archives(client, selection)
        _require_hosts(selection, request, archives.values())
    return AccountRead(selection=selection, observed=observed, archives=archives)


async def _archives(client: Client, selection: Selection) -> dict[int, str]:
    """Where datasets of archives can be had as a whole: one request in place of thousands."""
    datasets = (one.live for one in selection.exported if isinstance(one.live, RemoteDataset))
    whole = [one.id for one in datasets if one.content.uploads != ONE_BY_ONE and one.images]
    found = {id_: await client.get_download_address(id_) for id_ in whole}
    return {id_: address for id_, address in found.items() if address}


def _require_hosts(selection: Selection, request: ExportRequest, archives: Iterable[str]) -> None:
    """WrongUsage if pictures lie on hosts that nobody named: which to trust is a person's choice."""
    datasets = [one.live for one in selection.exported if isinstance(one.live, RemoteDataset)]
    addresses = (address_of(image) for dataset in datasets for image in dataset.images or ())
    hosts = unnamed_hosts((*addresses, *archives), request.hosts)
    if hosts:
        options = " ".join(f"--pictures-from {host}" for host in hosts)
        raise WrongUsage(f"The pictures are at {in_words(hosts, 'and')}. To fetch them from there, add `{options}`.")


async def write_export(read: AccountRead, request: ExportRequest, settings: Settings, tell: Tell) -> Written:
    """Write all that is selected. Refused where nothing can be written."""
    written = Written()
    try:
        folder = ExportFolder(request.folder)
        for one in read.selection.exported:
            archive = read.archives.get(one.live.id, "") if one.ref.kind is Kind.DATASET else ""
            await Writing(
                one, read.observed, request, folder, written, settings.endpoint, settings.network, tell, archive
            ).run()
    except OSError as error:
        raise refused(
            "export-file",
            f"{shown(str(error.filename or request.folder))} cannot be written: {error.strerror or error}",
            "What was written stays. Start the same command again once it can be written: it goes on.",
        ) from None
    return written


def errors_in(folder: Path) -> tuple[Problem, ...]:
    """What is wrong with the tree that was written: what the account holds and a manifest may not say."""
    try:
        resolve_tree(load(folder))
    except ProblemsFound as found:
        return tuple(problem for problem in found.problems if problem.is_error)
    return ()
