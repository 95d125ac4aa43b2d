"""The API's words and ours: a parsed answer as the values of `core.live`. Pure; ValueError where it does not fit."""

import json
from collections.abc import Mapping

from reconciler.api.endpoint import parse_address
from reconciler.api.error_text import safe
from reconciler.api.payload import (
    BulkUploadPayload,
    DatasetPayload,
    FailedImagePayload,
    ImagePayload,
    ModelPayload,
    ProjectPayload,
    each_once,
    fit,
    fit_all,
    identify,
)
from reconciler.core.bulk_upload import BulkState, BulkUpload, FailedImage
from reconciler.core.guide import BOTH, Family, Guide, PrefixGuide, SchemaGuide, family_of_version, schema_guide
from reconciler.core.live import (
    DatasetStatus,
    ModelStatus,
    RemoteDataset,
    RemoteImage,
    RemoteModel,
    RemoteProject,
)
from reconciler.core.strictjson import BadJson, loads
from reconciler.core.training import TrainingParameters

_PREFIX_KEYS = ("prefix", "caption_prefix", "generation_prefix")


def project(document: object, *, id: int | None = None) -> RemoteProject:  # noqa: A002 - the API's word
    """One project; with `id`, it must be that one."""
    payload = fit(ProjectPayload, document)
    _same("id", payload.id, id)
    return _project(payload)


def projects(document: object) -> tuple[RemoteProject, ...]:
    """A list of projects."""
    return tuple(_project(payload) for payload in fit_all(ProjectPayload, document))


def dataset(document: object, *, id: int | None = None, project_id: int | None = None) -> RemoteDataset:  # noqa: A002
    """One dataset, with the images that the answer lists; with `id` or `project_id`, it must be that one."""
    payload = fit(DatasetPayload, document)
    _same("id", payload.id, id)
    return _dataset(payload, project_id)


def datasets(document: object, *, project_id: int | None = None) -> tuple[RemoteDataset, ...]:
    """A list of datasets; of one project, where the answer was asked for it."""
    return tuple(_dataset(payload, project_id) for payload in fit_all(DatasetPayload, document))


def image(document: object, *, dataset_id: int, image_name: str = "") -> RemoteImage:
    """One image of a dataset; `image_name` stands in where the answer has none (U50)."""
    return _image(fit(ImagePayload, document), dataset_id, image_name)


def images(document: object, *, dataset_id: int) -> tuple[RemoteImage, ...]:
    """A list of the images of a dataset."""
    return tuple(_image(payload, dataset_id) for payload in fit_all(ImagePayload, document))


def model(document: object, *, id: int | None = None, name: str | None = None) -> RemoteModel:  # noqa: A002
    """One model; with `id`, it must be that one. `name` stands in where the answer has none (U50)."""
    payload = fit(ModelPayload, document)
    _same("id", payload.id, id)
    return _model(payload, name)


def models(document: object, *, project_id: int | None = None) -> tuple[RemoteModel, ...]:
    """A list of models, Deleted ones too (U06); of one project, where the answer was asked for it."""
    return tuple(_model(payload, None, project_id) for payload in fit_all(ModelPayload, document))


def prefix(document: object) -> str:
    """The text of `generate_prefix`, under whichever of the three keys it comes (U64)."""
    if isinstance(document, Mapping):
        for key in _PREFIX_KEYS:
            text = document.get(key)
            if isinstance(text, str) and text.strip():
                return text
    raise ValueError("holds no prefix")


def schema(document: object, *, key: str) -> SchemaGuide:
    """A JSON object under a key: in a text, as documented, or as the JSON itself."""
    found = document.get(key) if isinstance(document, Mapping) else None
    try:
        value = loads(found) if isinstance(found, str) else found
    except BadJson:
        value = None
    if not isinstance(value, dict) or not value:
        raise ValueError(f"holds no JSON object as {key}")
    return schema_guide(value)


def acknowledgement(document: object, *, id: int | None = None) -> None:  # noqa: A002 - the API's word
    """An answer to a change, of which only this is used: that it is an object, and of no other id."""
    if not isinstance(document, Mapping):
        raise ValueError("is no object")  # noqa: TRY004 - an answer that does not fit, not a mistake of ours
    found = document.get("id")
    _same("id", None if found is None else identify(found), id)


def nothing(document: object) -> None:
    """An answer that may be empty."""
    if document is not None:
        acknowledgement(document)


def download_address(document: object) -> str:
    """Where a dataset can be downloaded, which may be signed; empty where nothing that could be asked is told."""
    found = document.get("download_url") if isinstance(document, Mapping) else None
    return found if isinstance(found, str) and parse_address(found) is not None else ""


def bulk_upload(document: object) -> BulkUpload:
    """What became of the archive of a dataset."""
    payload = fit(BulkUploadPayload, document)
    return BulkUpload(
        state=bulk_state(payload.status),
        found=payload.total_processed or 0,
        done=payload.done or 0,
        failed=payload.failed or 0,
        failures=tuple(map(_failed_image, payload.failed_images or ())),
    )


def _failed_image(payload: FailedImagePayload) -> FailedImage:
    """A failure; a message may repeat the address of the archive, so it loses the queries of addresses."""
    code = payload.error_code
    return FailedImage(
        filename=payload.filename if isinstance(payload.filename, str) else "",
        code=code if isinstance(code, int) and not isinstance(code, bool) else None,
        message=safe(payload.error_message, str) if isinstance(payload.error_message, str) else "",
    )


