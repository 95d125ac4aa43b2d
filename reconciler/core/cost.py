"""What a step, a change or a whole plan spends."""

from reconciler.core.value import dataclass


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
        return Cost(
            calls=self.calls + other.calls,
            bytes=self.bytes + other.bytes,
            uploads=self.uploads + other.uploads,
            removals=self.removals + other.removals,
            regenerations=self.regenerations + other.regenerations,
            rewrites=self.rewrites + other.rewrites,
            trainings=self.trainings + other.trainings,
            deletions=self.deletions + other.deletions,
        )
