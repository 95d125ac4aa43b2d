"""An account with one model of each kind, ready to draw, for the tests of generation."""

from functools import cache
from io import BytesIO

import httpx
from PIL import Image

from reconciler.simulator.console import add_dataset
from reconciler.simulator.world import Model, family_of
from tests.simulator.outsider import Account, Json, picture, raw64

TO_IMAGE, TO_VECTOR = "/text-to-image/tailored", "/text-to-vector/tailored"
REIMAGINE, PORTRAIT = "/reimagine", "/tailored-gen/restyle_portrait"
V2 = "http://simulator/v2"
IMAGE, STRUCTURED = f"{V2}/image/generate/tailored", f"{V2}/structured_prompt/generate/tailored"
VIDEO = f"{V2}/video/generate/tailored/image-to-video"
ELEPHANT = {"prompt": "an elephant", "seed": 7}


@cache
def file(width: int = 64, height: int = 64, colour: str = "red") -> str:
    """A picture as raw base64."""
    return raw64(picture(colour, width, height))


class Studio(Account):
    """An account of the mixed era, with models of illustrations that have ended their training."""

    def __init__(
        self, *versions: str, medium: str = "illustration", status: str = "Completed", **switches: Json
    ) -> None:
        super().__init__(era="mixed", **switches)
        self.models = [self._trained(version, medium, status) for version in versions or ("light",)]

    @property
    def first(self) -> int:
        return self.models[0]

    def _trained(self, version: str, medium: str, status: str) -> int:
        project = self.project(ip_medium=medium, training_version="fibo" if version == "fibo" else "max")
        schema = '{"style": "ink"}' if family_of(version) == "schema" else None
        dataset = add_dataset(self.simulator, project, "Poses", visual_schema=schema, training_version=version)
        expert = version.startswith("bria")
        with self.simulator.transaction() as world:
            model = Model(
                id=world.models.claim(),
                project_id=project,
                dataset_id=dataset,
                name=version,
                description=None,
                status=status,
                training_mode="expert" if expert else "fully_automated",
                training_version=version,
                generation_prefix="" if version == "fibo" else "A drawing of ",
                checkpoints=(500, 1000) if expert else (),
                active_model_version="1000" if expert else "default",
                created=world.time,
                updated=world.time,
            )
            world.models.put(model)
        return model.id

    def draw(self, path: str = TO_IMAGE, model: int | None = None, **fields: object) -> httpx.Response:
        """A v1 request from text, that waits for two results at most."""
        return self.post(f"{path}/{model or self.first}", {**ELEPHANT, "num_results": 1, **fields})

    def fetch(self, url: str) -> httpx.Response:
        """A result, without the token."""
        request = self.http.build_request("GET", url)
        del request.headers["api_token"]
        return self.http.send(request)

    def drawn(self, path: str = TO_IMAGE, model: int | None = None, **fields: object) -> bytes:
        """The bytes of the first result."""
        answer = self.draw(path, model, **fields)
        assert answer.status_code == 200, answer.text
        return self.fetch(answer.json()["result"][0]["urls"][0]).content

    def job(self, path: str = IMAGE, **fields: object) -> Json:
        """The status of a v2 job that has had its time."""
        answer = self.post(path, {"tailored_model_id": str(self.first), "prompt": "an elephant", **fields})
        assert answer.status_code == 202, answer.text
        self.wait(10)
        return self.get(answer.json()["status_url"]).json()


def size(data: bytes) -> tuple[int, int]:
    """The sides of a picture."""
    with Image.open(BytesIO(data)) as opened:
        opened.load()
        return opened.size
