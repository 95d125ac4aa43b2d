"""The operations of the contract that the product uses: how each is called and what a repetition of it would do."""

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Literal

from reconciler.api.secret_address import SecretAddress
from reconciler.api.upload import Upload
from reconciler.core.value import dataclass

Method = Literal["GET", "POST", "PUT", "DELETE"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation: `name` is the contract's, `template` its path after `/v1`.

    `is_write` tells whether it leaves an effect, so that it must never be repeated without looking.
    """

    name: str
    method: Method
    template: str
    is_write: bool = True
    query: str = ""
    """Sent along as it is, `?` included; a rate limit does not count it."""

    is_second: bool = False
    """Does it live below `/v2`?"""

    extra_seconds: float = 0.0
    """How much longer than others it may take before it answers."""

    @property
    def bucket(self) -> str:
        """What a rate limit counts: method and path template (U57)."""
        return f"{self.method} {self.template}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What has to be done around each try of a call: before it is sent, and once it is known to have had no effect and is tried again.

    What `before` raises ends the call, and nothing is sent.
    """

    before: Callable[[], None]
    undone: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An operation with its ids filled in and its body, ready to be sent; `body` None sends none at all."""

    operation: Operation
    path: str
    body: Mapping[str, object] | Upload | None = field(default=None, repr=False)
    secret: SecretAddress | None = None
    """An address in the body that no message may hold."""
    sending: Sending | None = field(default=None, repr=False, compare=False)

    @property
    def address(self) -> str:
        """Where it is sent to: below the base address, or from the root of the host where it lives beside that."""
        return f"/v2{self.path}" if self.operation.is_second else self.path


def call(operation: Operation, body: Mapping[str, object] | Upload | None = None, **ids: int) -> Call:
    """Fill an operation's template; every id is a number, so that no text of an answer reaches a URL (F22)."""
    return Call(operation=operation, path=operation.template.format(**ids) + operation.query, body=body)


def _read(name: str, template: str) -> Operation:
    return Operation(name=name, method="GET", template=template, is_write=False)


def _models(name: str, template: str) -> Operation:
    """A list with what each model was trained by: a plan shows it before and after, and `moved` compares it."""
    query = "?include_training_parameters=true"
    return Operation(name=name, method="GET", template=template, is_write=False, query=query)


def _write(name: str, method: Method, template: str) -> Operation:
    return Operation(name=name, method=method, template=template)


def _helper(name: str, path: str) -> Operation:
    """It looks at images or a guide, answers, and stores nothing (D05): it may be asked again like a read."""
    return Operation(name=name, method="POST", template=f"/tailored-gen/{path}", is_write=False)


_DRAWING_SECONDS = 240.0
"""A request may wait for what is drawn: always for a portrait, else where that was asked for. To give up early costs."""


def _draws(name: str, template: str, *, is_second: bool = False) -> Operation:
    """It costs each time that it is called, whatever becomes of its answer: it is never sent twice."""
    return Operation(name=name, method="POST", template=template, is_second=is_second, extra_seconds=_DRAWING_SECONDS)


_PROJECTS = "/tailored-gen/projects"
_PROJECT = _PROJECTS + "/{project_id}"
_DATASETS = "/tailored-gen/datasets"
_DATASET = _DATASETS + "/{dataset_id}"
_IMAGES = _DATASET + "/images"
_IMAGE = _IMAGES + "/{image_id}"
_BULK = _IMAGES + "/bulk-upload"
_MODELS = "/tailored-gen/models"
_MODEL = _MODELS + "/{model_id}"

GET_PROJECTS = _read("get-projects", _PROJECTS)
GET_PROJECT = _read("get-project-by-id", _PROJECT)
GET_PROJECT_DATASETS = _read("get-datasets-by-project", _PROJECT + "/datasets")
GET_PROJECT_MODELS = _models("get-models-by-project", _PROJECT + "/models")
GET_DATASETS = _read("get-datasets", _DATASETS)
GET_DATASET = _read("get-dataset-by-id", _DATASET)
GET_IMAGES = _read("get-images", _IMAGES)
GET_BULK_UPLOAD = _read("get-bulk-upload-status", _BULK + "/status")
"""The path of the reference page; prose beside it has another one, which no operation has (V83)."""
DOWNLOAD_DATASET = _read("download-dataset", "/datasets/{dataset_id}/download")
GET_MODELS = _models("get-models", _MODELS)
GET_MODEL = _read("get-model", _MODEL)
DOWNLOAD_MODEL = _read("download-tailored-model", _MODEL + "/download")

CREATE_PROJECT = _write("create-project", "POST", _PROJECTS)
UPDATE_PROJECT = _write("update-project", "PUT", _PROJECT)
CREATE_DATASET = _write("create-dataset", "POST", _DATASETS)
CLONE_DATASET = _write("clone-dataset", "POST", _DATASET + "/clone")
UPDATE_DATASET = _write("update-dataset", "PUT", _DATASET)
UPLOAD_IMAGE = _write("upload-image", "POST", _IMAGES)
DELETE_IMAGE = _write("delete-image", "DELETE", _IMAGE)
BULK_UPLOAD = _write("bulk-upload-images", "POST", _BULK)
REGENERATE_CAPTIONS = _write("regenerate-all-captions", "PUT", _IMAGES)
UPDATE_CAPTION = _write("update-image-caption", "PUT", _IMAGE)
CREATE_MODEL = _write("create-model", "POST", _MODELS)
UPDATE_MODEL = _write("update-model", "PUT", _MODEL)
DELETE_PROJECT = _write("delete-project", "DELETE", _PROJECT)
DELETE_DATASET = _write("delete-dataset", "DELETE", _DATASET)
DELETE_MODEL = _write("delete-model", "DELETE", _MODEL)
STOP_TRAINING = _write("stop-training", "POST", _MODEL + "/stop_training")
START_TRAINING = _write("start-training", "POST", _MODEL + "/start_training")
DELETE_CHECKPOINT = _write("delete-checkpoint", "DELETE", _MODEL + "/checkpoints/{checkpoint_step}")

GENERATE_PREFIX = _helper("generate-prefix", "generate_prefix")
GENERATE_SCHEMA = _helper("generate-visual-schema", "generate_visual_schema")
REFINE_SCHEMA = _helper("refine-json", "refine_structured_prompt")

GET_STATUS = Operation(name="get_status", method="GET", template="/status/{request_id}", is_write=False, is_second=True)
DRAWS = {
    operation.name: operation
    for operation in (
        _draws("text-to-image-tailored", "/text-to-image/tailored/{model_id}"),
        _draws("text-to-vector-tailored", "/text-to-vector/tailored/{model_id}"),
        _draws("text-to-image-checkpoint-tailored", "/text-to-image/tailored/{model_id}/{checkpoint_step}"),
        _draws("text-to-vector-checkpoint-tailored", "/text-to-vector/tailored/{model_id}/{checkpoint_step}"),
        _draws("reimagine-structure-reference", "/reimagine"),
        _draws("restyle-portrait", "/tailored-gen/restyle_portrait"),
        _draws("image-generate-tailored", "/image/generate/tailored", is_second=True),
        _draws("structured-prompt-generate-tailored", "/structured_prompt/generate/tailored", is_second=True),
    )
}
"""Operations that draw with a model, by the contract's names for them."""
