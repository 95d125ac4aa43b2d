"""Each answer holds exactly the keys that the documents of its era list for that operation."""

from collections.abc import Iterator

import pytest

from tests.simulator.outsider import CHARACTER, Account, Json, picture
from tests.simulator.zip_server import ZipServer, zip_server

T = "/tailored-gen"
PROJECT = {"id", "project_name", "project_description", "ip_name", "ip_description", "ip_medium", "ip_type", "status"}
DATASET = {"id", "project_id", "name", "GUIDE", "status", "captions_update_status", "created_at", "updated_at"}
IMAGE = {
    "id", "dataset_id", "caption", "caption_source", "image_name", "image_url", "thumbnail_url", "created_at",
    "updated_at",
}  # fmt: skip
SHORT = {"id", "name", "description", "status", "project_id", "dataset_id", "created_at"}
MODEL = SHORT | {"training_mode", "active_model_version"}
TRAINED = MODEL | {"training_parameters", "checkpoint_steps"}
STATUS = {"status", "progress_percentage", "total_processed", "done", "failed", "failed_images"}

CURRENT: dict[str, set[str]] = {
    "create project": PROJECT | {"training_version", "created_at"},
    "list projects": PROJECT | {"created_at", "updated_at"},
    "get project": PROJECT | {"created_at"},
    "put project": PROJECT | {"created_at"},
    "create dataset": DATASET | {"upload_type"},
    "list datasets": DATASET | {"upload_type", "images_count"},
    "list datasets of project": DATASET | {"upload_type", "images_count"},
    "list datasets with models": DATASET | {"upload_type", "images_count", "models", "model_ids"},
    "get dataset": DATASET | {"upload_type", "images_count", "images"},
    "put dataset": DATASET | {"upload_type"},
    "regenerate": DATASET,
    "clone dataset": DATASET | {"upload_type", "images_count", "images"},
    "upload image": IMAGE,
    "list images": IMAGE,
    "get image": IMAGE,
    "put image": IMAGE,
    "image in dataset": IMAGE | {"upload_source_url"},
    "image in clone": IMAGE,
    "create model": TRAINED | {"custom_metadata", "updated_at"},
    "list models": MODEL,
    "list models with parameters": TRAINED,
    "list models of project": MODEL | {"updated_at"},
    "get model": TRAINED,
    "put model": SHORT,
    "start training": TRAINED | {"custom_metadata", "updated_at"},
    "upload model": SHORT,
    "download model": {"download_url", "base_model_name", "base_model_card"},
    "bulk status": STATUS,
    "download dataset": {"download_url", "captions_url"},
}
"""The keys of the current documents; `GUIDE` stands for the guide's field."""

OF_MODELS = {"create model", "list models", "list models with parameters", "list models of project", "get model"}
OF_MODELS |= {"put model", "start training", "upload model"}


def expected(era: str) -> dict[str, set[str]]:
    """The keys of an era: what the older documents list besides, by the object that is shown."""
    guides = {"legacy": {"caption_prefix"}, "mixed": {"caption_prefix", "visual_schema"}, "current": {"visual_schema"}}
    documents = {}
    for name, keys in CURRENT.items():
        wanted = set(keys)
        if "GUIDE" in wanted:
            wanted = (wanted - {"GUIDE"}) | guides[era]
            wanted |= {"captions_source"} if era != "current" and name != "regenerate" else set()
            wanted |= {"training_version"} if era == "mixed" else set()
        if name in OF_MODELS and era != "current":
            wanted |= {"training_version", "generation_prefix"}
        if "ip_type" in wanted:
            wanted -= {"training_version"} if era == "legacy" else set()
            wanted |= {"training_version"} if era == "mixed" else set()
        if name == "download model" and era != "current":
            wanted |= {"prompt_prefix"}
        documents[name] = wanted
    return documents


@pytest.fixture(scope="module")
def server() -> Iterator[ZipServer]:
    with zip_server() as running:
        yield running


