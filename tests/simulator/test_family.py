"""The eras and families of the API, as its documents describe them."""

import json

import pytest

from tests.simulator.outsider import CHARACTER, Account, Json, picture, raw64, rejects

T = "/tailored-gen"
PROJECTS, DATASETS, MODELS = f"{T}/projects", f"{T}/datasets", f"{T}/models"
COLOURS = ("red", "green", "blue", "white", "black")
SCHEMA = '{"style": "flat", "colors": ["red", "blue"]}'


def schema_draft(api: Account, *colours: str, **fields: object) -> str:
    """The path of a draft of the schema family that has its schema, and images of these colours."""
    dataset = api.dataset(api.project(), **fields)
    assert api.put(f"{DATASETS}/{dataset}", {"visual_schema": SCHEMA}).status_code == 200
    for colour in colours:
        api.upload(dataset, picture(colour))
    return f"{DATASETS}/{dataset}"


@pytest.mark.parametrize("era", ["legacy", "mixed", "current"])
def test_helpers_by_era(era: str) -> None:
    """The prefix helper is there in the eras that have prefixes, the schema helpers in those that have schemas."""
    api = Account(era=era)
    dataset = api.dataset(api.project())
    images = [raw64(picture(colour)) for colour in COLOURS]
    assert api.post(f"{T}/generate_prefix", {"images": images}).status_code == (404 if era == "current" else 200)
    helpers = [
        api.post(f"{T}/generate_visual_schema", {"images": images}),
        api.post(
            f"{T}/refine_structured_prompt", {"dataset_id": dataset, "structured_prompt": "{}", "instruction": "more"}
        ),
    ]
    assert [answer.status_code for answer in helpers] == [404 if era == "legacy" else 200] * 2


def test_prefix_helper_needs_images_only() -> None:
    """`ip_type` and `ip_medium` may be left out."""
    answer = Account().post(f"{T}/generate_prefix", {"images": [raw64(picture())]})
    assert (answer.status_code, list(answer.json())) == (200, ["prefix"])


def test_generated_schema() -> None:
    """Five to ten images, each base64 or an address, give a JSON object in a string; nothing is stored."""
    api = Account(era="current")
    dataset = api.dataset(api.project())
    files = [raw64(picture(colour)) for colour in COLOURS]
    path = f"{T}/generate_visual_schema"
    answer = api.post(path, {"images": [*files[:4], "https://a.test/cat.png"]})
    assert (answer.status_code, list(answer.json())) == (200, ["visual_schema"])
    assert isinstance(json.loads(answer.json()["visual_schema"]), dict)
    assert api.post(path, {"images": files}).json() == api.post(path, {"images": files}).json()
    assert api.get(f"{DATASETS}/{dataset}").json()["visual_schema"] is None
    rejects(api.post(path, {"images": files[:4]}), 400)
    rejects(api.post(path, {"images": files * 3}), 400)
    rejects(api.post(path, {}), 400)
    rejects(api.post(path, {"images": [*files[:4], raw64(b"text")]}), 415)
    rejects(api.post(path, {"images": [*files[:4], "https://a.test/missing.png"]}), 422)
    unsafe = {"images": [*files[:4], "https://a.test/unsafe.png"], "content_moderation": True}
    rejects(api.post(path, unsafe), 422)


def test_refining() -> None:
    """A schema or a caption of a draft comes back changed; nothing is stored, and a completed dataset is refused."""
    api = Account(era="current")
    path = schema_draft(api, *COLOURS)
    body: Json = {"dataset_id": int(path.rsplit("/", 1)[1]), "structured_prompt": SCHEMA, "instruction": "less blue"}
    answer = api.post(f"{T}/refine_structured_prompt", body)
    assert (answer.status_code, list(answer.json())) == (200, ["structured_prompt"])
    refined = json.loads(answer.json()["structured_prompt"])
    assert refined != json.loads(SCHEMA)
    assert refined["style"] == "flat"
    assert api.get(path).json()["visual_schema"] == SCHEMA
    rejects(api.post(f"{T}/refine_structured_prompt", {**body, "structured_prompt": "a cat"}), 400)
    rejects(api.post(f"{T}/refine_structured_prompt", {**body, "dataset_id": 77}), 404)
    rejects(api.post(f"{T}/refine_structured_prompt", {**body, "context_images": ["http://"]}), 400)
    api.put(path, {"status": "completed"})
    rejects(api.post(f"{T}/refine_structured_prompt", body), 400)


