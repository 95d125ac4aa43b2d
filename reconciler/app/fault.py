"""Ways in which a use case can end without doing its work, apart from problems in files and failed calls."""

from collections.abc import Iterable

from reconciler.core.change import Refusal


class Unusable(Exception):
    """Wrong usage, by flag or environment; the message is for the person who typed it."""


class Refused(Exception):
    """Nothing was done, and why; carries every refusal."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__("; ".join(refusal.summary for refusal in self.refusals))


def refused(rule: str, summary: str, *remedies: str) -> Refused:
    """One refusal of the whole command."""
    return Refused([Refusal(rule=rule, ref=None, summary=summary, remedies=remedies)])
