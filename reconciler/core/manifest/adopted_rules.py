"""The entries of what was adopted, held against each other and against the manifests."""

from dataclasses import replace

from reconciler.core.adoption import NOTHING_ADOPTED, Adopted, Adoption
from reconciler.core.live import LiveKey
from reconciler.core.manifest.loaded import Loaded
from reconciler.core.problem import Problem, Severity
from reconciler.core.ref import Ref


def adopted_in(loaded: Loaded, problems: list[Problem]) -> Adoption:
    """The adoption of a tree; what is wrong with it is added to `problems`."""
    if not loaded.adopted:
        return NOTHING_ADOPTED
    declared = {manifest.ref for manifest in loaded.manifests} | loaded.broken
    former = {manifest.ref: manifest.moved_from or "" for manifest in loaded.manifests}
    entries: dict[Ref, Adopted] = {}
    owners: dict[LiveKey, Adopted] = {}
    for entry in sorted(loaded.adopted, key=lambda one: one.location):
        first = entries.get(entry.ref) or owners.get(entry.key)
        if first is not None:
            problems.append(_double(entry, first))
        elif entry.ref in declared:
            entries[entry.ref] = owners[entry.key] = replace(entry, former=former.get(entry.ref, ""))
        elif not loaded.is_partial:
            problems.append(_undeclared(entry))
    return Adoption(entries)


def _double(entry: Adopted, first: Adopted) -> Problem:
    what = f"{entry.ref} is adopted twice" if entry.ref == first.ref else f"one {entry.ref.kind} is adopted twice"
    return Problem(
        rule="adopted-double",
        location=entry.location,
        summary=what,
        detail=f"{first.ref} at {first.location} has the id {first.id}, and {entry.ref} here has the id {entry.id}.",
        remedy="Remove one of the two entries.",
    )


def _undeclared(entry: Adopted) -> Problem:
    return Problem(
        rule="adopted-undeclared",
        location=entry.location,
        summary=f"{entry.ref} is adopted, and no manifest declares it",
        detail=f"The {entry.ref.kind} {entry.id} is left as it is.",
        remedy="Remove the entry, or declare the object.",
        severity=Severity.WARNING,
    )
