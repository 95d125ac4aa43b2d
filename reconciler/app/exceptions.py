"""How a use case can end without doing its work, apart from problems in files and failed calls."""

from collections.abc import Iterable

from reconciler.core.manifest.suggestion import nearest_ref
from reconciler.core.ref import Ref
from reconciler.core.refusal import Refusal


class WrongUsage(Exception):
    """A flag, an argument or a variable cannot be used. The message is for the person who typed it."""


def undeclared(ref: Ref, known: Iterable[Ref], more: str = "") -> WrongUsage:
    """No manifest declares what was named; the one that was meant, if one of the `known` is like it.

    One that is among the `known` itself is declared as absent.
    """
    known = tuple(known)
    if ref in known:
        return WrongUsage(f"The manifest of {ref} says `ensure: absent`.")
    guess = nearest_ref(ref, known)
    hint = "" if guess is None else f" Did you mean {guess}?"
    return WrongUsage(f"No manifest declares {ref}{more}.{hint}")


class Refused(Exception):
    """Nothing was done. Carries every refusal."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__("; ".join(refusal.summary for refusal in self.refusals))


def refused(rule: str, summary: str, *remedies: str) -> Refused:
    """A refusal of the whole command."""
    return Refused([Refusal(rule=rule, ref=None, summary=summary, remedies=remedies)])
