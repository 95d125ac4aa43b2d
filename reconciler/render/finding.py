"""What is said about one image, where a reviewer sees it."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "advice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fact about the image with this key: the rule that found it, how grave it is, and a clause that says it."""

    key: str
    rule: str
    severity: Severity
    text: str
