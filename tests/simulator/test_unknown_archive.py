"""Undocumented behaviour of zip uploads and downloads: every value of every switch."""

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.simulator import ManualClock, Simulator, SqliteStore, console
from tests.simulator.outsider import Account, Json, Outsider, directly, picture, raw64, rejects
from tests.simulator.test_bulk_upload import LARGE, PREFIX, advanced, held, images, status, texts, uploaded
from tests.simulator.unknown import values
from tests.simulator.zip_server import ZipServer, zip_server

DATASETS = "/tailored-gen/datasets"


@pytest.fixture(scope="module")
def module_server() -> Iterator[ZipServer]:
    with zip_server() as server:
        yield server


@pytest.fixture
def server(module_server: ZipServer) -> ZipServer:
    for kept in (module_server.files, module_server.moved, module_server.lengths, module_server.asked):
        kept.clear()
    return module_server


def filled(api: Account, server: ZipServer, *colours: str) -> str:
    """The path of an advanced dataset whose zip has been taken."""
    path = advanced(api)
    uploaded(api, path, server.archive(images(*(colours or ("red",)))))
    return path


@values("bulk_status_none", "404 400 200_pending")
def test_u53_bulk_status_none(value: str) -> None:
    """Before any zip the status is not found, refused, or pending."""
    api = Account(bulk_status_none=value)
    answer = api.get(f"{advanced(api)}/images/bulk-upload/status")
    assert answer.status_code == int(value[:3])
    assert value != "200_pending" or answer.json()["status"] == "pending"


@values("bulk_retry", "400 202")
def test_u54_bulk_retry(value: str, server: ZipServer) -> None:
    """After a zip that brought nothing another one is refused or taken; after one that brought images never."""
    api = Account(bulk_retry=value)
    path = advanced(api)
    uploaded(api, path, f"{server.base}/nothing.zip")
    body = {"zip_url": server.archive(images("red"))}
    assert api.post(f"{path}/images/bulk-upload", body).status_code == int(value)
    rejects(api.post(f"{filled(api, server)}/images/bulk-upload", body), 400)


@values("bulk_path", "images/bulk-upload images/bulk both")
def test_u55_bulk_path(value: str, server: ZipServer) -> None:
    """A zip goes to one path, to another, or to either."""
    api = Account(bulk_path=value)
    for path in ("images/bulk-upload", "images/bulk"):
        answer = api.post(f"{advanced(api)}/{path}", {"zip_url": server.archive(images("red"))})
        assert (answer.status_code == 202) == (value in (path, "both"))


@values("single_upload_on_advanced", "400 409")
def test_u69_single_upload_on_advanced(value: str) -> None:
    """A single image for an advanced dataset is refused in one of two ways."""
    api = Account(single_upload_on_advanced=value)
    rejects(api.post(f"{advanced(api)}/images", {"file": raw64(picture())}), int(value))


@values("zip_fetch", "once_at_start delayed retried")
def test_v50_zip_fetch(value: str, server: ZipServer) -> None:
    """The zip is fetched at once, later, or at once and then again."""
    api = Account(zip_fetch=value)
    path = advanced(api)
    api.post(f"{path}/images/bulk-upload", {"zip_url": server.archive(images("red"))})
    assert len(server.asked) == (0 if value == "delayed" else 1)
    assert status(api, path)["total_processed"] == (1 if value == "once_at_start" else 0)
    api.wait(600)
    assert status(api, path)["done"] == 1
    assert len(server.asked) == (2 if value == "retried" else 1)
    other = advanced(api)
    api.post(f"{other}/images/bulk-upload", {"zip_url": f"{server.base}/soon.zip"})
    server.archive(images("red"), "/soon.zip")
    api.wait(600)
    assert status(api, other)["status"] == ("failed" if value == "once_at_start" else "completed")
    assert uploaded(api, advanced(api), f"{server.base}/never.zip")["status"] == "failed"


