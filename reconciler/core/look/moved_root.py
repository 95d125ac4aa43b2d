"""What a tree takes over from another root of the same account, in comparison with a revision: it is live, and not new."""

from collections.abc import Iterator
from dataclasses import replace

from reconciler.core.desired import Declared, Desired, DesiredDataset, DesiredModel, DesiredProject
from reconciler.core.ref import Ref
from reconciler.core.rest import NO_REST, Rest


def taken_over(desired: Desired, base: Desired, other: Desired, rest: Rest = NO_REST) -> dict[Ref, Declared]:
    """Objects of another root at the base, by the refs that declare them now, as this root would have declared them.

    `base` is this root and `other` the other one, both at the revision. An object is taken over under its own name, or under
    the former name that `moved` gives, where both roots mean one live project. What the base declares itself is never
    taken from elsewhere. `rest` is what this tree and its base hold besides.
    """
    known: dict[Ref, Declared] = {}
    for now, source in _sources(desired, base, other):
        found = _as_of_here(now, source, desired, base, known, rest)
        if found is not None and found.ref not in base.refs:
            known[now.ref] = found
    return known


def _sources(desired: Desired, base: Desired, other: Desired) -> Iterator[tuple[Declared, Declared]]:
    """What this tree declares and its base does not, with what the other root declared: projects first, then what stands on them."""
    for project in desired.projects.values():
        twin = next((one for one in other.projects.values() if _same_project(project, one)), None)
        if twin is not None and _project_in(base, project) is None:
            yield project, twin
    things: list[DesiredDataset | DesiredModel] = [*desired.datasets.values(), *desired.models.values()]
    for now in things:
        former = Ref(now.ref.kind, now.moved_from or now.ref.name)
        source = other.present.get(former)
        if source is not None and now.ref not in base.refs and former not in base.refs:
            here, there = desired.project_of(now.ref), other.project_of(former)
            if _same_project(desired.projects[here], other.projects[there]):
                yield now, source


def _as_of_here(
    now: Declared, source: Declared, desired: Desired, base: Desired, known: dict[Ref, Declared], rest: Rest
) -> Declared | None:
    """The object as this root would have declared it at the base; None where what it stands on was not live for this root."""
    match source:
        case DesiredProject():
            return replace(source, ref=now.ref)
        case DesiredDataset():
            ref = desired.project_of(now.ref)
            project = known.get(ref) or _project_in(base, desired.projects[ref])
            return None if project is None else replace(source, project=project.ref)
        case _:
            assert isinstance(source, DesiredModel), "a tree declares projects, datasets and models"
            held = {one.ref for one in known.values()} | base.present.keys()
            return source if source.dataset in held or rest.of(source.dataset) else None


def _project_in(tree: Desired, project: DesiredProject) -> DesiredProject | None:
    """The project of a tree that means the same live one."""
    own = tree.projects.get(project.ref)
    return own or next((one for one in tree.projects.values() if _same_project(project, one)), None)


def _same_project(now: DesiredProject, before: DesiredProject) -> bool:
    """Do two manifests mean one live project?"""
    if now.id is not None and before.id is not None:
        return now.id == before.id
    return before.project_name in {now.project_name, now.moved_from}
