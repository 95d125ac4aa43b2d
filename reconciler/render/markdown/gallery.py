"""Galleries in a comment: what both versions of an alias that moves drew, case by case, with a link to each picture."""

from collections.abc import Iterator, Sequence

from reconciler.core.text import count
from reconciler.render.gallery_report import GalleryCell, GalleryReport, GalleryRow
from reconciler.render.markdown.gate import cell, code, link, prose
from reconciler.render.markdown.length import Length
from reconciler.render.plan_report.gallery import MovedGalleryReport


def galleries(found: Sequence[MovedGalleryReport], files: str, length: Length) -> Iterator[str]:
    """Each gallery with its states; the cases behind a line that counts them, as many as there is room for.

    `files` is where a reader finds the files below the root; empty where nobody knows. A brief comment names the galleries, and a
    terse one leaves them out: the moves themselves it tells.
    """
    if length.is_terse:
        return
    if length.is_brief:
        run = ", ".join(code(f"{one.ref} {one.name}", length.name) for one in found)
        yield f"**{count(len(found), 'gallery', 'galleries')} of models whose aliases move:** {run}"
        return
    for one in found:
        lead = f"- {code(one.name, length.name)} shows {prose(one.moved)}:"
        yield "\n".join([lead, *(f"  - {prose(words)}" for words in one.states)])
        yield from _table(one.gallery, files, length)


def _table(report: GalleryReport, files: str, length: Length) -> Iterator[str]:
    rows = report.rows if length.asides is None else report.rows[: length.asides]
    if not rows or not report.columns:
        return
    yield f"<details><summary>{count(len(report.rows), 'case')} side by side</summary>"
    heads = ["case", *(cell(one.label) for one in report.columns), "not the same"]
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *(_row(row, files, length) for row in rows)]
    yield "\n".join(lines)
    if len(rows) < len(report.rows):
        yield f"… and {len(report.rows) - len(rows):,} more"
    yield "</details>"


def _row(row: GalleryRow, files: str, length: Length) -> str:
    names = ", ".join(code(name, length.name) for name in row.different).replace("|", "\\|")
    cells = [code(row.name, length.name).replace("|", "\\|"), *(_state(one, files) for one in row.cells), names]
    return f"| {' | '.join(cells)} |"


def _state(one: GalleryCell, files: str) -> str:
    """Our own word for the state; it leads to the file where there is one."""
    told = link(one.state, files, one.path) if files and one.path else one.state
    return f"{told}, the very same file" if one.same_as else told
