"""Datasets, as the API's documents describe them."""

import pytest

from tests.simulator.outsider import Account, picture, rejects

DATASETS = "/tailored-gen/datasets"


def test_created_dataset() -> None:
    """A dataset begins as a basic draft with a prefix, never regenerated, without images."""
    api = Account()
    project = api.project()
    answer = api.post(DATASETS, {"project_id": str(project), "name": "Poses"})
    assert answer.status_code == 201
    assert answer.json() == {
        "id": 200001,
        "project_id": project,
        "name": "Poses",
        "caption_prefix": "A photo of a character named Briaphant, a purple skinned elephant, ",
        "status": "draft",
        "captions_update_status": "empty",
        "upload_type": "basic",
        "captions_source": None,
        "created_at": "2025-03-11T09:00:00.000000",
        "updated_at": "2025-03-11T09:00:00.000002",
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "Poses"}, 400),
        ({"project_id": 1001}, 400),
        ({"project_id": 1001, "name": ""}, 400),
        ({"project_id": True, "name": "Poses"}, 400),
        ({"project_id": "x", "name": "Poses"}, 400),
        ({"project_id": 1001, "name": "Poses", "upload_type": "zip"}, 400),
        ({"project_id": 77, "name": "Poses"}, 404),
    ],
)
def test_impossible_dataset(body: object, status: int) -> None:
    """A dataset needs a name and a project that exists."""
    api = Account()
    api.project()
    rejects(api.post(DATASETS, body), status)


def test_lists_hold_no_images() -> None:
    """Lists show datasets with the number of their images, but without them."""
    api = Account()
    dataset = api.dataset(api.project())
    api.upload(dataset, picture())
    (row,) = api.get(DATASETS).json()
    assert row["images_count"] == 1
    assert "images" not in row


def test_models_in_the_list_of_a_project() -> None:
    """`include_models` and `include_models_ids` add what was made from each dataset."""
    api = Account()
    project = api.project()
    model = api.model(api.completed(project))
    api.delete(f"/tailored-gen/models/{api.model(200001)}")
    path = f"/tailored-gen/projects/{project}/datasets"
    assert api.get(path).json()[0].keys().isdisjoint({"models", "model_ids"})
    (row,) = api.get(path, include_models="true", include_models_ids="true").json()
    assert [made["id"] for made in row["models"]] == [model]
    assert row["model_ids"] == [str(model)]
    (row,) = api.get(path, include_models_ids="true").json()
    assert "models" not in row
    (row,) = api.get(path, include_models="true").json()
    assert "model_ids" not in row
    for wrong in ("perhaps", "1", "True"):
        answer = api.get(path, include_models=wrong)
        rejects(answer, 422, "list")
        assert answer.json()[0]["loc"] == ["query", "include_models"]


def test_read_caps_its_images() -> None:
    """A read shows at most `max_images` images, 1 to 200, and says how many there are."""
    api = Account()
    dataset = api.dataset(api.project())
    for colour in ("red", "green", "blue"):
        api.upload(dataset, picture(colour))
    answer = api.get(f"{DATASETS}/{dataset}", max_images=2).json()
    assert (len(answer["images"]), answer["images_count"]) == (2, 3)
    for wrong in ("0", "201", "x", "-1"):
        rejects(api.get(f"{DATASETS}/{dataset}", max_images=wrong), 400)


def test_put_answers_no_images() -> None:
    """A PUT takes name, prefix and status, verbatim; the documents list no images in its answer."""
    api = Account()
    dataset = api.dataset(api.project())
    api.upload(dataset, picture())
    api.wait(1)
    answer = api.put(f"{DATASETS}/{dataset}", {"name": "Other", "caption_prefix": " A cat, "}).json()
    assert (answer["name"], answer["caption_prefix"]) == ("Other", " A cat, ")
    assert answer.keys().isdisjoint({"images", "images_count"})
    assert answer["updated_at"] == "2025-03-11T09:00:01.000000"


