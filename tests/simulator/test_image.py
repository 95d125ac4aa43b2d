"""Images and captions, as the API's documents describe them."""

import base64
from pathlib import PurePosixPath

import pytest

from reconciler.simulator.image_file import ImageReader
from tests.simulator.outsider import Account, picture, raw64, rejects

DATASETS = "/tailored-gen/datasets"


def test_uploaded_image_is_captioned() -> None:
    """An upload answers 201 with its name as sent and an automatic caption that continues the prefix."""
    api = Account()
    dataset = api.dataset(api.project())
    image = api.upload(dataset, picture(), image_name="waving arms.0123abcdef.png")
    assert image["image_name"] == "waving arms.0123abcdef.png"
    assert image["caption"].startswith("waving arms, ")
    assert image["caption"].endswith(".")
    assert image["caption_source"] == "automatic"
    assert "upload_source_url" not in image
    path = f"{DATASETS}/{dataset}"
    assert api.get(f"{path}/images/{image['id']}").json() == image
    assert api.get(f"{path}/images").json() == [image]
    assert api.get(path).json()["images"] == [{**image, "upload_source_url": None}]


def test_upload_takes_no_caption() -> None:
    """A caption sent with an upload is not a documented field: it has no effect."""
    api = Account()
    assert api.upload(api.dataset(api.project()), picture(), caption="mine.")["caption"] != "mine."


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_formats(kind: str) -> None:
    """PNG, JPEG and WEBP are taken."""
    api = Account()
    assert api.upload(api.dataset(api.project()), picture(kind=kind))["id"]


BOMB = picture(width=2, height=2)[:16] + (60000).to_bytes(4, "big") * 2 + picture(width=2, height=2)[24:]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"file": "not base64!"}, 400),
        ({"file": "é"}, 400),
        ({"file": ""}, 400),
        ({"file": 7}, 400),
        ({"file": raw64(picture()[:100])}, 400),
        ({"file": raw64(BOMB)}, 400),
        ({"file": "data:image/png;base64," + raw64(picture())}, 400),
        ({"file": raw64(picture(kind="GIF"))}, 415),
        ({"file": raw64(b"plain text")}, 415),
        ({"file": raw64(picture(width=255, height=400))}, 412),
        ({"file": raw64(picture()), "increase_resolution": False}, 412),
        ({"file": raw64(picture()), "increase_resolution": "no"}, 400),
        ({"file": raw64(picture()), "content_moderation": True, "image_name": "unsafe.png"}, 422),
        ({"image_url": "nowhere"}, 422),
        ({"image_url": "https://[broken"}, 422),
        ({"image_url": "https://a.invalid/a.png"}, 422),
        ({"image_url": "https://a.test/missing.png"}, 422),
        ({"image_url": "https://a.test/unsafe.png", "content_moderation": True}, 422),
        ({"image_url": "https://a.test/a.gif"}, 415),
        ({"image_url": "https://a.test/a.png?width=100&height=x"}, 412),
    ],
)
def test_refused_uploads(body: object, status: int) -> None:
    """What is not a picture, too small, of another type, moderated or not fetched is refused, and nothing is stored."""
    api = Account()
    path = f"{DATASETS}/{api.dataset(api.project())}/images"
    for _ in range(2):
        rejects(api.post(path, body), status)
    assert api.get(path).json() == []


def test_edges_of_the_resolution() -> None:
    """256 is enough with upscaling, 1024 without."""
    api = Account()
    dataset = api.dataset(api.project())
    api.upload(dataset, picture(width=256, height=300))
    api.upload(dataset, picture(width=1024, height=1024), increase_resolution=False)


def test_upload_from_an_address() -> None:
    """An address is remembered, and names the image where no name is given."""
    api = Account()
    dataset = api.dataset(api.project())
    url = "https://a.test/poses/jumping.webp?width=1024"
    answer = api.post(f"{DATASETS}/{dataset}/images", {"image_url": url})
    assert answer.status_code == 201
    assert answer.json()["image_name"] == "jumping.webp"
    assert api.get(f"{DATASETS}/{dataset}").json()["images"][0]["upload_source_url"] == url
    assert api.post(f"{DATASETS}/{dataset}/images", {"image_url": "https://a.test"}).status_code == 201


def test_two_hundred_images_at_most() -> None:
    """The 201st image of a basic dataset gets 409."""
    api = Account()
    dataset = api.dataset(api.project())
    for _ in range(200):
        api.upload(dataset, picture())
    rejects(api.post(f"{DATASETS}/{dataset}/images", {"file": raw64(picture())}), 409)


def test_nameless_image_gets_a_name() -> None:
    """An image without a name gets one from its id."""
    api = Account()
    image = api.upload(api.dataset(api.project()), picture())
    assert PurePosixPath(image["image_name"]).stem == f"image_{image['id']}"


def test_delete_image() -> None:
    """A deleted image is gone; another dataset's image is not found under this one."""
    api = Account()
    project = api.project()
    one, other = api.dataset(project), api.dataset(project)
    image = api.upload(one, picture())["id"]
    rejects(api.get(f"{DATASETS}/{other}/images/{image}"), 404)
    rejects(api.delete(f"{DATASETS}/{other}/images/{image}"), 404)
    assert api.delete(f"{DATASETS}/{one}/images/{image}").status_code == 204
    rejects(api.delete(f"{DATASETS}/{one}/images/{image}"), 404)
    assert api.get(f"{DATASETS}/{one}").json()["images_count"] == 0