def answers(api: Account, server: ZipServer, era: str) -> dict[str, Json]:
    """One answer of every kind, each from an account in which there is something to show."""
    first = api.post(f"{T}/projects", CHARACTER)
    project = first.json()["id"]
    datasets, models = f"{T}/datasets", f"{T}/models"
    made = api.post(datasets, {"project_id": project, "name": "Poses"})
    dataset = f"{datasets}/{made.json()['id']}"
    if era == "current":
        api.put(dataset, {"visual_schema": "{}"})
    uploads = [api.upload(made.json()["id"], picture(colour)) for colour in ("red", "green", "blue", "white", "black")]
    image = f"{dataset}/images/{uploads[0]['id']}"
    seen = {
        "create project": first,
        "list projects": api.get(f"{T}/projects"),
        "get project": api.get(f"{T}/projects/{project}"),
        "put project": api.put(f"{T}/projects/{project}", {"ip_description": "grey"}),
        "create dataset": made,
        "list datasets": api.get(datasets),
        "list datasets of project": api.get(f"{T}/projects/{project}/datasets"),
        "list images": api.get(f"{dataset}/images"),
        "get image": api.get(image),
        "put image": api.put(image, {"caption": '{"subject": "a cat"}'}),
        "regenerate": api.put(f"{dataset}/images"),
        "put dataset": api.put(dataset, {"status": "completed"}),
        "get dataset": api.get(dataset),
        "clone dataset": api.post(f"{dataset}/clone"),
    }
    created = api.post(models, {"name": "m", "dataset_id": made.json()["id"], "training_mode": "expert"})
    model = f"{models}/{created.json()['id']}"
    seen |= {
        "create model": created,
        "list datasets with models": api.get(
            f"{T}/projects/{project}/datasets", include_models="true", include_models_ids="true"
        ),
        "list models": api.get(models),
        "list models with parameters": api.get(models, include_training_parameters="true"),
        "list models of project": api.get(f"{T}/projects/{project}/models"),
        "get model": api.get(model),
        "put model": api.put(model, {"name": "n"}),
        "start training": api.post(f"{model}/start_training"),
        "upload model": api.post(f"{models}/upload_model", _upload(project, era)),
    }
    api.wait(4 * 3600)
    seen |= {"download model": api.get(f"{model}/download")} | _zipped(api, server, project, era)
    documents = {name: answer.json() for name, answer in seen.items()}
    documents["upload image"] = uploads[0]
    documents["image in dataset"] = documents["get dataset"]["images"]
    documents["image in clone"] = documents["clone dataset"]["images"]
    return documents


def _upload(project: int, era: str) -> Json:
    version = {} if era == "current" else {"training_version": "bria-3.2"}
    return {"model_url": "https://weights.test/a.safetensors", "project_id": project, **version}


def _zipped(api: Account, server: ZipServer, project: int, era: str) -> dict[str, Json]:
    dataset = api.dataset(project, upload_type="advanced")
    if era == "current":
        api.put(f"{T}/datasets/{dataset}", {"visual_schema": "{}"})
    url = server.archive({"red.png": picture("red", 1024, 1024)})
    api.post(f"{T}/datasets/{dataset}/images/bulk-upload", {"zip_url": url})
    api.wait(60)
    return {
        "bulk status": api.get(f"{T}/datasets/{dataset}/images/bulk-upload/status"),
        "download dataset": api.get(f"/datasets/{dataset}/download"),
    }


@pytest.mark.parametrize("era", ["legacy", "mixed", "current"])
def test_keys_of_every_answer(era: str, server: ZipServer) -> None:
    """Every answer of every era, and every object inside one, has the keys that are listed and no others."""
    documents = answers(Account(era=era), server, era)
    wanted = expected(era)
    assert documents.keys() == wanted.keys()
    for name, document in documents.items():
        for each in document if isinstance(document, list) else [document]:
            assert set(each) == wanted[name], name


def test_unset_texts_are_empty() -> None:
    """A project shows texts that nobody gave as empty ones, never as null."""
    api = Account()
    body = {"project_name": "Scenes", "ip_medium": "photography", "ip_type": "stylized_scene"}
    project = api.post(f"{T}/projects", body).json()
    assert [project[key] for key in ("project_description", "ip_name", "ip_description")] == ["", "", ""]


def test_images_come_in_no_order() -> None:
    """No document states an order of images, so theirs is not that of their ids."""
    api = Account()
    dataset = api.dataset(api.project())
    ids = [api.upload(dataset, picture(colour))["id"] for colour in ("red", "green", "blue", "white", "black")]
    listed = [image["id"] for image in api.get(f"{T}/datasets/{dataset}/images").json()]
    assert sorted(listed) == ids != listed


def test_a_clone_has_automatic_captions_only() -> None:
    """The documents list nothing but `automatic` for the images of a clone, so a caption by hand is one too."""
    api = Account()
    dataset = api.dataset(api.project())
    image = api.upload(dataset, picture())["id"]
    api.put(f"{T}/datasets/{dataset}/images/{image}", {"caption": "by hand."})
    (copied,) = api.post(f"{T}/datasets/{dataset}/clone").json()["images"]
    assert (copied["caption"], copied["caption_source"]) == ("by hand.", "automatic")


@pytest.mark.parametrize(
    ("era", "scheduler", "warm_up"),
    [
        ("legacy", "constant", None),
        ("legacy", "constant_with_warmup", 100),
        ("current", "constant_with_warmup", 100),
        ("current", "linear", None),
    ],
)
def test_warm_up_in_parameters(era: str, scheduler: str, warm_up: int | None) -> None:
    """`lr_warmup_steps` is a number with the scheduler that warms up, and null with every other."""
    api = Account(era=era, complete_without_schema="200", complete_with_null_captions="200")
    dataset = api.dataset(api.project())
    for colour in ("red", "green", "blue", "white", "black"):
        api.upload(dataset, picture(colour))
    api.put(f"{T}/datasets/{dataset}", {"status": "completed"})
    model = api.model(dataset, training_mode="expert")
    answer = api.post(f"{T}/models/{model}/start_training", {"lr_scheduler": scheduler})
    assert answer.json()["training_parameters"]["lr_warmup_steps"] == warm_up
