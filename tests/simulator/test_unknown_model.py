"""Undocumented behaviours of models and trainings: every value of every switch."""

from tests.simulator.outsider import Account, rejects
from tests.simulator.unknown import values

PROJECTS = "/tailored-gen/projects"
DATASETS = "/tailored-gen/datasets"
MODELS = "/tailored-gen/models"


@values("deleted_model_get", "404 200_Deleted")
def test_u05_deleted_model_get(value: str) -> None:
    """A deleted model is not found, or shown as Deleted."""
    api = Account(deleted_model_get=value)
    model = api.model(api.completed(api.project()))
    api.delete(f"{MODELS}/{model}")
    answer = api.get(f"{MODELS}/{model}")
    assert answer.status_code == int(value[:3])
    assert answer.json().get("status") == ("Deleted" if value == "200_Deleted" else None)


@values("deleted_model_in_lists", "hidden shown")
def test_u06_deleted_model_in_lists(value: str) -> None:
    """Lists leave deleted models out, or show them as Deleted."""
    api = Account(deleted_model_in_lists=value)
    model = api.model(api.completed(api.project()))
    api.delete(f"{MODELS}/{model}")
    for path in (MODELS, f"{PROJECTS}/1001/models"):
        assert [row["status"] for row in api.get(path).json()] == (["Deleted"] if value == "shown" else [])
    (row,) = api.get(f"{PROJECTS}/1001/datasets", include_models_ids="true").json()
    assert row["model_ids"] == ([str(model)] if value == "shown" else [])


@values("delete_dataset_of_model", "204 409")
def test_u35_delete_dataset_of_model(value: str) -> None:
    """The dataset of an idle model can be deleted or not; a deleted model does not hold it."""
    api = Account(delete_dataset_of_model=value)
    dataset = api.completed(api.project())
    model = api.model(dataset)
    assert api.delete(f"{DATASETS}/{dataset}").status_code == int(value)
    api.delete(f"{MODELS}/{model}")
    assert api.delete(f"{DATASETS}/{dataset}").status_code == (404 if value == "204" else 204)


@values("orphan_model", "kept_id null")
def test_u36_orphan_model(value: str) -> None:
    """A model keeps the id of its deleted dataset, or shows null."""
    api = Account(orphan_model=value)
    dataset = api.completed(api.project())
    model = api.trained(dataset)
    assert api.get(f"{MODELS}/{model}").json()["dataset_id"] == dataset
    api.delete(f"{DATASETS}/{dataset}")
    assert api.get(f"{MODELS}/{model}").json()["dataset_id"] == (dataset if value == "kept_id" else None)


@values("delete_while_stopping", "409 204")
def test_u38_delete_while_stopping(value: str) -> None:
    """While a training stops, its project cannot be deleted, or can."""
    api = Account(delete_while_stopping=value)
    project = api.project()
    model = api.model(api.completed(project))
    api.post(f"{MODELS}/{model}/start_training")
    api.post(f"{MODELS}/{model}/stop_training")
    assert api.delete(f"{PROJECTS}/{project}").status_code == int(value)
    api.wait(60)
    assert api.get(f"{MODELS}/{model}").json().get("status") == ("Stopped" if value == "409" else None)


@values("model_on_draft", "201 409 412")
def test_u39_model_on_draft(value: str) -> None:
    """A model from a draft is created or refused; from a completed dataset it is always created."""
    api = Account(model_on_draft=value)
    project = api.project()
    body = {"name": "m", "dataset_id": api.dataset(project)}
    assert api.post(MODELS, body).status_code == int(value)
    assert api.model(api.completed(project))


@values("model_snapshot", "at_start live")
def test_u40_model_snapshot(value: str) -> None:
    """The prefix of a model stays as it was at the start, or follows its dataset while that exists."""
    api = Account(model_snapshot=value, reopen_dataset="200")
    dataset = api.completed(api.project())
    model = api.trained(dataset)
    api.put(f"{DATASETS}/{dataset}", {"status": "draft"})
    api.put(f"{DATASETS}/{dataset}", {"caption_prefix": "Other, "})
    prefix = api.get(f"{MODELS}/{model}").json()["generation_prefix"]
    assert (prefix == "Other, ") == (value == "live")
    api.delete(f"{DATASETS}/{dataset}")
    assert api.get(f"{MODELS}/{model}").json()["generation_prefix"] != "Other, "


