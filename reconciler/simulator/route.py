"""The table of operations, and the way from a method and a path to one of them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from reconciler.simulator.answer_keys import ERAS
from reconciler.simulator.exchange import Exchange
from reconciler.simulator.field import WITH_SCHEMA
from reconciler.simulator.request import Rejection, Response
from reconciler.simulator.switch import Switches

ROOT: Final = "/v1"
SECOND: Final = "/v2"
"""Where the current operations of generation live, and the status of their jobs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation: how it is called, what carries it out, and the statuses it may answer besides the common ones.

    `switch` is for an operation whose path is in doubt: the switch, and its value for this path. `root` is what stands in
    front of the template.
    """

    id: str
    method: str
    template: str
    act: Callable[[Exchange], Response]
    success: int
    failures: tuple[int, ...] = ()
    collection: bool = False
    eras: tuple[str, ...] = ERAS
    switch: tuple[str, str] | None = None
    root: str = ROOT

    def exists(self, switches: Switches) -> bool:
        """Whether the operation is there: its era has it, and no switch has it at another path."""
        elsewhere = self.switch is not None and switches[self.switch[0]] not in (self.switch[1], "both")
        return switches["era"] in self.eras and not elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteMatch:
    """An operation, and what stood in its path's places."""

    route: Route
    places: tuple[str, ...]


class _Later:
    """The operations of a module, which is imported when one of them is asked for: a plan asks for three of sixty."""

    def __init__(self, name: str) -> None:
        self._module = f"reconciler.simulator.{name}"

    def __getattr__(self, operation: str) -> Callable[[Exchange], Response]:
        def act(exchange: Exchange) -> Response:
            response: Response = getattr(import_module(self._module), operation)(exchange)
            return response

        act.__module__, act.__qualname__ = self._module, operation
        return act


bulk_upload, caption, clone, dataset, download, guide_helper, image, model, project, training = (
    _Later(f"operations.{name}")
    for name in (
        *("bulk_upload", "caption", "clone", "dataset", "download", "guide_helper"),
        *("image", "model", "project", "training"),
    )
)
current, legacy = _Later("generation.current"), _Later("generation.legacy")

_T: Final = "/tailored-gen"
_P: Final = f"{_T}/projects"
_P1: Final = f"{_P}/{{project_id}}"
_D: Final = f"{_T}/datasets"
_D1: Final = f"{_D}/{{dataset_id}}"
_I: Final = f"{_D1}/images"
_I1: Final = f"{_I}/{{image_id}}"
_M: Final = f"{_T}/models"
_M1: Final = f"{_M}/{{model_id}}"
_C1: Final = f"{_M1}/checkpoints/{{checkpoint_step}}"
_BULK: Final = "bulk-upload-images"
_STATUS: Final = "get-bulk-upload-status"


def _route(
    method: str,
    template: str,
    name: str,
    act: Callable[[Exchange], Response],
    success: int,
    *failures: int,
    collection: bool = False,
    eras: tuple[str, ...] = ERAS,
    switch: tuple[str, str] | None = None,
) -> Route:
    return Route(
        id=name,
        method=method,
        template=template,
        act=act,
        success=success,
        failures=failures,
        collection=collection,
        eras=eras,
        switch=switch,
    )


def _legacy(
    template: str, name: str, act: Callable[[Exchange], Response], *, switch: tuple[str, str] | None = None
) -> Route:
    """A v1 operation of generation: the documents list no status of a refusal but 422, so all the usual ones."""
    return _route("POST", template, name, act, 200, 400, 404, 409, 415, 422, switch=switch)


def _current(template: str, name: str, act: Callable[[Exchange], Response], *, waits: bool = False) -> Route:
    """A v2 operation of generation; one that can be waited for answers 200 as well."""
    return Route(
        id=name,
        method="POST",
        template=template,
        act=act,
        success=202,
        failures=(*((200,) if waits else ()), 400, 404, 415, 422),
        eras=WITH_SCHEMA,
        root=SECOND,
    )


