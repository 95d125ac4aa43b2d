"""Compare a tree with an earlier one of its own, which is taken as live: what this change alone would do."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache

from reconciler.core.adoption import NOTHING_ADOPTED, Adopted
from reconciler.core.change import Change, DatasetChange, ModelChange, ProjectChange, RemovalChange, RenameChange
from reconciler.core.desired import Absent, Declared, Desired, DesiredDataset
from reconciler.core.diff.alias import is_version
from reconciler.core.diff.assessment import Assessment
from reconciler.core.diff.diff import diff
from reconciler.core.fingerprint import dataset_fingerprint, declared_fingerprint
from reconciler.core.kind import Kind
from reconciler.core.live import DatasetStatus, ModelStatus, Observed, RemoteDataset, by_identity
from reconciler.core.look.crossing import Crossing
from reconciler.core.look.settled import in_order, in_sync, settled, without
from reconciler.core.look.tree_as_live import assumed_ids, tree_as_live
from reconciler.core.name import DraftName, parse_model_name, without_version
from reconciler.core.reason import Reason, Why
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note
from reconciler.core.rest import NO_REST, Rest
from reconciler.core.run_options import NOTHING_ASKED, RunOptions
from reconciler.core.state import AliasState, State, Unchanged
from reconciler.core.value import replace

_OF_THE_ACCOUNT = frozenset({"nothing-ours", "stray", "duplicate", "leftover-draft", "take-over"})
"""Notes about an account, which nobody looked at here."""


def assess_offline(
    desired: Desired, base: Desired, asked: RunOptions = NOTHING_ASKED, rest: Rest = NO_REST
) -> Assessment:
    """What differs between two trees, with what depends on it; nothing in it knows an id or a version of an account.

    What both have in common is not compared, where the projects of it are in sync. `rest` is what both have besides, in common:
    its versions are counted. Crossing if it must be compared as well, because a project of it is not in sync.
    """
    live = with_adopted(base, desired)
    wanted = replace(_unmirrored(desired), adopted=NOTHING_ADOPTED)  # which of it is live, nobody asked here
    asked = replace(asked, accepted=(*asked.accepted, *_common(desired, live)))
    common = settled(wanted, live)
    found = _compared(wanted, live, asked, common, rest)
    if not _are_in_sync(found, rest.projects):
        raise Crossing
    if common and not _are_in_sync(found, frozenset(map(wanted.project_of, common))):
        common = frozenset()
        found = _compared(wanted, live, asked, common, rest)
    meant = edited(desired, base)
    touched = meant | {change.ref for change in found.changes}
    unchanged = (_unchanged(one) for one in found.unchanged if one.ref in touched or one.state is State.IN_SYNC)
    quiet = in_sync(wanted, (ref for ref in wanted.present if ref in common))
    return replace(
        found,
        changes=tuple(_change(change, base) for change in found.changes),
        notes=(*(one for one in found.notes if one.rule not in _OF_THE_ACCOUNT), *_notes(meant, found)),
        unchanged=in_order(unchanged, quiet, wanted.present),
        aliases=tuple(_alias(one) for one in found.aliases if one.ref in touched),
        basis=(),
        versions=found.versions + len(common) + len(rest),
    )


def _compared(wanted: Desired, live: Desired, asked: RunOptions, common: frozenset[Ref], rest: Rest) -> Assessment:
    """The comparison of what is not common. Ids are those of the whole base."""
    return diff(without(wanted, common), as_applied(without(live, common), assumed_ids(live, rest)), asked)


def _are_in_sync(found: Assessment, refs: frozenset[Ref]) -> bool:
    """Did a comparison find nothing about these objects?"""
    return refs <= {one.ref for one in found.unchanged if one.state is State.IN_SYNC}


def with_adopted(base: Desired, desired: Desired) -> Desired:
    """The base and what this change adopts just as it declares it: that is live, as the entry says, and nothing is made.

    An object that git declares otherwise than it was adopted stands as new: what it holds cannot be told from the tree.
    """
    known: dict[Ref, Declared] = {}
    for entry in sorted(desired.adopted, key=lambda one: one.ref):
        declared = desired.present.get(entry.ref)
        if entry.ref in base.refs or declared is None or not _is_as_adopted(entry, desired):
            continue
        above = [desired.present[ref] for ref in desired.ancestors(entry.ref)]
        if all(one.ref in base.present or one.ref in known or one.parent is None for one in above):
            known |= {one.ref: one for one in (declared, *above) if one.ref not in base.present}
    return base.updated(*known.values())


def _is_as_adopted(entry: Adopted, desired: Desired) -> bool:
    if entry.ref in desired.datasets:
        return dataset_fingerprint(desired.datasets[entry.ref]) == entry.fingerprint
    return declared_fingerprint(desired.models[entry.ref], desired) == entry.fingerprint


def _unmirrored(desired: Desired) -> Desired:
    """Which version an alias is written into is not known here."""
    mirrored = [model for model in desired.models.values() if model.mirror_aliases]
    return desired.updated(*(replace(model, mirror_aliases=False) for model in mirrored)) if mirrored else desired


def as_applied(base: Desired, ids: Mapping[Ref, int] | None = None) -> Observed:
    """What applying a tree leaves behind: a dataset that is to stay a draft is one, a model not to be started is not.

    A training that might have run is never counted as done, so that a plan does not understate what it costs. `ids` are as in
    `tree_as_live`.
    """
    observed = tree_as_live(base, ids)
    drafts = {ref.name for ref, dataset in base.datasets.items() if not dataset.completed}
    waiting = {ref.name for ref, model in base.models.items() if not model.policy.start}
    observed = observed.updated(*(_as_draft(one, drafts) for one in observed.datasets.values()))
    models = []
    for model in observed.models.values():
        name = parse_model_name(model.name)
        assert name is not None, "assumed models bear names of ours"
        dataset = observed.datasets.get(model.dataset_id or 0)
        if dataset is not None and dataset.is_draft:
            continue
        models.append(replace(model, status=ModelStatus.CREATED, word="Created") if name.base in waiting else model)
    others = (one for one in observed.live.values() if one.kind is not Kind.MODEL)
    return replace(observed, live=by_identity((*others, *models)))


def _as_draft(dataset: RemoteDataset, drafts: set[str]) -> RemoteDataset:
    name = parse_model_name(dataset.name)
    assert name is not None, "assumed datasets bear names of ours"
    if name.base not in drafts:
        return dataset
    draft = DraftName(base=name.base, version=name.version, fingerprint=name.fingerprint, mark="0000")
    return replace(dataset, name=str(draft), status=DatasetStatus.DRAFT)


def edited(desired: Desired, base: Desired) -> frozenset[Ref]:
    """Manifests whose own meaning differs between two trees, wherever they stand; images and captions included."""
    refs = {*base.refs, *desired.refs}
    return frozenset(ref for ref in refs if not _is_same(_declared(ref, base), _declared(ref, desired)))


def _declared(ref: Ref, tree: Desired) -> Declared | Absent | None:
    return tree.present.get(ref) or tree.absent.get(ref)


def _is_same(before: Declared | Absent | None, after: Declared | Absent | None) -> bool:
    """Do two manifests mean the same? Most are the very same object, and are not looked at."""
    if before is after:
        return True
    if before is None or after is None or type(before) is not type(after):
        return False
    return all(_meant(before, name) == _meant(after, name) for name in _names(type(before)))  # type: ignore[arg-type]


@cache
def _names(cls: type) -> tuple[str, ...]:
    """What a manifest says: all but its place."""
    return tuple(each.name for each in fields(cls) if each.compare and each.name != "location")


def _meant(one: Declared | Absent, name: str) -> object:
    """A field of a manifest, without whether an image's bytes lie here or in Git LFS."""
    value: object = getattr(one, name)
    if isinstance(one, DesiredDataset) and name == "images":
        return tuple(replace(image, has_content=True) for image in one.images)
    return value


