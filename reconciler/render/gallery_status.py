"""What is there of galleries, as a screen or as JSON."""

from collections.abc import Iterable, Iterator, Sequence

from reconciler.core.gallery import CaseResult, CaseState
from reconciler.core.strictjson import dumps
from reconciler.core.text import count
from reconciler.gallery.comparison import ComparedColumn, Comparison
from reconciler.render.gallery_words import run_command, standing_words
from reconciler.render.view import Block, Item, Items, Line, Paragraph, Role, Row, View, say, screen

_NONE = "No manifest declares a gallery."


def gallery_view(states: Sequence[Comparison], *, is_in_full: bool) -> View:
    """A paragraph for each gallery with a line for each column; in full, also each case that is not as it should be."""
    if not states:
        return screen([Line(text=say(_NONE))])
    return screen(*(_blocks(one, is_in_full=is_in_full) for one in states))


def _blocks(state: Comparison, *, is_in_full: bool) -> Iterator[Block]:
    gallery = state.gallery
    cases = count(len(gallery.cases), "case")
    lacks = any(state.number_of(CaseState.MISSING, place) for place in range(len(state.columns)))
    way = (say(f"{run_command(state, CaseState.MISSING)} draws what is missing."),) if lacks else ()
    text = f": {cases} for {gallery.model}, in {gallery.folder}"
    yield Paragraph(lead=(*say(str(gallery), Role.STRONG), *say(text)), rest=way)
    items = (_item(state, place, is_in_full=is_in_full) for place in range(len(state.columns)))
    yield Items(items=tuple(items), indent=2)


def _item(state: Comparison, place: int, *, is_in_full: bool) -> Item:
    column, cells = state.columns[place], [row.cells[place] for row in state.cases]
    numbers = ((state.number_of(one, place), one) for one in CaseState)
    told = [*(f"{number} {one.value}" for number, one in numbers if number), standing_words(column.standing)]
    words = ", ".join(filter(None, told))
    is_whole = all(cell.state is CaseState.PRESENT for cell in cells)
    return Item(
        sign=Role.UNCHANGED if is_whole else Role.CHANGE,
        name=column.column.folder_name,
        versions=_known_as(column),
        text=say(words),
        rows=tuple(_rows(cells)) if is_in_full else (),
    )


def _known_as(column: ComparedColumn) -> str:
    """`v2, production, current`."""
    return ", ".join([*(() if column.number is None else (f"v{column.number}",)), *column.names])


def _rows(cells: Iterable[CaseResult]) -> Iterator[Row]:
    for one in cells:
        if one.state is not CaseState.PRESENT:
            reason = f": {one.reason}" if one.reason else ""
            yield Row(label=one.case, text=say(f"{one.state.value}{reason}"))


def gallery_json(states: Iterable[Comparison]) -> str:
    """`{"galleries": [{"gallery", "model", "folder", "columns": [{"fingerprint", "checkpoint", "version", "names", "approved", "cases": [...]}]}]}`."""
    return dumps({"galleries": [_values(one) for one in states]})


def _values(state: Comparison) -> dict[str, object]:
    gallery = state.gallery
    return {
        "gallery": gallery.name,
        "model": str(gallery.model),
        "folder": gallery.folder,
        "columns": [
            {
                "fingerprint": column.column.fingerprint,
                "checkpoint": column.column.checkpoint,
                "version": column.number,
                "names": list(column.names),
                "approved": None if column.standing is None else column.standing.approved.value,
                "cases": [_cell(row.cells[place]) for row in state.cases],
            }
            for place, column in enumerate(state.columns)
        ],
    }


def _cell(one: CaseResult) -> dict[str, object]:
    return {
        "case": one.case,
        "state": one.state.value,
        "file": one.file or None,
        "sha256": one.digest or None,
        "reason": one.reason or None,
    }
