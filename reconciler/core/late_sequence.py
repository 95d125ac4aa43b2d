"""Sequences whose members are made when the first one is asked for: a tree is large, and a plan that finds nothing to do asks for none."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar, overload

_T = TypeVar("_T")


class LateSequence(Sequence[_T]):
    """Members that `make` makes. What holds them can do more without them, such as say how many there are."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], tuple[_T, ...]]) -> None:
        self._make = make
        self._made: tuple[_T, ...] | None = None

    @property
    def members(self) -> tuple[_T, ...]:
        """All of them."""
        if self._made is None:
            self._made = self._make()
        return self._made

    def __len__(self) -> int:
        return len(self.members)

    def __iter__(self) -> Iterator[_T]:
        return iter(self.members)  # a sequence would ask for one index after the other

    @overload
    def __getitem__(self, index: int) -> _T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[_T, ...]: ...  # type: ignore[explicit-any]  # of any kind
    def __getitem__(self, index: int | slice) -> _T | tuple[_T, ...]:  # type: ignore[explicit-any]  # of any kind
        return self.members[index]

    def __eq__(self, other: object) -> bool:
        return self.members == (other.members if isinstance(other, type(self)) else other)

    def __hash__(self) -> int:
        return hash(self.members)
