"""Compare a declared project with what is live: find it, own it, create it, update it, or refuse."""

from collections.abc import Iterable, Mapping

from reconciler.core.change import FieldChange, Note, ProjectChange, Refusal, Unchanged
from reconciler.core.desired import Desired, DesiredProject
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.assessment import Verdict
from reconciler.core.diff.find_project import Found, find_project
from reconciler.core.live import RemoteProject
from reconciler.core.plan import Basis
from reconciler.core.ref import Ref
from reconciler.core.text import count, quoted, shown

MUTABLE = ("project_name", "project_description", "ip_name", "ip_description")
IMMUTABLE = ("ip_medium", "ip_type")


def assess_project(
    project: DesiredProject,
    desired: Desired,
    index: AccountIndex,
    accepted: frozenset[Ref],
    prints: Mapping[Ref, str],
) -> tuple[Verdict, RemoteProject | None, bool]:
    """The verdict, the live project, and whether its datasets and models may be looked at.

    `prints` are the fingerprints of the declared datasets.
    """
    found = find_project(project, desired, index, prints)
    if found.refusal:
        return Verdict(refusals=(found.refusal,), basis=(_basis(project, found),)), None, False
    if found.remote is None:
        return _missing(project, desired, index, accepted, found)
    refusals = [*_immutable(project, found.remote), *_other_family(project, found.remote, index)]
    if not found.owned and project.ref not in accepted and project.id is None:
        refusals.append(_take_over(project, found.remote, index))
    if refusals:
        return Verdict(refusals=tuple(refusals), basis=(_basis(project, found),)), found.remote, False
    return _present(project, desired, index, found), found.remote, True


def _missing(
    project: DesiredProject, desired: Desired, index: AccountIndex, accepted: frozenset[Ref], found: Found
) -> tuple[Verdict, RemoteProject | None, bool]:
    if project.moved_from is not None and (former := index.projects_named(project.moved_from)):
        return _moved(project, desired, index, former[0])
    if project.ref not in accepted and (refusal := _renamed_elsewhere(project, desired, index)):
        return Verdict(refusals=(refusal,), basis=(_basis(project, found),)), None, False
    body = _body(project, MUTABLE[:1] + IMMUTABLE + MUTABLE[1:])
    change = ProjectChange(
        ref=project.ref,
        id=None,
        takes_over=False,
        reason=f"no project is named {quoted(project.project_name)}",
        fields=tuple(FieldChange(path=name, before=None, after=value) for name, value in body),
        body=body,
    )
    return Verdict(changes=(change,), basis=(_basis(project, found),)), None, True


def _moved(
    project: DesiredProject, desired: Desired, index: AccountIndex, former: RemoteProject
) -> tuple[Verdict, RemoteProject | None, bool]:
    """A project that bears its former name is renamed in place."""
    found = Found(remote=former)
    if refusals := [*_immutable(project, former), *_other_family(project, former, index)]:
        return Verdict(refusals=tuple(refusals), basis=(_basis(project, found),)), former, False
    return _present(project, desired, index, found), former, True


def _present(project: DesiredProject, desired: Desired, index: AccountIndex, found: Found) -> Verdict:
    remote = found.remote
    assert remote is not None
    fields = _field_changes(project, remote)
    notes = [*_stray_note(project, remote, desired, index), *_twin_note(project, found)]
    taken = not found.owned
    if taken or (fields and index.is_empty(remote.id) and project.id is None):
        notes.insert(0, _taken_note(project, remote))
    basis = (_basis(project, found),)
    if not fields:
        unchanged = Unchanged(ref=project.ref, id=remote.id, version=None, fingerprint=None, state="in sync")
        return Verdict(unchanged=(unchanged,), notes=tuple(notes), basis=basis)
    if any(field.path == "ip_description" for field in fields):
        notes.append(_words_note(project))
    change = ProjectChange(
        ref=project.ref,
        id=remote.id,
        takes_over=taken,
        reason="it is taken over" if taken else "its manifest changed, or the console did",
        fields=fields,
        body=_full_body(project, remote),
    )
    return Verdict(changes=(change,), notes=tuple(notes), basis=basis)


def _body(project: DesiredProject, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name in names if (value := getattr(project, name)) is not None)


def _full_body(project: DesiredProject, remote: RemoteProject) -> tuple[tuple[str, str], ...]:
    """All mutable fields, undeclared ones as observed: safe under merge and under replace."""
    merged = ((name, getattr(project, name), getattr(remote, name)) for name in MUTABLE)
    return tuple((name, live if wish is None else wish) for name, wish, live in merged if (wish, live) != (None, None))


def _field_changes(project: DesiredProject, remote: RemoteProject) -> tuple[FieldChange, ...]:
    pairs = ((name, getattr(remote, name), getattr(project, name)) for name in MUTABLE)
    return tuple(
        FieldChange(path=name, before=live, after=wish)
        for name, live, wish in pairs
        if wish is not None and wish != (live or "")
    )


