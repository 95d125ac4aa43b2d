"""What is live, as manifests: which objects git can declare, what it calls them, and what each manifest says.

An object of this tool keeps the name that stands in its live name. For all others a name is made of the one that people gave,
over the whole account, so that a part of it is exported under the same names as all of it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from reconciler.core.guide import Family, PrefixGuide, SchemaGuide, field_of
from reconciler.core.kind import Kind
from reconciler.core.live import (
    DatasetStatus,
    Live,
    LiveKey,
    ModelStatus,
    Observed,
    RemoteDataset,
    RemoteModel,
    RemoteProject,
    called,
)
from reconciler.core.look.overview import AccountOverview, ProjectOverview
from reconciler.core.manifest.slug import slug
from reconciler.core.manifest.spec import API_VERSION
from reconciler.core.manifest.training_spec import ParameterKeys
from reconciler.core.ref import NAME_LIMIT, Ref
from reconciler.core.strictjson import BadJson, Value
from reconciler.core.text import quoted
from reconciler.core.typed import names_of
from reconciler.core.uploads import ONE_BY_ONE
from reconciler.core.value import dataclass

_RESERVED = ("project", "adopted", "reconciler", "overlays")
"""Names that a dataset or model does not get, because files and folders beside its manifest are called so."""

_WHOLE = (DatasetStatus.COMPLETED, ModelStatus.COMPLETED)
_NEVER_STARTED = (ModelStatus.CREATED, ModelStatus.FAILED, ModelStatus.STOPPED, ModelStatus.STOPPING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A live object that becomes a manifest. `parent` is the manifest that it is declared in or on."""

    live: Live
    ref: Ref
    folder: str
    parent: Ref | None = None

    @property
    def path(self) -> str:
        """The file of its manifest, below the folder of the export."""
        return f"{self.folder}/{'project' if self.ref.kind is Kind.PROJECT else self.ref.name}.yaml"

    @property
    def images(self) -> str:
        """The folder of the images of a dataset, below the folder of the export."""
        return f"{self.folder}/{self.ref.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A live object that becomes no manifest, and why: a clause."""

    live: Live
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What of an account is exported, each object after the one that it stands on, and what is not."""

    exported: tuple[Exported, ...]
    left: tuple[LeftOut, ...]


def select(account: AccountOverview, projects: Collection[int] | None = None) -> Selection:
    """All that can be declared; with `projects`, of these projects alone."""
    names = _Names(account)
    exported: list[Exported] = []
    left: list[LeftOut] = []
    for one in account.projects:
        if projects is not None and (one.project is None or one.project.id not in projects):
            continue
        if one.project is None:
            left += [LeftOut(live=live, why="its project is not live") for live in _inside(one)]
        else:
            exported += _project(one, one.project, names)
            left += _left_of(one, names)
    return Selection(exported=tuple(exported), left=tuple(left))


def without_declared(selection: Selection, paths: Mapping[Ref, str]) -> Selection:
    """What is left to export into a folder whose manifests declare objects already; `paths` are their files in it.

    An object whose own file is there is not left out: the same export may have been stopped, and goes on.
    """
    other = {one.ref: path for one in selection.exported if (path := paths.get(one.ref, one.path)) != one.path}
    left = (
        LeftOut(live=one.live, why=f"{other[one.ref]} declares {one.ref}")
        for one in selection.exported
        if one.ref in other
    )
    exported = tuple(one for one in selection.exported if one.ref not in other)
    return Selection(exported=exported, left=(*selection.left, *left))


def _project(one: ProjectOverview, project: RemoteProject, names: "_Names") -> Iterator[Exported]:
    own = names.of(project)
    yield Exported(live=project, ref=own, folder=own.name)
    datasets = {each.dataset.id: names.of(each.dataset) for each in one.datasets}
    for each in one.datasets:
        if names.stands_for(each.dataset):
            yield Exported(live=each.dataset, ref=datasets[each.dataset.id], folder=own.name, parent=own)
    for model in _models_of(one):
        if names.stands_for(model) and (dataset := datasets.get(model.dataset_id or 0)) is not None:
            yield Exported(live=model, ref=names.of(model), folder=own.name, parent=dataset)


def _left_of(one: ProjectOverview, names: "_Names") -> Iterator[LeftOut]:
    datasets = {each.dataset.id for each in one.datasets}
    for live in _inside(one):
        if not names.stands_for(live):
            yield LeftOut(live=live, why=f"another version of {names.of(live)} is exported")
        elif isinstance(live, RemoteModel) and live.dataset_id not in datasets:
            yield LeftOut(live=live, why="the dataset that it was trained on is not live any more")


def _inside(one: ProjectOverview) -> Iterator[Live]:
    yield from (each.dataset for each in one.datasets)
    yield from _models_of(one)


def _models_of(one: ProjectOverview) -> Iterator[RemoteModel]:
    for each in one.datasets:
        yield from each.models
    yield from one.models


class _Names:
    """What git calls each live object. Versions of one manifest share a name, and one of them stands for all."""

    def __init__(self, account: AccountOverview) -> None:
        self._refs: dict[LiveKey, Ref] = {}
        self._standing: dict[Ref, Live] = {}
        self._taken: dict[bool, set[str]] = {True: set(_RESERVED), False: set()}
        things = sorted(account.live, key=lambda live: (live.kind.has_versions, live.kind, live.id))
        homes = {
            (live.kind, live.id): None if one.project is None else one.project.id
            for one in account.projects
            for live in AccountOverview(projects=(one,)).live
        }
        by_home: dict[tuple[int | None, Kind, str], Ref] = {}
        for live in things:  # names that stand in live names come first: they cannot be others
            if (name := live.kind.parse_name(live.name)) is not None:
                place = (homes[live.kind, live.id], live.kind, name.base)
                if place not in by_home:
                    by_home[place] = self._free(live.kind, name.base)
                self._add(live, by_home[place])
        for live in things:
            if (live.kind, live.id) not in self._refs:
                self._add(live, self._free(live.kind, slug(live.name, NAME_LIMIT, live.kind.value)))

    def of(self, live: Live) -> Ref:
        return self._refs[live.kind, live.id]

    def stands_for(self, live: Live) -> bool:
        """Is it the version that is exported?"""
        return self._standing[self.of(live)] is live

    def _add(self, live: Live, ref: Ref) -> None:
        self._refs[live.kind, live.id] = ref
        best = self._standing.get(ref)
        if best is None or _rank(live) > _rank(best):
            self._standing[ref] = live

    def _free(self, kind: Kind, wanted: str) -> Ref:
        """A name that no other has; files of datasets and models lie in one folder, so they share none."""
        taken = self._taken[kind.has_versions]
        name, number = wanted, 1
        while name in taken:
            number += 1
            name = f"{wanted[: NAME_LIMIT - len(str(number)) - 1].rstrip('-')}-{number}"
        taken.add(name)
        return Ref(kind, name)


def _rank(live: Live) -> tuple[bool, int, int]:
    """Of the versions of one manifest the newest that is complete is the best; of duplicates the oldest."""
    name = live.kind.parse_name(live.name)
    is_whole = not isinstance(live, RemoteDataset | RemoteModel) or live.status in _WHOLE
    return is_whole, 0 if name is None else name.version, -live.id


def family_of(live: RemoteDataset, observed: Observed) -> Family:
    """The family of a dataset: its own, its project's, or that of its guide."""
    project = observed.projects.get(live.project_id or 0)
    guide = None if live.guide is None else live.guide.family
    return live.family or (project.family if project else None) or guide or "prefix"


