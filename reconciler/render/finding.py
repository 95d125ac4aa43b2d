"""What is said about an image or a dataset, where a reviewer sees it."""

from dataclasses import dataclass
from typing import Literal

from reconciler.core.ref import Ref

Severity = Literal["error", "warning", "advice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fact about the image with this key and name, or, where both are empty, about the whole dataset `ref`.

    `rule` found it, `severity` is how grave it is, `text` the clause that says it.
    """

    ref: Ref
    key: str = ""
    name: str = ""
    rule: str
    severity: Severity
    text: str
