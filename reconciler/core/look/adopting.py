"""What adopting a live object means: the entry that git would hold, what differs all the same, and what forbids it."""

from collections.abc import Iterator, Sequence

from reconciler.core.adoption import ADOPTED_VERSION, Adopted, AdoptedImage, Adoption
from reconciler.core.desired import Desired, DesiredDataset, DesiredModel, DesiredProject
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.assessment import wish_for
from reconciler.core.diff.content_match import guide_reasons, match_wish
from reconciler.core.diff.election import ALIVE
from reconciler.core.diff.family import is_of_another_family
from reconciler.core.fingerprint import content_fingerprint, dataset_fingerprint, model_fingerprint
from reconciler.core.live import DatasetStatus, Observed, RemoteDataset, RemoteModel, RemoteProject, called
from reconciler.core.look.likeness import Certainty, Likeness, without_live
from reconciler.core.name import FinalName, parse_dataset_name
from reconciler.core.ref import Ref
from reconciler.core.refusal import Refusal
from reconciler.core.text import count, in_words, quoted, shown
from reconciler.core.value import dataclass

_MUST_AGREE = ("ip_medium", "ip_type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What comparing a declared object with a live one found.

    `entry` is what git would hold. `images` are the live images, `missing` names of files that are not live. `differences`
    is what a plan will change all the same, a clause each; `unproved` what nobody can know.
    """

    ref: Ref
    live: RemoteDataset | RemoteModel
    entry: Adopted
    images: tuple[Likeness, ...] = ()
    missing: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    unproved: tuple[str, ...] = ()

    @property
    def unknown(self) -> tuple[Likeness, ...]:
        """Live images that git has no file for."""
        return tuple(one for one in self.images if one.certainty is Certainty.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the object to adopt lies: the project by which its account is known, and the project that holds it."""

    account: int
    project: int


def place_of(
    live: RemoteDataset | RemoteModel, ref: Ref, desired: Desired, observed: Observed, pinned: int | None
) -> Place | Refusal:
    """The place, if the declared project is the one that holds it. `pinned` is the project of the account that is pinned."""
    project, id_ = desired.project_of(ref), AccountIndex(observed).project_of(live)
    remote = None if id_ is None else observed.projects.get(id_)
    if remote is None:
        return _refused(
            ref, "adopt-project", f"{called(live)} lies in no project that is listed", "Look at it in the console."
        )
    declared = desired.projects.get(project)
    if declared is None or not _is_meant(declared, remote):
        way = f"Take that project over first: `reconciler adopt {project} {remote.id}`."
        return _refused(
            ref, "adopt-project", f"{called(live)} lies in the project {called(remote)}, which is not {project}", way
        )
    account = pinned if pinned is not None and pinned in observed.projects else remote.id
    return Place(account=account, project=remote.id)


def _is_meant(declared: DesiredProject, remote: RemoteProject) -> bool:
    return declared.id == remote.id if declared.id is not None else declared.project_name == remote.project_name


def forbids(live: RemoteDataset | RemoteModel, ref: Ref, observed: Observed) -> Refusal | None:
    """Why a live object cannot be the first version of a manifest, whatever it holds."""
    own = ref.kind.parse_name(live.name)
    if own is not None and own.base != ref.name:
        other = Ref(ref.kind, own.base)
        way = f"If it was renamed in git: `moved: {{from: {own.base}}}` in the manifest of {ref}."
        return _refused(ref, "adopt-owned", f"{called(live)} is by its name a version of {other}", way)
    is_ours = own is not None and own.base == ref.name
    others = [one for one in AccountIndex(observed).named(ref) if one.id != live.id and not one.is_gone]
    if others and not is_ours:
        listed = ", ".join(called(one) for one in others)
        return _refused(
            ref,
            "adopt-versions",
            f"versions of {ref} are live already: {listed}",
            f"What is adopted becomes version {ADOPTED_VERSION}, so nothing may be live before it: adopt under another name.",
        )
    return _unsettled(live, ref)


def _unsettled(live: RemoteDataset | RemoteModel, ref: Ref) -> Refusal | None:
    if isinstance(live, RemoteModel):
        if live.status in ALIVE:
            return None
        summary = f"{called(live)} has the status {quoted(live.word)}, and counts as no version"
        return _refused(ref, "adopt-status", summary, "Adopt a model that is trained, in training, or not started yet.")
    if live.status is DatasetStatus.UNKNOWN or live.is_regenerating:
        summary = f"{called(live)} is not settled: its status is not known, or its captions are being regenerated"
        return _refused(ref, "adopt-status", summary, "Wait until that has ended, then try again.")
    return None


def dataset_forbids(live: RemoteDataset, dataset: DesiredDataset) -> Refusal | None:
    """The same for what only datasets have."""
    ref = dataset.ref
    if is_of_another_family(live, dataset.guide):
        summary = f"{called(live)} is of the {live.family} family, and {ref} declares a {dataset.guide.field}"
        return _refused(ref, "adopt-family", summary, "Declare what it is; docs/families.md says what else differs.")
    if not live.is_filled_by(dataset.uploads):
        summary = f"the upload_type of {called(live)} is {quoted(live.upload_type or '')}, and the API never changes it"
        return _refused(
            ref, "adopt-upload-type", summary, f"Write `upload_type: {shown(live.upload_type or '')}` in the manifest."
        )
    return None


def find_dataset(dataset: DesiredDataset, live: RemoteDataset, images: tuple[Likeness, ...], place: Place) -> Finding:
    """What git would hold of a dataset whose live images were looked at, and how the two differ."""
    ref, names = dataset.ref, [one.live.image_name for one in images]
    rows = tuple(_row(one, is_shared=names.count(one.live.image_name) > 1) for one in images)
    draft = Adopted(
        ref=ref,
        account=place.account,
        project=place.project,
        id=live.id,
        fingerprint=dataset_fingerprint(dataset),
        images=rows,
    )
    known = Adoption({ref: draft}).dataset(live)
    match = match_wish(known.content, wish_for(dataset, draft.fingerprint, ADOPTED_VERSION))
    guide = live.guide or dataset.guide
    differing = {pair.wanted.key for pair in match.differing}
    declared = {pair.wanted.key: pair.wanted.caption for pair in match.staying if pair.wanted.key not in differing}
    content = [(key, declared.get(key)) for key in known.content.keyed]
    entry = Adopted(
        ref=ref,
        account=place.account,
        project=place.project,
        id=live.id,
        fingerprint=content_fingerprint(guide, known.content.uploads, content),
        images=rows,
    )
    differences = [*guide_reasons(live.guide, dataset.guide)] if match.guide_changes else []
    if match.coming:
        differences.append(
            f"{count(len(match.coming), 'file')} of git {'is' if len(match.coming) == 1 else 'are'} not live"
        )
    if match.going:
        differences.append(
            f"{count(len(match.going), 'live image')} {'has' if len(match.going) == 1 else 'have'} no file in git"
        )
    if differing:
        differences.append(
            f"{count(len(differing), 'caption')} of git {'differs' if len(differing) == 1 else 'differ'} from the live side"
        )
    return Finding(
        ref=ref,
        live=live,
        entry=entry,
        images=images,
        missing=tuple(file.name for file in without_live(images, dataset.images)),
        differences=tuple(differences),
    )


def _row(one: Likeness, *, is_shared: bool) -> AdoptedImage:
    file = one.file
    distance = None if file is None or one.distance is None else round(one.distance, 1)
    return AdoptedImage(
        name=one.live.image_name,
        file="" if file is None else file.name,
        digest="" if file is None else file.digest,
        compared=one.compared,
        distance=distance,
        id=one.live.id if is_shared else None,
    )


def find_model(
    model: DesiredModel, live: RemoteModel, desired: Desired, observed: Observed, place: Place
) -> Finding | Refusal:
    """What git would hold of a model, if it was trained as declared on what git knows its dataset by."""
    dataset = None if live.dataset_id is None else observed.datasets.get(live.dataset_id)
    named = None if dataset is None else parse_dataset_name(dataset.name)
    if dataset is None:
        return _refused(
            model.ref, "adopt-dataset", f"{called(live)} stands on no dataset that is live", "Keep it out of git."
        )
    if not isinstance(named, FinalName) or named.base != model.dataset.name:
        summary = f"{called(live)} was trained on {called(dataset)}, which is no completed version of {model.dataset}"
        return _refused(
            model.ref,
            "adopt-dataset",
            summary,
            f"Adopt its dataset first: `reconciler adopt {model.dataset} {dataset.id}`.",
        )
    if differences := tuple(_definition_differs(model, live)):
        summary = f"{called(live)} is not what {model.ref} declares: {'; '.join(differences)}"
        return _refused(
            model.ref, "adopt-definition", summary, "Make the manifest what that model is: nothing else trains it anew."
        )
    unknown = tuple(_untold(model, live))
    entry = Adopted(
        ref=model.ref,
        account=place.account,
        project=place.project,
        id=live.id,
        fingerprint=model_fingerprint(model, named.fingerprint),
        dataset=named.fingerprint,
        unknown=unknown,
    )
    wanted = dataset_fingerprint(desired.datasets[model.dataset])
    behind = (
        ()
        if wanted == named.fingerprint
        else (f"git asks for another content of {model.dataset} than it was trained on",)
    )
    unproved = tuple(f"the API does not tell {field}" for field in unknown) + tuple(_undeclared(model, live))
    return Finding(ref=model.ref, live=live, entry=entry, differences=behind, unproved=unproved)


def _definition_differs(model: DesiredModel, live: RemoteModel) -> Iterator[str]:
    pairs = (
        ("training_mode", live.training_mode, model.training_mode),
        ("training_version", live.training_version, model.training_version),
    )
    for field, told, declared in pairs:
        if told is not None and declared is not None and told != declared:
            yield f"{field} is {quoted(told)}, git declares {quoted(declared)}"
    told_parameters = dict(live.parameters)
    for field, value in model.parameters:
        if field in told_parameters and told_parameters[field] != value:
            yield f"training.{field} is {told_parameters[field]}, git declares {value}"


def _untold(model: DesiredModel, live: RemoteModel) -> Iterator[str]:
    """Fields that git declares and the API says nothing of."""
    if live.training_mode is None:
        yield "training_mode"
    if live.training_version is None and model.training_version is not None:
        yield "training_version"
    told = {name for name, _ in live.parameters}
    yield from (f"training.{name}" for name, _ in model.parameters if name not in told)


def _undeclared(model: DesiredModel, live: RemoteModel) -> Iterator[str]:
    """Parameters that the API tells and git does not declare: the next training takes the defaults of the API."""
    declared = {name for name, _ in model.parameters}
    told = [f"{name} {value}" for name, value in live.parameters if name not in declared]
    if told and live.training_mode == "expert":
        yield (
            f"whether {in_words(told, 'and')}, which git does not declare, is what the next training takes: "
            "the API chooses then"
        )


def take_over(project: DesiredProject, remote: RemoteProject, desired: Desired) -> Refusal | None:
    """Why a live project cannot become this one."""
    for field in _MUST_AGREE:
        live, wish = getattr(remote, field), getattr(project, field)
        if live is not None and live != wish:
            summary = f"{field} of {called(remote)} is {quoted(live)}, {project.ref} declares {quoted(wish)}, and the API never changes it"
            return _refused(project.ref, "adopt-project", summary, f"Write `{field}: {shown(live)}` in the manifest.")
    family = desired.family_of(project.ref)
    if remote.family is not None and family is not None and remote.family != family:
        summary = f"{called(remote)} is of the {remote.family} family, and {project.ref} of the {family} family"
        return _refused(
            project.ref, "adopt-family", summary, "Declare what it is; docs/families.md says what else differs."
        )
    return None


def changed_words(project: DesiredProject, remote: RemoteProject) -> Sequence[str]:
    """Fields that a plan will change in a live project that is taken over."""
    fields = ("project_name", "project_description", "ip_name", "ip_description")
    pairs = ((field, getattr(remote, field), getattr(project, field)) for field in fields)
    return [
        f"{field} is {quoted(live or '')}, git declares {quoted(wish)}"
        for field, live, wish in pairs
        if wish is not None and wish != (live or "")
    ]


def _refused(ref: Ref, rule: str, summary: str, *remedies: str) -> Refusal:
    return Refusal(rule=rule, ref=ref, summary=summary, remedies=remedies)
