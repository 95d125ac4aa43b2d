"""The file by which a person approves what a version draws. Nothing is asked of the API."""

from collections.abc import Iterable

from reconciler.app.exceptions import WrongUsage, refused
from reconciler.app.galleries import gallery_named
from reconciler.app.gallery_standing import cases_asked
from reconciler.app.settings import Settings
from reconciler.core.desired import Desired
from reconciler.core.diff.alias import is_version
from reconciler.core.fingerprint import declared_fingerprint
from reconciler.core.gallery import CaseResult, CaseState, Column, DesiredGallery
from reconciler.core.value import dataclass
from reconciler.files.approval_file import approval_in
from reconciler.files.file_edit import FileEdit
from reconciler.files.gallery_folder import columns_in, results_in
from reconciler.files.git.ignored import ignored
from reconciler.files.tree import FileRefused, Tree
from reconciler.gallery.approval import (
    MOST_BYTES,
    Approved,
    Standing,
    approval_file,
    approval_of,
    approval_text,
    standing,
)
from reconciler.gallery.refusal import draw_ways, incomplete_words
from reconciler.gallery.version import ALL, KnownVersions, chosen_versions, known_versions


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeApproval:
    """What approving a version writes. `before` is how it stood, `left_out` are cases that no guard asks for and that are not there.

    `unseen` are files of it, relative to the root, that git is told to ignore; `pointers` are cases of which only the Git LFS
    pointer of the picture is here.
    """

    gallery: DesiredGallery
    fingerprint: str
    edit: FileEdit
    before: Standing
    left_out: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    pointers: tuple[str, ...] = ()


def make_approval(settings: Settings, desired: Desired, name: str, version: str) -> MadeApproval:
    """The approval of a version: alias, `current`, or digits of a fingerprint. WrongUsage where it is not known here.

    Refused where a case that is asked for is not there as it is defined.
    """
    gallery = gallery_named(desired, name)
    with Tree(settings.root) as tree:
        fingerprint = _fingerprint(tree, desired, gallery, version)
        column = Column(fingerprint)
        results = results_in(tree, gallery, [column]).of(column)
        approval = approval_in(tree, gallery.folder, fingerprint)
        found = standing(gallery, fingerprint, results, approval, cases_asked(desired, gallery))
        if found.approved is Approved.INCOMPLETE:
            raise refused(
                "gallery-incomplete",
                f"{gallery} is not complete for {fingerprint} ({incomplete_words(found.incomplete)})",
                *draw_ways(gallery, fingerprint, found.incomplete, str(settings.root)),
            )
        path = approval_file(gallery.folder, fingerprint)
        after = approval_text(approval_of(gallery, fingerprint, results)).encode()
        edit = FileEdit(path=path, before=_content(tree, path), after=after)
    files = (path, *_files(results))
    return MadeApproval(
        gallery=gallery,
        fingerprint=fingerprint,
        edit=edit,
        before=found,
        left_out=tuple(one.case for one in results if one.state is not CaseState.PRESENT),
        unseen=ignored(settings.root, files),
        pointers=tuple(one.case for one in results if one.state is CaseState.PRESENT and not one.has_content),
    )


def _fingerprint(tree: Tree, desired: Desired, gallery: DesiredGallery, version: str) -> str:
    model = desired.models.get(gallery.model)
    if model is None:
        raise WrongUsage(f"{gallery} is of {gallery.model}, whose manifest says `ensure: absent`.")
    current = declared_fingerprint(model, desired)
    if is_version(version):  # only records say numbers, so all of them are read
        known = known_versions(model.aliases, current, results_in(tree, gallery).results)
    else:
        known = KnownVersions(aliases=model.aliases, current=current, drawn=columns_in(tree, gallery))
    if version == ALL and version not in dict(model.aliases):
        raise WrongUsage("One version is approved at a time: name its fingerprint.")
    chosen = chosen_versions(known, [version])
    if chosen.unknown:
        raise WrongUsage(f"{chosen.unknown[0]}. `reconciler gallery status {gallery.name}` lists what is there.")
    return chosen.fingerprints[0]


def _content(tree: Tree, path: str) -> bytes | None:
    """What is written over; None where there is nothing. Refused where it cannot be read: it is no approval."""
    try:
        found = tree.read(path, MOST_BYTES)
    except FileRefused as error:
        if error.is_missing:
            return None
        raise refused("file-unwritten", f"{tree.shown(path)} {error.reason}", "Remove it.") from None
    if len(found) > MOST_BYTES:
        raise refused("file-unwritten", f"{tree.shown(path)} is too large to be an approval", "Remove it.")
    return found


def _files(results: Iterable[CaseResult]) -> tuple[str, ...]:
    """The picture of each case, and its record."""
    pictures = [one.file for one in results if one.state is CaseState.PRESENT]
    records = [f"{one.file.rpartition('/')[0]}/{one.case}.json" for one in results if one.state is CaseState.PRESENT]
    return (*pictures, *records)
