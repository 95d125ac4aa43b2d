"""The names of files in one folder, of which a large tree has many, and a plan that finds nothing to do asks for hardly any."""

import os
from collections.abc import Iterable, Sequence
from typing import overload


class FileNames(Sequence[str]):
    """Names of files, in their order. They are held as one text too, which is searched and compared as a whole.

    Names that come from such a text are split when the first one is asked for.
    """

    __slots__ = ("_lines", "_names")

    def __init__(self, names: Iterable[str] = (), *, lines: bytes | None = None) -> None:
        self._lines = lines
        self._names: tuple[str, ...] | None = tuple(names) if lines is None else None

    @property
    def lines(self) -> bytes:
        """All names, each with a NUL behind it, as the file system has them."""
        if self._lines is None:
            self._lines = os.fsencode("\0".join((*self.names, "")))
        return self._lines

    @property
    def names(self) -> tuple[str, ...]:
        """All names."""
        if self._names is None:
            self._names = tuple(os.fsdecode(self.lines).split("\0")[:-1])
        return self._names

    def __len__(self) -> int:
        return self.lines.count(b"\0") if self._names is None else len(self._names)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        return self.names[index]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, FileNames):
            return self.lines == other.lines
        return self.names == other

    def __hash__(self) -> int:
        return hash(self.names)

    def __repr__(self) -> str:
        return repr(self.names)


def lines_of(names: Sequence[str]) -> bytes:
    """The text of names, whatever holds them."""
    return names.lines if isinstance(names, FileNames) else FileNames(names).lines