def test_completing_needs_an_image() -> None:
    """An empty dataset cannot be completed, one with an image can, whatever the case of the word."""
    api = Account()
    dataset = api.dataset(api.project())
    rejects(api.put(f"{DATASETS}/{dataset}", {"status": "completed"}), 409)
    api.upload(dataset, picture())
    rejects(api.put(f"{DATASETS}/{dataset}", {"status": "finished"}), 400)
    assert api.put(f"{DATASETS}/{dataset}", {"status": "draft"}).json()["status"] == "draft"
    assert api.put(f"{DATASETS}/{dataset}", {"status": "Completed"}).json()["status"] == "completed"
    assert api.put(f"{DATASETS}/{dataset}", {"status": "completed"}).status_code == 200


def test_completed_dataset_is_frozen() -> None:
    """Completed, a dataset keeps its images, captions and prefix; its name may change."""
    api = Account()
    dataset = api.completed(api.project())
    path = f"{DATASETS}/{dataset}"
    image = f"{path}/images/3000001"
    rejects(api.put(path, {"caption_prefix": "Another, "}), 409)
    rejects(api.put(path, {"status": "draft"}), 409)
    rejects(api.post(f"{path}/images", {"file": "QUFB"}), 409)
    rejects(api.put(image, {"caption": "other."}), 409)
    rejects(api.put(image, {"regenerate_caption": True}), 409)
    rejects(api.put(f"{path}/images"), 409)
    rejects(api.delete(image), 409)
    assert api.put(path, {"name": "Renamed"}).json()["name"] == "Renamed"


@pytest.mark.parametrize("path", ["", "/images", "/images/3000001", "/images/bulk-upload/status"])
def test_unknown_dataset(path: str) -> None:
    """Whatever is asked of a dataset that does not exist gets 404."""
    api = Account()
    rejects(api.get(f"{DATASETS}/77{path}"), 404)
    rejects(api.put(f"{DATASETS}/77", {}), 404)
    rejects(api.delete(f"{DATASETS}/77"), 404)
    rejects(api.post(f"{DATASETS}/77/clone"), 404)
    rejects(api.post(f"{DATASETS}/77/images", {}), 404)
    rejects(api.get("/datasets/77/download"), 404)


def test_clone_is_a_draft_with_the_images() -> None:
    """A clone of a completed dataset is a draft of another id, named after it, with the same images and captions."""
    api = Account()
    dataset = api.completed(api.project())
    source = api.get(f"{DATASETS}/{dataset}").json()
    answer = api.post(f"{DATASETS}/{dataset}/clone")
    assert answer.status_code == 201
    clone = answer.json()
    assert clone["id"] != dataset
    assert (clone["name"], clone["status"], clone["caption_prefix"]) == (
        "Copy of Poses",
        "draft",
        source["caption_prefix"],
    )
    assert clone["images"][0]["id"] != source["images"][0]["id"]
    for key in ("caption", "caption_source", "image_name"):
        assert clone["images"][0][key] == source["images"][0][key]
    assert api.post(f"{DATASETS}/{dataset}/clone", {"name": "Second"}).json()["name"] == "Second"


def test_delete_dataset() -> None:
    """A deleted dataset is gone with its images; a finished model made from it stays and remembers it."""
    api = Account()
    dataset = api.completed(api.project())
    model = api.trained(dataset)
    assert api.delete(f"{DATASETS}/{dataset}").status_code == 204
    rejects(api.get(f"{DATASETS}/{dataset}"), 404)
    assert api.get(DATASETS).json() == []
    assert api.get(f"/tailored-gen/models/{model}").json()["dataset_id"] == dataset


def test_dataset_in_training_stays() -> None:
    """A dataset that a model in training uses cannot be deleted."""
    api = Account()
    dataset = api.completed(api.project())
    api.post(f"/tailored-gen/models/{api.model(dataset)}/start_training")
    rejects(api.delete(f"{DATASETS}/{dataset}"), 409)
    api.wait(4 * 3600)
    assert api.delete(f"{DATASETS}/{dataset}").status_code == 204


def test_basic_dataset_takes_no_zip() -> None:
    """A zip upload to a basic dataset gets 400, and so does its status; a basic dataset cannot be downloaded."""
    api = Account()
    dataset = api.dataset(api.project())
    rejects(api.post(f"{DATASETS}/{dataset}/images/bulk-upload", {"zip_url": "https://a.test/a.zip"}), 400)
    rejects(api.get(f"{DATASETS}/{dataset}/images/bulk-upload/status"), 400)
    rejects(api.get(f"/datasets/{dataset}/download"), 409)
