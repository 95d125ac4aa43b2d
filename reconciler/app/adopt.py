"""`adopt`: hold a declared object against a live one that people made, and write down what git takes it for."""

import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import PurePosixPath
from typing import TypeVar

from reconciler.api.picture import Missing, Patience, fetch_pictures, unnamed_hosts
from reconciler.app.account import require_account
from reconciler.app.doctor import measure_all
from reconciler.app.exceptions import Refused, refused, undeclared
from reconciler.app.session import Session
from reconciler.app.settings import Settings
from reconciler.app.validate import resolve_tree
from reconciler.clock import SystemClock
from reconciler.core.adoption import Adopted, Adoption
from reconciler.core.desired import Desired, DesiredDataset, DesiredImage
from reconciler.core.kind import Kind
from reconciler.core.live import Observed, RemoteDataset, RemoteImage, RemoteModel, RemoteProject, called
from reconciler.core.look.adopting import (
    Finding,
    changed_words,
    dataset_forbids,
    find_dataset,
    find_model,
    forbids,
    place_of,
    take_over,
)
from reconciler.core.look.likeness import Likeness, likenesses
from reconciler.core.manifest.loaded import Loaded, Manifest
from reconciler.core.problem import ProblemsFound
from reconciler.core.ref import Ref
from reconciler.core.refusal import Refusal
from reconciler.core.text import count
from reconciler.core.value import dataclass
from reconciler.doctor.pixels import Measured, Pixels, apart
from reconciler.files.adopted import FILE_NAME, adopted_bytes, unwritable
from reconciler.files.file_edit import FileEdit
from reconciler.files.image.pixel import measure, measured_bytes, measured_from
from reconciler.files.load import load
from reconciler.files.project_pin import pinned_bytes
from reconciler.files.tree import FileRefused, Tree
from reconciler.files.yaml.edit import EditRefused
from reconciler.files.yaml.reading import FILE_LIMIT
from reconciler.observe import lists
from reconciler.render.adopt import LookedAt

T = TypeVar("T")

