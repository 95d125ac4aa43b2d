"""Whose doing is a difference: the console's, git's, or is it under way? And what does not serve, apart from that."""

from dataclasses import replace

import pytest

from reconciler.core.desired import Desired
from reconciler.core.diff.diff import diff
from reconciler.core.fingerprint import model_fingerprint
from reconciler.core.guide import PrefixGuide
from reconciler.core.limit import Limits
from reconciler.core.live import ModelStatus, Observed, RemoteDataset, RemoteModel
from reconciler.core.look.drift import Looked, find_drift
from reconciler.core.look.drift_report import Cause, DriftReport
from reconciler.core.plan import Subject
from reconciler.core.planning.planner import plan
from reconciler.core.run_options import RunOptions
from tests.core.build import (
    DATASET,
    MODEL,
    PROJECT,
    account,
    dataset,
    image,
    live_dataset,
    live_image,
    live_model,
    live_project,
    model,
    print_of,
    project,
    tree,
)

SUBJECT = Subject(endpoint="simulator", tier="none", projects=1, datasets=1, images=2, models=1)
DATA = dataset(image("a", "text a."), image("b"))
TREE = tree(DATA, model())
OTHER = tree(dataset(image("a", "text a."), image("b"), image("c")), model())


def data(**fields: object) -> RemoteDataset:
    """Version 1 as it was made."""
    images = (live_image(1, "a", "text a.", "manual"), live_image(2, "b"))
    return replace(live_dataset(10, f"poses v1 ({print_of(DATA)})", *images), **fields)  # type: ignore[arg-type]


def trained(status: ModelStatus = ModelStatus.COMPLETED, **fields: object) -> RemoteModel:
    """The model on it."""
    print_ = model_fingerprint(model(), print_of(DATA))
    kind: dict[str, object] = {"training_mode": "fully_automated", "training_version": "max"}
    return live_model(20, f"max v1 ({print_})", status, **kind, **fields)


def judged(desired: Desired, observed: Observed, base: Desired | None = None) -> DriftReport:
    """Everything was read."""
    assessment = diff(desired, observed, RunOptions(reads_all=True))
    assert not assessment.unread
    return find_drift(
        Looked(
            plan=plan(assessment, subject=SUBJECT, limits=Limits()),
            desired=desired,
            observed=observed,
            project_ids=assessment.project_ids,
            base=base,
        )
    )


def causes(found: DriftReport) -> dict[str, Cause]:
    """The cause of each object's difference."""
    return {str(drift.ref): drift.cause for drift in found.drifts}


IN_SYNC = account(live_project(), data(), trained())

