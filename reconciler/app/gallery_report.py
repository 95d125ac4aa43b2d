"""`gallery report`: the results of a gallery side by side, from the files alone. Nothing is asked and nothing is sent."""

from collections.abc import Sequence
from pathlib import Path

from reconciler.app.exceptions import WrongUsage
from reconciler.app.galleries import gallery_named, require_cases
from reconciler.app.gallery_comparison import ComparedGallery, compared_gallery
from reconciler.app.gallery_pictures import shown_results
from reconciler.core.desired import Desired
from reconciler.core.text import quoted
from reconciler.render.gallery_report import GalleryReport, gallery_report


def report_on(
    root: Path, desired: Desired, name: str, wanted: Sequence[str] = (), cases: Sequence[str] = ()
) -> GalleryReport:
    """The report with its pictures. WrongUsage where a wanted version or case is not known here."""
    gallery = gallery_named(desired, name)
    require_cases(gallery, cases, "--case")
    found = compared_gallery(root, desired, gallery, wanted, cases)
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