PATIENCE = Patience(altogether=600.0)
"""For as many pictures as a dataset has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptRequest:
    """What is adopted as what. `hosts` are those from which pictures may be fetched."""

    ref: Ref
    id: int
    hosts: tuple[str, ...] = ()
    keeps_name: bool = False
    accepts_unknown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptTree:
    """The tree as found, and what it asks for, with all that was adopted so far."""

    loaded: Loaded
    desired: Desired

    def manifest(self, ref: Ref) -> Manifest:
        return next(one for one in self.loaded.manifests if one.ref == ref)

    def without(self, ref: Ref) -> "AdoptTree":
        """The same as if this object were not adopted."""
        entries = {key: entry for key, entry in self.desired.adopted.entries.items() if key != ref}
        return replace(self, desired=replace(self.desired, adopted=Adoption(entries)))

    def adopted(self, found: Finding) -> "AdoptTree":
        """The same with one more entry."""
        entries = {**self.desired.adopted.entries, found.ref: found.entry}
        return replace(self, desired=replace(self.desired, adopted=Adoption(entries)))

    def taken_over(self, ref: Ref, live_id: int) -> "AdoptTree":
        """The same with a project that is pinned."""
        return replace(self, desired=self.desired.updated(replace(self.desired.projects[ref], id=live_id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """A project that is pinned by its live id, and what a plan will change in it."""

    remote: RemoteProject
    differences: Sequence[str]


def read_tree(settings: Settings, refs: Iterable[Ref]) -> AdoptTree:
    """The tree. WrongUsage if nothing in it is called so; ProblemsFound carries all that is wrong with it."""
    loaded = load(settings.root, overlay=settings.overlay_name)
    desired = resolve_tree(loaded)
    for ref in refs:
        if ref not in desired.present:
            raise undeclared(ref, desired.present)
    return AdoptTree(loaded=loaded, desired=desired)


async def read_account(opened: Session, settings: Settings) -> Observed:
    """The account as it is, without what git makes of it: three calls, however much is adopted."""
    observed = await lists(opened.client)
    require_account(settings, observed)
    return observed


async def look(
    opened: Session, settings: Settings, tree: AdoptTree, account: Observed, request: AdoptRequest
) -> tuple[Finding, LookedAt]:
    """Compare. Refused where the live object cannot be what is declared, or git lacks files of it."""
    _require_own_account(tree, account, request)
    tree = tree.without(request.ref)
    opened.client.adopted = tree.desired.adopted.in_account(account.projects)
    observed = opened.client.adopted.account(account)
    pictures = LookedAt()
    found: Finding | Refusal
    if request.ref.kind is Kind.DATASET:
        live = await _dataset(opened, tree, request, observed)
        place = _passed(place_of(live, request.ref, tree.desired, observed, _pin(settings)))
        dataset = tree.desired.datasets[request.ref]
        if (refusal := dataset_forbids(live, dataset)) is not None:
            raise Refused([refusal])
        images, pictures = await _alike(settings, tree, dataset, live, request)
        found = find_dataset(dataset, live, images, place)
    else:
        model = await _model(opened, tree, request, observed)
        place = _passed(place_of(model, request.ref, tree.desired, observed, _pin(settings)))
        found = find_model(tree.desired.models[request.ref], model, tree.desired, observed, place)
    found = _passed(found)
    return replace(found, entry=replace(found.entry, keeps_name=request.keeps_name)), pictures


def _require_own_account(tree: AdoptTree, account: Observed, request: AdoptRequest) -> None:
    """Refused where the entry is about another account: there, everything would be made anew without it."""
    old = tree.desired.adopted.of(request.ref)
    if old is not None and old.account not in account.projects:
        raise refused(
            "adopt-account",
            f"{request.ref} is adopted in another account, which is known by project {old.account}",
            f"An object has one entry. If that account is not used any more, remove the one at {old.location}.",
        )


def require_known(found: Finding, request: AdoptRequest) -> None:
    """Refused where a live image is of no known file, unless a person wants just that; and where none is of one."""
    if found.unknown and len(found.unknown) == len(found.images):
        summary = f"no image of {called(found.live)} is a file of {found.ref}: it is another dataset, or nothing tells them apart"
        way = (
            "Name the host of the pictures, so that pixels are compared: `--pictures-from HOST`; or adopt another one."
        )
        raise Refused([Refusal(rule="adopt-nothing", ref=found.ref, summary=summary, remedies=(way,))])
    if found.unknown and not request.accepts_unknown:
        raise Refused(
            [
                Refusal(
                    rule="adopt-unknown",
                    ref=found.ref,
                    summary=f"git has no file for {count(len(found.unknown), 'image')} of {called(found.live)}",
                    remedies=(
                        "Put their files into git; or name the host of the pictures, so that pixels are compared: `--pictures-from HOST`.",
                        "Or adopt it all the same: `--accept-unknown`. The next version is then made without these images.",
                    ),
                )
            ]
        )


def take_project(tree: AdoptTree, account: Observed, request: AdoptRequest) -> TakenOver:
    """A live project that a manifest is to be pinned to. Refused where it cannot be the declared one."""
    remote = account.projects.get(request.id)
    if remote is None:
        raise _no_such(request)
    project = tree.desired.projects[request.ref]
    if (refusal := take_over(project, remote, tree.desired)) is not None:
        raise Refused([refusal])
    return TakenOver(remote=remote, differences=changed_words(project, remote))


def entry_edits(settings: Settings, tree: AdoptTree, found: Iterable[Finding]) -> list[FileEdit]:
    """The entries written beside their manifests, or where they stand already. ProblemsFound where that cannot be done."""
    by_path: dict[str, list[Adopted]] = defaultdict(list)
    with Tree(settings.root) as root:
        for one in found:
            old = next((entry for entry in tree.loaded.adopted if entry.ref == one.ref), None)
            beside = tree.manifest(one.ref).document.path if old is None else old.location.path
            folder = PurePosixPath(beside).relative_to(root.shown("")).parent
            by_path[FILE_NAME if str(folder) == "." else f"{folder}/{FILE_NAME}"].append(one.entry)
        return [_entry_edit(root, path, entries) for path, entries in by_path.items()]


def _entry_edit(root: Tree, path: str, entries: Sequence[Adopted]) -> FileEdit:
    try:
        before, after = adopted_bytes(root, path, entries)
    except EditRefused as error:
        raise ProblemsFound([error.problem], end="nothing was written") from None
    except FileRefused as error:
        raise _unwritable(root.shown(path), error.reason) from None
    if len(after) > FILE_LIMIT:
        way = "Put the manifests into several folders: each has an adopted.yaml of its own."
        raise refused("adopt-file", f"{root.shown(path)} would become larger than {FILE_LIMIT:,} bytes", way)
    return FileEdit(path=path, before=before, after=after)


def require_writable(found: Finding) -> None:
    """Refused where no file can hold the entry: the whole tree could not be read any more."""
    if why := unwritable(found.entry):
        raise refused(
            "adopt-file",
            f"the entry of {found.ref} cannot be written: {why}",
            "Where a live name holds control characters, give the object or the image another one.",
        )


def pin_edit(settings: Settings, tree: AdoptTree, request: AdoptRequest) -> FileEdit:
    """The manifest of a project with its live id. ProblemsFound where it cannot be edited."""
    place = tree.manifest(request.ref).document.path
    with Tree(settings.root) as root:
        path = str(PurePosixPath(place).relative_to(root.shown("")))
        try:
            before, after = pinned_bytes(root, path, request.ref, request.id)
        except EditRefused as error:
            raise ProblemsFound([error.problem], end="nothing was written") from None
    return FileEdit(path=path, before=before, after=after)


def _unwritable(place: str, reason: str) -> Refused:
    return refused("adopt-file", f"{place} {reason}", "Put the file itself there, and see that it can be written.")


def _pin(settings: Settings) -> int | None:
    return None if settings.account is None else settings.account.project


def _passed(found: T | Refusal) -> T:
    """What was found. Refused where it is a refusal."""
    if isinstance(found, Refusal):
        raise Refused([found])
    return found


def _no_such(request: AdoptRequest) -> Refused:
    kind = request.ref.kind
    way = "`reconciler export --list` shows all that is live, with its id."
    return refused("adopt-none", f"no {kind} of this account has the id {request.id}", way)


async def _dataset(opened: Session, tree: AdoptTree, request: AdoptRequest, observed: Observed) -> RemoteDataset:
    """The live dataset in full."""
    live = None if request.id not in observed.datasets else await opened.client.get_dataset(request.id)
    if live is None:
        raise _no_such(request)
    live = replace(live, project_id=live.project_id or observed.datasets[live.id].project_id)
    _require_free(live, tree, request, observed)
    return live


async def _model(opened: Session, tree: AdoptTree, request: AdoptRequest, observed: Observed) -> RemoteModel:
    """The live model, with its parameters."""
    live = None if request.id not in observed.models else await opened.client.get_model(request.id)
    if live is None or live.is_gone:
        raise _no_such(request)
    _require_free(live, tree, request, observed)
    return live


def _require_free(
    live: RemoteDataset | RemoteModel, tree: AdoptTree, request: AdoptRequest, observed: Observed
) -> None:
    """Refused where it is adopted as something else, or cannot be a first version."""
    taken = next((one for one in tree.desired.adopted if one.key == (live.kind, live.id)), None)
    if taken is not None:
        raise refused(
            "adopt-owned", f"{called(live)} is adopted as {taken.ref}", f"Remove that entry first: {taken.location}."
        )
    if (refusal := forbids(live, request.ref, observed)) is not None:
        raise Refused([refusal])


async def _alike(
    settings: Settings, tree: AdoptTree, dataset: DesiredDataset, live: RemoteDataset, request: AdoptRequest
) -> tuple[tuple[Likeness, ...], LookedAt]:
    """Each live image with the file that it is taken for; pixels count where hosts were named and pictures came."""
    images = live.images or ()
    seen, pictures = await _measured(images, request.hosts, settings)
    files = _measured_files(settings, tree, request.ref) if seen else {}

    @cache
    def far(image_id: int, digest: str) -> float | None:
        one, other = seen.get(image_id), files.get(digest)
        return apart(one, other) if isinstance(one, Pixels) and isinstance(other, Pixels) else None

    def distance(image: RemoteImage, file: DesiredImage) -> float | None:
        return far(image.id, file.digest)

    found = likenesses(images, dataset.images, guide=live.guide or dataset.guide, distance=distance, seen=tuple(seen))
    return found, pictures


async def _measured(
    images: Sequence[RemoteImage], hosts: Sequence[str], settings: Settings
) -> tuple[dict[int, Measured], LookedAt]:
    """The pixels of live pictures by the ids of the images. Nothing is kept on the disk, and no token is sent."""
    if not hosts:
        return {}, LookedAt(hosts=unnamed_hosts((image.thumbnail_url or "" for image in images), ()))
    answers = await fetch_pictures(
        {str(image.id): image.thumbnail_url or "" for image in images},
        hosts,
        shrink=_measure,
        clock=SystemClock(),
        network=settings.network,
        patience=PATIENCE,
    )
    found = {int(key): measured_from(answer) for key, answer in answers.items() if isinstance(answer, bytes)}
    seen = {key: measured for key, measured in found.items() if measured is not None}
    reasons = dict.fromkeys(answer.reason for answer in answers.values() if isinstance(answer, Missing))
    return seen, LookedAt(compared=len(seen), reasons=tuple(reasons))


def _measure(body: bytes) -> bytes | None:
    """A picture as what is compared of it; None if it is none. The picture itself is not kept."""
    measured = measure(io.BytesIO(body))
    return measured_bytes(measured) if isinstance(measured, Pixels) else None


def _measured_files(settings: Settings, tree: AdoptTree, ref: Ref) -> dict[str, Measured]:
    """The pixels of the files of a dataset, by digest."""
    folder = next(tree.loaded.folders[place] for place, one in enumerate(tree.loaded.manifests) if one.ref == ref)
    return measure_all(settings.root, [image for image in folder.images if image.has_content])
