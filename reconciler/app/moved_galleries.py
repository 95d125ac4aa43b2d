"""The galleries that a plan's report shows: those of models whose aliases move. Only files of the tree are read."""

from dataclasses import replace
from pathlib import Path

from reconciler.app.gallery_comparison import known_to
from reconciler.app.gallery_standing import with_standings
from reconciler.app.validate import resolve_tree
from reconciler.core.desired import Desired
from reconciler.core.plan import Plan
from reconciler.core.problem import ProblemsFound
from reconciler.files.gallery_folder import read_results
from reconciler.files.load import load
from reconciler.gallery.comparison import ComparedColumn, compared
from reconciler.gallery.moved import BEFORE, MovedGallery, alias_steps, columns_before_and_after


def declared_in(root: Path, overlay: str) -> Desired | None:
    """What a tree declares, for the report on a plan file; None where it has problems."""
    try:
        return resolve_tree(load(root, overlay=overlay))
    except ProblemsFound:
        return None


def moved_galleries(root: Path, plan: Plan, desired: Desired) -> tuple[MovedGallery, ...]:
    """What is there of the versions before and after, for each gallery of a model of which an alias moves."""
    found = []
    for step in alias_steps(plan.consequences, desired.galleries):
        for gallery in step.galleries if step.ref in desired.models else ():
            results = read_results(root, gallery)
            columns = columns_before_and_after(step, gallery, known_to(desired, gallery, results))
            judged = map(_judged, with_standings(root, desired, gallery, columns, results.results))
            made = compared(gallery, tuple(judged), results.results)
            found.append(MovedGallery(ref=step.ref, aliases=step.aliases, comparison=made))
    return tuple(found)


def _judged(one: ComparedColumn) -> ComparedColumn:
    """Whether the version before is approved does not matter to a move, so only an approval is told of it."""
    is_open = one.standing is not None and not one.standing.may_be_named
    return replace(one, standing=None) if is_open and BEFORE in one.names else one
