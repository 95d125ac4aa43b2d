"""Projects, as the API's documents describe them."""

import pytest

from tests.simulator.outsider import CHARACTER, Account, picture, rejects

PROJECTS = "/tailored-gen/projects"
ILLUSTRATION = {"project_name": "Set", "ip_medium": "illustration", "ip_type": "icons"}


def test_created_project_comes_back() -> None:
    """A create answers 201 with every field, a description that nobody gave as an empty text."""
    api = Account()
    answer = api.post(PROJECTS, CHARACTER)
    assert answer.status_code == 201
    assert answer.json() == {
        **CHARACTER,
        "id": 1001,
        "project_description": "",
        "status": "active",
        "created_at": "2025-03-11T09:00:00.000000",
    }
    assert api.get(f"{PROJECTS}/1001").json() == answer.json()


def test_list_is_empty_at_first_and_alone_shows_updates() -> None:
    """The list is `[]` without projects; only in it a project has `updated_at`, two microseconds later."""
    api = Account()
    assert api.get(PROJECTS).json() == []
    api.project()
    assert api.get(PROJECTS).json()[0]["updated_at"] == "2025-03-11T09:00:00.000002"


@pytest.mark.parametrize(
    "body",
    [
        {name: value for name, value in CHARACTER.items() if name != "project_name"},
        {name: value for name, value in CHARACTER.items() if name != "ip_medium"},
        {name: value for name, value in CHARACTER.items() if name != "ip_type"},
        {name: value for name, value in CHARACTER.items() if name != "ip_name"},
        {name: value for name, value in CHARACTER.items() if name != "ip_description"},
        {**ILLUSTRATION, "ip_type": "object_variants"},
        {**ILLUSTRATION, "ip_type": "nothing"},
        {**ILLUSTRATION, "ip_medium": "film"},
        {**ILLUSTRATION, "project_name": ""},
        {**ILLUSTRATION, "project_name": 7},
        *({**ILLUSTRATION, "ip_medium": "photography", "ip_type": kind} for kind in ("icons", "multi_object_set")),
        {**CHARACTER, "ip_type": "character_variants"},
        [],
        "text",
    ],
)
def test_incomplete_or_contradictory_project(body: object) -> None:
    """A missing field, a word that is not in the list, or a medium that the type does not take gets 400."""
    api = Account()
    rejects(api.post(PROJECTS, body), 400)
    assert api.get(PROJECTS).json() == []


@pytest.mark.parametrize("kind", ["object_variants", "multi_object_set", "icons", "character_variants"])
def test_illustration_only_types(kind: str) -> None:
    """Four types are taken with illustration."""
    assert Account().project(ip_medium="illustration", ip_type=kind)


def test_put_keeps_what_it_does_not_name() -> None:
    """A PUT changes the fields in it and answers the whole project."""
    api = Account()
    project = api.project(project_description="Two of them")
    api.wait(60)
    answer = api.put(f"{PROJECTS}/{project}", {"project_name": "Renamed"})
    assert answer.status_code == 200
    assert answer.json()["project_name"] == "Renamed"
    assert answer.json()["project_description"] == "Two of them"
    assert api.get(PROJECTS).json()[0]["updated_at"] == "2025-03-11T09:01:00.000000"
    api.wait(60)
    assert api.put(f"{PROJECTS}/{project}", {}).status_code == 200
    assert api.get(PROJECTS).json()[0]["updated_at"] == "2025-03-11T09:01:00.000000"


def test_medium_and_type_do_not_change() -> None:
    """A PUT of the immutable fields is ignored."""
    api = Account()
    project = api.project()
    answer = api.put(f"{PROJECTS}/{project}", {"ip_medium": "illustration", "ip_type": "other"})
    assert answer.status_code == 200
    assert (answer.json()["ip_medium"], answer.json()["ip_type"]) == ("photography", "defined_character")


@pytest.mark.parametrize("call", ["get", "put", "delete"])
def test_unknown_project(call: str) -> None:
    """A project that does not exist gets 404."""
    api = Account()
    path = f"{PROJECTS}/77"
    calls = {"get": lambda: api.get(path), "put": lambda: api.put(path, {}), "delete": lambda: api.delete(path)}
    rejects(calls[call](), 404)


def test_deleting_a_project_takes_all_of_it() -> None:
    """A deleted project takes its datasets, their images and its models with it."""
    api = Account()
    project = api.project()
    dataset = api.completed(project)
    model = api.trained(dataset)
    assert api.delete(f"{PROJECTS}/{project}").status_code == 204
    rejects(api.get(f"{PROJECTS}/{project}"), 404)
    rejects(api.get(f"/tailored-gen/datasets/{dataset}"), 404)
    rejects(api.get(f"/tailored-gen/datasets/{dataset}/images/3000001"), 404)
    rejects(api.get(f"/tailored-gen/models/{model}"), 404)
    assert api.get("/tailored-gen/models").json() == []
    rejects(api.delete(f"{PROJECTS}/{project}"), 404)


def test_project_in_training_stays() -> None:
    """A project with a model in training, or still stopping, cannot be deleted."""
    api = Account()
    project = api.project()
    model = api.model(api.completed(project))
    api.post(f"/tailored-gen/models/{model}/start_training")
    rejects(api.delete(f"{PROJECTS}/{project}"), 409)
    api.post(f"/tailored-gen/models/{model}/stop_training")
    rejects(api.delete(f"{PROJECTS}/{project}"), 409)
    api.wait(30)
    assert api.delete(f"{PROJECTS}/{project}").status_code == 204


@pytest.mark.parametrize(
    ("fields", "prefix"),
    [
        ({}, "A photo of a character named Briaphant, a purple skinned elephant, "),
        (
            {"ip_medium": "illustration", "ip_name": "old McRAE"},
            "An illustration of a character named Old Mcrae, a purple skinned elephant, ",
        ),
        ({"ip_type": "other", "ip_name": "", "ip_description": ""}, "A photo of a subject, "),
    ],
)
def test_default_prefix(fields: dict[str, str], prefix: str) -> None:
    """A dataset's prefix is made from its project, the name in other letters, a comma and a space at the end."""
    api = Account()
    dataset = api.dataset(api.project(**fields))
    assert api.get(f"/tailored-gen/datasets/{dataset}").json()["caption_prefix"] == prefix


def test_lists_of_a_project() -> None:
    """A project lists its own datasets and models only; unknown projects get 404."""
    api = Account()
    one, other = api.project(), api.project()
    dataset = api.completed(one)
    model = api.model(dataset)
    api.upload(api.dataset(other), picture())
    assert [row["id"] for row in api.get(f"{PROJECTS}/{one}/datasets").json()] == [dataset]
    assert [row["id"] for row in api.get(f"{PROJECTS}/{one}/models").json()] == [model]
    assert api.get(f"{PROJECTS}/{other}/models").json() == []
    rejects(api.get(f"{PROJECTS}/9/datasets"), 404)
    rejects(api.get(f"{PROJECTS}/9/models"), 404)