def _common(desired: Desired, base: Desired) -> frozenset[Ref]:
    """Projects that both trees call the same. They are accepted as ours: no account is there that could say otherwise."""
    both = desired.projects.keys() & base.projects.keys()
    return frozenset(ref for ref in both if desired.projects[ref].project_name == base.projects[ref].project_name)


def _change(change: Change, base: Desired) -> Change:
    match change:
        case ProjectChange(id=int()):
            return replace(change, takes_over=False, reason=Reason(why=Why.CHANGED_IN_GIT))
        case DatasetChange():
            kept = tuple(replace(one, version=None) for one in change.kept)
            return replace(change, reason=replace(change.reason, id=None), kept=kept, aside=None)
        case ModelChange() if change.ref not in base.models:
            return replace(change, reason=Reason(why=Why.NEW))
        case ModelChange():
            return replace(change, reason=replace(change.reason, version=None))
        case RemovalChange():
            objects = tuple(replace(one, name=without_version(one.name)) for one in change.objects)
            return replace(change, objects=objects)
        case RenameChange():
            renamed = (
                replace(one, before=without_version(one.before), after=without_version(one.after))
                for one in change.objects
            )
            return replace(change, objects=tuple(renamed))
        case _:
            return change


def _unchanged(one: Unchanged) -> Unchanged:
    return replace(one, id=None, version=None, dataset_version=None)


def _alias(state: AliasState) -> AliasState:
    """An alias of the version that the base asks for is known; which other versions an account holds is not."""
    if state.id is None or is_version(state.target):
        return AliasState(ref=state.ref, alias=state.alias, target=state.target)
    return state


def _notes(meant: frozenset[Ref], found: Assessment) -> Iterator[Note]:
    """What was not edited and changes all the same, and deletions of which nobody knows here how many they are."""
    pulled = sorted({change.ref for change in found.changes} - meant)
    if pulled:
        names = ", ".join(map(str, pulled))
        yield Note(rule="dependents", ref=None, text=f"not edited, but built on what this change edits: {names}")
    for change in found.changes:
        if isinstance(change, RemovalChange):
            text = "every live version goes; how many there are is not known offline"
            yield Note(rule="removal-offline", ref=change.ref, text=text)
