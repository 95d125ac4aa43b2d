"""One look at the account, indexed: which live objects are versions of which manifest, and which are nobody's."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import TypeVar

from reconciler.core.desired import Desired, Thing
from reconciler.core.diff.election import ALIVE, Member, ModelMember
from reconciler.core.diff.training import Decision
from reconciler.core.guide import Family
from reconciler.core.kind import TRAITS, Kind
from reconciler.core.live import Live, LiveKey, Observed, RemoteDataset, RemoteModel, RemoteProject
from reconciler.core.name import FinalName
from reconciler.core.ref import Ref
from reconciler.core.text import count, in_words, normal
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What shows that a live project is ours.

    `refs` are the manifests that are declared, absent or were moved; `contents` the fingerprints of the declared
    datasets; `names` the former names that `moved` gives, which may be names from the console; `elsewhere` the live names that
    other roots declare, by kind: roots of one account may share a project.
    """

    refs: tuple[Ref, ...]
    contents: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    elsewhere: Collection[Thing] = ()


def marks_of(project: Ref, desired: Desired, prints: Mapping[Ref, str]) -> Marks:
    """What the tree says about the content of a project."""
    inside = desired.inside(project)
    former = [one.moved_from for one in inside if one.moved_from is not None]
    absent = (other.ref for other in desired.absent.values() if other.project == project and other.ref != project)
    return Marks(
        refs=(
            *(one.ref for one in inside),
            *absent,
            *(Ref(kind, name) for kind in project.kind.below if kind.has_versions for name in former),
        ),
        contents=tuple(prints[dataset.ref] for dataset in desired.datasets_of(project)),
        names=frozenset(former),
        elsewhere=desired.elsewhere.keys(),
    )


