"""What a team made before it had this tool, by plain calls of the API: `python examples/adopt/world.py ADDRESS`.

One project, a dataset of eight mugs under the names that a camera gave them, a caption that somebody corrected, and an expert
model. Nothing here is of this project but the address.
"""

import base64
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.request import Request, urlopen

MUGS = Path(__file__).parent.parent / "expert" / "mugs"
PREFIX = "A photo of a cream enamel mug with a green rim,"


def call(address: str, method: str, path: str, body: Mapping[str, object] | None = None) -> dict[str, object]:
    """One call; the answer is a JSON object."""
    headers = {"api_token": "anything", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"{address}/tailored-gen{path}", data=data, headers=headers, method=method)  # noqa: S310 - typed by hand
    with urlopen(request) as answer:  # noqa: S310 - the same
        document = json.load(answer)
    assert isinstance(document, dict)
    return document


def main(address: str) -> None:
    """Make it all; the model is trained at the end."""
    project = call(
        address,
        "POST",
        "/projects",
        {"project_name": "Mugs (studio shoot)", "ip_medium": "photography", "ip_type": "other"},
    )
    dataset = call(address, "POST", "/datasets", {"project_id": project["id"], "name": "mugs FINAL v2"})
    place = f"/datasets/{dataset['id']}"
    call(address, "PUT", place, {"caption_prefix": PREFIX})
    for number, file in enumerate(sorted(MUGS.glob("*.jpg")), 1):
        name = f"IMG_{number:04}.jpg"
        image = call(
            address,
            "POST",
            f"{place}/images",
            {"file": base64.b64encode(file.read_bytes()).decode(), "image_name": name},
        )
        if number == 1:
            call(address, "PUT", f"{place}/images/{image['id']}", {"caption": "seen from above on a wooden board."})
    call(address, "PUT", place, {"status": "completed"})
    model = call(
        address,
        "POST",
        "/models",
        {
            "name": "mugs rank 64 (good one)",
            "dataset_id": dataset["id"],
            "training_mode": "expert",
            "training_version": "bria-3.2",
        },
    )
    call(address, "POST", f"/models/{model['id']}/start_training", {"rank": 64})
    while call(address, "GET", f"/models/{model['id']}")["status"] != "Completed":
        time.sleep(0.05)  # noqa: TID251 - a script of people who know no clock


if __name__ == "__main__":
    main(sys.argv[1])
