"""What a step, a change or a whole plan spends."""

from collections.abc import Iterable

from reconciler.core.value import content_of, dataclass, fields_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What is spent, as far as it is known before: API calls, bytes sent, and what people watch."""

    calls: int = 0
    bytes: int = 0
    uploads: int = 0
    removals: int = 0
    regenerations: int = 0
    rewrites: int = 0
    trainings: int = 0
    deletions: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return total((self, other))


_FIELDS = tuple(name for name, _, _ in fields_of(Cost))
_amounts = content_of(_FIELDS)


def total(costs: Iterable[Cost]) -> Cost:
    """What all of these are together. One sum for each field: a plan has thousands of steps."""
    return Cost(**dict(zip(_FIELDS, map(sum, zip(*map(_amounts, costs), strict=True)), strict=False)))
