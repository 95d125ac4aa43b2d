"""Rules for differences that shall stay: an object, a field, why, and until when. Only `drift` reads them."""

from datetime import date
from typing import Literal

from reconciler.core.ref import Ref
from reconciler.core.text import normal
from reconciler.core.value import dataclass

STRAYS = "strays"
EVERYTHING = "*"
IgnoredField = Literal["project_description", "project_name", "ip_name", "ip_description", "description", "strays", "*"]
"""A field as the API names it; `strays` is what a project holds that git does not know, `*` whatever differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """One rule. `until` is the last day on which it holds; None if it holds for good. A plan must never depend on it."""

    ref: Ref
    field: IgnoredField
    reason: str
    until: date | None = None

    def fits(self, ref: Ref, field: str) -> bool:
        """Is the rule about this difference? `field` is empty if the whole object differs."""
        return ref == self.ref and self.field in {field, EVERYTHING}

    def is_over(self, today: date) -> bool:
        return self.until is not None and today > self.until

    @property
    def why(self) -> str:
        """The reason and the last day."""
        reason = normal(self.reason)
        return reason if self.until is None else f"{reason}, until {self.until}"