def _immutable(project: DesiredProject, remote: RemoteProject) -> list[Refusal]:
    return [
        Refusal(
            rule="project-immutable",
            ref=project.ref,
            summary=f"{name} is {quoted(str(live))} on the live side (id {remote.id}) and {quoted(wish)} in git; "
            "the API cannot change it",
            remedies=(f"Write `{name}: {shown(str(live))}`, or declare a new project under another project_name.",),
        )
        for name in IMMUTABLE
        if (live := getattr(remote, name)) is not None and live != (wish := getattr(project, name))
    ]


def _other_family(project: DesiredProject, remote: RemoteProject, index: AccountIndex) -> list[Refusal]:
    families = {dataset.family for dataset in index.in_project(remote.id)} - {None}
    if not families:
        families = index.families
        if "prefix" in families:
            return []
    return [schema_refusal(project.ref, remote.id)] if "schema" in families else []


def schema_refusal(ref: Ref, project_id: int) -> Refusal:
    """Meeting the current API family: one sentence, before the first upload."""
    return Refusal(
        rule="schema-family",
        ref=ref,
        summary=f"project {project_id} speaks the API's current family (visual_schema), which this release does not",
        remedies=("Use an account or project of the caption_prefix family; nothing was sent.",),
    )


def _take_over(project: DesiredProject, remote: RemoteProject, index: AccountIndex) -> Refusal:
    datasets, models = index.in_project(remote.id), index.models_in_project(remote.id)
    fields = _field_changes(project, remote)
    changes = f" and would change {', '.join(field.path for field in fields)}" if fields else ""
    return Refusal(
        rule="take-over",
        ref=project.ref,
        summary=f"project {quoted(remote.project_name)} (id {remote.id}) was made by hand: it holds "
        f"{count(len(datasets), 'dataset')} and {count(len(models), 'model')} that git does not know; "
        f"this would take it over{changes}",
        remedies=(
            f"If it is meant: `metadata: {{id: {remote.id}}}` in the manifest, or `--accept {project.ref}` once.",
            "If not: choose another project_name.",
        ),
    )


def _renamed_elsewhere(project: DesiredProject, desired: Desired, index: AccountIndex) -> Refusal | None:
    """A project missing by name whose datasets are live elsewhere was renamed, in git or in the console."""
    names = {other.project_name for other in desired.projects.values() if other.ref != project.ref}
    ids = {other.id for other in desired.projects.values() if other.ref != project.ref}
    for dataset in desired.datasets_of(project.ref):
        for member in index.datasets_anywhere(dataset.ref.name):
            remote = index.observed.projects.get(member.dataset.project_id or 0)
            if remote is None or remote.project_name in names or remote.id in ids:
                continue
            return Refusal(
                rule="project-renamed",
                ref=project.ref,
                summary=f"no project is named {quoted(project.project_name)}, but {quoted(member.dataset.name)} "
                f"(id {member.dataset.id}) lives in project {quoted(remote.project_name)} (id {remote.id})",
                remedies=(
                    f"If it was renamed: rename it back, or declare `moved: {{from: {quoted(remote.project_name)}}}`.",
                    f"If a second project shall exist: `--accept {project.ref}`.",
                ),
            )
    return None


def _stray_note(project: DesiredProject, remote: RemoteProject, desired: Desired, index: AccountIndex) -> list[Note]:
    datasets, models = index.strays(remote.id, desired)
    if not datasets and not models:
        return []
    text = (
        f"project {remote.id} holds {count(len(datasets), 'dataset')} and {count(len(models), 'model')} "
        "that git does not know"
    )
    return [Note(rule="stray", ref=project.ref, text=text)]


def _twin_note(project: DesiredProject, found: Found) -> list[Note]:
    if not found.others or found.remote is None:
        return []
    ids = ", ".join(str(remote.id) for remote in found.others)
    text = f"{count(len(found.others), 'other project')} of that name ({ids}): left alone, {found.remote.id} counts"
    return [Note(rule="duplicate", ref=project.ref, text=text)]


def _taken_note(project: DesiredProject, remote: RemoteProject) -> Note:
    return Note(rule="take-over", ref=project.ref, text=f"takes over the existing project (id {remote.id})")


def _words_note(project: DesiredProject) -> Note:
    text = (
        "completed datasets keep the old ip_description in their captions; new versions use caption_prefix as written"
    )
    return Note(rule="old-words", ref=project.ref, text=text)


def _basis(project: DesiredProject, found: Found) -> Basis:
    remotes = tuple(remote for remote in (found.remote, *found.others) if remote is not None)
    facts = tuple(_fact(remote) for remote in remotes)
    return Basis(ref=project.ref, facts=facts or (f"no project named {quoted(project.project_name)}",))


def _fact(remote: RemoteProject) -> str:
    fields = ", ".join(f"{name} {quoted(str(getattr(remote, name) or ''))}" for name in MUTABLE + IMMUTABLE)
    return f"project {remote.id}: {fields}"
