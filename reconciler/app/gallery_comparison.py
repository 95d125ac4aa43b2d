"""The results of a gallery as a comparison of versions, read from the files alone. No picture is decoded here."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from reconciler.app.exceptions import WrongUsage
from reconciler.core.desired import Desired
from reconciler.core.fingerprint import declared_fingerprint
from reconciler.core.gallery import Column, DesiredGallery
from reconciler.core.gallery_results import GalleryResults
from reconciler.core.value import dataclass
from reconciler.files.approval_file import approval_in
from reconciler.files.gallery_folder import read_results
from reconciler.files.tree import Tree
from reconciler.gallery.approval import Standing, standing
from reconciler.gallery.comparison import ComparedColumn, Comparison, compared
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
    root: Path, desired: Desired, gallery: DesiredGallery, wanted: Sequence[str] = ()
) -> ComparedGallery:
    """The results of a gallery in the wanted versions, or in those that matter. Only files are read."""
    if gallery.model not in desired.models:
        raise WrongUsage(f"{gallery} is of {gallery.model}, whose manifest says `ensure: absent`.")
    results = read_results(root, gallery)
    known = known_to(desired, gallery, results)
    chosen = chosen_versions(known, wanted) if wanted else usual_versions(known)
    columns = with_standings(root, desired, columns_of(gallery, known, chosen.fingerprints), results)
    return ComparedGallery(comparison=compared(gallery, columns, results.results), unknown=chosen.unknown)


def known_to(desired: Desired, gallery: DesiredGallery, results: GalleryResults) -> KnownVersions:
    """The versions that the manifest of a gallery's model and its results know."""
    model = desired.models[gallery.model]
    return known_versions(model.aliases, declared_fingerprint(model, desired), results.results)


def with_standings(
    root: Path, desired: Desired, columns: Sequence[ComparedColumn], results: GalleryResults
) -> tuple[ComparedColumn, ...]:
    """The columns, each with whether its version is approved, where a promotion asks for that or a file claims it."""
    gallery = results.gallery
    promotion = desired.models[gallery.model].promotion
    asked = None if promotion is None or promotion.gallery != gallery.name else promotion.asked(gallery)
    fingerprints = dict.fromkeys(one.column.fingerprint for one in columns)
    found: dict[str, Standing] = {}
    with Tree(root) as tree:
        for fingerprint in fingerprints:
            approval = approval_in(tree, gallery.folder, fingerprint)
            if asked is not None or approval is not None:
                own = [one for one in results.results.values() if one.column == Column(fingerprint)]
                found[fingerprint] = standing(gallery, fingerprint, own, approval, asked)
    return tuple(replace(one, standing=found.get(one.column.fingerprint)) for one in columns)
