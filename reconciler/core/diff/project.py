"""Compare a declared project with what is live: find it, own it, create it, update it, or refuse."""

from collections.abc import Iterable

from reconciler.core.change import FieldChange, ProjectChange
from reconciler.core.desired import Desired, DesiredProject
from reconciler.core.diff.account_index import AccountIndex, in_numbers
from reconciler.core.diff.assessment import Verdict, held
from reconciler.core.diff.comparison import Comparison, KindRules
from reconciler.core.diff.family import contradicted, version_to_ask_for
from reconciler.core.diff.find_project import Found, find_project
from reconciler.core.diff.leftover import leftovers
from reconciler.core.live import Live, LiveKey, RemoteProject, called, id_words
from reconciler.core.loss import RemovedObject
from reconciler.core.plan import Basis
from reconciler.core.reason import Reason, Why
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note, Refusal
from reconciler.core.state import State, Unchanged
from reconciler.core.text import count, in_words, quoted, shown

MUTABLE = ("project_name", "project_description", "ip_name", "ip_description")
IMMUTABLE = ("ip_medium", "ip_type")
_LISTED = 3
"""The most objects that a refusal names."""


def _assess(comparison: Comparison, ref: Ref) -> Verdict:
    """The verdict on a project; its datasets and models wait if it is refused."""
    project, desired, index = comparison.desired.projects[ref], comparison.desired, comparison.index
    found = find_project(project, desired, index, comparison.prints)
    refusals = _refusals(comparison, project, found)
    if refusals:
        comparison.waits[ref] = Reason(why=Why.NEED_REFUSED, ref=ref)
        return Verdict(refusals=refusals, basis=(_basis(project, found),))
    if found.remote is None:
        return _missing(project, found, version_to_ask_for(index, desired.family_of(ref)))
    comparison.project_ids[ref] = found.remote.id
    return _present(project, desired, index, found, found.remote)


def _refusals(comparison: Comparison, project: DesiredProject, found: Found) -> tuple[Refusal, ...]:
    """All reasons not to work in the live project, or not to make a new one."""
    desired, index, is_accepted = comparison.desired, comparison.index, project.ref in comparison.asked.accepted
    if found.refusal is not None:
        return (found.refusal,)
    family = contradicted(project, desired.family_of(project.ref), found.remote, index, is_accepted=is_accepted)
    if found.remote is None:
        reasons = () if is_accepted else (_renamed_elsewhere(project, desired, index), family)
        return tuple(reason for reason in reasons if reason is not None)
    refusals = tuple(_immutable(project, found.remote))
    if family is not None:
        refusals += (family,)
    if not found.owned and not is_accepted:
        refusals += (_take_over(project, found.remote, index),)
    return refusals


def _missing(project: DesiredProject, found: Found, version: str | None) -> Verdict:
    body = _body(project, MUTABLE[:1] + IMMUTABLE + MUTABLE[1:])
    bound = () if version is None else (("training_version", version),)
    change = ProjectChange(
        ref=project.ref,
        id=None,
        takes_over=False,
        reason=Reason(why=Why.NAMED_NOWHERE, name=project.project_name),
        fields=tuple(FieldChange(path=name, before=None, after=value) for name, value in body),
        body=body + bound,
    )
    return Verdict(changes=(change,), basis=(_basis(project, found),))


def _present(
    project: DesiredProject, desired: Desired, index: AccountIndex, found: Found, remote: RemoteProject
) -> Verdict:
    fields = _field_changes(project, remote)
    notes = [*_stray_note(project, remote, desired, index), *_twin_note(project, found)]
    taken = not found.owned
    if taken or (fields and index.is_empty(remote.id) and project.id is None):
        notes.insert(0, _taken_note(project, remote))
    basis = (_basis(project, found),)
    if not fields:
        unchanged = Unchanged(ref=project.ref, id=remote.id, version=None, fingerprint=None, state=State.IN_SYNC)
        return Verdict(unchanged=(unchanged,), notes=tuple(notes), basis=basis)
    if any(field.path == "ip_description" for field in fields):
        notes.append(_words_note(project))
    change = ProjectChange(
        ref=project.ref,
        id=remote.id,
        takes_over=taken,
        reason=Reason(why=Why.TAKEN_OVER if taken else Why.CHANGED_SOMEWHERE),
        fields=fields,
        body=_full_body(project, remote),
    )
    return Verdict(changes=(change,), notes=tuple(notes), basis=basis)


def _body(project: DesiredProject, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name in names if (value := getattr(project, name)) is not None)


def _full_body(project: DesiredProject, remote: RemoteProject) -> tuple[tuple[str, str], ...]:
    """All mutable fields, undeclared ones as observed: right whether a PUT merges or replaces, which nobody documents."""
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
            summary=f"{name} is {quoted(str(live))} on the live side{id_words(remote)} and {quoted(wish)} in git; "
            "the API cannot change it",
            remedies=(f"Write `{name}: {shown(str(live))}`, or declare a new project under another project_name.",),
        )
        for name in IMMUTABLE
        if (live := getattr(remote, name)) is not None and live != (wish := getattr(project, name))
    ]


