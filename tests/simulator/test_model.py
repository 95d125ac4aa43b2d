"""Models, training, checkpoints and transfers, as the API's documents describe them."""

import pytest

from tests.simulator.outsider import Account, rejects

MODELS = "/tailored-gen/models"


def test_created_model() -> None:
    """A model begins as Created, in its dataset's project, with an empty prefix and no parameters."""
    api = Account()
    project = api.project()
    dataset = api.completed(project)
    model = api.model(dataset, description="The first")
    assert api.get(f"{MODELS}/{model}").json() == {
        "id": model,
        "project_id": project,
        "dataset_id": dataset,
        "name": "First",
        "description": "The first",
        "status": "Created",
        "training_mode": "fully_automated",
        "training_version": "max",
        "generation_prefix": "",
        "active_model_version": "default",
        "checkpoint_steps": [],
        "training_parameters": {},
        "created_at": "2025-03-11T09:00:00.000000",
    }


@pytest.mark.parametrize(
    ("mode", "version", "status"),
    [
        ("fully_automated", "light", 201),
        ("fully_automated", "max", 201),
        ("expert", "bria-2.3", 201),
        ("expert", "bria-3.2", 201),
        ("fully_automated", "bria-3.2", 400),
        ("expert", "max", 400),
        ("expert", "3.2", 400),
        ("manual", "max", 400),
    ],
)
def test_versions_go_with_modes(mode: str, version: str, status: int) -> None:
    """Each training mode takes its two versions."""
    api = Account()
    dataset = api.completed(api.project())
    body = {"name": "m", "dataset_id": dataset, "training_mode": mode, "training_version": version}
    assert api.post(MODELS, body).status_code == status


def test_model_needs_a_dataset() -> None:
    """A model without a dataset or a name is refused."""
    api = Account()
    dataset = api.completed(api.project())
    rejects(api.post(MODELS, {"name": "m"}), 400)
    rejects(api.post(MODELS, {"dataset_id": dataset}), 400)
    rejects(api.post(MODELS, {"name": "m", "dataset_id": 77}), 404)


def test_lists_show_parameters_on_request() -> None:
    """Lists leave training parameters out unless they are asked for."""
    api = Account()
    api.model(api.completed(api.project()))
    for path in (MODELS, "/tailored-gen/projects/1001/models"):
        assert api.get(path).json()[0].keys().isdisjoint({"training_parameters", "checkpoint_steps"})
        assert api.get(path, include_training_parameters="true").json()[0]["training_parameters"] == {}


def test_put_changes_name_and_description() -> None:
    """A PUT changes name and description and ignores the rest."""
    api = Account()
    model = api.model(api.completed(api.project()))
    api.wait(1)
    answer = api.put(f"{MODELS}/{model}", {"name": "Second", "status": "Completed"}).json()
    assert (answer["name"], answer["description"], answer["status"]) == ("Second", "", "Created")
    assert api.put(f"{MODELS}/{model}", {"description": "Good"}).json()["description"] == "Good"
    before = api.get(f"{MODELS}/{model}").json()
    answer = api.put(f"{MODELS}/{model}", {"name": "Second"}).json()
    assert answer.items() <= before.items()
    assert answer.keys().isdisjoint({"training_mode", "active_model_version", "training_parameters"})


def test_training_runs_by_the_clock() -> None:
    """Training answers 200 with InProgress and the dataset's prefix, and is Completed one to three hours later."""
    api = Account()
    dataset = api.completed(api.project())
    model = api.model(dataset)
    answer = api.post(f"{MODELS}/{model}/start_training")
    assert (answer.status_code, answer.json()["status"]) == (200, "InProgress")
    assert answer.json()["generation_prefix"] == api.get(f"/tailored-gen/datasets/{dataset}").json()["caption_prefix"]
    api.wait(3599)
    assert api.get(f"{MODELS}/{model}").json()["status"] == "InProgress"
    api.wait(2 * 3600)
    assert api.get(f"{MODELS}/{model}").json()["status"] == "Completed"
    assert api.get(f"{MODELS}/{model}").json()["checkpoint_steps"] == []


def test_start_needs_a_completed_dataset() -> None:
    """A start on a draft gets 412, on a deleted dataset too."""
    api = Account()
    dataset = api.dataset(api.project())
    model = api.model(dataset)
    rejects(api.post(f"{MODELS}/{model}/start_training"), 412)
    api.delete(f"/tailored-gen/datasets/{dataset}")
    rejects(api.post(f"{MODELS}/{model}/start_training", {}), 412)