CASES = {
    "as declared": (TREE, IN_SYNC, None, {}),
    "git wants another content": (OTHER, IN_SYNC, None, {DATASET: Cause.GIT, MODEL: Cause.GIT}),
    "git wants another definition": (
        tree(DATA, model(training_version="light")),
        IN_SYNC,
        None,
        {MODEL: Cause.GIT},
    ),
    "an image was removed by hand from what a model was trained on": (
        TREE,
        account(live_project(), data(images=(live_image(1, "a", "text a.", "manual"),), images_count=1), trained()),
        None,
        {DATASET: Cause.CONSOLE, MODEL: Cause.HELD},
    ),
    "an image was removed by hand, and nothing was trained": (
        TREE,
        account(live_project(), data(images=(live_image(1, "a", "text a.", "manual"),), images_count=1)),
        None,
        {DATASET: Cause.CONSOLE, MODEL: Cause.CONSOLE},
    ),
    "the content was edited by hand, and git wants another one too": (
        OTHER,
        account(live_project(), data(guide=PrefixGuide(text="Edited by hand,")), trained()),
        None,
        {DATASET: Cause.CONSOLE, MODEL: Cause.CONSOLE},
    ),
    "a field of the project, nobody knows by whom": (
        TREE,
        account(live_project(ip_description="a boy"), data(), trained()),
        None,
        {PROJECT: Cause.EITHER},
    ),
    "a field of the project that git had already": (
        TREE,
        account(live_project(ip_description="a boy"), data(), trained()),
        TREE,
        {PROJECT: Cause.CONSOLE},
    ),
    "a field of the project that git had not": (
        TREE,
        account(live_project(ip_description="a boy"), data(), trained()),
        tree(DATA, model(), project(ip_description="a boy")),
        {PROJECT: Cause.GIT},
    ),
    "a description that git had already": (
        tree(DATA, model(description="for the shop")),
        account(live_project(), data(), trained(description="edited")),
        tree(DATA, model(description="for the shop")),
        {MODEL: Cause.CONSOLE},
    ),
    "nothing is live, and nobody knows why": (
        TREE,
        account(),
        None,
        {PROJECT: Cause.EITHER, DATASET: Cause.EITHER, MODEL: Cause.EITHER},
    ),
    "nothing is live, and git is new": (
        TREE,
        account(),
        Desired(),
        {PROJECT: Cause.GIT, DATASET: Cause.GIT, MODEL: Cause.GIT},
    ),
    "the model was deleted": (
        TREE,
        account(live_project(), data(), trained(ModelStatus.DELETED)),
        None,
        {MODEL: Cause.DELETED},
    ),
    "all was deleted since the base, by whom ever": (
        TREE,
        account(),
        TREE,
        {PROJECT: Cause.DELETED, DATASET: Cause.DELETED, MODEL: Cause.DELETED},
    ),
    "a commit removed the model": (tree(DATA), IN_SYNC, TREE, {PROJECT: Cause.GIT}),
    "a commit removed the model, before the base or elsewhere": (
        tree(DATA),
        IN_SYNC,
        tree(DATA),
        {PROJECT: Cause.EITHER},
    ),
    "somebody made a dataset": (
        TREE,
        account(live_project(), data(), trained(), live_dataset(11, "tried by hand")),
        TREE,
        {PROJECT: Cause.CONSOLE},
    ),
    "a commit removed an alias that the live side shows": (
        tree(DATA, model(mirror_aliases=True)),
        account(live_project(), data(), trained(description="aliases: production")),
        tree(DATA, model(mirror_aliases=True, aliases=(("production", "current"),))),
        {MODEL: Cause.GIT},
    ),
    "somebody removed the aliases that the live side shows": (
        tree(DATA, model(mirror_aliases=True, description="x", aliases=(("production", "current"),))),
        account(live_project(), data(), trained(description="x")),
        tree(DATA, model(mirror_aliases=True, description="x", aliases=(("production", "current"),))),
        {MODEL: Cause.CONSOLE},
    ),
    "a draft that was begun": (
        TREE,
        account(live_project(), live_dataset(10, f"poses v1 draft {print_of(DATA)} 3f2a", live_image(2, "b"))),
        None,
        {DATASET: Cause.PROGRESS, MODEL: Cause.PROGRESS},
    ),
    "a model that was created": (
        TREE,
        account(live_project(), data(), trained(ModelStatus.CREATED)),
        None,
        {MODEL: Cause.PROGRESS},
    ),
}


@pytest.mark.parametrize(("desired", "observed", "base", "expected"), CASES.values(), ids=CASES.keys())
def test_each_difference_has_its_cause(
    desired: Desired, observed: Observed, base: Desired | None, expected: dict[object, Cause]
) -> None:
    """One cause an object, and something differs where there is one."""
    found = judged(desired, observed, base)
    assert causes(found) == {str(ref): cause for ref, cause in expected.items()}
    assert found.differs == bool(expected)


def test_a_training_under_way_is_no_difference() -> None:
    """It is shown, and an alias that it will answer is no fault."""
    declared = tree(DATA, model(aliases=(("candidate", "current"),)))
    found = judged(declared, account(live_project(), data(), trained(ModelStatus.IN_PROGRESS)))
    assert causes(found) == {"model/max": Cause.PROGRESS}
    assert not found.differs
    assert found.ills == ()


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (ModelStatus.FAILED, "the training of v1 failed"),
        (ModelStatus.STOPPED, "the training of v1 was stopped"),
    ],
)
def test_health_stands_apart(status: ModelStatus, text: str) -> None:
    """A failed training is as git declares it, and serves nobody; nor does the alias on it."""
    declared = tree(DATA, model(aliases=(("production", "current"),)))
    found = judged(declared, account(live_project(), data(), trained(status)))
    assert not found.differs
    assert [str(ill.ref) for ill in found.ills] == ["model/max", "model/max"]
    assert found.ills[0].text == text
    assert "production answers to nothing" in found.ills[1].text
