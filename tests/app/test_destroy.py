"""What undoing a trial asks for: everything that is declared, absent already or not, and what goes with a target."""

from dataclasses import replace

import pytest

from reconciler.app.planning import Scope
from reconciler.core.desired import Absent, Desired
from reconciler.core.diff.absence import all_absent
from reconciler.core.kind import Kind
from reconciler.core.planning.selection import to_destroy
from reconciler.core.problem import Problem, Severity
from reconciler.core.ref import Ref
from reconciler.core.run_options import RunOptions
from tests.core import build

OTHER = Ref(Kind.MODEL, "other")
GONE = Absent(ref=Ref(Kind.DATASET, "gone"), location=build.HERE, project=build.PROJECT)


def tree() -> Desired:
    """A project with a dataset, two models on it, and a dataset that is absent already."""
    warning = Problem(rule="x", location=build.HERE, summary="y", severity=Severity.WARNING)
    made = build.tree(build.dataset(), build.model(), of=build.project(id=12))
    return replace(made.updated(build.model(ref=OTHER)), absent={GONE.ref: GONE}, warnings=(warning,))


def test_everything_becomes_absent() -> None:
    """Each in its project, which is found as it was: by its id and name."""
    found = all_absent(tree())
    assert list(found.absent) == [build.PROJECT, GONE.ref, build.DATASET, build.MODEL, OTHER]
    assert found.absent[build.PROJECT] == Absent(
        ref=build.PROJECT, location=build.HERE, project=build.PROJECT, project_name="Branded Character", id=12
    )
    assert {absent.project for absent in found.absent.values()} == {build.PROJECT}
    assert found.absent[GONE.ref] == GONE
    assert (found.projects, found.datasets, found.models, found.warnings) == ({}, {}, {}, tree().warnings)
    assert all_absent(found) == found


@pytest.mark.parametrize(
    ("targets", "going"),
    [
        ((), {build.PROJECT, build.DATASET, build.MODEL, OTHER, GONE.ref}),
        ((build.MODEL,), {build.MODEL}),
        ((build.DATASET,), {build.DATASET, build.MODEL, OTHER}),
        ((GONE.ref, OTHER), {GONE.ref, OTHER}),
        ((build.PROJECT,), {build.PROJECT, build.DATASET, build.MODEL, OTHER, GONE.ref}),
    ],
)
def test_what_goes_with_a_target(targets: tuple[Ref, ...], going: set[Ref]) -> None:
    """Never more than what needs it: the models of another dataset stay."""
    assert to_destroy(tree(), targets) == going


def test_a_scope_says_what_a_person_asked_for() -> None:
    """The planner's asked carries all of it."""
    asked = Scope(accepted=(build.PROJECT,), retry=(OTHER,), start=(build.MODEL,), prunes=True, refresh="full").asked
    assert asked == RunOptions(
        accepted=(build.PROJECT,),
        retry=(OTHER,),
        start=(build.MODEL,),
        prunes=True,
        reads_all=True,
    )
