"""The rest of a tree: what a plan is not about, because both sides of a comparison hold the same of it. It is in sync.

It stands in columns. An object is made of a row where somebody asks for one: a tree may be large, and a change of it is small.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from reconciler.core.kind import Kind
from reconciler.core.late_sequence import LateSequence
from reconciler.core.ref import Ref
from reconciler.core.state import State, Unchanged
from reconciler.core.value import dataclass

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Objects of one kind: their names, sorted, and for each its fingerprint and what it stands on or holds."""

    names: Sequence[str] = ()
    prints: Sequence[str] = ()
    images: Sequence[int] = ()
    """Images of each dataset; empty for models."""
    behind: Sequence[str] = ()
    """The dataset of each model, by its name; empty for datasets."""

    def row(self, kind: Kind, at: int) -> Unchanged:
        """What a comparison says of one object."""
        return Unchanged(
            ref=Ref(kind, self.names[at]),
            id=None,
            version=None,
            fingerprint=self.prints[at],
            state=State.IN_SYNC,
            images=self.images[at] if self.images else None,
            dataset=Ref(Kind.DATASET, self.behind[at]) if self.behind else None,
        )


_NO_COLUMN = Column()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """The datasets of the rest, with the models on them, and the projects that they stand in. No project is part of it."""

    datasets: Column = _NO_COLUMN
    models: Column = _NO_COLUMN
    projects: frozenset[Ref] = frozenset()

    def __len__(self) -> int:
        return len(self.datasets.names) + len(self.models.names)

    @property
    def images(self) -> int:
        """Images of all datasets."""
        return sum(self.datasets.images)

    def column(self, kind: Kind) -> Column:
        """The objects of one kind."""
        return {Kind.DATASET: self.datasets, Kind.MODEL: self.models}.get(kind, _NO_COLUMN)

    def of(self, ref: Ref) -> tuple[Unchanged, ...]:
        """What a comparison says of one object; nothing if it is not part of the rest."""
        column = self.column(ref.kind)
        at = bisect_left(column.names, ref.name)
        return (column.row(ref.kind, at),) if ref.name in column.names[at : at + 1] else ()

    def before(self, ref: Ref) -> int:
        """How many objects of the rest stand before a ref, in the order of refs."""
        if ref.kind is Kind.PROJECT:
            return 0
        if ref.kind is Kind.DATASET:
            return bisect_left(self.datasets.names, ref.name)
        return len(self.datasets.names) + bisect_left(self.models.names, ref.name)


NO_REST = Rest()


class UnchangedRows(LateSequence[Unchanged]):
    """What a plan leaves as it is: the rows that a comparison made, and those of the rest, in the order of the tree.

    The last `tail` of the rows that were made are of what the tree does not hold; they stand at the end.
    """

    __slots__ = ("compared", "rest", "tail")

    def __init__(self, compared: tuple[Unchanged, ...], rest: Rest, tail: int) -> None:
        super().__init__(lambda: tuple(self.merged(lambda row: row, self._rows)))
        self.compared = compared
        self.rest = rest
        self.tail = tail

    def merged(self, one: Callable[[Unchanged], _T], of_rest: Callable[[Kind], Sequence[_T]]) -> Iterator[_T]:
        """Something of each of them, in order; `of_rest` gives it of all objects of the rest of one kind at once."""
        ends = len(self.compared) - self.tail
        for kind in Kind:
            names, things, at = self.rest.column(kind).names, of_rest(kind), 0
            for row in self.compared[:ends]:
                if row.ref.kind is kind:
                    to = bisect_left(names, row.ref.name, at)
                    yield from things[at:to]
                    yield one(row)
                    at = to
            yield from things[at:]
        yield from map(one, self.compared[ends:])

    def _rows(self, kind: Kind) -> list[Unchanged]:
        column = self.rest.column(kind)
        return [column.row(kind, at) for at in range(len(column.names))]

    def __len__(self) -> int:
        return len(self.compared) + len(self.rest)
