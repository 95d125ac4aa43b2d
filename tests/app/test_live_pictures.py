"""Pictures of live images: which are asked for, what is made of the answers, and where their addresses never stand."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from PIL import Image

from reconciler.api.network import DIRECT
from reconciler.app.live_pictures import LivePictures, live_pictures
from reconciler.app.simulate import Simulation, open_world
from reconciler.cli.entry import run
from reconciler.core.live import DatasetStatus, Observed, RemoteDataset, RemoteImage, by_identity
from reconciler.core.name import parse_image_key
from reconciler.files.image.thumbnail import EDGE
from reconciler.simulator import serving
from tests.api.peer import Behaviour, answer, peer, says
from tests.cli.conftest import plant
from tests.core.build import live_image

TOKEN = "canary-token"


def png(side: int = 256) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (side, side), (200, 100, 50)).save(file, "PNG")
    return file.getvalue()


def shows(body: bytes) -> Behaviour:
    return says(answer(200, body, "connection: close"))


def at(name: str, address: str | None) -> RemoteImage:
    """A live image whose picture is there."""
    image = live_image(1, name)
    return RemoteImage(id=1, image_name=image.image_name, thumbnail_url=address)


def key(name: str) -> str:
    found = parse_image_key(live_image(1, name).image_name)
    assert found is not None
    return found


def observed(*datasets: tuple[RemoteImage, ...] | None) -> Observed:
    """Datasets with these images, numbered from 1; None is one that was not read."""
    return Observed(
        live=by_identity(
            RemoteDataset(id=id_, name=f"d{id_}", status=DatasetStatus.COMPLETED, images=images)
            for id_, images in enumerate(datasets, 1)
        )
    )


async def test_a_live_picture_is_shown_small() -> None:
    """As WebP, as those of the tree are."""
    async with peer(shows(png(600))) as (endpoint, _):
        look = observed((at("wave", f"{endpoint.origin}/wave.png"),))
        found = await live_pictures(look, [key("wave")], [endpoint.origin.removeprefix("http://")], network=DIRECT)
    assert not found.reasons
    with Image.open(io.BytesIO(found.pictures[key("wave")]), formats=("WEBP",)) as image:
        assert image.size == (EDGE, EDGE)


async def test_only_what_is_wanted_and_live_is_asked_for() -> None:
    """Once each, from the newest dataset that says where it is; of what is not live nothing is said."""
    async with peer(shows(png())) as (endpoint, seen):

        def there(path: str) -> str:
            return f"{endpoint.origin}/{path}"

        look = observed(
            (at("wave", there("old-wave")), at("jump", there("old-jump")), at("sit", there("sit"))),
            (at("wave", there("new-wave")), at("wave", there("twin")), at("jump", None)),
            None,
            (RemoteImage(id=9, image_name="by-hand.png", thumbnail_url=there("by-hand")),),
        )
        wanted = [key("jump"), key("wave"), key("nobody")]
        found = await live_pictures(look, wanted, [endpoint.origin.removeprefix("http://")], network=DIRECT)
    assert list(found.pictures) == [key("jump"), key("wave")]
    assert not found.reasons
    assert sorted(head.split()[1] for head in seen.heads) == ["/new-wave", "/old-jump"]


async def test_without_a_host_nothing_is_asked_and_the_way_is_told() -> None:
    """The reason names the host, and nothing else of the address."""
    address = "https://images.example.com:8443/private/a.png?X-Amz-Signature=5ec7e7"
    look = observed((at("wave", address), at("jump", None)))
    found = await live_pictures(look, [key("wave"), key("jump")], [], network=DIRECT)
    assert found == LivePictures(
        reasons={
            key(
                "wave"
            ): "its picture is at images.example.com:8443: `--pictures-from images.example.com:8443` shows it",
            key("jump"): "the API gives no address of its picture that could be asked",
        }
    )


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><title>Sign in</title>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"GIF89a",
        png()[:-20],
        png().replace((256).to_bytes(4, "big") * 2, (60_000).to_bytes(4, "big") * 2),
    ],
    ids=["page", "svg", "gif", "cut", "huge"],
)
async def test_what_cannot_be_decoded_is_no_picture(body: bytes) -> None:
    """Whatever the server calls it."""
    behaviour = says(answer(200, body, "connection: close", "content-type: image/png"))
    async with peer(behaviour) as (endpoint, _):
        host = endpoint.origin.removeprefix("http://")
        found = await live_pictures(observed((at("wave", endpoint.origin),)), [key("wave")], [host], network=DIRECT)
    assert found == LivePictures(reasons={key("wave"): f"what {host} sent is no picture that can be shown"})


@contextmanager
def account() -> Iterator[str]:
    """The address of a served simulator whose pictures have another signature in each answer (U34)."""
    switches = ("image_url_expiry=rotates_each_get", "list_latency_ms=0")
    world = open_world(Simulation(switches=switches))
    try:
        with serving(world) as address:
            yield address
    finally:
        world.close()


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a tree."""
    plant(tmp_path)
    for name, value in {"TIER": "enterprise", "SETTLE": "0"}.items():
        monkeypatch.setenv(f"RECONCILER_{name}", value)
    monkeypatch.setenv("BRIA_API_TOKEN", TOKEN)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def thumbnails(api: str) -> set[str]:
    """The addresses in one answer of the API."""
    with httpx.Client(base_url=api, headers={"api_token": TOKEN}) as http:
        dataset = http.get("/tailored-gen/datasets").json()[0]
        images = http.get(f"/tailored-gen/datasets/{dataset['id']}").json()["images"]
    return {image["thumbnail_url"] for image in images}


def test_u34_h81_h88_no_signed_address_is_written_anywhere(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Not in a plan, a report, a journal, a cache or a log, with everything said that can be said."""
    caplog.set_level(0)
    with account() as api:
        monkeypatch.setenv("RECONCILER_ENDPOINT", api.removesuffix("/v1"))
        assert run(("apply", "--yes", "-vv"), os.environ) == 0
        (tree / "manifests/images/wave.png").unlink()
        (tree / "manifests/images/wave.txt").unlink()
        for form in ("text", "json", "markdown", "html"):
            assert run(("plan", "-vv", "--refresh", "full", "--format", form, "--out", "plan.json"), os.environ) == 0
        first, second = thumbnails(api), thumbnails(api)
    out, err = capfd.readouterr()
    assert len(first) == 5
    assert all("?signature=" in address for address in first)
    assert not first & second
    files = [file for file in tree.rglob("*") if file.is_file() and file.suffix != ".png"]
    assert {"plan.json", "journal.jsonl"} <= {file.name for file in files}
    assert "wave" in out
    assert "GET /tailored-gen/datasets/" in err
    for text in (out, err, caplog.text, *(file.read_bytes().decode("latin-1") for file in files)):
        assert "signature=" not in text
        assert "/thumbnail/" not in text
        assert "/cropped/" not in text
