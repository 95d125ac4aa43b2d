"""Find the live project that a manifest means: by its pinned id, or by its name and what it holds."""

from collections.abc import Callable, Iterable, Mapping

from reconciler.core.desired import Absent, Desired, DesiredProject
from reconciler.core.diff.account_index import AccountIndex, Marks, marks_of
from reconciler.core.live import RemoteProject
from reconciler.core.ref import Ref
from reconciler.core.refusal import Refusal
from reconciler.core.text import quoted
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Live projects of one name, each by id: those that hold something of ours, the empty ones, and other people's.

    One with open drafts of ours alone counts among the empty ones: two applies may each have begun one.
    """

    ours: tuple[RemoteProject, ...]
    empty: tuple[RemoteProject, ...]
    foreign: tuple[RemoteProject, ...]

    @property
    def elected(self) -> RemoteProject | None:
        """The one that counts: the first that holds something of ours, else the first empty one. None if neither is."""
        return next(iter((*self.ours, *self.empty)), None)


def candidates(
    projects: Iterable[RemoteProject], holds_ours: Callable[[int], bool], is_empty: Callable[[int], bool]
) -> Candidates:
    """Several live projects may have one name, so what a project holds decides which one is meant.

    Planning, deleting and the election after a creation all ask here: they must agree, or a second apply would go on
    in another project than the first.
    """
    in_order = sorted(projects, key=lambda project: project.id)
    ours = tuple(one for one in in_order if holds_ours(one.id))
    empty = tuple(one for one in in_order if one not in ours and is_empty(one.id))
    return Candidates(ours=ours, empty=empty, foreign=tuple(one for one in in_order if one not in (*ours, *empty)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The live project that a manifest means, if any, and whether it must be taken over to be ours.

    `others` are live projects of the same name that are left alone.
    """

    remote: RemoteProject | None
    owned: bool = True
    refusal: Refusal | None = None
    others: tuple[RemoteProject, ...] = ()


def find_project(project: DesiredProject, desired: Desired, index: AccountIndex, prints: Mapping[Ref, str]) -> Found:
    """The live project of a declared one; a project that bears the former name from `moved` is ours to rename."""
    if project.id is not None:
        remote = index.observed.projects.get(project.id)
        return Found(remote=remote, refusal=_no_such_id(project) if remote is None else None)
    marks = marks_of(project.ref, desired, prints)
    named = index.projects_named(project.project_name)
    found = _candidates(named, index, marks)
    if len(found.ours) > 1:
        return Found(remote=None, refusal=_two_hold_ours(project, found.ours), others=found.ours)
    alike = tuple(remote for remote in found.empty if not index.is_empty(remote.id) or _is_alike(project, remote))
    remote = next(iter((*found.ours, *alike, *named)), None)
    if remote is not None:
        is_owned = remote in found.ours or remote in alike
        return Found(remote=remote, owned=is_owned, others=tuple(one for one in named if one is not remote))
    if project.moved_from is None:
        return Found(remote=None)
    former = index.projects_named(project.moved_from)
    return Found(remote=_candidates(former, index, marks).elected or next(iter(former), None))


def find_absent_project(absent: Absent, desired: Desired, index: AccountIndex) -> RemoteProject | None:
    """The live project that is to be deleted; None if it is gone, or is somebody else's."""
    if absent.id is not None:
        return index.observed.projects.get(absent.id)
    named = index.projects_named(absent.project_name)
    return _candidates(named, index, marks_of(absent.ref, desired, {})).elected


def _candidates(projects: Iterable[RemoteProject], index: AccountIndex, marks: Marks) -> Candidates:
    def is_begun(project_id: int) -> bool:
        return index.is_begun(project_id) and index.holds_ours(project_id, marks)

    return candidates(
        projects,
        lambda project_id: index.holds_ours(project_id, marks) and not index.is_begun(project_id),
        lambda project_id: index.is_empty(project_id) or is_begun(project_id),
    )


def _is_alike(project: DesiredProject, remote: RemoteProject) -> bool:
    return remote.ip_medium == project.ip_medium and remote.ip_type == project.ip_type


def _no_such_id(project: DesiredProject) -> Refusal:
    return Refusal(
        rule="project-id-missing",
        ref=project.ref,
        summary=f"metadata.id is {project.id}, and no project of this account has that id",
        remedies=("Correct the id, or remove it to find the project by its name.",),
    )


def _two_hold_ours(project: DesiredProject, ours: tuple[RemoteProject, ...]) -> Refusal:
    ids = " and ".join(str(remote.id) for remote in ours)
    return Refusal(
        rule="project-ambiguous",
        ref=project.ref,
        summary=f"projects {ids} are both named {quoted(project.project_name)} and both hold versions of these "
        "manifests",
        remedies=(f"Pin the one that is meant: `metadata: {{id: {ours[0].id}}}`, or rename the other.",),
    )
