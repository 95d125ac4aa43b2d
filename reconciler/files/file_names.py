"""The names of files in one folder, of which a large tree has many, and a plan that finds nothing to do asks for hardly any."""

import os
from collections.abc import Iterable, Sequence

from reconciler.core.late_sequence import LateSequence


class FileNames(LateSequence[str]):
    """Names of files, in their order. They are held as one text too, which is searched and compared as a whole.

    Names that come from such a text are split when the first one is asked for.
    """

    __slots__ = ("_lines",)

    def __init__(self, names: Iterable[str] = (), *, lines: bytes | None = None) -> None:
        super().__init__(lambda: tuple(os.fsdecode(self.lines).split("\0")[:-1]))
        self._lines = lines
        if lines is None:
            self._made = tuple(names)

    @property
    def lines(self) -> bytes:
        """All names, each with a NUL behind it, as the file system has them."""
        if self._lines is None:
            self._lines = os.fsencode("\0".join((*self.members, "")))
        return self._lines

    def __len__(self) -> int:
        return self.lines.count(b"\0") if self._made is None else len(self._made)

    def __eq__(self, other: object) -> bool:
        return self.lines == other.lines if isinstance(other, FileNames) else super().__eq__(other)

    __hash__ = LateSequence.__hash__

    def __repr__(self) -> str:
        return repr(self.members)


def lines_of(names: Sequence[str]) -> bytes:
    """The text of names, whatever holds them."""
    return names.lines if isinstance(names, FileNames) else FileNames(names).lines
