"""What the state of models, datasets and projects allows, as tables."""

from dataclasses import replace

import pytest

from reconciler.core.diff.election import model_members
from reconciler.core.guide import PrefixGuide
from reconciler.core.live import DatasetStatus, ModelStatus, RemoteDataset
from reconciler.core.name import FinalName
from reconciler.core.run.list_convergence import (
    expected_listing,
    shows,
)
from reconciler.core.run.model import Phase, number_is_taken, phase, unfit_for_training, was_started
from reconciler.core.run.project import alike_projects, elect_project, is_as_sent
from tests.core.build import live_dataset, live_image, live_model, live_project
from tests.core.run.test_clone import wanted
from tests.core.run.test_draft_ownership import FINAL

NAME = FinalName(base="max", version=2, fingerprint="a51be07aa9c13")
BODY = {"project_name": "Branded Character", "ip_medium": "illustration", "ip_type": "defined_character"}


@pytest.mark.parametrize(
    ("status", "expected", "started"),
    [
        (ModelStatus.CREATED, Phase.READY, False),
        (ModelStatus.IN_PROGRESS, Phase.TRAINING, True),
        (ModelStatus.COMPLETED, Phase.TRAINED, True),
        (ModelStatus.FAILED, Phase.FAILED, True),
        (ModelStatus.STOPPING, Phase.STOPPED, True),
        (ModelStatus.STOPPED, Phase.STOPPED, True),
        (ModelStatus.DELETED, Phase.GONE, False),
        (ModelStatus.SYNCING, Phase.UNSETTLED, False),
        (ModelStatus.UNKNOWN, Phase.UNSETTLED, False),
    ],
)
def test_phases(status: ModelStatus, expected: Phase, started: bool) -> None:
    """Each status of the contract has one phase; only some say that a training began."""
    found = phase(live_model(1, str(NAME), status))
    assert found is expected
    assert was_started(found) is started


def test_a_model_that_is_not_found() -> None:
    """A model that a read by id does not find is gone."""
    assert phase(None) is Phase.GONE


def test_numbers() -> None:
    """Of one number for two fingerprints the lowest id keeps it, unless another is in training."""
    other = replace(live_model(3, "max v2 (abbbbbbbbbbbb)"), status=ModelStatus.CREATED)
    family = model_members((other, live_model(5, str(NAME)), live_model(2, "max v1 (acccccccccccc)")), "max")
    assert number_is_taken(family, 5, NAME)
    assert not number_is_taken(family, 2, NAME)
    begun = model_members((replace(other, status=ModelStatus.IN_PROGRESS), live_model(2, str(NAME))), "max")
    assert number_is_taken(begun, 2, NAME)


def dataset() -> RemoteDataset:
    """The completed dataset of the wish."""
    return live_dataset(7, FINAL, live_image(1, "wave"))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, "is gone"),
        (replace(dataset(), status=DatasetStatus.DRAFT), "is not completed"),
        (replace(dataset(), name="Lora final"), "and not"),
        (replace(dataset(), images=(), images_count=0), "differs after the freeze: 1 image of 1 missing"),
    ],
)
def test_unfit_for_training(found: RemoteDataset | None, words: str) -> None:
    """Nothing is spent on a dataset that is gone, open, renamed or not as wished."""
    assert words in (unfit_for_training(found, live_id=7, name=FINAL, wish=wanted("wave")) or "")


def test_fit_for_training() -> None:
    """The right dataset may be spent on, also where no name or no wish is known for it."""
    assert unfit_for_training(dataset(), live_id=7, name=FINAL, wish=wanted("wave")) is None
    assert unfit_for_training(dataset(), live_id=7, name=None, wish=None) is None


def test_projects_that_are_alike() -> None:
    """Name, medium and type make a project like the one that was sent."""
    projects = (live_project(1), live_project(2, project_name="Other"), live_project(3, ip_type="icons"))
    assert alike_projects(projects, BODY) == (live_project(1),)


def test_election_of_projects() -> None:
    """The project that holds ours counts, else the lowest id of the empty ones; one in use by others never does."""
    projects = (live_project(1), live_project(2), live_project(3))
    ours = live_dataset(9, "poses v1 (a9f3c1a2b7d40)", project_id=3)
    theirs = live_dataset(8, "Anna", project_id=1)
    assert elect_project(projects, (theirs, ours), {"poses"}) == live_project(3)
    assert elect_project(projects, (theirs, ours), {"faces"}) == live_project(2)
    assert elect_project(projects, (), {"poses"}) == live_project(1)
    assert elect_project((live_project(1),), (theirs,), {"poses"}) is None


def test_a_project_reads_back() -> None:
    """An empty text and none are the same, another text is not."""
    assert is_as_sent(live_project(), {**BODY, "project_description": ""})
    assert is_as_sent(live_project(project_description=None), {"project_description": ""})
    assert not is_as_sent(live_project(), {"ip_description": "a boy"})


def test_lists_show_projects_and_models() -> None:
    """A list shows what was made by id and name; a started model is no longer Created."""
    assert shows(expected_listing(live_project()), (live_project(),))
    assert not shows(expected_listing(live_project()), (live_project(project_name="Old"),))
    model = live_model(4, str(NAME), ModelStatus.CREATED)
    assert shows(expected_listing(model), (model,))
    assert not shows(expected_listing(model, started=True), (model,))
    assert shows(expected_listing(model, started=True), (replace(model, status=ModelStatus.COMPLETED),))
    assert not shows(expected_listing(model), ())


def test_lists_show_datasets() -> None:
    """A list shows a dataset once name, status, prefix and count are as they were read."""
    made = expected_listing(dataset())
    assert shows(made, (dataset(),))
    assert shows(made, (replace(dataset(), images_count=None, images=None),))
    for old in (
        replace(dataset(), name="poses v3 draft a9f3c1a2b7d40 3f2a"),
        replace(dataset(), status=DatasetStatus.DRAFT),
        replace(dataset(), guide=PrefixGuide(text="Other,")),
        replace(dataset(), images_count=0),
        replace(dataset(), id=8),
    ):
        assert not shows(made, (old,))
    assert expected_listing(replace(dataset(), images=None)).images is None
