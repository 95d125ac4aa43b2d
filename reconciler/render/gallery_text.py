"""A gallery on a screen: how many cases each version has drawn, and what to do about the others."""

from collections.abc import Iterator

from reconciler.render.gallery_report import GalleryReport
from reconciler.render.view import Block, Item, Items, Line, Paragraph, Role, View, say, screen


def report_view(report: GalleryReport) -> View:
    """The verdict, a line for each column, and the ways on."""
    columns = tuple(Item(sign=None, name=one.label, text=say(one.standing)) for one in report.columns)
    return screen(
        [Line(text=say(f"gallery/{report.name}: {report.verdict}", Role.STRONG))],
        [Items(items=columns)] if columns else [],
        list(_said(report)),
    )


def _said(report: GalleryReport) -> Iterator[Block]:
    for words in report.unknown:
        yield Line(text=say(f"warning: {words}.", Role.WARNING))
    for one in report.ways:
        yield Paragraph(lead=say(f"{one.state}:"), rest=(say(one.words),))
