"""What is there of galleries, as a screen or as JSON."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from reconciler.core.gallery import CaseResult, CaseState, Column
from reconciler.core.gallery_results import GalleryResults
from reconciler.core.strictjson import dumps
from reconciler.core.text import count
from reconciler.render.view import Block, Item, Items, Line, Paragraph, Role, Row, View, say, screen

_NONE = "No manifest declares a gallery."


def gallery_view(states: Sequence[GalleryResults], *, is_in_full: bool) -> View:
    """A paragraph for each gallery with a line for each column; in full, also each case that is not as it should be."""
    if not states:
        return screen([Line(text=say(_NONE))])
    return screen(*(_blocks(one, is_in_full=is_in_full) for one in states))


def _blocks(results: GalleryResults, *, is_in_full: bool) -> Iterator[Block]:
    yield _lead(results)
    yield from _columns(results, is_in_full=is_in_full)


def _lead(results: GalleryResults) -> Paragraph:
    gallery = results.gallery
    cases = count(len(gallery.cases), "case")
    rest = () if results.columns else (say(f"Nothing is drawn yet: `reconciler gallery run {gallery.name}` does."),)
    text = f": {cases} for {gallery.model}, in {gallery.folder}"
    return Paragraph(lead=(*say(str(gallery), Role.STRONG), *say(text)), rest=rest)


def _columns(results: GalleryResults, *, is_in_full: bool) -> Iterator[Items]:
    items = tuple(_item(column, results.of(column), is_in_full=is_in_full) for column in results.columns)
    if items:
        yield Items(items=items, indent=2)


def _item(column: Column, cases: Sequence[CaseResult], *, is_in_full: bool) -> Item:
    told = Counter(one.state for one in cases)
    words = ", ".join(f"{told[state]} {state.value}" for state in CaseState if told[state])
    is_whole = set(told) == {CaseState.PRESENT}
    rows = tuple(_rows(cases)) if is_in_full else ()
    sign = Role.UNCHANGED if is_whole else Role.CHANGE
    return Item(sign=sign, name=column.folder_name, text=say(words), rows=rows)


def _rows(cases: Iterable[CaseResult]) -> Iterator[Row]:
    for one in cases:
        if one.state is not CaseState.PRESENT:
            reason = f": {one.reason}" if one.reason else ""
            yield Row(label=one.case, text=say(f"{one.state.value}{reason}"))


def gallery_json(states: Iterable[GalleryResults]) -> str:
    """`{"galleries": [{"gallery", "model", "folder", "columns": [{"fingerprint", "checkpoint", "cases": [...]}]}]}`."""
    return dumps({"galleries": [_values(one) for one in states]})


def _values(results: GalleryResults) -> dict[str, object]:
    gallery = results.gallery
    return {
        "gallery": gallery.name,
        "model": str(gallery.model),
        "folder": gallery.folder,
        "columns": [
            {
                "fingerprint": column.fingerprint,
                "checkpoint": column.checkpoint,
                "cases": [
                    {
                        "case": one.case,
                        "state": one.state.value,
                        "file": one.file or None,
                        "sha256": one.digest or None,
                        "reason": one.reason or None,
                    }
                    for one in results.of(column)
                ],
            }
            for column in results.columns
        ],
    }
