"""Undocumented behaviours of clones: every value of every switch."""

from tests.simulator.outsider import Account, picture, rejects
from tests.simulator.unknown import values

PROJECTS = "/tailored-gen/projects"
DATASETS = "/tailored-gen/datasets"
MODELS = "/tailored-gen/models"


@values("clone_mode", "sync_full async_images captions_reset")
def test_u51_clone_mode(value: str) -> None:
    """The images of a clone are there at once, later, or with automatic captions in place of manual ones."""
    api = Account(clone_mode=value, clone_caption_source="kept")
    dataset = api.dataset(api.project())
    image = api.upload(dataset, picture())["id"]
    api.put(f"{DATASETS}/{dataset}/images/{image}", {"caption": "by hand."})
    clone = api.post(f"{DATASETS}/{dataset}/clone").json()
    assert clone["images_count"] == len(clone["images"]) == (0 if value == "async_images" else 1)
    rejects(api.get(f"{DATASETS}/0/images/{image + 1}"), 404)
    api.wait(5)
    (copied,) = api.get(f"{DATASETS}/{clone['id']}/images").json()
    assert copied["caption_source"] == ("automatic" if value == "captions_reset" else "manual")


def test_u51_clone_deleted_on_its_way() -> None:
    """A clone that is deleted before its images arrive takes them along."""
    api = Account(clone_mode="async_images")
    dataset = api.completed(api.project())
    clone = api.post(f"{DATASETS}/{dataset}/clone").json()["id"]
    assert api.delete(f"{DATASETS}/{clone}").status_code == 204
    api.wait(5)
    rejects(api.get(f"{DATASETS}/{clone}/images"), 404)


@values("clone_description", "dropped stored")
def test_u52_clone_description(value: str) -> None:
    """A description given to a clone is lost or shown."""
    api = Account(clone_description=value)
    dataset = api.dataset(api.project())
    clone = api.post(f"{DATASETS}/{dataset}/clone", {"description": "Second"}).json()
    assert clone.get("description") == ("Second" if value == "stored" else None)


@values("clone_image_names", "kept regenerated null")
def test_u71_clone_image_names(value: str) -> None:
    """The images of a clone keep their names, get new ones, or have none."""
    api = Account(clone_image_names=value)
    dataset = api.dataset(api.project())
    api.upload(dataset, picture(), image_name="a.png")
    (image,) = api.post(f"{DATASETS}/{dataset}/clone").json()["images"]
    assert image["image_name"] == {"kept": "a.png", "regenerated": f"image_{image['id']}.png", "null": None}[value]
    path = f"{DATASETS}/{image['dataset_id']}/images/{image['id']}"
    assert api.put(path, {"regenerate_caption": True}).json()["caption"].endswith(".")


@values("clone_name", "honoured ignored")
def test_u72_clone_name(value: str) -> None:
    """The name given to a clone is used, or replaced by the default."""
    api = Account(clone_name=value)
    clone = api.post(f"{DATASETS}/{api.dataset(api.project())}/clone", {"name": "Second"}).json()
    assert clone["name"] == ("Second" if value == "honoured" else "Copy of Poses")


@values("clone_prefix", "kept default")
def test_u73_clone_prefix(value: str) -> None:
    """A clone has the prefix of its source, or the one its project would give."""
    api = Account(clone_prefix=value)
    dataset = api.dataset(api.project())
    api.put(f"{DATASETS}/{dataset}", {"caption_prefix": "Mine, "})
    clone = api.post(f"{DATASETS}/{dataset}/clone").json()
    assert (clone["caption_prefix"] == "Mine, ") == (value == "kept")


@values("clone_caption_source", "automatic kept null")
def test_u74_clone_caption_source(value: str) -> None:
    """The captions of a clone keep their sources, are all automatic, or have none."""
    api = Account(clone_caption_source=value)
    dataset = api.dataset(api.project())
    image = api.upload(dataset, picture())["id"]
    api.put(f"{DATASETS}/{dataset}/images/{image}", {"caption": "by hand."})
    (copied,) = api.post(f"{DATASETS}/{dataset}/clone").json()["images"]
    assert copied["caption"] == "by hand."
    assert copied["caption_source"] == {"kept": "manual", "automatic": "automatic", "null": None}[value]
