"""Names that a manifest gives or refers to."""

from collections.abc import Iterator

from reconciler.core.manifest.slug import slug
from reconciler.core.problem import Location, Problem
from reconciler.core.ref import NAME_LIMIT, is_name
from reconciler.core.text import quoted


def name_problem(name: str, place: Location) -> Iterator[Problem]:
    """What is wrong with a name."""
    if is_name(name):
        return
    yield Problem(
        rule="manifest-name",
        location=place,
        summary=f"{quoted(name, 60)} is no name",
        detail=f"A name has lower-case letters, digits and hyphens, at most {NAME_LIMIT}, "
        "and begins and ends with a letter or digit.",
        remedy=f"For example: {example}" if (example := slug(name[:200], NAME_LIMIT, "")) else "",
    )