def bulk_state(word: str) -> BulkState:
    """The state of an archive in any letter case; UNKNOWN for a word that the contract does not have."""
    try:
        return BulkState(word.strip().lower())
    except ValueError:
        return BulkState.UNKNOWN


def model_status(word: str) -> ModelStatus:
    """A model status in any letter case; UNKNOWN for a word that the contract does not have (F24)."""
    try:
        return ModelStatus(word.strip().lower())
    except ValueError:
        return ModelStatus.UNKNOWN


def dataset_status(word: str) -> DatasetStatus:
    """A dataset status in any letter case; UNKNOWN for a word that the contract does not have (F24)."""
    try:
        return DatasetStatus(word.strip().lower())
    except ValueError:
        return DatasetStatus.UNKNOWN


def _same(field: str, found: int | None, asked: int | None) -> None:
    if asked is not None and found is not None and found != asked:
        raise ValueError(f"{field}: is another one")


def _project(payload: ProjectPayload) -> RemoteProject:
    return RemoteProject(
        id=payload.id,
        project_name=payload.project_name,
        project_description=payload.project_description or "",
        ip_name=payload.ip_name,
        ip_description=payload.ip_description,
        ip_medium=payload.ip_medium,
        ip_type=payload.ip_type,
        training_version=payload.training_version,
        knows=BOTH if "training_version" in payload.written else frozenset(),
    )


def _dataset(payload: DatasetPayload, project_id: int | None) -> RemoteDataset:
    _same("project_id", payload.project_id, project_id)
    found = None if payload.images is None else tuple(_image(item, payload.id) for item in payload.images)
    each_once(payload.images or ())
    family = _family(payload)
    return RemoteDataset(
        id=payload.id,
        name=payload.name,
        status=dataset_status(payload.status),
        project_id=payload.project_id or project_id,
        family=family,
        knows=_known_families(payload),
        guide=_guide(payload, family),
        captions_update_status=_lower(payload.captions_update_status),
        upload_type=_lower(payload.upload_type),
        images_count=payload.images_count,
        images=found,
    )


def _family(payload: DatasetPayload) -> Family | None:
    """By its version, else by the guide's field that the answer has (D06). Of both fields, the one that holds something."""
    if told := family_of_version(payload.training_version):
        return told
    fields = {"caption_prefix", "visual_schema"} & payload.written
    if len(fields) > 1:
        fields = {field for field in fields if getattr(payload, field) is not None}
    if len(fields) != 1:
        return None
    return "prefix" if "caption_prefix" in fields else "schema"


def _known_families(payload: DatasetPayload) -> frozenset[Family]:
    """Which families the account knows, by the fields of the answer: an old object shows the newer field too."""
    fields: dict[str, frozenset[Family]] = {
        "training_version": BOTH,
        "caption_prefix": frozenset({"prefix"}),
        "visual_schema": frozenset({"schema"}),
    }
    return frozenset().union(*(known for field, known in fields.items() if field in payload.written))


def _guide(payload: DatasetPayload, family: Family | None) -> Guide | None:
    """What guides the captions; a schema may come as JSON in a text, as documented, or as the JSON itself."""
    if family == "prefix":
        return None if payload.caption_prefix is None else PrefixGuide(text=payload.caption_prefix)
    schema = payload.visual_schema
    if schema is None:
        return None
    return SchemaGuide(text=schema if isinstance(schema, str) else json.dumps(schema, ensure_ascii=False))


def _image(payload: ImagePayload, dataset_id: int, image_name: str = "") -> RemoteImage:
    _same("dataset_id", payload.dataset_id, dataset_id)
    return RemoteImage(
        id=payload.id,
        image_name=image_name if payload.image_name is None else payload.image_name,
        caption=payload.caption,
        caption_source=_lower(payload.caption_source),
        image_url=payload.image_url,
        thumbnail_url=payload.thumbnail_url,
    )


def _model(payload: ModelPayload, name: str | None, project_id: int | None = None) -> RemoteModel:
    _same("project_id", payload.project_id, project_id)
    status = model_status(payload.status)
    called = payload.name if payload.name is not None else name
    if called is None and status is not ModelStatus.DELETED:
        raise ValueError("name: is missing")
    return RemoteModel(
        id=payload.id,
        name=called or "",
        status=status,
        word=payload.status,
        description=payload.description or "",
        training_mode=payload.training_mode,
        training_version=payload.training_version,
        dataset_id=payload.dataset_id,
        project_id=payload.project_id or project_id,
        parameters=_parameters(payload.training_parameters or {}),
        checkpoint_steps=_steps(payload.checkpoint_steps),
        active_version=_step(payload.active_model_version),
        created_at=payload.created_at,
        updated_at=payload.updated_at,
    )


def _steps(given: object) -> tuple[str, ...] | None:
    """The steps of checkpoints; None for what is no list of them, by which nothing is ever deleted."""
    if not isinstance(given, list):
        return None
    steps = [_step(one) for one in given]
    return tuple(step for step in steps if step is not None) if None not in steps else None


def _step(given: object) -> str | None:
    return str(given) if isinstance(given, int | str) and not isinstance(given, bool) else None


def _parameters(given: Mapping[str, object]) -> TrainingParameters:
    """The parameters that have a plain value; a null one is one that does not apply."""
    return tuple(
        (name, value)
        for name, value in sorted(given.items())
        if isinstance(value, int | float | str) and not isinstance(value, bool)
    )


def _lower(word: str | None) -> str | None:
    return None if word is None else word.strip().lower()
