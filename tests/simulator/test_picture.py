"""Pictures behind the addresses of images, where the simulator keeps what was uploaded."""

from io import BytesIO
from pathlib import Path
from urllib.request import urlopen

import pytest
from PIL import Image

from reconciler.simulator import Request, Simulator, SqliteStore, serving
from tests.by_hand import ByHand, Picture, drawn


def addresses(simulator: Simulator, dataset: int) -> dict[str, str]:
    """Both addresses of the only image of a dataset."""
    (image,) = ByHand(simulator).api.get(f"/tailored-gen/datasets/{dataset}/images").json()
    return {"whole": image["image_url"], "small": image["thumbnail_url"]}


def uploaded(simulator: Simulator) -> int:
    hand = ByHand(simulator)
    return hand.dataset(hand.project("Lora"), "poses", [Picture("wave.png", drawn(1))])


def fetched(address: str) -> bytes:
    with urlopen(address) as answer:
        body = answer.read()
    assert isinstance(body, bytes)
    return body


def size(data: bytes) -> tuple[int, int]:
    with Image.open(BytesIO(data)) as image:
        return image.size


def test_uploaded_images_are_shown_cropped(tmp_path: Path) -> None:
    """As the documents tell; by whichever process serves the file later."""
    simulator = Simulator(store=SqliteStore(tmp_path / "w.db"), pictures=True)
    dataset = uploaded(simulator)
    simulator.close()
    again = Simulator(store=SqliteStore(tmp_path / "w.db"), pictures=True)
    with serving(again):
        found = addresses(again, dataset)
        assert size(fetched(found["whole"])) == (1024, 1024)
        assert size(fetched(found["small"])) == (256, 256)
    again.close()


def test_the_original_where_the_switch_says_so() -> None:
    simulator = Simulator(switches={"image_url_form": "original"}, pictures=True)
    dataset = uploaded(simulator)
    with serving(simulator):
        assert fetched(addresses(simulator, dataset)["whole"]) == drawn(1)
    simulator.close()


@pytest.mark.parametrize("change", [("cropped", "forged"), ("/9", "/8"), (".png", "")])
def test_an_address_that_was_not_given_shows_nothing(change: tuple[str, str]) -> None:
    simulator = Simulator(pictures=True)
    dataset = uploaded(simulator)
    with serving(simulator) as base:
        path = addresses(simulator, dataset)["whole"].removeprefix(base.removesuffix("/v1"))
    altered = path.replace(*change) if change[0] in path else path.replace("/cropped/", "/cropped/0")
    reply = simulator.handle(Request(method="GET", path=altered, query="", headers={}, body=b""))
    assert reply.status == 404
    simulator.close()


def test_an_image_that_came_as_an_address_has_no_picture() -> None:
    simulator = Simulator(pictures=True)
    hand = ByHand(simulator)
    dataset = hand.dataset(hand.project("Lora"), "poses", [], status="draft")
    hand.api.post(f"/tailored-gen/datasets/{dataset}/images", {"image_url": "https://a.example/b.png"})
    with serving(simulator) as base:
        path = addresses(simulator, dataset)["whole"].removeprefix(base.removesuffix("/v1"))
    assert simulator.handle(Request(method="GET", path=path, query="", headers={}, body=b"")).status == 404
    simulator.close()


def test_without_the_option_addresses_lead_nowhere() -> None:
    simulator = Simulator()
    dataset = uploaded(simulator)
    with serving(simulator):
        assert addresses(simulator, dataset)["whole"].startswith("https://images.simulator.invalid/")
    simulator.close()
