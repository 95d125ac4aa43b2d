"""Versions of a model side by side: what each of them drew of each case, and what they were asked for differently.

This is a value: a report prints it, a promotion may quote it, and nobody reads the words of a page back.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from reconciler.core.gallery import CaseResult, CaseState, Column, DesiredGallery, GalleryCase
from reconciler.core.strictjson import Value
from reconciler.core.value import dataclass
from reconciler.gallery.approval import Standing
from reconciler.gallery.redefined import Redefined, redefined
from reconciler.gallery.same import is_same

_ASKED: Final = ("kind", "training_version", "prompt", "sent_prompt", "seed")
"""Keys of a record that say what was asked for, besides its parameters. The version is what a column is, so it is no difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedColumn:
    """One column: a version, or another checkpoint of it.

    `names` are the aliases that name the version, and `current` where the manifest describes it. `number` is its version number
    as its records say it. `standing` says whether it is approved; None where that is not asked.
    """

    column: Column
    names: tuple[str, ...] = ()
    number: int | None = None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that was not the same for all columns: its value for each of them, None where nothing is recorded."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedCase:
    """One case: what is there of it in each column, what differs between them, and what is the same in all that have a record."""

    case: GalleryCase
    cells: tuple[CaseResult, ...]
    different: tuple[Difference, ...] = ()
    same: tuple[tuple[str, Value], ...] = ()
    redefined: tuple[tuple[Redefined, ...], ...] = ()
    """Of each cell that is stale, what the case says differently since; of the others nothing."""

    @property
    def is_whole(self) -> bool:
        """Is there a result in each column, of the case as it is defined?"""
        return all(cell.state is CaseState.PRESENT for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A gallery as a table: its cases are the rows. Every row has a cell for each column, in the same order."""

    gallery: DesiredGallery
    columns: tuple[ComparedColumn, ...]
    cases: tuple[ComparedCase, ...]

    def number_of(self, state: CaseState, place: int) -> int:
        """How many cases of a column are in a state."""
        return sum(row.cells[place].state is state for row in self.cases)

    @property
    def is_whole(self) -> bool:
        """Is there a result in every cell?"""
        return all(row.is_whole for row in self.cases)


def compared(
    gallery: DesiredGallery, columns: Sequence[ComparedColumn], results: Mapping[tuple[Column, str], CaseResult]
) -> Comparison:
    """The gallery with these columns. What is not among the results is missing."""
    rows = (_row(gallery, case, [_cell(case, one.column, results) for one in columns]) for case in gallery.cases)
    return Comparison(gallery=gallery, columns=tuple(columns), cases=tuple(rows))


def _cell(case: GalleryCase, column: Column, results: Mapping[tuple[Column, str], CaseResult]) -> CaseResult:
    found = results.get((column, case.name))
    return found or CaseResult(case=case.name, column=column, state=CaseState.MISSING)


def _row(gallery: DesiredGallery, case: GalleryCase, cells: Sequence[CaseResult]) -> ComparedCase:
    asked = [asked_for(cell.record) for cell in cells]
    is_sent_as_written = all(one.get("sent_prompt") == one.get("prompt") for one in asked)
    hidden = {"sent_prompt"} if is_sent_as_written else set()
    names = [name for name in dict.fromkeys(name for one in asked for name in one) if name not in hidden]
    told = [place for place, cell in enumerate(cells) if cell.record]
    differing = {name for name in names if not _all_same([asked[place].get(name) for place in told])}
    return ComparedCase(
        case=case,
        cells=tuple(cells),
        different=tuple(
            Difference(name=name, values=tuple(one.get(name) for one in asked)) for name in names if name in differing
        ),
        same=tuple((name, asked[told[0]].get(name)) for name in names if name not in differing),
        redefined=tuple(
            redefined(case, gallery.model, cell.record) if cell.state is CaseState.STALE else () for cell in cells
        ),
    )


def asked_for(record: Mapping[str, Value]) -> dict[str, Value]:
    """What a record says of the request, flat, in the order in which it is shown."""
    found = {name: record.get(name) for name in _ASKED}
    parameters = record.get("parameters")
    if isinstance(parameters, dict):
        found |= {name: parameters[name] for name in sorted(parameters)}
    return {name: value for name, value in found.items() if value is not None}


def _all_same(values: Sequence[Value]) -> bool:
    return all(is_same(values[0], other) for other in values[1:])