@values("zip_url_rules", "any_public https_only head_first no_redirect")
def test_v51_zip_url_rules(value: str, server: ZipServer) -> None:
    """Any address will do, or it must be https, answer HEAD with a length, or be free of redirects."""
    api = Account(zip_url_rules=value)
    url = server.archive(images("red"))
    server.moved["/b.zip"] = "/a.zip"
    if value == "https_only":
        rejects(api.post(f"{advanced(api)}/images/bulk-upload", {"zip_url": url}), 400)
        return
    assert uploaded(api, advanced(api), url)["done"] == 1
    assert server.asked == (["HEAD /a.zip", "GET /a.zip"] if value == "head_first" else ["GET /a.zip"])
    moved = uploaded(api, advanced(api), f"{server.base}/b.zip")
    assert moved["done"] == (0 if value == "no_redirect" else 1)
    server.lengths["/a.zip"] = None
    assert uploaded(api, advanced(api), url)["done"] == (0 if value == "head_first" else 1)


@values("zip_bad", "failed_status 400_message 422_message")
def test_v52_zip_bad(value: str, server: ZipServer) -> None:
    """An address without a zip fails the job or is refused; the one attempt is spent either way."""
    for url in (f"{server.base}/nothing.zip", server.put("/text.zip", b"text")):
        api = Account(zip_bad=value)
        path = advanced(api)
        answer = api.post(f"{path}/images/bulk-upload", {"zip_url": url})
        if value == "failed_status":
            assert answer.status_code == 202
        else:
            rejects(answer, int(value[:3]))
        assert status(api, path)["status"] == "failed"
        rejects(api.post(f"{path}/images/bulk-upload", {"zip_url": server.archive(images("red"))}), 400)


@values("zip_layout", "flat_only nested_flattened nested_ignored")
def test_v53_zip_layout(value: str, server: ZipServer) -> None:
    """An image in a folder fails, counts like any other, or is not seen."""
    api = Account(zip_layout=value)
    path = advanced(api)
    after = uploaded(api, path, server.archive({**images("red"), "poses/green.png": LARGE["green"], "poses/": b""}))
    figures = {"flat_only": (2, 1, 1), "nested_flattened": (2, 2, 0), "nested_ignored": (1, 1, 0)}
    assert (after["total_processed"], after["done"], after["failed"]) == figures[value]
    assert ("green.png" in held(api, path)) == (value == "nested_flattened")


@values("zip_junk", "ignored failed_image job_failed")
def test_v54_zip_junk(value: str, server: ZipServer) -> None:
    """Other files are ignored, listed as failed, or fail the job."""
    api = Account(zip_junk=value)
    junk = {".DS_Store": b"", "__MACOSX/._red.png": b"", "captions.csv": b"a,b"}
    after = uploaded(api, advanced(api), server.archive({**images("red"), **junk}))
    assert after["status"] == ("failed" if value == "job_failed" else "completed")
    assert after["failed"] == (3 if value == "failed_image" else 0)


@values("zip_same_stem", "both_share_txt second_failed last_wins")
def test_v55_zip_same_stem(value: str, server: ZipServer) -> None:
    """Two images of one name share their text, the second fails, or only the last counts."""
    api = Account(zip_same_stem=value)
    path = advanced(api)
    entries = {"a.png": LARGE["red"], "a.jpg": picture("green", 1024, 1024, "JPEG"), "a.txt": b"stands."}
    after = uploaded(api, path, server.archive(entries), automatic_captioning=False)
    names = {"both_share_txt": {"a.png", "a.jpg"}, "second_failed": {"a.png"}, "last_wins": {"a.jpg"}}
    assert held(api, path) == dict.fromkeys(names[value], ("stands.", "manual"))
    assert after["failed"] == (1 if value == "second_failed" else 0)


@values("bulk_image_name", "entry_basename entry_path stem generated")
def test_v56_bulk_image_name(value: str, server: ZipServer) -> None:
    """A zipped image is named by its file, its path, its stem, or anew."""
    api = Account(bulk_image_name=value, zip_layout="nested_flattened")
    path = advanced(api)
    uploaded(api, path, server.archive({"poses/red.png": LARGE["red"]}))
    (name,) = held(api, path)
    wanted = {
        "entry_basename": "red.png",
        "entry_path": "poses/red.png",
        "stem": "red",
        "generated": "image_3000001.png",
    }
    assert name == wanted[value]


