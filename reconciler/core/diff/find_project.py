"""Find the live project that a manifest means: by its pinned id, or the one of its name that holds ours."""

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.core.change import Refusal
from reconciler.core.desired import Desired, DesiredProject
from reconciler.core.diff.account_index import AccountIndex, marks_of
from reconciler.core.live import RemoteProject
from reconciler.core.ref import Ref
from reconciler.core.text import quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The live project that a manifest means, if any, and whether it must be taken over to be ours."""

    remote: RemoteProject | None
    owned: bool = True
    refusal: Refusal | None = None
    others: tuple[RemoteProject, ...] = ()


def find_project(project: DesiredProject, desired: Desired, index: AccountIndex, prints: Mapping[Ref, str]) -> Found:
    live = index.observed.projects
    if project.id is not None:
        if project.id not in live:
            return Found(remote=None, refusal=_no_such_id(project))
        return Found(remote=live[project.id], owned=True)
    named = index.projects_named(project.project_name)
    marks = marks_of(project.ref, desired, prints)
    ours = [remote for remote in named if index.holds_ours(remote.id, marks)]
    if len(ours) > 1:
        return Found(remote=None, refusal=_two_hold_ours(project, ours), others=tuple(ours))
    if ours:
        return Found(remote=ours[0], others=tuple(remote for remote in named if remote is not ours[0]))
    alike = [remote for remote in named if index.is_empty(remote.id) and _same_kind(project, remote)]
    if alike:
        return Found(remote=alike[0], others=tuple(remote for remote in named if remote is not alike[0]))
    if named:
        return Found(remote=named[0], owned=False, others=tuple(named[1:]))
    return Found(remote=None)


def _same_kind(project: DesiredProject, remote: RemoteProject) -> bool:
    return remote.ip_medium == project.ip_medium and remote.ip_type == project.ip_type


def _no_such_id(project: DesiredProject) -> Refusal:
    return Refusal(
        rule="project-id-missing",
        ref=project.ref,
        summary=f"metadata.id is {project.id}, and no project of this account has that id",
        remedies=("Correct the id, or remove it to find the project by its name.",),
    )


def _two_hold_ours(project: DesiredProject, ours: list[RemoteProject]) -> Refusal:
    ids = " and ".join(str(remote.id) for remote in ours)
    return Refusal(
        rule="project-ambiguous",
        ref=project.ref,
        summary=f"projects {ids} are both named {quoted(project.project_name)} and both hold versions of these "
        "manifests",
        remedies=(f"Pin the one that is meant: `metadata: {{id: {ours[0].id}}}`, or rename the other.",),
    )