def test_training_happens_once() -> None:
    """A model that was started cannot be started again, running, completed or stopped."""
    api = Account()
    dataset = api.completed(api.project())
    model = api.trained(dataset)
    rejects(api.post(f"{MODELS}/{model}/start_training"), 409)
    other = api.model(dataset)
    api.post(f"{MODELS}/{other}/start_training")
    rejects(api.post(f"{MODELS}/{other}/start_training"), 409)
    api.post(f"{MODELS}/{other}/stop_training")
    rejects(api.post(f"{MODELS}/{other}/start_training"), 409)
    api.wait(30)
    rejects(api.post(f"{MODELS}/{other}/start_training"), 409)


def test_stopping_takes_a_while() -> None:
    """Stopping answers 200 without a body; Stopping becomes Stopped, and never Completed."""
    api = Account()
    model = api.model(api.completed(api.project()))
    rejects(api.post(f"{MODELS}/{model}/stop_training"), 409)
    api.post(f"{MODELS}/{model}/start_training")
    answer = api.post(f"{MODELS}/{model}/stop_training")
    assert (answer.status_code, answer.content) == (200, b"")
    assert api.get(f"{MODELS}/{model}").json()["status"] == "Stopping"
    rejects(api.post(f"{MODELS}/{model}/stop_training"), 409)
    api.wait(30)
    assert api.get(f"{MODELS}/{model}").json()["status"] == "Stopped"
    api.wait(4 * 3600)
    assert api.get(f"{MODELS}/{model}").json()["status"] == "Stopped"


def test_expert_fields_are_for_experts() -> None:
    """An expert field on an automatic model gets 400 with `message`."""
    api = Account()
    model = api.model(api.completed(api.project()))
    rejects(api.post(f"{MODELS}/{model}/start_training", {"rank": 64}), 400)


@pytest.mark.parametrize(
    "body",
    [
        {"rank": 3},
        {"rank": 257},
        {"rank": 12.5},
        {"learning_rate": 1},
        {"learning_rate": 0},
        {"learning_rate": "0.0001"},
        {"total_training_steps": 0},
        {"total_training_steps": 5001},
        {"checkpoint_interval": 99},
        {"checkpoint_interval": 2000},
        {"lr_scheduler": "sudden"},
        {"max_train_steps": 6000},
        {"max_train_steps": 600, "total_training_steps": 700},
    ],
)
def test_expert_ranges(body: object) -> None:
    """A value out of its range gets 400 with the field's name in `errors`."""
    api = Account()
    model = api.model(api.completed(api.project()), training_mode="expert")
    rejects(api.post(f"{MODELS}/{model}/start_training", body), 400, "fields")


@pytest.mark.parametrize(
    ("body", "parameters", "steps"),
    [
        ({}, {"total_training_steps": 1500, "checkpoint_interval": 500}, ["500", "1000", "1500"]),
        ({"max_train_steps": 1100}, {"total_training_steps": 1100}, ["500", "1000", "1100"]),
        ({"total_training_steps": 200}, {"checkpoint_interval": 200}, ["200"]),
        ({"total_training_steps": 5000, "checkpoint_interval": 5000, "rank": 4}, {"rank": 4}, ["5000"]),
    ],
)
def test_expert_parameters(body: object, parameters: dict[str, object], steps: list[str]) -> None:
    """What an expert leaves out has its default; each interval leaves a checkpoint, and so does the end."""
    api = Account()
    model = api.model(api.completed(api.project()), training_mode="expert")
    answer = api.post(f"{MODELS}/{model}/start_training", body)
    assert answer.json()["training_parameters"].items() >= parameters.items()
    api.wait(4 * 3600)
    after = api.get(f"{MODELS}/{model}").json()
    assert (after["checkpoint_steps"], after["active_model_version"]) == (steps, steps[-1])


