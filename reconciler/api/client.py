"""The one client of the Tailored Generation API: a coroutine for each thing that the product asks of it.

Reads are repeated until they serve, writes only where the last try had no effect; what else can happen is in `error`.
"""

from base64 import b64encode
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import httpx

from reconciler.api import operation as op
from reconciler.api import translate
from reconciler.api.caller import Caller, Pace
from reconciler.api.endpoint import Endpoint
from reconciler.api.error import Rejected, UnfitAnswer
from reconciler.api.network import DIRECT, Network
from reconciler.api.observer import Observer, Unwatched
from reconciler.api.operation import Call, Sending, call
from reconciler.api.secret_address import SecretAddress
from reconciler.api.server_time import ServerTime
from reconciler.api.token import Token
from reconciler.api.transport import build_http_client
from reconciler.api.upload import ImageSource, Upload
from reconciler.clock import Clock
from reconciler.core.adoption import NOTHING_ADOPTED
from reconciler.core.bulk_upload import NO_BULK_UPLOAD, BulkUpload
from reconciler.core.guide import Guide, SchemaGuide
from reconciler.core.kind import Kind
from reconciler.core.live import RemoteDataset, RemoteImage, RemoteModel, RemoteProject
from reconciler.core.training import ParameterValue
from reconciler.core.uploads import Uploads

if TYPE_CHECKING:  # most runs draw nothing and fetch no file
    from reconciler.api import generation
    from reconciler.api.download import Files
    from reconciler.api.result import ResultFetcher

T = TypeVar("T")

EMBEDDED_IMAGES = 200
"""Images that GET dataset lists at most (D04)."""