def _take_over(project: DesiredProject, remote: RemoteProject, index: AccountIndex) -> Refusal:
    fields = _field_changes(project, remote)
    inside = tuple(index.inside(remote.id))
    holds = f"{in_numbers(inside)} that git does not know" if inside else "nothing"
    changes = f" and would change {', '.join(field.path for field in fields)}" if fields else ""
    return Refusal(
        rule="take-over",
        ref=project.ref,
        summary=f"project {called(remote)} was made by hand: it holds {holds}; this would take it over{changes}",
        remedies=(
            f"If it is meant: `metadata: {{id: {remote.id}}}` in the manifest, or `--accept {project.ref}` once.",
            "If not: choose another project_name.",
        ),
    )


def _renamed_elsewhere(project: DesiredProject, desired: Desired, index: AccountIndex) -> Refusal | None:
    """If no project has the name, but its datasets are live in another one, it was renamed in git or in the console."""
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
                summary=f"no project is named {quoted(project.project_name)}, but {called(member.dataset)} "
                f"lives in project {called(remote)}",
                remedies=(
                    f"If it was renamed: rename it back, or declare `moved: {{from: {quoted(remote.project_name)}}}`.",
                    f"If a second project shall exist: `--accept {project.ref}`.",
                ),
            )
    return None


def _stray_note(project: DesiredProject, remote: RemoteProject, desired: Desired, index: AccountIndex) -> list[Note]:
    strays = index.strays(remote.id, desired)
    if not strays:
        return []
    text = f"project {remote.id} holds {in_numbers(strays)} that git does not know"
    return [Note(rule="stray", ref=project.ref, text=text)]


def _twin_note(project: DesiredProject, found: Found) -> list[Note]:
    if not found.others or found.remote is None:
        return []
    ids = ", ".join(str(remote.id) for remote in found.others)
    text = f"{count(len(found.others), 'other project')} of that name ({ids}): left alone, {found.remote.id} counts"
    return [Note(rule="duplicate", ref=project.ref, text=text)]


def _taken_note(project: DesiredProject, remote: RemoteProject) -> Note:
    return Note(rule="take-over", ref=project.ref, text=f"takes over the existing project{id_words(remote)}")


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


def _hold(_: Comparison, ref: Ref, why: Reason) -> Verdict:
    return held(ref, why)


def _removed(
    comparison: Comparison, ref: Ref, project_id: int | None, _: frozenset[LiveKey]
) -> tuple[RemovedObject, ...] | Refusal:
    """A project goes with all that it holds, so nothing that git does not know may be in it."""
    if project_id is None:
        return ()
    if strays := comparison.index.undeclared(project_id, comparison.desired):
        return _holds_strays(ref, project_id, strays, comparison)
    live = comparison.index.observed.projects[project_id]
    return (RemovedObject(kind=live.kind, id=live.id, name=live.name, reason=Reason(why=Why.ABSENT)),)


def _holds_strays(ref: Ref, project_id: int, strays: tuple[Live, ...], comparison: Comparison) -> Refusal:
    """What would go with a project, and the way: this tool deletes what it made itself, once that is declared again."""
    index = comparison.index
    found = leftovers(strays, index, {project_id: ref.name})
    roots = {one.ref: index.root_of(one.objects[0], comparison.desired) for one in found}
    kept = [one for one in found if roots[one.ref]]
    ours = [one for one in found if not roots[one.ref]]
    made = {(live.kind, live.id) for one in found for live in one.objects}
    theirs = [live for live in strays if (live.kind, live.id) not in made]
    remedies = [
        f"{one.ref} is declared in {roots[one.ref]}. Leave the project to that root: remove its manifest here."
        for one in kept[:_LISTED]
    ]
    if ours:
        refs = [str(one.ref) for one in ours[:_LISTED]]
        more = f" and {count(len(ours) - _LISTED, 'other')}" if len(ours) > _LISTED else ""
        remedies.append(
            f"This tool made {in_words(refs, 'and') if not more else ', '.join(refs) + more} for manifests that are gone. "
            "`reconciler status --strays` prints the lines that declare them as absent; with those they go too."
        )
    if theirs:
        listed = ", ".join(called(live) for live in theirs[:_LISTED])
        more = f" and {count(len(theirs) - _LISTED, 'other')}" if len(theirs) > _LISTED else ""
        remedies.append(f"Move or delete in the console first what others made: {listed}{more}.")
    whose = "that git does not know" if ours or theirs else "that another root declares"
    return Refusal(
        rule="absent-holds-strays",
        ref=ref,
        summary=f"project {project_id} is to be deleted, but it holds {in_numbers(strays)} {whose}, "
        "and they would go with it",
        remedies=tuple(remedies),
    )


RULES = KindRules(assess=_assess, hold=_hold, removed=_removed)
