"""What is wrong in the files of a tree, and where, and what to do about it."""

from collections.abc import Iterable
from enum import StrEnum

from reconciler.core.value import dataclass


class Severity(StrEnum):
    """An error stops the command; a warning is printed and the command goes on."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file: path relative to the working folder, line and column from 1; 0 where there is none."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fact about the files that a person must mend.

    `summary` is one short sentence, `detail` what was found, `remedy` what to do. `rule` is a stable id
    (`manifest-key`, `image-cut`) that machines may key on.
    """

    rule: str
    location: Location
    summary: str
    detail: str = ""
    remedy: str = ""
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


class ProblemsFound(Exception):
    """Raised where a tree cannot be used; carries every problem found, never just the first.

    `end` is the clause that follows their number: what became of the command, and of which tree they are.
    """

    def __init__(self, problems: Iterable[Problem], *, end: str = "nothing was sent") -> None:
        self.problems = in_order(problems)
        self.end = end
        super().__init__(f"{len(self.problems)} problems")


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sorted by place, errors before warnings at one place; doubles dropped."""
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda p: (p.location, p.severity is Severity.WARNING, p.rule, p.summary)))
