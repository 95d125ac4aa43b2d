"""Undocumented behaviour around the two families: every value of every switch."""

import json

from reconciler.simulator import console
from tests.simulator.outsider import CHARACTER, Account, Json, made, picture, raw64, rejects
from tests.simulator.test_family import COLOURS, SCHEMA, schema_draft
from tests.simulator.unknown import values

T = "/tailored-gen"
PROJECTS, DATASETS, MODELS = f"{T}/projects", f"{T}/datasets", f"{T}/models"
OLD = "A photo of an old cat, "


def number(path: str) -> int:
    return int(path.rsplit("/", 1)[1])


def old_dataset(api: Account, *, images: int = 1, completed: bool = False) -> str:
    """The path of a dataset that was made when prefixes were all there was."""
    dataset = console.add_dataset(api.simulator, api.project(), "Old", caption_prefix=OLD, training_version="max")
    for at in range(images):
        console.add_image(api.simulator, dataset, f"{at}.png", content=bytes([at]))
    if completed:
        console.edit_dataset(api.simulator, dataset, status="completed")
    return f"{DATASETS}/{dataset}"


@values("era", "legacy mixed current")
def test_u63_era(value: str) -> None:
    """The era shows in the keys of datasets and models."""
    api = Account(era=value)
    keys = api.get(f"{DATASETS}/{api.dataset(api.project())}").json().keys()
    assert ("caption_prefix" in keys, "visual_schema" in keys) == (value != "current", value != "legacy")
    assert ("training_version" in keys) == (value == "mixed")


@values("schema_roundtrip", "verbatim canonical_json autocorrected")
def test_u65_schema_roundtrip(value: str) -> None:
    """A schema is stored as it was sent, with sorted keys, or with its small faults mended."""
    api = Account(era="current", schema_roundtrip=value)
    path = schema_draft(api)
    stored = api.get(path).json()["visual_schema"]
    assert json.loads(stored) == json.loads(SCHEMA)
    assert (stored == SCHEMA) == (value == "verbatim")
    answer = api.put(path, {"visual_schema": '{"style": "ink", "more": ["a", "b",], '})
    assert answer.status_code == (200 if value == "autocorrected" else 400)
    if value == "autocorrected":
        assert json.loads(answer.json()["visual_schema"]) == {"style": "ink", "more": ["a", "b"]}


def test_a_schema_can_be_cleared() -> None:
    """Where null clears a field, a schema goes; where a PUT replaces, one that is left out goes too."""
    api = Account(era="current", null_field="cleared")
    assert api.put(schema_draft(api), {"visual_schema": None}).json()["visual_schema"] is None
    api = Account(era="current", put_semantics="replace")
    assert api.put(schema_draft(api), {"name": "n"}).json()["visual_schema"] is None


@values("caption_autocorrect", "on off")
def test_u66_caption_autocorrect(value: str) -> None:
    """A caption with a small fault is mended or refused; one that is no JSON at all is refused either way."""
    api = Account(era="current", caption_autocorrect=value)
    path = schema_draft(api, "red")
    image = f"{path}/images/{api.get(f'{path}/images').json()[0]['id']}"
    answer = api.put(image, {"caption": '{"subject": "a cat, sitting", "more": [1, 2,]'})
    assert answer.status_code == (200 if value == "on" else 400)
    if value == "on":
        assert json.loads(answer.json()["caption"]) == {"subject": "a cat, sitting", "more": [1, 2]}
    rejects(api.put(image, {"caption": "a cat sits."}), 400, "error")


@values("legacy_create_today", "accepted becomes_fibo 400_message 403_string")
def test_v90_legacy_create_today(value: str) -> None:
    """Whoever asks for the prefix family today gets it, gets the other one, or is refused."""
    api = Account(era="current", training_version_today="honoured", legacy_create_today=value)
    old = old_dataset(api, completed=True)
    bodies: list[tuple[str, Json]] = [
        (PROJECTS, {**CHARACTER, "training_version": "max"}),
        (DATASETS, {"project_id": api.project(), "name": "d", "training_version": "max"}),
        (MODELS, {"name": "m", "dataset_id": number(old), "training_version": "max"}),
    ]
    for path, body in bodies:
        answer = api.post(path, body)
        if value in ("accepted", "becomes_fibo"):
            assert answer.status_code == 201, answer.text
        else:
            rejects(answer, int(value[:3]), value[4:] if value == "400_message" else "text")
    if value in ("accepted", "becomes_fibo"):
        shown = api.get(DATASETS).json()[-1]
        assert (shown.get("caption_prefix") is None) == (value == "becomes_fibo")
    assert api.dataset(api.project())


