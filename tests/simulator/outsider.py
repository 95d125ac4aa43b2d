"""A client written from the API's documents alone: plain httpx, no help from the rest of the project."""

import base64
from functools import cache
from io import BytesIO
from typing import Any

import httpx
from PIL import Image

from reconciler.simulator import ManualClock, Request, Simulator, parse_fault

Json = Any
DATASETS = "/tailored-gen/datasets"


@cache
def picture(colour: str = "red", width: int = 256, height: int = 256, kind: str = "PNG") -> bytes:
    """A picture of one colour."""
    buffer = BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, kind)
    return buffer.getvalue()


def raw64(data: bytes) -> str:
    """Raw base64, as an upload wants it."""
    return base64.b64encode(data).decode()


CHARACTER = {
    "project_name": "Elephants",
    "ip_medium": "photography",
    "ip_type": "defined_character",
    "ip_name": "BriaPhant",
    "ip_description": "a purple skinned elephant",
}


class Direct(httpx.BaseTransport):
    """Carries requests to a simulator in this process."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.simulator.handle(
            Request(
                method=request.method,
                path=request.url.path,
                query=request.url.query.decode(),
                headers=dict(request.headers),
                body=request.read(),
            )
        )
        return httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body)


def directly(simulator: Simulator) -> "Outsider":
    """An outsider without a network between."""
    return Outsider(
        httpx.Client(transport=Direct(simulator), base_url="http://simulator/v1", headers={"api_token": "t"})
    )


class Outsider:
    """The few calls that most tests begin with."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def get(self, path: str, **query: object) -> httpx.Response:
        return self.http.get(path, params={name: str(value) for name, value in query.items()})

    def post(self, path: str, body: Json = None) -> httpx.Response:
        return self.http.post(path) if body is None else self.http.post(path, json=body)

    def put(self, path: str, body: Json = None) -> httpx.Response:
        return self.http.put(path) if body is None else self.http.put(path, json=body)

    def delete(self, path: str) -> httpx.Response:
        return self.http.delete(path)

    def project(self, **fields: object) -> int:
        return made(self.post("/tailored-gen/projects", {**CHARACTER, **fields}))

    def dataset(self, project: int, **fields: object) -> int:
        return made(self.post("/tailored-gen/datasets", {"project_id": project, "name": "Poses", **fields}))

    def upload(self, dataset: int, data: bytes, **fields: object) -> Json:
        answer = self.post(f"/tailored-gen/datasets/{dataset}/images", {"file": raw64(data), **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def model(self, dataset: int, **fields: object) -> int:
        return made(self.post("/tailored-gen/models", {"name": "First", "dataset_id": dataset, **fields}))

    def completed(self, project: int, **fields: object) -> int:
        dataset = self.dataset(project, **fields)
        self.upload(dataset, picture())
        assert self.put(f"/tailored-gen/datasets/{dataset}", {"status": "completed"}).status_code == 200
        return dataset


def made(answer: httpx.Response) -> int:
    """The id in the answer to a create."""
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


class Account(Outsider):
    """An outsider with an empty account of its own, switches set as named, and the clock in hand."""

    def __init__(self, *, faults: tuple[str, ...] = (), **switches: str) -> None:
        self.clock = ManualClock()
        self.simulator = Simulator(clock=self.clock, switches=switches, faults=[parse_fault(fault) for fault in faults])
        super().__init__(directly(self.simulator).http)

    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def trained(self, dataset: int, **fields: object) -> int:
        """A model whose training has ended."""
        model = self.model(dataset, **fields)
        assert self.post(f"/tailored-gen/models/{model}/start_training").status_code == 200
        self.wait(4 * 3600)
        return model


def draft(api: Account, *colours: str) -> str:
    """The path of a draft with images of these colours."""
    dataset = api.dataset(api.project())
    for colour in colours:
        api.upload(dataset, picture(colour), image_name=f"{colour}.png")
    return f"{DATASETS}/{dataset}"


def captions(api: Account, path: str) -> list[str]:
    """The captions in a dataset."""
    return [image["caption"] for image in api.get(f"{path}/images").json()]


def image_of(api: Account, path: str) -> str:
    """The path of the first image in a dataset."""
    return f"{path}/images/{api.get(path).json()['images'][0]['id']}"


def rejects(answer: httpx.Response, status: int, shape: str = "message") -> None:
    """The answer refuses with this status, in a body of this shape."""
    assert answer.status_code == status, answer.text
    document = answer.json()
    match shape:
        case "text":
            assert isinstance(document, str)
        case "list":
            assert isinstance(document, list)
            assert {"type", "msg"} <= document[0].keys()
        case "fields":
            assert document["errors"][0].keys() == {"msg", "field_name", "field_input"}
            assert all(isinstance(value, str) for value in document["errors"][0].values())
        case _:
            assert isinstance(document[shape], str)
