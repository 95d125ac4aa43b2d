"""The generations of the API, as far as they are played."""

import pytest

from tests.simulator.outsider import Account, picture, raw64, rejects
from tests.simulator.unknown import values

PROJECTS = "/tailored-gen/projects"
DATASETS = "/tailored-gen/datasets"
MODELS = "/tailored-gen/models"


@pytest.mark.parametrize("era", ["legacy", "mixed", "current"])
def test_prefix_helper_by_era(era: str) -> None:
    """The prefix helper is there in the eras that have prefixes."""
    body = {"ip_type": "stylized_scene", "ip_medium": "photography", "images": [raw64(picture())]}
    answer = Account(era=era).post("/tailored-gen/generate_prefix", body)
    assert answer.status_code == (404 if era == "current" else 200)


@values("era", "legacy mixed current")
def test_u63_era(value: str) -> None:
    """The era shows in the keys of datasets and models, and in the number of images that completing needs."""
    api = Account(era=value)
    project = api.project()
    dataset = api.dataset(project)
    keys = api.get(f"{DATASETS}/{dataset}").json().keys()
    assert ("caption_prefix" in keys, "visual_schema" in keys) == (value != "current", value == "current")
    assert ("training_version" in keys) == (value == "mixed")
    assert ("training_version" in api.get(PROJECTS).json()[0]) == (value == "mixed")
    for number, colour in enumerate(("red", "green", "blue", "white", "black")):
        image = api.upload(dataset, picture(colour))
        assert (image["caption"] is None) == (value == "current")
        if value == "current":
            assert image["caption_source"] == "pending"
            api.put(f"{DATASETS}/{dataset}/images/{image['id']}", {"caption": '{"short_description": "a"}'})
        answer = api.put(f"{DATASETS}/{dataset}", {"status": "completed"})
        assert answer.status_code == (409 if value == "current" and number < 4 else 200)
        if value != "current":
            break
    model = api.get(f"{MODELS}/{api.trained(dataset)}").json()
    assert ("training_version" in model, "generation_prefix" in model) == (value != "current", value != "current")
    assert ("prompt_prefix" in api.get(f"{MODELS}/{model['id']}/download").json()) == (value != "current")


def test_current_era_captions_from_the_schema() -> None:
    """With a visual schema, uploads are captioned with a JSON document."""
    api = Account(era="current")
    dataset = api.dataset(api.project())
    answer = api.put(f"{DATASETS}/{dataset}", {"visual_schema": '{"style": "flat"}'})
    assert answer.json()["visual_schema"] == '{"style": "flat"}'
    image = api.upload(dataset, picture())
    assert image["caption"].startswith('{"short_description": ')
    other = api.dataset(1001)
    image = api.upload(other, picture())
    path = f"{DATASETS}/{other}/images/{image['id']}"
    assert api.put(path, {"regenerate_caption": True}).json()["caption"] is None
    body = {"name": "m", "dataset_id": dataset, "training_version": "light"}
    assert "training_version" not in api.post(MODELS, body).json()


def test_mixed_era_locks_the_family() -> None:
    """In the mixed era the first dataset decides the family of its project."""
    api = Account(era="mixed")
    project = api.project()
    assert api.get(f"{PROJECTS}/{project}").json()["training_version"] is None
    api.dataset(project, training_version="light")
    assert api.get(f"{PROJECTS}/{project}").json()["training_version"] == "light"
    api.dataset(project, training_version="3.2")
    rejects(api.post(DATASETS, {"project_id": project, "name": "f", "training_version": "fibo"}), 400)
    assert api.dataset(api.project(training_version="fibo"), training_version="fibo")
