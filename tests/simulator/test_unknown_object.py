"""Undocumented behaviours of projects, datasets and bodies: every value of every switch."""

from tests.simulator.outsider import CHARACTER, Account, picture, rejects
from tests.simulator.unknown import values

PROJECTS = "/tailored-gen/projects"
DATASETS = "/tailored-gen/datasets"
MODELS = "/tailored-gen/models"


@values("unique_names", "none project dataset model all")
def test_u01_unique_names(value: str) -> None:
    """A second object of the same name is refused for the kinds that the switch names."""
    api = Account(unique_names=value)
    project = api.project()
    dataset = api.completed(project)
    model = api.model(dataset)
    expected = {"project": (PROJECTS, CHARACTER), "dataset": (DATASETS, {"project_id": project, "name": "Poses"})}
    expected["model"] = (MODELS, {"name": "First", "dataset_id": dataset})
    for kind, (path, body) in expected.items():
        assert api.post(path, body).status_code == (409 if value in (kind, "all") else 201)
    assert api.put(f"{MODELS}/{model}", {"name": "Own"}).status_code == 200


@values("extra_fields", "ignore 400 422")
def test_u02_extra_fields(value: str) -> None:
    """A body with an undocumented field is taken without it, or refused."""
    answer = Account(extra_fields=value).post(PROJECTS, {**CHARACTER, "colour": "red"})
    assert answer.status_code == (201 if value == "ignore" else int(value))
    assert "colour" not in answer.json()


@values("bad_path_id", "422_list 404 400_message")
def test_u03_bad_path_id(value: str) -> None:
    """A path id that is not a whole number is answered as switched; a huge or negative one does not exist."""
    api = Account(bad_path_id=value)
    for path in (f"{PROJECTS}/abc", f"{DATASETS}/1.5", f"{MODELS}/٣"):
        rejects(api.get(path), int(value[:3]), "list" if value == "422_list" else "message")
    rejects(api.get(f"{MODELS}/-1"), 404)
    rejects(api.get(f"{MODELS}/{'9' * 5000}"), 404)


@values("reopen_dataset", "409 200 200_ignored")
def test_u07_reopen_dataset(value: str) -> None:
    """Sending draft to a completed dataset is refused, works, or is passed over."""
    api = Account(reopen_dataset=value)
    dataset = api.completed(api.project())
    assert api.put(f"{DATASETS}/{dataset}", {"status": "draft"}).status_code == int(value[:3])
    assert api.get(f"{DATASETS}/{dataset}").json()["status"] == ("draft" if value == "200" else "completed")


@values("rename_completed", "200 409")
def test_u08_rename_completed(value: str) -> None:
    """Renaming a completed dataset works or is refused; sending the name it has always works."""
    api = Account(rename_completed=value)
    dataset = api.completed(api.project())
    assert api.put(f"{DATASETS}/{dataset}", {"name": "Poses"}).status_code == 200
    assert api.put(f"{DATASETS}/{dataset}", {"name": "Other"}).status_code == int(value)


@values("noop_prefix_on_completed", "409 200")
def test_u09_noop_prefix_on_completed(value: str) -> None:
    """The prefix that a completed dataset has already is refused or taken; another one is always refused."""
    api = Account(noop_prefix_on_completed=value)
    dataset = api.completed(api.project())
    prefix = api.get(f"{DATASETS}/{dataset}").json()["caption_prefix"]
    assert api.put(f"{DATASETS}/{dataset}", {"caption_prefix": prefix}).status_code == int(value)
    rejects(api.put(f"{DATASETS}/{dataset}", {"caption_prefix": "Other, "}), 409)


@values("combined_put", "applied_in_order 409 400")
def test_u10_combined_put(value: str) -> None:
    """Prefix and status in one PUT are applied one after the other, or refused together."""
    api = Account(combined_put=value)
    dataset = api.dataset(api.project())
    api.upload(dataset, picture())
    answer = api.put(f"{DATASETS}/{dataset}", {"caption_prefix": "A cat, ", "status": "completed"})
    after = api.get(f"{DATASETS}/{dataset}").json()
    taken = value == "applied_in_order"
    assert answer.status_code == (200 if taken else int(value))
    assert (after["status"] == "completed", after["caption_prefix"] == "A cat, ") == (taken, taken)