@values("zip_over_count", "400_message first_5000 failed_status")
def test_v57_zip_over_count(value: str, server: ZipServer) -> None:
    """More than 5,000 images are refused, cut off, or fail the job."""
    api = Account(zip_over_count=value, bulk_seconds_per_image="0")
    path = advanced(api)
    url = server.archive({f"{at}.png": b"" for at in range(5001)})
    answer = api.post(f"{path}/images/bulk-upload", {"zip_url": url})
    assert answer.status_code == (400 if value == "400_message" else 202)
    api.wait(600)
    after = status(api, path)
    assert (after["status"], after["failed"]) == ("failed", 5000 if value == "first_5000" else 0)


@values("zip_zero_valid", "failed_status completed_all_failed")
def test_v58_zip_zero_valid(value: str, server: ZipServer) -> None:
    """A zip without a valid image fails, or is completed with nothing done."""
    api = Account(zip_zero_valid=value)
    after = uploaded(api, advanced(api), server.archive({"small.png": picture()}))
    assert after["status"] == ("failed" if value == "failed_status" else "completed")
    assert (after["done"], after["failed"]) == (0, 1)


@values("txt_normalize", "verbatim stripped prefix_removed")
def test_v59_txt_normalize(value: str, server: ZipServer) -> None:
    """The text is taken as it is, without outer blanks, or without the prefix as well."""
    api = Account(txt_normalize=value)
    path = advanced(api)
    text = f" {PREFIX}stands still.\n"
    uploaded(api, path, server.archive({**images("red"), **texts(red=text)}), automatic_captioning=False)
    ((caption, _),) = held(api, path).values()
    assert caption == {"verbatim": text, "stripped": text.strip(), "prefix_removed": "stands still."}[value]


@values("txt_missing", "skipped_listed auto_captioned")
def test_v60_txt_missing(value: str, server: ZipServer) -> None:
    """An image without its text is skipped, or captioned by the API."""
    api = Account(txt_missing=value)
    path = advanced(api)
    after = uploaded(api, path, server.archive(images("red")), automatic_captioning=False)
    assert (after["done"], after["failed"]) == ((0, 1) if value == "skipped_listed" else (1, 0))
    assert [source for _, source in held(api, path).values()] == (["automatic"] if after["done"] else [])


@values("txt_in_automatic", "ignored used")
def test_v61_txt_in_automatic(value: str, server: ZipServer) -> None:
    """A text beside an image is ignored or used where captions are automatic."""
    api = Account(txt_in_automatic=value)
    path = advanced(api)
    entries = {**images("red", "green"), **texts(red="stands still.")}
    uploaded(api, path, server.archive(entries), automatic_captioning=True)
    assert held(api, path)["red.png"][1] == ("manual" if value == "used" else "automatic")
    assert held(api, path)["green.png"][1] == "automatic"


@values("automatic_captioning_default", "true false")
def test_v62_automatic_captioning_default(value: str, server: ZipServer) -> None:
    """Left out, captions are automatic or expected as texts."""
    api = Account(automatic_captioning_default=value)
    assert uploaded(api, advanced(api), server.archive(images("red")))["done"] == (1 if value == "true" else 0)


@values("bulk_stored_form", "original crop_1024")
def test_v63_bulk_stored_form(value: str, server: ZipServer) -> None:
    """The address of a zipped image names the original or the crop."""
    api = Account(bulk_stored_form=value)
    (image,) = api.get(f"{filled(api, server)}/images").json()
    assert ("/original/" in image["image_url"]) == (value == "original")


@values("bulk_moderation", "image_failed job_failed")
def test_v64_bulk_moderation(value: str, server: ZipServer) -> None:
    """Moderation refuses one image or the whole zip; without it nothing is refused."""
    api = Account(bulk_moderation=value)
    url = server.archive({**images("red"), "unsafe.png": LARGE["green"]})
    after = uploaded(api, advanced(api), url, content_moderation=True)
    assert (after["status"], after["done"]) == (("completed", 1) if value == "image_failed" else ("failed", 0))
    assert uploaded(api, advanced(api), url)["done"] == 2


