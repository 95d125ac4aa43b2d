"""Zip uploads to advanced datasets, as the API's documents describe them."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from reconciler.simulator import ManualClock, Simulator, SqliteStore, console, serving
from reconciler.simulator.archive import FetchError, opened, save
from tests.simulator.outsider import Account, Json, Outsider, directly, made, picture, raw64, rejects
from tests.simulator.zip_server import ZipServer, zip_server, zipped

DATASETS = "/tailored-gen/datasets"
LARGE = {colour: picture(colour, 1024, 1024) for colour in ("red", "green", "blue", "white", "black")}
PREFIX = "A photo of a character named Briaphant, a purple skinned elephant, "


@pytest.fixture(scope="module")
def module_server() -> Iterator[ZipServer]:
    with zip_server() as server:
        yield server


@pytest.fixture
def server(module_server: ZipServer) -> ZipServer:
    for kept in (module_server.files, module_server.moved, module_server.lengths, module_server.held):
        kept.clear()
    module_server.asked.clear()
    return module_server


def images(*colours: str) -> dict[str, bytes]:
    """Entries of a zip: one image of each colour."""
    return {f"{colour}.png": LARGE[colour] for colour in colours}


def texts(**captions: str) -> dict[str, bytes]:
    """Entries of a zip: the captions of images."""
    return {f"{colour}.txt": caption.encode() for colour, caption in captions.items()}


def advanced(api: Outsider, **fields: object) -> str:
    """The path of a new advanced dataset."""
    return f"{DATASETS}/{api.dataset(api.project(), upload_type='advanced', **fields)}"


def status(api: Outsider, path: str) -> Json:
    answer = api.get(f"{path}/images/bulk-upload/status")
    assert answer.status_code == 200, answer.text
    return answer.json()


def uploaded(api: Account, path: str, url: str, **fields: object) -> Json:
    """The final status of a zip upload."""
    answer = api.post(f"{path}/images/bulk-upload", {"zip_url": url, **fields})
    assert (answer.status_code, answer.content) == (202, b""), answer.text
    api.wait(600)
    return status(api, path)


def held(api: Account, path: str) -> dict[str, tuple[str | None, str | None]]:
    """Name, caption and source of every image in a dataset."""
    rows = api.get(f"{path}/images").json()
    return {row["image_name"]: (row["caption"], row["caption_source"]) for row in rows}


def test_a_zip_becomes_images(server: ZipServer) -> None:
    """The zip is fetched once; its images get automatic captions and are there when the status is completed."""
    api = Account()
    path = advanced(api)
    answer = api.post(f"{path}/images/bulk-upload", {"zip_url": server.archive(images("red", "green"))})
    assert (answer.status_code, answer.content) == (202, b"")
    assert status(api, path) == {
        "status": "pending",
        "progress_percentage": 0,
        "total_processed": 2,
        "done": 0,
        "failed": 0,
        "failed_images": [],
    }
    assert api.get(path).json()["images_count"] == 0
    api.wait(10.05)
    assert status(api, path)["status"] == "processing"
    assert (status(api, path)["progress_percentage"], status(api, path)["done"]) == (50, 1)
    api.wait(0.05)
    assert status(api, path) == {
        "status": "completed",
        "progress_percentage": 100,
        "total_processed": 2,
        "done": 2,
        "failed": 0,
        "failed_images": [],
    }
    assert held(api, path).keys() == {"red.png", "green.png"}
    assert {source for _, source in held(api, path).values()} == {"automatic"}
    after = api.get(path).json()
    assert (after["images_count"], after["captions_source"]) == (2, "automatic")
    assert [image["upload_source_url"] for image in after["images"]] == [None, None]
    assert server.asked == ["GET /a.zip"]
    assert api.put(path, {"status": "completed"}).status_code == 200


def test_captions_from_texts(server: ZipServer) -> None:
    """In manual mode every image takes its caption from the text of the same name; one without is listed as failed."""
    api = Account()
    path = advanced(api)
    url = server.archive({**images("red", "green", "blue"), **texts(red="stands still.", blue="\n")})
    after = uploaded(api, path, url, automatic_captioning=False)
    assert (after["status"], after["total_processed"], after["done"], after["failed"]) == ("completed", 3, 1, 2)
    assert {each["filename"] for each in after["failed_images"]} == {"green.png", "blue.png"}
    assert all(each.keys() == {"filename", "error_code", "error_message"} for each in after["failed_images"])
    assert held(api, path) == {"red.png": ("stands still.", "manual")}
    assert api.get(path).json()["captions_source"] == "manual"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("cat.png", b"no picture", 415),
        ("cat.png", LARGE["red"][:2000], 400),
        ("cat.jpg", picture("red", 1023, 1024, "JPEG"), 412),
        ("cat.gif", b"GIF89a", 415),
        ("folder/cat.png", LARGE["green"], 400),
    ],
)
def test_failures_per_image(server: ZipServer, name: str, content: bytes, code: int) -> None:
    """An image that cannot be used is skipped and reported; the job goes on."""
    api = Account()
    path = advanced(api)
    after = uploaded(api, path, server.archive({name: content, **images("blue")}))
    assert (after["status"], after["total_processed"], after["done"], after["failed"]) == ("completed", 2, 1, 1)
    assert [(each["filename"], each["error_code"]) for each in after["failed_images"]] == [(name, code)]
    assert held(api, path).keys() == {"blue.png"}


def broken(entry: str, *, size: int | None = None) -> bytes:
    """A zip of one image whose entry is damaged, or claims to be as large as `size` when unpacked."""
    content = bytearray(zipped({entry: LARGE["red"]}))
    if size is None:
        content[len(content) // 2] ^= 0xFF
    else:
        place = content.index(b"PK\x01\x02") + 24  # the unpacked size in the list of entries at the end
        content[place : place + 4] = size.to_bytes(4, "little")
    return bytes(content)


@pytest.mark.parametrize("size", [None, 300 * 1024**2])
def test_entries_that_cannot_be_unpacked(server: ZipServer, size: int | None) -> None:
    """An entry that is damaged, or too large to be unpacked in memory, fails like any other image."""
    api = Account()
    after = uploaded(api, advanced(api), server.put("/a.zip", broken("cat.png", size=size)))
    assert [(each["filename"], each["error_code"]) for each in after["failed_images"]] == [("cat.png", 400)]


def test_a_length_that_is_a_lie(tmp_path: Path, server: ZipServer) -> None:
    """A file that does not say how long it is, is read as far as it may be long, and not kept."""
    url = server.archive(images("red"))
    server.lengths["/a.zip"] = None
    with pytest.raises(FetchError) as caught, opened(url) as response:
        save(response, tmp_path / "a.zip", most_bytes=1000)
    assert caught.value.status == 413
    assert list(tmp_path.iterdir()) == []


def test_a_dataset_that_was_filled_otherwise() -> None:
    """A dataset that holds images, or is completed, takes no zip."""
    api = Account()
    path = advanced(api)
    number = int(path.rsplit("/", 1)[1])
    console.edit_dataset(api.simulator, number, status="completed")
    rejects(api.post(f"{path}/images/bulk-upload", {"zip_url": "http://127.0.0.1/a.zip"}), 400)
    console.edit_dataset(api.simulator, number, status="draft")
    console.add_image(api.simulator, number, "by-hand.png")
    rejects(api.post(f"{path}/images/bulk-upload", {"zip_url": "http://127.0.0.1/a.zip"}), 400)


def test_text_that_is_none(server: ZipServer) -> None:
    """A text that is not UTF-8 fails its image."""
    api = Account()
    path = advanced(api)
    after = uploaded(api, path, server.archive({**images("red"), "red.txt": b"\xff"}), automatic_captioning=False)
    assert (after["status"], after["failed_images"][0]["error_code"]) == ("failed", 400)


def test_every_format_and_case(server: ZipServer) -> None:
    """JPEG, PNG and WEBP are taken, whatever the case of the suffix."""
    api = Account()
    path = advanced(api)
    entries = {
        "a.jpg": picture("red", 1024, 1024, "JPEG"),
        "b.JPEG": picture("green", 1024, 1024, "JPEG"),
        "c.webp": picture("blue", 1024, 1024, "WEBP"),
        "d.PNG": LARGE["white"],
    }
    assert uploaded(api, path, server.archive(entries))["done"] == 4


def test_one_attempt_for_each_dataset(server: ZipServer) -> None:
    """A second zip is refused while the first runs, after it, and also after one that failed."""
    api = Account()
    url = server.archive(images("red"))
    path = advanced(api)
    api.post(f"{path}/images/bulk-upload", {"zip_url": url})
    rejects(api.post(f"{path}/images/bulk-upload", {"zip_url": url}), 400)
    api.wait(600)
    rejects(api.post(f"{path}/images/bulk-upload", {"zip_url": url}), 400)
    other = advanced(api)
    assert uploaded(api, other, f"{server.base}/nothing.zip")["status"] == "failed"
    rejects(api.post(f"{other}/images/bulk-upload", {"zip_url": url}), 400)


@pytest.mark.parametrize(
    "url",
    ["", "/etc/passwd", "file:///etc/passwd", "ftp://127.0.0.1/a.zip", "a.zip", "http://[", 7],
)
def test_no_address_is_no_attempt(server: ZipServer, url: object) -> None:
    """What is no address of the web is refused, and counts as no attempt."""
    api = Account()
    path = advanced(api)
    rejects(api.post(f"{path}/images/bulk-upload", {"zip_url": url}), 400)
    assert uploaded(api, path, server.archive(images("red")))["done"] == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.zip",
        "https://127.0.0.1/a.zip",
        "http://169.254.169.254/latest/meta-data",
        "http://user:word@127.0.0.1/a.zip",
        "http://127.0.0.1.nip.io/a.zip",
        "http://0.0.0.0/a.zip",
        "http://127.0.0.1:1/a.zip",
        "http://127.0.0.1:99999/a.zip",
    ],
)
def test_only_this_machine_is_asked(url: str) -> None:
    """An address of another host, or with a secret in it, is never asked: the job fails as if it could not be fetched."""
    api = Account()
    path = advanced(api)
    after = uploaded(api, path, url)
    assert (after["status"], after["total_processed"], after["done"]) == ("failed", 0, 0)
    assert api.get(path).json()["images_count"] == 0


def test_a_redirect_to_elsewhere_is_not_followed(server: ZipServer) -> None:
    """A redirect is followed on this machine only, and not for ever."""
    api = Account()
    server.archive(images("red"))
    server.moved = {"/near": "/a.zip", "/far": "http://example.com/a.zip", "/round": "/round"}
    assert uploaded(api, advanced(api), f"{server.base}/near")["done"] == 1
    assert uploaded(api, advanced(api), f"{server.base}/far")["status"] == "failed"
    assert uploaded(api, advanced(api), f"{server.base}/round")["status"] == "failed"


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", b"PK\x05\x06" + bytes(18), zipped({"a.png": b""}).replace(b"PK\x01\x02", b"PK\x09\x09")],
)
def test_what_is_no_zip(server: ZipServer, content: bytes) -> None:
    """A file that is no zip archive fails the job."""
    api = Account()
    assert uploaded(api, advanced(api), server.put("/a.zip", content))["status"] == "failed"


def test_a_zip_that_breaks_off(server: ZipServer) -> None:
    """A file that ends before its length fails the job."""
    api = Account()
    url = server.archive(images("red"))
    server.lengths["/a.zip"] = 10**6
    assert uploaded(api, advanced(api), url)["status"] == "failed"


def test_more_than_five_gigabytes(server: ZipServer) -> None:
    """A file that says it is larger than 5 GB is refused with 413 and not read."""
    api = Account()
    path = advanced(api)
    url = server.archive(images("red"))
    server.lengths["/a.zip"] = 5 * 1024**3 + 1
    rejects(api.post(f"{path}/images/bulk-upload", {"zip_url": url}), 413)
    assert status(api, path)["status"] == "failed"


def test_who_takes_a_zip(server: ZipServer) -> None:
    """Only an advanced dataset does, and a basic one has no status; single images go to basic ones only."""
    api = Account()
    basic = f"{DATASETS}/{api.dataset(api.project())}"
    rejects(api.post(f"{basic}/images/bulk-upload", {"zip_url": server.archive(images("red"))}), 400)
    rejects(api.get(f"{basic}/images/bulk-upload/status"), 400)
    rejects(api.post(f"{advanced(api)}/images", {"file": raw64(picture())}), 400)
    assert server.asked == []


def test_writes_wait_for_the_zip(server: ZipServer) -> None:
    """While the job runs, other writes are refused; afterwards one image may be changed or deleted."""
    api = Account()
    path = advanced(api)
    api.post(f"{path}/images/bulk-upload", {"zip_url": server.archive(images("red", "green"))})
    for answer in (api.put(path, {"name": "Other"}), api.put(f"{path}/images"), api.post(f"{path}/clone")):
        rejects(answer, 409)
    api.wait(600)
    first, second = (f"{path}/images/{row['id']}" for row in api.get(f"{path}/images").json())
    assert api.put(first, {"caption": "by hand."}).json()["caption_source"] == "manual"
    assert api.delete(second).status_code == 204
    assert api.get(path).json()["images_count"] == 1


def test_deleted_on_its_way(server: ZipServer) -> None:
    """A dataset that is deleted while its zip is worked on takes everything along."""
    api = Account()
    path = advanced(api)
    api.post(f"{path}/images/bulk-upload", {"zip_url": server.archive(images("red"))})
    assert api.delete(path).status_code == 204
    api.wait(600)
    rejects(api.get(f"{path}/images/bulk-upload/status"), 404)
    with api.simulator.transaction() as world:
        assert world.images.all() == []
        assert world.bulk_uploads.all() == []


def test_a_clone_takes_no_zip(server: ZipServer) -> None:
    """A clone of an advanced dataset has the images, is advanced too, and takes neither zip nor single image."""
    api = Account()
    path = advanced(api)
    url = server.archive(images("red", "green"))
    uploaded(api, path, url)
    clone = api.post(f"{path}/clone").json()
    assert (clone["upload_type"], clone["images_count"], len(clone["images"])) == ("advanced", 2, 2)
    rejects(api.post(f"{DATASETS}/{clone['id']}/images/bulk-upload", {"zip_url": url}), 400)
    rejects(api.post(f"{DATASETS}/{clone['id']}/images", {"file": raw64(picture())}), 400)


def test_schema_family(server: ZipServer) -> None:
    """Without a visual schema zipped images have no captions until all are regenerated; texts are never looked at."""
    api = Account(era="current")
    entries = {**images(*LARGE), **texts(red="plain.")}
    path = advanced(api)
    after = uploaded(api, path, server.archive(entries), automatic_captioning=False)
    assert (after["done"], after["failed"]) == (5, 0)
    assert set(held(api, path).values()) == {(None, "pending")}
    api.put(path, {"visual_schema": '{"style": "flat"}'})
    api.put(f"{path}/images")
    api.wait(60)
    assert {source for _, source in held(api, path).values()} == {"automatic"}
    assert "captions_source" not in api.get(path).json()
    assert api.put(path, {"status": "completed"}).status_code == 200
    other = advanced(api)
    api.put(other, {"visual_schema": '{"style": "flat"}'})
    uploaded(api, other, server.archive(entries))
    assert {source for _, source in held(api, other).values()} == {"automatic"}


def test_many_images_take_little_memory(server: ZipServer) -> None:
    """The bytes of a zip are never held together, neither on the way in nor on the way out."""
    size = 400_000
    noise = [bytes([number]) * size for number in range(100)]
    jpeg = picture("red", 1024, 1024, "JPEG")
    entries = {f"image-{number:03}.jpg": jpeg + tail for number, tail in enumerate(noise)}
    url = server.archive(entries)
    api = Account(bulk_seconds_per_image="0")
    path = advanced(api)
    tracemalloc.start()
    try:
        after = uploaded(api, path, url)
        with serving(api.simulator) as address:
            taken = sum(len(piece) for piece in downloaded_from(address, path))
            rest = sum(len(piece) for piece in downloaded_from(address, path, range="bytes=1000-"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after["done"] == 100
    assert (taken > 100 * size, rest) == (True, taken - 1000)
    assert peak < 15_000_000


def downloaded_from(address: str, path: str, **headers: str) -> Iterator[bytes]:
    """The archive of a dataset in pieces, over a real socket."""
    place = f"{address}/datasets/{path.rsplit('/', 1)[1]}/download"
    url = httpx.get(place, headers={"api_token": "t"}).json()["download_url"]
    with httpx.stream("GET", url, headers=headers) as answer:
        assert answer.headers["content-type"] == "application/zip"
        yield from answer.iter_raw()


def test_a_zip_in_a_world_that_is_kept(tmp_path: Path, server: ZipServer) -> None:
    """A job goes on in the next process, and the zip lies beside the world's file as long as an image needs it."""
    clock, file = ManualClock(), tmp_path / "w.db"
    first = Simulator(store=SqliteStore(file), clock=clock)
    api = directly(first)
    path = advanced(api)
    api.post(f"{path}/images/bulk-upload", {"zip_url": server.archive({"a.txt": b"", **images("red")})})
    first.close()
    clock.advance(600)
    second = Simulator(store=SqliteStore(file), clock=clock)
    api = directly(second)
    assert status(api, path)["done"] == 1
    assert len(list((tmp_path / "w.db.archives").iterdir())) == 1
    api.delete(path)
    other = advanced(api)
    assert made(api.post(f"{other}/clone")) > 0
    api.post(f"{other}/images/bulk-upload", {"zip_url": f"{server.base}/nothing.zip"})
    assert list((tmp_path / "w.db.archives").iterdir()) == []
    second.close()


def test_temporary_archives_go_with_their_world(server: ZipServer) -> None:
    """The folder of a world in memory is gone when it is closed."""
    api = Account()
    uploaded(api, advanced(api), server.archive(images("red")))
    with api.simulator.transaction() as world:
        folder = world.archives.file("x").parent
    assert folder.is_dir()
    api.simulator.close()
    assert not folder.exists()
