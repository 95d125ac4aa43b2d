"""Our own description of each era, made from the tables that the simulator works by; it holds for default switches."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from reconciler.simulator.body import FIELDS, OPTIONAL_BODIES, fields_of
from reconciler.simulator.generation.fields import GENERATION_FIELDS
from reconciler.simulator.generation.schema import NOT_FOUND, WAITED
from reconciler.simulator.openapi_schema import ERRORS, TEXT, Schema, answer_of, body_of, link
from reconciler.simulator.request import JSON, Shape, shape_of
from reconciler.simulator.route import ROOT, ROUTES, Route
from reconciler.simulator.switch import Switches

_QUERIES: Final[Mapping[str, Mapping[str, Schema]]] = {
    "get-datasets-by-project": {"include_models": {"type": "boolean"}, "include_models_ids": {"type": "boolean"}},
    "get-models": {"include_training_parameters": {"type": "boolean"}},
    "get-models-by-project": {"include_training_parameters": {"type": "boolean"}},
    "get-dataset-by-id": {"max_images": {"type": "integer", "minimum": 1, "maximum": 200}},
}

_ERRORS: Final[Mapping[Shape, str]] = {
    "message": "ErrorMessage",
    "fields": "ErrorFields",
    "error": "ErrorString",
    "text": "ErrorText",
    "detail": "ErrorDetail",
    "list": "ErrorList",
    "envelope": "ErrorEnvelope",
}

_WORDS: Final[Mapping[int, str]] = {
    200: "Done",
    201: "Created",
    202: "Begun",
    204: "Gone",
    400: "The request makes no sense",
    401: "The token is missing or unknown",
    403: "The plan does not allow it",
    404: "There is no such object",
    409: "The state of things forbids it",
    412: "Something else has to come first",
    413: "Too large",
    415: "Another file type",
    422: "An id, a query value, an address or the content was refused",
    429: "Too many requests",
}

_LINKS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "create-project": (
        ("get-project-by-id", "project_id"),
        ("update-project", "project_id"),
        ("get-datasets-by-project", "project_id"),
        ("get-models-by-project", "project_id"),
        ("delete-project", "project_id"),
    ),
    "create-dataset": (
        ("get-dataset-by-id", "dataset_id"),
        ("update-dataset", "dataset_id"),
        ("clone-dataset", "dataset_id"),
        ("get-images", "dataset_id"),
        ("upload-image", "dataset_id"),
        ("regenerate-all-captions", "dataset_id"),
        ("download-dataset", "dataset_id"),
        ("get-bulk-upload-status", "dataset_id"),
        ("delete-dataset", "dataset_id"),
    ),
    "create-model": (
        ("get-model", "model_id"),
        ("update-model", "model_id"),
        ("start-training", "model_id"),
        ("stop-training", "model_id"),
        ("list-checkpoints", "model_id"),
        ("download-tailored-model", "model_id"),
        ("delete-model", "model_id"),
    ),
}


@cache
def document(era: str) -> Schema:
    """The OpenAPI document of an era."""
    paths: dict[str, Schema] = {}
    for route in ROUTES:
        if route.exists(Switches({"era": era})) and not _is_gone(route, era):
            path = paths.setdefault(route.template, {} if route.root == ROOT else {"servers": [{"url": route.root}]})
            path[route.method.lower()] = _operation(route, era)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Tailored generation, the {era} era, as the simulator plays it", "version": "1"},
        "servers": [{"url": ROOT}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": ERRORS,
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "api_token"}},
        },
    }


def _is_gone(route: Route, era: str) -> bool:
    """Whether only a switch can bring an operation back."""
    gone = route.id == "generate-prefix" or (route.id in GENERATION_FIELDS and route.root == ROOT)
    return gone and era == "current"


def _operation(route: Route, era: str) -> Schema:
    described: Schema = {"operationId": route.id, "parameters": _parameters(route)}
    if route.id in FIELDS and fields_of(route.id, era):
        described["requestBody"] = {
            "required": route.id not in OPTIONAL_BODIES,
            "content": {JSON: {"schema": body_of(route.id, era)}},
        }
    described["responses"] = _responses(route, era)
    return described


def _parameters(route: Route) -> list[Schema]:
    places: list[Schema] = [
        {"name": name, "in": "path", "required": True, "schema": TEXT if name == "request_id" else {"type": "integer"}}
        for name in re.findall(r"{(\w+)}", route.template)
    ]
    queries = _QUERIES.get(route.id, {})
    return places + [{"name": name, "in": "query", "schema": schema} for name, schema in queries.items()]


def _responses(route: Route, era: str) -> dict[str, Schema]:
    statuses = {401, 403, 429, *route.failures}
    if "{" in route.template or route.id in _QUERIES:
        statuses.add(422)
    responses = {str(route.success): _success(route, era)}
    if 200 in statuses:
        statuses.remove(200)
        responses["200"] = {"description": "Done while the client waited", "content": {JSON: {"schema": WAITED}}}
    for status in sorted(statuses):
        content = {JSON: {"schema": _error(route, status)}}
        responses[str(status)] = {"description": _WORDS[status], "content": content}
    return responses


def _success(route: Route, era: str) -> Schema:
    described: Schema = {"description": _WORDS[route.success]}
    schema = answer_of(route.id, era)
    if schema is not None:
        described["content"] = {JSON: {"schema": schema}}
    if route.id in _LINKS:
        described["links"] = {
            target: {"operationId": target, "parameters": {f"path.{place}": "$response.body#/id"}}
            for target, place in _LINKS[route.id]
        }
    return described


def _error(route: Route, status: int) -> Schema:
    """The body of an error: one shape where that is known, both where it depends on what went wrong."""
    if status == 401:
        return link("ErrorDetail")
    if route.id == "get_status" and status == 404:
        return NOT_FOUND
    if route.id in GENERATION_FIELDS and status != 429:
        return {"anyOf": [link(name) for name in sorted(_ERRORS.values())]}
    if status == 422:
        return {"anyOf": [link("ErrorList"), link("ErrorMessage")]}
    shapes = {shape_of(route.id, status), shape_of(route.id, status, field_known=True)}
    names = sorted(_ERRORS[shape] for shape in shapes)
    return link(names[0]) if len(names) == 1 else {"anyOf": [link(name) for name in names]}