def test_caption_by_hand_and_back() -> None:
    """A caption written by hand is manual; regenerated, it is the automatic one again."""
    api = Account()
    dataset = api.dataset(api.project())
    image = api.upload(dataset, picture())
    path = f"{DATASETS}/{dataset}/images/{image['id']}"
    api.wait(1)
    answer = api.put(path, {"caption": "by hand."}).json()
    assert (answer["caption"], answer["caption_source"]) == ("by hand.", "manual")
    answer = api.put(path, {"regenerate_caption": True}).json()
    assert (answer["caption"], answer["caption_source"]) == (image["caption"], "automatic")


@pytest.mark.parametrize(
    "body", [{}, {"regenerate_caption": False}, {"caption": "a.", "regenerate_caption": True}, {"caption": 5}, []]
)
def test_caption_or_regeneration(body: object) -> None:
    """Exactly one of the two is sent, else 400 with `error`."""
    api = Account()
    dataset = api.dataset(api.project())
    image = api.upload(dataset, picture())["id"]
    rejects(api.put(f"{DATASETS}/{dataset}/images/{image}", body), 400, "error")


def test_regenerating_all_takes_time() -> None:
    """Regenerating all answers 202 at once; the captions follow, made for the prefix of now, manual ones too."""
    api = Account()
    dataset = api.dataset(api.project())
    images = [api.upload(dataset, picture(colour)) for colour in ("red", "green")]
    path = f"{DATASETS}/{dataset}"
    api.put(f"{path}/images/{images[0]['id']}", {"caption": "by hand."})
    api.put(path, {"caption_prefix": "A drawing of a cat, "})
    answer = api.put(f"{path}/images")
    assert (answer.status_code, answer.json()["captions_update_status"]) == (202, "in_progress")
    before = {image["id"]: image["caption"] for image in api.get(f"{path}/images").json()}
    assert before == {images[0]["id"]: "by hand.", images[1]["id"]: images[1]["caption"]}
    api.wait(2.3)
    assert api.get(path).json()["captions_update_status"] == "in_progress"
    api.wait(0.1)
    after = api.get(path).json()
    assert after["captions_update_status"] == "completed"
    assert after["updated_at"] == "2025-03-11T09:00:02.400000"
    assert {image["id"] for image in after["images"]} == before.keys()
    for image in after["images"]:
        assert image["caption_source"] == "automatic"
        assert image["caption"] != before[image["id"]]


def test_same_prefix_and_picture_give_the_same_caption() -> None:
    """Captions depend on prefix and content alone; they differ between pictures."""
    api = Account()
    project = api.project()
    one, other = api.dataset(project), api.dataset(project)
    colours = ("red", "green", "blue", "white")
    first = [api.upload(one, picture(colour), image_name="a.png")["caption"] for colour in colours]
    second = [api.upload(other, picture(colour), image_name="a.png")["caption"] for colour in colours]
    assert first == second
    assert len(set(first)) == 4


def test_generated_prefix_is_not_stored() -> None:
    """A suggested prefix depends on the pictures, and changes no dataset."""
    api = Account()
    before = api.get(f"{DATASETS}/{api.dataset(api.project())}").json()
    body = {"ip_type": "defined_character", "ip_medium": "illustration", "ip_name": "Miro"}
    one = api.post("/tailored-gen/generate_prefix", {**body, "images": [raw64(picture())]})
    assert one.status_code == 200
    assert one.json()["prefix"].startswith("An illustration of a character named Miro, ")
    urls = {**body, "image_urls": ["https://a.test/a.png", "https://a.test/b.png"]}
    assert (
        api.post("/tailored-gen/generate_prefix", urls).json() == api.post("/tailored-gen/generate_prefix", urls).json()
    )
    assert api.get(f"{DATASETS}/{before['id']}").json() == before


SCENE = {"ip_type": "stylized_scene", "ip_medium": "photography"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (SCENE, 400),
        ({**SCENE, "images": []}, 400),
        ({**SCENE, "images": [raw64(picture())] * 7}, 400),
        ({**SCENE, "images": [raw64(picture())], "image_urls": ["https://a.test/a.png"]}, 400),
        ({**SCENE, "images": [7]}, 400),
        ({**SCENE, "ip_type": "icons", "images": [raw64(picture())]}, 400),
        ({**SCENE, "ip_name": "Miro", "images": [raw64(picture())]}, 400),
        ({**SCENE, "images": [raw64(picture()), base64.b64encode(b"text").decode()]}, 415),
        ({**SCENE, "image_urls": ["https://a.test/a.png", "https://a.test/missing.png"]}, 422),
        ({**SCENE, "image_urls": ["https://a.test/unsafe.png"], "content_moderation": True}, 422),
    ],
)
def test_refused_prefix_requests(body: object, status: int) -> None:
    """Between one and six pictures, from one kind of source, all of them good; a name only for a character."""
    rejects(Account().post("/tailored-gen/generate_prefix", body), status)


def test_pictures_are_forgotten_in_the_end() -> None:
    """What was seen of pictures is remembered up to a number of them, and seen again afterwards."""
    pictures = ImageReader(most=1)
    first = pictures.read(picture("red"), "file")
    pictures.read(picture("green"), "file")
    assert pictures.read(picture("red"), "file") == first