def test_schema_is_json() -> None:
    """A visual schema is a JSON object in a string; it is null until it is set, and frozen when completed."""
    api = Account(era="current")
    dataset = api.dataset(api.project())
    path = f"{DATASETS}/{dataset}"
    assert api.get(path).json()["visual_schema"] is None
    for wrong in ("a cat", "[]", '"{}"', "", '{"a": NaN}', {"style": "flat"}):
        rejects(api.put(path, {"visual_schema": wrong}), 400)
    assert api.put(path, {"visual_schema": SCHEMA}).json()["visual_schema"] == SCHEMA
    for colour in COLOURS:
        api.upload(dataset, picture(colour))
    assert api.put(path, {"status": "completed"}).status_code == 200
    rejects(api.put(path, {"visual_schema": '{"style": "other"}'}), 409)


def test_json_captions() -> None:
    """With a schema an upload is captioned with JSON; a caption by hand has to be JSON too, plain text gets 400."""
    api = Account(era="current")
    path = schema_draft(api)
    image = api.upload(int(path.rsplit("/", 1)[1]), picture())
    assert image["caption_source"] == "automatic"
    assert isinstance(json.loads(image["caption"]), dict)
    place = f"{path}/images/{image['id']}"
    for wrong in ("a cat sits.", '"a cat"', "[1]", "{", "{'a': 1}"):
        answer = api.put(place, {"caption": wrong})
        assert answer.status_code == (200 if wrong == "{" else 400), wrong
        assert wrong == "{" or isinstance(answer.json()["error"], str)
    answer = api.put(place, {"caption": '{"subject": "a cat"}'}).json()
    assert (answer["caption"], answer["caption_source"]) == ('{"subject": "a cat"}', "manual")
    assert api.put(place, {"regenerate_caption": True}).json()["caption"] == image["caption"]


def test_another_schema_gives_other_captions() -> None:
    """Captions follow the schema when all are regenerated; the same schema, spelled otherwise, gives the same ones."""
    api = Account(era="current")
    path = schema_draft(api, "red")
    (before,) = (image["caption"] for image in api.get(f"{path}/images").json())
    captions = []
    for schema in (json.dumps(json.loads(SCHEMA), indent=4), '{"style": "ink"}'):
        api.put(path, {"visual_schema": schema})
        assert api.put(f"{path}/images").json()["captions_update_status"] == "in_progress"
        api.wait(60)
        captions += [image["caption"] for image in api.get(f"{path}/images").json()]
    assert (captions[0] == before, captions[1] == before) == (True, False)


def test_without_a_schema() -> None:
    """Without a schema uploads have no caption and are pending, regenerating changes nothing, completing is refused."""
    api = Account(era="current")
    dataset = api.dataset(api.project())
    path = f"{DATASETS}/{dataset}"
    uploads = [api.upload(dataset, picture(colour)) for colour in COLOURS]
    assert {(image["caption"], image["caption_source"]) for image in uploads} == {(None, "pending")}
    assert api.put(f"{path}/images/{uploads[0]['id']}", {"regenerate_caption": True}).json()["caption"] is None
    rejects(api.put(path, {"status": "completed"}), 409)