class Client:
    """Calls to one endpoint. Use it in `async with`, in one event loop; `transport` takes the place of the network."""

    def __init__(
        self,
        endpoint: Endpoint,
        token: Token | None = None,
        *,
        clock: Clock,
        pace: Pace | None = None,
        observer: Observer | None = None,
        network: Network = DIRECT,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        pace = pace or Pace()
        if endpoint.is_simulator:
            pace = replace(pace, deadline=None)
        self._http = build_http_client(
            endpoint,
            token,
            network=network,
            transport=transport,
            read_seconds=pace.read_seconds,
            connect_seconds=pace.connect_seconds,
            connections=pace.concurrency,
        )
        self._endpoint, self._network, self._transport = endpoint, network, transport
        self.adopted = NOTHING_ADOPTED
        """What git adopted: from then on every answer shows it as git knows it."""
        mask = token.mask if token is not None else str
        self._caller = Caller(self._http, clock=clock, pace=pace, observer=observer or Unwatched(), mask=mask)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    @property
    def calls(self) -> int:
        """Exchanges sent so far, repetitions included."""
        return self._caller.tally.total()

    @property
    def server_time(self) -> ServerTime:
        """How fast the server's time passes, as it said last to a client with a PacedClock."""
        return self._caller.server_time

    @property
    def tally(self) -> Mapping[str, int]:
        """The same for each bucket of the rate limit, such as `GET /tailored-gen/models`."""
        return dict(self._caller.tally)

    async def list_projects(self) -> tuple[RemoteProject, ...]:
        """Every project of the account."""
        return await self._caller.ask(call(op.GET_PROJECTS), translate.projects)

    async def list_datasets(self) -> tuple[RemoteDataset, ...]:
        """Every dataset of the account, without images."""
        return self._known_datasets(await self._caller.ask(call(op.GET_DATASETS), translate.datasets))

    async def list_models(self) -> tuple[RemoteModel, ...]:
        """Every model of the account; Deleted ones where the API shows them."""
        return self._known_models(await self._caller.ask(call(op.GET_MODELS), translate.models))

    async def list_project_datasets(self, project_id: int) -> tuple[RemoteDataset, ...]:
        """The datasets of one project; each carries its `project_id`, whether the answer does or not."""
        fit = partial(translate.datasets, project_id=project_id)
        return self._known_datasets(await self._caller.ask(call(op.GET_PROJECT_DATASETS, project_id=project_id), fit))

    async def list_project_models(self, project_id: int) -> tuple[RemoteModel, ...]:
        """The models of one project; each carries its `project_id`, whether the answer does or not."""
        fit = partial(translate.models, project_id=project_id)
        return self._known_models(await self._caller.ask(call(op.GET_PROJECT_MODELS, project_id=project_id), fit))

    async def get_project(self, project_id: int) -> RemoteProject | None:
        """A project, or None if there is none of this id."""
        fit = partial(translate.project, id=project_id)
        return await self._if_there(call(op.GET_PROJECT, project_id=project_id), fit)

    async def get_model(self, model_id: int) -> RemoteModel | None:
        """A model, or None if there is none of this id; a Deleted one has that status (U05)."""
        fit = partial(translate.model, id=model_id)
        found = await self._if_there(call(op.GET_MODEL, model_id=model_id), fit)
        return None if found is None else self.adopted.model(found)

    async def get_dataset(self, dataset_id: int) -> RemoteDataset | None:
        """A dataset with all its images, or None if there is none of this id; UnfitAnswer if images stay missing (F20)."""
        fit = partial(translate.dataset, id=dataset_id)
        found = await self._if_there(call(op.GET_DATASET, dataset_id=dataset_id), fit)
        if found is not None and not _has_all_images(found):
            listed = await self._list_images(dataset_id)
            found = None if listed is None else _with_images(found, listed)
        return None if found is None else self.adopted.dataset(found)

    async def get_bulk_upload(self, dataset_id: int) -> BulkUpload:
        """What became of the archive of a dataset; NONE where the API knows of none, in whatever way it says so (U53)."""
        try:
            return await self._caller.ask(call(op.GET_BULK_UPLOAD, dataset_id=dataset_id), translate.bulk_upload)
        except Rejected as rejected:
            if rejected.status in {400, 404}:
                return NO_BULK_UPLOAD
            raise

    async def get_download_address(self, dataset_id: int) -> str:
        """Where the images of a dataset can be had in one file; empty where the API offers none, as of a basic one."""
        try:
            return await self._caller.ask(call(op.DOWNLOAD_DATASET, dataset_id=dataset_id), translate.download_address)
        except Rejected as rejected:
            if rejected.status in {400, 403, 404, 409, 410}:
                return ""
            raise

    async def get_files(self, kind: Kind, id: int) -> "Files":  # noqa: A002 - the API's word
        """Where the files of a trained model or of a dataset of archives can be had."""
        from reconciler.api.download import files_of

        return await self._caller.ask(*files_of(kind, id))

    async def start_bulk_upload(self, dataset_id: int, address: SecretAddress, captioning: Mapping[str, bool]) -> None:
        """Let the API fetch an archive. The address is in the body alone, and in no message."""
        body = {"zip_url": address.url, **captioning}
        wanted = replace(call(op.BULK_UPLOAD, body, dataset_id=dataset_id), secret=address)
        await self._caller.ask(wanted, translate.nothing)

    def _known_datasets(self, found: tuple[RemoteDataset, ...]) -> tuple[RemoteDataset, ...]:
        return tuple(self.adopted.dataset(one) for one in found)

    def _known_models(self, found: tuple[RemoteModel, ...]) -> tuple[RemoteModel, ...]:
        return tuple(self.adopted.model(one) for one in found)

    async def _list_images(self, dataset_id: int) -> tuple[RemoteImage, ...] | None:
        fit = partial(translate.images, dataset_id=dataset_id)
        return await self._if_there(call(op.GET_IMAGES, dataset_id=dataset_id), fit)

    async def _if_there(self, wanted: Call, fit: Callable[[object], T]) -> T | None:
        """What `fit` makes of the answer, or None where the API says that there is no such thing."""
        try:
            return await self._caller.ask(wanted, fit)
        except Rejected as error:
            if error.status == 404:
                return None
            raise

    async def create_project(self, body: Mapping[str, str]) -> RemoteProject:
        """Create a project from the fields of the contract."""
        return await self._caller.ask(call(op.CREATE_PROJECT, body), translate.project)

    async def update_project(self, project_id: int, body: Mapping[str, str]) -> None:
        """Change fields of a project."""
        fit = partial(translate.acknowledgement, id=project_id)
        await self._caller.ask(call(op.UPDATE_PROJECT, body, project_id=project_id), fit)

    async def create_dataset(
        self, *, project_id: int, name: str, uploads: Uploads, training_version: str | None = None
    ) -> RemoteDataset:
        """Create a draft. `training_version` asks for a family where the account knows both; None is not sent."""
        body = {"project_id": project_id, "name": name, "upload_type": uploads.upload_type}
        if training_version is not None:
            body["training_version"] = training_version
        fit = partial(translate.dataset, project_id=project_id)
        return await self._caller.ask(call(op.CREATE_DATASET, body), fit)

    async def clone_dataset(self, dataset_id: int, *, name: str) -> RemoteDataset:
        """Copy a dataset as a draft; whether the name was taken is for the caller to look at (U72)."""
        wanted = call(op.CLONE_DATASET, {"name": name}, dataset_id=dataset_id)
        return self.adopted.dataset(await self._caller.ask(wanted, translate.dataset))

    async def update_dataset(
        self, dataset_id: int, *, name: str | None = None, guide: Guide | None = None, status: str | None = None
    ) -> None:
        """Change those fields of a dataset that are given."""
        fields = {"name": name, **({} if guide is None else guide.body), "status": status}
        body = {field: value for field, value in fields.items() if value is not None}
        fit = partial(translate.acknowledgement, id=dataset_id)
        await self._caller.ask(call(op.UPDATE_DATASET, body, dataset_id=dataset_id), fit)

    async def upload_image(
        self, dataset_id: int, *, image_name: str, source: ImageSource, increase_resolution: bool
    ) -> RemoteImage:
        """Upload one image; ContentChanged if the file is no longer what was hashed, and then nothing arrives."""
        body = Upload(
            operation=op.UPLOAD_IMAGE.name,
            image_name=image_name,
            source=source,
            increase_resolution=increase_resolution,
        )
        fit = partial(translate.image, dataset_id=dataset_id, image_name=image_name)
        return await self._caller.ask(call(op.UPLOAD_IMAGE, body, dataset_id=dataset_id), fit)

    async def delete_image(self, dataset_id: int, image_id: int) -> None:
        """Remove an image; one that is gone already counts as removed (U37)."""
        await self._if_there(call(op.DELETE_IMAGE, dataset_id=dataset_id, image_id=image_id), translate.nothing)

    async def regenerate_captions(self, dataset_id: int) -> None:
        """Start the regeneration of all captions of a dataset."""
        await self._caller.ask(call(op.REGENERATE_CAPTIONS, dataset_id=dataset_id), translate.nothing)

    async def regenerate_caption(self, dataset_id: int, image_id: int) -> None:
        """Have the caption of one image written again."""
        await self._write_caption(dataset_id, image_id, {"regenerate_caption": True})

    async def update_caption(self, dataset_id: int, image_id: int, caption: str) -> None:
        """Write the caption of one image by hand."""
        await self._write_caption(dataset_id, image_id, {"caption": caption})

    async def _write_caption(self, dataset_id: int, image_id: int, body: Mapping[str, object]) -> None:
        fit = partial(translate.acknowledgement, id=image_id)
        await self._caller.ask(call(op.UPDATE_CAPTION, body, dataset_id=dataset_id, image_id=image_id), fit)

    async def create_model(
        self, *, name: str, dataset_id: int, training_mode: str, training_version: str | None, description: str
    ) -> RemoteModel:
        """Create a model, without starting its training. `training_version` None is not sent: the schema family has none."""
        body = {"name": name, "dataset_id": dataset_id, "training_mode": training_mode, "description": description}
        if training_version is not None:
            body["training_version"] = training_version
        return await self._caller.ask(call(op.CREATE_MODEL, body), partial(translate.model, name=name))

    async def update_model(self, model_id: int, *, name: str, description: str) -> None:
        """Change name and description of a model."""
        body = {"name": name, "description": description}
        fit = partial(translate.acknowledgement, id=model_id)
        await self._caller.ask(call(op.UPDATE_MODEL, body, model_id=model_id), fit)

    async def start_training(self, model_id: int, parameters: Mapping[str, ParameterValue]) -> None:
        """Start the training of a model; without parameters no body is sent at all."""
        fit = partial(translate.acknowledgement, id=model_id)
        await self._caller.ask(call(op.START_TRAINING, parameters or None, model_id=model_id), fit)

    async def stop_training(self, model_id: int) -> None:
        """Ask a training to stop; what the answer holds is undocumented, so it is not read (U43)."""
        await self._caller.ask(call(op.STOP_TRAINING, model_id=model_id), translate.nothing)

    async def delete_project(self, project_id: int) -> None:
        """Delete a project with all that it holds; one that is gone already counts as deleted (U37)."""
        await self._if_there(call(op.DELETE_PROJECT, project_id=project_id), translate.nothing)

    async def delete_dataset(self, dataset_id: int) -> None:
        """Delete a dataset with its images; one that is gone already counts as deleted (U37)."""
        await self._if_there(call(op.DELETE_DATASET, dataset_id=dataset_id), translate.nothing)

    async def delete_model(self, model_id: int) -> None:
        """Delete a model; one that is gone already counts as deleted (U37)."""
        await self._if_there(call(op.DELETE_MODEL, model_id=model_id), translate.nothing)

    async def delete_checkpoint(self, model_id: int, step: int) -> None:
        """Delete a checkpoint of a trained expert model (D15); one that is gone already counts as deleted."""
        wanted = call(op.DELETE_CHECKPOINT, model_id=model_id, checkpoint_step=step)
        await self._if_there(wanted, translate.nothing)

    async def generate_prefix(
        self, images: Sequence[bytes], *, ip_type: str, ip_medium: str, ip_name: str | None, is_moderated: bool = False
    ) -> str:
        """A caption prefix that fits one to six images; it is not stored anywhere."""
        body: dict[str, object] = {**_pictures(images, is_moderated), "ip_type": ip_type, "ip_medium": ip_medium}
        if ip_name is not None:
            body["ip_name"] = ip_name
        return await self._caller.ask(call(op.GENERATE_PREFIX, body), translate.prefix)

    async def generate_visual_schema(self, images: Sequence[bytes], *, is_moderated: bool = False) -> SchemaGuide:
        """A visual schema that fits five to ten images; it is not stored anywhere."""
        fit = partial(translate.schema, key="visual_schema")
        return await self._caller.ask(call(op.GENERATE_SCHEMA, _pictures(images, is_moderated)), fit)

    async def refine_schema(self, dataset_id: int, schema: SchemaGuide, instruction: str) -> SchemaGuide:
        """A visual schema changed by an instruction. The API wants a draft named; it stores nothing in it."""
        body = {"dataset_id": dataset_id, "structured_prompt": schema.text, "instruction": instruction}
        fit = partial(translate.schema, key="structured_prompt")
        return await self._caller.ask(call(op.REFINE_SCHEMA, body), fit)

    async def get_drawer(self, model_id: int) -> tuple[RemoteModel, str | None] | None:
        """A model and the prefix of the captions that it was trained with; None where the API does not tell that."""
        from reconciler.api import generation

        fit = partial(generation.drawer, id=model_id)
        return await self._if_there(call(op.GET_MODEL, model_id=model_id), fit)

    async def draw(
        self, operation: str, body: Mapping[str, object], ids: Mapping[str, int], sending: Sending | None = None
    ) -> "generation.Drawn":
        """Let a model draw, by an operation of v1; it costs each time, and is never repeated."""
        from reconciler.api import generation

        wanted = replace(call(op.DRAWS[operation], body, **ids), sending=sending)
        return await self._caller.ask(wanted, generation.drawn)

    async def begin_drawing(self, operation: str, body: Mapping[str, object], sending: Sending | None = None) -> str:
        """Begin a job of v2 and return its id; it costs each time, and is never repeated."""
        from reconciler.api import generation

        return await self._caller.ask(replace(call(op.DRAWS[operation], body), sending=sending), generation.request_id)

    async def get_drawing(self, request_id: str) -> "generation.JobStatus":
        """How a job of v2 is. UNKNOWN where the API knows nothing of it (V35)."""
        from reconciler.api import generation

        wanted = Call(operation=op.GET_STATUS, path=op.GET_STATUS.template.format(request_id=request_id))
        found = await self._if_there(wanted, generation.job_status)
        return generation.NOT_KNOWN if found is None else found

    def results(self, hosts: Collection[str]) -> "ResultFetcher":
        """What fetches results, without the token, from the hosts that a person named."""
        from reconciler.api.result import ResultFetcher

        return ResultFetcher(self._endpoint, hosts, network=self._network, transport=self._transport)


def _pictures(images: Sequence[bytes], is_moderated: bool) -> dict[str, object]:
    """Images to look at; moderation is off unless it is asked for."""
    body: dict[str, object] = {"images": [b64encode(image).decode("ascii") for image in images]}
    if is_moderated:
        body["content_moderation"] = True
    return body


def _has_all_images(dataset: RemoteDataset) -> bool:
    """Does a dataset that was just read list its images in full?"""
    if dataset.images is None:
        return False
    count = dataset.images_count
    return len(dataset.images) < EMBEDDED_IMAGES if count is None else len(dataset.images) == count


def _with_images(dataset: RemoteDataset, listed: tuple[RemoteImage, ...]) -> RemoteDataset:
    """The dataset with its images from their own list; UnfitAnswer if that is short (F20)."""
    count = dataset.images_count
    if count is not None and len(listed) < count:
        words = f"dataset {dataset.id} has {count} images, but only {len(listed)} are listed"
        raise UnfitAnswer(op.GET_IMAGES.name, words)
    return replace(dataset, images=listed)
