"""`gallery report`: the results of a gallery side by side, from the files alone. Nothing is asked and nothing is sent."""

from collections.abc import Sequence
from pathlib import Path

from reconciler.app.exceptions import WrongUsage
from reconciler.app.galleries import gallery_named
from reconciler.app.gallery_pictures import shown_results
from reconciler.core.desired import Desired
from reconciler.core.fingerprint import declared_fingerprint
from reconciler.core.gallery import DesiredGallery
from reconciler.core.text import quoted
from reconciler.core.value import dataclass
from reconciler.files.gallery_folder import read_results
from reconciler.gallery.comparison import Comparison, compared
from reconciler.gallery.version import chosen_versions, columns_of, known_versions, usual_versions
from reconciler.render.gallery_report import GalleryReport, gallery_report


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedGallery:
    """A comparison, and clauses about versions that were meant and of which nothing is here."""

    comparison: Comparison
    unknown: tuple[str, ...] = ()


def compared_gallery(
    root: Path, desired: Desired, gallery: DesiredGallery, wanted: Sequence[str] = ()
) -> ComparedGallery:
    """The results of a gallery in the wanted versions, or in those that matter. Only files are read."""
    model = desired.models.get(gallery.model)
    if model is None:
        raise WrongUsage(f"{gallery} is of {gallery.model}, whose manifest says `ensure: absent`.")
    found = read_results(root, gallery)
    known = known_versions(model.aliases, declared_fingerprint(model, desired), found.results)
    chosen = chosen_versions(known, wanted) if wanted else usual_versions(known)
    columns = columns_of(gallery, known, chosen.fingerprints)
    return ComparedGallery(comparison=compared(gallery, columns, found.results), unknown=chosen.unknown)


def report_on(root: Path, desired: Desired, name: str, wanted: Sequence[str] = ()) -> GalleryReport:
    """The report with its pictures. WrongUsage where a wanted version is not known here."""
    found = compared_gallery(root, desired, gallery_named(desired, name), wanted)
    if wanted:
        _require_known(found)
    cells = [cell for row in found.comparison.cases for cell in row.cells]
    return gallery_report(found.comparison, shown_results(root, cells), unknown=found.unknown)


def _require_known(found: ComparedGallery) -> None:
    if found.unknown:
        said = "; ".join(found.unknown)
        raise WrongUsage(
            f"--versions: {said}. It takes aliases, `current`, `v2`, digits of a fingerprint, and `all`; "
            f"results of {found.comparison.gallery} lie in {quoted(found.comparison.gallery.folder)}."
        )