class AccountIndex:
    """Indexes over one `Observed`: a question costs as much as its answer, however large the account is.

    Every answer is sorted by kind and id. `knows` are the families that the account knows, as far as any live object
    tells; empty where nothing tells.
    """

    def __init__(self, observed: Observed) -> None:
        self.observed = observed
        self._datasets: dict[tuple[int | None, str], list[Member]] = defaultdict(list)
        self._models: dict[str, list[ModelMember]] = defaultdict(list)
        self._models_on: dict[int, list[ModelMember]] = defaultdict(list)
        self.knows = known_families(observed)
        self._projects_named: dict[str, list[RemoteProject]] = defaultdict(list)
        self._named: dict[Ref, list[Live]] = defaultdict(list)
        self._inside: dict[int, list[Live]] = defaultdict(list)
        self.courses: dict[tuple[Ref, str], tuple[str, Decision]] = {}
        """What `model_course.course_of` found, by model and fingerprint of its dataset: an index belongs to one comparison."""
        self._bases: dict[LiveKey, str] = {}
        """The name that all versions share, of each live object that bears a name of ours. Reading one takes a while."""
        self._models_here: dict[tuple[str, int | None], tuple[ModelMember, ...]] = {}
        """What `models` answered."""
        self._by_kind: dict[Kind, list[Live]] = {kind: [] for kind in Kind}
        for live in sorted(observed.live.values(), key=attrgetter("id")):
            self._by_kind[live.kind].append(live)
        for kind, things in self._by_kind.items():
            self._add_all(kind, things)

    def _add_all(self, kind: Kind, things: Iterable[Live]) -> None:
        """Objects of one kind, by id."""
        parse, parent = TRAITS[kind].parse_name, kind.parent
        for live in things:
            name = None if parse is None else parse(live.name)
            if name is not None:
                self._bases[kind, live.id] = name.base
                self._named[Ref(kind, name.base)].append(live)
            if parent is not None and not live.is_gone and (project_id := self.project_of(live)) is not None:
                self._inside[project_id].append(live)
            if isinstance(live, RemoteProject):
                self._projects_named[live.project_name].append(live)
            elif isinstance(live, RemoteDataset) and name is not None:
                self._datasets[live.project_id, name.base].append(Member(dataset=live, name=name))
            elif isinstance(live, RemoteModel) and isinstance(name, FinalName):
                self._add_model(ModelMember(model=live, name=name))

    def _add_model(self, member: ModelMember) -> None:
        self._models[member.name.base].append(member)
        if member.model.dataset_id is not None and member.model.status in ALIVE:
            self._models_on[member.model.dataset_id].append(member)

    @cached_property
    def _datasets_anywhere(self) -> Mapping[str, Sequence[Member]]:
        return _grouped(self._datasets.values(), lambda member: member.name.base)

    @cached_property
    def _datasets_by_fingerprint(self) -> Mapping[str, Sequence[Member]]:
        return _grouped(self._datasets.values(), lambda member: member.name.fingerprint)

    @cached_property
    def _models_by_fingerprint(self) -> Mapping[str, Sequence[ModelMember]]:
        return _grouped(self._models.values(), lambda member: member.name.fingerprint)

    @cached_property
    def _users(self) -> Mapping[LiveKey, Sequence[Live]]:
        found: dict[LiveKey, list[Live]] = defaultdict(list)
        for kind, things in self._by_kind.items():
            for live in things:
                if kind.parent is not None and live.parent_id is not None and not live.is_gone:
                    found[kind.parent, live.parent_id].append(live)
        return found

    def project_of(self, live: Live) -> int | None:
        """The project of a live object. If the API does not tell it, it is the project of the object that it stands on."""
        known, parent_kind = live.project_id, live.kind.parent
        if known is not None or parent_kind is None or live.parent_id is None:
            return known
        parent = self.observed.live.get((parent_kind, live.parent_id))
        return None if parent is None else self.project_of(parent)

    def named(self, ref: Ref) -> tuple[Live, ...]:
        """Every live version of a manifest in any project, Deleted ones too."""
        return tuple(self._named.get(ref, ()))

    def inside(self, project_id: int) -> tuple[Live, ...]:
        """All that a project holds, apart from what is Deleted."""
        return tuple(self._inside.get(project_id, ()))

    def is_empty(self, project_id: int) -> bool:
        """Does a project hold nothing?"""
        return not self._inside.get(project_id)

    def is_begun(self, project_id: int) -> bool:
        """Does a project hold open drafts of this tool, and nothing else? An apply fills them before it knows whose count."""
        inside = self._inside.get(project_id, ())
        return bool(inside) and all(
            isinstance(live, RemoteDataset) and live.is_draft and live.kind.parse_name(live.name) is not None
            for live in inside
        )

    def strays(self, project_id: int, desired: Desired) -> tuple[Live, ...]:
        """All that a project holds and no manifest declares: neither here, nor in another root, nor under its next name."""
        return tuple(live for live in self.undeclared(project_id, desired) if not self._is_known(live, desired))

    def root_of(self, live: Live, desired: Desired) -> str:
        """The other root that declares it; empty where none does."""
        return next((desired.elsewhere[thing] for thing in self._things(live) if thing in desired.elsewhere), "")

    def _is_known(self, live: Live, desired: Desired) -> bool:
        """Is it about to get the name of a manifest, or declared in another root of this repository?"""
        return (live.kind, self._base(live)) in desired.former or self._is_among(live, desired.elsewhere)

    def _is_among(self, live: Live, things: Collection[Thing]) -> bool:
        return any(thing in things for thing in self._things(live))

    def _things(self, live: Live) -> Iterator[Thing]:
        """What manifests may know it by."""
        project_id = self.project_of(live)
        if project_id is not None:
            yield live.kind, self._base(live), project_id
            if project_id in self.observed.projects:
                yield live.kind, self._base(live), normal(self.observed.projects[project_id].project_name)

    def undeclared(self, project_id: int, desired: Desired) -> tuple[Live, ...]:
        """All that a project holds and no manifest of this root declares under the name that it bears."""
        return tuple(live for live in self.inside(project_id) if not self._is_declared(live, desired))

    def users(self, key: LiveKey) -> tuple[Live, ...]:
        """All that stands on a live object, whoever made it, such as the models of a dataset; nothing that is Deleted."""
        return tuple(self._users.get(key, ()))

    def holds_ours(self, project_id: int, marks: Marks) -> bool:
        """Does a project hold a version of one of these manifests, or of another root's, exactly the content of one, or one that moved?"""
        if any(
            not live.is_gone and self.project_of(live) == project_id for ref in marks.refs for live in self.named(ref)
        ):
            return True
        if marks.elsewhere and any(self._is_among(live, marks.elsewhere) for live in self.inside(project_id)):
            return True
        holders = (holder for fingerprint in marks.contents for holder in self.dataset_holders(fingerprint))
        if any(holder.dataset.project_id == project_id for holder in holders):
            return True
        return bool(marks.names) and any(live.name in marks.names for live in self.datasets_inside(project_id))

    def projects_named(self, name: str) -> tuple[RemoteProject, ...]:
        """Live projects of a name."""
        return tuple(self._projects_named.get(name, ()))

    def datasets(self, base: str, project_id: int | None) -> tuple[Member, ...]:
        """The versions of a dataset manifest inside a project."""
        return () if project_id is None else tuple(self._datasets.get((project_id, base), ()))

    def datasets_anywhere(self, base: str) -> tuple[Member, ...]:
        """The versions of a dataset manifest in any project."""
        return tuple(self._datasets_anywhere.get(base, ()))

    def datasets_inside(self, project_id: int) -> tuple[RemoteDataset, ...]:
        """All datasets of a project, whoever made them."""
        return tuple(live for live in self.inside(project_id) if isinstance(live, RemoteDataset))

    def dataset_holders(self, fingerprint: str) -> tuple[Member, ...]:
        """The dataset versions whose names have this fingerprint."""
        return tuple(self._datasets_by_fingerprint.get(fingerprint, ()))

    def models(self, base: str, project_id: int | None) -> tuple[ModelMember, ...]:
        """The versions of a model manifest, Deleted ones too; those of another project are not ours."""
        known = self._models_here.get((base, project_id))
        if known is None:
            known = self._models_here[base, project_id] = tuple(
                member
                for member in self._models.get(base, ())
                if project_id is None or self.project_of(member.model) in (None, project_id)
            )
        return known

    def models_on(self, dataset_id: int) -> tuple[ModelMember, ...]:
        """Living models of ours (Created, InProgress, Completed) on a dataset."""
        return tuple(self._models_on.get(dataset_id, ()))

    def models_inside(self, project_id: int) -> tuple[RemoteModel, ...]:
        """All models of a project that are not Deleted, whoever made them."""
        return tuple(live for live in self.inside(project_id) if isinstance(live, RemoteModel))

    def model_holders(self, fingerprint: str) -> tuple[ModelMember, ...]:
        """The model versions whose names have this fingerprint."""
        return tuple(self._models_by_fingerprint.get(fingerprint, ()))

    def _is_declared(self, live: Live, desired: Desired) -> bool:
        """Does a manifest declare it? A version has the manifest's name in its own; an object without versions bears it."""
        base = self._bases.get((live.kind, live.id))
        if base is None and live.kind.has_versions:
            return False
        ref = Ref(live.kind, live.name if base is None else base)
        return ref in desired.present or ref in desired.absent

    def _base(self, live: Live) -> str:
        """The name by which manifests know a live object: that of all its versions, or its own."""
        return self._bases.get((live.kind, live.id), live.name)


