"""What a person does in the console meanwhile."""

from collections.abc import Callable

import pytest

from reconciler.simulator import Simulator, console
from tests.simulator.outsider import Account, picture, rejects

PROJECTS = "/tailored-gen/projects"
DATASETS = "/tailored-gen/datasets"
MODELS = "/tailored-gen/models"


def test_projects_by_hand() -> None:
    """A project is renamed, described and deleted with all it holds, in training or not."""
    api = Account()
    project = api.project()
    model = api.model(api.completed(project))
    api.post(f"{MODELS}/{model}/start_training")
    console.edit_project(api.simulator, project, name="By hand")
    console.edit_project(api.simulator, project, description="Seen to")
    after = api.get(f"{PROJECTS}/{project}").json()
    assert (after["project_name"], after["project_description"]) == ("By hand", "Seen to")
    console.delete_project(api.simulator, project)
    api.wait(4 * 3600)
    rejects(api.get(f"{MODELS}/{model}"), 404)


def test_datasets_by_hand() -> None:
    """A dataset is created, renamed, given a prefix, completed without images, reopened and deleted."""
    api = Account()
    dataset = console.add_dataset(api.simulator, api.project(), "By hand", caption_prefix="A cat, ")
    console.edit_dataset(api.simulator, dataset, name="Renamed", status="completed")
    console.edit_dataset(api.simulator, dataset, caption_prefix="A dog, ")
    after = api.get(f"{DATASETS}/{dataset}").json()
    assert (after["name"], after["caption_prefix"], after["status"]) == ("Renamed", "A dog, ", "completed")
    console.edit_dataset(api.simulator, dataset, status="draft")
    api.upload(dataset, picture())
    console.delete_dataset(api.simulator, dataset)
    rejects(api.get(f"{DATASETS}/{dataset}"), 404)


def test_images_by_hand() -> None:
    """An image is added, renamed, captioned and deleted, even in a completed dataset."""
    api = Account()
    dataset = api.completed(api.project())
    image = console.add_image(api.simulator, dataset, "sitting.png")
    path = f"{DATASETS}/{dataset}/images/{image}"
    assert api.get(path).json()["caption"].startswith("sitting, ")
    console.edit_image(api.simulator, image, caption="by hand.")
    console.edit_image(api.simulator, image, image_name="other.png")
    after = api.get(path).json()
    assert (after["caption"], after["caption_source"], after["image_name"]) == ("by hand.", "manual", "other.png")
    console.delete_image(api.simulator, image)
    rejects(api.get(path), 404)


@pytest.mark.parametrize("status", ["Completed", "Failed", "Stopped"])
def test_trainings_by_hand(status: str) -> None:
    """A training is ended at once, one way or another, and time changes nothing more."""
    api = Account()
    model = api.model(api.completed(api.project()))
    api.post(f"{MODELS}/{model}/start_training")
    console.end_training(api.simulator, model, status)
    assert api.get(f"{MODELS}/{model}").json()["status"] == status
    api.wait(4 * 3600)
    assert api.get(f"{MODELS}/{model}").json()["status"] == status


def test_models_by_hand() -> None:
    """A model is renamed, described, and deleted in the middle of its training."""
    api = Account()
    model = api.model(api.completed(api.project()))
    api.post(f"{MODELS}/{model}/start_training")
    console.edit_model(api.simulator, model, name="By hand")
    console.edit_model(api.simulator, model, description="Good")
    after = api.get(f"{MODELS}/{model}").json()
    assert (after["name"], after["description"]) == ("By hand", "Good")
    console.delete_model(api.simulator, model)
    rejects(api.get(f"{MODELS}/{model}"), 404)
    api.wait(4 * 3600)
    rejects(api.get(f"{MODELS}/{model}"), 404)


@pytest.mark.parametrize(
    "edit",
    [
        lambda simulator: console.edit_project(simulator, 7),
        lambda simulator: console.edit_dataset(simulator, 7),
        lambda simulator: console.edit_image(simulator, 7),
        lambda simulator: console.edit_model(simulator, 7),
    ],
)
def test_nothing_there(edit: Callable[[Simulator], None]) -> None:
    """An id that names nothing is a mistake of the test that uses it."""
    with pytest.raises(console.ConsoleError):
        edit(Account().simulator)