def manifest_of(one: Exported, observed: Observed, source: str) -> dict[str, Value]:
    """The document. `source` is where the captions of a dataset stand."""
    match one.live:
        case RemoteProject():
            spec = _project_spec(one.live, observed)
        case RemoteDataset():
            spec = _dataset_spec(one, one.live, source)
        case _:
            assert isinstance(one.live, RemoteModel), "projects, datasets and models are live"
            spec = _model_spec(one, one.live)
    metadata: dict[str, Value] = {"name": one.ref.name}
    if one.ref.kind is Kind.PROJECT:
        metadata["id"] = one.live.id
    return {"apiVersion": API_VERSION, "kind": one.ref.kind.title, "metadata": metadata, "spec": spec}


def _project_spec(live: RemoteProject, observed: Observed) -> dict[str, Value]:
    datasets = [one for one in observed.datasets.values() if one.project_id == live.id]
    families = {family_of(one, observed) for one in datasets}
    fields: dict[str, Value] = {
        "project_name": live.project_name,
        "project_description": live.project_description or None,
        "ip_name": live.ip_name or None,
        "ip_description": live.ip_description or None,
        "ip_medium": live.ip_medium,
        "ip_type": live.ip_type,
        "family": live.family or (families.pop() if len(families) == 1 else None),
    }
    return {key: value for key, value in fields.items() if value is not None}