def test_completing_needs_five_images() -> None:
    """In the current era four images are not enough, and without captions five are not either."""
    api = Account(era="current")
    path = schema_draft(api, *COLOURS[:4])
    rejects(api.put(path, {"status": "completed"}), 409)
    api.upload(int(path.rsplit("/", 1)[1]), picture("black"))
    assert api.put(path, {"status": "completed"}).status_code == 200


def test_a_clone_inherits_the_schema() -> None:
    """A clone of a schema dataset is a draft with the same schema and the same captions."""
    api = Account(era="current", clone_prefix="default")
    path = schema_draft(api, *COLOURS)
    clone = api.post(f"{path}/clone").json()
    assert (clone["visual_schema"], clone["status"]) == (SCHEMA, "draft")
    before = {image["image_name"]: image["caption"] for image in api.get(path).json()["images"]}
    after = {image["image_name"]: image["caption"] for image in clone["images"]}
    assert set(before.values()) == set(after.values())


def test_current_training() -> None:
    """An expert training of the schema family has its own defaults; the model shows no version and no prefix."""
    api = Account(era="current")
    path = schema_draft(api, *COLOURS)
    api.put(path, {"status": "completed"})
    model = f"{MODELS}/{api.model(int(path.rsplit('/', 1)[1]), training_mode='expert')}"
    assert api.post(f"{model}/start_training").json()["training_parameters"] == {
        "rank": 128,
        "learning_rate": 0.0001,
        "lr_scheduler": "constant_with_warmup",
        "total_training_steps": 750,
        "checkpoint_interval": 500,
        "lr_warmup_steps": 100,
    }
    api.wait(4 * 3600)
    assert api.get(model).json()["checkpoint_steps"] == ["500", "750"]
    assert api.get(f"{model}/download").json()["base_model_name"] == "BRIA-FIBO"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"lr_warmup_steps": 1001}, 400),
        ({"lr_warmup_steps": 1000}, 200),
        ({"total_training_steps": 5001}, 400),
        ({"checkpoint_interval": 99}, 400),
        ({"checkpoint_interval": 1000}, 200),
        ({"max_train_steps": 9999}, 200),
    ],
)
def test_current_ranges(body: Json, status: int) -> None:
    """The current documents give ranges, no bound of the interval by the steps, and no `max_train_steps`."""
    api = Account(era="current")
    path = schema_draft(api, *COLOURS)
    api.put(path, {"status": "completed"})
    model = api.model(int(path.rsplit("/", 1)[1]), training_mode="expert")
    answer = api.post(f"{MODELS}/{model}/start_training", body)
    assert answer.status_code == status, answer.text
    assert "max_train_steps" not in answer.text


def test_uploaded_model_of_today() -> None:
    """In the current era an uploaded model has no version and no prefix; a project or its parameters are needed."""
    api = Account(era="current")
    project = api.project()
    body = {"model_url": "https://weights.test/a.safetensors", "project_id": project}
    answer = api.post(f"{MODELS}/upload_model", body)
    assert (answer.status_code, answer.json()["status"]) == (200, "syncing")
    api.wait(60)
    assert api.get(f"{MODELS}/{answer.json()['id']}/download").json()["base_model_name"] == "BRIA-FIBO"
    rejects(api.post(f"{MODELS}/upload_model", {"model_url": "https://weights.test/a.safetensors"}), 400)


def test_legacy_takes_no_warm_up() -> None:
    """The legacy documents know no `lr_warmup_steps`: it is ignored like any other unknown field."""
    api = Account()
    model = api.model(api.completed(api.project()), training_mode="expert")
    body = {"lr_scheduler": "constant_with_warmup", "lr_warmup_steps": 7}
    answer = api.post(f"{MODELS}/{model}/start_training", body)
    assert answer.json()["training_parameters"]["lr_warmup_steps"] == 100


