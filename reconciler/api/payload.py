"""The API's answers as it writes them: tolerant where the contract leaves things open, strict where nonsense stands.

Unknown fields are ignored, optional ones may be absent or null. An id is a number from 1 to 2^63-1, or its digits
(U49, F22). ValueError says in a few words of our own what does not fit; it quotes nothing of the answer.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, ClassVar, Final, TypeVar

from reconciler.api.endpoint import parse_address
from reconciler.core.typed import Key, Misfit, Typed, read
from reconciler.core.value import dataclass

MAXIMUM_ID: Final = 2**63 - 1
_ID_DIGITS: Final = 19


def identify(value: object) -> int:
    """An id from a number or from digits, never from a truth value or a fraction; ValueError for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _ID_DIGITS:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAXIMUM_ID:
        raise Misfit("is no id")
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


Id = Annotated[int, Key(reader=identify)]
Moment = Annotated[str | None, Key(reader=_moment)]
Picture = Annotated[str | None, Key(reader=_picture)]
Count = Annotated[int, Key(ge=0, le=MAXIMUM_ID)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Typed):
    """What is read of an answer. It may hold more."""

    ignores_others: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload(Answer):
    """An object of the API."""

    id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPayload(Payload):
    """A project."""

    project_name: str
    project_description: str | None = None
    ip_name: str | None = None
    ip_description: str | None = None
    ip_medium: str | None = None
    ip_type: str | None = None
    training_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePayload(Payload):
    """An image; `image_name` may be null after a clone (U71)."""

    dataset_id: Id | None = None
    image_name: str | None = None
    caption: str | None = None
    caption_source: str | None = None
    image_url: Picture = None
    thumbnail_url: Picture = None


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedImagePayload(Answer):
    """An image of an archive that was not taken; what is told of it in another form than expected is left out."""

    filename: object = None
    error_code: object = None
    error_message: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkUploadPayload(Answer):
    """The status of the upload of an archive: counts may be absent, and the list of failures may be cut (V81)."""

    status: str
    total_processed: Count | None = None
    done: Count | None = None
    failed: Count | None = None
    failed_images: list[FailedImagePayload] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
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


P = TypeVar("P", bound=Answer)


def fit(model: type[P], document: object) -> P:
    """A document as one payload."""
    try:
        return read(model, document)
    except Misfit as misfit:
        place = ".".join(map(str, misfit.steps))
        raise ValueError(f"{place}: {misfit.what}" if place else misfit.what) from None


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
