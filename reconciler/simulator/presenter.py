"""Rows as JSON documents: keys by era, timestamps, ids, image addresses, and the switches that change them."""

import hashlib
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from reconciler.simulator.switch import Switches
from reconciler.simulator.world import Dataset, Image, Model, Project, Tables

Document = dict[str, object]

EPOCH: Final = datetime(2025, 3, 11, 9, 0, 0)  # noqa: DTZ001 - the API's own timestamps carry no offset
ORIGIN: Final = "https://images.simulator.invalid"
_ALWAYS: Final = {
    "project": ("id", "project_name"),
    "dataset": ("id", "name", "status"),
    "image": ("id",),
    "model": ("id", "status"),
}


class Presenter:
    """Turns rows into documents."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._readings = count(1)
        self._texts = switches["id_type"] == "numeric_string"
        self._zulu = switches["timestamp_format"] == "z_seconds"
        self._era = switches["era"]

    def id(self, number: int) -> int | str:
        """An id."""
        return str(number) if self._texts else number

    def stamp(self, seconds: float) -> str:
        """A timestamp."""
        moment = EPOCH + timedelta(microseconds=round(seconds * 1_000_000))
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if self._zulu else moment.isoformat(timespec="microseconds")

    def trimmed(self, kind: str, document: Document) -> Document:
        """The answer to a create or an update, which may hold only the keys that are always there."""
        if self._switches["response_trim"] == "full":
            return document
        return {key: document[key] for key in _ALWAYS[kind]}

    def _described(self, document: Document, key: str, value: str | None) -> None:
        if value:
            document[key] = value
        elif self._switches["description_default"] != "absent":
            document[key] = "" if self._switches["description_default"] == "empty_string" else None

    def project(self, row: Project, *, listed: bool = False) -> Document:
        """A project; only lists show when it was last changed."""
        document: Document = {"id": self.id(row.id), "project_name": row.project_name}
        self._described(document, "project_description", row.project_description)
        document |= {
            "ip_name": row.ip_name,
            "ip_description": row.ip_description,
            "ip_medium": row.ip_medium,
            "ip_type": row.ip_type,
            "status": "active",
            "created_at": self.stamp(row.created),
        }
        if listed:
            document["updated_at"] = self.stamp(row.updated)
        if self._era == "mixed":
            document["training_version"] = row.training_version
        return document

    def dataset(self, tables: Tables, row: Dataset) -> Document:
        """A dataset as lists show it, without its images."""
        document: Document = {"id": self.id(row.id), "project_id": self.id(row.project_id), "name": row.name}
        if self._era == "current":
            document["visual_schema"] = row.visual_schema
        else:
            document["caption_prefix"] = row.caption_prefix
        if self._era == "mixed":
            document["training_version"] = row.training_version
        document |= {
            "status": row.status,
            "captions_update_status": row.captions_update_status,
            "upload_type": row.upload_type,
            "images_count": tables.images.count_of(row.id),
            "created_at": self.stamp(row.created),
            "updated_at": self.stamp(row.updated),
        }
        if self._era != "current":
            document["captions_source"] = None if row.upload_type == "basic" else "automatic"
        if row.description is not None:
            document["description"] = row.description
        return document

    def whole_dataset(self, tables: Tables, row: Dataset, most: int = 200) -> Document:
        """A dataset with its first images."""
        document = self.dataset(tables, row)
        document["images"] = [self.image(image, nested=True) for image in self.order(tables.images.of(row.id))[:most]]
        return document

    def order(self, images: list[Image]) -> list[Image]:
        """Images in the order in which lists give them."""
        if self._switches["images_list"] != "unordered":
            return images
        return sorted(images, key=lambda image: hashlib.sha256(str(image.id).encode()).digest())

    def image(self, row: Image, *, nested: bool = False) -> Document:
        """An image; only inside a dataset does it say where it was uploaded from."""
        document: Document = {
            "id": self.id(row.id),
            "dataset_id": self.id(row.dataset_id),
            "caption": row.caption,
            "caption_source": row.caption_source,
            "image_name": row.image_name,
            "image_url": self._address(row, self._switches["image_url_form"]),
            "thumbnail_url": self._address(row, "thumbnail"),
            "created_at": self.stamp(row.created),
            "updated_at": self.stamp(row.updated),
        }
        if nested:
            document["upload_source_url"] = row.upload_source_url
        return document

    def _address(self, row: Image, form: str) -> str:
        address = f"{ORIGIN}/{form}/{row.sha256[:16]}/{row.id}.png"
        if self._switches["image_url_expiry"] == "stable":
            return address
        signature = hashlib.sha256(f"{row.id}/{next(self._readings)}".encode()).hexdigest()[:16]
        return f"{address}?signature={signature}"

    def model(self, tables: Tables, row: Model, *, parameters: bool = True) -> Document:
        """A model."""
        dataset = None if row.dataset_id is None else tables.datasets.get(row.dataset_id)
        lost = dataset is None and self._switches["orphan_model"] == "null"
        document: Document = {"id": self.id(row.id), "name": row.name}
        self._described(document, "description", row.description)
        document |= {
            "status": row.status,
            "training_mode": row.training_mode,
            "project_id": self.id(row.project_id),
            "dataset_id": None if lost or row.dataset_id is None else self.id(row.dataset_id),
            "active_model_version": row.active_model_version,
            "checkpoint_steps": [str(step) for step in row.checkpoints],
            "custom_metadata": "",
            "created_at": self.stamp(row.created),
            "updated_at": self.stamp(row.updated),
        }
        if self._era != "current":
            document["training_version"] = row.training_version
            self._prefixed(document, row, dataset)
        if parameters:
            document["training_parameters"] = dict(row.training_parameters)
        return document

    def _prefixed(self, document: Document, row: Model, dataset: Dataset | None) -> None:
        if row.generation_prefix is not None:
            live = self._switches["model_snapshot"] == "live" and dataset is not None
            document["generation_prefix"] = dataset.caption_prefix if live and dataset else row.generation_prefix
        elif self._switches["prefix_before_training"] != "absent":
            before = self._switches["prefix_before_training"]
            document["generation_prefix"] = "" if before == "empty_string" else None
