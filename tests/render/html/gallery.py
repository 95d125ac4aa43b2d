"""A page of a gallery with everything that it can show."""

from reconciler.gallery.comparison import Comparison
from reconciler.render.gallery_picture import ShownResult, ShownResults, picture_uri, vector_uri
from reconciler.render.gallery_report import GalleryReport, gallery_report
from reconciler.render.html.gallery_page import render_gallery
from tests.gallery import looks

DOT = bytes.fromhex("524946461a000000574542505650384c0d0000002f00000010071011118888fe0700")
"""A picture of one point."""
CIRCLE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><circle cx="50" cy="50" r="40" fill="teal"/></svg>'
)
WORDS = ("{", '  "style": "ink",', '  "objects": []', "}")


def shown(comparison: Comparison) -> ShownResults:
    """A picture for every file: vector graphics, words, or a point."""
    found = {}
    for cell in (cell for row in comparison.cases for cell in row.cells if cell.digest):
        if cell.file.endswith(".svg"):
            found[cell.digest] = ShownResult(uri=vector_uri(CIRCLE))
        elif cell.file.endswith(".json"):
            found[cell.digest] = ShownResult(lines=WORDS)
        else:
            found[cell.digest] = ShownResult(uri=picture_uri(DOT), width=1, height=1)
    return ShownResults(by_digest=found, edge=1024)


def report(comparison: Comparison | None = None) -> GalleryReport:
    """Two versions, one of them approved, and every state."""
    made = comparison or looks.comparison()
    return gallery_report(made, shown(made), unknown=('older names "v1", of which nothing is here',))


def page(comparison: Comparison | None = None) -> str:
    """The whole page."""
    return render_gallery(report(comparison), "0.1.0")