@values("bulk_order", "zip_order arbitrary")
def test_v65_bulk_order(value: str, server: ZipServer) -> None:
    """The ids follow the order of the zip, or do not."""
    api = Account(bulk_order=value)
    path = filled(api, server, *LARGE)
    rows = sorted(api.get(f"{path}/images").json(), key=lambda row: int(row["id"]))
    names = [row["image_name"] for row in rows]
    assert sorted(names) == sorted(f"{colour}.png" for colour in LARGE)
    assert (names == [f"{colour}.png" for colour in LARGE]) == (value == "zip_order")


@values("bulk_progress", "monotone jumps stuck")
def test_v66_bulk_progress(value: str, server: ZipServer) -> None:
    """The figures grow, jump at the end, or stop half way for ever."""
    api = Account(bulk_progress=value, bulk_seconds_per_image="10")
    path = advanced(api)
    api.post(f"{path}/images/bulk-upload", {"zip_url": server.archive(images("red", "green", "blue", "white"))})
    seen = []
    for _ in range(4):
        api.wait(10.5)
        seen.append(status(api, path)["progress_percentage"])
    assert seen == {"monotone": [0, 25, 50, 75], "jumps": [0, 0, 0, 0], "stuck": [0, 25, 50, 50]}[value]
    api.wait(100_000)
    assert status(api, path)["status"] == ("processing" if value == "stuck" else "completed")


@values("bulk_caption_timing", "ready later")
def test_v67_bulk_caption_timing(value: str, server: ZipServer) -> None:
    """Captions are there when the job ends, or a little later; one written meanwhile stays."""
    api = Account(bulk_caption_timing=value)
    path = advanced(api)
    api.post(f"{path}/images/bulk-upload", {"zip_url": server.archive(images("red", "green"))})
    api.wait(11)
    assert status(api, path)["status"] == "completed"
    assert (None in {caption for caption, _ in held(api, path).values()}) == (value == "later")
    first = api.get(f"{path}/images").json()[0]["id"]
    api.put(f"{path}/images/{first}", {"caption": "by hand."})
    api.wait(5)
    assert sorted(str(source) for _, source in held(api, path).values()) == ["automatic", "manual"]


@values("captions_source_initial", "null automatic")
def test_v68_captions_source_initial(value: str) -> None:
    """An advanced dataset without images has no source of captions, or an automatic one; a basic one never has."""
    api = Account(captions_source_initial=value)
    assert api.get(advanced(api)).json()["captions_source"] == (None if value == "null" else "automatic")
    assert api.get(f"{DATASETS}/{api.dataset(api.project())}").json()["captions_source"] is None


@values("captions_source_after_edit", "unchanged follows")
def test_v69_captions_source_after_edit(value: str, server: ZipServer) -> None:
    """The source stays, or follows the captions of the images."""
    api = Account(captions_source_after_edit=value)
    path = filled(api, server)
    image = f"{path}/images/{api.get(f'{path}/images').json()[0]['id']}"
    api.put(image, {"caption": "by hand."})
    assert api.get(path).json()["captions_source"] == ("manual" if value == "follows" else "automatic")
    api.put(f"{path}/images")
    api.wait(60)
    assert api.get(path).json()["captions_source"] == "automatic"


@values("write_during_bulk", "409_message allowed")
def test_v70_write_during_bulk(value: str, server: ZipServer) -> None:
    """While the job runs other writes are refused or taken."""
    api = Account(write_during_bulk=value)
    path = advanced(api)
    api.post(f"{path}/images/bulk-upload", {"zip_url": server.archive(images("red"))})
    answer = api.put(path, {"caption_prefix": "A cat, "})
    assert answer.status_code == (409 if value == "409_message" else 200)


@values("clone_advanced", "advanced_full advanced_first_200 advanced_empty 409_message")
def test_v71_clone_advanced(value: str, server: ZipServer) -> None:
    """A clone of an advanced dataset has all images, the first 200, none, or is refused."""
    api = Account(clone_advanced=value, bulk_seconds_per_image="0")
    path = advanced(api)
    uploaded(api, path, server.archive({f"{at}.png": LARGE["red"] for at in range(201)}))
    answer = api.post(f"{path}/clone")
    if value == "409_message":
        rejects(answer, 409)
        return
    counts = {"advanced_full": 201, "advanced_first_200": 200, "advanced_empty": 0}
    assert (answer.json()["upload_type"], answer.json()["images_count"]) == ("advanced", counts[value])


