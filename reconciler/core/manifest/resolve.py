"""From what was loaded to what is desired: references are found, captions matched, and every rule is checked."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from operator import is_
from typing import TYPE_CHECKING

from reconciler.core.desired import Declared, Desired
from reconciler.core.manifest.adopted_rules import adopted_in
from reconciler.core.manifest.kinds import RULES
from reconciler.core.manifest.loaded import Loaded, Manifest
from reconciler.core.manifest.promotion import judge_promotions
from reconciler.core.manifest.suggestion import did_you_mean
from reconciler.core.manifest.tree import ManifestTree, doubles, manifest_tree
from reconciler.core.manifest.tree_rules import absences, judge_together
from reconciler.core.problem import Location, Problem, ProblemsFound, in_order
from reconciler.core.ref import Ref
from reconciler.core.text import quoted
from reconciler.core.value import dataclass

if TYPE_CHECKING:
    from reconciler.core.gallery import DesiredGallery

NO_MANIFESTS = "manifest-none"
"""The rule that says that a tree declares nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the manifests ask for, and the manifests that it was made of. `problems` stop nothing where none is an error."""

    tree: ManifestTree
    desired: Desired
    problems: tuple[Problem, ...] = ()

    def declared(self, manifest: Manifest, tree: ManifestTree) -> Declared | None:
        """What was made of a manifest of another tree, if it and all that it is judged beside are the same objects there."""
        ref = manifest.ref
        if self.tree.manifests.get(ref) is not manifest:
            return None
        beside = RULES[ref.kind].beside
        ours, theirs = beside(manifest, self.tree), beside(manifest, tree)
        is_same = len(ours) == len(theirs) and all(map(is_, ours, theirs))
        return self.desired.present.get(ref) if is_same else None


def resolve(loaded: Loaded, *, without_guide_of: Collection[Ref] = (), further: Iterable[Problem] = ()) -> Desired:
    """What the manifests ask for. Raises ProblemsFound with every problem of the tree if one of them is an error.

    A dataset in `without_guide_of` may lack its guide; it is then an empty prefix. `further` are problems of the same tree that
    another package found (the doctor judges the waivers): all problems are reported together.
    """
    return judge(loaded, without_guide_of=without_guide_of, further=further).desired


def judge(
    loaded: Loaded,
    *,
    without_guide_of: Collection[Ref] = (),
    further: Iterable[Problem] = (),
    known: Judged | None = None,
) -> Judged:
    """The same, with the manifests. Raises as `resolve`.

    What `known` made of the same manifests is taken from there, without a warning about it: it was told there.
    """
    judged = _judge(loaded, without_guide_of, further, known)
    if any(problem.is_error for problem in judged.problems):
        raise ProblemsFound(judged.problems)
    return replace(judged, desired=replace(judged.desired, warnings=judged.problems))


def problems_in(loaded: Loaded, further: Iterable[Problem] = ()) -> tuple[Problem, ...]:
    """All errors and warnings of a tree, in order, for a caller that reports more than them."""
    return _judge(loaded, (), further, None).problems


def _judge(
    loaded: Loaded, without_guide_of: Collection[Ref], further: Iterable[Problem], known: Judged | None
) -> Judged:
    problems = [*loaded.problems, *further, *doubles(loaded)]
    tree = manifest_tree(loaded, without_guide_of)
    if not loaded.manifests and not loaded.broken and not any(problem.is_error for problem in problems):
        problems.append(_nothing(loaded.location))
    present: dict[Ref, Declared] = {}
    for ref, manifest in tree.manifests.items():
        if not loaded.is_partial:
            problems += _unknown(manifest, tree)
        if not manifest.is_absent:  # whatever else an absent manifest says is about nothing
            same = None if known is None else known.declared(manifest, tree)
            present[ref] = same or RULES[ref.kind].declare(manifest, tree, problems)
    adopted = adopted_in(loaded, problems)
    galleries: Mapping[str, DesiredGallery] = {}
    if loaded.galleries:
        from reconciler.core.manifest.gallery import declare_galleries

        galleries = declare_galleries(loaded, tree, present, problems)
    desired = Desired(present=present, absent=absences(tree.manifests), adopted=adopted, galleries=galleries)
    problems += judge_together(tree.manifests, desired, looks_for_twins=known is None)
    # A gallery with faults has its own problems, and may be the one that a guard names.
    knows_all = not loaded.is_partial and not any(problem.is_error for problem in loaded.problems)
    problems += judge_promotions(tree.manifests, galleries, knows_all=knows_all)
    return Judged(tree=tree, desired=desired, problems=in_order(problems))


def _unknown(manifest: Manifest, tree: ManifestTree) -> Iterator[Problem]:
    ref = manifest.parent
    if ref is not None and not tree.has(ref):
        known = tree.names(ref.kind)
        yield Problem(
            rule="manifest-reference",
            location=manifest.document.at("spec", ref.kind.value),
            summary=f"there is no {ref.kind.value} {quoted(ref.name)}",
            detail="What is to be deleted is looked for below it." if manifest.is_absent else "",
            remedy=did_you_mean(ref.name, known) or f"Declare it: kind: {ref.kind.title}, metadata.name: {ref.name}",
        )


def _nothing(location: Location) -> Problem:
    return Problem(
        rule=NO_MANIFESTS,
        location=location,
        summary="there are no manifests",
        detail="No file that ends in .yaml or .yml declares a project, dataset or model.",
        remedy="Name the right folder with --root, or begin with `reconciler init`. Nothing is deleted by a missing file.",
    )
