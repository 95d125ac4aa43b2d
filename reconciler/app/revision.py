"""What the manifests asked for at a git revision. Needs no token, no network and no file of the working tree."""

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path

from reconciler.app.exceptions import WrongUsage
from reconciler.app.settings import Settings
from reconciler.app.validate import ReadTree, judge_tree, resolve_tree
from reconciler.core.account import Account
from reconciler.core.desired import Desired
from reconciler.core.problem import Problem, ProblemsFound
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass
from reconciler.files.configuration import Configuration, configuration_in
from reconciler.files.git.past_trees import PastTrees
from reconciler.files.git.repository import RevisionRefused
from reconciler.files.git.revision import short_revision
from reconciler.files.git.revision_tree import RevisionTree, revision_tree
from reconciler.files.image.dvc import RULE as POINTERS
from reconciler.files.known_tree import KnownTree
from reconciler.files.load import load_revision
from reconciler.files.overlay import overlays_in, read_overlay_of, with_overlay


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseTree:
    """A tree at a revision, with its `reconciler.yaml` and the overlay. `is_there` is False if it had no manifest folder.

    `is_elsewhere` says that the account was another one then: nothing of this tree is live in that of now.
    """

    name: str
    rev: str = ""
    """The revision as it was given."""
    desired: Desired = field(default_factory=Desired)
    configuration: Configuration = field(default_factory=Configuration)
    is_there: bool = True
    is_elsewhere: bool = False
    origins: Mapping[Ref, str] = field(default_factory=dict)
    """Other roots from which objects of this one came since then, by their refs of now."""
    for_other: Desired = field(default_factory=Desired)
    """What the tree declared where the account was another one."""

    @property
    def declared(self) -> Desired:
        """What the manifests said, whatever the account: what guards an alias does not depend on it."""
        return self.for_other if self.is_elsewhere else self.desired


_BROKEN = "nothing can be compared with it. Merge what mends it, plan without --base where there is a token, or name an older base"
_POINTERS_ONLY = "no plan can be made from pointers alone. Plan without --base where there is a token; to compare in git, keep images in git or Git LFS"


def desired_at(root: Path, rev: str) -> Desired:
    """The tree at a revision, resolved. The places of its problems read `REV:manifests/x.yaml:3:4`.

    WrongUsage if the revision cannot be read. ProblemsFound if its tree has problems or no manifests.
    """
    try:
        with revision_tree(root, rev) as tree:
            return resolve_tree(load_revision(tree, believes_cache=True))
    except RevisionRefused as refused:
        raise WrongUsage(str(refused)) from None


def tree_at(settings: Settings, rev: str, beside: ReadTree | None = None) -> BaseTree:
    """The tree at a revision under the overlay of now, to compare with. Empty if the manifests, or the account, came later.

    What is equal in the tree that was read before, `beside` this one, is the same object in both, and is read and judged once.
    Then the base tells no warnings, and its places are those of that tree.

    Raises as `desired_at`, and says that the problems are those of the base. WrongUsage also if the revision has no
    history in common with what is checked out.
    """
    try:
        with revision_tree(settings.root, rev, is_base=True) as tree:
            return base_in(tree, settings, rev, beside)
    except ProblemsFound as found:
        base = f"all in the base {short_revision(rev)}"
        if any(problem.rule == POINTERS for problem in found.problems):
            problems = [_without_pull(problem) for problem in found.problems]
            raise ProblemsFound(problems, end=f"{base}: {_POINTERS_ONLY}") from None
        raise ProblemsFound(found.problems, end=f"{base}: {_BROKEN}") from None
    except RevisionRefused as refused:
        raise WrongUsage(str(refused)) from None


def each_desired(trees: PastTrees) -> Iterator[Desired | None]:
    """What each tree of a history asked for; None for one with problems: it was never applied.

    What a tree has in common with the one before is read and judged once. Warnings are those of what differs alone.
    """
    known, judged = KnownTree(), None
    for tree in trees:
        try:
            judged = judge_tree(load_revision(tree, known=known), judged)
        except ProblemsFound:
            yield None
        else:
            yield judged.desired


def _without_pull(problem: Problem) -> Problem:
    """A pull fetches what the working tree points at, and changes nothing in a revision."""
    if problem.rule != POINTERS:
        return problem
    return replace(problem, remedy="Git holds only the pointer, so nothing tells which images this revision had.")


def base_in(tree: RevisionTree, settings: Settings, rev: str, beside: ReadTree | None) -> BaseTree:
    """The same of a tree that is open. What is wrong with it has no word that this is the base."""
    if tree.is_empty:
        return BaseTree(name=short_revision(rev), rev=rev, is_there=False)
    name = settings.overlay_name
    overlay = read_overlay_of(tree, name) if name in overlays_in(tree) else None
    usual = configuration_in(tree)
    problems = (*usual.problems, *(() if overlay is None else overlay.problems))
    if any(problem.is_error for problem in problems):
        raise ProblemsFound(problems)
    configuration = with_overlay(usual, overlay)
    is_new_overlay = bool(name) and overlay is None
    is_elsewhere = _is_elsewhere(settings, configuration.account, is_new_overlay=is_new_overlay)
    resolved = _resolved(tree, name, beside)
    return BaseTree(
        name=short_revision(rev),
        rev=rev,
        for_other=resolved if is_elsewhere else Desired(),
        desired=Desired() if is_elsewhere else resolved,
        configuration=replace(configuration, account=None) if is_new_overlay else configuration,
        is_elsewhere=is_elsewhere,
    )


def _resolved(tree: RevisionTree, overlay: str, beside: ReadTree | None) -> Desired:
    if beside is not None:
        try:
            known = beside.known
            loaded = load_revision(tree, overlay=overlay, believes_cache=True, known=known, listing=known.base_listing)
            known.require_apart(loaded)
            return replace(judge_tree(loaded, beside.judged).desired, warnings=())
        except ProblemsFound:
            if beside.known.is_part:
                raise
            # Else it is read once more, so that every problem has its place in the revision
    return resolve_tree(load_revision(tree, overlay=overlay, believes_cache=True))


def _is_elsewhere(settings: Settings, was: Account | None, *, is_new_overlay: bool) -> bool:
    """Is the account of now another one than that of the base? Content is trained once for each account.

    A first pin names the account that was there before. A new overlay that pins one may name any, so it counts as new.
    """
    if settings.account is None:
        return False
    return is_new_overlay if was is None else was.project != settings.account.project