def test_checkpoints() -> None:
    """Checkpoints are listed, read and deleted one by one, all but the active one; refusals are plain texts."""
    api = Account()
    dataset = api.completed(api.project())
    model = api.model(dataset, training_mode="expert")
    path = f"{MODELS}/{model}/checkpoints"
    rejects(api.get(path), 400, "text")
    rejects(api.get(f"{MODELS}/77/checkpoints"), 404, "text")
    api.post(f"{MODELS}/{model}/start_training")
    api.wait(4 * 3600)
    listed = api.get(path).json()
    assert [each["checkpoint_step"] for each in listed["checkpoints"]] == [500, 1000, 1500]
    assert listed["active_model_version"] == "1500"
    assert api.get(f"{path}/500").json() == listed["checkpoints"][0]
    assert api.delete(f"{path}/500").status_code == 204
    rejects(api.get(f"{path}/500"), 404, "text")
    rejects(api.delete(f"{path}/500"), 404, "text")
    rejects(api.delete(f"{path}/1500"), 400, "text")
    rejects(api.get(f"{MODELS}/{api.trained(dataset)}/checkpoints"), 400, "text")


def test_deleted_model_is_gone() -> None:
    """A deleted model is not found any more, for nothing; in training it stays."""
    api = Account()
    model = api.model(api.completed(api.project()))
    path = f"{MODELS}/{model}"
    api.post(f"{path}/start_training")
    rejects(api.delete(path), 409)
    api.post(f"{path}/stop_training")
    rejects(api.delete(path), 409)
    api.wait(30)
    assert api.delete(path).status_code == 204
    for answer in (api.get(path), api.put(path, {}), api.delete(path), api.post(f"{path}/start_training")):
        rejects(answer, 404)
    assert api.get(MODELS).json() == []


def test_download() -> None:
    """A completed model can be downloaded, with the prefix for its prompts; before that 400."""
    api = Account()
    dataset = api.completed(api.project())
    model = api.model(dataset)
    rejects(api.get(f"{MODELS}/{model}/download"), 400)
    api.post(f"{MODELS}/{model}/start_training")
    api.wait(4 * 3600)
    answer = api.get(f"{MODELS}/{model}/download").json()
    assert answer.keys() == {"download_url", "base_model_name", "base_model_card", "prompt_prefix"}
    assert answer["base_model_name"] == "BRIA-3.2"
    assert answer["prompt_prefix"].endswith("elephant, ")
    file = api.http.get(answer["download_url"], headers={"api_token": ""})
    assert (file.status_code, len(file.content)) == (200, int(file.headers["content-length"]))
    assert file.content[8:9] == b"{"


WEIGHTS = {"model_url": "https://a.test/cat.safetensors", "training_version": "bria-2.3"}


def test_uploaded_model() -> None:
    """An uploaded model answers 200, is syncing for a while, then `completed`; it has no dataset and cannot be trained."""
    api = Account()
    project = api.project()
    answer = api.post(f"{MODELS}/upload_model", {**WEIGHTS, "project_id": project, "caption_prefix": "A cat, "})
    assert answer.status_code == 200
    model = answer.json()
    assert (model["name"], model["status"], model["dataset_id"]) == ("cat.safetensors", "syncing", None)
    api.wait(60)
    assert api.get(f"{MODELS}/{model['id']}").json()["status"] == "completed"
    assert api.get(f"{MODELS}/{model['id']}/download").json()["prompt_prefix"] == "A cat, "
    rejects(api.post(f"{MODELS}/{model['id']}/start_training"), 409)


def test_uploaded_model_with_its_project() -> None:
    """An uploaded model may bring its own project along."""
    api = Account()
    parameters = {"project_name": "Cats", "ip_medium": "illustration"}
    model = api.post(f"{MODELS}/upload_model", {**WEIGHTS, "project_parameters": parameters}).json()
    assert api.get(f"/tailored-gen/projects/{model['project_id']}").json()["ip_type"] == "other"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"project_id": 1001, "project_parameters": {}}, 400),
        ({"project_parameters": {}}, 400),
        ({"project_id": 1001, "training_version": "max"}, 400),
        ({"project_id": 77}, 404),
        ({"project_id": 1001, "model_url": "https://a.test/cat.zip"}, 415),
        ({"project_id": 1001, "model_url": "cat.safetensors"}, 422),
        ({"project_id": 1001, "model_url": "https://a.invalid/cat.safetensors"}, 422),
        ({"project_id": 1001, "model_url": "https://[cat.safetensors"}, 422),
    ],
)
def test_refused_model_uploads(body: dict[str, object], status: int) -> None:
    """Weights need an address of a .safetensors file, and one project."""
    api = Account()
    api.project()
    rejects(api.post(f"{MODELS}/upload_model", {**WEIGHTS, **body}), status)