@values("put_semantics", "merge replace")
def test_u11_put_semantics(value: str) -> None:
    """A field left out of a PUT keeps its value, or loses it; a status alone never replaces anything."""
    api = Account(put_semantics=value)
    project = api.project(project_description="Two")
    dataset = api.completed(project)
    draft = api.dataset(project)
    model = api.model(dataset, description="Good")
    kept = value == "merge"
    api.put(f"{DATASETS}/{draft}", {"name": "Poses", "caption_prefix": "A cat, "})
    api.put(f"{DATASETS}/{draft}", {"status": "draft"})
    assert api.get(f"{DATASETS}/{draft}").json()["caption_prefix"] == "A cat, "
    prefix = api.put(f"{DATASETS}/{draft}", {"name": "Other"}).json()["caption_prefix"]
    assert (prefix == "A cat, ") == kept
    assert api.put(f"{DATASETS}/{dataset}", {"name": "Other"}).status_code == 200
    description = api.put(f"{MODELS}/{model}", {"name": "Second"}).json()["description"]
    assert description == ("Good" if kept else "")
    after = api.put(f"{PROJECTS}/{project}", {"project_name": "P"}).json()
    assert (after["project_description"], after["ip_name"]) == (("Two", "BriaPhant") if kept else ("", ""))


@values("null_field", "ignored cleared 400")
def test_u12_null_field(value: str) -> None:
    """An explicit null is passed over, clears what can be cleared, or is refused."""
    api = Account(null_field=value)
    project = api.project(project_description="Two")
    dataset = api.dataset(project)
    image = api.upload(dataset, picture())
    status = {"ignored": 200, "cleared": 200, "400": 400}[value]
    answer = api.put(f"{PROJECTS}/{project}", {"project_description": None})
    assert answer.status_code == status
    assert api.get(f"{PROJECTS}/{project}").json()["project_description"] == ("" if value == "cleared" else "Two")
    assert api.put(f"{DATASETS}/{dataset}", {"status": None}).status_code == status
    answer = api.put(f"{DATASETS}/{dataset}/images/{image['id']}", {"caption": None})
    assert answer.status_code == (200 if value == "cleared" else 400)
    if value == "cleared":
        assert (answer.json()["caption"], answer.json()["caption_source"]) == (None, None)
        assert api.put(f"{DATASETS}/{dataset}", {"caption_prefix": None}).json()["caption_prefix"] == ""
    assert api.put(f"{DATASETS}/{dataset}", {"name": None}).status_code == (200 if value == "ignored" else 400)
    rejects(api.post(PROJECTS, {**CHARACTER, "project_name": None}), 400)


@values("project_edit_updates_prefix", "no drafts_only")
def test_u25_project_edit_updates_prefix(value: str) -> None:
    """A changed project leaves prefixes alone, or renews those of its drafts that nobody wrote."""
    api = Account(project_edit_updates_prefix=value)
    project = api.project()
    done, draft, written = api.completed(project), api.dataset(project), api.dataset(project)
    api.put(f"{DATASETS}/{written}", {"caption_prefix": "Mine, "})
    api.put(f"{PROJECTS}/{project}", {"ip_name": "Miro"})
    prefixes = [api.get(f"{DATASETS}/{dataset}").json()["caption_prefix"] for dataset in (done, draft, written)]
    assert ["Miro" in prefix for prefix in prefixes] == [False, value == "drafts_only", False]