@values("clone_advanced_bulk", "400_message 202")
def test_v72_clone_advanced_bulk(value: str, server: ZipServer) -> None:
    """A zip for a clone is refused or taken."""
    api = Account(clone_advanced_bulk=value)
    path = filled(api, server)
    clone = f"{DATASETS}/{api.post(f'{path}/clone').json()['id']}"
    answer = api.post(f"{clone}/images/bulk-upload", {"zip_url": server.archive(images("green"))})
    assert answer.status_code == int(value[:3])
    api.wait(60)
    assert api.get(clone).json()["images_count"] == (2 if value == "202" else 1)


@values("advanced_needs_expert", "no 400_on_create 409_on_start")
def test_v74_advanced_needs_expert(value: str, server: ZipServer) -> None:
    """An automatic model of an advanced dataset works, is not created, or not started; an expert one works."""
    api = Account(advanced_needs_expert=value)
    path = filled(api, server)
    api.put(path, {"status": "completed"})
    for mode in ("fully_automated", "expert"):
        refused = value if mode == "fully_automated" else "no"
        body = {"name": "m", "dataset_id": path.rsplit("/", 1)[1], "training_mode": mode}
        answer = api.post("/tailored-gen/models", body)
        assert answer.status_code == (400 if refused == "400_on_create" else 201)
        if answer.status_code == 201:
            started = api.post(f"/tailored-gen/models/{answer.json()['id']}/start_training")
            assert started.status_code == (409 if refused == "409_on_start" else 200)


@values("advanced_min_images", "same_as_basic 201")
def test_v75_advanced_min_images(value: str, server: ZipServer) -> None:
    """An advanced dataset is completed with one image, or needs more than 200."""
    api = Account(advanced_min_images=value)
    answer = api.put(filled(api, server), {"status": "completed"})
    assert answer.status_code == (200 if value == "same_as_basic" else 409)


def downloaded(api: Outsider, path: str, key: str = "download_url") -> bytes:
    """What a download address gives, asked without a token."""
    document: Json = api.get(f"/datasets/{path.rsplit('/', 1)[1]}/download").json()
    answer = api.http.get(document[key], headers={"api_token": ""})
    assert answer.status_code == 200, answer.text
    return answer.content


@values("download_draft", "200 409_message")
def test_v76_download_draft(value: str, server: ZipServer) -> None:
    """A draft can be downloaded or not; a completed dataset can."""
    api = Account(download_draft=value)
    path = filled(api, server)
    place = f"/datasets/{path.rsplit('/', 1)[1]}/download"
    assert api.get(place).status_code == int(value[:3])
    api.put(path, {"status": "completed"})
    assert api.get(place).status_code == 200


@values("download_layout", "images_only images_and_txt images_and_metadata")
def test_v77_download_layout(value: str, server: ZipServer) -> None:
    """The archive holds images alone, texts beside them, or one file with all captions."""
    api = Account(download_layout=value)
    path = filled(api, server, "red", "green")
    with zipfile.ZipFile(io.BytesIO(downloaded(api, path))) as archive:
        names = set(archive.namelist())
    more = {"images_and_txt": {"red.txt", "green.txt"}, "images_and_metadata": {"metadata.jsonl"}}
    assert names == {"red.png", "green.png"} | more.get(value, set())


@values("download_bytes", "original processed")
def test_v78_download_bytes(value: str, server: ZipServer) -> None:
    """The bytes are those that were in the zip, or others."""
    api = Account(download_bytes=value)
    path, content = advanced(api), picture("red", 1200, 1024, "JPEG")
    uploaded(api, path, server.archive({"red.jpg": content}))
    with zipfile.ZipFile(io.BytesIO(downloaded(api, path))) as archive:
        assert (archive.read("red.jpg") == content) == (value == "original")