@values("training_version_today", "ignored honoured 400_message")
def test_v91_training_version_today(value: str) -> None:
    """A version in a request of the current era is ignored, honoured or refused."""
    api = Account(era="current", training_version_today=value)
    body = {"project_id": api.project(), "name": "d", "training_version": "light"}
    answer = api.post(DATASETS, body)
    if value == "400_message":
        rejects(answer, 400)
        return
    assert ("caption_prefix" in answer.json()) == (value == "honoured")
    locked = api.post(PROJECTS, {**CHARACTER, "training_version": "light"}).json()
    assert locked["training_version"] == ("light" if value == "honoured" else None)


@values("legacy_read_today", "both_keys prefix_only schema_null_only")
def test_v92_legacy_read_today(value: str) -> None:
    """A prefix dataset of old shows both guides, its own, or nothing but that it has no schema."""
    api = Account(era="current", legacy_read_today=value)
    document = api.get(old_dataset(api)).json()
    assert ("caption_prefix" in document) == (value != "schema_null_only")
    assert ("visual_schema" in document) == (value != "prefix_only")
    assert document.get("caption_prefix") in (OLD, None)
    assert document.get("visual_schema") is None


@values("generate_prefix_today", "404 200 410")
def test_v93_generate_prefix_today(value: str) -> None:
    """The prefix helper is not found, works, or is gone."""
    answer = Account(era="current", generate_prefix_today=value).post(
        f"{T}/generate_prefix", {"images": [raw64(picture())]}
    )
    assert answer.status_code == int(value)


@values("legacy_min_images_today", "1 5")
def test_v94_legacy_min_images_today(value: str) -> None:
    """A prefix dataset is completed with one image, or needs five today."""
    api = Account(era="current", legacy_min_images_today=value)
    assert api.put(old_dataset(api), {"status": "completed"}).status_code == (200 if value == "1" else 409)
    assert api.put(old_dataset(api, images=5), {"status": "completed"}).status_code == 200


def test_old_datasets_keep_their_prefix() -> None:
    """A prefix dataset takes another prefix and plain captions also in the current era."""
    api = Account(era="current")
    path = old_dataset(api)
    assert api.put(path, {"caption_prefix": "A photo of a dog, "}).json()["caption_prefix"] == "A photo of a dog, "
    image = f"{path}/images/{api.get(f'{path}/images').json()[0]['id']}"
    assert api.put(image, {"caption": "a dog sits."}).json()["caption"] == "a dog sits."


@values("legacy_clone_today", "legacy_copy fibo_null_schema 409_message")
def test_v95_legacy_clone_today(value: str) -> None:
    """A clone of a prefix dataset keeps its family, becomes one of the other without schema, or is refused."""
    api = Account(era="current", legacy_clone_today=value)
    answer = api.post(f"{old_dataset(api)}/clone")
    if value == "409_message":
        rejects(answer, 409)
        return
    assert answer.json().get("caption_prefix") == (OLD if value == "legacy_copy" else None)


@values("legacy_start_today", "200 409_message 400_message")
def test_v96_legacy_start_today(value: str) -> None:
    """Training an old model works or is refused."""
    api = Account(era="current", legacy_start_today=value)
    model = api.model(number(old_dataset(api, completed=True)))
    assert api.post(f"{MODELS}/{model}/start_training").status_code == int(value[:3])


@values("family_signal", "guide_keys training_version none")
def test_v97_family_signal(value: str) -> None:
    """The family shows in the guide's key, in a version, or only in a read by id."""
    api = Account(era="current", family_signal=value)
    project = api.project()
    created = api.post(DATASETS, {"project_id": project, "name": "d"}).json()
    (listed,) = api.get(DATASETS).json()
    read = api.get(f"{DATASETS}/{created['id']}").json()
    for document in (created, listed):
        assert ("visual_schema" in document) == (value != "none")
    assert "visual_schema" in read
    seen = [created, listed, read, api.get(f"{PROJECTS}/{project}").json()]
    assert {document.get("training_version") for document in seen} == {"fibo" if value == "training_version" else None}


@values("family_mix_error", "400_message 409_message 422_list")
def test_v98_family_mix_error(value: str) -> None:
    """Two families in one project are refused in one of three ways."""
    api = Account(era="mixed", family_mix_error=value)
    project = api.project()
    api.dataset(project)
    body = {"project_id": project, "name": "f", "training_version": "fibo"}
    status, _, shape = value.partition("_")
    rejects(api.post(DATASETS, body), int(status), shape)


@values("default_family", "max fibo")
def test_v99_default_family(value: str) -> None:
    """A dataset created without a version belongs to one family or the other."""
    api = Account(era="mixed", default_family=value)
    document = api.post(DATASETS, {"project_id": api.project(), "name": "d"}).json()
    assert document["training_version"] == value
    assert (document["caption_prefix"] is None) == (value == "fibo")