@values("max_parallel_training", "none 409 429 queued")
def test_u41_max_parallel_training(value: str) -> None:
    """A start beyond the slots works, is refused, or waits as Created until a slot is free."""
    api = Account(max_parallel_training=value, training_slots="1")
    dataset = api.completed(api.project())
    first, second = api.model(dataset), api.model(dataset)
    api.post(f"{MODELS}/{first}/start_training")
    answer = api.post(f"{MODELS}/{second}/start_training")
    assert answer.status_code == {"none": 200, "queued": 200, "409": 409, "429": 429}[value]
    status = api.get(f"{MODELS}/{second}").json()["status"]
    assert status == ("InProgress" if value == "none" else "Created")
    if value == "queued":
        rejects(api.post(f"{MODELS}/{second}/start_training"), 409)
        api.post(f"{MODELS}/{first}/stop_training")
        api.wait(30)
        assert api.get(f"{MODELS}/{second}").json()["status"] == "InProgress"
        api.wait(3 * 3600)
        assert api.get(f"{MODELS}/{second}").json()["status"] == "Completed"


def test_u41_queued_model_can_be_stopped() -> None:
    """A model that waits for a slot can be stopped before it ever trained."""
    api = Account(max_parallel_training="queued")
    dataset = api.completed(api.project())
    models = [api.model(dataset) for _ in range(3)]
    for model in models:
        api.post(f"{MODELS}/{model}/start_training")
    assert api.post(f"{MODELS}/{models[1]}/stop_training").status_code == 200
    api.wait(4 * 3600)
    api.get(MODELS)
    api.wait(4 * 3600)
    assert [row["status"] for row in api.get(MODELS).json()] == ["Completed", "Stopped", "Completed"]


@values("restart", "409 200")
def test_u42_restart(value: str) -> None:
    """A stopped or failed model cannot be started again, or can."""
    api = Account(restart=value, training_failures="1")
    model = api.trained(api.completed(api.project()))
    assert api.get(f"{MODELS}/{model}").json()["status"] == "Failed"
    assert api.post(f"{MODELS}/{model}/start_training").status_code == int(value)
    api.wait(4 * 3600)
    assert api.get(f"{MODELS}/{model}").json()["status"] == ("Failed" if value == "409" else "Completed")


@values("stop_body", "empty model_Stopping model_Stopped")
def test_u43_stop_body(value: str) -> None:
    """Stopping answers nothing, or the model, which is then Stopping or Stopped already."""
    api = Account(stop_body=value)
    model = api.model(api.completed(api.project()))
    api.post(f"{MODELS}/{model}/start_training")
    answer = api.post(f"{MODELS}/{model}/stop_training")
    status = api.get(f"{MODELS}/{model}").json()["status"]
    assert status == ("Stopped" if value == "model_Stopped" else "Stopping")
    assert answer.content == b"" if value == "empty" else answer.json()["status"] == status


@values("stop_created", "409 200")
def test_u44_stop_created(value: str) -> None:
    """A model that was never started cannot be stopped, or can."""
    api = Account(stop_created=value)
    model = api.model(api.completed(api.project()))
    assert api.post(f"{MODELS}/{model}/stop_training").status_code == int(value)


@values("prefix_before_training", "empty_string null absent")
def test_u46_prefix_before_training(value: str) -> None:
    """Before training the prefix of a model is empty, null or not there."""
    api = Account(prefix_before_training=value)
    model = api.get(f"{MODELS}/{api.model(api.completed(api.project()))}").json()
    assert model.get("generation_prefix", "absent") == {"empty_string": "", "null": None, "absent": "absent"}[value]


@values("default_training_version", "max server_decides")
def test_u62_default_training_version(value: str) -> None:
    """A model created without a version gets the usual one, or the other."""
    api = Account(default_training_version=value)
    dataset = api.completed(api.project())
    versions = [
        api.get(f"{MODELS}/{api.model(dataset, training_mode=mode)}").json()["training_version"]
        for mode in ("fully_automated", "expert")
    ]
    assert versions == (["max", "bria-3.2"] if value == "max" else ["light", "bria-2.3"])


@values("training_outcome", "completed failed")
def test_training_outcome(value: str) -> None:
    """Trainings end as switched; a failed one leaves no checkpoints."""
    api = Account(training_outcome=value)
    model = api.trained(api.completed(api.project()), training_mode="expert")
    after = api.get(f"{MODELS}/{model}").json()
    assert after["status"].lower() == value
    assert bool(after["checkpoint_steps"]) == (value == "completed")


def test_training_failures() -> None:
    """The first trainings fail, those after them do not."""
    api = Account(training_failures="2", training_hours="0.5")
    dataset = api.completed(api.project())
    models = [api.model(dataset) for _ in range(3)]
    for model in models:
        api.post(f"{MODELS}/{model}/start_training")
    api.wait(1799)
    assert {row["status"] for row in api.get(MODELS).json()} == {"InProgress"}
    api.wait(1)
    assert [row["status"] for row in api.get(MODELS).json()] == ["Failed", "Failed", "Completed"]