@values("captions_file_format", "json csv jsonl txt_zip")
def test_v79_captions_file_format(value: str, server: ZipServer) -> None:
    """The captions come as JSON, CSV, lines of JSON, or a zip of texts."""
    api = Account(captions_file_format=value)
    path = filled(api, server)
    ((caption, _),) = held(api, path).values()
    content = downloaded(api, path, "captions_url")
    match value:
        case "json":
            assert json.loads(content) == {"red.png": caption}
        case "jsonl":
            assert json.loads(content) == {"file_name": "red.png", "caption": caption}
        case "csv":
            assert content.decode().splitlines()[1] == f'red.png,"{caption}"'
        case _:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                assert archive.read("red.txt").decode() == caption


def test_captions_by_hand_have_no_address(server: ZipServer) -> None:
    """Captions have an address only while all of them are automatic."""
    api = Account()
    path = filled(api, server)
    image = f"{path}/images/{api.get(f'{path}/images').json()[0]['id']}"
    api.put(image, {"caption": "by hand."})
    assert list(api.get(f"/datasets/{path.rsplit('/', 1)[1]}/download").json()) == ["download_url"]


@values("download_ttl_seconds", "3600 86400")
def test_v80_download_ttl_seconds(value: str, server: ZipServer) -> None:
    """An address works so long and no longer, and only with its signature."""
    api = Account(download_ttl_seconds=value)
    path = filled(api, server)
    url = api.get(f"/datasets/{path.rsplit('/', 1)[1]}/download").json()["download_url"]
    api.http.headers["api_token"] = ""
    api.wait(int(value) - 1)
    assert api.http.get(url).status_code == 200
    assert api.http.get(url.replace("images", "captions")).status_code == 403
    assert api.http.get(url.replace("/images", "/others")).status_code == 404
    assert api.http.get(url.partition("?")[0] + "?expires=soon").status_code == 404
    api.wait(2)
    assert api.http.get(url).status_code == 403


@values("download_range", "honoured ignored")
def test_v87_download_range(value: str, server: ZipServer) -> None:
    """The rest of a file alone, if it still is the file that the client knows; or all of it."""
    api = Account(download_range=value)
    path = filled(api, server)
    whole = downloaded(api, path)
    url = api.get(f"/datasets/{path.rsplit('/', 1)[1]}/download").json()["download_url"]
    api.http.headers["api_token"] = ""
    tag = api.http.get(url).headers["etag"]
    rest = api.http.get(url, headers={"range": "bytes=5-", "if-range": tag})
    other = api.http.get(url, headers={"range": "bytes=5-", "if-range": '"another"'})
    beyond = api.http.get(url, headers={"range": f"bytes={len(whole)}-"})
    assert (other.status_code, other.content) == (200, whole)
    if value == "honoured":
        assert (rest.status_code, rest.content, beyond.status_code) == (206, whole[5:], 416)
        assert rest.headers["content-range"] == f"bytes 5-{len(whole) - 1}/{len(whole)}"
    else:
        assert (rest.status_code, rest.content, beyond.content) == (200, whole, whole)


@values("download_entitled", "yes 403_string")
def test_v88_download_entitled(value: str, server: ZipServer) -> None:
    """A plan includes downloads, or a sentence says that it does not."""
    api = Account(download_entitled=value)
    answer = api.get(f"/datasets/{filled(api, server).rsplit('/', 1)[1]}/download")
    assert answer.status_code == (200 if value == "yes" else 403)


def test_no_token_goes_to_the_address_of_a_download(server: ZipServer) -> None:
    """It is refused there, so a download that works was asked for without one."""
    api = Account()
    url = api.get(f"/datasets/{filled(api, server).rsplit('/', 1)[1]}/download").json()["download_url"]
    rejects(api.http.get(url), 400)


