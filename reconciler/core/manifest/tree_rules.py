"""Rules that can only be checked on all manifests together.

Two objects must not have one live name, id or former name; what shall exist cannot stand on what shall be deleted; and
one content that is declared twice is probably a mistake.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from reconciler.core.desired import Absent, Desired, DesiredDataset, DesiredProject
from reconciler.core.kind import Kind
from reconciler.core.manifest.kinds import RULES
from reconciler.core.manifest.loaded import AbsentBody, Manifest
from reconciler.core.manifest.spec import DatasetBody
from reconciler.core.manifest.text_rules import NAME_LIMIT
from reconciler.core.name import parse_dataset_name
from reconciler.core.problem import Location, Problem, Severity
from reconciler.core.ref import Ref
from reconciler.core.text import in_words, normal, quoted, visible

_T = TypeVar("_T")


def judge_together(
    manifests: Mapping[Ref, Manifest], desired: Desired, *, looks_for_twins: bool = True
) -> Iterator[Problem]:
    """Problems between manifests. Of two manifests that clash, the later one gets the Problem. Of twins it is a warning."""
    absent = (item for item in desired.absent.values() if item.ref == item.project)
    projects: list[DesiredProject | Absent] = [*desired.projects.values(), *absent]
    yield from _names(manifests, projects)
    yield from _ids(manifests, projects)
    if looks_for_twins:
        yield from _twins(manifests, desired)
    yield from _absent_parents(manifests)
    yield from _moves(manifests)
    yield from _families(manifests, desired)


def _names(manifests: Mapping[Ref, Manifest], projects: Iterable[DesiredProject | Absent]) -> Iterator[Problem]:
    for first, second in _pairs(projects, lambda project: project.project_name):
        is_torn = manifests[first.ref].is_absent is not manifests[second.ref].is_absent
        yield Problem(
            rule="project-name-double",
            location=manifests[second.ref].document.at("spec", "project_name"),
            summary="two projects have one name on the live side",
            detail=f"{first.ref} (at {first.location}) and {second.ref} are both {quoted(second.project_name, 60)} there"
            + (f", and {second.ref} is to be deleted." if is_torn else "."),
            remedy="Remove one of the manifests, or correct its project_name."
            if is_torn
            else "Give one of them another project_name.",
        )


def _ids(manifests: Mapping[Ref, Manifest], projects: Iterable[DesiredProject | Absent]) -> Iterator[Problem]:
    pinned = (project for project in projects if project.id is not None)
    for first, second in _pairs(pinned, lambda project: project.id):
        yield Problem(
            rule="project-id-double",
            location=manifests[second.ref].document.at("metadata", "id"),
            summary="two manifests take over one project",
            detail=f"{first.ref} (at {first.location}) and {second.ref} both have id {second.id}.",
            remedy="Remove one of the two ids.",
        )


def _families(manifests: Mapping[Ref, Manifest], desired: Desired) -> Iterator[Problem]:
    """Families never mix in a project. One that declares its family has a Problem at each dataset that contradicts it."""
    for project in desired.projects.values():
        datasets = [one for one in desired.datasets_of(project.ref) if _has_guide(manifests[one.ref])]
        for other in datasets[1:] if project.family is None else ():
            if other.guide.family != datasets[0].guide.family:
                yield _mixed(manifests[other.ref], datasets[0], other)


def _has_guide(manifest: Manifest) -> bool:
    """Without a guide a dataset has no family yet."""
    return isinstance(manifest.body, DatasetBody) and bool(manifest.body.spec.guide_keys)


def _mixed(manifest: Manifest, first: DesiredDataset, other: DesiredDataset) -> Problem:
    assert isinstance(manifest.body, DatasetBody)
    return Problem(
        rule="project-families",
        location=manifest.document.at_key("spec", *manifest.body.spec.guide_keys[:1]),
        summary=f"{other.ref} is of another family than {first.ref}",
        detail=f"{first.ref} (at {first.location}) has a {first.guide.field}, and families never mix in a project.",
        remedy="Put one of them into a project of its own.",
    )


def _twins(manifests: Mapping[Ref, Manifest], desired: Desired) -> Iterator[Problem]:
    """Two objects with one fingerprint. Making it is dear, so it is made only if all that it is made of is equal."""
    for kind, rules in RULES.items():
        if rules.content is None or rules.fingerprint is None:
            continue
        contents = ((ref, rules.content(ref, desired)) for ref in desired.of(kind))
        known = (item for item in contents if item[1] is not None)
        for (first, _), (second, _) in _pairs(known, lambda item: item[1]):
            yield _twin(manifests, first, second, rules.fingerprint(second, desired))


def _twin(manifests: Mapping[Ref, Manifest], first: Ref, second: Ref, fingerprint: str) -> Problem:
    return Problem(
        rule=f"{second.kind.value}-twin",
        location=manifests[second].location,
        summary=f"{first} and {second} are the same",
        detail=f"Both have the fingerprint {fingerprint}; {first} stands at {manifests[first].location}.",
        remedy="Keep one of them, unless both are meant.",
        severity=Severity.WARNING,
    )


def _pairs(items: Iterable[_T], key: Callable[[_T], object]) -> Iterator[tuple[_T, _T]]:
    """Each item whose key an earlier one has, after the first item with that key."""
    first: dict[object, _T] = {}
    for item in items:
        other = first.setdefault(key(item), item)
        if other is not item:
            yield other, item


def absences(manifests: Mapping[Ref, Manifest]) -> dict[Ref, Absent]:
    """The objects to be deleted. One whose project is not known is left out; another Problem says why."""
    found = {}
    gone = ((ref, manifest) for ref, manifest in manifests.items() if isinstance(manifest.body, AbsentBody))
    for ref, manifest in gone:
        project = _project_of(ref, manifests)
        if isinstance(manifest.body, AbsentBody) and project is not None:
            found[ref] = Absent(
                ref=ref,
                location=manifest.location,
                project=project,
                project_name=manifest.live_name if ref == project else "",
                id=manifest.body.id,
            )
    return found


def _absent_parents(manifests: Mapping[Ref, Manifest]) -> Iterator[Problem]:
    """An object that shall exist cannot stand on one that shall be deleted."""
    if not any(manifest.is_absent for manifest in manifests.values()):
        return
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
    """The project of an object; None if a manifest between the two is missing."""
    found: Ref | None = ref
    while found is not None and found.kind.parent is not None:
        found = manifests[found].parent if found in manifests else None
    return found


def _moves(manifests: Mapping[Ref, Manifest]) -> Iterator[Problem]:
    """All that is wrong with former names."""
    if all(manifest.moved_from is None for manifest in manifests.values()):
        return
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
    """All versions are renamed together, so a former name must not be the name of one version."""
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