def _dataset_spec(one: Exported, live: RemoteDataset, source: str) -> dict[str, Value]:
    assert one.parent is not None
    spec: dict[str, Value] = {"project": one.parent.name}
    if live.content.uploads != ONE_BY_ONE:
        spec["upload_type"] = live.content.uploads.upload_type
    spec |= guide_value(live)
    spec["images"] = {"path": f"{one.ref.name}/"}
    spec["captions"] = {"source": source}
    if not live.is_completed:
        spec["status"] = "draft"
    return spec


def guide_value(live: RemoteDataset) -> dict[str, Value]:
    """The guide as a manifest declares it; nothing where the API tells none that could be declared."""
    match live.guide:
        case PrefixGuide(text=text):
            return {PrefixGuide.field: text}
        case SchemaGuide():
            try:
                document = live.guide.document
            except BadJson:
                return {}
            return {SchemaGuide.field: document} if isinstance(document, dict) else {}
        case _:
            return {}


def _model_spec(one: Exported, live: RemoteModel) -> dict[str, Value]:
    assert one.parent is not None
    training: dict[str, Value] = dict(declared_parameters(live))
    if live.status in _NEVER_STARTED:
        training["start"] = False
    fields: dict[str, Value] = {
        "dataset": one.parent.name,
        "description": live.description or None,
        "training_mode": live.training_mode,
        "training_version": None if live.family == "schema" else live.training_version,
        "training": training or None,
    }
    return {key: value for key, value in fields.items() if value is not None}


def declared_parameters(live: RemoteModel) -> Iterable[tuple[str, Value]]:
    """What the API tells of an expert training, as far as a manifest can say it."""
    known = names_of(ParameterKeys) if live.training_mode == "expert" else ()
    return [(name, value) for name, value in live.parameters if name in known]


def comment_of(one: Exported, observed: Observed, *, has_pictures: bool) -> tuple[str, ...]:
    """Lines for people at the top of the manifest: what it was, why it is called so, and what cannot be known."""
    lines = [f"Exported from {one.ref.kind.value} {called(one.live)}."]
    if one.live.name != one.ref.name and one.live.kind.parse_name(one.live.name) is None:
        wanted = slug(one.live.name, NAME_LIMIT, "")
        number = "" if wanted in {"", one.ref.name} else ", with a number because another one is called so"
        made = (
            f"is made of {quoted(one.live.name)}{number}" if wanted else "stands for a name without letters and digits"
        )
        lines.append(f"`{one.ref.name}` {made}; files refer to it by this name.")
    lines += _unknown(one, observed, has_pictures=has_pictures)
    if one.ref.kind.has_versions:
        lines.append(f"`reconciler adopt {one.ref} {one.live.id}` takes the live one for what is declared here.")
    return tuple(lines)


def _unknown(one: Exported, observed: Observed, *, has_pictures: bool) -> Iterator[str]:
    match one.live:
        case RemoteDataset() as live:
            if has_pictures:
                yield "The images are what the API shows of them: perhaps cropped to a square and scaled, not the files that were sent."
            else:
                yield f"Put the images that were uploaded into {one.ref.name}/, under their names."
            if not guide_value(live):
                yield f"The API tells no guide: write a {field_of(family_of(live, observed))}."
        case RemoteModel() as live if live.training_mode == "expert" and not live.parameters:
            yield "The API does not tell the parameters of its training."
        case RemoteModel() as live if live.status in _NEVER_STARTED:
            yield f"Its status is {live.word or live.status.value}, so `start: false` keeps a plan from training it."


def projects_named(observed: Observed, names: Iterable[str]) -> tuple[set[int], tuple[str, ...]]:
    """Ids of the projects that people name by id or by name, and the names that mean none."""
    found: set[int] = set()
    missing = []
    for name in names:
        ids = {one.id for one in observed.projects.values() if one.name == name or str(one.id) == name}
        found |= ids
        if not ids:
            missing.append(name)
    return found, tuple(missing)
