"""A plan against a revision that costs what the change touches: the part of both trees that differs, beside the rest (`core.look.groups`).

Nothing here has a say of its own. Where the cut does not hold, or anything is wrong, there is no such plan, and all is read.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from reconciler.app import offline
from reconciler.app.exceptions import WrongUsage
from reconciler.app.other_roots import with_moved
from reconciler.app.planning import Scope
from reconciler.app.revision import base_in, tree_at
from reconciler.app.settings import Settings
from reconciler.app.validate import ReadTree, read_tree
from reconciler.core.desired import Desired
from reconciler.core.kind import Kind
from reconciler.core.look.crossing import ACROSS, Crossing, require_no_twins
from reconciler.core.look.grouping import NO_PARTS, JudgedFile, JudgedParts, groups_in
from reconciler.core.look.groups import NO_GROUPS, Groups, Input, inputs_of, kept, project_digest
from reconciler.core.manifest.portable import below
from reconciler.core.manifest.spec import DatasetBody
from reconciler.core.plan import Plan
from reconciler.core.problem import Problem, ProblemsFound, in_order
from reconciler.core.value import dataclass
from reconciler.files.cache import CacheFile, default_cache
from reconciler.files.git.git_tree_ids import GitTreeIds
from reconciler.files.git.repository import RevisionRefused
from reconciler.files.git.revision_tree import RevisionTree, revision_tree
from reconciler.files.groups_cache import GroupsCache
from reconciler.files.known_tree import KnownTree
from reconciler.files.manifest_reading import FileRead
from reconciler.files.touched_tree import TouchedTree, may_be_cut
from reconciler.files.tree_listing import list_tree

_ROUNDS = 4
"""How often the part may grow. A change that goes on from group to group longer than that is read as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPlan:
    """A plan, and what the part of the working tree declares."""

    plan: Plan
    desired: Desired


def plan_since(
    settings: Settings, scope: Scope, rev: str, today: date, tell: Callable[[Sequence[Problem]], object]
) -> tuple[Plan, Desired]:
    """A plan on the tree of a git revision, taken as live, and what was read of this tree. Warnings are told as soon as they are known.

    ProblemsFound if one of the trees is wrong, WrongUsage if there is no such revision or the scope asks for what is live.
    """
    part = plan_of_part(settings, scope, rev, today)
    if part is not None:
        tell(part.desired.warnings)
        return part.plan, part.desired
    read = read_tree(settings, today)
    tell(read.desired.warnings)
    record = judged_parts(read)
    base = with_moved(settings, read.desired, tree_at(settings, rev, read), rev)
    plan = offline.plan_offline(settings, read.desired, base, scope)
    keep_whole(settings, read, record)
    return plan, read.desired


def plan_of_part(settings: Settings, scope: Scope, rev: str, today: date) -> PartPlan | None:
    """The plan of what differs between this tree and a revision; None if everything must be read for it."""
    if scope != Scope() or settings.overlay_name:
        return None
    with CacheFile(default_cache()) as file:
        groups = GroupsCache(file, settings.root).read()
    if groups is None or not groups.number:
        return None
    try:
        with revision_tree(settings.root, rev, is_base=True, is_sized=False) as tree:
            return _planned(settings, tree, rev, today, groups)
    except (ProblemsFound, RevisionRefused, WrongUsage, Crossing):
        return None


def _planned(settings: Settings, tree: RevisionTree, rev: str, today: date, groups: Groups) -> PartPlan | None:
    """Read the part, and read more of it as long as it is about the rest."""
    listing = list_tree(tree)
    forced: set[int] = set()
    git: GitTreeIds | None = None
    for _ in range(_ROUNDS):
        known = TouchedTree(groups, tree, listing, forced)
        known.git = git
        try:
            return _of_part(settings, known, tree, rev, today)
        except Crossing as crossing:
            if not crossing.groups:
                raise
            forced |= crossing.groups
            git = known.git
    return None


def _of_part(settings: Settings, known: TouchedTree, tree: RevisionTree, rev: str, today: date) -> PartPlan:
    read = read_tree(settings, today, known)
    if read.loaded.galleries or any(problem.rule in ACROSS for problem in read.judged.problems):
        raise Crossing
    require_no_twins(read.desired, known.groups, known.untouched)
    record = judged_parts(read)
    rest = known.groups.rest(known.untouched)
    base = with_moved(settings, read.desired, base_in(tree, settings, rev, read), rev, rest)
    if base.is_elsewhere or base.origins or base.declared.galleries:
        raise Crossing
    made = offline.plan_offline(settings, read.desired, base, Scope(), rest)
    keep(settings, record, known.groups, known.untouched)
    warnings = in_order((*read.desired.warnings, *known.warnings))
    return PartPlan(plan=made, desired=replace(read.desired, warnings=warnings))


def keep_whole(settings: Settings, read: ReadTree, parts: JudgedParts) -> None:
    """Keep the groups of a tree that was read as a whole, for the next plan against a revision."""
    if settings.overlay_name or read.known.listing is None:
        return
    is_cuttable = may_be_cut(read.known.listing) and not read.loaded.galleries
    keep(settings, parts if is_cuttable else NO_PARTS, NO_GROUPS, b"")


def judged_parts(read: ReadTree) -> JudgedParts:
    """What was read of the working tree, with git's ids of it."""
    known, folders, schemas = read.known, {}, {}
    files = [_judged_file(path, oid, held) for path, (oid, held) in known.files().items()]
    for file in files:
        for manifest in file.manifests:
            if not isinstance(manifest.body, DatasetBody):
                continue
            if (folder := known.whole_folder(manifest)) is not None:
                folders[manifest.ref] = Input(*folder)
            if (named := manifest.body.spec.guide_file) is not None:
                schemas[manifest.ref] = _schema(known, file.input.path, named)
    return JudgedParts(
        files=files,
        folders=folders,
        schemas=schemas,
        desired=read.desired,
        problems=read.judged.problems,
        prefix=_prefix(read.loaded.location.path),
    )


def _judged_file(path: str, oid: str, held: FileRead) -> JudgedFile:
    unusual = held.galleries or held.adopted or held.broken or held.is_partial or held.problems
    return JudgedFile(
        input=Input(path, oid, held.values),
        manifests=held.manifests,
        is_plain=not unusual,
    )


def _prefix(root: str) -> str:
    """What a problem shows before a path below the root."""
    return "" if root == "." else f"{root.rstrip('/')}/"


def _schema(known: KnownTree, path: str, named: str) -> Input:
    """The schema file that the manifest in a file names. The tree was found sound, so it is there."""
    file = below(path.rpartition("/")[0], named)
    return Input(file, known.schema_id(file) or "")


def keep(settings: Settings, read: JudgedParts, groups: Groups, untouched: Sequence[int]) -> None:
    """Keep the groups that were judged, and of those that were kept before the ones that were not touched."""
    found = list(groups_in(read))
    projects = {
        one.ref.name: project_digest(one)
        for file in read.files
        for one in file.manifests
        if one.ref.kind is Kind.PROJECT
    }
    if groups.projects == projects and inputs_of(groups, untouched) == {one for group in found for one in group.inputs}:
        return
    with CacheFile(default_cache()) as file:
        GroupsCache(file, settings.root).keep(kept(found, projects, groups, untouched))
