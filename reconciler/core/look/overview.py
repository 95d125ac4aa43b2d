"""An account as it stands, whatever git declares: its projects with their datasets, and the models on those."""

from collections.abc import Collection, Iterable, Iterator

from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.live import Live, Observed, RemoteDataset, RemoteModel, RemoteProject
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetOverview:
    """A dataset with the models that were trained on it, by id."""

    dataset: RemoteDataset
    models: tuple[RemoteModel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectOverview:
    """A project with what it holds, by id. `models` are those whose dataset is not live any more.

    `project` is None for what belongs to no live project.
    """

    project: RemoteProject | None
    datasets: tuple[DatasetOverview, ...] = ()
    models: tuple[RemoteModel, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOverview:
    """The whole account; what is Deleted is left out."""

    projects: tuple[ProjectOverview, ...]

    @property
    def live(self) -> tuple[Live, ...]:
        """All that it holds."""
        return tuple(live for project in self.projects for live in _all_of(project))


def overview(observed: Observed) -> AccountOverview:
    """The account by project."""
    index = AccountIndex(observed)
    by_project: dict[int | None, list[Live]] = {id_: [] for id_ in sorted(observed.projects)}
    things: list[Live] = [*observed.datasets.values(), *observed.models.values()]
    for live in things:
        if not live.is_gone:
            place = index.project_of(live)
            by_project.setdefault(place if place in observed.projects else None, []).append(live)
    return AccountOverview(
        projects=tuple(_project(observed.projects.get(id_ or 0), inside) for id_, inside in by_project.items())
    )


def only(account: AccountOverview, projects: Collection[int] | None) -> AccountOverview:
    """The same of these projects alone; all of it where they are None."""
    if projects is None:
        return account
    return AccountOverview(
        projects=tuple(one for one in account.projects if one.project is not None and one.project.id in projects)
    )


def is_ours(live: Live) -> bool | None:
    """Did this tool make it, by its name? None for a kind whose live names people choose."""
    return live.kind.parse_name(live.name) is not None if live.kind.has_versions else None


def _project(project: RemoteProject | None, inside: Iterable[Live]) -> ProjectOverview:
    ordered = sorted(inside, key=lambda live: live.id)
    models = [live for live in ordered if isinstance(live, RemoteModel)]
    datasets = tuple(
        DatasetOverview(dataset=live, models=tuple(model for model in models if model.dataset_id == live.id))
        for live in ordered
        if isinstance(live, RemoteDataset)
    )
    known = {one.dataset.id for one in datasets}
    orphans = tuple(model for model in models if model.dataset_id not in known)
    return ProjectOverview(project=project, datasets=datasets, models=orphans)


def _all_of(found: ProjectOverview) -> Iterator[Live]:
    if found.project is not None:
        yield found.project
    for one in found.datasets:
        yield one.dataset
        yield from one.models
    yield from found.models
