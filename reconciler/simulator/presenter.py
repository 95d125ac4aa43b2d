"""Rows as JSON documents: the keys of the era's table, timestamps, ids, image addresses, and what switches bend."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from reconciler.simulator.answer_keys import ALWAYS, ANSWER_KEYS, IN_CLONE, IN_DATASET, Keys
from reconciler.simulator.switch import Switches
from reconciler.simulator.world import Dataset, Image, Model, Project, Tables, family_of

Document = dict[str, object]

EPOCH: Final = datetime(2025, 3, 11, 9, 0, 0)  # noqa: DTZ001 - the API's own timestamps carry no offset
ORIGIN: Final = "https://images.simulator.invalid"
DAY: Final = 24 * 3600.0
_WRITES: Final = ("create-", "update-", "clone-", "upload-", "regenerate-", "start-")
_BY_ID: Final = ("get-dataset-by-id", "update-dataset")
"""The two answers that show a guide even where nothing else tells the family of an object (V97)."""

_GUIDES: Final = ("caption_prefix", "visual_schema")
_LIFETIME_DAYS: Final = {"3d": 3, "org_policy": 30}


class Presenter:
    """Turns rows into documents."""

    def __init__(self, switches: Switches) -> None:
        self.origin = ORIGIN
        """What stands before the path in the addresses of pictures."""
        self._switches = switches
        self._readings = count(1)
        self._texts = switches["id_type"] == "numeric_string"
        self._zulu = switches["timestamp_format"] == "z_seconds"
        self._era = switches["era"]
        self._keys = ANSWER_KEYS[self._era]

    def id(self, number: int) -> int | str:
        """An id."""
        return str(number) if self._texts else number

    def stamp(self, seconds: float) -> str:
        """A timestamp."""
        moment = EPOCH + timedelta(microseconds=round(seconds * 1_000_000))
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if self._zulu else moment.isoformat(timespec="microseconds")

    def project(self, operation: str, row: Project) -> Document:
        """A project."""
        document: Document = {
            "id": self.id(row.id),
            "project_name": row.project_name,
            "ip_name": row.ip_name or "",
            "ip_description": row.ip_description or "",
            "ip_medium": row.ip_medium,
            "ip_type": row.ip_type,
            "status": "active",
            "created_at": self.stamp(row.created),
            "updated_at": self.stamp(row.updated),
        }
        self._describe(document, "project_description", row.project_description)
        version = row.training_version
        if version is not None or self._switches["training_version_null"] != "absent":
            unlocked = "fibo" if self._switches["training_version_null"] == "fibo" else None
            document["training_version"] = unlocked if version is None else version
        return self._listed("project", operation, document, self._family_keys(operation, self._keys[operation]))

    def dataset(
        self,
        operation: str,
        tables: Tables,
        row: Dataset,
        *,
        most: int = 200,
        models: Document | None = None,
    ) -> Document:
        """A dataset; `most` is how many of its images are shown, where the operation shows any."""
        keys = self._keys[operation]
        document: Document = {
            "id": self.id(row.id),
            "project_id": self.id(row.project_id),
            "name": row.name,
            "caption_prefix": row.caption_prefix if row.family == "prefix" else None,
            "visual_schema": row.visual_schema if row.family == "schema" else None,
            "training_version": row.training_version,
            "status": row.status,
            "captions_update_status": row.captions_update_status,
            "upload_type": row.upload_type,
            "captions_source": self._captions_source(row),
            "images_count": tables.images.count_of(row.id),
            "created_at": self.stamp(row.created),
            "updated_at": self.stamp(row.updated),
            **(models or {}),
        }
        if operation == "update-dataset" and self._switches["response_trim"] == "observed":
            keys = (*keys, "images")
        if "images" in keys:
            place = IN_CLONE if operation == "clone-dataset" else IN_DATASET
            images = self.order(tables.images.of(row.id))[:most]
            document["images"] = [self.image(place, image) for image in images]
        keys = self._family_keys(operation, self._guide_keys(keys, row))
        document = self._listed("dataset", operation, document, keys)
        if row.description is not None:
            document["description"] = row.description
        return document

    def _captions_source(self, row: Dataset) -> str | None:
        if row.upload_type == "basic" or row.captions_source is not None:
            return row.captions_source
        return None if self._switches["captions_source_initial"] == "null" else "automatic"

    def _guide_keys(self, keys: Keys, row: Dataset) -> Keys:
        """The guide keys of an old prefix dataset in the current era are not documented."""
        rule = self._switches["legacy_read_today"]
        if self._era != "current" or row.family == "schema" or rule == "schema_null_only":
            return keys
        shown = _GUIDES if rule == "both_keys" else ("caption_prefix",)
        at = keys.index("visual_schema")
        return (*keys[:at], *shown, *keys[at + 1 :])

    def _family_keys(self, operation: str, keys: Keys) -> Keys:
        """What tells the family of an object, beside or in place of its guide (V97)."""
        rule = self._switches["family_signal"]
        if self._era == "legacy" or rule == "guide_keys":
            return keys
        if rule == "training_version":
            return keys if "training_version" in keys else (*keys, "training_version")
        hidden = ("training_version",) if operation in _BY_ID else ("training_version", *_GUIDES)
        return tuple(key for key in keys if key not in hidden)

    def order(self, images: list[Image]) -> list[Image]:
        """Images in the order in which lists give them; no document states one."""
        if self._switches["images_list"] != "unordered":
            return images
        return sorted(images, key=lambda image: hashlib.sha256(str(image.id).encode()).digest())

    def image(self, operation: str, row: Image) -> Document:
        """An image."""
        crop = self._switches["bulk_stored_form"] == "crop_1024"
        zipped = "cropped" if crop else "original"
        document: Document = {
            "id": self.id(row.id),
            "dataset_id": self.id(row.dataset_id),
            "caption": row.caption,
            "caption_source": row.caption_source,
            "image_name": row.image_name,
            "image_url": self._address(row, zipped if row.archive else self._switches["image_url_form"]),
            "thumbnail_url": self._address(row, "thumbnail"),
            "upload_source_url": row.upload_source_url,
            "created_at": self.stamp(row.created),
            "updated_at": self.stamp(row.updated),
        }
        if row.archive and self._switches["bulk_source_url"] == "absent":
            del document["upload_source_url"]
        return self._listed("image", operation, document, self._keys[operation])

    def _address(self, row: Image, form: str) -> str:
        address = f"{self.origin}/{form}/{row.sha256[:16]}/{row.id}.png"
        query = {}
        if self._switches["image_url_expiry"] != "stable":
            query["signature"] = hashlib.sha256(f"{row.id}/{next(self._readings)}".encode()).hexdigest()[:16]
        days = _LIFETIME_DAYS.get(self._switches["training_image_ttl"])
        if days is not None:
            query["expires"] = self.stamp(row.updated + days * DAY)
        return address + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")

    def model(self, operation: str, tables: Tables, row: Model, *, parameters: bool = True) -> Document:
        """A model; lists show its parameters and its checkpoints on request only."""
        dataset = None if row.dataset_id is None else tables.datasets.get(row.dataset_id)
        lost = dataset is None and self._switches["orphan_model"] == "null"
        document: Document = {
            "id": self.id(row.id),
            "name": row.name,
            "status": row.status,
            "training_mode": row.training_mode,
            "training_version": row.training_version,
            "project_id": self.id(row.project_id),
            "dataset_id": None if lost or row.dataset_id is None else self.id(row.dataset_id),
            "active_model_version": row.active_model_version,
            "custom_metadata": "",
            "created_at": self.stamp(row.created),
            "updated_at": self.stamp(row.updated),
        }
        self._describe(document, "description", row.description)
        self._prefix(document, row, dataset)
        if parameters:
            document["training_parameters"] = dict(row.training_parameters)
            document["checkpoint_steps"] = [str(step) for step in row.checkpoints]
        return self._listed("model", operation, document, self._family_keys(operation, self._keys[operation]))

    def _prefix(self, document: Document, row: Model, dataset: Dataset | None) -> None:
        if family_of(row.training_version) == "schema":
            document["generation_prefix"] = None
        elif row.generation_prefix is not None:
            live = self._switches["model_snapshot"] == "live" and dataset is not None
            document["generation_prefix"] = dataset.caption_prefix if live and dataset else row.generation_prefix
        elif self._switches["prefix_before_training"] != "absent":
            before = self._switches["prefix_before_training"]
            document["generation_prefix"] = "" if before == "empty_string" else None

    def other(self, operation: str, document: Mapping[str, object]) -> Document:
        """An answer that is no object of the account."""
        return {key: document[key] for key in self._keys[operation] if key in document}

    def _describe(self, document: Document, key: str, value: str | None) -> None:
        if value:
            document[key] = value
        elif self._switches["description_default"] != "absent":
            document[key] = "" if self._switches["description_default"] == "empty_string" else None

    def _listed(self, kind: str, operation: str, document: Document, keys: Keys) -> Document:
        """The keys of the table, in its order; in the answer to a write perhaps only those that are always there."""
        if self._switches["response_trim"] == "trimmed" and operation.startswith(_WRITES):
            keys = ALWAYS[kind]
        return {key: document[key] for key in keys if key in document}