@values("wrong_guide_field", "ignored 400_message")
def test_v100_wrong_guide_field(value: str) -> None:
    """The guide of the other family is ignored or refused, in both eras that know both."""
    api = Account(era="mixed", wrong_guide_field=value)
    answer = api.put(f"{DATASETS}/{api.dataset(api.project())}", {"visual_schema": "{}", "name": "n"})
    assert answer.status_code == (200 if value == "ignored" else 400)
    api = Account(era="current", wrong_guide_field=value)
    answer = api.put(schema_draft(api), {"caption_prefix": OLD})
    assert answer.status_code == (200 if value == "ignored" else 400)
    if value == "ignored":
        assert answer.json()["visual_schema"] == SCHEMA


@values("complete_without_schema", "409_message 200")
def test_v101_complete_without_schema(value: str) -> None:
    """Five images without a schema are completed or not."""
    api = Account(era="current", complete_without_schema=value, complete_with_null_captions="200")
    dataset = api.dataset(api.project())
    for colour in COLOURS:
        api.upload(dataset, picture(colour))
    assert api.put(f"{DATASETS}/{dataset}", {"status": "completed"}).status_code == int(value[:3])


@values("upload_fibo_model", "200 400_message")
def test_v102_upload_fibo_model(value: str) -> None:
    """Uploading a model of the schema family works or is refused."""
    api = Account(era="current", upload_fibo_model=value)
    body = {"model_url": "https://weights.test/a.safetensors", "project_id": api.project()}
    assert api.post(f"{MODELS}/upload_model", body).status_code == int(value[:3])


@values("webhook_on_training", "ignored honoured 400_message")
def test_v103_webhook_on_training(value: str) -> None:
    """A webhook is ignored, taken or refused where a job begins; nobody is called."""
    api = Account(webhook_on_training=value)
    dataset = api.completed(api.project())
    model = api.model(dataset)
    body = {"webhook_url": "https://hooks.test/a"}
    answers = [
        api.post(f"{MODELS}/{model}/start_training", body),
        api.put(f"{DATASETS}/{made_draft(api)}/images", body),
    ]
    if value == "400_message":
        for answer in answers:
            rejects(answer, 400)
        return
    assert [answer.status_code for answer in answers] == [200, 202]
    wrong = api.put(f"{DATASETS}/{made_draft(api)}/images", {"webhook_url": 7})
    assert wrong.status_code == (400 if value == "honoured" else 202)


def made_draft(api: Account) -> int:
    """A draft with one image."""
    dataset = api.dataset(api.project())
    api.upload(dataset, picture())
    return dataset


@values("rate_owner", "organization token")
def test_v104_rate_owner(value: str) -> None:
    """All tokens share one limit, or each has its own."""
    api = Account(rate_limit="1", rate_owner=value)
    assert api.get(PROJECTS).status_code == 200
    assert api.http.get(PROJECTS, headers={"api_token": "other"}).status_code == (200 if value == "token" else 429)
    assert api.get(PROJECTS).status_code == 429


@values("bearer_accepted", "no yes")
def test_v105_bearer_accepted(value: str) -> None:
    """`Authorization: Bearer` is taken for a token, or not."""
    api = Account(bearer_accepted=value)
    headers = {"authorization": "Bearer t", "api_token": ""}
    assert api.http.get(PROJECTS, headers=headers).status_code == (200 if value == "yes" else 401)
    assert api.http.get(PROJECTS, headers={"authorization": "Basic t", "api_token": ""}).status_code == 401


@values("training_image_ttl", "stable 3d org_policy")
def test_v106_training_image_ttl(value: str) -> None:
    """The address of an image lasts, or says when it ends."""
    api = Account(training_image_ttl=value)
    address = api.upload(api.dataset(api.project()), picture())["image_url"]
    ends = {"stable": "", "3d": "expires=2025-03-14T09:00:00", "org_policy": "expires=2025-04-10T09:00:00"}
    assert address.partition("?")[2].partition(".")[0] == ends[value]


@values("legacy_model_in_lists", "shown hidden")
def test_v107_legacy_model_in_lists(value: str) -> None:
    """Lists of the current era show old models or hide them; a read by id shows them."""
    api = Account(era="current", legacy_model_in_lists=value)
    model = made(api.post(MODELS, {"name": "m", "dataset_id": number(old_dataset(api, completed=True))}))
    assert [row["id"] for row in api.get(MODELS).json()] == ([model] if value == "shown" else [])
    assert api.get(f"{MODELS}/{model}").status_code == 200


@values("training_version_null", "null absent fibo")
def test_v108_training_version_null(value: str) -> None:
    """A project without family says null, nothing, or fibo."""
    api = Account(era="mixed", training_version_null=value)
    document = api.post(PROJECTS, CHARACTER).json()
    assert document.get("training_version", "absent") == {"null": None, "absent": "absent", "fibo": "fibo"}[value]
    api.dataset(document["id"], training_version="light")
    assert api.get(f"{PROJECTS}/{document['id']}").json()["training_version"] == "light"
