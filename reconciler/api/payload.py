"""The API's answers as it writes them: tolerant where the contract leaves things open, strict where nonsense stands.

Unknown fields are ignored, optional ones may be absent or null. An id is a number from 1 to 2^63-1, or its digits
(U49, F22). ValueError says in a few words of our own what does not fit; it quotes nothing of the answer.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from reconciler.api.endpoint import parse_address

MAXIMUM_ID: Final = 2**63 - 1
_ID_DIGITS: Final = 19


def identify(value: object) -> int:
    """An id from a number or from digits, never from a truth value or a fraction; ValueError for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _ID_DIGITS:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAXIMUM_ID:
        raise ValueError("is no id")
    return value


def _moment(value: object) -> str | None:
    """A timestamp in either form of the contract (U48) as it was written; what is none is left out, never a failure."""
    if not isinstance(value, str):
        return None
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return None
    return value


def _picture(value: object) -> str | None:
    """The address of a picture, as it was written; what could not be asked is left out, never a failure (H67)."""
    return value if isinstance(value, str) and parse_address(value) is not None else None


Id = Annotated[int, BeforeValidator(identify)]
Moment = Annotated[str | None, BeforeValidator(_moment)]
Picture = Annotated[str | None, BeforeValidator(_picture)]
Count = Annotated[int, Field(ge=0, le=MAXIMUM_ID)]


class Payload(BaseModel):
    """What all answers have in common."""

    model_config = ConfigDict(extra="ignore", strict=True)

    id: Id


class ProjectPayload(Payload):
    """A project."""

    project_name: str
    project_description: str | None = None
    ip_name: str | None = None
    ip_description: str | None = None
    ip_medium: str | None = None
    ip_type: str | None = None
    training_version: str | None = None


class ImagePayload(Payload):
    """An image; `image_name` may be null after a clone (U71)."""

    dataset_id: Id | None = None
    image_name: str | None = None
    caption: str | None = None
    caption_source: str | None = None
    image_url: Picture = None
    thumbnail_url: Picture = None


class DatasetPayload(Payload):
    """A dataset, from a list (then without `images`) or by itself."""

    name: str
    status: str
    project_id: Id | None = None
    training_version: str | None = None
    caption_prefix: str | None = None
    visual_schema: object = None
    captions_update_status: str | None = None
    upload_type: str | None = None
    images_count: Count | None = None
    images: list[ImagePayload] | None = None


class FailedImagePayload(BaseModel):
    """An image of an archive that was not taken; what is told of it in another form than expected is left out."""

    model_config = ConfigDict(extra="ignore")

    filename: object = None
    error_code: object = None
    error_message: object = None


class BulkUploadPayload(BaseModel):
    """The status of the upload of an archive: counts may be absent, and the list of failures may be cut (V81)."""

    model_config = ConfigDict(extra="ignore", strict=True)

    status: str
    total_processed: Count | None = None
    done: Count | None = None
    failed: Count | None = None
    failed_images: list[FailedImagePayload] | None = None


class ModelPayload(Payload):
    """A model; a create answer may lack its name (U50)."""

    status: str
    name: str | None = None
    description: str | None = None
    training_mode: str | None = None
    training_version: str | None = None
    project_id: Id | None = None
    dataset_id: Id | None = None
    training_parameters: dict[str, object] | None = None
    checkpoint_steps: object = None
    active_model_version: object = None
    generation_prefix: str | None = None
    created_at: Moment = None
    updated_at: Moment = None


P = TypeVar("P", bound=BaseModel)


def fit(model: type[P], document: object) -> P:
    """A document as one payload."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise ValueError(_reason(error)) from None


L = TypeVar("L", bound=Payload)


def fit_all(model: type[L], document: object) -> tuple[L, ...]:
    """A document as a list of payloads, each id once (F23)."""
    if not isinstance(document, list):
        raise ValueError("is no list")  # noqa: TRY004 - an answer that does not fit, not a mistake of ours
    found = tuple(fit(model, item) for item in document)
    each_once(found)
    return found


def each_once(payloads: Sequence[Payload]) -> None:
    """ValueError if two share an id (F23)."""
    if len({payload.id for payload in payloads}) != len(payloads):
        raise ValueError("holds one id twice")


def _reason(error: ValidationError) -> str:
    """The first fault: where, by our own field names and positions, and what."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    told = first["msg"].removeprefix("Value error, ")
    return f"{place}: {told}" if place else told
