"""Refuse a guarded alias that moves to a version which is not complete and approved in its gallery.

Files of the tree decide. The history of git is read only where they do not allow a move: a roll-back needs no new approval.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from reconciler.app.revision import BaseTree
from reconciler.app.settings import Settings
from reconciler.app.validate import resolve_tree
from reconciler.core.desired import Desired
from reconciler.core.gallery import Column
from reconciler.core.look.unknown_alias import UNKNOWN, History
from reconciler.core.plan import Plan
from reconciler.core.problem import ProblemsFound
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note, Refusal
from reconciler.core.value import dataclass
from reconciler.files.approval_file import approval_in, approved_in
from reconciler.files.gallery_folder import columns_in, recorded_in, results_in
from reconciler.files.git.mainline import mainline
from reconciler.files.git.repository import RevisionRefused
from reconciler.files.git.revision_tree import RevisionTree
from reconciler.files.load import load_revision
from reconciler.files.text_file import read_bytes
from reconciler.files.tree import FileRefused, Tree
from reconciler.files.tree_listing import join, list_tree
from reconciler.files.yaml.reading import FILE_LIMIT
from reconciler.gallery.approval import standing
from reconciler.gallery.promotion import Guard, Key, Move, allowed_there, may_name, moves
from reconciler.gallery.refusal import RULE, Judged, not_approved, not_named


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stopped:
    """A move that the files do not allow, and the version that it is about."""

    move: Move
    fingerprint: str
    judged: tuple[Judged, ...]


def gated(
    plan: Plan, desired: Desired, settings: Settings, refs: Collection[Ref], base: BaseTree | None = None
) -> Plan:
    """The plan with a refusal for each guarded alias, of the models in `refs`, that may not name what it names."""
    told = {refusal.ref for refusal in plan.refusals if refusal.rule == UNKNOWN}
    was = None if base is None else base.declared
    refusals: list[Refusal] = []
    stopped: list[_Stopped] = []
    for move in moves(desired, was, [ref for ref in refs if ref not in told]):
        found = _judged(move, plan, settings.root)
        if isinstance(found, Refusal):
            refusals.append(found)
        elif found is not None:
            stopped.append(found)
    if not refusals and not stopped:
        return plan
    commits, history = _named_before(settings, stopped, base)
    notes = []
    for one in stopped:
        commit = commits.get(one.move.key)
        if commit is None:
            refusals.append(
                not_approved(
                    one.move,
                    one.fingerprint,
                    one.judged,
                    root=str(settings.root),
                    history=history,
                    has_base=base is not None,
                )
            )
        elif base is not None:
            notes.append(_back(one, commit))
    return replace(plan, refusals=(*plan.refusals, *refusals), notes=(*plan.notes, *notes))


def _back(one: _Stopped, commit: str) -> Note:
    text = (
        f"{one.move.alias} goes back to {one.fingerprint}, which it named at commit {commit[:12]}: "
        "nothing has to be approved anew"
    )
    return Note(rule=f"{RULE}-back", ref=one.move.ref, text=text)


def _judged(move: Move, plan: Plan, root: Path) -> _Stopped | Refusal | None:
    """None where the files of the tree allow a move."""
    with Tree(root) as tree:
        fits = move.fits(_known(move, plan, tree))
        if move.is_number or len(fits) > 1:
            return not_named(move, fits)
        fingerprint = fits[0] if fits else move.target
        judged = tuple(_stands(guard, fingerprint, tree) for guard in move.guards)
    return None if all(one.allows for one in judged) else _Stopped(move=move, fingerprint=fingerprint, judged=judged)


def _known(move: Move, plan: Plan, tree: Tree) -> Iterator[str]:
    """Whole fingerprints of versions that are there: in the galleries, and in the account where it was asked."""
    for guard in move.guards:
        if guard.gallery is not None:
            yield from (column.fingerprint for column in columns_in(tree, guard.gallery))
            yield from approved_in(tree, guard.gallery.folder)
    states = (state for state in plan.aliases_of(move.ref) if state.alias == move.alias)
    yield from (state.fingerprint for state in states if state.fingerprint is not None)


def _stands(guard: Guard, fingerprint: str, tree: Tree) -> Judged:
    gallery = guard.gallery
    if gallery is None:
        return Judged(guard=guard, standing=None)
    column = Column(fingerprint)
    results = results_in(tree, gallery, [column]).of(column)
    approval = approval_in(tree, gallery.folder, fingerprint)
    return Judged(guard=guard, standing=standing(gallery, fingerprint, results, approval))


def _named_before(
    settings: Settings, stopped: Sequence[_Stopped], base: BaseTree | None
) -> tuple[dict[Key, str], History]:
    """The commit at which each alias named its version before, and rightly so; and how much of the history was asked.

    Only what main itself was counts: nobody looked at the commits inside of a merged branch as a whole.
    """
    found: dict[Key, str] = {}
    names = {one.move.key: {one.move.ref.name, one.move.former or one.move.ref.name} for one in stopped}
    if not stopped:
        return found, History.NONE
    silent: set[str] = set()
    try:
        with mainline(settings.root, "HEAD" if base is None else base.rev) as line:
            for commit, tree in line:
                waiting = [one for one in stopped if one.move.key not in found]
                if not waiting:
                    break
                if _may_tell(tree, waiting, silent):
                    desired = _desired_in(tree, settings.overlay_name)
                    told = () if desired is None else _rightly(tree, desired, waiting, names)
                    found |= {one.move.key: commit for one in told}
            return found, History.WHOLE if line.is_whole else History.PART
    except RevisionRefused:
        return found, History.NONE


def _may_tell(tree: RevisionTree, stopped: Sequence[_Stopped], silent: set[str]) -> bool:
    """Does a file of an earlier tree name one of the versions? `silent` gains git's ids of files that do not: most stay as they are."""
    for folder, listed in list_tree(tree).folders.items():
        for name in listed.files:
            path = join(folder, name)
            if not name.endswith((".yaml", ".yml")):
                continue
            with suppress(FileRefused):  # a link that leads nowhere tells nothing
                file = tree.blob_of(path)
                if file not in silent and _tells(tree, path, stopped):
                    return True
                silent.add(file)
    return False


def _tells(tree: RevisionTree, path: str, stopped: Sequence[_Stopped]) -> bool:
    text = read_bytes(tree, path, FILE_LIMIT)
    return isinstance(text, bytes) and any(may_name(one.move.alias, one.fingerprint, text) for one in stopped)


def _desired_in(tree: RevisionTree, overlay: str) -> Desired | None:
    """What an earlier tree asked for; None if it has problems: it was never applied."""
    try:
        return resolve_tree(load_revision(tree, overlay=overlay))
    except ProblemsFound:
        return None


def _rightly(
    tree: RevisionTree, desired: Desired, stopped: Sequence[_Stopped], names: Mapping[Key, set[str]]
) -> Iterator[_Stopped]:
    """Those whose alias named their version in an earlier tree, and rightly so. `names` gain what models were called before that."""
    approval, pictures = partial(approval_in, tree), partial(recorded_in, tree)
    for one in stopped:
        models = [model for ref, model in desired.models.items() if ref.name in names[one.move.key]]
        names[one.move.key].update(model.moved_from for model in models if model.moved_from is not None)
        if any(allowed_there(one.move, one.fingerprint, model, desired, approval, pictures) for model in models):
            yield one
