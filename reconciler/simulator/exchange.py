"""One request on its way through an operation: the world, the switches, the path's ids and the query."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from reconciler.simulator.body import Body, read_body
from reconciler.simulator.image_file import ImageReader
from reconciler.simulator.presenter import Presenter
from reconciler.simulator.request import Rejection, Request, Response, answer
from reconciler.simulator.switch import Switches
from reconciler.simulator.world import AnyTable, Dataset, Image, Model, Project, Tables, World

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What an operation is given, and how it answers."""

    world: World
    switches: Switches
    presenter: Presenter
    image_reader: ImageReader
    operation: str
    request: Request
    ids: tuple[int, ...]
    query: Mapping[str, str]

    @property
    def now(self) -> float:
        """Simulated seconds."""
        return self.world.time

    def plays(self, name: str, value: str) -> bool:
        """Whether a switch is set to a value."""
        return self.switches[name] == value

    def body(self) -> Body:
        """The request's body, checked against the table of its fields."""
        return read_body(self.request, self.operation, self.switches)

    def raw(self) -> Mapping[str, object]:
        """The whole body as it was sent, documented or not; `body` has already found it to be an object."""
        document = json.loads(self.request.body)
        return document if isinstance(document, dict) else {}

    def lists(self) -> Tables:
        """The tables that lists are served from, which may lag."""
        lag = self.switches.seconds("list_lag_seconds")
        return self.world.as_of(self.now - lag) if lag else self.world

    def project(self) -> Project:
        """The project that the path names."""
        return found(self.world.projects.get(self.ids[0]), "project", self.ids[0])

    def dataset(self) -> Dataset:
        """The dataset that the path names."""
        return found(self.world.datasets.get(self.ids[0]), "dataset", self.ids[0])

    def image(self) -> Image:
        """The image that the path names inside its dataset."""
        dataset = self.dataset()
        image = self.world.images.get(self.ids[1])
        inside = image if image is not None and image.dataset_id == dataset.id else None
        return found(inside, "image", self.ids[1])

    def model(self) -> Model:
        """The model that the path names, unless it was deleted."""
        model = self.world.models.get(self.ids[0])
        return found(None if model is None or model.status == "Deleted" else model, "model", self.ids[0])

    def flag(self, name: str) -> bool:
        """A true-or-false parameter of the query."""
        value = self.query.get(name, "false")
        if value not in ("true", "false"):
            raise Rejection(422, f"{name} must be true or false", name=name, given=value, shape="list", place="query")
        return value == "true"

    def deleted_before(self, table: AnyTable, number: int) -> bool:
        """Whether a deletion comes too late and counts as done all the same."""
        return self.plays("delete_twice", "204") and table.get(number) is None and table.existed(number)

    def answer_project(self, status: int, row: Project) -> Response:
        """The answer that shows a project."""
        return answer(status, self.presenter.project(self.operation, row))

    def answer_dataset(self, status: int, row: Dataset, *, most: int = 200) -> Response:
        """The answer that shows a dataset."""
        return answer(status, self.presenter.dataset(self.operation, self.world, row, most=most))

    def answer_image(self, status: int, row: Image) -> Response:
        """The answer that shows an image."""
        return answer(status, self.presenter.image(self.operation, row))

    def answer_model(self, status: int, row: Model) -> Response:
        """The answer that shows a model."""
        return answer(status, self.presenter.model(self.operation, self.world, row))


def found(row: T | None, kind: str, number: int) -> T:
    """The row, or a 404."""
    if row is None:
        raise Rejection(404, f"No {kind} with id {number}")
    return row