def test_download_without_the_zip(tmp_path: Path, server: ZipServer) -> None:
    """A world whose zips were lost gives an archive without images, also where an image never was in one."""
    clock = ManualClock()
    simulator = Simulator(store=SqliteStore(tmp_path / "w.db"), clock=clock)
    api = directly(simulator)
    path = advanced(api)
    api.post(f"{path}/images/bulk-upload", {"zip_url": server.archive(images("red"))})
    clock.advance(60)
    console.add_image(simulator, int(path.rsplit("/", 1)[1]), "by-hand.png")
    with zipfile.ZipFile(io.BytesIO(downloaded(api, path))) as archive:
        assert archive.namelist() == ["red.png"]
    shutil.rmtree(tmp_path / "w.db.archives")
    with zipfile.ZipFile(io.BytesIO(downloaded(api, path))) as archive:
        assert archive.namelist() == []
    simulator.close()


def test_download_of_what_is_gone(server: ZipServer) -> None:
    """An address of a deleted dataset gives nothing; one of an empty dataset an empty archive."""
    api = Account()
    path = advanced(api)
    url = api.get(f"/datasets/{path.rsplit('/', 1)[1]}/download").json()["download_url"]
    with zipfile.ZipFile(io.BytesIO(downloaded(api, path))) as archive:
        assert archive.namelist() == []
    api.delete(path)
    assert api.http.get(url, headers={"api_token": ""}).status_code == 404


@values("failed_images_cap", "all first_100")
def test_v81_failed_images_cap(value: str, server: ZipServer) -> None:
    """All failures are listed, or the first hundred; the count is always whole."""
    api = Account(failed_images_cap=value)
    after = uploaded(api, advanced(api), server.archive({f"{at}.png": b"" for at in range(150)}))
    assert (after["failed"], len(after["failed_images"])) == (150, 150 if value == "all" else 100)


@values("bulk_status_retention", "kept 404")
def test_v82_bulk_status_retention(value: str, server: ZipServer) -> None:
    """More than a day after its end the status is still there, or is not."""
    api = Account(bulk_status_retention=value)
    path = filled(api, server)
    api.wait(23 * 3600)
    assert status(api, path)["status"] == "completed"
    api.wait(2 * 3600)
    answer = api.get(f"{path}/images/bulk-upload/status")
    assert answer.status_code == (404 if value == "404" else 200)


@values("bulk_status_path", "images/bulk-upload/status bulk-upload/status both")
def test_v83_bulk_status_path(value: str, server: ZipServer) -> None:
    """The status is at one path, at another, or at either."""
    api = Account(bulk_status_path=value)
    path = advanced(api)
    api.post(f"{path}/images/bulk-upload", {"zip_url": server.archive(images("red"))})
    for place in ("images/bulk-upload/status", "bulk-upload/status"):
        assert (api.get(f"{path}/{place}").status_code == 200) == (value in (place, "both"))


@values("advanced_single_edit", "allowed 400_message")
def test_v84_advanced_single_edit(value: str, server: ZipServer) -> None:
    """One image of an advanced draft may be changed and deleted, or not."""
    api = Account(advanced_single_edit=value)
    path = filled(api, server)
    image = f"{path}/images/{api.get(f'{path}/images').json()[0]['id']}"
    statuses = [api.put(image, {"caption": "by hand."}).status_code, api.delete(image).status_code]
    assert statuses == ([200, 204] if value == "allowed" else [400, 400])


@values("bulk_source_url", "null zip_url absent")
def test_v85_bulk_source_url(value: str, server: ZipServer) -> None:
    """A zipped image does not say where it came from, says it with the address of the zip, or lacks the key."""
    api = Account(bulk_source_url=value)
    (image,) = api.get(filled(api, server)).json()["images"]
    assert ("upload_source_url" in image) == (value != "absent")
    assert image.get("upload_source_url") == (f"{server.base}/a.zip" if value == "zip_url" else None)


@values("fibo_zip_captions", "ignored used")
def test_v86_fibo_zip_captions(value: str, server: ZipServer) -> None:
    """Texts in the zip of a schema dataset are ignored, or used where they are JSON."""
    api = Account(era="current", fibo_zip_captions=value)
    path = advanced(api)
    entries = {**images("red", "green", "blue"), **texts(red='{"subject": "a cat"}', green="a cat.")}
    after = uploaded(api, path, server.archive(entries))
    assert after["failed"] == (1 if value == "used" else 0)
    assert held(api, path)["red.png"][1] == ("manual" if value == "used" else "pending")
    assert held(api, path)["blue.png"][1] == "pending"
