"""The rules for `metadata.moved`: a former name can be taken over once, and only where nobody else has it."""

import unicodedata
from collections.abc import Iterator, Mapping

from reconciler.core.kind import Kind
from reconciler.core.manifest.loaded import Manifest
from reconciler.core.manifest.message import NAME_LIMIT
from reconciler.core.name import parse_dataset_name
from reconciler.core.problem import Location, Problem
from reconciler.core.ref import Ref
from reconciler.core.text import normal, quoted, visible


def judge_moves(manifests: Mapping[Ref, Manifest]) -> Iterator[Problem]:
    """All that is wrong with the former names of a tree; `manifests` is sorted by ref."""
    names = {(manifest.ref.kind, manifest.live_name): manifest for manifest in manifests.values()}
    moved: dict[tuple[Kind, str], Manifest] = {}
    for manifest in manifests.values():
        former = manifest.moved_from
        if former is None:
            continue
        place = manifest.document.at("metadata", "moved", "from")
        yield from _judge_text(former, place)
        yield from _judge_version(manifest, former, place)
        key = (manifest.ref.kind, former)
        if key in names:
            yield _taken(manifest, names[key], former, place)
        if (first := moved.setdefault(key, manifest)) is not manifest:
            yield Problem(
                rule="moved-double",
                location=place,
                summary=f"two manifests are moved from {quoted(former, 60)}",
                detail=f"{first.ref} (at {first.document.at('metadata', 'moved', 'from')}) and {manifest.ref}.",
                remedy="Remove `moved` from one of them.",
            )


def _judge_text(former: str, place: Location) -> Iterator[Problem]:
    bad = next((char for char in former if unicodedata.category(char) in {"Cc", "Cs"}), None)
    if bad is not None or not normal(former) or len(former) > NAME_LIMIT:
        reason = f"It has {len(former):,} characters; a name has 1 to {NAME_LIMIT}."
        yield Problem(
            rule="moved-name",
            location=place,
            summary=f"{quoted(former, 60)} cannot be a former name",
            detail=reason if bad is None else f"It holds a control character, {visible(bad)}.",
            remedy="Copy the name from `reconciler status`, or from Bria's console.",
        )


def _judge_version(manifest: Manifest, former: str, place: Location) -> Iterator[Problem]:
    """All versions move together, so the name of one of them is not what is meant."""
    version = parse_dataset_name(former)
    if version is not None and manifest.ref.kind.has_versions:
        yield Problem(
            rule="moved-version",
            location=place,
            summary=f"{quoted(former, 60)} is the name of one version",
            detail="All versions of an object are renamed together.",
            remedy="Remove `moved`: they bear this manifest's name."
            if version.base == manifest.ref.name
            else f"Write the name that they share: from: {version.base}",
        )


def _taken(manifest: Manifest, other: Manifest, former: str, place: Location) -> Problem:
    if other is manifest:
        return Problem(
            rule="moved-itself",
            location=place,
            summary=f"{manifest.ref} is moved from its own name",
            detail=f"It is {quoted(former, 60)} already.",
            remedy="Write what it was called before, or remove `moved`.",
        )
    if other.is_absent:
        detail = f"{other.ref} (at {other.location}) says that it is to be deleted, so it cannot be taken over."
        remedy = f"Remove the manifest {other.ref}: once it is moved, nothing is left under the former name."
    else:
        detail = f"{other.ref} (at {other.location}) has that name now."
        remedy = f"Remove the manifest {other.ref} if it was renamed, else remove `moved`."
    return Problem(
        rule="moved-declared",
        location=place,
        summary=f"{manifest.ref} is moved from {quoted(former, 60)}, which another manifest declares",
        detail=detail,
        remedy=remedy,
    )
