"""Manifests with `ensure: absent`: what they ask for, and what may not stand on them."""

from collections.abc import Iterator, Mapping

from reconciler.core.desired import Absent
from reconciler.core.kind import Kind
from reconciler.core.manifest.loaded import AbsentBody, Manifest
from reconciler.core.problem import Problem
from reconciler.core.ref import Ref
from reconciler.core.text import in_words


def absences(manifests: Mapping[Ref, Manifest]) -> dict[Ref, Absent]:
    """What is to be deleted, without those whose project cannot be told: another Problem says why."""
    found = {}
    for ref, manifest in manifests.items():
        project = _project_of(ref, manifests)
        if isinstance(manifest.body, AbsentBody) and project is not None:
            found[ref] = Absent(
                ref=ref,
                location=manifest.location,
                project=project,
                project_name=manifest.live_name if ref.kind is Kind.PROJECT else "",
                id=manifest.body.id,
            )
    return found


def judge_absence(manifests: Mapping[Ref, Manifest]) -> Iterator[Problem]:
    """What is to be there cannot stand on what is to be deleted."""
    for manifest in manifests.values():
        parent = manifests.get(manifest.parent) if manifest.parent is not None else None
        if parent is None or not parent.is_absent or manifest.is_absent:
            continue
        yield Problem(
            rule="absent-parent",
            location=manifest.document.at("spec", parent.ref.kind.value),
            summary=f"{manifest.ref} stands {manifest.ref.kind.preposition} {parent.ref}, which is to be deleted",
            detail=f"{parent.ref} says `ensure: absent` (at {parent.document.at('metadata', 'ensure')}).",
            remedy=f"Write `ensure: absent` into {manifest.ref}{_followers(manifest)} too, "
            f"or remove it from {parent.ref}.",
        )


def _followers(manifest: Manifest) -> str:
    below = [kind.plural for kind in manifest.ref.kind.below]
    return f" and its {in_words(below, 'and')}" if below else ""


def _project_of(ref: Ref, manifests: Mapping[Ref, Manifest]) -> Ref | None:
    """The project that an object is in the end part of; None where a manifest between the two is missing."""
    found: Ref | None = ref
    while found is not None and found.kind.parent is not None:
        found = manifests[found].parent if found in manifests else None
    return found
