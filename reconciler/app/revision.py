"""What the manifests asked for at a git revision. Needs no token, no network and no file of the working tree."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from reconciler.app.exceptions import WrongUsage
from reconciler.app.validate import resolve_tree
from reconciler.core.desired import Desired
from reconciler.core.problem import Location, Problem, ProblemsFound
from reconciler.files.configuration import Configuration, load_configuration
from reconciler.files.git.repository import RevisionRefused
from reconciler.files.git.revision import revision, revision_name, short_revision
from reconciler.files.load import load


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseTree:
    """A tree at a revision, with its `reconciler.yaml`. `is_there` is False if it had no manifest folder."""

    name: str
    desired: Desired = field(default_factory=Desired)
    configuration: Configuration = field(default_factory=Configuration)
    is_there: bool = True


_BROKEN = "nothing can be compared with it. Merge what mends it, plan without --base where there is a token, or name an older base"


def desired_at(root: Path, rev: str) -> Desired:
    """The tree at a revision, resolved. The places of its problems read `REV:manifests/x.yaml:3:4`.

    WrongUsage if the revision cannot be read. ProblemsFound if its tree has problems or no manifests.
    """
    try:
        with revision(root, rev) as folder:
            return _resolved(root, rev, folder)
    except RevisionRefused as refused:
        raise WrongUsage(str(refused)) from None


def tree_at(root: Path, rev: str) -> BaseTree:
    """The tree at a revision, to compare with. Empty if the manifests came later.

    Raises as `desired_at`, and says that the problems are those of the base. WrongUsage also if the revision has no
    history in common with what is checked out.
    """
    try:
        with revision(root, rev, is_base=True) as folder:
            return _tree_in(folder, root, rev)
    except ProblemsFound as found:
        raise ProblemsFound(found.problems, end=f"all in the base {short_revision(rev)}: {_BROKEN}") from None
    except RevisionRefused as refused:
        raise WrongUsage(str(refused)) from None


def _tree_in(folder: Path, root: Path, rev: str) -> BaseTree:
    if not any(folder.iterdir()):
        return BaseTree(name=short_revision(rev), is_there=False)
    configuration = load_configuration(folder)
    if any(problem.is_error for problem in configuration.problems):
        raise ProblemsFound(_renamed(configuration.problems, str(folder), revision_name(root, rev)))
    return BaseTree(name=short_revision(rev), desired=_resolved(root, rev, folder), configuration=configuration)


def _resolved(root: Path, rev: str, folder: Path) -> Desired:
    loaded = load(folder, cache=folder.parent / "cache")
    shown, name = loaded.location.path, revision_name(root, rev)
    try:
        desired = resolve_tree(loaded)
    except ProblemsFound as found:
        raise ProblemsFound(_renamed(found.problems, shown, name)) from None
    return replace(desired, warnings=tuple(_renamed(desired.warnings, shown, name)))


def _renamed(problems: Iterable[Problem], shown: str, name: str) -> Iterable[Problem]:
    """The same problems, with the path in the revision in place of the temporary folder.

    The texts may quote the folder too. Its name is random, so that replacing it cannot hit anything else.
    """
    for problem in problems:
        path = problem.location.path.replace(shown, name)
        yield replace(
            problem,
            location=Location(path, problem.location.line, problem.location.column),
            summary=problem.summary.replace(shown, name),
            detail=problem.detail.replace(shown, name),
            remedy=problem.remedy.replace(shown, name),
        )
