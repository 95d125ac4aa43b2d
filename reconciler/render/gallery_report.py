"""The report on a gallery as one tree of values: cases as rows, versions as columns, and what differs, in words.

It is built once from a comparison. A page, a comment, JSON and a screen print it; each passes foreign text through its own gate.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from reconciler.core.gallery import CaseResult, CaseState
from reconciler.core.text import in_words
from reconciler.core.value import dataclass
from reconciler.gallery.comparison import ComparedCase, Comparison, Difference
from reconciler.gallery.redefined import Redefined
from reconciler.render.difference import Pieces, Wording, whole
from reconciler.render.gallery_picture import BUDGET, NO_RESULTS, ShownResult, ShownResults
from reconciler.render.gallery_words import (
    WayOn,
    facts_words,
    standing_words,
    state_words,
    value_words,
    verdict_words,
    version_words,
    ways_on,
)
from reconciler.render.words import abridged, megabytes

_NOT_THERE: Final = {
    CaseState.MISSING: "nothing is drawn yet",
    CaseState.UNKNOWN: "asked for, and the answer is not known",
    CaseState.DAMAGED: "its files do not belong together",
}
_TOLD_ABOVE: Final = ("kind", "prompt")
"""What stands over the pictures of a case already."""
_MOST_NAMES: Final = 60
"""Parameters of a case that are told; no operation has half as many."""
_NAME_LIMIT: Final = 80
_VALUE_LIMIT: Final = 400
"""Characters of a value that is told in a line of many."""
_MOST_LED: Final = 12
"""Cells in one state to which a page leads; more are counted."""
_NO_CONTENT: Final = "Git LFS content missing"
_SPENT: Final = f"no picture: one page holds at most {megabytes(BUDGET)} of them"


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryColumn:
    """One column. `title` is what people call it, `version` what it is: `production`, `v2 (a51be07)`."""

    title: str
    version: str
    fingerprint: str
    checkpoint: str
    """`checkpoint 500`; empty for the active one."""
    approval: str
    """Empty where nobody asked."""
    is_approved: bool
    states: str
    """`5 present, 1 missing`."""

    @property
    def label(self) -> str:
        """All of its name in one: `production, v2 (a51be07), checkpoint 500`."""
        return ", ".join(filter(None, [self.title, self.version, self.checkpoint]))

    @property
    def standing(self) -> str:
        """What is there of it, and whether it is approved: `5 present, 1 missing, not approved`."""
        return ", ".join(filter(None, [self.states, self.approval]))

    @property
    def words(self) -> str:
        """The same with the version and without its title: `v2 (a51be07): 6 present`."""
        return f"{', '.join(filter(None, [self.version, self.checkpoint]))}: {self.standing}"


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryParameter:
    """A parameter that is not the same in all columns of a row: its value here, words that differ from the first one marked."""

    name: str
    value: Wording

    @property
    def pieces(self) -> Pieces:
        """What stands there."""
        return self.value.pieces if self.value.after else whole("not recorded")


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryCell:
    """One case in one column. `anchor` names it in a page; the others are those of its neighbours, empty where there is none."""

    anchor: str
    label: str
    state: str
    is_present: bool
    reason: str
    """Why there is no picture, or what is to be said of the one that there is; a clause."""
    same_as: str
    """The column that has the very same file, if it stands before this one."""
    uri: str
    width: int
    height: int
    lines: tuple[str, ...]
    """A result of words."""
    facts: str
    """`1024 x 1024 PNG, 1.2 MB`."""
    path: str
    digest: str
    different: tuple[GalleryParameter, ...]
    redefined: tuple[GalleryParameter, ...]
    """What the case says differently since this was drawn."""
    left: str = ""
    right: str = ""
    above: str = ""
    below: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryRow:
    """One case: what it asks for, a cell for each column, and what all columns have in common."""

    anchor: str
    name: str
    kind: str
    prompt: str
    cells: tuple[GalleryCell, ...]
    different: tuple[str, ...]
    """Names of what differs."""
    same: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryWay:
    """What to do about a state that is not as it should be: `missing`, a sentence, and where it is so.

    `cells` are the first cells in that state, each as words and an anchor; `more` counts the others.
    """

    state: str
    words: str
    cells: tuple[tuple[str, str], ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryReport:
    """All that is said about a gallery."""

    name: str
    model: str
    folder: str
    verdict: str
    columns: tuple[GalleryColumn, ...]
    rows: tuple[GalleryRow, ...]
    unknown: tuple[str, ...]
    """Versions that were meant and of which nothing is here, as clauses."""
    ways: tuple[GalleryWay, ...]
    pictures: int
    bytes: int
    edge: int
    left_out: int


def gallery_report(
    comparison: Comparison, shown: ShownResults = NO_RESULTS, *, unknown: Sequence[str] = (), prefix: str = ""
) -> GalleryReport:
    """The report on a comparison. `prefix` keeps the anchors of several galleries on one page apart."""
    columns = tuple(_column(comparison, place) for place in range(len(comparison.columns)))
    budget = _Budget(shown)
    rows = tuple(
        _row(row, columns, budget, _Anchors(prefix, number, len(columns), len(comparison.cases)))
        for number, row in enumerate(comparison.cases, 1)
    )
    return GalleryReport(
        name=comparison.gallery.name,
        model=str(comparison.gallery.model),
        folder=comparison.gallery.folder,
        verdict=verdict_words(comparison),
        columns=columns,
        rows=rows,
        unknown=tuple(unknown),
        ways=tuple(_way(one, rows) for one in ways_on(comparison)),
        pictures=budget.pictures,
        bytes=budget.bytes,
        edge=shown.edge,
        left_out=budget.left_out,
    )


@dataclass(frozen=True, slots=True)
class _Anchors:
    """The names of cells in a page. They hold no foreign word."""

    prefix: str
    row: int
    columns: int
    rows: int

    def at(self, row: int, column: int) -> str:
        """Of a cell; empty beyond the edge."""
        is_there = 1 <= row <= self.rows and 1 <= column <= self.columns
        return f"{self.prefix}picture-{row}-{column}" if is_there else ""


class _Budget:
    """Hands out pictures as long as there is room for them."""

    def __init__(self, shown: ShownResults) -> None:
        self._shown = shown
        self.pictures = self.bytes = self.left_out = 0

    def take(self, cell: CaseResult) -> ShownResult:
        if not cell.digest or cell.state is CaseState.DAMAGED:
            return ShownResult(reason=cell.reason or _NOT_THERE.get(cell.state, ""))
        if not cell.has_content:
            return ShownResult(reason=_NO_CONTENT)
        found = self._shown.of(cell.digest)
        if not found.uri:
            return found
        if self.bytes + len(found.uri) > BUDGET:
            self.left_out += 1
            return ShownResult(reason=_SPENT)
        self.pictures += 1
        self.bytes += len(found.uri)
        return found


def _way(one: WayOn, rows: Sequence[GalleryRow]) -> GalleryWay:
    cells = [
        (f"{rows[row].name}: {cell.label}", cell.anchor) for row, at in one.places for cell in [rows[row].cells[at]]
    ]
    return GalleryWay(state=one.state, words=one.words, cells=tuple(cells[:_MOST_LED]), more=len(cells[_MOST_LED:]))


def _column(comparison: Comparison, place: int) -> GalleryColumn:
    one = comparison.columns[place]
    numbers = {state: comparison.number_of(state, place) for state in CaseState}
    step = one.column.checkpoint
    return GalleryColumn(
        title=in_words(one.names, "and") if one.names else "",
        version=version_words(one),
        fingerprint=one.column.fingerprint,
        checkpoint="" if step is None else f"checkpoint {step}",
        approval=standing_words(one.standing),
        is_approved=one.standing is not None and one.standing.may_be_named,
        states=", ".join(state_words(numbers)),
    )


def _row(row: ComparedCase, columns: Sequence[GalleryColumn], budget: _Budget, anchors: _Anchors) -> GalleryRow:
    cells: list[GalleryCell] = []
    first: dict[str, str] = {}
    for place, (cell, column) in enumerate(zip(row.cells, columns, strict=True), 1):
        twin = first.setdefault(cell.digest, column.label) if cell.digest else column.label
        cells.append(_cell(row, place - 1, column, budget.take(cell), "" if twin == column.label else twin, anchors))
    return GalleryRow(
        anchor=f"{anchors.prefix}case-{anchors.row}",
        name=row.case.name,
        kind=row.case.order.draws.value,
        prompt=row.case.order.prompt,
        cells=tuple(cells),
        different=tuple(abridged(one.name, _NAME_LIMIT) for one in row.different[:_MOST_NAMES]),
        same=_same(row),
    )


def _same(row: ComparedCase) -> tuple[tuple[str, str], ...]:
    """What all have in common. A record is a file that anybody may write: nobody reads hundreds of keys, or a key of a page."""
    told = [(name, value) for name, value in row.same if name not in _TOLD_ABOVE]
    return tuple(
        (abridged(name, _NAME_LIMIT), abridged(value_words(value), _VALUE_LIMIT)) for name, value in told[:_MOST_NAMES]
    )


def _cell(
    row: ComparedCase, place: int, column: GalleryColumn, shown: ShownResult, same_as: str, anchors: _Anchors
) -> GalleryCell:
    found, at = row.cells[place], (anchors.row, place + 1)
    reason = shown.reason or (found.reason if found.state is not CaseState.PRESENT else "")
    return GalleryCell(
        anchor=anchors.at(*at),
        label=column.label,
        state=found.state.value,
        is_present=found.state is CaseState.PRESENT,
        reason=reason,
        same_as=same_as,
        uri=shown.uri,
        width=shown.width,
        height=shown.height,
        lines=shown.lines,
        facts=facts_words(found.record),
        path=found.file,
        digest=found.digest,
        different=tuple(_different(row, place)),
        redefined=tuple(_redefined(one) for one in row.redefined[place][:_MOST_NAMES]),
        left=anchors.at(at[0], at[1] - 1),
        right=anchors.at(at[0], at[1] + 1),
        above=anchors.at(at[0] - 1, at[1]),
        below=anchors.at(at[0] + 1, at[1]),
    )


def _different(row: ComparedCase, place: int) -> Iterator[GalleryParameter]:
    """What differs between columns, without what was defined anew since: that is told by itself."""
    anew = {one.name for one in row.redefined[place]}
    for one in row.different[:_MOST_NAMES] if row.cells[place].record else ():
        if one.name not in anew:
            yield _parameter(one, place, row.cells)


def _redefined(one: Redefined) -> GalleryParameter:
    return GalleryParameter(
        name=abridged(one.name, _NAME_LIMIT), value=Wording(value_words(one.then), value_words(one.now))
    )


def _parameter(one: Difference, place: int, cells: Sequence[CaseResult]) -> GalleryParameter:
    """The value in this column, beside the one in the first column that has a record."""
    first = next(at for at, cell in enumerate(cells) if cell.record)
    words = [None if value is None else value_words(value) for value in one.values]
    return GalleryParameter(
        name=abridged(one.name, _NAME_LIMIT),
        value=Wording(words[place] if place == first else words[first] or words[place], words[place]),
    )