_Version = TypeVar("_Version", Member, ModelMember)


def _grouped(members: Iterable[Sequence[_Version]], by: Callable[[_Version], str]) -> Mapping[str, Sequence[_Version]]:
    """Versions under another key, by id. Few comparisons ask, so it is made when one does."""
    found: dict[str, list[_Version]] = defaultdict(list)
    for member in sorted((one for some in members for one in some), key=_id_of):
        found[by(member)].append(member)
    return found


def _id_of(member: Member | ModelMember) -> int:
    return member.dataset.id if isinstance(member, Member) else member.model.id


def known_families(observed: Observed) -> frozenset[Family]:
    """The families that an account shows. What only stands for the tree of a revision shows nothing."""
    living: list[RemoteProject | RemoteDataset] = [*observed.projects.values(), *observed.datasets.values()]
    things: list[RemoteProject | RemoteDataset | RemoteModel] = [*living, *observed.models.values()]
    shown = {one.family for one in things if not one.is_assumed}
    known = {one.knows for one in living}
    return frozenset(family for family in shown.union(*known) if family is not None)


def in_numbers(things: Iterable[Live]) -> str:
    """`2 datasets and 1 model`: how many there are of each kind that is there; `nothing` where nothing is."""
    numbers = Counter(one.kind for one in things)
    told = [count(numbers[kind], kind.value, kind.plural) for kind in Kind if numbers[kind]]
    return in_words(told, "and") if told else "nothing"
