"""Undocumented behaviours of uploads and lists of images: every value of every switch."""

import base64
import os
import zlib

import httpx
import pytest

from tests.simulator.outsider import Account, draft, image_of, picture, raw64, rejects
from tests.simulator.unknown import values


@values("images_list", "all_by_id cap_200 unordered")
def test_u26_images_list(value: str) -> None:
    """Images are listed by id, at most 200 of them, or in another order that stays the same."""
    api = Account(images_list=value)
    path = draft(api, "red", "green", "blue", "white", "black")
    for listed in (api.get(f"{path}/images").json(), api.get(path).json()["images"]):
        ids = [image["id"] for image in listed]
        assert len(ids) == 5
        assert (ids == sorted(ids)) == (value != "unordered")
    assert api.get(f"{path}/images").json() == api.get(f"{path}/images").json()


@values("image_name_rules", "free unique_409 renamed")
def test_u27_image_name_rules(value: str) -> None:
    """Image names may repeat, must not, or are changed: without suffix, and numbered when they repeat."""
    api = Account(image_name_rules=value)
    path = draft(api)
    bodies = [{"file": raw64(picture(colour)), "image_name": "a.png"} for colour in ("red", "green")]
    answers = [api.post(f"{path}/images", body) for body in bodies]
    assert answers[1].status_code == (409 if value == "unique_409" else 201)
    if value != "unique_409":
        names = [answer.json()["image_name"] for answer in answers]
        assert names == (["a.png", "a.png"] if value == "free" else ["a", "a (2)"])
    body = {"file": raw64(picture("blue")), "image_name": "bare"}
    assert api.post(f"{path}/images", body).json()["image_name"] == "bare"


@values("duplicate_content", "accepted 409")
def test_u28_duplicate_content(value: str) -> None:
    """The same bytes twice are taken or refused."""
    api = Account(duplicate_content=value)
    path = draft(api, "red")
    answer = api.post(f"{path}/images", {"file": raw64(picture("red")), "image_name": "other.png"})
    assert answer.status_code == (201 if value == "accepted" else 409)


@values("both_sources", "url_wins file_wins 400")
def test_u29_both_sources(value: str) -> None:
    """Of a file and an address one wins, or both are refused."""
    api = Account(both_sources=value)
    path = draft(api)
    body = {"file": raw64(picture()), "image_url": "https://a.test/from-url.png"}
    answer = api.post(f"{path}/images", body)
    if value == "400":
        rejects(answer, 400)
    else:
        source = api.get(path).json()["images"][0]["upload_source_url"]
        assert (source is None) == (value == "file_wins")


@values("upload_encodings", "raw_base64_only also_data_uri also_multipart")
def test_u30_upload_encodings(value: str) -> None:
    """Besides raw base64 nothing is taken, or data URIs too, or multipart too."""
    api = Account(upload_encodings=value)
    path = draft(api)
    uri = "data:image/png;base64," + base64.b64encode(picture("red")).decode()
    answer = api.post(f"{path}/images", {"file": uri})
    assert answer.status_code == (201 if value == "also_data_uri" else 400)
    files = {"file": ("a.png", picture("green"), "image/png")}
    data = {"image_name": "green.png", "increase_resolution": "true"}
    answer = api.http.post(f"{path}/images", files=files, data=data)
    assert answer.status_code == (201 if value == "also_multipart" else 400)
    if value == "also_multipart":
        assert answer.json()["image_name"] == "green.png"
        rejects(api.http.post(f"{path}/images", files={"other": ("a.txt", b"text")}), 400)
    api.upload(int(path.rsplit("/", 1)[1]), picture("blue"))


def heavy_picture() -> bytes:
    """A small picture in more than 12 MB: a PNG with a long comment that does not compress."""
    data = picture("red")
    chunk = b"prVt" + os.urandom(12 * 1024 * 1024)
    packed = (len(chunk) - 4).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    return data[:33] + packed + data[33:]


@values("max_upload_bytes", "none 12MB_413")
def test_u31_max_upload_bytes(value: str) -> None:
    """A file over 12 MB is taken, or gets 413."""
    api = Account(max_upload_bytes=value)
    answer = api.post(f"{draft(api)}/images", {"file": raw64(heavy_picture())})
    assert answer.status_code == (201 if value == "none" else 413)


@values("resolution_rule", "shorter_side_inclusive shorter_side_exclusive area")
def test_u32_resolution_rule(value: str) -> None:
    """A picture is too small by its shorter side, edge included or not, or by its area."""
    api = Account(resolution_rule=value)
    path = draft(api)
    sides = [(256, 256), (257, 257), (200, 400), (255, 256)]
    statuses = [
        api.post(f"{path}/images", {"file": raw64(picture("red", width, height))}).status_code
        for width, height in sides
    ]
    assert (
        statuses
        == {
            "shorter_side_inclusive": [201, 201, 412, 412],
            "shorter_side_exclusive": [412, 201, 412, 412],
            "area": [201, 201, 201, 412],
        }[value]
    )


@values("image_url_form", "cropped original")
def test_u33_image_url_form(value: str) -> None:
    """The address of an image names the cropped picture or the original."""
    api = Account(image_url_form=value)
    image = api.get(image_of(api, draft(api, "red"))).json()
    assert f"/{value}/" in image["image_url"]
    assert "/thumbnail/" in image["thumbnail_url"]


@values("image_url_expiry", "stable rotates_each_get")
def test_u34_image_url_expiry(value: str) -> None:
    """The address of an image is always the same, or another each time."""
    api = Account(image_url_expiry=value)
    image = image_of(api, draft(api, "red"))
    assert (api.get(image).json() == api.get(image).json()) == (value == "stable")


@pytest.mark.parametrize("side", [9000, 12000, 60000])
def test_pictures_with_too_many_pixels(side: int) -> None:
    """A file that claims an enormous picture is refused without being unpacked."""
    api = Account()
    head = b"IHDR" + side.to_bytes(4, "big") * 2 + picture()[24:29]
    data = picture()[:12] + head + zlib.crc32(head).to_bytes(4, "big") + picture()[33:]
    rejects(api.post(f"{draft(api)}/images", {"file": raw64(data)}), 400)


def test_multipart_without_its_boundary() -> None:
    """A multipart body that cannot be taken apart has no file."""
    api = Account(upload_encodings="also_multipart")
    headers = {"content-type": "multipart/form-data"}
    answer: httpx.Response = api.http.post(f"{draft(api)}/images", content=b"nonsense", headers=headers)
    rejects(answer, 400)