ROUTES: Final = (
    _route("POST", _P, "create-project", project.create_project, 201, 400, 409),
    _route("GET", _P, "get-projects", project.list_projects, 200, collection=True),
    _route("GET", _P1, "get-project-by-id", project.get_project, 200, 404),
    _route("PUT", _P1, "update-project", project.update_project, 200, 400, 404, 409),
    _route("DELETE", _P1, "delete-project", project.delete_project, 204, 404, 409),
    _route(
        "GET", f"{_P1}/datasets", "get-datasets-by-project", dataset.list_datasets_of_project, 200, 404, collection=True
    ),
    _route("GET", f"{_P1}/models", "get-models-by-project", model.list_models_of_project, 200, 404, collection=True),
    _route("POST", _D, "create-dataset", dataset.create_dataset, 201, 400, 404, 409),
    _route("GET", _D, "get-datasets", dataset.list_datasets, 200, collection=True),
    _route("GET", _D1, "get-dataset-by-id", dataset.get_dataset, 200, 400, 404),
    _route("PUT", _D1, "update-dataset", dataset.update_dataset, 200, 400, 404, 409),
    _route("DELETE", _D1, "delete-dataset", dataset.delete_dataset, 204, 404, 409),
    _route("POST", f"{_D1}/clone", "clone-dataset", clone.clone_dataset, 201, 400, 404, 409),
    _route("POST", _I, "upload-image", image.upload_image, 201, 400, 404, 409, 412, 413, 415, 422),
    _route("GET", _I, "get-images", image.list_images, 200, 404),
    _route("PUT", _I, "regenerate-all-captions", caption.regenerate_all, 202, 404, 409),
    *(
        _route("POST", f"{_D1}/{path}", _BULK, bulk_upload.bulk_upload, 202, 400, 404, 413, switch=("bulk_path", path))
        for path in ("images/bulk-upload", "images/bulk")
    ),
    *(
        _route(
            "GET", f"{_D1}/{path}", _STATUS, bulk_upload.bulk_status, 200, 400, 404, switch=("bulk_status_path", path)
        )
        for path in ("images/bulk-upload/status", "bulk-upload/status")
    ),
    _route("GET", _I1, "get-image", image.get_image, 200, 404),
    _route("PUT", _I1, "update-image-caption", caption.update_caption, 200, 400, 404, 409),
    _route("DELETE", _I1, "delete-image", image.delete_image, 204, 404, 409),
    _route("POST", f"{_T}/generate_prefix", "generate-prefix", guide_helper.generate_prefix, 200, 400, 415, 422),
    _route(
        "POST",
        f"{_T}/generate_visual_schema",
        "generate-visual-schema",
        guide_helper.generate_visual_schema,
        200,
        400,
        415,
        422,
        eras=WITH_SCHEMA,
    ),
    _route(
        "POST",
        f"{_T}/refine_structured_prompt",
        "refine-json",
        guide_helper.refine_structured_prompt,
        200,
        400,
        404,
        eras=WITH_SCHEMA,
    ),
    _route("POST", _M, "create-model", model.create_model, 201, 400, 404, 409, 412),
    _route("GET", _M, "get-models", model.list_models, 200, collection=True),
    _route("POST", f"{_M}/upload_model", "upload-model", model.upload_model, 200, 400, 404, 409, 415, 422),
    _route("GET", _M1, "get-model", model.get_model, 200, 404),
    _route("PUT", _M1, "update-model", model.update_model, 200, 400, 404, 409),
    _route("DELETE", _M1, "delete-model", model.delete_model, 204, 404, 409),
    _route("POST", f"{_M1}/start_training", "start-training", training.start_training, 200, 400, 404, 409, 412),
    _route("POST", f"{_M1}/stop_training", "stop-training", training.stop_training, 200, 404, 409),
    _route("GET", f"{_M1}/checkpoints", "list-checkpoints", training.list_checkpoints, 200, 400, 404),
    _route("GET", _C1, "get-checkpoint", training.get_checkpoint, 200, 400, 404),
    _route("DELETE", _C1, "delete-checkpoint", training.delete_checkpoint, 204, 400, 404),
    _route("GET", f"{_M1}/download", "download-tailored-model", download.download_model, 200, 400, 404),
    _route("GET", "/datasets/{dataset_id}/download", "download-dataset", download.download_dataset, 200, 404, 409),
    *(
        _legacy(f"/text-to-{form}/tailored/{{model_id}}{step}", f"text-to-{form}{name}-tailored", act)
        for form, act in (("image", legacy.text_to_image), ("vector", legacy.text_to_vector))
        for step, name in (("", ""), ("/{checkpoint_step}", "-checkpoint"))
    ),
    _legacy("/reimagine", "reimagine-structure-reference", legacy.reimagine, switch=("reimagine_path", "reimagine")),
    _legacy(
        "/reimagine/tailored/{model_id}",
        "reimagine-tailored",
        legacy.reimagine,
        switch=("reimagine_path", "reimagine/tailored/{model_id}"),
    ),
    _legacy(f"{_T}/restyle_portrait", "restyle-portrait", legacy.restyle_portrait),
    _current("/image/generate/tailored", "image-generate-tailored", current.image, waits=True),
    _current(
        "/structured_prompt/generate/tailored", "structured-prompt-generate-tailored", current.structured, waits=True
    ),
    _current("/video/generate/tailored/image-to-video", "generate-video-from-tailored-image", current.video),
    Route(
        id="get_status",
        method="GET",
        template="/status/{request_id}",
        act=current.status,
        success=200,
        failures=(404,),
        eras=WITH_SCHEMA,
        root=SECOND,
    ),
)

