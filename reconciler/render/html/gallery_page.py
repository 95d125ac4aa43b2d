"""The report on a gallery as one HTML file: cases as rows, versions as columns, each picture as large as the screen by a key."""

from reconciler.core.text import count
from reconciler.render.gallery_report import GalleryReport
from reconciler.render.html.environment import page_template
from reconciler.render.words import megabytes

TITLE = "Gallery"


def render_gallery(report: GalleryReport, tool: str) -> str:
    """The whole page."""
    return page_template("gallery.html").render(report=report, tool=tool, title=TITLE, pictures=pictures(report))


def pictures(report: GalleryReport) -> str:
    """How many pictures the page holds, how large they are, and where the files lie."""
    if not report.pictures:
        return f"The files lie in {report.folder}."
    spent = f" {count(report.left_out, 'picture')} left out: the page has no room for more." if report.left_out else ""
    return (
        f"{count(report.pictures, 'picture')}, {megabytes(report.bytes)}, scaled to {report.edge} pixels at most.{spent} "
        f"The files as they came lie in {report.folder}."
    )
