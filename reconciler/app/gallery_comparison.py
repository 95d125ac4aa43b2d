"""The results of a gallery as a comparison of versions, read from the files alone. No picture is decoded here."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from reconciler.app.exceptions import WrongUsage
from reconciler.app.gallery_standing import with_standings
from reconciler.core.desired import Desired
from reconciler.core.fingerprint import declared_fingerprint
from reconciler.core.gallery import DesiredGallery
from reconciler.core.gallery_results import GalleryResults
from reconciler.core.value import dataclass
from reconciler.files.gallery_folder import read_results
from reconciler.gallery.comparison import Comparison, compared
from reconciler.gallery.version import (
    KnownVersions,
    chosen_versions,
    columns_of,
    known_versions,
    usual_versions,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedGallery:
    """A comparison, and clauses about versions that were meant and of which nothing is here."""

    comparison: Comparison
    unknown: tuple[str, ...] = ()


def compared_gallery(
    root: Path, desired: Desired, gallery: DesiredGallery, wanted: Sequence[str] = (), cases: Collection[str] = ()
) -> ComparedGallery:
    """The results of a gallery in the wanted versions, or in those that matter; of some of its cases, or all. Only files are read."""
    if gallery.model not in desired.models:
        raise WrongUsage(f"{gallery} is of {gallery.model}, whose manifest says `ensure: absent`.")
    results = read_results(root, gallery)
    known = known_to(desired, gallery, results)
    chosen = chosen_versions(known, wanted) if wanted else usual_versions(known)
    columns = columns_of(gallery, known, chosen.fingerprints)
    columns = with_standings(root, desired, gallery, columns, results.results)
    # Whether a version is approved is asked of all cases, also where a person looks at some of them.
    shown = tuple(case for case in gallery.cases if not cases or case.name in cases)
    made = compared(replace(gallery, cases=shown), columns, results.results)
    return ComparedGallery(comparison=made, unknown=chosen.unknown)


def known_to(desired: Desired, gallery: DesiredGallery, results: GalleryResults) -> KnownVersions:
    """The versions that the manifest of a gallery's model and its results know."""
    model = desired.models[gallery.model]
    return known_versions(model.aliases, declared_fingerprint(model, desired), results.results)