Segments = tuple[str, ...]


class RouteTable:
    """The operations that exist under some switches, and the way from a request to one of them."""

    def __init__(self, switches: Switches) -> None:
        self._prefix_helper = switches["generate_prefix_today"] if switches["era"] == "current" else "200"
        templates: dict[int, dict[Segments, dict[str, Route]]] = {}
        for route in ROUTES:
            if route.exists(switches):
                segments = tuple((route.root + route.template).split("/")[1:])
                templates.setdefault(len(segments), {}).setdefault(segments, {})[route.method] = route
        # Templates by their number of segments; those with fewer places come first, so that words win over ids.
        self._templates = {
            length: sorted(methods.items(), key=lambda item: "/".join(item[0]).count("{"))
            for length, methods in templates.items()
        }

    def find(self, method: str, path: str) -> RouteMatch:
        """The operation for a method and a path; Rejection 404 or 405 when there is none."""
        segments = path.split("/")[1:]
        for template, methods in self._templates.get(len(segments), ()):
            places = _places(template, segments)
            if places is None:
                continue
            route = methods.get(method)
            if route is None:
                allow = {"allow": ", ".join(sorted(methods))}
                raise Rejection(405, "Method Not Allowed", shape="detail", headers=allow)
            if route.id == "generate-prefix" and self._prefix_helper != "200":
                raise Rejection(int(self._prefix_helper), "Not Found", shape="detail")
            return RouteMatch(route=route, places=places)
        raise Rejection(404, "Not Found", shape="detail")


def _places(template: Segments, segments: list[str]) -> tuple[str, ...] | None:
    places = []
    for word, segment in zip(template, segments, strict=True):
        if word.startswith("{"):
            if not segment:
                return None
            places.append(segment)
        elif word != segment:
            return None
    return tuple(places)


_WHOLE: Final = re.compile(r"-?[0-9]+")
NO_SUCH_ID: Final = -1


def ids_of(match: RouteMatch, rule: str) -> tuple[int, ...]:
    """The ids in the path; what is not a whole number is answered by `bad_path_id`."""
    names = re.findall(r"{(\w+)}", match.route.template)
    places = zip(names, match.places, strict=True)
    return tuple(_id(name, place, rule) for name, place in places if name != "request_id")


def _id(name: str, place: str, rule: str) -> int:
    if _WHOLE.fullmatch(place):
        return int(place) if len(place) <= 18 else NO_SUCH_ID
    if rule == "404":
        raise Rejection(404, f"No object with id {place!r}")
    if rule == "400_message":
        raise Rejection(400, f"{name} must be a whole number", shape="message")
    raise Rejection(422, f"{name} must be a whole number", name=name, given=place, shape="list")