def test_mixed_family_lock() -> None:
    """A project without family takes that of its first dataset, or that of its creation; the other is refused."""
    api = Account(era="mixed")
    project = api.project()
    assert api.get(f"{PROJECTS}/{project}").json()["training_version"] is None
    api.dataset(project, training_version="light")
    assert api.get(f"{PROJECTS}/{project}").json()["training_version"] == "light"
    api.dataset(project, training_version="3.2")
    body = {"project_id": project, "name": "f", "training_version": "fibo"}
    rejects(api.post(DATASETS, body), 400)
    locked = api.post(PROJECTS, {**CHARACTER, "training_version": "fibo"}).json()
    assert locked["training_version"] == "fibo"
    assert api.dataset(locked["id"], training_version="fibo")
    rejects(api.post(DATASETS, {"project_id": locked["id"], "name": "p"}), 400)
    rejects(api.post(PROJECTS, {**CHARACTER, "training_version": "bria-3.2"}), 400)


def test_mixed_guides() -> None:
    """Each family has its own guide, and the guide of the other is null; each takes its own kind of captions."""
    api = Account(era="mixed")
    prefix = api.post(DATASETS, {"project_id": api.project(), "name": "p"}).json()
    schema = api.post(DATASETS, {"project_id": api.project(), "name": "s", "training_version": "fibo"}).json()
    assert (prefix["visual_schema"], schema["caption_prefix"], schema["visual_schema"]) == (None, None, None)
    assert prefix["caption_prefix"].startswith("A photo of")
    assert (prefix["training_version"], schema["training_version"]) == ("max", "fibo")
    plain = api.upload(prefix["id"], picture())
    waiting = api.upload(schema["id"], picture())
    assert (plain["caption_source"], waiting["caption_source"]) == ("automatic", "pending")
    caption = {"caption": "a cat sits."}
    assert api.put(f"{DATASETS}/{prefix['id']}/images/{plain['id']}", caption).status_code == 200
    rejects(api.put(f"{DATASETS}/{schema['id']}/images/{waiting['id']}", caption), 400, "error")
    assert api.put(f"{DATASETS}/{prefix['id']}", {"status": "completed"}).status_code == 200
    rejects(api.put(f"{DATASETS}/{schema['id']}", {"status": "completed"}), 409)


def test_mixed_models() -> None:
    """A model belongs to the family of its dataset; that of the schema family has no prefix."""
    api = Account(era="mixed")
    prefix = api.completed(api.project())
    path = schema_draft(api, *COLOURS, training_version="fibo")
    api.put(path, {"status": "completed"})
    schema = int(path.rsplit("/", 1)[1])
    rejects(api.post(MODELS, {"name": "m", "dataset_id": prefix, "training_version": "fibo"}), 400)
    rejects(api.post(MODELS, {"name": "m", "dataset_id": schema, "training_version": "max"}), 400)
    old, new = api.model(prefix, training_version="light"), api.model(schema)
    for model in (old, new):
        assert api.post(f"{MODELS}/{model}/start_training").status_code == 200
    shown = {row["id"]: (row["training_version"], row["generation_prefix"]) for row in api.get(MODELS).json()}
    assert shown[new] == ("fibo", None)
    assert shown[old][0] == "light"
    assert shown[old][1].startswith("A photo of")


@pytest.mark.parametrize("era", ["legacy", "mixed", "current"])
def test_description_follows_the_era(era: str) -> None:
    """`/openapi.json` describes the era that is played."""
    api = Account(era=era)
    document = api.http.get("http://simulator/openapi.json").json()
    fields = document["paths"][f"{T}/datasets/{{dataset_id}}"]["put"]["requestBody"]["content"]["application/json"]
    guides = {"legacy": {"caption_prefix"}, "mixed": {"caption_prefix", "visual_schema"}, "current": {"visual_schema"}}
    assert set(fields["schema"]["properties"]) == {"name", "status"} | guides[era]
    assert (f"{T}/generate_prefix" in document["paths"]) == (era != "current")
    assert (f"{T}/generate_visual_schema" in document["paths"]) == (era != "legacy")