@values("delete_twice", "404 204")
def test_u37_delete_twice(value: str) -> None:
    """The second deletion of the same thing is not found, or done; what never was is never found."""
    api = Account(delete_twice=value)
    project = api.project()
    draft = api.dataset(project)
    image = api.upload(draft, picture())["id"]
    model = api.trained(api.completed(project), training_mode="expert")
    paths = [
        (f"{MODELS}/{model}/checkpoints/500", f"{MODELS}/{model}/checkpoints/501"),
        (f"{MODELS}/{model}", f"{MODELS}/77"),
        (f"{DATASETS}/{draft}/images/{image}", f"{DATASETS}/{draft}/images/77"),
        (f"{DATASETS}/{draft}", f"{DATASETS}/77"),
        (f"{PROJECTS}/{project}", f"{PROJECTS}/77"),
    ]
    for path, never in paths:
        assert api.delete(path).status_code == 204
        assert api.delete(path).status_code == int(value)
        assert api.delete(never).status_code == 404


@values("status_case", "insensitive sensitive_400")
def test_u45_status_case(value: str) -> None:
    """`Completed` is taken for `completed`, or refused."""
    api = Account(status_case=value)
    dataset = api.dataset(api.project())
    api.upload(dataset, picture())
    answer = api.put(f"{DATASETS}/{dataset}", {"status": "Completed"})
    assert answer.status_code == (200 if value == "insensitive" else 400)


@values("description_default", "empty_string null absent")
def test_u47_description_default(value: str) -> None:
    """A description that nobody gave is empty, null or not there."""
    api = Account(description_default=value)
    model = api.get(f"{MODELS}/{api.model(api.completed(api.project()))}").json()
    expected = {"empty_string": "", "null": None, "absent": "absent"}[value]
    assert model.get("description", "absent") == expected
    assert api.get(f"{PROJECTS}/1001").json().get("project_description", "absent") == expected


@values("put_immutable_project", "ignored 400")
def test_u68_put_immutable_project(value: str) -> None:
    """A PUT of the medium or the type of a project is passed over or refused."""
    api = Account(put_immutable_project=value)
    project = api.project()
    for field in ({"ip_medium": "illustration"}, {"ip_type": "other"}):
        answer = api.put(f"{PROJECTS}/{project}", {"project_name": "P", **field})
        assert answer.status_code == (200 if value == "ignored" else 400)
    assert api.put(f"{PROJECTS}/{project}", {"project_name": "P"}).status_code == 200


@values("name_rules", "verbatim 400_over_64 stripped uniquified")
def test_u76_name_rules(value: str) -> None:
    """Names are stored as sent, refused when long, stripped of unusual characters, or made unique."""
    api = Account(name_rules=value)
    project = api.project(project_name=" Cats [v1] ")
    expected = {"stripped": "Cats v1"}.get(value, " Cats [v1] ")
    assert api.get(f"{PROJECTS}/{project}").json()["project_name"] == expected
    again = [api.post(PROJECTS, {**CHARACTER, "project_name": "Twin"}).json()["project_name"] for _ in range(3)]
    assert again == (["Twin", "Twin (2)", "Twin (3)"] if value == "uniquified" else ["Twin"] * 3)
    answer = api.post(DATASETS, {"project_id": project, "name": "n" * 65})
    assert answer.status_code == (400 if value == "400_over_64" else 201)


@values("max_objects", "none 403_string 400_message")
def test_u77_max_objects(value: str) -> None:
    """A full account takes no further object of a kind; a deleted model leaves room."""
    api = Account(max_objects=value, object_slots="1")
    project = api.project()
    dataset = api.completed(project)
    api.delete(f"{MODELS}/{api.model(dataset)}")
    api.model(dataset)
    creates = [
        (PROJECTS, CHARACTER),
        (DATASETS, {"project_id": project, "name": "Second"}),
        (MODELS, {"name": "Second", "dataset_id": dataset}),
        (f"{DATASETS}/{dataset}/clone", {}),
    ]
    for path, body in creates:
        answer = api.post(path, body)
        if value == "none":
            assert answer.status_code == 201
        else:
            rejects(answer, int(value[:3]), "text" if value == "403_string" else "message")
